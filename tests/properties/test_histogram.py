"""Histograms of arrays are those that NumPy counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from runstone.tracking.values.histogram import Histogram

_BINS = st.integers(1, 512)


def _is_as_numpy_says(values: NDArray[Any], num_bins: int) -> None:
    found = Histogram(values, num_bins=num_bins).document()
    finite = values[np.isfinite(values)].astype(float)
    try:
        counts, edges = np.histogram(finite, num_bins)
    except ValueError:  # no room for so many bins in so narrow a range
        low, high = found["bins"]
        assert (found["values"], low) == ([len(finite)], finite.min())
        assert low < high
        assert high == np.maximum(finite.max(), np.nextafter(low, np.inf))
    else:
        assert (found["values"], found["bins"]) == (counts.tolist(), edges.tolist())


@given(
    # Halves and tenths lie on edges, or a rounding beside them.
    arrays(np.float64, st.integers(1, 40), elements=st.integers(-50, 50).map(lambda n: n / 10))
    | arrays(np.float32, st.integers(1, 40), elements=st.floats(-(2.0**100), 2.0**100, width=32))
    | arrays(np.int64, st.integers(1, 40), elements=st.integers(-(2**62), 2**62))
    | arrays(np.bool_, st.integers(1, 40)),
    _BINS,
)
def test_any_array(values: NDArray[Any], num_bins: int) -> None:
    _is_as_numpy_says(values, num_bins)


@given(
    st.floats(-1e300, 1e300),
    st.floats(1e-300, 1e300),
    st.lists(st.integers(0, 100), min_size=1, max_size=30),
    _BINS,
)
def test_any_range(low: float, width: float, hundredths: list[int], num_bins: int) -> None:
    values = low + width * (np.array([0, 100, *hundredths]) / 100)
    if np.isfinite(values).all() and np.isfinite(values.max() - values.min()):
        _is_as_numpy_says(values, num_bins)
        found = Histogram(values.tolist(), num_bins=num_bins).document()
        assert sum(found["values"]) == len(values)


def test_integers_beyond_doubles_are_left_out() -> None:
    assert sum(Histogram([1, 2, 10**400]).document()["values"]) == 2


@pytest.mark.parametrize("num", [1, 16_384, 16_385, 100_000])
def test_more_than_is_counted_at_once(num: int) -> None:
    values = np.random.default_rng(0).normal(size=num).astype(np.float32)
    _is_as_numpy_says(values, 64)
    values[:: max(1, num // 7)] = np.nan
    if np.isfinite(values).any():
        _is_as_numpy_says(values, 64)
