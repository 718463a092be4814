"""Histories for tests: builders, Hypothesis strategies, exact comparison, the law of series."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from runstone.domain.history import (
    BLOCK_ROWS,
    BucketSeries,
    Floats,
    HistoryBatch,
    Numbers,
    Objects,
    PointSeries,
    Series,
    SeriesQuery,
    ValueKind,
    XScale,
)
from runstone.storage.memory.history import Row, batch_of, rows_of

BEGIN: Final = 1_790_000_000.0
"""A time in seconds at which the test runs begin."""


def make_batch(
    row0: int,
    num_rows: int,
    *,
    keys: Sequence[str] = ("loss", "accuracy"),
    step0: int | None = None,
    numbers: Mapping[str, Numbers] | None = None,
    objects: Mapping[str, Objects] | None = None,
) -> HistoryBatch:
    """Rows as a training loop logs them; the values depend on the row number alone."""
    row = np.arange(row0, row0 + num_rows)
    found = {
        key: Numbers(np.cos(row * (0.01 + 0.003 * i)) + 0.25 * ((row * 2_654_435_761) % 97))
        for i, key in enumerate(keys)
    }
    return HistoryBatch(
        row0=row0,
        step=row if step0 is None else np.arange(step0, step0 + num_rows),
        time=BEGIN + row * 0.5 + (row % 7) * 0.001,
        runtime=row * 0.5 + (row % 7) * 0.001,
        numbers={**found, **(numbers or {})},
        objects=dict(objects or {}),
    )


def empty_at(row0: int) -> HistoryBatch:
    """A batch of no rows."""
    return make_batch(row0, 0, keys=())


# Comparison


def canonical(batch: HistoryBatch) -> dict[str, Any]:
    """A batch as plain values in which equal means equal bits (any NaN is one NaN)."""
    rows = []
    for row in rows_of(batch):
        numbers = {key: (_bits(value), kind) for key, (value, kind) in row.numbers.items()}
        rows.append((row.step, _bits(row.time), _bits(row.runtime), numbers, dict(row.objects)))
    return {"row0": batch.row0, "rows": rows}


def _bits(value: float) -> str:
    return "nan" if math.isnan(value) else value.hex()


def same_batch(got: HistoryBatch, expected: HistoryBatch) -> None:
    """Asserts that two batches say the same, whatever their form."""
    assert canonical(got) == canonical(expected)


def check_form(batch: HistoryBatch) -> None:
    """Asserts what the domain says of a batch's arrays."""
    n = batch.num_rows
    assert batch.step.dtype == np.int64
    assert batch.time.dtype == batch.runtime.dtype == np.float64
    assert batch.time.shape == batch.runtime.shape == (n,)
    columns = [(len(c.values), c.rows) for c in batch.numbers.values()]
    columns += [(len(c.texts), c.rows) for c in batch.objects.values()]
    for count, rows in columns:
        assert count
        if rows is None:
            assert count == n
        else:
            assert rows.dtype == np.uint32
            assert len(rows) == count
            assert (np.diff(rows.astype(np.int64)) > 0).all()
            assert rows[-1] < n
    for numbers in batch.numbers.values():
        assert numbers.values.dtype == np.float64
        if not isinstance(numbers.kinds, ValueKind):
            assert numbers.kinds.shape == numbers.values.shape


# The law of series


def check_series(
    got: Series, x: Floats, y: Floats, query: SeriesQuery, smooth: Floats | None = None
) -> None:
    """Asserts that a series tells the truth about points.

    Which borders the buckets have is free. Law is: raw when few enough; else every value of the
    range is in exactly one bucket, buckets are consecutive, each figure is exact over its values,
    and the buckets at the ends reach past the range by less than a block. A range has its
    neighbours: points or buckets of one value, unless a bucket reaches past it at that end.

    Args:
        got: The answer.
        x: Of all points of the run and key, in order of x (equal ones as they came).
        y: Their values.
        query: What was asked.
        smooth: What smoothing makes of all of them, if it was asked for.
    """
    assert (got.smooth is None) == (smooth is None)
    start, stop, has_before, has_after = _range_of(x, query)
    if stop - start <= query.buckets:
        assert isinstance(got, PointSeries), f"{stop - start} points did not come raw"
        seen = slice(start - has_before, stop + has_after)
        _same_floats(got.x, x[seen])
        _same_floats(got.y, y[seen])
        assert got.num_rows == stop - start
        if smooth is not None:
            _same_smooth(got.smooth, smooth[seen], y)
        return
    assert isinstance(got, BucketSeries), f"{stop - start} points came raw"
    is_before = query.lo is not None and bool(got.x1[0] < query.lo)
    is_after = query.hi is not None and bool(got.x0[-1] > query.hi)
    assert 1 <= len(got.x0) - is_before - is_after <= query.buckets
    lengths = {len(getattr(got, f.name)) for f in fields(got)[3:] if f.name != "smooth"}
    assert lengths == {len(got.x0)}
    counts = got.n + got.nan + got.posinf + got.neginf
    assert (counts > 0).all()
    assert not is_before or counts[0] == 1
    assert not is_after or counts[-1] == 1
    total = int(counts.sum())
    assert got.num_rows == total - is_before - is_after
    first_of_all = (
        range(start - 1, start) if is_before else range(max(0, start - BLOCK_ROWS + 1), start + 1)
    )
    last_of_all = (
        range(stop + 1, stop + 2)
        if is_after
        else range(stop, min(len(x), stop + BLOCK_ROWS - 1) + 1)
    )
    fitting = [
        first
        for first in first_of_all
        if first + total in last_of_all
        and (not has_before or first < start)
        and (not has_after or first + total > stop)
        and _borders_fit(got, x, y, first + np.cumsum(counts) - counts, counts)
    ]
    assert fitting, "the buckets are not consecutive ranges that cover what was asked"
    first = fitting[-1] + np.cumsum(counts) - counts
    _check_figures(got, y, first, counts)
    if smooth is not None:
        lasts = np.array([_last_finite(y, a, n) for a, n in zip(first, counts, strict=True)])
        _same_smooth(got.smooth, np.where(lasts < 0, np.nan, smooth[lasts]), y)


