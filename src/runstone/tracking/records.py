"""What a journal's records say, and how values become what they can hold.

A record is a msgpack array whose first element is its kind. Rows are written as they were given;
what costs time (flat names, columns) is left to whoever sends them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

import msgspec

_BIG_INTEGER: Final = 1
"""msgpack's extension type of an integer beyond 64 bits: its decimal digits."""
_MAX_ELEMENTS: Final = 10_000
"""An array with more values is no scalar anybody would look at in a table."""


class Kind(IntEnum):
    """What a record is."""

    ROW = 0
    CONFIG = 1
    SUMMARY = 2
    FINISH = 3
    SYSTEM = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One call of `log()`, or one look at the system.

    Attributes:
        is_done: Nothing more comes to this row. Else the next call with the same step adds to it.
        time: Seconds since 1970 UTC.
    """

    step: int
    is_done: bool
    time: float
    values: dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """Values that are set in the config or the summary."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finish:
    """The run has ended."""

    exit_code: int


Record: TypeAlias = "Row | Merge | Finish"


def decode(payload: bytes) -> tuple[Kind, Record]:
    """A record as it was written."""
    number, *rest = _DECODER.decode(payload)
    kind = Kind(number)
    if kind in (Kind.ROW, Kind.SYSTEM):
        return kind, Row(*rest)
    if kind is Kind.FINISH:
        return kind, Finish(*rest)
    return kind, Merge(*rest)


def plain(value: Any) -> Any:
    """A value as msgpack can hold it: scalars of array libraries as numbers, arrays as lists.

    What nothing else is known of is its text.
    """
    if value is None or type(value) in (bool, float, str):
        return value
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        number = int(value)
        if -(2**63) <= number < 2**64:
            return number
        return msgspec.msgpack.Ext(_BIG_INTEGER, str(number).encode())
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return _of_library(value)


def _of_library(value: Any) -> Any:
    # A tensor on a GPU that needs gradients is detached, then copied once.
    for step in ("detach", "cpu"):
        if callable(method := getattr(value, step, None)):
            value = method()
    shape = getattr(value, "shape", None)
    num = math.prod(shape) if isinstance(shape, tuple) else None
    try:
        if num == 1 and callable(item := getattr(value, "item", None)):
            return plain(item())
        if num is not None and num <= _MAX_ELEMENTS and hasattr(value, "tolist"):
            return plain(value.tolist())
    except (TypeError, ValueError, RuntimeError):
        pass  # an array in name only
    return str(value)


def _hook(value: Any) -> Any:
    found = plain(value)
    if type(found) is str:
        from runstone.tracking.values.binding import must_be_bound

        if must_be_bound(value):
            raise TypeError("a value with bytes of its own")
    return found


def _extension(code: int, data: memoryview) -> Any:
    return int(bytes(data)) if code == _BIG_INTEGER else bytes(data)


ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_hook)
_DECODER: Final = msgspec.msgpack.Decoder(ext_hook=_extension)
