"""Metric history in memory: rows as plain Python values, every question answered the long way.

This is the model that other backends are compared with, so it does nothing clever.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

import numpy as np

from runstone.domain.cancellation import Cancelled, never
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.history import (
    AppendResult,
    Axis,
    BucketSeries,
    HistoryBatch,
    KeyInfo,
    Numbers,
    ObjectQuery,
    Objects,
    ObjectValues,
    PointSeries,
    RowFilter,
    Series,
    SeriesQuery,
    StoreStats,
    StreamInfo,
    StreamKind,
    ValueKind,
    XScale,
)
from runstone.domain.ids import RunId, StreamId
from runstone.domain.smoothing import smooth
from runstone.domain.value_types import NOTHING, ValueTypes, types_of_kinds, types_of_texts
from runstone.ports.history import History

_SCAN_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as logged."""

    step: int
    time: float
    runtime: float
    numbers: Mapping[str, tuple[float, ValueKind]]
    objects: Mapping[str, str]

    @property
    def keys(self) -> set[str]:
        """Keys that have a value here."""
        return {*self.numbers, *self.objects}


@dataclass(frozen=True, slots=True)
class StreamRows:
    """A stream and all its rows. Immutable: a change makes another."""

    id: StreamId
    run_id: RunId
    kind: StreamKind
    writer: str
    rows: tuple[Row, ...] = ()
    generation: int = 0

    @property
    def info(self) -> StreamInfo:
        """What the port says of it."""
        return StreamInfo(
            id=self.id,
            run_id=self.run_id,
            kind=self.kind,
            writer=self.writer,
            next_row=len(self.rows),
            num_points=sum(len(row.keys) for row in self.rows),
            last_step=self.rows[-1].step if self.rows else None,
            last_time=self.rows[-1].time if self.rows else None,
            generation=self.generation,
        )

    def x(self, row: Row, axis: Axis) -> float:
        """Where a row lies on an axis."""
        if axis is Axis.STEP:
            return float(row.step)
        if axis is Axis.TIME:
            return row.time
        return row.time - self.rows[0].time if math.isnan(row.runtime) else row.runtime

    def points(self, key: str, query: SeriesQuery) -> list[tuple[float, float]]:
        """Values of a key with where they lie, in row order."""
        found = []
        over: float | None = None
        for row in self.rows:
            if query.x_key is None:
                over = self.x(row, query.axis)
            elif query.x_key in row.numbers:
                over = row.numbers[query.x_key][0]
            if key in row.numbers and over is not None:
                found.append((over, row.numbers[key][0]))
        return found


@dataclass(slots=True)
class HistoryData:
    """All histories; `copy` is cheap, so a transaction works on a copy."""

    streams: dict[StreamId, StreamRows] = field(default_factory=dict)
    last_id: int = 0

    def copy(self) -> HistoryData:
        """An independent copy."""
        return HistoryData(dict(self.streams), self.last_id)


