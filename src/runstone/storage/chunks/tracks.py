"""What of which stream a series query needs, and fetching it in few statements.

Rollups serve when x ascends with the rows and at least one block falls into a bucket; then a
whole chart of half a million rows costs a few kilobytes. Everything else (zoomed in, sparse keys,
x that goes back, several writers) is decoded raw, only in the segments that reach into the range.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Final

import numpy as np

from runstone.domain.history import BLOCK_ROWS, Axis, Floats, SeriesQuery
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.arrays import PAGE, decode_floats
from runstone.storage.chunks.blocks import Groups, cut_into_buckets
from runstone.storage.chunks.segments import damage_named, read_axes
from runstone.storage.chunks.source import Chunk, Roll, Segment, Source, StreamState
from runstone.storage.chunks.tail import Tail, TailCache, read_tails, relative

_BLOCKS_PER_BUCKET: Final = 1
"""With one block or more to a bucket, buckets that begin and end with blocks are off by less than
a bucket's width, and state their true extents; with 2, twice as many rows would be decoded raw."""
_AXIS_COLUMNS: Final = {
    Axis.STEP: ("step",),
    Axis.TIME: ("time",),
    Axis.RELATIVE: ("time", "runtime"),
}


@dataclass(slots=True)
class RolledPart:
    """The rolled part of a segment that lies in the range.

    Attributes:
        start: First block in the range; stop: the one after the last.
        firsts: First position of each block of the segment; lasts: the last.
    """

    segment: Segment
    start: int
    stop: int
    firsts: Floats
    lasts: Floats

    @property
    def x0(self) -> Floats:
        """First position of each block in the range."""
        return self.firsts[self.start : self.stop]

    @property
    def x1(self) -> Floats:
        """Last position of each block in the range."""
        return self.lasts[self.start : self.stop]

    def rows_around(self, query: SeriesQuery) -> tuple[int, int]:
        """Rows of these blocks and of the neighbouring one where none reaches past the range."""
        start, stop = self.start, self.stop
        if query.lo is not None and start and not (self.firsts[start : start + 1] < query.lo).any():
            start -= 1
        if query.hi is not None and not (stop and self.lasts[stop - 1] > query.hi):
            stop += 1
        return start * BLOCK_ROWS, min(stop * BLOCK_ROWS, self.segment.num_rows)


@dataclass(slots=True)
class Track:
    """One stream's share in a query.

    Attributes:
        segments: Those that reach into the range, in row order.
        every: All of the stream's segments.
        ascending: x never goes back over the whole stream.
        blocks: By segment; None when the stream is to be read raw.
        raw: Made when the first curve is read raw.
        rolled_cut: Of all blocks of all segments, for all keys that have all of them.
    """

    state: StreamState
    segments: list[Segment]
    every: list[Segment]
    tail: Tail | None
    ascending: bool
    num_rows: int
    blocks: dict[int, RolledPart] | None = None
    raw: RawAxis | None = None
    rolled_cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Positions cut into buckets.

    Attributes:
        groups: Which positions are in each.
        x0: First position of each, on the axis; x1: the last.
    """

    groups: Groups
    x0: Floats
    x1: Floats

    @staticmethod
    def of(first_x: Floats, last_x: Floats, query: SeriesQuery) -> Cut:
        """Cuts blocks (or single values, of which both ends are one) into the query's buckets."""
        groups = cut_into_buckets(first_x, query.buckets, query.lo, query.hi, query.x_scale)
        return Cut(groups, first_x[groups.starts], last_x[groups.lasts])


