"""What values a key has among a project's runs: what a filter is chosen from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import EVERYTHING, TAGS, Filter, Key, keys_of
from runstone.domain.suggestions import Doubt
from runstone.ports.store import Snapshot
from runstone.services.projects import find_project
from runstone.services.run_index.column import MISSING
from runstone.services.run_index.distinct import Other, distinct, distinct_tags
from runstone.services.run_index.evaluation import passing, with_archived
from runstone.services.run_index.index import RunIndex
from runstone.services.run_index.ordering import rank_numbers
from runstone.services.run_index.warnings import warnings_of
from runstone.services.run_list import MAX_PAGE


@dataclass(frozen=True, slots=True)
class ValueQuery:
    """What is asked of a project's runs.

    Attributes:
        key: Of `tags`, each tag is a value.
        search: Only values that contain it as people read them, whatever the case.
        limit: How many values are given at most.
        archived: Only of runs that are, or are not; None for both.
    """

    key: Key
    filter: Filter = EVERYTHING
    search: str = ""
    limit: int = 100
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class CountedValue:
    """A value, how many runs have it, and what lets them through."""

    value: JsonValue | Other
    num_runs: int
    filter: Filter


@dataclass(frozen=True, slots=True)
class ValueList:
    """The values that most runs have.

    Attributes:
        values: The most frequent first; of equals, as they are sorted. Null is none.
        total: How many there are, under the same search.
        num_missing: Runs without a value.
        num_runs: Runs that the filter lets through.
        warnings: What the asker may not have meant, such as a key that no run has.
    """

    values: Sequence[CountedValue]
    total: int
    num_missing: int
    num_runs: int
    warnings: tuple[Doubt, ...]


def distinct_values(
    snapshot: Snapshot,
    actor: Actor,
    index: RunIndex,
    entity: str,
    project: str,
    query: ValueQuery,
) -> ValueList:
    """The values of a key, the most frequent first, all of it of the snapshot's state.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
        SnapshotTooOld: To be run again; `read_current` does.
    """
    if not 1 <= query.limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {query.limit}; it must be 1 to {MAX_PAGE:,}.")
    place = find_project(snapshot, actor, entity, project)
    tree = with_archived(snapshot, place.id, query.filter, query.archived)
    keys = [*keys_of(tree), query.key]
    view = index.view(snapshot.run_columns, place.id, keys)
    rows = passing(tree, view, snapshot.now)
    column = view.columns[query.key]
    if query.key == TAGS:
        found, _ = distinct_tags(query.key, column, rows)
    else:
        found = distinct(query.key, column, rows)
    counts = np.bincount(found.codes, minlength=len(found))
    classes, ranks = rank_numbers(found.kinds, found.numbers)
    columns: list[NDArray[np.generic]] = [
        found.kinds,
        ranks + found.text_ranks()[0],
        classes,
        -counts,
    ]
    order = np.lexsort(columns)
    is_missing = found.kinds == MISSING
    # Of tags there is "none" always; of others, only where a run has none.
    is_wanted = ~is_missing & (counts > 0)
    wanted = order[is_wanted[order]].tolist()
    if query.search:
        needle = query.search.lower()
        wanted = [code for code in wanted if needle in str(found.value(code)).lower()]
    return ValueList(
        [
            CountedValue(found.value(code), int(counts[code]), found.filter(code))
            for code in wanted[: query.limit]
        ],
        len(wanted),
        int(counts[is_missing].sum()),
        len(rows),
        warnings_of(snapshot, view, query.filter, keys),
    )