class MemoryHistory(History):
    """Answers from, and changes, one `HistoryData`."""

    def __init__(self, data: HistoryData) -> None:
        self._data = data

    # Writing

    def open_stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo:
        found = self.stream(run, kind, writer)
        if found is not None:
            return found
        self._data.last_id += 1
        stream = StreamRows(StreamId(self._data.last_id), run, kind, writer)
        self._data.streams[stream.id] = stream
        return stream.info

    def append(self, stream: StreamId, batch: HistoryBatch) -> AppendResult:
        present = self._existing(stream)
        next_row = len(present.rows)
        if batch.row0 > next_row:
            raise Conflict(
                f"Rows are missing: row {next_row} was expected, the batch begins at row "
                f"{batch.row0}. Send from row {next_row} on.",
                code="offset-gap",
                expected=next_row,
                got=batch.row0,
            )
        new = rows_of(batch)[next_row - batch.row0 :]
        self._data.streams[stream] = replace(present, rows=(*present.rows, *new))
        return AppendResult(len(new), batch.num_rows - len(new), next_row + len(new))

    def truncate(self, stream: StreamId, from_row: int) -> StreamInfo:
        present = self._existing(stream)
        if from_row < 0:
            raise InvalidInput(f"There is no row {from_row}.")
        if from_row < len(present.rows):
            self._data.streams[stream] = replace(
                present, rows=present.rows[:from_row], generation=present.generation + 1
            )
        return self._data.streams[stream].info

    def erase_some(
        self, run: RunId, *, max_bytes: int, kind: StreamKind | None = None
    ) -> tuple[int, bool]:
        del max_bytes  # here it is one step, whatever there is
        for stream in self._of([run], kind):
            del self._data.streams[stream.id]
        return 0, True

    # Reading

    def streams(self, runs: Sequence[RunId], kind: StreamKind | None = None) -> list[StreamInfo]:
        return [stream.info for stream in self._of(runs, kind)]

    def stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo | None:
        for stream in self._of([run], kind):
            if stream.writer == writer:
                return stream.info
        return None

    def keys(
        self,
        runs: Sequence[RunId],
        kind: StreamKind = StreamKind.HISTORY,
        *,
        writer: str | None = None,
    ) -> list[KeyInfo]:
        having: dict[str, set[RunId]] = {}
        numbers: dict[str, int] = {}
        objects: dict[str, int] = {}
        for stream in self._of(runs, kind):
            for row in stream.rows if writer in (None, stream.writer) else ():
                for key in row.keys:
                    having.setdefault(key, set()).add(stream.run_id)
                    counter = numbers if key in row.numbers else objects
                    counter[key] = counter.get(key, 0) + 1
        return [
            KeyInfo(key, len(having[key]), numbers.get(key, 0), objects.get(key, 0))
            for key in sorted(having)
        ]

    def largest_step(self, run: RunId) -> int | None:
        return max((row.step for row in self._ordered(run, StreamKind.HISTORY)), default=None)

    def value_types(
        self, streams: Sequence[StreamId], *, keys: Sequence[str] | None = None
    ) -> dict[str, ValueTypes]:
        found: dict[str, ValueTypes] = {}
        for stream in streams:
            for row in self._data.streams[stream].rows if stream in self._data.streams else ():
                for key, (_, kind) in row.numbers.items():
                    found[key] = found.get(key, NOTHING) | types_of_kinds(kind)
                for key, text in row.objects.items():
                    found[key] = found.get(key, NOTHING) | types_of_texts([text])
        return {key: found[key] for key in sorted(found) if keys is None or key in keys}

    def series(
        self, query: SeriesQuery, *, is_cancelled: Callable[[], bool] = never
    ) -> list[Series]:
        if query.buckets < 2:
            raise InvalidInput("A series needs at least 2 buckets.")
        found = []
        for run in query.runs:
            for key in query.keys:
                if is_cancelled():
                    raise Cancelled
                found.append(self._series(query, run, key))
        return found

    def rows(self, run: RunId, where: RowFilter) -> HistoryBatch:
        found = []
        for row in self._ordered(run, StreamKind.HISTORY):
            if where.min_step is not None and row.step < where.min_step:
                continue
            if where.max_step is not None and row.step >= where.max_step:
                continue
            if where.require_all and not set(where.keys or ()) <= row.keys:
                continue
            found.append(row)
        return batch_of(found[: where.limit], where.keys)

    def sample(self, run: RunId, kind: StreamKind, keys: Sequence[str], n: int) -> HistoryBatch:
        found = [row for row in self._ordered(run, kind) if set(keys) <= row.keys]
        chosen = [found[i] for i in evenly(len(found), n)]
        return batch_of(chosen, keys or None)

    def objects(self, run: RunId, query: ObjectQuery) -> list[ObjectValues]:
        return [self._objects(run, key, query) for key in query.keys]

    def _objects(self, run: RunId, key: str, query: ObjectQuery) -> ObjectValues:
        found = [
            row
            for row in self._ordered(run, StreamKind.HISTORY)
            if key in row.objects
            and (query.min_step is None or row.step >= query.min_step)
            and (query.max_step is None or row.step < query.max_step)
        ]
        limit = max(query.limit, 0)
        if query.is_sample:
            positions = evenly(len(found), limit)
        else:
            positions = list(range(len(found)))[max(query.offset, 0) :][:limit]
        return ObjectValues(
            np.array([row.step for row in found], np.int64),
            np.array(positions, np.int64),
            np.array([found[i].time for i in positions], np.float64),
            [found[i].objects[key] for i in positions],
        )

    def scan(
        self, stream: StreamId, *, keys: Sequence[str] | None = None, from_row: int = 0
    ) -> Iterator[HistoryBatch]:
        rows = self._data.streams[stream].rows if stream in self._data.streams else ()
        for start in range(from_row, len(rows), _SCAN_ROWS):
            yield replace(batch_of(rows[start : start + _SCAN_ROWS], keys), row0=start)

    def stats(self, runs: Sequence[RunId] | None = None) -> StoreStats:
        every = [stream.run_id for stream in self._data.streams.values()]
        infos = self.streams(every if runs is None else runs)
        num_rows = sum(info.next_row for info in infos)
        return StoreStats(
            num_points=sum(info.num_points for info in infos),
            num_rows=num_rows,
            chunk_bytes=0,
            journal_bytes=0,
            journal_rows=num_rows,
        )

    # Within

    def _existing(self, stream: StreamId) -> StreamRows:
        if stream not in self._data.streams:
            raise NotFound(f"There is no history stream {stream}.", code="stream-not-found")
        return self._data.streams[stream]

    def _of(self, runs: Sequence[RunId], kind: StreamKind | None) -> list[StreamRows]:
        wanted = set(runs)
        found = [
            stream
            for stream in self._data.streams.values()
            if stream.run_id in wanted and kind in (None, stream.kind)
        ]
        return sorted(found, key=lambda stream: (stream.run_id, stream.kind, stream.writer))

    def _ordered(self, run: RunId, kind: StreamKind) -> list[Row]:
        rows = [row for stream in self._of([run], kind) for row in stream.rows]
        return sorted(rows, key=lambda row: (row.step, row.time))

    def _series(self, query: SeriesQuery, run: RunId, key: str) -> Series:
        points: list[tuple[float, float]] = []
        for stream in self._of([run], query.kind):
            if query.writer in (None, stream.writer):
                points += stream.points(key, query)
        points = sorted((p for p in points if math.isfinite(p[0])), key=lambda point: point[0])
        x, y = np.array([p[0] for p in points]), np.array([p[1] for p in points])
        smoothed = [math.nan] * len(points)
        if query.smoothing is not None:
            smoothed = smooth(x, y, query.smoothing).tolist()
        lo = -math.inf if query.lo is None else query.lo
        hi = math.inf if query.hi is None else query.hi
        visible = [
            (at, value, smoothed[i])
            for i, (at, value) in enumerate(points)
            if at > 0 or query.x_scale is XScale.LINEAR
        ]
        within = [point for point in visible if lo <= point[0] <= hi]
        found = draw(run, key, within, query.buckets, query.x_scale)
        is_empty = lo > hi or (query.x_scale is XScale.LOG and hi <= 0)
        if not is_empty:
            before = [point for point in visible if point[0] < lo][-1:]
            after = [point for point in visible if point[0] > hi][:1]
            found = beside(found, before, after)
        return found if query.smoothing is not None else replace(found, smooth=None)