def _range_of(x: Floats, query: SeriesQuery) -> tuple[int, int, bool, bool]:
    """First and last (exclusive) position in the range, and whether it has neighbours."""
    lo = -math.inf if query.lo is None else query.lo
    hi = math.inf if query.hi is None else query.hi
    if query.x_scale is XScale.LOG:
        x = np.maximum(x, 0.0)  # order is all that counts here
        lo = max(lo, math.ulp(0.0))
    if lo > hi:
        return 0, 0, False, False
    start, stop = int(np.searchsorted(x, lo, "left")), int(np.searchsorted(x, hi, "right"))
    has_before = start > 0 and (query.x_scale is XScale.LINEAR or bool(x[start - 1] > 0))
    return start, stop, has_before, stop < len(x)


def _last_finite(y: Floats, first: int, count: int) -> int:
    """Position of the last finite value of a bucket; -1 if there is none."""
    return next((i for i in range(first + count - 1, first - 1, -1) if np.isfinite(y[i])), -1)


def _same_smooth(got: Floats | None, expected: Floats, y: Floats) -> None:
    assert got is not None
    assert got.dtype == np.float64
    finite = y[np.isfinite(y)]
    peak = float(np.abs(finite).max()) if len(finite) else 0.0
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    seen = ~np.isnan(expected)
    assert (np.abs(got[seen] - expected[seen]) <= 1e-10 * peak).all()


def _borders_fit(
    got: BucketSeries, x: Floats, y: Floats, first: NDArray[Any], counts: NDArray[Any]
) -> bool:
    last = first + counts - 1
    return all(
        np.array_equal(ours, theirs, equal_nan=True)
        for ours, theirs in (
            (got.x0, x[first]),
            (got.x1, x[last]),
            (got.first, y[first]),
            (got.last, y[last]),
        )
    )


def _check_figures(got: BucketSeries, y: Floats, first: NDArray[Any], counts: NDArray[Any]) -> None:
    for i, (a, n) in enumerate(zip(first.tolist(), counts.tolist(), strict=True)):
        values = y[a : a + n]
        finite = values[np.isfinite(values)]
        assert got.n[i] == len(finite)
        assert got.nan[i] == np.isnan(values).sum()
        assert got.posinf[i] == (values == np.inf).sum()
        assert got.neginf[i] == (values == -np.inf).sum()
        if not len(finite):
            assert math.isnan(got.min[i])
            assert math.isnan(got.max[i])
            assert got.sum[i] == 0
            continue
        assert got.min[i] == finite.min()
        assert got.max[i] == finite.max()
        scale = float(np.abs(finite / len(finite)).sum()) * len(finite)
        if math.isfinite(scale) and scale < 1e300:
            # Doubles add up in some order: exact up to rounding.
            assert abs(got.sum[i] - math.fsum(finite)) <= 1e-12 * scale * len(finite)


def _same_floats(got: Floats, expected: Floats) -> None:
    assert got.dtype == np.float64
    assert [_bits(v) for v in got.tolist()] == [_bits(v) for v in expected.tolist()]


# Strategies

_KEYS: Final = ("loss", "val/loss", "a.b", "é \u2028\x00", "epoch", "mixed", "gpu.0")
_ODD: Final = (math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 2.0**53)


def values() -> st.SearchStrategy[float]:
    """Logged numbers, the odd ones often."""
    return st.one_of(
        st.sampled_from(_ODD),
        st.floats(width=32),
        st.floats(),
        st.integers(-(2**53), 2**53).map(float),
        st.integers(0, 50).map(float),
    )


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """One row with some of a few keys."""
    numbers: dict[str, tuple[float, ValueKind]] = {}
    objects: dict[str, str] = {}
    for key in draw(st.lists(st.sampled_from(_KEYS), unique=True, max_size=4)):
        form = draw(st.integers(0, 9))
        if form <= 7:
            numbers[key] = (draw(values()), draw(st.sampled_from(ValueKind)))
        if form == 7:  # beyond 2**53: exact beside its rounding
            numbers[key] = (1e19, ValueKind.INT)
            objects[key] = "10000000000000000001"
        if form > 7:
            objects[key] = draw(st.sampled_from(['"text"', '{"_type":"image"}', "null", '"é𝄞"']))
    step = draw(st.one_of(st.integers(0, 40), st.integers(-(2**62), 2**62)))
    offset = draw(st.floats(0, 1e6))
    runtime = draw(st.one_of(st.just(math.nan), st.just(offset), st.floats(0, 1e6)))
    return Row(step, BEGIN + offset, runtime, numbers, objects)


@st.composite
def batches(draw: st.DrawFn, row0: int = 0) -> HistoryBatch:
    """Batches as clients send them: odd mixtures of few rows, and long regular ones."""
    if draw(st.booleans()):
        found = draw(st.lists(rows(), max_size=12))
        return _numbered(batch_of(found), row0)
    num_rows = draw(st.integers(1, 300))
    keys = draw(st.lists(st.sampled_from(_KEYS), unique=True, max_size=3))
    step0 = draw(st.one_of(st.none(), st.integers(0, 500)))
    return make_batch(row0, num_rows, keys=keys, step0=step0)


def _numbered(batch: HistoryBatch, row0: int) -> HistoryBatch:
    return HistoryBatch(row0, batch.step, batch.time, batch.runtime, batch.numbers, batch.objects)
