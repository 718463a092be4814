"""Smoothed curves: four filters over a whole series, evaluated where they are wanted.

The law (design.md section 4): a smoothed value depends on the whole series and never on what is
shown of it, so zooming changes none. Values that are not finite are passed over as if they had
not been logged: they move no filter, and the smoothed value at their place is NaN.

A filter is only evaluated where a curve is drawn: half a million values cost one pass, not a
filter's every output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.errors import InvalidInput

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

MAX_WEIGHT: Final = 0.999
MAX_SIGMA: Final = 1_000
MAX_WINDOW: Final = 100_000

_SIGMAS: Final = 4
"""Where a Gaussian window ends: beyond are 6e-5 of its weight."""
_STEPS_OF_EXTENT: Final = 1_000
"""Into how many steps time-weighted smoothing divides a series' extent in x."""
_GATHERED: Final = 1 << 20
"""Values put side by side at a time: 8 MB."""
_SCALE: Final = 2.0**-128
"""For values so large that their sum overflows; a power of two costs no digit."""


class SmoothingKind(StrEnum):
    """Which filter.

    A weight of 0 is no smoothing; the closer to 1, the smoother.
    """

    TIME_EMA = "time_ema"
    """Exponential average whose memory fades with the distance in x, measured against the whole
    series' extent: unevenly logged values are smoothed evenly. `amount` is the weight, 0 to
    0.999."""
    EMA = "ema"
    """Exponential average whose memory fades with each value, corrected for its short memory at
    the beginning. `amount` is the weight, 0 to 0.999."""
    GAUSSIAN = "gaussian"
    """Average of the values around, weighted by a bell curve. `amount` is its standard deviation
    in values, 0 to 1,000."""
    MEAN = "mean"
    """Average of the `amount` values around (half of them before), 1 to 100,000; fewer at the
    ends."""


_LIMITS: Final = {
    SmoothingKind.TIME_EMA: (0.0, MAX_WEIGHT),
    SmoothingKind.EMA: (0.0, MAX_WEIGHT),
    SmoothingKind.GAUSSIAN: (0.0, float(MAX_SIGMA)),
    SmoothingKind.MEAN: (1.0, float(MAX_WINDOW)),
}


@dataclass(frozen=True, slots=True)
class Smoothing:
    """A filter and how much of it; see `SmoothingKind` for what the amount is.

    Raises:
        InvalidInput: The amount is outside its kind's limits, or no whole number of values.
    """

    kind: SmoothingKind
    amount: float

    def __post_init__(self) -> None:
        low, high = _LIMITS[self.kind]
        if not low <= self.amount <= high:  # also NaN
            raise InvalidInput(
                f"Smoothing {self.kind} by {self.amount:g} makes no sense: the amount must be "
                f"{low:g} to {high:,g}.",
                code="invalid-smoothing",
            )
        if self.kind is SmoothingKind.MEAN and self.amount != int(self.amount):
            raise InvalidInput(
                f"Smoothing {self.kind} takes a whole number of values, not {self.amount:g}.",
                code="invalid-smoothing",
            )


def smooth(x: Floats, y: Floats, smoothing: Smoothing) -> Floats:
    """The whole series smoothed: one value for each of `y`, NaN where that is not finite.

    Args:
        x: Finite, non-decreasing.
        y: Of the same length.
        smoothing: How.
    """
    finite = np.isfinite(y)
    found = np.full(len(y), np.nan)
    count = int(np.count_nonzero(finite))
    found[finite] = smooth_at(x[finite], y[finite], np.arange(count), smoothing)
    return found


def smooth_at(x: Floats, y: Floats, at: Ints, smoothing: Smoothing) -> Floats:
    """Smoothed values at some positions of a series.

    Args:
        x: Of the whole series: finite, non-decreasing.
        y: Of the whole series, all finite.
        at: Positions in it, strictly ascending.
        smoothing: How.
    """
    if not len(at):
        return np.empty(0, np.float64)
    evaluate = _filter(x, smoothing)
    if evaluate is None:
        return y[at]
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        found = evaluate(y, at)
        if not np.isfinite(found).all():
            found = evaluate(y * _SCALE, at) / _SCALE
    return found


