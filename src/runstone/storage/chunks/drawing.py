"""Points as the port gives them: raw where they are few enough, else in buckets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import Floats, Ints, PointSeries, Series, SeriesQuery
from runstone.domain.ids import RunId
from runstone.domain.smoothing import Smoothing, smooth_at
from runstone.storage.chunks.blocks import Figures, single, summarise, to_series
from runstone.storage.chunks.memories import Part, SealedMemory
from runstone.storage.chunks.raw import Neighbour, RawPoints, RawReader, beside, in_range
from runstone.storage.chunks.tracks import Cut, Track


def whole_curve(
    raw: RawReader, tracks: Sequence[Track], run: RunId, key: str, query: SeriesQuery
) -> Series:
    """The curve of a part of a series of which all was read."""
    if query.x_key is None:
        points, _ = raw.points(tracks, key)
    else:
        points = raw.points_over(tracks, key, query.x_key)
    if points is None:
        return nothing(run, key, query)
    if query.smoothing is not None:
        return draw_smoothed(run, key, points, query, query.smoothing)
    start, stop = in_range(points.x, query)
    first, end = beside(points.x, query)
    found = draw(run, key, points.within(query), query)
    return with_neighbours(
        found,
        End(points.x[first], points.y[first]) if first < start else None,
        End(points.x[stop], points.y[stop]) if stop < end else None,
    )


def nothing(run: RunId, key: str, query: SeriesQuery) -> PointSeries:
    """A curve without values."""
    none = np.empty(0, np.float64)
    return PointSeries(run, key, none, none, None if query.smoothing is None else none)


class End(NamedTuple):
    """A neighbour of a range as it is drawn."""

    x: float
    y: float
    smooth: float = math.nan


def with_neighbours(series: Series, before: End | None, after: End | None) -> Series:
    """A curve of what lies in the range, between its neighbours."""
    if before is None and after is None:
        return series
    ends = (before, after)

    def around(inner: NDArray[Any], values: Sequence[Any]) -> NDArray[Any]:
        parts = [[value] for value, end in zip(values, ends, strict=True) if end is not None]
        if before is None:
            return np.concatenate([inner, *parts])
        return np.concatenate([parts[0], inner, *parts[1:]])

    x, y, smooth = ([None if end is None else end[i] for end in ends] for i in range(3))
    smoothed = None if series.smooth is None else around(series.smooth, smooth)
    if isinstance(series, PointSeries):
        return replace(
            series,
            x=around(series.x, x),
            y=around(series.y, y),
            smooth=smoothed,
            num_neighbours=2 - ends.count(None),
        )
    alone = single(np.array([math.nan if end is None else end.y for end in ends]))
    columns: dict[str, Any] = {
        f.name: around(getattr(series, f.name), getattr(alone, f.name).tolist())
        for f in fields(Figures)
    }
    return replace(
        series, x0=around(series.x0, x), x1=around(series.x1, x), smooth=smoothed, **columns
    )


def draw(run: RunId, key: str, points: RawPoints, query: SeriesQuery) -> Series:
    """A curve of points that all lie in the range."""
    if len(points.x) <= query.buckets:
        return PointSeries(run, key, points.x, points.y)
    cut, figures = _buckets(points, query)
    return to_series(run, key, cut.x0, cut.x1, figures)


def draw_smoothed(
    run: RunId, key: str, points: RawPoints, query: SeriesQuery, smoothing: Smoothing
) -> Series:
    """A curve of the part of a whole series that lies in the range.

    Finite values are counted, not looked up: the last one of a bucket is known by how many there
    are up to its end.
    """
    start, stop = in_range(points.x, query)
    first, end = beside(points.x, query)
    part = points.within(query)
    x, y, finite = points.x, points.y, np.isfinite(points.y)
    before = int(np.count_nonzero(finite[:first]))
    if not finite.all():
        x, y = x[finite], y[finite]

    def smoothed(inner: Ints) -> Floats:
        counts = np.concatenate([finite[first:start], inner, finite[stop:end]])
        found = np.full(len(counts), np.nan)
        present = counts > 0
        at = before + np.cumsum(counts)[present] - 1
        found[present] = smooth_at(x, y, at, smoothing)
        return found

    num_before = start - first
    if len(part.x) <= query.buckets:
        smooth = smoothed(np.isfinite(part.y).astype(np.int64))
        within = smooth[num_before : num_before + len(part.x)]
        found: Series = PointSeries(run, key, part.x, part.y, within)
    else:
        cut, figures = _buckets(part, query)
        smooth = smoothed(figures.n)
        within = smooth[num_before : num_before + len(figures.n)]
        found = to_series(run, key, cut.x0, cut.x1, figures, within)
    return with_neighbours(
        found,
        End(points.x[first], points.y[first], smooth[0]) if first < start else None,
        End(points.x[stop], points.y[stop], smooth[-1]) if stop < end else None,
    )


def part_of(points: RawPoints) -> Part:
    """What was read of a long series: consecutive rows that all have values."""
    axis, y = points.axis, points.decoded
    assert axis is not None
    assert y is not None
    stop = axis.num_consecutive
    return Part(axis.first_row, axis.x[:stop], y[:stop])


def draw_remembered(
    run: RunId, key: str, points: RawPoints, query: SeriesQuery, sealed: SealedMemory
) -> Series:
    """A curve of a part of a long series, all of which lies in the range."""
    axis = points.axis
    assert axis is not None
    parts = [part_of(points)]
    first_row = axis.first_row + axis.start
    if len(points.x) <= query.buckets:
        rows = np.arange(first_row, first_row + len(points.x))
        smooth = sealed.smoothed(rows, parts)
        smooth[~np.isfinite(points.y)] = np.nan
        return PointSeries(run, key, points.x, points.y, smooth)
    cut, figures = _buckets(points, query)
    smooth = smoothed_buckets(figures, first_row, parts, sealed)
    return to_series(run, key, cut.x0, cut.x1, figures, smooth)


def smoothed_beside(
    neighbour: Neighbour, parts: Sequence[Part], sealed: SealedMemory, *, is_before: bool
) -> float:
    """The smoothed value of a neighbour of the range, where every row has a value.

    Args:
        neighbour: In one of the parts; else the last of a block before them or the first of one
            after.
        parts: What was read of the stream raw.
        sealed: What is remembered of the stream.
        is_before: It lies below the range.
    """
    x, _, row, y = neighbour
    if not math.isfinite(y):
        return math.nan
    if not any(part.first_row <= row < part.first_row + len(part.x) for part in parts):
        parts = [] if is_before else [Part(row, np.array([x]), np.array([y]))]
    return float(sealed.smoothed(np.array([row]), parts)[0])


def smoothed_buckets(
    figures: Figures, first_row: int, parts: Sequence[Part], sealed: SealedMemory
) -> Floats:
    """The smoothed value of each bucket's last finite value, where every row has a value.

    Args:
        figures: Of consecutive buckets.
        first_row: Of the stream: the first in the first bucket.
        parts: What was read of it raw.
        sealed: What is remembered of the stream.
    """
    smooth = sealed.smoothed(first_row + np.cumsum(figures.counts) - 1, parts)
    smooth[figures.n == 0] = np.nan
    return smooth


def _buckets(points: RawPoints, query: SeriesQuery) -> tuple[Cut, Figures]:
    shared = points.axis
    if shared is None:
        cut = Cut.of(points.x, points.x, query)
    else:
        # Keys that have a value in each row share the rows, so also the buckets.
        cut = shared.cut = shared.cut or Cut.of(points.x, points.x, query)
    return cut, summarise(points.y, cut.groups)