@dataclass(slots=True)
class RawAxis:
    """Positions of all rows of a track's segments and tail, one after the other.

    Attributes:
        first_row: Of the stream: the one of the first position.
        offsets: Where each segment begins; tail_offset: where the tail does.
        pieces: The same in order, with the row of the stream that begins there.
        start: First row in range, when x ascends; stop: the one after the last.
        cut: Of the rows in range, for all keys that have a value in each row.
    """

    x: Floats
    first_row: int
    offsets: dict[int, int]
    tail_offset: int
    pieces: list[tuple[int, int]]
    start: int
    stop: int
    cut: Cut | None = None

    def row(self, position: int) -> int:
        """The row of the stream at a position."""
        offset, row = self.pieces[bisect_right(self.pieces, position, key=itemgetter(0)) - 1]
        return row + position - offset

    @property
    def num_consecutive(self) -> int:
        """Positions from the first on between which no row of the stream is left out."""
        for offset, row in self.pieces:
            if row - offset != self.first_row:
                return offset
        return len(self.x)


@dataclass(slots=True)
class Fetched:
    """What was read for a query, by segment and key."""

    rolls: dict[tuple[int, int], Roll] = field(default_factory=dict)
    chunks: dict[tuple[int, int], Chunk] = field(default_factory=dict)
    axes: dict[int, Floats] = field(default_factory=dict)


