"""Points as the port gives them: raw where they are few enough, else in buckets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runstone.domain.history import Floats, Ints, PointSeries, Series, SeriesQuery
from runstone.domain.ids import RunId
from runstone.domain.smoothing import Smoothing, smooth_at
from runstone.storage.chunks.blocks import Figures, summarise, to_series
from runstone.storage.chunks.memories import Part, SealedMemory
from runstone.storage.chunks.raw import RawPoints, RawReader, in_range
from runstone.storage.chunks.tracks import Cut, Track


def whole_curve(
    raw: RawReader, tracks: Sequence[Track], run: RunId, key: str, query: SeriesQuery
) -> Series:
    """The curve of a part of a series of which all was read."""
    if query.x_key is None:
        points = raw.points(tracks, key)
    else:
        points = raw.points_over(tracks, key, query.x_key)
    if points is None:
        return nothing(run, key, query)
    if query.smoothing is None:
        return draw(run, key, points.within(query), query)
    return draw_smoothed(run, key, points, query, query.smoothing)


def nothing(run: RunId, key: str, query: SeriesQuery) -> PointSeries:
    """A curve without values."""
    none = np.empty(0, np.float64)
    return PointSeries(run, key, none, none, None if query.smoothing is None else none)


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
    start, _ = in_range(points.x, query)
    part = points.within(query)
    x, y, finite = points.x, points.y, np.isfinite(points.y)
    before = int(np.count_nonzero(finite[:start]))
    if before < start or not finite.all():
        x, y = x[finite], y[finite]

    def smoothed(counts: Ints) -> Floats:
        found = np.full(len(counts), np.nan)
        present = counts > 0
        at = before + np.cumsum(counts)[present] - 1
        found[present] = smooth_at(x, y, at, smoothing)
        return found

    if len(part.x) <= query.buckets:
        shown = np.isfinite(part.y).astype(np.int64)
        return PointSeries(run, key, part.x, part.y, smoothed(shown))
    cut, figures = _buckets(part, query)
    return to_series(run, key, cut.x0, cut.x1, figures, smoothed(figures.n))


def draw_remembered(
    run: RunId, key: str, points: RawPoints, query: SeriesQuery, sealed: SealedMemory
) -> Series:
    """A curve of a part of a long series, all of which lies in the range."""
    axis, y = points.axis, points.decoded
    assert axis is not None
    assert y is not None
    parts = [Part(axis.first_row, axis.x, y)]
    first_row = axis.first_row + axis.start
    if len(points.x) <= query.buckets:
        rows = np.arange(first_row, first_row + len(points.x))
        smooth = sealed.smoothed(rows, parts)
        smooth[~np.isfinite(points.y)] = np.nan
        return PointSeries(run, key, points.x, points.y, smooth)
    cut, figures = _buckets(points, query)
    smooth = smoothed_buckets(figures, first_row, parts, sealed)
    return to_series(run, key, cut.x0, cut.x1, figures, smooth)


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
