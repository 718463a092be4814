"""Raw values of a query's tracks, with where they lie: as logged, by x."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from runstone.domain.history import Floats, Ints, SeriesQuery, XScale
from runstone.storage.chunks.columns import decode_values
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Chunk, Segment
from runstone.storage.chunks.tail import TailColumn
from runstone.storage.chunks.tracks import Planner, RawAxis, Track

_LARGEST: Final = float(np.finfo(np.float64).max)


def in_range(x: Floats, query: SeriesQuery) -> tuple[int, int]:
    """Which of ascending positions lie in a query's range; what is not finite never does."""
    start = 0 if query.lo is None else int(np.searchsorted(x, query.lo, "left"))
    hi = _LARGEST if query.hi is None else query.hi
    return start, int(np.searchsorted(x, hi, "right"))


def beside(x: Floats, query: SeriesQuery) -> tuple[int, int]:
    """As `in_range`, with the range's neighbours."""
    start, stop = in_range(x, query)
    floor = 0.0 if query.x_scale is XScale.LOG else -np.inf
    has_before = start > 0 and x[start - 1] > floor
    has_after = stop < len(x) and x[stop] <= _LARGEST
    return start - int(has_before), stop + int(has_after)


class Neighbour(NamedTuple):
    """A value beside the range. The greater of two is the later one.

    Attributes:
        track: Position of its track among those of its run.
        row: Of the stream.
    """

    x: float
    track: int
    row: int
    y: float


class Ends(NamedTuple):
    """The neighbours of a range as far as they are known."""

    before: Neighbour | None = None
    after: Neighbour | None = None


class RawPoints(NamedTuple):
    """Values of one key by x.

    Attributes:
        axis: Set where these are all its rows in range, which other keys may share.
        decoded: Then, the values of all rows on it.
    """

    x: Floats
    y: Floats
    axis: RawAxis | None = None
    decoded: Floats | None = None

    def within(self, query: SeriesQuery) -> RawPoints:
        """Those in the query's range."""
        start, stop = in_range(self.x, query)
        return RawPoints(self.x[start:stop], self.y[start:stop], self.axis)


