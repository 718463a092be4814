"""Columns as Arrow arrays.

arro3 is 12 MB of memory that only exports need: it is imported when the first one begins. It has
no way to give an array of numpy a mask of nulls, so columns with gaps go through a list (27 M
values a second); whole ones are taken as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.domain.errors import CorruptData
from runstone.domain.history import Numbers, Objects, RowIndex
from runstone.services.export.columns import Column, ColumnType
from runstone.services.export.texts import json_text, number_texts, plain_text

if TYPE_CHECKING:
    from arro3.core import Array, DataType, Schema

_INT64_END: Final = 2.0**63
_LARGEST: Final = float(np.nextafter(_INT64_END, 0.0))


def schema_of(columns: Sequence[Column]) -> Schema:
    """The schema of record batches with these columns."""
    from arro3.core import Field, Schema

    return Schema(
        [
            Field(
                # In Arrow's C interface a name ends with its first NUL.
                column.name.replace("\0", "\ufffd"),
                _data_type(column.type),
                not column.is_required,
                metadata={"runstone.type": "json"} if column.type is ColumnType.JSON else None,
            )
            for column in columns
        ]
    )


def _data_type(wanted: ColumnType) -> DataType:
    from arro3.core import DataType

    match wanted:
        case ColumnType.INT:
            return DataType.int64()
        case ColumnType.FLOAT:
            return DataType.float64()
        case ColumnType.BOOL:
            return DataType.bool()
        case ColumnType.TIME:
            return DataType.timestamp("us", tz="UTC")
        case _:
            return DataType.utf8()


def whole_array(values: NDArray[Any]) -> Array:
    """Numbers without a gap."""
    from arro3.core import Array

    return Array(np.ascontiguousarray(values))


def array_of(cells: Sequence[JsonValue], wanted: ColumnType) -> Array:
    """Values of a column's type, None for null; of JSON, texts."""
    from arro3.core import Array, DataType

    if wanted is ColumnType.TIME:  # not made from lists
        return Array(cells, type=DataType.int64()).cast(_data_type(wanted))
    return Array(cells, type=_data_type(wanted))


def history_array(
    wanted: ColumnType, numbers: Numbers | None, objects: Objects | None, num_rows: int
) -> Array:
    """What a key has in consecutive rows.

    Raises:
        CorruptData: Integers beyond 64 bits of which the store did not know.
    """
    if numbers is not None and objects is None and numbers.rows is None:
        if wanted is ColumnType.FLOAT:
            return whole_array(numbers.values)
        if wanted is ColumnType.INT:
            return whole_array(_integers(numbers.values))
    cells: list[JsonValue] = [None] * num_rows
    if numbers is not None:
        _put(cells, numbers.rows, _numbers(wanted, numbers))
    if objects is not None:
        # Later, since an integer here is the exact value of the number beside it.
        _put(cells, objects.rows, [_object(wanted, text) for text in objects.texts])
    return array_of(cells, wanted)


def json_cell(value: JsonValue) -> str | None:
    """A value in a column of JSON texts."""
    return None if value is None else json_text(value)


def _put(cells: list[JsonValue], rows: RowIndex | None, values: Sequence[JsonValue]) -> None:
    if rows is None:
        cells[:] = values
        return
    for row, value in zip(rows.tolist(), values, strict=True):
        cells[row] = value


def _numbers(wanted: ColumnType, numbers: Numbers) -> Sequence[JsonValue]:
    match wanted:
        case ColumnType.FLOAT:
            return list(numbers.values.tolist())
        case ColumnType.INT:
            return list(_integers(numbers.values, is_rounded=True).tolist())
        case ColumnType.BOOL:
            return list((numbers.values != 0).tolist())
        case _:
            return number_texts(numbers)


def _object(wanted: ColumnType, text: str) -> JsonValue:
    if text == "null":
        return None
    if wanted is ColumnType.JSON:
        return plain_text(text)
    try:
        value: JsonValue = orjson.loads(text)
    except ValueError:  # half of a surrogate pair, which UTF-8 has no bytes for: its escape stays
        value = json.loads(text).encode("utf-8", "backslashreplace").decode()
    return value


def _integers(values: NDArray[np.float64], *, is_rounded: bool = False) -> NDArray[np.int64]:
    if not len(values):
        return np.empty(0, np.int64)
    if values.max() >= _INT64_END:
        # A rounding may be 2**63 itself: the exact value is then put over it.
        if not is_rounded or values.max() > _INT64_END:
            raise CorruptData("A column of integers holds one of more than 64 bits.")
        values = np.minimum(values, _LARGEST)
    if values.min() < -_INT64_END:
        raise CorruptData("A column of integers holds one of more than 64 bits.")
    return values.astype(np.int64)
