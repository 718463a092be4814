"""Columns of a batch under construction: parts that come from groups of rows, joined at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from runstone.domain.documents import JsonValue, encode
from runstone.domain.history import Floats, KindArray, Numbers, Objects, RowIndex, ValueKind

_MAX_EXACT: Final = float(2**53)
"""Integers up to here are exact as doubles."""
_INT64: Final = 2**63
_KINDS: Final = {float: ValueKind.FLOAT, int: ValueKind.INT, bool: ValueKind.BOOL}
_CODES: Final = {kind_type: int(kind) for kind_type, kind in _KINDS.items()}
_KIND_OF_CODE: Final = {int(kind): kind for kind in ValueKind}


class Columns:
    """Values by key, each added once per group of rows.

    Attributes:
        has_large: Whether a number came in by `add_matrix` that is too large for all integers of
            its size to be doubles.
    """

    def __init__(self, num_rows: int) -> None:
        self.num_rows = num_rows
        self.has_large = False
        self._numbers: dict[str, list[Numbers]] = {}
        self._objects: dict[str, list[Objects]] = {}

    def add_matrix(
        self,
        keys: Sequence[str],
        matrix: Floats,
        cells: Sequence[JsonValue],
        where: RowIndex | None,
    ) -> None:
        """Adds numeric columns that are present in all rows of the group.

        Args:
            matrix: Shape (num_rows_of_group, num_keys).
            cells: The same values as they were parsed, row by row.
            where: Rows of the batch; None for all of them.
        """
        width = len(keys)
        large = np.fmax.reduce(np.abs(matrix), axis=0) >= _MAX_EXACT
        self.has_large |= bool(large.any())
        # Only whole numbers can have been integers or booleans: most columns need no look at types.
        whole = (matrix == np.floor(matrix)).any(axis=0).tolist()
        by_column = np.ascontiguousarray(matrix.T)
        for i, (key, values) in enumerate(zip(keys, by_column, strict=True)):
            kinds: KindArray | ValueKind = ValueKind.FLOAT
            if whole[i]:
                if large[i]:
                    self.add_mixed(key, cells[i::width], where)
                    continue
                kinds = _kinds(cells[i::width])
            self._numbers.setdefault(key, []).append(Numbers(values, where, kinds))

    def add_mixed(self, key: str, values: Sequence[JsonValue], where: RowIndex | None) -> None:
        """Adds a column of values of any kind."""
        numbers: list[float] = []
        kinds: list[ValueKind] = []
        number_rows: list[int] = []
        texts: list[str] = []
        text_rows: list[int] = []
        for row, value in enumerate(values):
            kind = _KINDS.get(type(value))
            number = None if kind is None else _as_double(value)
            if kind is not None and number is not None:
                numbers.append(number)
                kinds.append(kind)
                number_rows.append(row)
            is_long = kind is ValueKind.INT and (number != value or abs(value) >= _INT64)
            if number is None or is_long:
                texts.append(encode(value))
                text_rows.append(row)
        if numbers:
            kind_array: KindArray | ValueKind = np.array(kinds, np.uint8)
            if len(set(kinds)) == 1:
                kind_array = kinds[0]
            rows = _rows(number_rows, len(values), where)
            column = Numbers(np.array(numbers, np.float64), rows, kind_array)
            self._numbers.setdefault(key, []).append(column)
        if texts:
            objects = Objects(texts, _rows(text_rows, len(values), where))
            self._objects.setdefault(key, []).append(objects)

    def finished(self) -> tuple[dict[str, Numbers], dict[str, Objects]]:
        """All columns, each in one piece with ascending rows."""
        numbers = {
            _storable(key): parts[0] if len(parts) == 1 else _join_numbers(parts)
            for key, parts in self._numbers.items()
        }
        objects = {
            _storable(key): parts[0] if len(parts) == 1 else _join_objects(parts)
            for key, parts in self._objects.items()
        }
        return numbers, objects


def _kinds(values: Sequence[JsonValue]) -> KindArray | ValueKind:
    codes = bytes(map(_CODES.__getitem__, map(type, values)))
    if codes.count(codes[0]) == len(codes):
        return _KIND_OF_CODE[codes[0]]
    return np.frombuffer(codes, np.uint8)


def _as_double(value: Any) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _rows(rows: Sequence[int], num_group: int, where: RowIndex | None) -> RowIndex | None:
    if len(rows) == num_group:
        return where
    index = np.array(rows, np.uint32)
    return index if where is None else where[index]


def _join_numbers(parts: Sequence[Numbers]) -> Numbers:
    rows = np.concatenate([_row_index(part.rows) for part in parts])
    order = np.argsort(rows, kind="stable")
    kinds = np.concatenate(
        [
            np.full(len(part.values), part.kinds, np.uint8)
            if isinstance(part.kinds, ValueKind)
            else part.kinds
            for part in parts
        ]
    )[order]
    same = bool((kinds == kinds[0]).all())
    return Numbers(
        np.concatenate([part.values for part in parts])[order],
        rows[order],
        ValueKind(int(kinds[0])) if same else kinds,
    )


def _join_objects(parts: Sequence[Objects]) -> Objects:
    rows = np.concatenate([_row_index(part.rows) for part in parts])
    order = np.argsort(rows, kind="stable")
    texts = [text for part in parts for text in part.texts]
    return Objects([texts[i] for i in order], rows[order])


def _row_index(rows: RowIndex | None) -> RowIndex:
    # Several parts means several groups, none of which has all rows.
    assert rows is not None
    return rows


def _storable(key: str) -> str:
    """The key as text that a database takes: a lone surrogate becomes its escape."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "backslashreplace").decode()
    return key
