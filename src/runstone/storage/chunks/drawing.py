"""Points as the port gives them: raw where they are few enough, else in buckets."""

from __future__ import annotations

import numpy as np

from runstone.domain.history import Floats, Ints, PointSeries, Series, SeriesQuery
from runstone.domain.ids import RunId
from runstone.domain.smoothing import Smoothing, smooth_at
from runstone.storage.chunks.blocks import Figures, summarise, to_series
from runstone.storage.chunks.raw import RawPoints, in_range
from runstone.storage.chunks.tracks import Cut


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


def _buckets(points: RawPoints, query: SeriesQuery) -> tuple[Cut, Figures]:
    shared = points.axis
    if shared is None:
        cut = Cut.of(points.x, points.x, query)
    else:
        # Keys that have a value in each row share the rows, so also the buckets.
        cut = shared.cut = shared.cut or Cut.of(points.x, points.x, query)
    return cut, summarise(points.y, cut.groups)
