"""Summaries of values in a row: from raw values, from smaller summaries, over ranges of x.

The one arithmetic behind rollups (64 rows each) and buckets (as wide as a pixel): every figure of
a block is exact over its own values. Sum and count are kept, never a mean, so that blocks of
different sizes merge without error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import BLOCK_ROWS, BucketSeries, Floats, Ints, XScale
from runstone.domain.ids import RunId


@dataclass(frozen=True, slots=True)
class Groups:
    """Consecutive groups that positions are cut into, none of them empty.

    Attributes:
        starts: First position of each, ascending from 0.
        lasts: Last position of each.
    """

    starts: NDArray[np.int64]
    lasts: NDArray[np.int64]

    @property
    def lengths(self) -> Ints:
        """Positions in each."""
        return self.lasts - self.starts + 1

    @staticmethod
    def of(starts: NDArray[np.int64], num: int) -> Groups:
        """The groups of `num` positions that begin at `starts`."""
        lasts = np.empty_like(starts)
        lasts[:-1] = starts[1:]
        lasts[-1:] = num
        lasts -= 1
        return Groups(starts, lasts)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of groups of consecutive values; all arrays have one entry per group.

    Attributes:
        n: Finite values.
        min: Smallest finite value; NaN where n is 0. Likewise max.
        sum: Of the finite values.
        first: The first value, whatever it is. Likewise last.
        nan: Count of NaN. Likewise posinf, neginf.
    """

    n: Ints
    min: Floats
    max: Floats
    sum: Floats
    first: Floats
    last: Floats
    nan: Ints
    posinf: Ints
    neginf: Ints

    @property
    def counts(self) -> Ints:
        """Values per group."""
        return self.n + self.nan + self.posinf + self.neginf

    def part(self, start: int, stop: int) -> Figures:
        """Some consecutive groups."""
        return Figures(*[getattr(self, name)[start:stop] for name in _FIGURES])


_FIGURES: Final = tuple(f.name for f in fields(Figures))


def summarise(values: Floats, groups: Groups) -> Figures:
    """Figures of groups of raw values."""
    starts = groups.starts
    first = values[starts]
    last = values[groups.lasts]
    finite = np.isfinite(values)
    if finite.all():
        # The usual case costs three passes.
        none = _zeros(len(starts))
        return Figures(
            n=groups.lengths,
            min=np.minimum.reduceat(values, starts),
            max=np.maximum.reduceat(values, starts),
            sum=_sums(values, starts),
            first=first,
            last=last,
            nan=none,
            posinf=none,
            neginf=none,
        )
    n = np.add.reduceat(finite, starts, dtype=np.int64)
    empty = n == 0
    low = np.minimum.reduceat(np.where(finite, values, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, values, -np.inf), starts)
    low[empty] = np.nan
    high[empty] = np.nan
    return Figures(
        n=n,
        min=low,
        max=high,
        sum=_sums(np.where(finite, values, 0.0), starts),
        first=first,
        last=last,
        nan=np.add.reduceat(np.isnan(values), starts, dtype=np.int64),
        posinf=np.add.reduceat(values == np.inf, starts, dtype=np.int64),
        neginf=np.add.reduceat(values == -np.inf, starts, dtype=np.int64),
    )


def _sums(values: Floats, starts: NDArray[np.int64]) -> Floats:
    with np.errstate(over="ignore"):  # a sum of huge finite values is infinite, and may say so
        return np.add.reduceat(values, starts)


def _zeros(num: int) -> Ints:
    zeros = np.zeros(num, np.int64)
    zeros.flags.writeable = False  # shared by three fields
    return zeros


def rollup(values: Floats) -> Figures:
    """Figures of every 64 values."""
    return summarise(values, Groups.of(np.arange(0, len(values), BLOCK_ROWS), len(values)))


def single(values: Floats) -> Figures:
    """Every value as a group of its own."""
    finite = np.isfinite(values)
    visible = np.where(finite, values, np.nan)
    return Figures(
        n=finite.astype(np.int64),
        min=visible,
        max=visible,
        sum=np.where(finite, values, 0.0),
        first=values,
        last=values,
        nan=np.isnan(values).astype(np.int64),
        posinf=(values == np.inf).astype(np.int64),
        neginf=(values == -np.inf).astype(np.int64),
    )


def join(parts: Sequence[Figures]) -> Figures:
    """Groups of several, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Figures(*[np.concatenate([getattr(part, name) for part in parts]) for name in _FIGURES])


def merge(blocks: Figures, groups: Groups) -> Figures:
    """Figures of groups of groups."""
    starts = groups.starts
    counts: dict[str, Any] = {}
    for name in ("nan", "posinf", "neginf"):
        column = getattr(blocks, name)
        counts[name] = np.add.reduceat(column, starts) if column.any() else _zeros(len(starts))
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.add.reduceat(blocks.sum, starts)
    return Figures(
        n=np.add.reduceat(blocks.n, starts),
        # fmin and fmax pass over the NaN of a group without finite values.
        min=np.fmin.reduceat(blocks.min, starts),
        max=np.fmax.reduceat(blocks.max, starts),
        sum=sums,
        first=blocks.first[starts],
        last=blocks.last[groups.lasts],
        **counts,
    )


def cut_into_buckets(
    x: Floats,
    buckets: int,
    lo: float | None,
    hi: float | None,
    scale: XScale = XScale.LINEAR,
) -> Groups:
    """Cuts ascending positions into at most `buckets` groups of equal width in x.

    Args:
        x: Finite, non-decreasing, at least one; on a logarithmic scale all positive.
        buckets: At most so many groups.
        lo: Where the first begins, if that is beyond x[0]. Likewise hi for the last.
        scale: On which the widths are equal.
    """
    low = float(x[0]) if lo is None else max(lo, float(x[0]))
    high = float(x[-1]) if hi is None else min(hi, float(x[-1]))
    if scale is XScale.LOG:
        low, high = math.log(low), math.log(high)
    width = (high - low) / buckets
    if not width > 0 or not np.isfinite(width):
        return Groups.of(np.zeros(1, np.int64), len(x))
    borders = low + width * np.arange(1, buckets)
    edges = np.searchsorted(x, np.exp(borders) if scale is XScale.LOG else borders, side="left")
    edges = edges[(edges > 0) & (edges < len(x))]
    starts = np.empty(len(edges) + 1, np.int64)
    starts[0] = 0
    starts[1:] = edges
    keep = np.empty(len(starts), np.bool_)
    keep[0] = True
    np.greater(starts[1:], starts[:-1], out=keep[1:])
    return Groups.of(starts[keep], len(x))


def to_series(
    run: RunId,
    key: str,
    x0: Floats,
    x1: Floats,
    figures: Figures,
    smooth: Floats | None = None,
) -> BucketSeries:
    """The port's value for these groups."""
    return BucketSeries(
        run_id=run,
        key=key,
        num_rows=int(figures.counts.sum()),
        x0=x0,
        x1=x1,
        smooth=smooth,
        **{name: getattr(figures, name) for name in _FIGURES},
    )
