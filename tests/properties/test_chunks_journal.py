from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.errors import CorruptData, InvalidInput
from runstone.domain.history import HistoryBatch, Numbers, Objects, ValueKind
from runstone.storage.chunks.batches import concat, count_keys, gather, num_points, select_keys
from runstone.storage.chunks.journal import (
    Entry,
    count_heads,
    fold_entries,
    merge_entries,
    pack,
)
from runstone.testing.history_data import batches, check_form, make_batch, same_batch


def entry(batch: HistoryBatch) -> Entry:
    packed = pack(batch)
    found = Entry(batch.row0, packed.head, bytes(packed.body))
    assert found.num_points == packed.num_points == num_points(batch)
    assert found.num_rows == batch.num_rows
    return found


@given(batches())
def test_what_is_packed_comes_back(batch: HistoryBatch) -> None:
    again = entry(batch).batch()
    same_batch(again, batch)
    check_form(again)


@given(batches(), st.sampled_from(["loss", "a.b", "mixed", "none"]))
def test_one_key_is_read_alone(batch: HistoryBatch, key: str) -> None:
    same_batch(entry(batch).batch([key]), select_keys(batch, [key]))


@given(st.lists(batches(), min_size=1, max_size=6), st.data())
def test_entries_merge_and_fold_into_the_same_rows(
    parts: list[HistoryBatch], data: st.DataObject
) -> None:
    entries, at = [], 0
    for part in parts:
        if part.num_rows:
            moved = HistoryBatch(at, part.step, part.time, part.runtime, part.numbers, part.objects)
            entries.append(entry(moved))
            at += part.num_rows
    start = data.draw(st.integers(0, at))
    stop = data.draw(st.integers(start, at))
    one_by_one = [e.batch() for e in entries]
    expected = concat(one_by_one).slice(start, stop)
    for few in (entries, fold_entries(entries)):
        found = list(merge_entries(few, start, stop))
        if stop > start:
            same_batch(concat(found), expected)
            check_form(concat(found))
        else:
            assert found == []
    counted: dict[str, list[int]] = {}
    for name, numbers, objects in [c for b in one_by_one for c in count_keys(b)]:
        total = counted.setdefault(name, [0, 0])
        total[0] += numbers
        total[1] += objects
    heads = [pack(b).head for b in one_by_one]
    again: dict[str, list[int]] = {}
    for name, numbers, objects in count_heads(heads):
        total = again.setdefault(name, [0, 0])
        total[0] += numbers
        total[1] += objects
    assert again == counted


@given(batches(), st.data())
def test_gathering_rows_keeps_them(batch: HistoryBatch, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(batch.num_rows)))
    target = np.array(order, np.int64)
    shuffled = gather([(batch, target)], batch.num_rows)
    back = np.argsort(target, kind="stable")
    inverse = np.empty(batch.num_rows, np.int64)
    inverse[target] = np.arange(batch.num_rows)
    assert (np.argsort(back) == target).all()
    same_batch(gather([(shuffled, inverse)], batch.num_rows), batch)


def test_folding_leaves_few_entries() -> None:
    entries = [entry(make_batch(i, 1)) for i in range(200)]
    folded = fold_entries(entries)
    assert len(folded) <= 9
    assert sum(e.num_rows for e in folded) == 200


@given(batches(), st.data())
def test_damage_is_noticed(batch: HistoryBatch, data: st.DataObject) -> None:
    packed = pack(batch)
    body = bytearray(packed.body)
    if body:
        at = data.draw(st.integers(0, len(body) - 1))
        body[at] ^= data.draw(st.integers(1, 255))
        with pytest.raises(CorruptData):
            Entry(0, packed.head, bytes(body)).batch()
        with pytest.raises(CorruptData):
            Entry(0, packed.head, bytes(packed.body[:-8])).batch()
    with pytest.raises(CorruptData):
        Entry(0, packed.head[:-1], bytes(packed.body))


def test_columns_of_a_row_major_table_are_packed() -> None:
    table = np.arange(12.0).reshape(4, 3)
    step = np.arange(4)
    batch = HistoryBatch(
        0, step, np.arange(4.0), np.arange(4.0), {f"k{i}": Numbers(table[:, i]) for i in range(3)}
    )
    same_batch(entry(batch).batch(), batch)


def test_nonsense_is_refused() -> None:
    good = make_batch(0, 3)
    for numbers, objects in (
        ({"k": Numbers(np.zeros(2))}, {}),
        ({"k": Numbers(np.zeros(2), np.array([1], np.uint32))}, {}),
        ({"k": Numbers(np.zeros(3), None, np.zeros(2, np.uint8))}, {}),
        ({}, {"k": Objects(["1", "2"])}),
        ({"\ud800": Numbers(np.zeros(3), None, ValueKind.INT)}, {}),
    ):
        with pytest.raises(InvalidInput):
            pack(HistoryBatch(0, good.step, good.time, good.runtime, numbers, objects))
    with pytest.raises(InvalidInput):
        pack(HistoryBatch(0, good.step, good.time[:2], good.runtime))
