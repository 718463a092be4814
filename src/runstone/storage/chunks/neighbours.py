"""The values beside a range that are not where it was read: looked for in few statements.

Nearly always the neighbours of a range lie in what was decoded for it anyway. A key that is
logged now and then, a range that ends with a segment, steps that go back: then others may be
nearer, and of each place that may hold one, a single value is decoded if x ascends in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from runstone.domain.history import Floats, Ints, SeriesQuery, XScale
from runstone.domain.ids import StreamId
from runstone.storage.chunks.columns import decode_rows, decode_values
from runstone.storage.chunks.raw import Ends, Neighbour, first_above, last_below
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Chunk, Segment, StreamState
from runstone.storage.chunks.tracks import Planner, Track

_SMALLEST: Final = float(np.finfo(np.float64).smallest_subnormal)


class Place(NamedTuple):
    """Rows beside the range that were not read.

    Attributes:
        bound: No value in it is nearer to the range than one at this x.
        number: Position of its track among those of its run.
        start: First row in the segment; stop: the one after the last.
        ascending: x never goes back in it.
        is_rest: Of a segment of which the other rows were read.
    """

    bound: float
    number: int
    track: Track
    segment: Segment
    start: int
    stop: int
    ascending: bool
    is_rest: bool


@dataclass(slots=True)
class Wanted:
    """A neighbour of one curve that may be in some places, the nearest of them last."""

    key: str
    is_before: bool
    best: Neighbour | None
    places: list[Place] = field(default_factory=list)

    def can_improve(self, place: Place) -> bool:
        """Whether a value in this place may be nearer than the nearest known."""
        if self.best is None:
            return True
        row = place.segment.row0 + (place.stop - 1 if self.is_before else place.start)
        edge = (place.bound, place.number, row)
        return edge > self.best[:3] if self.is_before else edge < self.best[:3]


def nearer(one: Neighbour | None, other: Neighbour | None, *, is_before: bool) -> Neighbour | None:
    """Which of two values on one side of a range is its neighbour."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other) if is_before else min(one, other)


