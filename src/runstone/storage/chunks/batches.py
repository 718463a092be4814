"""Rearranging batches of rows: cutting, choosing keys, counting, gathering from several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import (
    HistoryBatch,
    KindArray,
    Numbers,
    Objects,
    RowIndex,
    ValueKind,
)
from runstone.storage.chunks.key_counts import KeyCount


def empty_batch(row0: int = 0) -> HistoryBatch:
    """A batch of no rows."""
    nothing = np.empty(0, np.float64)
    return HistoryBatch(row0=row0, step=np.empty(0, np.int64), time=nothing, runtime=nothing)


def positions(rows: RowIndex | None, num_values: int) -> NDArray[np.int64]:
    """Row positions of a column's values, also where it says "every row"."""
    return np.arange(num_values) if rows is None else rows.astype(np.int64)


def kind_array(kinds: KindArray | ValueKind, num_values: int) -> KindArray:
    """One kind per value."""
    if isinstance(kinds, np.ndarray):
        return kinds
    return np.full(num_values, int(kinds), np.uint8)


def simplest_kinds(kinds: KindArray) -> KindArray | ValueKind:
    """One kind for all where all are alike."""
    if not len(kinds):
        return ValueKind.FLOAT
    return ValueKind(int(kinds[0])) if (kinds == kinds[0]).all() else kinds


def select_keys(batch: HistoryBatch, keys: Collection[str]) -> HistoryBatch:
    """The same rows with only these keys."""
    return HistoryBatch(
        row0=batch.row0,
        step=batch.step,
        time=batch.time,
        runtime=batch.runtime,
        numbers={key: batch.numbers[key] for key in keys if key in batch.numbers},
        objects={key: batch.objects[key] for key in keys if key in batch.objects},
    )


def num_alone(numbers: Numbers | None, objects: Objects, num_rows: int) -> int:
    """How many objects stand at rows where the key has no number.

    An integer beyond 2**53 is in both columns and is one value.
    """
    if numbers is None:
        return len(objects.texts)
    ours = positions(objects.rows, num_rows)
    theirs = positions(numbers.rows, num_rows)
    return len(np.setdiff1d(ours, theirs, assume_unique=True))


def num_points(batch: HistoryBatch) -> int:
    """Values in the batch, axes not counted."""
    total = sum([len(column.values) for column in batch.numbers.values()])
    for key, texts in batch.objects.items():
        total += num_alone(batch.numbers.get(key), texts, batch.num_rows)
    return total


def count_keys(batch: HistoryBatch) -> list[KeyCount]:
    """Values of each column; of objects those that stand alone."""
    found = [(key, len(column.values), 0) for key, column in batch.numbers.items()]
    for key, texts in batch.objects.items():
        alone = num_alone(batch.numbers.get(key), texts, batch.num_rows)
        found.append((key, 0, alone))
    return found


def gather(
    parts: Sequence[tuple[HistoryBatch, NDArray[np.int64]]], num_rows: int, row0: int = 0
) -> HistoryBatch:
    """One batch out of rows of several.

    Args:
        parts: Batches, each with one target per row: its position in the result, or −1 to leave
            it out. The targets of all parts together are 0 … num_rows − 1, each once.
        num_rows: Rows of the result.
        row0: The result's first row number.
    """
    step = np.empty(num_rows, np.int64)
    time = np.empty(num_rows, np.float64)
    runtime = np.empty(num_rows, np.float64)
    numbers: dict[str, list[tuple[NDArray[np.int64], Numbers]]] = {}
    objects: dict[str, list[tuple[NDArray[np.int64], Objects]]] = {}
    for batch, target in parts:
        wanted = np.flatnonzero(target >= 0)
        into = target[wanted]
        step[into] = batch.step[wanted]
        time[into] = batch.time[wanted]
        runtime[into] = batch.runtime[wanted]
        for key, column in batch.numbers.items():
            where = target if column.rows is None else target[column.rows]
            numbers.setdefault(key, []).append((where, column))
        for key, texts in batch.objects.items():
            where = target if texts.rows is None else target[texts.rows]
            objects.setdefault(key, []).append((where, texts))
    merged_numbers = {key: _merge_numbers(found, num_rows) for key, found in numbers.items()}
    merged_objects = {key: _merge_objects(found, num_rows) for key, found in objects.items()}
    return HistoryBatch(
        row0=row0,
        step=step,
        time=time,
        runtime=runtime,
        numbers={key: column for key, column in merged_numbers.items() if len(column.values)},
        objects={key: texts for key, texts in merged_objects.items() if texts.texts},
    )