class Planner:
    """Decides what one query needs and fetches it.

    Attributes:
        keys: Ids of those keys that were ever sealed, by name.
        found: What was fetched.
    """

    def __init__(self, source: Source, tails: TailCache | None, query: SeriesQuery) -> None:
        self._source = source
        self._tails = tails
        self._query = query
        keys = query.keys if query.x_key is None else [*query.keys, query.x_key]
        self.keys = source.key_ids(list(dict.fromkeys(keys)))
        self.found = Fetched()
        # Rows (from, to) of the segments that reach beyond the range: the rest is not decoded.
        self._parts: dict[int, tuple[int, int]] = {}

    def tracks(self, runs: Sequence[RunId]) -> dict[RunId, list[Track]]:
        """The streams of these runs, with what of them reaches into the range."""
        query = self._query
        states = [
            state
            for state in self._source.states(runs, query.kind)
            if state.next_row and query.writer in (None, state.writer)
        ]
        tails = read_tails(self._source, states, self._tails)
        segments: dict[int, list[Segment]] = {}
        for segment in self._source.segments([s.id for s in states if s.sealed_rows]):
            segments.setdefault(segment.stream_id, []).append(segment)
        tracks: dict[RunId, list[Track]] = {}
        lo = -np.inf if query.lo is None else query.lo
        hi = np.inf if query.hi is None else query.hi
        for state in states:
            mine = segments.get(state.id, [])
            tail = tails.get(state.id)
            extents = [segment.extent(query.axis) for segment in mine]
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
                Track(state, reaching, mine, tail, ascending, num_rows)
            )
        return tracks

    def plan(self, tracks: dict[RunId, list[Track]]) -> None:
        """Decides for each track whether rollups serve, and fetches them where they may."""
        query = self._query
        wanted_rows = _BLOCKS_PER_BUCKET * BLOCK_ROWS * query.buckets
        candidates = [
            track
            for found in tracks.values()
            for track in found
            if len(found) == 1 and track.ascending and track.num_rows >= wanted_rows
        ]
        if not candidates or not self.keys:
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
            for roll in self._source.rolls(served, list(self.keys.values())):
                self.found.rolls[roll.segment_id, roll.key_id] = roll

    def _blocks(self, track: Track, axis_rolls: dict[int, bytes]) -> dict[int, RolledPart]:
        found: dict[int, RolledPart] = {}
        for segment in track.segments:
            blob = axis_rolls.get(segment.id)
            if blob is None:
                continue
            found[segment.id] = self._rolled_part(track, segment, blob)
        return found

    def _rolled_part(self, track: Track, segment: Segment, blob: bytes) -> RolledPart:
        query = self._query
        with damage_named(track.state, segment):
            x0, x1 = decode_floats(blob).reshape(2, -1)
        start = 0 if query.lo is None else int(np.searchsorted(x1, query.lo, "left"))
        stop = len(x0) if query.hi is None else int(np.searchsorted(x0, query.hi, "right"))
        return RolledPart(segment, start, stop, x0, x1)

    def rows_of(self, segment: Segment) -> tuple[int, int]:
        """Which rows of a segment are to be decoded."""
        return self._parts.get(segment.id, (0, segment.num_rows))

    def _find_parts(self, tracks: Sequence[Track]) -> None:
        """Learns from axis rolls which rows of long segments at the range's ends are wanted."""
        query = self._query
        ends: list[tuple[Track, Segment]] = []
        for track in tracks:
            for segment in track.segments:
                extent = segment.extent(query.axis)
                beyond = (query.lo is not None and extent.lo < query.lo) or (
                    query.hi is not None and extent.hi > query.hi
                )
                if beyond and extent.ascending and segment.num_rows > PAGE:
                    ends.append((track, segment))
        if not ends:
            return
        rolls = self._source.axis_rolls([segment.id for _, segment in ends], query.axis)
        for track, segment in ends:
            blob = rolls.get(segment.id)
            if blob is not None:
                blocks = self._rolled_part(track, segment, blob)
                self._parts[segment.id] = blocks.rows_around(query)

    def fetch_raw(self, tracks: dict[RunId, list[Track]]) -> None:
        """Fetches, in two statements, all columns that are to be decoded."""
        every = [track for found in tracks.values() for track in found]
        self._find_parts([track for track in every if track.blocks is None])
        whole: list[Segment] = []
        parts: list[Segment] = []
        part_keys: set[int] = set()
        states: dict[StreamId, StreamState] = {}
        for track in every:
            states[track.state.id] = track.state
            if track.blocks is None:
                whole += track.segments
                continue
            for segment in track.segments:
                keys = self._raw_keys(track, segment)
                if keys:
                    parts.append(segment)
                    part_keys.update(keys)
        for segments, ids in ((whole, set(self.keys.values())), (parts, part_keys)):
            self.fetch_columns(segments, ids)
        self.fetch_axes([*whole, *parts], states)

    def _raw_keys(self, track: Track, segment: Segment) -> list[int]:
        """Keys that have values in this segment of a rolled track, but no rollup."""
        assert track.blocks is not None
        blocks = track.blocks.get(segment.id)
        if blocks is None:
            return list(self.keys.values())
        found = (self.found.rolls.get((segment.id, key)) for key in self.keys.values())
        return [roll.key_id for roll in found if roll is not None and roll.data is None]

    def fetch_columns(self, segments: Sequence[Segment], keys: set[int]) -> None:
        """Fetches the numbers of these keys in these segments."""
        if segments and keys:
            ids = [segment.id for segment in segments]
            for chunk in self._source.chunks(ids, sorted(keys), objects=False):
                self.found.chunks[chunk.segment_id, chunk.key_id] = chunk

    def fetch_axes(self, segments: Sequence[Segment], states: dict[StreamId, StreamState]) -> None:
        """Decodes the query's axis in those of these segments where it is not yet known."""
        missing = [segment for segment in segments if segment.id not in self.found.axes]
        self.found.axes |= self.positions(missing, states, self._parts)

    def positions(
        self,
        segments: Sequence[Segment],
        states: Mapping[StreamId, StreamState],
        parts: Mapping[int, tuple[int, int]],
    ) -> dict[int, Floats]:
        """The query's axis in these segments, or in some rows (from, to) of them."""
        axis = self._query.axis
        found = read_axes(
            self._source, segments, states, _AXIS_COLUMNS[axis], parts, as_positions=True
        )
        positions: dict[int, Floats] = {}
        for segment in segments:
            arrays = found[segment.id]
            if axis is Axis.RELATIVE:
                time, runtime = arrays
                positions[segment.id] = relative(
                    runtime, time, states[segment.stream_id].first_time
                )
            else:
                positions[segment.id] = arrays[0]
        return positions

    def holders(self, segments: Sequence[Segment], keys: Sequence[str]) -> set[tuple[int, str]]:
        """Which of these segments have numbers of which of these keys."""
        names = {self.keys[key]: key for key in keys if key in self.keys}
        if not segments or not names:
            return set()
        found = self._source.holders([segment.id for segment in segments], sorted(names))
        return {(segment, names[key]) for segment, key in found}
