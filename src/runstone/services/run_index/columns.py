"""The columns that a table of a project's runs may have."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Key, Source
from runstone.ports.store import Snapshot
from runstone.services.logged_keys import LoggedKeys
from runstone.services.projects import find_project
from runstone.services.run_index.catalog import ColumnInfo, KeyCatalog

MAX_COLUMNS: Final = 5_000
_NEWEST_RUNS: Final = 100
"""Whose histories say which metrics there are: all of a large project's would take seconds."""
_ORDER: Final = {source: place for place, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class ColumnPage:
    """Some columns: run fields, then config, summary and history, each by name.

    Of each metric that the newest hundred runs logged there is one, its last value.

    Attributes:
        total: How many columns there are under the same search.
        next_after: Where the next page begins; None on the last.
    """

    columns: Sequence[ColumnInfo]
    total: int
    next_after: Key | None


def list_columns(
    snapshot: Snapshot,
    actor: Actor,
    catalog: KeyCatalog,
    logged: LoggedKeys,
    entity: str,
    project: str,
    *,
    limit: int,
    search: str = "",
    source: Source | None = None,
    after: Key | None = None,
) -> ColumnPage:
    """A page of the columns whose names contain `search`, whatever the case.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 5,000.
        SnapshotTooOld: To be run again; `read_current` does.
    """
    if not 1 <= limit <= MAX_COLUMNS:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_COLUMNS:,}.")
    place = find_project(snapshot, actor, entity, project)
    newest = [run.id for run in snapshot.runs.list_runs(place.id, limit=_NEWEST_RUNS).runs]
    groups = catalog.columns(snapshot.run_columns, place.id, logged.read(snapshot, newest))
    found = [column for group in groups for column in group.containing(search)]
    if source is not None:
        found = [column for column in found if column.key.source is source]
    first = 0 if after is None else bisect_right(found, _place(after), key=_place_of)
    page = found[first : first + limit]
    is_last = first + limit >= len(found)
    return ColumnPage(page, len(found), None if is_last else page[-1].key)


def _place_of(column: ColumnInfo) -> tuple[int, str]:
    return _place(column.key)


def _place(key: Key) -> tuple[int, str]:
    return _ORDER[key.source], key.path