class RawReader:
    """Decodes what a planner fetched."""

    def __init__(self, query: SeriesQuery, planner: Planner) -> None:
        """Binds to the query that the planner was given."""
        self._query = query
        self._planner = planner
        self._found = planner.found

    def points(self, tracks: Sequence[Track], key: str) -> tuple[RawPoints | None, list[Ends]]:
        """The values in range of all tracks (None without any), and what of each is beside it."""
        found = [self._points_of(track, i, key) for i, track in enumerate(tracks)]
        parts = [points for points, _ in found if points is not None]
        return _merged(parts), [ends for _, ends in found]

    def points_over(self, tracks: Sequence[Track], key: str, x_key: str) -> RawPoints | None:
        """All values of a key, each at the last value of `x_key` in its row or before."""
        found = [self._joined(track, key, x_key) for track in tracks]
        return _merged([part for part in found if part is not None])

    def values(
        self, track: Track, segment: Segment, chunk: Chunk, key: str
    ) -> tuple[Floats, Ints | None]:
        """The fetched values of a segment's chunk, and their rows among those (None: all)."""
        with damage_named(track.state, segment, key):
            return decode_values(chunk, *self._planner.rows_of(segment))

    def _joined(self, track: Track, key: str, x_key: str) -> RawPoints | None:
        axis = self._axis(track)
        y, rows = self._column(track, axis, key)
        positions, at = self._column(track, axis, x_key)
        if y is None or positions is None:
            return None
        if rows is None and at is None:
            x = positions
        else:
            every = np.arange(len(axis.x))
            last = np.searchsorted(
                every if at is None else at, every if rows is None else rows, "right"
            )
            has_x = last > 0
            x, y = positions[last[has_x] - 1], y[has_x]
        x, y = _by_x(x, y)
        start, stop = in_range(x, self._query)
        return RawPoints(x[start:stop], y[start:stop]) if stop > start else None

    def _points_of(self, track: Track, number: int, key: str) -> tuple[RawPoints | None, Ends]:
        """Positions and values in range, by x; and the axis, where all its rows have a value."""
        axis = self._axis(track)
        values, rows = self._column(track, axis, key)
        if values is None:
            return None, Ends()
        x, y = axis.x if rows is None else axis.x[rows], values

        def at(position: int) -> Neighbour:
            row = axis.row(position if rows is None else int(rows[position]))
            return Neighbour(float(x[position]), number, row, float(values[position]))

        if not track.ascending:
            below, above = last_below(x, self._query.lo), first_above(x, self._query.hi)
            ends = Ends(None if below is None else at(below), None if above is None else at(above))
            x, y = _by_x(x, y)
            start, stop = in_range(x, self._query)
            return RawPoints(x[start:stop], y[start:stop]), ends
        start, stop = (axis.start, axis.stop) if rows is None else in_range(x, self._query)
        before = at(start - 1) if start > 0 else None
        after = at(stop) if stop < len(x) else None
        shared = (axis, y) if rows is None else ()
        return RawPoints(x[start:stop], y[start:stop], *shared), Ends(before, after)

    def _column(self, track: Track, axis: RawAxis, key: str) -> tuple[Floats | None, Ints | None]:
        """Values of a key and their rows among those of the axis (None: all of them)."""
        key_id = self._planner.keys.get(key, -1)
        chunks = [self._found.chunks.get((segment.id, key_id)) for segment in track.segments]
        tail = None if track.tail is None else track.tail.column(key)
        if all(chunk is not None and chunk.rows is None for chunk in chunks) and (
            track.tail is None or (tail is not None and tail.rows is None)
        ):
            return self._dense(track, axis, key, chunks, tail), None
        values: list[Floats] = []
        rows: list[Ints] = []
        for segment, chunk in zip(track.segments, chunks, strict=True):
            if chunk is not None:
                found, at = self.values(track, segment, chunk, key)
                values.append(found)
                rows.append(_from(axis.offsets[segment.id], len(found), at))
        if tail is not None:
            values.append(tail.values)
            rows.append(_from(axis.tail_offset, len(tail.values), tail.rows))
        if not values:
            return None, None
        return np.concatenate(values), np.concatenate(rows)

    def _dense(
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

    def _axis(self, track: Track) -> RawAxis:
        if track.raw is None:
            if track.blocks is not None:
                # A rolled track with a key that has few values after all: rare, so one by one.
                self._refetch(track)
            parts, offsets, at = [], {}, 0
            pieces: list[tuple[int, int]] = []
            for segment in track.segments:
                offsets[segment.id] = at
                pieces.append((at, segment.row0 + self._planner.rows_of(segment)[0]))
                parts.append(self._found.axes[segment.id])
                at += len(parts[-1])
            if track.tail is not None:
                pieces.append((at, track.tail.start))
                parts.append(track.tail.axis(self._query.axis, track.state.first_time))
            x = np.concatenate(parts) if parts else np.empty(0, np.float64)
            start, stop = in_range(x, self._query) if track.ascending else (0, len(x))
            first_row = pieces[0][1] if pieces else track.state.sealed_rows
            track.raw = RawAxis(x, first_row, offsets, at, pieces, start, stop)
        return track.raw

    def _refetch(self, track: Track) -> None:
        segments: list[Segment] = track.segments
        self._planner.fetch_columns(segments, set(self._planner.keys.values()))
        self._planner.fetch_axes(segments, {track.state.id: track.state})


def last_below(x: Floats, lo: float | None) -> int | None:
    """Position of the greatest finite x below `lo`, of equal ones the last; x in any order."""
    if lo is None:
        return None
    beside = np.where((x < lo) & (x > -np.inf), x, -np.inf)
    if not len(x) or beside.max() == -np.inf:
        return None
    return len(x) - 1 - int(beside[::-1].argmax())


def first_above(x: Floats, hi: float | None) -> int | None:
    """Position of the smallest finite x above `hi`, of equal ones the first; x in any order."""
    if hi is None:
        return None
    beside = np.where((x > hi) & (x < np.inf), x, np.inf)
    if not len(x) or beside.min() == np.inf:
        return None
    return int(beside.argmin())


def _by_x(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Points in order of x, equal ones as they came; NaN comes last, and −inf is left out."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    below = int(np.searchsorted(x, -np.inf, "right"))
    return x[below:], y[below:]


def _merged(parts: Sequence[RawPoints]) -> RawPoints | None:
    if len(parts) <= 1:
        return parts[0] if parts else None
    x = np.concatenate([part.x for part in parts])
    y = np.concatenate([part.y for part in parts])
    order = np.argsort(x, kind="stable")
    return RawPoints(x[order], y[order])


def _from(at: int, num_values: int, rows: Ints | None) -> Ints:
    """Rows of a part's values among those of the whole axis, on which the part begins at `at`."""
    return np.arange(at, at + num_values) if rows is None else rows + at
