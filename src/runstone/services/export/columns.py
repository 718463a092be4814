"""Columns of an export, and which type each has: one that says every value exactly, or text.

    logged                                   column
    floats, or floats and integers           float64, where every integer is exact in it
    integers                                 int64, beyond 64 bits JSON text
    booleans                                 bool
    strings                                  utf8
    anything else, or several of the above   JSON text: utf8, marked as JSON in the schema

A logged null is null in a column of any type. What a column cannot say (which of its values were
written `1` and which `1.0`, a logged null beside nothing logged) JSON lines do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.value_types import ValueTypes


class ColumnType(Enum):
    """How a column is written."""

    INT = auto()
    FLOAT = auto()
    BOOL = auto()
    TEXT = auto()
    TIME = auto()
    """Microseconds since 1970 UTC."""
    JSON = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: In the file; unique there.
        key: What it holds, in the words of whoever reads the values.
        is_required: It has a value in every row.
    """

    name: str
    key: str
    type: ColumnType
    is_required: bool = False


_T: Final = ValueTypes
_FITTING: Final = (
    (_T.FLOAT | _T.INT, ColumnType.FLOAT),
    (_T.INT | _T.LONG, ColumnType.INT),
    (_T.BOOL, ColumnType.BOOL),
    (_T.TEXT, ColumnType.TEXT),
)


def column_type(types: ValueTypes) -> ColumnType:
    """The type of a column that holds values of these types."""
    types &= ~_T.NULL
    if _T.FLOAT not in types and types & (_T.INT | _T.LONG) and not types & ~(_T.INT | _T.LONG):
        return ColumnType.INT
    for fitting, column in _FITTING:
        if types and not types & ~fitting:
            return column
    return ColumnType.JSON


def named_columns(
    types: Mapping[str, ValueTypes], reserved: Iterable[str], *, prefix: str
) -> list[Column]:
    """A column for each key, under its own name or, where that is taken, with the prefix."""
    taken = set(reserved)
    columns = []
    for key, found in types.items():
        name = key
        while name in taken:
            name = prefix + name
        taken.add(name)
        columns.append(Column(name, key, column_type(found)))
    return columns


def check_known(keys: Sequence[str], known: Iterable[str], *, lacking: str) -> None:
    """Refuses keys that nobody has logged, with what may have been meant.

    Args:
        lacking: How the sentence begins: `Run r1 has no`.

    Raises:
        InvalidInput: An unknown key (code `unknown-key`).
    """
    names = list(known)
    for key in keys:
        if key in names:
            continue
        close = get_close_matches(key, names, n=3)
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise InvalidInput(f"{lacking} key {key!r}.{hint}", code="unknown-key", key=key)
