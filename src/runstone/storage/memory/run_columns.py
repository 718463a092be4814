"""Columns of runs over any look-up of runs: slow, and the model for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, FieldKind, Key, Source
from runstone.domain.ids import ProjectId, RunId
from runstone.domain.run import Run
from runstone.ports.run_columns import ColumnValues, RunColumns, RunsHead, lookup
from runstone.ports.runs import RunsReader

_ALL: Final = 2**31
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

_FIELDS: Final[Mapping[str, Callable[[Run], Any]]] = MappingProxyType(
    {
        "id": lambda run: run.name,
        "name": lambda run: run.display_name,
        "state": lambda run: run.state.value,
        "user": lambda run: run.username,
        "tags": lambda run: list(run.tags),
    }
)


class MemoryRunColumns(RunColumns):
    """Columns of whatever a `RunsReader` finds."""

    def __init__(self, runs: RunsReader) -> None:
        self._runs = runs

    def head(self, project: ProjectId) -> RunsHead:
        # The catalog's last change may have been a deletion here: too high is allowed.
        seq = self._runs.last_change_seq()
        return RunsHead(seq, seq)

    def ids(self, project: ProjectId) -> Sequence[int]:
        return [run.id for run in self._runs.list_runs(project, limit=_ALL).runs]

    def values(self, project: ProjectId, keys: Sequence[Key], *, after: int) -> ColumnValues:
        runs = self._runs.changed_since(project, after, limit=_ALL)
        columns = [[self._value(run, key) for run in runs] for key in keys]
        return ColumnValues([run.id for run in runs], columns)

    def runs(self, ids: Sequence[int]) -> Sequence[Run]:
        found = (self._runs.run_by_id(RunId(identifier)) for identifier in ids)
        return [run for run in found if run is not None]

    def _value(self, run: Run, key: Key) -> JsonValue:
        if key.source is not Source.RUN:
            documents = self._runs.documents(run.id)
            document = documents.config if key.source is Source.CONFIG else documents.summary
            return lookup(document, key.path)
        special = _FIELDS.get(key.path)
        value = getattr(run, key.path) if special is None else special(run)
        if RUN_FIELDS[key.path] is FieldKind.TIME and isinstance(value, datetime):
            return (value - _EPOCH) // _MICROSECOND
        return value
