"""Smoothed curves: four filters over a whole series, evaluated where they are wanted.

The law (design.md section 4): a smoothed value depends on the whole series and never on what is
shown of it, so zooming changes none. Values that are not finite are passed over as if they had
not been logged: they move no filter, and the smoothed value at their place is NaN.

A filter is only evaluated where a curve is drawn: half a million values cost one pass, not a
filter's every output.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from runstone.domain.errors import InvalidInput
from runstone.domain.fading import Fading, Floats, Ints

MAX_WEIGHT: Final = 0.999
MAX_SIGMA: Final = 1_000
MAX_WINDOW: Final = 100_000

_SIGMAS: Final = 4
"""Where a Gaussian window ends: beyond are 6e-5 of its weight."""
_GATHERED: Final = 1 << 20
"""Values put side by side at a time: 8 MB."""


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

    @property
    def is_none(self) -> bool:
        """It gives back what it is given."""
        return self.amount == (1 if self.kind is SmoothingKind.MEAN else 0)

    @property
    def looks_ahead(self) -> bool:
        """A smoothed value depends on later ones too."""
        return self.kind in (SmoothingKind.GAUSSIAN, SmoothingKind.MEAN)


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
    if smoothing.is_none:
        return y[at]
    fading = fading_of(smoothing, float(x[0]), float(x[-1]))
    if fading is not None:
        return fading.averages(fading.places(x), y, at)
    if smoothing.kind is SmoothingKind.GAUSSIAN:
        return _gaussian(y, at, smoothing.amount)
    return _mean(y, at, int(smoothing.amount))


def fading_of(smoothing: Smoothing, first_x: float, last_x: float) -> Fading | None:
    """The filter as one that can be taken up anywhere; None for those that also look ahead.

    Args:
        smoothing: How.
        first_x: Of the first finite value of the whole series; likewise `last_x` of the last.
    """
    if smoothing.is_none:
        return None
    if smoothing.kind is SmoothingKind.EMA:
        return Fading(smoothing.amount, None)
    if smoothing.kind is SmoothingKind.TIME_EMA:
        # The weight grows slower than the slider: what W&B documents, so that the same number
        # looks the same.
        return Fading(min(math.sqrt(smoothing.amount), MAX_WEIGHT), (first_x, last_x))
    return None


# Averages of what is around


def _gaussian(y: Floats, at: Ints, sigma: float) -> Floats:
    radius = math.ceil(_SIGMAS * sigma)
    with np.errstate(over="ignore", under="ignore"):
        kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    up_to = np.concatenate([[0.0], np.cumsum(kernel)])
    before, after = np.minimum(at, radius), np.minimum(len(y) - 1 - at, radius)
    sums: Floats = _windows(y, at, kernel, radius)
    sums /= up_to[radius + after + 1] - up_to[radius - before]
    return sums


def _mean(y: Floats, at: Ints, window: int) -> Floats:
    before = window // 2
    count = np.minimum(at - before + window, len(y)) - np.maximum(at - before, 0)
    share = 1.0 / window
    if len(at) * window <= 4 * len(y):
        return _windows(y, at, np.full(window, share), before) * (window / count)
    return _running(y * share, at, window, before) * (window / count)


def _windows(y: Floats, at: Ints, kernel: Floats, before: int) -> Floats:
    """Sums of windows by the kernel's weights, each with `before` values before its position."""
    width = len(kernel)
    low, around = _around(y, at, width, before)
    windows = np.lib.stride_tricks.sliding_window_view(around, width)
    found = np.empty(len(at))
    step = max(1, _GATHERED // width)
    for i in range(0, len(at), step):
        found[i : i + step] = windows[at[i : i + step] - low] @ kernel
    return found


def _running(y: Floats, at: Ints, window: int, before: int) -> Floats:
    """Sums of windows that overlap a lot.

    Cut into parts as long as a window, each window is the end of one part and the beginning of
    the next. Differences of running sums would be simpler, and lose the small beside the large.
    """
    low, around = _around(y, at, window, before)
    num_parts = -(-len(around) // window)
    padded = np.zeros(num_parts * window)
    padded[: len(around)] = around
    parts = padded.reshape(num_parts, window)
    heads = np.cumsum(parts, axis=1).reshape(-1)
    tails = np.cumsum(parts[:, ::-1], axis=1)[:, ::-1].reshape(-1)
    start = at - low
    sums: Floats = heads[start + window - 1]
    crossing = start % window != 0
    sums[crossing] += tails[start[crossing]]
    return sums


def _around(y: Floats, at: Ints, width: int, before: int) -> tuple[int, Floats]:
    """The first position, and the values that its window and those of all others cover.

    Beyond the ends there are zeros.
    """
    low, high = int(at[0]), int(at[-1])
    begin, end = max(0, low - before), min(len(y), high - before + width)
    around = np.zeros(high - low + width)
    offset = begin - (low - before)
    around[offset : offset + end - begin] = y[begin:end]
    return low, around
