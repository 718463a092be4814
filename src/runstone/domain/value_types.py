"""Which types of values a key has held: what says how a column of them may be written."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Flag, auto
from typing import Final

from runstone.domain.documents import JsonValue
from runstone.domain.history import KindArray, ValueKind


class ValueTypes(Flag):
    """A set of types."""

    FLOAT = auto()
    INT = auto()
    """An integer."""
    LONG = auto()
    """An integer of 64 bits that no double holds."""
    HUGE = auto()
    """An integer of more bits."""
    BOOL = auto()
    TEXT = auto()
    NULL = auto()
    DOCUMENT = auto()
    """A list or an object."""


NOTHING: Final = ValueTypes(0)

_OF_KIND: Final = {
    ValueKind.FLOAT: ValueTypes.FLOAT,
    ValueKind.INT: ValueTypes.INT,
    ValueKind.BOOL: ValueTypes.BOOL,
}
_OF_FIRST: Final = {'"': ValueTypes.TEXT, "n": ValueTypes.NULL}
_INT64: Final = 2**63


def types_of_kinds(kinds: KindArray | ValueKind) -> ValueTypes:
    """The types behind the kinds of some numbers."""
    if isinstance(kinds, ValueKind):
        return _OF_KIND[kinds]
    found = NOTHING
    for kind in set(kinds.tobytes()):
        found |= _OF_KIND[ValueKind(kind)]
    return found


def types_of_texts(texts: Iterable[str]) -> ValueTypes:
    """The types of values that are no doubles, from their JSON (`domain.history.Objects`)."""
    found = NOTHING
    for text in texts:
        first = text[0]
        if first == "-" or first.isdecimal():
            found |= ValueTypes.LONG if -_INT64 <= int(text) < _INT64 else ValueTypes.HUGE
        else:
            found |= _OF_FIRST.get(first, ValueTypes.DOCUMENT)
    return found


_OF_PYTHON: Final = {
    float: ValueTypes.FLOAT,
    bool: ValueTypes.BOOL,
    str: ValueTypes.TEXT,
    type(None): ValueTypes.NULL,
}
_MAX_EXACT: Final = 2**53


def types_of_value(value: JsonValue) -> ValueTypes:
    """The type of one value."""
    if type(value) is int:
        if -_MAX_EXACT <= value <= _MAX_EXACT:
            return ValueTypes.INT
        return ValueTypes.LONG if -_INT64 <= value < _INT64 else ValueTypes.HUGE
    return _OF_PYTHON.get(type(value), ValueTypes.DOCUMENT)
