"""decode(encode(x)) == x."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.rest.series_decoder import decode_series

from runstone.domain.history import BucketSeries, PointSeries, Series
from runstone.domain.ids import RunId
from runstone.wire.rest.series_format import encode_series
from runstone.wire.rest.structs.series import SeriesError

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=64)
COUNT = st.integers(0, 2**32 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def _columns(
    count: int, element: st.SearchStrategy[Any], dtype: str
) -> st.SearchStrategy[np.ndarray[Any, Any]]:
    return st.lists(element, min_size=count, max_size=count).map(
        lambda values: np.array(values, dtype=dtype)
    )


@st.composite
def _series(draw: st.DrawFn) -> Series:
    count = draw(st.integers(0, 9))
    key = draw(TEXT)

    def floats() -> np.ndarray[Any, Any]:
        return draw(_columns(count, ANY_FLOAT, "f8"))

    def counts() -> np.ndarray[Any, Any]:
        return draw(st.one_of(st.just(np.zeros(count, "i8")), _columns(count, COUNT, "i8")))

    smooth = floats() if draw(st.booleans()) else None
    if draw(st.booleans()):
        return PointSeries(RunId(1), key, floats(), floats(), smooth)
    return BucketSeries(
        RunId(1),
        key,
        draw(st.integers(0, 2**53)),
        *(floats(), floats(), counts(), floats(), floats(), floats(), floats(), floats()),
        *(counts(), counts(), counts()),
        smooth,
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), TEXT, _series()), max_size=5), TEXT)
def test_what_is_encoded_is_decoded(found: list[tuple[int, str, Series]], message: str) -> None:
    encoded = encode_series(found, [SeriesError(7, "not-found", message)])
    data = b"".join(encoded.chunks())

    curves, errors = decode_series(data)

    assert len(data) == encoded.size_bytes
    assert errors == [{"request": 7, "code": "not-found", "message": message}]
    for (request, run, series), curve in zip(found, curves, strict=True):
        assert (curve["request"], curve["run"], curve["key"]) == (request, run, series.key)
        expected = _expected(series)
        assert curve["exact"] is isinstance(series, PointSeries)
        assert curve["num_rows"] == (
            len(series.x) if isinstance(series, PointSeries) else series.num_rows
        )
        assert curve["arrays"].keys() == expected.keys()
        for name, array in expected.items():
            np.testing.assert_array_equal(curve["arrays"][name], array, strict=False)


def _expected(series: Series) -> dict[str, np.ndarray[Any, Any]]:
    smooth = {} if series.smooth is None else {"smooth": series.smooth}
    if isinstance(series, PointSeries):
        return {"x": series.x, "y": series.y} | smooth
    with np.errstate(all="ignore"):
        mean = series.sum / series.n
    named: dict[str, np.ndarray[Any, Any]] = {}
    named |= {"x0": series.x0, "x1": series.x1, "min": series.min, "max": series.max, "mean": mean}
    named |= {"first": series.first, "last": series.last, "n": series.n}
    rare = {"nan": series.nan, "posinf": series.posinf, "neginf": series.neginf}
    return named | {name: counts for name, counts in rare.items() if counts.any()} | smooth


def test_columns_that_lie_apart_in_memory_are_gathered() -> None:
    table = np.arange(12, dtype=np.float64).reshape(6, 2)

    encoded = encode_series([(0, "r", PointSeries(RunId(1), "k", table[:, 0], table[:, 1]))])
    ((curve,), _) = decode_series(b"".join(encoded.chunks()))

    assert curve["arrays"]["y"].tolist() == [1, 3, 5, 7, 9, 11]


def test_large_answers_come_in_pieces() -> None:
    column = np.zeros(100_000)
    encoded = encode_series([(0, "r", PointSeries(RunId(1), "k", column, column))] * 3)

    pieces = list(encoded.chunks())

    assert len(pieces) == 6
    assert sum(map(len, pieces)) == encoded.size_bytes
