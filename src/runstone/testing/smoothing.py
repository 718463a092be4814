"""What smoothing means, as plain loops over its definition; and amounts to try."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from runstone.domain.smoothing import Smoothing, SmoothingKind

SMOOTHINGS: Final = (
    Smoothing(SmoothingKind.TIME_EMA, 0.9),
    Smoothing(SmoothingKind.EMA, 0.97),
    Smoothing(SmoothingKind.GAUSSIAN, 7.5),
    Smoothing(SmoothingKind.MEAN, 100),
)
"""One of each kind."""


def smoothings() -> st.SearchStrategy[Smoothing]:
    """Every kind, its limits often."""
    weight = st.one_of(st.sampled_from([0.0, 1e-9, 0.5, 0.9, 0.998, 0.999]), st.floats(0, 0.999))
    amounts = {
        SmoothingKind.TIME_EMA: weight,
        SmoothingKind.EMA: weight,
        SmoothingKind.GAUSSIAN: st.one_of(st.sampled_from([0.0, 0.2, 1.0, 30.0]), st.floats(0, 20)),
        SmoothingKind.MEAN: st.integers(1, 200).map(float),
    }
    kinds = [st.builds(Smoothing, st.just(kind), amount) for kind, amount in amounts.items()]
    return st.one_of(kinds)


def smoothed_plainly(x: Sequence[float], y: Sequence[float], smoothing: Smoothing) -> list[float]:
    """The whole series smoothed, value by value; NaN where `y` is not finite.

    Args:
        x: Finite, non-decreasing.
        y: Of the same length.
        smoothing: How.
    """
    pairs = [(at, value) for at, value in zip(x, y, strict=True) if math.isfinite(value)]
    every = iter(_smoothed([at for at, _ in pairs], [value for _, value in pairs], smoothing))
    return [next(every) if math.isfinite(value) else math.nan for value in y]


def _smoothed(x: list[float], y: list[float], smoothing: Smoothing) -> list[float]:
    amount = smoothing.amount
    if smoothing.kind is SmoothingKind.MEAN:
        window = int(amount)
        return [
            _average(y[max(0, i - window // 2) : i - window // 2 + window]) for i in range(len(y))
        ]
    if amount == 0:
        return y
    if smoothing.kind is SmoothingKind.GAUSSIAN:
        return [_bell(y, i, amount) for i in range(len(y))]
    if smoothing.kind is SmoothingKind.EMA:
        return _faded(y, [amount] * len(y))
    extent = x[-1] / 2 - x[0] / 2 if x else 0.0
    weight = min(math.sqrt(amount), 0.999)
    distances = [b / 2 - a / 2 for a, b in zip([x[0], *x], x, strict=False)] if x else []
    return _faded(y, [weight ** (1_000 * (d / extent)) if extent else 1.0 for d in distances])


def _faded(y: list[float], fade: list[float]) -> list[float]:
    found = []
    average, total = 0.0, 0.0
    for value, kept in zip(y, fade, strict=True):
        before = total * kept
        total = before + 1
        average = average * (before / total) + value / total
        found.append(average)
    return found


def _bell(y: list[float], at: int, sigma: float) -> float:
    reach = math.ceil(4 * sigma)
    around = range(max(0, at - reach), min(len(y), at + reach + 1))
    distances = [(i - at) / sigma for i in around]
    weights = [math.exp(-distance * distance / 2) for distance in distances]
    total = math.fsum(weights)
    return math.fsum([y[i] * (weight / total) for i, weight in zip(around, weights, strict=True)])


def _average(values: list[float]) -> float:
    return math.fsum([value / len(values) for value in values])
