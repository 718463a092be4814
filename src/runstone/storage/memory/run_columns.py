"""Columns of runs over any look-up of runs: slow, and the model for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, Key, Source
from runstone.domain.ids import ProjectId, RunId
from runstone.domain.run import Run
from runstone.ports.run_columns import ColumnValues, RunColumns, RunsHead, field_of, lookup
from runstone.ports.runs import RunsReader

_ALL: Final = 2**31
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


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
        changed = self._runs.changed_since(project, after, limit=_ALL)
        runs = [run for run in changed if run.deleted_at is None]
        columns = [[self._value(run, key) for run in runs] for key in keys]
        return ColumnValues([run.id for run in runs], columns)

    def runs(self, ids: Sequence[int]) -> Sequence[Run]:
        found = (self._runs.run_by_id(RunId(identifier)) for identifier in ids)
        return [run for run in found if run is not None and run.deleted_at is None]

    def documents(
        self, source: Source, ids: Sequence[int]
    ) -> Iterator[tuple[int, dict[str, JsonValue]]]:
        for identifier in dict.fromkeys(ids):
            if self._runs.run_by_id(RunId(identifier)) is None:
                continue
            recorded = self._runs.documents(RunId(identifier))
            yield identifier, recorded.config if source is Source.CONFIG else recorded.summary

    def count_fields(self, project: ProjectId) -> Mapping[str, int]:
        runs = self._runs.list_runs(project, limit=_ALL).runs
        return {
            name: sum(field_of(run, name) not in (None, []) for run in runs) for name in RUN_FIELDS
        }

    def _value(self, run: Run, key: Key) -> JsonValue:
        if key.source is not Source.RUN:
            documents = self._runs.documents(run.id)
            document = documents.config if key.source is Source.CONFIG else documents.summary
            return lookup(document, key.path)
        value = field_of(run, key.path)
        return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value
