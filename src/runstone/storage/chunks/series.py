"""Curves out of what was fetched: from 64-row rollups where they serve, else from raw values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.errors import InvalidInput
from runstone.domain.history import (
    BLOCK_ROWS,
    Floats,
    Ints,
    PointSeries,
    Series,
    SeriesQuery,
)
from runstone.domain.ids import RunId
from runstone.storage.chunks.blocks import Figures, join, merge, single, summarise, to_series
from runstone.storage.chunks.columns import decode_roll, decode_values
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Chunk, Segment, Source
from runstone.storage.chunks.tail import TailCache, TailColumn
from runstone.storage.chunks.tracks import Cut, Planner, RawAxis, Track

_LARGEST: Final = float(np.finfo(np.float64).max)


def read_series(source: Source, tails: TailCache | None, query: SeriesQuery) -> list[Series]:
    """Answers one query; see the port."""
    if query.buckets < 2:
        raise InvalidInput("A series needs at least 2 buckets.", code="too-few-buckets")
    planner = Planner(source, tails, query)
    tracks = planner.tracks(list(dict.fromkeys(query.runs)))
    planner.plan(tracks)
    planner.fetch_raw(tracks)
    curves = _Curves(query, planner)
    return [curves.curve(tracks.get(run, []), run, key) for run in query.runs for key in query.keys]


class _Curves:
    """Makes the curves of one query."""

    def __init__(self, query: SeriesQuery, planner: Planner) -> None:
        self._query = query
        self._planner = planner
        self._found = planner.found

    def curve(self, tracks: Sequence[Track], run: RunId, key: str) -> Series:
        """The curve of one key in one run."""
        if len(tracks) == 1 and tracks[0].blocks is not None:
            rolled = self._rolled(tracks[0], run, key)
            if rolled is not None:
                return rolled
        found = [self._raw_points(track, key) for track in tracks]
        parts = [part for part in found if part is not None]
        if not parts:
            return _nothing(run, key)
        x, y, shared = parts[0]
        if len(parts) > 1:
            x = np.concatenate([part[0] for part in parts])
            y = np.concatenate([part[1] for part in parts])
            order = np.argsort(x, kind="stable")
            x, y, shared = x[order], y[order], None
        if len(x) <= self._query.buckets:
            return PointSeries(run, key, x, y)
        if shared is None:
            cut = Cut.of(x, x, self._query)
        else:
            # Keys that have a value in each row share the rows, so also the buckets.
            cut = shared.cut = shared.cut or Cut.of(x, x, self._query)
        return to_series(run, key, cut.x0, cut.x1, summarise(y, cut.groups))

    # From rollups

    def _rolled(self, track: Track, run: RunId, key: str) -> Series | None:
        """The curve from rollups; None when there are so few values that they are wanted raw."""
        figures: list[Figures] = []
        x0: list[Floats] = []
        x1: list[Floats] = []
        assert track.blocks is not None
        key_id = self._planner.keys.get(key, -1)
        is_whole = True
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
            is_whole = False
            chunk = self._found.chunks.get((segment.id, key_id))
            if chunk is not None:
                values, rows = self._values(track, segment, chunk, key)
                x = self._found.axes[segment.id]
                self._add_values(x, values, rows, (figures, x0, x1))
        if track.tail is not None:
            tail = track.tail.column(key)
            is_whole = is_whole and tail is not None and tail.rows is None
            if tail is not None:
                x = track.tail.axis(self._query.axis, track.state.first_time)
                self._add_values(x, tail.values, tail.rows, (figures, x0, x1))
        if not figures:
            return _nothing(run, key)
        joined = join(figures)
        # Blocks at the two ends may hold values out of range; without them it may be few enough.
        if int(joined.counts.sum()) - 2 * BLOCK_ROWS <= self._query.buckets:
            return None
        cut = track.rolled_cut if is_whole else None
        if cut is None:
            cut = Cut.of(np.concatenate(x0), np.concatenate(x1), self._query)
            if is_whole:
                track.rolled_cut = cut
        return to_series(run, key, cut.x0, cut.x1, merge(joined, cut.groups))

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
        """Which of ascending positions lie in the range; what is not finite never does."""
        query = self._query
        start = 0 if query.lo is None else int(np.searchsorted(x, query.lo, "left"))
        hi = _LARGEST if query.hi is None else query.hi
        return start, int(np.searchsorted(x, hi, "right"))

    # From raw values

    def _raw_points(self, track: Track, key: str) -> tuple[Floats, Floats, RawAxis | None] | None:
        """Positions and values in range, by x; and the axis, where all its rows have a value."""
        axis = self._raw_axis(track)
        y, rows = self._raw_values(track, axis, key)
        if y is None:
            return None
        if rows is None and track.ascending:
            if axis.stop <= axis.start:
                return None
            return axis.x[axis.start : axis.stop], y[axis.start : axis.stop], axis
        x = axis.x if rows is None else axis.x[rows]
        if not track.ascending:
            order = np.argsort(x, kind="stable")
            x, y = x[order], y[order]
            below = int(np.searchsorted(x, -np.inf, "right"))
            x, y = x[below:], y[below:]
        start, stop = self._in_range(x)
        return (x[start:stop], y[start:stop], None) if stop > start else None

    def _raw_values(
        self, track: Track, axis: RawAxis, key: str
    ) -> tuple[Floats | None, Ints | None]:
        """Values of a key and their rows among those of the axis (None: all of them)."""
        key_id = self._planner.keys.get(key, -1)
        chunks = [self._found.chunks.get((segment.id, key_id)) for segment in track.segments]
        tail = None if track.tail is None else track.tail.column(key)
        if all(chunk is not None and chunk.rows is None for chunk in chunks) and (
            track.tail is None or (tail is not None and tail.rows is None)
        ):
            return self._dense_values(track, axis, key, chunks, tail), None
        values: list[Floats] = []
        rows: list[Ints] = []
        for segment, chunk in zip(track.segments, chunks, strict=True):
            if chunk is not None:
                found, at = self._values(track, segment, chunk, key)
                values.append(found)
                rows.append(_from(axis.offsets[segment.id], len(found), at))
        if tail is not None:
            values.append(tail.values)
            rows.append(_from(axis.tail_offset, len(tail.values), tail.rows))
        if not values:
            return None, None
        return np.concatenate(values), np.concatenate(rows)

    def _dense_values(
        self,
        track: Track,
        axis: RawAxis,
        key: str,
        chunks: Sequence[Chunk | None],
        tail: TailColumn | None,
    ) -> Floats:
        if not chunks and tail is not None:
            return tail.values
        y = np.empty(len(axis.x), np.float64)
        for segment, chunk in zip(track.segments, chunks, strict=True):
            assert chunk is not None
            start, stop = self._planner.rows_of(segment)
            at = axis.offsets[segment.id]
            with damage_named(track.state, segment, key):
                decode_values(chunk, start, stop, y[at : at + stop - start])
        if tail is not None:
            y[axis.tail_offset :] = tail.values
        return y

    def _raw_axis(self, track: Track) -> RawAxis:
        if track.raw is None:
            if track.blocks is not None:
                # A rolled track with a key that has few values after all: rare, so one by one.
                self._refetch(track)
            parts, offsets, at = [], {}, 0
            for segment in track.segments:
                offsets[segment.id] = at
                parts.append(self._found.axes[segment.id])
                at += len(parts[-1])
            if track.tail is not None:
                parts.append(track.tail.axis(self._query.axis, track.state.first_time))
            x = np.concatenate(parts) if parts else np.empty(0, np.float64)
            start, stop = self._in_range(x) if track.ascending else (0, len(x))
            track.raw = RawAxis(x, offsets, at, start, stop)
        return track.raw

    def _values(
        self, track: Track, segment: Segment, chunk: Chunk, key: str
    ) -> tuple[Floats, Ints | None]:
        with damage_named(track.state, segment, key):
            return decode_values(chunk, *self._planner.rows_of(segment))

    def _refetch(self, track: Track) -> None:
        segments: list[Segment] = track.segments
        self._planner.fetch_columns(segments, set(self._planner.keys.values()))
        self._planner.fetch_axes(segments, {track.state.id: track.state})


def _from(at: int, num_values: int, rows: Ints | None) -> Ints:
    """Rows of a part's values among those of the whole axis, on which the part begins at `at`."""
    return np.arange(at, at + num_values) if rows is None else rows + at


def _nothing(run: RunId, key: str) -> PointSeries:
    return PointSeries(run, key, np.empty(0, np.float64), np.empty(0, np.float64))