def _filter(x: Floats, smoothing: Smoothing) -> Callable[[Floats, Ints], Floats] | None:
    """What gives the smoothed values at positions; None where they are the values themselves."""
    amount = smoothing.amount
    match smoothing.kind:
        case SmoothingKind.MEAN:
            return None if amount == 1 else lambda y, at: _mean(y, at, int(amount))
        case _ if amount == 0:
            return None
        case SmoothingKind.GAUSSIAN:
            return lambda y, at: _gaussian(y, at, amount)
        case SmoothingKind.EMA:
            return lambda y, at: _fading(np.arange(len(y), dtype=np.float64), y, at, amount)
        case _:
            # The weight grows slower than the slider: what W&B documents, so that the same
            # number looks the same.
            weight = min(math.sqrt(amount), MAX_WEIGHT)
            u = np.zeros(len(x))
            extent = float(x[-1]) / 2 - float(x[0]) / 2  # halves: the whole may overflow
            if extent > 0:
                u = (x / 2 - x[0] / 2) / extent * _STEPS_OF_EXTENT
            return lambda y, at: _fading(u, y, at, weight)


# Exponential averages


def _fading(u: Floats, y: Floats, at: Ints, weight: float) -> Floats:
    """Averages up to each position, in which a value counts weight ** (distance in u).

    Values between two positions are weighed against the later one, so no weight exceeds 1; what
    came before fades as a whole.
    """
    starts = np.empty_like(at)
    starts[0] = 0
    starts[1:] = at[:-1] + 1
    end = int(at[-1]) + 1
    rate = math.log(weight)
    weights = np.repeat(u[at], at - starts + 1)
    weights -= u[:end]
    weights *= rate
    np.exp(weights, out=weights)
    total = np.add.reduceat(weights, starts)
    weights *= y[:end]
    sums = np.add.reduceat(weights, starts)
    fade = np.zeros(len(at))
    np.exp((u[at[1:]] - u[at[:-1]]) * rate, out=fade[1:])
    averages: Floats = _carried(sums, fade) / _carried(total, fade)
    return averages


def _carried(values: Floats, fade: Floats) -> Floats:
    """s[k] = fade[k] · s[k − 1] + values[k], in a logarithmic number of passes."""
    values, fade = values.copy(), fade.copy()
    reach = 1
    while reach < len(values):
        values[reach:] += fade[reach:] * values[:-reach]
        fade[reach:] *= fade[:-reach]
        fade[:reach] = 0.0
        reach *= 2
    return values


# Averages of what is around


def _gaussian(y: Floats, at: Ints, sigma: float) -> Floats:
    radius = math.ceil(_SIGMAS * sigma)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    up_to = np.concatenate([[0.0], np.cumsum(kernel)])
    before, after = np.minimum(at, radius), np.minimum(len(y) - 1 - at, radius)
    total = up_to[radius + after + 1] - up_to[radius - before]
    low, high = int(at[0]), int(at[-1]) + 1
    around = np.zeros(high - low + 2 * radius)
    begin, end = max(0, low - radius), min(len(y), high + radius)
    around[begin - (low - radius) :][: end - begin] = y[begin:end]
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * radius + 1)
    found = np.empty(len(at))
    step = max(1, _GATHERED // len(kernel))
    for i in range(0, len(at), step):
        found[i : i + step] = windows[at[i : i + step] - low] @ kernel
    found /= total
    return found


def _mean(y: Floats, at: Ints, window: int) -> Floats:
    """Sums of windows without a subtraction, which would lose the small beside the large.

    Cut into parts as long as a window, each window is the end of one part and the beginning of
    the next.
    """
    before = window // 2
    low, high = int(at[0]), int(at[-1]) + 1
    begin, end = max(0, low - before), min(len(y), high + window - before)
    num_parts = -(-(high - low + window) // window)
    parts = np.zeros(num_parts * window)
    parts[begin - (low - before) :][: end - begin] = y[begin:end]
    table = parts.reshape(num_parts, window)
    heads = np.cumsum(table, axis=1).reshape(-1)
    tails = np.cumsum(table[:, ::-1], axis=1)[:, ::-1].reshape(-1)
    start = at - low
    sums = heads[start + window - 1]
    crossing = start % window != 0
    sums[crossing] += tails[start[crossing]]
    first, last = np.maximum(at - before, 0), np.minimum(at - before + window, len(y))
    sums /= last - first
    return sums
