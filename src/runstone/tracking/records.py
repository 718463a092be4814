"""What a journal's records say, for those who read them; `encoding` writes them.

Records are readable for ever: a folder that an older Runstone wrote is sent by a newer one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from runstone.tracking.encoding import BIG_INTEGER, Kind, plain

__all__ = ["Finish", "Kind", "Merge", "Record", "Row", "decode", "plain"]


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
    number, *rest = json.loads(payload) if payload[:1] == b"[" else _DECODER.decode(payload)
    kind = Kind(number)
    if kind in (Kind.ROW, Kind.SYSTEM):
        return kind, Row(*rest)
    if kind is Kind.FINISH:
        return kind, Finish(*rest)
    return kind, Merge(*rest)


def _extension(code: int, data: memoryview) -> Any:
    return int(bytes(data)) if code == BIG_INTEGER else bytes(data)


_DECODER: Final = msgspec.msgpack.Decoder(ext_hook=_extension)
