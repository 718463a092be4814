"""Columns of runs over any look-up of runs: slow, and the model for the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, Aggregate, Key, Source
from runstone.domain.history import StreamInfo, StreamKind
from runstone.domain.ids import ProjectId, RunId, StreamId
from runstone.domain.run import Run
from runstone.ports.history import HistoryReader
from runstone.ports.run_columns import (
    ColumnValues,
    HistoryColumn,
    RunColumns,
    RunsHead,
    field_of,
    lookup,
)
from runstone.ports.runs import RunsReader

_ALL: Final = 2**31
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class MemoryRunColumns(RunColumns):
    """Columns of whatever a `RunsReader` finds."""

    def __init__(self, runs: RunsReader, history: HistoryReader) -> None:
        self._runs = runs
        self._history = history

    def head(self, project: ProjectId) -> RunsHead:
        # The catalog's last change may have been a deletion here: too high is allowed.
        seq = self._runs.last_change_seq()
        return RunsHead(seq, seq)

    def ids(self, project: ProjectId) -> Sequence[int]:
        return [run.id for run in self._runs.list_runs(project, limit=_ALL).runs]

    def values(
        self, project: ProjectId, keys: Sequence[Key], *, after: int, in_trash: bool = False
    ) -> ColumnValues:
        changed = self._runs.changed_since(project, after, limit=_ALL)
        runs = [run for run in changed if (run.deleted_at is not None) is in_trash]
        columns = [[self._value(run, key) for run in runs] for key in keys]
        return ColumnValues([run.id for run in runs], columns)

    def history_values(self, ids: Sequence[int], keys: Sequence[Key]) -> Sequence[HistoryColumn]:
        return [[self._aggregate(RunId(identifier), key) for identifier in ids] for key in keys]

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

    def _aggregate(self, run: RunId, key: Key) -> float | None:
        logged = [
            (stream, values)
            for stream in self._history.streams([run], StreamKind.HISTORY)
            if (values := self._logged(stream.id, key.path))
        ]
        every = [value for _, values in logged for value in values]
        if not every:
            return None
        finite = [value for value in every if math.isfinite(value)]
        match key.aggregate:
            case Aggregate.COUNT:
                return len(every)
            case Aggregate.MIN:
                return min(finite, default=math.nan)
            case Aggregate.MAX:
                return max(finite, default=math.nan)
            case Aggregate.MEAN:
                return sum(finite) / len(finite) if finite else math.nan
            case Aggregate.FIRST:
                return min(logged, key=lambda one: (self._begin(one[0].id), one[0].writer))[1][0]
            case _:
                return max(logged, key=lambda one: (self._end(one[0]), one[0].writer))[1][-1]

    def _logged(self, stream: StreamId, path: str) -> list[float]:
        batches = self._history.scan(stream, keys=[path])
        columns = [batch.numbers[path].values for batch in batches if path in batch.numbers]
        return [float(value) for column in columns for value in column]

    def _begin(self, stream: StreamId) -> float:
        time = float(next(self._history.scan(stream, keys=[])).time[0])
        return math.inf if math.isnan(time) else time

    def _end(self, stream: StreamInfo) -> float:
        time = stream.last_time
        return -math.inf if time is None or math.isnan(time) else time

    def _value(self, run: Run, key: Key) -> JsonValue:
        if key.source is Source.HISTORY:
            return self._aggregate(run.id, key)
        if key.source is not Source.RUN:
            documents = self._runs.documents(run.id)
            document = documents.config if key.source is Source.CONFIG else documents.summary
            return lookup(document, key.path)
        value = field_of(run, key.path)
        return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value
