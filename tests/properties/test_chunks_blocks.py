from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.history import BLOCK_ROWS, Floats, SeriesQuery
from runstone.domain.ids import RunId
from runstone.storage.chunks.arrays import ArrayCodec
from runstone.storage.chunks.blocks import (
    Figures,
    Groups,
    cut_into_buckets,
    join,
    merge,
    rollup,
    single,
    summarise,
    to_series,
)
from runstone.storage.chunks.columns import decode_roll, encode_roll
from runstone.testing.history_data import check_series, values

columns = st.lists(values(), min_size=1, max_size=400).map(lambda v: np.array(v, np.float64))
ascending = st.lists(st.one_of(st.integers(0, 60).map(float), st.floats(-1e9, 1e9)), min_size=1)


def same(got: Figures, expected: Figures) -> None:
    for name in ("n", "nan", "posinf", "neginf", "min", "max", "first", "last"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name), name)


@given(columns)
def test_rollups_say_the_truth(column: Floats) -> None:
    figures = rollup(column)
    for i, start in enumerate(range(0, len(column), BLOCK_ROWS)):
        part = column[start : start + BLOCK_ROWS]
        finite = part[np.isfinite(part)]
        assert figures.n[i] == len(finite)
        assert figures.counts[i] == len(part)
        np.testing.assert_array_equal(figures.min[i], finite.min() if len(finite) else np.nan)
        np.testing.assert_array_equal(figures.max[i], finite.max() if len(finite) else np.nan)
        np.testing.assert_array_equal(figures.first[i], part[0])
        np.testing.assert_array_equal(figures.last[i], part[-1])


@given(columns, st.booleans())
def test_packed_rollups_come_back_the_same(column: Floats, use_pco: bool) -> None:
    figures = rollup(column)
    again = decode_roll(encode_roll(ArrayCodec(use_pco=use_pco), column), len(column))
    same(again, figures)
    np.testing.assert_array_equal(again.sum, figures.sum)


@given(columns, st.data())
def test_merging_blocks_says_what_the_values_say(column: Floats, data: st.DataObject) -> None:
    blocks = rollup(column)
    num = len(blocks.n)
    starts = sorted({0, *data.draw(st.lists(st.integers(0, num - 1), max_size=5))})
    groups = Groups.of(np.array(starts), num)
    direct = summarise(column, Groups.of(np.array(starts) * BLOCK_ROWS, len(column)))
    same(merge(blocks, groups), direct)


@given(columns, st.data())
def test_single_values_and_blocks_join(column: Floats, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(column)))
    parts = [rollup(column[:at]), single(column[at:])] if at else [single(column)]
    joined = join(parts)
    whole = Groups.of(np.zeros(1, np.int64), len(joined.n))
    same(merge(joined, whole), summarise(column, Groups.of(np.zeros(1, np.int64), len(column))))


@given(ascending, st.integers(2, 50), st.data())
def test_buckets_obey_the_law_of_series(
    positions: list[float], buckets: int, data: st.DataObject
) -> None:
    x = np.sort(np.array(positions))
    y = np.array([data.draw(values()) for _ in positions[:20]] + [1.5] * (len(positions) - 20))
    groups = cut_into_buckets(x, buckets, None, None)
    assert len(groups.starts) <= buckets
    assert groups.starts[0] == 0
    assert (groups.lengths > 0).all()
    if len(x) > buckets:
        found = to_series(RunId(1), "loss", x[groups.starts], x[groups.lasts], summarise(y, groups))
        check_series(found, x, y, SeriesQuery([RunId(1)], ["loss"], buckets=buckets))