Drawn: TypeAlias = tuple[float, float, float]
"""A point with its smoothed value: x, y, smooth."""


def draw(
    run: RunId, key: str, points: Sequence[Drawn], buckets: int, scale: XScale = XScale.LINEAR
) -> Series:
    """Points in order of x as they are, or in buckets of equal width."""
    if len(points) <= buckets:
        x, y, smoothed = (np.array([point[i] for point in points]) for i in range(3))
        return PointSeries(run, key, x, y, smoothed)
    return bucket(run, key, points, buckets, scale)


def bucket(
    run: RunId, key: str, points: Sequence[Drawn], buckets: int, scale: XScale
) -> BucketSeries:
    """Buckets of equal width over points in order of x."""
    place = math.log if scale is XScale.LOG else float
    low, high = place(points[0][0]), place(points[-1][0])
    groups: dict[int, list[Drawn]] = {}
    for point in points:
        at = int((place(point[0]) - low) / (high - low) * buckets) if high > low else 0
        groups.setdefault(min(at, buckets - 1), []).append(point)
    ys = [[y for _, y, _ in group] for group in groups.values()]
    finite = [[y for y in group if math.isfinite(y)] for group in ys]
    return BucketSeries(
        run_id=run,
        key=key,
        num_rows=len(points),
        x0=np.array([group[0][0] for group in groups.values()]),
        x1=np.array([group[-1][0] for group in groups.values()]),
        n=np.array([len(group) for group in finite], np.int64),
        min=np.array([min(group, default=math.nan) for group in finite]),
        max=np.array([max(group, default=math.nan) for group in finite]),
        sum=np.array([float(sum(group)) for group in finite]),
        first=np.array([group[0] for group in ys]),
        last=np.array([group[-1] for group in ys]),
        nan=np.array([sum(map(math.isnan, group)) for group in ys], np.int64),
        posinf=np.array([group.count(math.inf) for group in ys], np.int64),
        neginf=np.array([group.count(-math.inf) for group in ys], np.int64),
        smooth=np.array([last_smoothed(group) for group in groups.values()]),
    )


