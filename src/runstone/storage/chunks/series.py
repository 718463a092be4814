"""Curves out of what was fetched: from 64-row rollups where they serve, else from raw values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.cancellation import Cancelled, never
from runstone.domain.errors import InvalidInput
from runstone.domain.history import (
    BLOCK_ROWS,
    Floats,
    Series,
    SeriesQuery,
    XScale,
)
from runstone.domain.ids import RunId
from runstone.storage.chunks.blocks import Figures, join, merge, single, to_series
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.columns import decode_roll
from runstone.storage.chunks.drawing import (
    End,
    draw,
    draw_remembered,
    nothing,
    part_of,
    smoothed_beside,
    smoothed_buckets,
    whole_curve,
    with_neighbours,
)
from runstone.storage.chunks.memories import (
    MemoryCache,
    Part,
    SealedMemory,
    is_worth_remembering,
    remember,
)
from runstone.storage.chunks.neighbours import Search, Wanted
from runstone.storage.chunks.raw import Ends, Neighbour, RawReader, in_range
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Source
from runstone.storage.chunks.tracks import Cut, Planner, RolledPart, Track

Pair: TypeAlias = tuple[RunId, str]
"""Run and key of a curve."""

_PORTION_VALUES: Final = 1 << 24
"""Some 130 MB of values and as much of what they are decoded from, at worst."""
_SMALLEST: Final = float(np.finfo(np.float64).smallest_subnormal)


def read_series(
    source: Source,
    cache: ReadCache | None,
    query: SeriesQuery,
    is_cancelled: Callable[[], bool] = never,
) -> list[Series]:
    """Answers one query; see the port."""
    if query.buckets < 2:
        raise InvalidInput("A series needs at least 2 buckets.", code="too-few-buckets")
    if query.x_scale is XScale.LOG:
        query = replace(query, lo=_SMALLEST if query.lo is None else max(query.lo, _SMALLEST))
    if query.lo is not None and query.hi is not None and query.lo > query.hi:
        return [nothing(run, key, query) for run in query.runs for key in query.keys]
    found = _Reading(source, cache, is_cancelled).read(query)
    return [found[run, key] for run in query.runs for key in query.keys]


class _Reading:
    """Reads what one query needs, in as few statements as it can."""

    def __init__(
        self, source: Source, cache: ReadCache | None, is_cancelled: Callable[[], bool]
    ) -> None:
        self._source = source
        self._tails = None if cache is None else cache.tails
        self._memories = MemoryCache() if cache is None else cache.memories
        self._is_cancelled = is_cancelled

    def read(self, query: SeriesQuery) -> dict[Pair, Series]:
        """Every curve of a query."""
        if (query.x_key, query.smoothing, query.x_scale) == (None, None, XScale.LINEAR):
            return self._read(query)
        found: dict[Pair, Series] = {}
        for portion in self._portions(query):
            found |= self._read(portion)
        return found

    def _portions(self, query: SeriesQuery) -> Iterator[SeriesQuery]:
        """Parts of a query that takes all values, each of which fits into memory at once."""
        num_rows: Counter[RunId] = Counter()
        for state in self._source.states(query.runs, query.kind):
            num_rows[state.run_id] += state.next_row
        keys = list(dict.fromkeys(query.keys))
        runs: list[RunId] = []
        size = 0
        for run in dict.fromkeys(query.runs):
            cost = num_rows[run] * len(keys)
            if runs and size + cost > _PORTION_VALUES:
                yield replace(query, runs=runs, keys=keys)
                runs, size = [], 0
            if cost <= _PORTION_VALUES:
                runs.append(run)
                size += cost
                continue
            step = max(1, _PORTION_VALUES // num_rows[run])
            for i in range(0, len(keys), step):
                yield replace(query, runs=[run], keys=keys[i : i + step])
        if runs:
            yield replace(query, runs=runs, keys=keys)

    def _read(self, query: SeriesQuery) -> dict[Pair, Series]:
        if query.x_key is not None:
            return self._whole(query)
        if query.smoothing is None:
            planner, tracks = self._begin(query)
            return self._ranged(query, planner, tracks, None)
        if query.smoothing.looks_ahead:
            return self._whole(query)
        planner, tracks = self._begin(query)
        memories = self._remembered(query, tracks)
        known = {run for run, _ in memories}
        found = self._ranged(query, planner, {run: tracks[run] for run in known}, memories)
        if len(found) < len(set(query.runs)) * len(set(query.keys)):
            rest = {run for run in query.runs for key in query.keys if (run, key) not in found}
            found = self._whole(replace(query, runs=sorted(rest))) | found
        return found

    def _begin(self, query: SeriesQuery) -> tuple[Planner, dict[RunId, list[Track]]]:
        self._go_on()
        planner = Planner(self._source, self._tails, query)
        return planner, planner.tracks(list(dict.fromkeys(query.runs)))

    def _ranged(
        self,
        query: SeriesQuery,
        planner: Planner,
        tracks: dict[RunId, list[Track]],
        memories: Mapping[Pair, SealedMemory] | None,
    ) -> dict[Pair, Series]:
        """Curves of what lies in the range: all of them, or those that are remembered."""
        self._go_on()
        # Rollups are too wide for the narrow buckets at the beginning of a logarithmic axis.
        if query.x_scale is XScale.LINEAR:
            planner.plan(tracks)
            self._go_on()
        planner.fetch_raw(tracks)
        curves = _Curves(query, planner, RawReader(query, planner))
        search = Search(query, planner)
        found: dict[Pair, Series] = {}
        waiting: dict[Pair, tuple[_Curve, list[Wanted]]] = {}
        every = [(run, key) for run in query.runs for key in query.keys]
        for run, key in self._each(every if memories is None else memories):
            mine = tracks.get(run, [])
            curve = curves.curve(mine, run, key, memories[run, key] if memories else None)
            wanted = search.wanted(mine, key, curve.ends, curve.served)
            if any(one.places for one in wanted):
                waiting[run, key] = curve, wanted
            else:
                found[run, key] = curve.between(wanted, query)
        if waiting:
            self._go_on()
            search.find([one for _, wanted in waiting.values() for one in wanted])
        for pair, (curve, wanted) in waiting.items():
            found[pair] = curve.between(wanted, query)
        return found

    def _whole(self, query: SeriesQuery) -> dict[Pair, Series]:
        """Curves that are known only when all of their series was read."""
        planner, tracks = self._begin(replace(query, lo=None, hi=None))
        planner.fetch_raw(tracks)
        raw = RawReader(replace(query, lo=None, hi=None), planner)
        every = [(run, key) for run in query.runs for key in query.keys]
        return {
            (run, key): whole_curve(raw, tracks.get(run, []), run, key, query)
            for run, key in self._each(every)
        }

    def _remembered(
        self, query: SeriesQuery, tracks: Mapping[RunId, Sequence[Track]]
    ) -> dict[Pair, SealedMemory]:
        """What averages remember of the long series among these; what is not known is read."""
        found: dict[Pair, SealedMemory | None] = {}
        news: dict[Pair, Track] = {}
        for run, mine in tracks.items():
            for key in query.keys:
                if is_worth_remembering(mine, key):
                    try:
                        found[run, key] = self._memories.get(mine[0], key, query)
                    except KeyError:
                        news[run, key] = mine[0]
        if news:
            runs, keys = sorted({run for run, _ in news}), dict.fromkeys(key for _, key in news)
            read = replace(query, runs=runs, keys=list(keys), lo=None, hi=None)
            planner, whole = self._begin(read)
            planner.fetch_raw(whole)
            raw = RawReader(read, planner)
            for run, key in self._each(news):
                points, _ = raw.points(whole[run], key)
                sealed = None if points is None else remember(whole[run][0], points, query)
                self._memories.put(news[run, key], key, query, sealed)
                found[run, key] = sealed
        return {pair: sealed for pair, sealed in found.items() if sealed is not None}

    def _each(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        for pair in pairs:
            self._go_on()
            yield pair

    def _go_on(self) -> None:
        if self._is_cancelled():
            raise Cancelled


@dataclass(slots=True)
class _Curve:
    """A curve of what lies in the range, whose neighbours are still to come.

    Attributes:
        ends: What is known of the neighbours, by track.
        served: Whether blocks at its two ends reach past the range and stand for the neighbours.
        sealed: What is remembered of its average.
        parts: Then, what was read of it raw.
    """

    series: Series
    ends: list[Ends]
    served: tuple[bool, bool] = (False, False)
    sealed: SealedMemory | None = None
    parts: list[Part] = field(default_factory=list)

    def between(self, neighbours: Sequence[Wanted], query: SeriesQuery) -> Series:
        """The curve between the neighbours that were found."""
        ends: dict[bool, End] = {}
        for one in neighbours:
            found = one.best
            if found is None or (query.x_scale is XScale.LOG and found.x <= 0):
                continue
            smooth = math.nan
            if self.sealed is not None:
                smooth = smoothed_beside(found, self.parts, self.sealed, is_before=one.is_before)
            ends[one.is_before] = End(found.x, found.y, smooth)
        return with_neighbours(self.series, ends.get(True), ends.get(False))


class _Curves:
    """Makes the curves of one query."""

    def __init__(self, query: SeriesQuery, planner: Planner, raw: RawReader) -> None:
        self._query = query
        self._planner = planner
        self._found = planner.found
        self._raw = raw

    def curve(
        self, tracks: Sequence[Track], run: RunId, key: str, sealed: SealedMemory | None = None
    ) -> _Curve:
        """The curve of one key in one run, smoothed where its average is given."""
        if len(tracks) == 1 and tracks[0].blocks is not None:
            rolled = self._rolled(tracks[0], run, key, sealed)
            if rolled is not None:
                return rolled
        points, ends = self._raw.points(tracks, key)
        if points is None:
            return _Curve(nothing(run, key, self._query), ends, sealed=sealed)
        if sealed is None:
            return _Curve(draw(run, key, points, self._query), ends)
        series = draw_remembered(run, key, points, self._query, sealed)
        return _Curve(series, ends, sealed=sealed, parts=[part_of(points)])

    def _rolled(
        self, track: Track, run: RunId, key: str, sealed: SealedMemory | None
    ) -> _Curve | None:
        """The curve from rollups; None when there are so few values that they are wanted raw."""
        assert track.blocks is not None
        found = _Gathered()
        key_id = self._planner.keys.get(key, -1)
        is_whole = True
        for segment in track.segments:
            blocks = track.blocks.get(segment.id)
            roll = self._found.rolls.get((segment.id, key_id))
            if blocks is not None and roll is not None and roll.data is not None:
                with damage_named(track.state, segment, key):
                    rolled = decode_roll(roll.data, segment.num_rows)
                found.add_blocks(blocks, rolled)
                continue
            is_whole = False
            chunk = self._found.chunks.get((segment.id, key_id))
            if chunk is not None:
                values, rows = self._raw.values(track, segment, chunk, key)
                first_row = segment.row0 + self._planner.rows_of(segment)[0]
                part = Part(first_row, self._found.axes[segment.id], values)
                found.add_values(part, rows, self._query)
        if track.tail is not None:
            tail = track.tail.column(key)
            is_whole = is_whole and tail is not None and tail.rows is None
            if tail is not None:
                x = track.tail.axis(self._query.axis, track.state.first_time)
                found.add_values(Part(track.tail.start, x, tail.values), tail.rows, self._query)
        ends = Ends(found.before, found.after)
        if not found.figures:
            none = nothing(run, key, self._query)
            return _Curve(none, [ends], sealed=sealed, parts=found.parts)
        joined = join(found.figures)
        # Blocks at the two ends may hold values out of range; without them it may be few enough.
        if int(joined.counts.sum()) - 2 * BLOCK_ROWS <= self._query.buckets:
            return None
        cut = track.rolled_cut if is_whole else None
        if cut is None:
            cut = Cut.of(np.concatenate(found.x0), np.concatenate(found.x1), self._query)
            if is_whole:
                track.rolled_cut = cut
        figures = merge(joined, cut.groups)
        smooth = None
        if sealed is not None:
            smooth = smoothed_buckets(figures, found.first_row, found.parts, sealed)
        series = to_series(run, key, cut.x0, cut.x1, figures, smooth)
        return _Curve(series, [ends], found.served(self._query), sealed, found.parts)


@dataclass(slots=True)
class _Gathered:
    """Blocks of one curve in row order, some of them single values.

    Attributes:
        parts: Where single values came from, all rows of it.
        first_row: Of the first block, where every row has a value.
        before: The last value below the range, after: the first one above, as far as was read.
    """

    figures: list[Figures] = field(default_factory=list)
    x0: list[Floats] = field(default_factory=list)
    x1: list[Floats] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    first_row: int = -1
    before: Neighbour | None = None
    after: Neighbour | None = None

    def served(self, query: SeriesQuery) -> tuple[bool, bool]:
        """Whether the first block reaches below the range, and the last one above."""
        return (
            query.lo is not None and bool(self.x0[0][0] < query.lo),
            query.hi is not None and bool(self.x1[-1][-1] > query.hi),
        )

    def add_blocks(self, blocks: RolledPart, figures: Figures) -> None:
        """Adds the blocks of a segment that are in range.

        Args:
            blocks: Which they are.
            figures: Of all blocks of the segment.
        """
        start, stop, row0 = blocks.start, blocks.stop, blocks.segment.row0
        if start > 0:
            x, y = blocks.lasts[start - 1], figures.last[start - 1]
            self.before = Neighbour(float(x), 0, row0 + start * BLOCK_ROWS - 1, float(y))
        if stop < len(blocks.firsts) and self.after is None:
            x, y = blocks.firsts[stop], figures.first[stop]
            self.after = Neighbour(float(x), 0, row0 + stop * BLOCK_ROWS, float(y))
        if stop > start:
            self._begin(row0 + start * BLOCK_ROWS, stop - start)
            self.figures.append(figures.part(start, stop))
            self.x0.append(blocks.x0)
            self.x1.append(blocks.x1)

    def add_values(self, part: Part, rows: NDArray[Any] | None, query: SeriesQuery) -> None:
        """Adds single values in range as blocks of one."""
        x = part.x if rows is None else part.x[rows]
        start, stop = in_range(x, query)

        def at(i: int) -> Neighbour:
            row = part.first_row + (i if rows is None else int(rows[i]))
            return Neighbour(float(x[i]), 0, row, float(part.y[i]))

        if start > 0:
            self.before = at(start - 1)
        if stop < len(x) and self.after is None:
            self.after = at(stop)
        self.parts.append(part)
        if stop > start:
            self._begin(part.first_row + start, stop - start)
            self.figures.append(single(part.y[start:stop]))
            self.x0.append(x[start:stop])
            self.x1.append(x[start:stop])

    def _begin(self, row: int, count: int) -> None:
        if self.first_row < 0 < count:
            self.first_row = row
