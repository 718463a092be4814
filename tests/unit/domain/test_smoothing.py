"""Smoothed values are what a plain loop over the definition gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.domain.errors import InvalidInput
from runstone.domain.smoothing import Smoothing, SmoothingKind, smooth, smooth_at
from runstone.testing.smoothing import smoothed_plainly, smoothings

FINITE = st.one_of(
    st.floats(-1e3, 1e3),
    st.sampled_from([0.0, -0.0, 1e-300, 1e300, 1.7e308, -1.7e308]),
)


@st.composite
def _curves(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    count = draw(st.integers(1, 80))
    odd = st.sampled_from([math.nan, math.inf, -math.inf])
    value = draw(st.sampled_from([FINITE, st.one_of(FINITE, odd)]))
    x = draw(
        st.one_of(
            st.just([float(i) for i in range(count)]),
            st.lists(st.floats(-1e9, 1e9), min_size=count, max_size=count).map(sorted),
            st.lists(st.sampled_from([0.0, 1.0, 9e307]), min_size=count, max_size=count).map(
                sorted
            ),
        )
    )
    return x, draw(st.lists(value, min_size=count, max_size=count))


@settings(deadline=None)
@given(_curves(), smoothings())
def test_a_whole_curve(curve: tuple[list[float], list[float]], smoothing: Smoothing) -> None:
    x, y = curve
    _check(smooth(np.array(x), np.array(y), smoothing), smoothed_plainly(x, y, smoothing), y)


@settings(deadline=None)
@given(_curves(), smoothings(), st.data())
def test_where_it_is_evaluated_makes_no_difference(
    curve: tuple[list[float], list[float]], smoothing: Smoothing, data: st.DataObject
) -> None:
    pairs = [(x, y) for x, y in zip(*curve, strict=True) if math.isfinite(y)]
    x, y = [x for x, _ in pairs], [y for _, y in pairs]
    at = sorted(data.draw(st.sets(st.integers(0, len(y) - 1)))) if y else []
    found = smooth_at(np.array(x), np.array(y), np.array(at, np.int64), smoothing)
    whole = smoothed_plainly(x, y, smoothing)
    _check(found, [whole[i] for i in at], y)


def test_a_long_curve() -> None:
    rng = np.random.default_rng(4)
    x, y = np.sort(rng.normal(size=20_000)), rng.normal(size=20_000)
    for kind, amount in (
        (SmoothingKind.TIME_EMA, 0.97),
        (SmoothingKind.EMA, 0.999),
        (SmoothingKind.GAUSSIAN, 40),
        (SmoothingKind.MEAN, 333),
    ):
        smoothing = Smoothing(kind, amount)
        expected = smoothed_plainly(x.tolist(), y.tolist(), smoothing)
        _check(smooth(x, y, smoothing), expected, y.tolist())


def test_uneven_logging_is_smoothed_evenly_over_x() -> None:
    # The same signal, its second half logged ten times as often.
    step = np.concatenate([np.arange(0, 500, 10), np.arange(500, 1000)]).astype(float)
    even = np.arange(0, 1000, 10).astype(float)
    smoothing = Smoothing(SmoothingKind.TIME_EMA, 0.95)

    uneven = smooth(step, (step > 700).astype(float), smoothing)
    found = smooth(even, (even > 700).astype(float), smoothing)

    assert uneven[step == 800][0] == pytest.approx(found[even == 800][0], abs=0.05)


def test_values_that_are_not_finite_are_passed_over() -> None:
    y = np.array([math.nan, 1.0, math.inf, 3.0, -math.inf])
    found = smooth(np.arange(5.0), y, Smoothing(SmoothingKind.EMA, 0.5))
    np.testing.assert_allclose(found, [math.nan, 1.0, math.nan, (1.0 * 0.5 + 3.0) / 1.5, math.nan])
    assert np.isnan(smooth(np.arange(2.0), y[[0, 2]], Smoothing(SmoothingKind.MEAN, 5))).all()


@pytest.mark.parametrize("kind", SmoothingKind)
def test_the_least_amount_changes_nothing(kind: SmoothingKind) -> None:
    y = np.array([3.0, 1.0, 1e9, -2.0])
    found = smooth(np.arange(4.0), y, Smoothing(kind, 1 if kind is SmoothingKind.MEAN else 0))
    assert found.tolist() == y.tolist()


@pytest.mark.parametrize(
    ("kind", "amount", "said"),
    [
        (SmoothingKind.TIME_EMA, 1.0, "0 to 0.999"),
        (SmoothingKind.TIME_EMA, -0.1, "0 to 0.999"),
        (SmoothingKind.EMA, math.nan, "nan makes no sense"),
        (SmoothingKind.EMA, math.inf, "0 to 0.999"),
        (SmoothingKind.GAUSSIAN, 1_001, "0 to 1,000"),
        (SmoothingKind.MEAN, 0, "1 to 100,000"),
        (SmoothingKind.MEAN, 2.5, "whole number"),
    ],
)
def test_amounts_that_make_no_sense(kind: SmoothingKind, amount: float, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        Smoothing(kind, amount)
    assert caught.value.code == "invalid-smoothing"


def _check(found: np.ndarray, expected: list[float], y: list[float]) -> None:  # type: ignore[type-arg]
    """Equal up to rounding, which is measured against the largest value averaged."""
    peak = max((abs(value) for value in y if math.isfinite(value)), default=0.0)
    # Halves: the difference of the largest doubles overflows.
    halves = np.array(expected) / 2
    np.testing.assert_array_equal(np.isnan(found), np.isnan(halves))
    assert (np.abs(found / 2 - halves)[~np.isnan(halves)] <= 1e-10 * peak + 1e-320).all()
