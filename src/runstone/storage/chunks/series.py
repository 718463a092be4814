"""Curves out of chunks: from 64-row rollups where the chart is coarse, from raw values where not.

Rollups serve when x ascends with the rows and at least two blocks fall into a bucket; then a
whole chart of half a million rows costs a few kilobytes. Everything else (zoomed in, sparse keys,
x that goes back, several writers) is decoded raw, only in the segments that reach into the range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.errors import InvalidInput
from runstone.domain.history import (
    BLOCK_ROWS,
    Axis,
    Floats,
    Ints,
    Numbers,
    PointSeries,
    Series,
    SeriesQuery,
)
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.arrays import decode_floats
from runstone.storage.chunks.blocks import (
    Figures,
    Starts,
    bucket_starts,
    join,
    merge,
    single,
    summarise,
    to_series,
)
from runstone.storage.chunks.columns import decode_numbers, decode_roll
from runstone.storage.chunks.segments import damage_named, read_axes
from runstone.storage.chunks.source import Chunk, Roll, Segment, Source, StreamState
from runstone.storage.chunks.tail import Tail, TailCache, read_tails, relative

_BLOCKS_PER_BUCKET: Final = 2
_AXIS_COLUMNS: Final = {
    Axis.STEP: ("step",),
    Axis.TIME: ("time",),
    Axis.RELATIVE: ("time", "runtime"),
}


@dataclass(slots=True)
class _Blocks:
    """The rolled part of a segment that lies in the range.

    Attributes:
        start: First block in the range; stop: the one after the last.
        x0: First position of each of these blocks; x1: the last.
    """

    segment: Segment
    start: int
    stop: int
    x0: Floats
    x1: Floats


@dataclass(slots=True)
class _Track:
    """One stream's share in a query.

    Attributes:
        segments: Those that reach into the range, in row order.
        ascending: x never goes back over the whole stream.
        blocks: By segment; None when the stream is to be read raw.
    """

    state: StreamState
    segments: list[Segment]
    tail: Tail | None
    ascending: bool
    num_rows: int
    blocks: dict[int, _Blocks] | None = None
    raw: _RawAxis | None = None


@dataclass(slots=True)
class _RawAxis:
    """Positions of all rows of a track's segments and tail, one after the other.

    Attributes:
        offsets: Where each segment begins; last of all, where the tail does.
        start: First row in range, when x ascends; stop: the one after the last.
    """

    x: Floats
    offsets: dict[int, int]
    tail_offset: int
    start: int
    stop: int
    starts: Starts | None = None


@dataclass(slots=True)
class _Fetched:
    """What was read for a query, by segment and key."""

    rolls: dict[tuple[int, int], Roll] = field(default_factory=dict)
    chunks: dict[tuple[int, int], Chunk] = field(default_factory=dict)
    axes: dict[int, Floats] = field(default_factory=dict)


class SeriesReader:
    """Reads the series of one query."""

    def __init__(self, source: Source, tails: TailCache | None) -> None:
        self._source = source
        self._tails = tails

    def read(self, query: SeriesQuery) -> list[Series]:
        """See the port."""
        if query.buckets < 2:
            raise InvalidInput("A series needs at least 2 buckets.", code="too-few-buckets")
        self._query = query
        self._found = _Fetched()
        runs = list(dict.fromkeys(query.runs))
        self._keys = self._source.key_ids(list(dict.fromkeys(query.keys)))
        tracks = self._tracks(runs)
        self._plan(tracks)
        self._fetch_raw(tracks)
        return [self._curve(tracks.get(run, []), run, key) for run in query.runs
                for key in query.keys]  # fmt: skip

    # Planning

    def _tracks(self, runs: Sequence[RunId]) -> dict[RunId, list[_Track]]:
        query = self._query
        states = [s for s in self._source.states(runs, query.kind) if s.next_row]
        tails = read_tails(self._source, states, self._tails)
        segments: dict[int, list[Segment]] = {}
        for segment in self._source.segments([s.id for s in states if s.sealed_rows]):
            segments.setdefault(segment.stream_id, []).append(segment)
        tracks: dict[RunId, list[_Track]] = {}
        lo = -np.inf if query.lo is None else query.lo
        hi = np.inf if query.hi is None else query.hi
        for state in states:
            mine = segments.get(state.id, [])
            tail = tails.get(state.id)
            extents = [segment.extents[query.axis] for segment in mine]
            if tail is not None:
                extents.append(tail.extent(query.axis, state.first_time))
            ascending = all(extent.ascending for extent in extents) and all(
                before.hi <= after.lo for before, after in pairwise(extents)
            )
            reaching = [
                segment
                for segment, extent in zip(mine, extents, strict=False)
                if extent.hi >= lo and extent.lo <= hi
            ]
            num_rows = sum([s.num_rows for s in reaching])
            tracks.setdefault(state.run_id, []).append(
                _Track(state, reaching, tail, ascending, num_rows)
            )
        return tracks

    def _plan(self, tracks: dict[RunId, list[_Track]]) -> None:
        """Decides for each track whether rollups serve, and fetches them where they may."""
        query = self._query
        wanted_rows = _BLOCKS_PER_BUCKET * BLOCK_ROWS * query.buckets
        candidates = [
            track
            for found in tracks.values()
            for track in found
            if len(found) == 1 and track.ascending and track.num_rows >= wanted_rows
        ]
        if not candidates or not self._keys:
            return
        segments = [segment.id for track in candidates for segment in track.segments]
        axis_rolls = self._source.axis_rolls(segments, query.axis)
        served = []
        for track in candidates:
            blocks = self._blocks(track, axis_rolls)
            num_blocks = sum([found.stop - found.start for found in blocks.values()])
            if num_blocks >= _BLOCKS_PER_BUCKET * query.buckets:
                track.blocks = blocks
                served += list(blocks)
        if served:
            for roll in self._source.rolls(served, list(self._keys.values())):
                self._found.rolls[roll.segment_id, roll.key_id] = roll

    def _blocks(self, track: _Track, axis_rolls: dict[int, bytes]) -> dict[int, _Blocks]:
        query = self._query
        found: dict[int, _Blocks] = {}
        for segment in track.segments:
            blob = axis_rolls.get(segment.id)
            if blob is None:
                continue
            with damage_named(track.state, segment):
                x0, x1 = decode_floats(blob).reshape(2, -1)
            start = 0 if query.lo is None else int(np.searchsorted(x1, query.lo, "left"))
            stop = len(x0) if query.hi is None else int(np.searchsorted(x0, query.hi, "right"))
            if stop > start:
                found[segment.id] = _Blocks(segment, start, stop, x0[start:stop], x1[start:stop])
            else:
                # Between two blocks: nothing of this segment is in the range.
                found[segment.id] = _Blocks(segment, 0, 0, x0[:0], x1[:0])
        return found

    def _fetch_raw(self, tracks: dict[RunId, list[_Track]]) -> None:
        """Fetches, in two statements, all columns that are to be decoded."""
        whole: list[Segment] = []
        parts: list[Segment] = []
        part_keys: set[int] = set()
        states: dict[StreamId, StreamState] = {}
        for track in [track for found in tracks.values() for track in found]:
            states[track.state.id] = track.state
            if track.blocks is None:
                whole += track.segments
                continue
            for segment in track.segments:
                keys = self._raw_keys(track, segment)
                if keys:
                    parts.append(segment)
                    part_keys.update(keys)
        for segments, ids in ((whole, set(self._keys.values())), (parts, part_keys)):
            self._fetch_columns(segments, ids)
        self._fetch_axes([*whole, *parts], states)

    def _raw_keys(self, track: _Track, segment: Segment) -> list[int]:
        """Keys that have values in this segment of a rolled track, but no rollup."""
        assert track.blocks is not None
        blocks = track.blocks.get(segment.id)
        if blocks is None:
            return list(self._keys.values())
        if blocks.stop == blocks.start:
            return []
        found = (self._found.rolls.get((segment.id, key)) for key in self._keys.values())
        return [roll.key_id for roll in found if roll is not None and roll.data is None]

    def _fetch_columns(self, segments: Sequence[Segment], keys: set[int]) -> None:
        if segments and keys:
            ids = [segment.id for segment in segments]
            for chunk in self._source.chunks(ids, sorted(keys), objects=False):
                self._found.chunks[chunk.segment_id, chunk.key_id] = chunk

    def _fetch_axes(self, segments: Sequence[Segment], states: dict[StreamId, StreamState]) -> None:
        axis = self._query.axis
        missing = [segment for segment in segments if segment.id not in self._found.axes]
        found = read_axes(self._source, missing, states, _AXIS_COLUMNS[axis])
        for segment in missing:
            arrays = found[segment.id]
            if axis is Axis.RELATIVE:
                time, runtime = arrays
                x = relative(runtime, time, states[segment.stream_id].first_time)
            else:
                x = arrays[0].astype(np.float64, copy=False)
            self._found.axes[segment.id] = x

    # Curves

    def _curve(self, tracks: Sequence[_Track], run: RunId, key: str) -> Series:
        if len(tracks) == 1 and tracks[0].blocks is not None:
            rolled = self._rolled(tracks[0], run, key)
            if rolled is not None:
                return rolled
        found = [self._raw_points(track, key) for track in tracks]
        parts = [part for part in found if part is not None]
        if not parts:
            nothing = np.empty(0, np.float64)
            return PointSeries(run, key, nothing, nothing)
        if len(parts) == 1:
            x, y, starts = parts[0]
        else:
            x = np.concatenate([part[0] for part in parts])
            y = np.concatenate([part[1] for part in parts])
            order = np.argsort(x, kind="stable")
            x, y, starts = x[order], y[order], None
        query = self._query
        if len(x) <= query.buckets:
            return PointSeries(run, key, x, y)
        if starts is None:
            starts = bucket_starts(x, query.buckets, query.lo, query.hi)
        ends = np.append(starts[1:], len(x)) - 1
        return to_series(run, key, x[starts], x[ends], summarise(y, starts))

    def _rolled(self, track: _Track, run: RunId, key: str) -> Series | None:
        """The curve from rollups; None when there are so few values that they are wanted raw."""
        query = self._query
        figures: list[Figures] = []
        x0: list[Floats] = []
        x1: list[Floats] = []
        assert track.blocks is not None
        key_id = self._keys.get(key, -1)
        for segment in track.segments:
            blocks = track.blocks.get(segment.id)
            roll = self._found.rolls.get((segment.id, key_id))
            if blocks is not None and roll is not None and roll.data is not None:
                with damage_named(track.state, segment, key):
                    rolled = decode_roll(roll.data, segment.num_rows)
                figures.append(rolled.part(blocks.start, blocks.stop))
                x0.append(blocks.x0)
                x1.append(blocks.x1)
                continue
            chunk = self._found.chunks.get((segment.id, key_id))
            if chunk is not None:
                column = self._decode(track, segment, chunk, key)
                x = self._found.axes[segment.id]
                self._add_values(x, column.values, column.rows, (figures, x0, x1))
        if track.tail is not None and (tail := track.tail.column(key)) is not None:
            x = track.tail.axis(query.axis, track.state.first_time)
            self._add_values(x, tail.values, tail.rows, (figures, x0, x1))
        if not figures:
            nothing = np.empty(0, np.float64)
            return PointSeries(run, key, nothing, nothing)
        joined = join(figures)
        # Blocks at the two ends may hold values out of range; without them it may be few enough.
        if int(joined.counts.sum()) - 2 * BLOCK_ROWS <= query.buckets:
            return None
        first_x, last_x = np.concatenate(x0), np.concatenate(x1)
        starts = bucket_starts(first_x, query.buckets, query.lo, query.hi)
        ends = np.append(starts[1:], len(first_x)) - 1
        return to_series(run, key, first_x[starts], last_x[ends], merge(joined, starts))

    def _add_values(
        self,
        x: Floats,
        values: Floats,
        rows: NDArray[Any] | None,
        into: tuple[list[Figures], list[Floats], list[Floats]],
    ) -> None:
        """Adds single values in range as blocks of one."""
        if rows is not None:
            x = x[rows]
        start, stop = self._in_range(x)
        if stop > start:
            figures, x0, x1 = into
            figures.append(single(values[start:stop]))
            x0.append(x[start:stop])
            x1.append(x[start:stop])

    def _in_range(self, x: Floats) -> tuple[int, int]:
        """Which of ascending positions lie in the range; NaN, being last, never does."""
        query = self._query
        start = 0 if query.lo is None else int(np.searchsorted(x, query.lo, "left"))
        hi = np.finfo(np.float64).max if query.hi is None else query.hi
        return start, int(np.searchsorted(x, hi, "right"))

    def _raw_points(self, track: _Track, key: str) -> tuple[Floats, Floats, Starts | None] | None:
        """Positions and values in range, by x; and buckets where they are known already."""
        axis = self._raw_axis(track)
        key_id = self._keys.get(key, -1)
        values: list[Floats] = []
        rows: list[Ints] = []
        dense = True
        for segment in track.segments:
            chunk = self._found.chunks.get((segment.id, key_id))
            if chunk is None:
                dense = False
                continue
            column = self._decode(track, segment, chunk, key)
            values.append(column.values)
            dense = dense and column.rows is None
            at = axis.offsets[segment.id]
            rows.append(_rows_from(column.rows, len(column.values), at))
        if track.tail is not None:
            tail = track.tail.column(key)
            if tail is None:
                dense = False
            else:
                values.append(tail.values)
                dense = dense and tail.rows is None
                rows.append(_rows_from(tail.rows, len(tail.values), axis.tail_offset))
        if not values:
            return None
        y = values[0] if len(values) == 1 else np.concatenate(values)
        if dense and track.ascending:
            if axis.stop <= axis.start:
                return None
            x = axis.x[axis.start : axis.stop]
            if axis.starts is None and len(x) > self._query.buckets:
                query = self._query
                axis.starts = bucket_starts(x, query.buckets, query.lo, query.hi)
            return x, y[axis.start : axis.stop], axis.starts
        x = axis.x if dense else axis.x[np.concatenate(rows)]
        if not track.ascending:
            order = np.argsort(x, kind="stable")
            x, y = x[order], y[order]
            below = int(np.searchsorted(x, -np.inf, "right"))
            x, y = x[below:], y[below:]
        start, stop = self._in_range(x)
        return (x[start:stop], y[start:stop], None) if stop > start else None

    def _raw_axis(self, track: _Track) -> _RawAxis:
        if track.raw is None:
            missing = [s for s in track.segments if s.id not in self._found.axes]
            if missing:
                # A rolled track with few values turned out to be wanted raw: rare, so one by one.
                self._fetch_columns(missing, set(self._keys.values()))
                self._fetch_axes(missing, {track.state.id: track.state})
            parts, offsets, at = [], {}, 0
            for segment in track.segments:
                offsets[segment.id] = at
                parts.append(self._found.axes[segment.id])
                at += segment.num_rows
            if track.tail is not None:
                parts.append(track.tail.axis(self._query.axis, track.state.first_time))
            x = np.concatenate(parts) if parts else np.empty(0, np.float64)
            start, stop = self._in_range(x) if track.ascending else (0, len(x))
            track.raw = _RawAxis(x, offsets, at, start, stop)
        return track.raw

    def _decode(self, track: _Track, segment: Segment, chunk: Chunk, key: str) -> Numbers:
        with damage_named(track.state, segment, key):
            return decode_numbers(chunk)


def _rows_from(rows: NDArray[Any] | None, num_values: int, at: int) -> Ints:
    if rows is None:
        return np.arange(at, at + num_values)
    return rows + np.int64(at)