class Search:
    """Finds the neighbours of a query's range."""

    def __init__(self, query: SeriesQuery, planner: Planner) -> None:
        """Binds to the query that the planner was given."""
        self._query = query
        self._planner = planner
        lo = query.lo
        is_all = lo is None or (query.x_scale is XScale.LOG and lo <= _SMALLEST)
        self._sides = ((True,) if not is_all else ()) + ((False,) if query.hi is not None else ())
        self._places: dict[tuple[StreamId, bool], list[Place]] = {}

    def wanted(
        self, tracks: Sequence[Track], key: str, known: Sequence[Ends], served: tuple[bool, bool]
    ) -> list[Wanted]:
        """Neighbours of one curve: the nearest known, and where nearer ones may be.

        Args:
            tracks: Of the curve's run.
            key: Of the curve.
            known: What was found of each track where it was read.
            served: Whether a block reaches past the range and stands for the neighbour, by side.
        """
        found = []
        for is_before in self._sides:
            side = 0 if is_before else 1
            if served[side]:
                continue
            wanted = Wanted(key, is_before, None)
            for ends in known:
                wanted.best = nearer(wanted.best, ends[side], is_before=is_before)
            for number, (track, ends) in enumerate(zip(tracks, known, strict=True)):
                own = Wanted(key, is_before, ends[side])
                wanted.places += [
                    place
                    for place in self._beside(track, number, is_before)
                    if wanted.can_improve(place) and not _is_behind(place, own)
                ]
            wanted.places.sort(
                key=lambda place: (place.bound, place.number, place.segment.row0),
                reverse=not wanted.is_before,
            )
            found.append(wanted)
        return found

    def _beside(self, track: Track, number: int, is_before: bool) -> list[Place]:
        name = (track.state.id, is_before)
        known = self._places.get(name)
        if known is None:
            known = self._places[name] = list(self._find_places(track, number, is_before))
        return known

    def _find_places(self, track: Track, number: int, is_before: bool) -> Sequence[Place]:
        query = self._query
        border = query.lo if is_before else query.hi
        assert border is not None
        reaching = {segment.id for segment in track.segments}
        places = []
        for segment in track.every:
            extent = segment.extent(query.axis)
            start, stop, bound = 0, segment.num_rows, extent.hi if is_before else extent.lo
            if segment.id in reaching:
                first, last = self._planner.rows_of(segment)
                start, stop = (0, first) if is_before else (last, segment.num_rows)
                bound = border
            elif extent.lo > extent.hi or (bound < border) != is_before:
                continue
            if stop > start:
                places.append(
                    Place(
                        *(bound, number, track, segment, start, stop),
                        ascending=extent.ascending,
                        is_rest=segment.id in reaching,
                    )
                )
        return places

    def find(self, wanted: Sequence[Wanted]) -> None:
        """Looks through the places of all of these, in rounds that take the nearest of each."""
        held = self._planner.holders(
            list({p.segment.id: p.segment for one in wanted for p in one.places}.values()),
            list(dict.fromkeys(one.key for one in wanted if one.places)),
        )
        while True:
            asked = []
            for one in wanted:
                place = _next(one, held)
                if place is not None:
                    asked.append((one, place))
            if not asked:
                return
            self._look(asked)

    def _look(self, asked: Sequence[tuple[Wanted, Place]]) -> None:
        found, keys = self._planner.found, self._planner.keys
        missing = [
            (place.segment, keys[one.key])
            for one, place in asked
            if (place.segment.id, keys[one.key]) not in found.chunks
        ]
        self._planner.fetch_columns(
            list({segment.id: segment for segment, _ in missing}.values()),
            {key for _, key in missing},
        )
        spans: dict[int, tuple[int, int]] = {}
        segments: dict[int, Segment] = {}
        states: dict[StreamId, StreamState] = {}
        rows: list[tuple[Wanted, Place, Chunk, tuple[int, int]]] = []
        for one, place in asked:
            chunk = found.chunks[place.segment.id, keys[one.key]]
            with damage_named(place.track.state, place.segment, one.key):
                span = _span(place, chunk, is_before=one.is_before)
            if span is None:
                continue
            rows.append((one, place, chunk, span))
            segment = segments[place.segment.id] = place.segment
            states[segment.stream_id] = place.track.state
            low, high = spans.get(segment.id, span)
            spans[segment.id] = (min(low, span[0]), max(high, span[1]))
        positions = self._planner.positions(list(segments.values()), states, spans)
        for one, place, chunk, (start, stop) in rows:
            begin = spans[place.segment.id][0]
            x = positions[place.segment.id][start - begin : stop - begin]
            with damage_named(place.track.state, place.segment, one.key):
                y, at = decode_values(chunk, start, stop)
            self._take(one, place, start, x, y, np.arange(len(x)) if at is None else at)

    def _take(self, one: Wanted, place: Place, start: int, x: Floats, y: Floats, at: Ints) -> None:
        x = x[at]
        query = self._query
        i = last_below(x, query.lo) if one.is_before else first_above(x, query.hi)
        if i is not None:
            row = place.segment.row0 + start + int(at[i])
            found = Neighbour(float(x[i]), place.number, row, float(y[i]))
            one.best = nearer(one.best, found, is_before=one.is_before)


def _is_behind(place: Place, own: Wanted) -> bool:
    """Whether the nearest known value of the same track is nearer than all of a place."""
    if own.best is None:
        return False
    row0 = place.segment.row0
    if place.track.ascending:
        row = own.best.row
        return row >= row0 + place.stop if own.is_before else row < row0 + place.start
    is_same_segment = row0 <= own.best.row < row0 + place.segment.num_rows
    return place.is_rest and is_same_segment


def _next(one: Wanted, held: set[tuple[int, str]]) -> Place | None:
    while one.places:
        place = one.places.pop()
        if (place.segment.id, one.key) in held and one.can_improve(place):
            return place
    return None


def _span(place: Place, chunk: Chunk, *, is_before: bool) -> tuple[int, int] | None:
    """Rows to decode: the one that is nearest to the range, where x ascends."""
    if not place.ascending:
        return place.start, place.stop
    if chunk.rows is None:
        row = place.stop - 1 if is_before else place.start
        return row, row + 1
    rows = decode_rows(chunk.rows)
    i = int(np.searchsorted(rows, place.stop if is_before else place.start)) - int(is_before)
    if not (0 <= i < len(rows) and place.start <= rows[i] < place.stop):
        return None
    return int(rows[i]), int(rows[i]) + 1
