"""Exports: everything that a run, or many, recorded, in files that other programs read."""

from runstone.services.export.archive import Archive, ReadBlob, plan_archive, plan_run_archive
from runstone.services.export.formats import Format, Rows, write
from runstone.services.export.found_runs import RunChoice, all_runs
from runstone.services.export.history import (
    HistoryExport,
    RowChoice,
    plan_range,
    plan_rows,
    plan_run_history,
)
from runstone.services.export.lines import json_rows
from runstone.services.export.safe_names import safe_name
from runstone.services.export.sink import Sink, Stopped
from runstone.services.export.table import TableExport, read_table
from runstone.services.export.texts import Words

__all__ = [
    "Archive",
    "Format",
    "HistoryExport",
    "ReadBlob",
    "RowChoice",
    "Rows",
    "RunChoice",
    "Sink",
    "Stopped",
    "TableExport",
    "Words",
    "all_runs",
    "json_rows",
    "plan_archive",
    "plan_range",
    "plan_rows",
    "plan_run_archive",
    "plan_run_history",
    "read_table",
    "safe_name",
    "write",
]