def _merge_numbers(found: Iterable[tuple[NDArray[np.int64], Numbers]], num_rows: int) -> Numbers:
    wheres, values, kinds = [], [], []
    for where, column in found:
        keep = where >= 0
        wheres.append(where[keep])
        values.append(column.values[keep])
        kinds.append(kind_array(column.kinds, len(keep))[keep])
    order, rows = _in_order(np.concatenate(wheres), num_rows)
    return Numbers(
        values=np.concatenate(values)[order],
        rows=rows,
        kinds=simplest_kinds(np.concatenate(kinds)[order]),
    )


def _merge_objects(found: Iterable[tuple[NDArray[np.int64], Objects]], num_rows: int) -> Objects:
    wheres: list[NDArray[np.int64]] = []
    texts: list[str] = []
    for where, column in found:
        keep = np.flatnonzero(where >= 0)
        wheres.append(where[keep])
        texts.extend([column.texts[i] for i in keep.tolist()])
    order, rows = _in_order(np.concatenate(wheres), num_rows)
    return Objects(texts=[texts[i] for i in order.tolist()], rows=rows)


def _in_order(where: NDArray[np.int64], num_rows: int) -> tuple[NDArray[np.int64], RowIndex | None]:
    order = np.argsort(where, kind="stable")
    rows = None if len(where) == num_rows else where[order].astype(np.uint32)
    return order, rows


def concat(batches: Sequence[HistoryBatch]) -> HistoryBatch:
    """Consecutive batches as one; the first says where it begins."""
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return empty_batch()
    parts = Parts(batches)
    return replace(
        concat_axes(batches),
        numbers={key: parts.numbers_of(key) for key in parts.numbers},
        objects={key: parts.objects_of(key) for key in parts.objects},
    )


def concat_axes(batches: Sequence[HistoryBatch]) -> HistoryBatch:
    """The same rows (at least one batch) without their columns."""
    return HistoryBatch(
        row0=batches[0].row0,
        step=np.concatenate([batch.step for batch in batches]),
        time=np.concatenate([batch.time for batch in batches]),
        runtime=np.concatenate([batch.runtime for batch in batches]),
    )


class Parts:
    """Columns of consecutive batches, each put together when it is asked for.

    Attributes:
        num_rows: Of all batches together.
        numbers: By key, its parts as `concat_numbers` takes them; objects: likewise.
    """

    def __init__(self, batches: Iterable[HistoryBatch]) -> None:
        self.num_rows = 0
        self.numbers: dict[str, list[tuple[int, int, Numbers]]] = {}
        self.objects: dict[str, list[tuple[int, int, Objects]]] = {}
        for batch in batches:
            place = (self.num_rows, batch.num_rows)
            for key, column in batch.numbers.items():
                self.numbers.setdefault(key, []).append((*place, column))
            for key, texts in batch.objects.items():
                self.objects.setdefault(key, []).append((*place, texts))
            self.num_rows += batch.num_rows

    def numbers_of(self, key: str) -> Numbers:
        """All numbers of one of the keys of `numbers`."""
        parts = self.numbers[key]
        if len(parts) == 1 and parts[0][1] == self.num_rows:
            return parts[0][2]
        return concat_numbers(parts, self.num_rows)

    def objects_of(self, key: str) -> Objects:
        """All texts of one of the keys of `objects`."""
        return concat_objects(self.objects[key], self.num_rows)


def concat_numbers(parts: Sequence[tuple[int, int, Numbers]], num_rows: int) -> Numbers:
    """One key's numbers in consecutive ranges of rows, as one column.

    Args:
        parts: First row and number of rows of each range, and the column there; ranges without
            the key are left out.
        num_rows: Of all ranges together.
    """
    columns = [column for _, _, column in parts]
    values = np.concatenate([column.values for column in columns])
    kinds: KindArray | ValueKind = columns[0].kinds
    if any(isinstance(c.kinds, np.ndarray) or c.kinds is not kinds for c in columns):
        kinds = simplest_kinds(
            np.concatenate([kind_array(c.kinds, len(c.values)) for c in columns])
        )
    return Numbers(values, _concat_rows([(at, n, c.rows) for at, n, c in parts], num_rows), kinds)


def concat_objects(parts: Sequence[tuple[int, int, Objects]], num_rows: int) -> Objects:
    """The same for objects."""
    texts = [text for _, _, column in parts for text in column.texts]
    return Objects(texts, _concat_rows([(at, n, c.rows) for at, n, c in parts], num_rows))


def _concat_rows(
    parts: Sequence[tuple[int, int, RowIndex | None]], num_rows: int
) -> RowIndex | None:
    if all(rows is None for _, _, rows in parts) and sum([n for _, n, _ in parts]) == num_rows:
        return None
    merged = np.concatenate(
        [np.arange(at, at + n) if rows is None else rows + np.int64(at) for at, n, rows in parts]
    )
    return None if len(merged) == num_rows else merged.astype(np.uint32)