def beside(series: Series, before: Sequence[Drawn], after: Sequence[Drawn]) -> Series:
    """A series between its neighbours: at most one on either side."""
    if isinstance(series, PointSeries):
        points = [*before, *_points(series), *after]
        x, y, smoothed = (np.array([point[i] for point in points]) for i in range(3))
        return replace(series, x=x, y=y, smooth=smoothed, num_neighbours=len(before) + len(after))
    for neighbour, is_before in [(one, True) for one in before] + [(one, False) for one in after]:
        alone = bucket(series.run_id, series.key, [neighbour], 2, XScale.LINEAR)
        ends = (alone, series) if is_before else (series, alone)
        columns: dict[str, Any] = {
            f.name: np.concatenate([getattr(end, f.name) for end in ends])
            for f in fields(series)
            if f.name not in ("run_id", "key", "num_rows")
        }
        series = replace(series, **columns)
    return series


def _points(series: PointSeries) -> list[Drawn]:
    assert series.smooth is not None
    return list(zip(series.x.tolist(), series.y.tolist(), series.smooth.tolist(), strict=True))


def last_smoothed(points: Sequence[Drawn]) -> float:
    """The smoothed value of the last finite one; NaN if there is none."""
    return next((s for _, y, s in reversed(points) if math.isfinite(y)), math.nan)


def evenly(total: int, n: int) -> list[int]:
    """At most `n` positions below `total`, evenly spread, the first and last among them."""
    if total <= n:
        return list(range(total))
    if n <= 1:
        return [0] if n == 1 else []
    return [i * (total - 1) // (n - 1) for i in range(n)]


def rows_of(batch: HistoryBatch) -> list[Row]:
    """A batch, row by row."""
    numbers: list[dict[str, tuple[float, ValueKind]]] = [{} for _ in range(batch.num_rows)]
    objects: list[dict[str, str]] = [{} for _ in range(batch.num_rows)]
    for key, column in batch.numbers.items():
        where = range(batch.num_rows) if column.rows is None else column.rows.tolist()
        for i, at in enumerate(where):
            kind = column.kinds if isinstance(column.kinds, ValueKind) else column.kinds[i]
            numbers[at][key] = (float(column.values[i]), ValueKind(kind))
    for key, found in batch.objects.items():
        where = range(batch.num_rows) if found.rows is None else found.rows.tolist()
        for at, text in zip(where, found.texts, strict=True):
            objects[at][key] = text
    return [
        Row(int(step), float(time), float(runtime), numbers[i], objects[i])
        for i, (step, time, runtime) in enumerate(
            zip(batch.step, batch.time, batch.runtime, strict=True)
        )
    ]


def batch_of(rows: Sequence[Row], keys: Sequence[str] | None = None) -> HistoryBatch:
    """Rows as a batch, with all keys or these."""
    every = {key: None for row in rows for key in (*row.numbers, *row.objects)}
    numbers: dict[str, Numbers] = {}
    objects: dict[str, Objects] = {}
    for key in every if keys is None else keys:
        where = [i for i, row in enumerate(rows) if key in row.numbers]
        if where:
            found = [rows[i].numbers[key] for i in where]
            kinds = [kind for _, kind in found]
            numbers[key] = Numbers(
                np.array([value for value, _ in found]),
                None if len(where) == len(rows) else np.array(where, np.uint32),
                kinds[0] if len(set(kinds)) == 1 else np.array(kinds, np.uint8),
            )
        where = [i for i, row in enumerate(rows) if key in row.objects]
        if where:
            objects[key] = Objects(
                [rows[i].objects[key] for i in where],
                None if len(where) == len(rows) else np.array(where, np.uint32),
            )
    return HistoryBatch(
        row0=0,
        step=np.array([row.step for row in rows], np.int64),
        time=np.array([row.time for row in rows], np.float64),
        runtime=np.array([row.runtime for row in rows], np.float64),
        numbers=numbers,
        objects=objects,
    )
