"""Curves out of what was fetched: from 64-row rollups where they serve, else from raw values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.cancellation import Cancelled, never
from runstone.domain.errors import InvalidInput
from runstone.domain.history import (
    BLOCK_ROWS,
    Floats,
    PointSeries,
    Series,
    SeriesQuery,
    XScale,
)
from runstone.domain.ids import RunId
from runstone.storage.chunks.blocks import Figures, join, merge, single, to_series
from runstone.storage.chunks.columns import decode_roll
from runstone.storage.chunks.drawing import draw, draw_smoothed
from runstone.storage.chunks.raw import RawReader, in_range
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Source
from runstone.storage.chunks.tail import TailCache
from runstone.storage.chunks.tracks import Cut, Planner, Track

_SMALLEST: Final = float(np.finfo(np.float64).smallest_subnormal)


def read_series(
    source: Source,
    tails: TailCache | None,
    query: SeriesQuery,
    is_cancelled: Callable[[], bool] = never,
) -> list[Series]:
    """Answers one query; see the port."""
    if query.buckets < 2:
        raise InvalidInput("A series needs at least 2 buckets.", code="too-few-buckets")
    if query.x_scale is XScale.LOG:
        query = replace(query, lo=_SMALLEST if query.lo is None else max(query.lo, _SMALLEST))
    # What is smoothed, or drawn over another key, is known only when all of it was read.
    is_whole = query.smoothing is not None or query.x_key is not None
    read = replace(query, lo=None, hi=None) if is_whole else query
    planner = Planner(source, tails, read)
    tracks = planner.tracks(list(dict.fromkeys(query.runs)))
    _go_on(is_cancelled)
    # Rollups are too wide for the narrow buckets at the beginning of a logarithmic axis.
    if not is_whole and query.x_scale is XScale.LINEAR:
        planner.plan(tracks)
        _go_on(is_cancelled)
    planner.fetch_raw(tracks)
    curves = _Curves(query, planner, RawReader(read, planner))
    found: list[Series] = []
    for run in query.runs:
        for key in query.keys:
            _go_on(is_cancelled)
            found.append(curves.curve(tracks.get(run, []), run, key))
    return found


def _go_on(is_cancelled: Callable[[], bool]) -> None:
    if is_cancelled():
        raise Cancelled


class _Curves:
    """Makes the curves of one query."""

    def __init__(self, query: SeriesQuery, planner: Planner, raw: RawReader) -> None:
        self._query = query
        self._planner = planner
        self._found = planner.found
        self._raw = raw

    def curve(self, tracks: Sequence[Track], run: RunId, key: str) -> Series:
        """The curve of one key in one run."""
        if len(tracks) == 1 and tracks[0].blocks is not None:
            rolled = self._rolled(tracks[0], run, key)
            if rolled is not None:
                return rolled
        query = self._query
        if query.x_key is not None:
            points = self._raw.points_over(tracks, key, query.x_key)
        else:
            points = self._raw.points(tracks, key)
        if points is None:
            return _nothing(run, key, query)
        if query.smoothing is not None:
            return draw_smoothed(run, key, points, query, query.smoothing)
        if query.x_key is not None:
            points = points.within(query)
        return draw(run, key, points, query)

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
                values, rows = self._raw.values(track, segment, chunk, key)
                x = self._found.axes[segment.id]
                self._add_values(x, values, rows, (figures, x0, x1))
        if track.tail is not None:
            tail = track.tail.column(key)
            is_whole = is_whole and tail is not None and tail.rows is None
            if tail is not None:
                x = track.tail.axis(self._query.axis, track.state.first_time)
                self._add_values(x, tail.values, tail.rows, (figures, x0, x1))
        if not figures:
            return _nothing(run, key, self._query)
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
        start, stop = in_range(x, self._query)
        if stop > start:
            figures, x0, x1 = into
            figures.append(single(values[start:stop]))
            x0.append(x[start:stop])
            x1.append(x[start:stop])


def _nothing(run: RunId, key: str, query: SeriesQuery) -> PointSeries:
    nothing = np.empty(0, np.float64)
    return PointSeries(run, key, nothing, nothing, None if query.smoothing is None else nothing)
