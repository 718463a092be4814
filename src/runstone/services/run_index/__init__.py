"""The runs index: pages of very many runs, filtered and sorted by anything they recorded.

Documents are the truth; here each key that is asked for becomes a column of arrays, built the
first time, refreshed by change number, evicted when memory is short.
"""

from runstone.services.run_index.catalog import ColumnInfo, KeyCatalog
from runstone.services.run_index.columns import ColumnPage, list_columns
from runstone.services.run_index.groups import (
    FilledKey,
    Group,
    GroupQuery,
    GroupTable,
    group_runs,
)
from runstone.services.run_index.index import RunIndex
from runstone.services.run_index.query import (
    RunQuery,
    RunTable,
    containing,
    query_runs,
    read_current,
)
from runstone.services.run_index.values import ValueList, ValueQuery, distinct_values
from runstone.services.run_index.warnings import doubtful_columns

__all__ = [
    "ColumnInfo",
    "ColumnPage",
    "FilledKey",
    "Group",
    "GroupQuery",
    "GroupTable",
    "KeyCatalog",
    "RunIndex",
    "RunQuery",
    "RunTable",
    "ValueList",
    "ValueQuery",
    "containing",
    "distinct_values",
    "doubtful_columns",
    "group_runs",
    "list_columns",
    "query_runs",
    "read_current",
]
