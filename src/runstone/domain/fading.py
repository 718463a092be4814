"""Exponential averages over a series that can be taken up anywhere in it.

An average at one value is all that a later one needs to know of what came before. So a few
memories of a long series answer for any part of it, without reading the rest again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

STEPS_OF_EXTENT: Final = 1_000
"""Into how many steps time-weighted smoothing divides a series' extent in x."""
_SCALE: Final = 2.0**-128
"""For values so large that their sum overflows; a power of two costs no digit."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What an average remembers after some values of a series; all arrays of one length.

    Attributes:
        u: Where each of these values is, on the filter's own axis.
        sums: Of all values up to it, each by its weight.
        totals: Of the weights; 0 where there was no value yet.
    """

    u: Floats
    sums: Floats
    totals: Floats

    @property
    def averages(self) -> Floats:
        """The smoothed values; NaN where there was no value yet."""
        with np.errstate(invalid="ignore"):
            averages: Floats = self.sums / self.totals
        return averages

    def take(self, which: Ints) -> Memory:
        """Some of them."""
        return Memory(self.u[which], self.sums[which], self.totals[which])


@dataclass(frozen=True, slots=True)
class Fading:
    """An exponential average over one series.

    Attributes:
        weight: Of a value one step ago, above 0 and below 1.
        extent: First and last x of the series, where steps are parts of that; None where each
            value is a step.
    """

    weight: float
    extent: tuple[float, float] | None

    def places(self, x: Floats, num_before: int = 0) -> Floats:
        """Where values are on the filter's own axis, in steps.

        Args:
            x: Of consecutive values of the series.
            num_before: Values of the series before them.
        """
        if self.extent is None:
            return np.arange(num_before, num_before + len(x), dtype=np.float64)
        first, last = self.extent
        half = last / 2 - first / 2  # halves: the whole may overflow
        if not half > 0:
            return np.zeros(len(x))
        return (x / 2 - first / 2) / half * STEPS_OF_EXTENT

    def remember(self, u: Floats, y: Floats, at: Ints, before: Memory | None = None) -> Memory:
        """Memories after some of consecutive values.

        Values between two positions are weighed against the later one, so no weight exceeds 1;
        what came before fades as a whole.

        Args:
            u: Places of the values.
            y: The values, finite.
            at: Positions among them, strictly ascending, at least one.
            before: What is remembered of the values before, if there are any.
        """
        starts = np.empty_like(at)
        starts[0] = 0
        starts[1:] = at[:-1] + 1
        end = int(at[-1]) + 1
        rate = math.log(self.weight)
        weights = np.repeat(u[at], at - starts + 1)
        weights -= u[:end]
        weights *= rate
        fade = np.zeros(len(at))
        states = np.empty((2, len(at)))
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            np.exp(weights, out=weights)
            np.add.reduceat(weights, starts, out=states[1])
            weights *= y[:end]
            np.add.reduceat(weights, starts, out=states[0])
            np.exp((u[at[1:]] - u[at[:-1]]) * rate, out=fade[1:])
            if before is not None:
                kept = math.exp((u[at[0]] - before.u[0]) * rate)
                states[0, 0] += kept * before.sums[0]
                states[1, 0] += kept * before.totals[0]
            _carry(states, fade)
            return Memory(u[at], *states)

    def averages(self, u: Floats, y: Floats, at: Ints, before: Memory | None = None) -> Floats:
        """Smoothed values at some of consecutive values; see `remember`."""
        found = self.remember(u, y, at, before).averages
        if np.isfinite(found).all():
            return found
        if before is not None:
            before = Memory(before.u, before.sums * _SCALE, before.totals)
        return self.remember(u, y * _SCALE, at, before).averages / _SCALE


def _carry(states: Floats, fade: Floats) -> None:
    """Makes each column k what it is plus fade[k] times column k − 1, from left to right.

    Takes a logarithmic number of passes; `fade` is used up.
    """
    reach = 1
    while reach < len(fade):
        states[:, reach:] += fade[reach:] * states[:, :-reach]
        fade[reach:] *= fade[:-reach]
        fade[:reach] = 0.0
        reach *= 2
