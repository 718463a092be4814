"""What a journal's records say, for those who read them; `encoding` writes them.

Records are readable for ever: a folder that an older Runstone wrote is sent by a newer one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from runstone.domain.errors import CorruptData
from runstone.tracking.encoding import BIG_INTEGER, Kind, plain

__all__ = ["Block", "Finish", "Kind", "Merge", "Record", "Row", "decode", "decode_all", "plain"]


class Row(msgspec.Struct, frozen=True):
    """One call of `log()`, or one look at the system.

    Attributes:
        is_done: Nothing more comes to this row. Else the next call with the same step adds to it.
        time: Seconds since 1970 UTC.
        num_bytes: Of the record.
    """

    step: int
    is_done: bool
    time: float
    values: dict[Any, Any]
    num_bytes: int = 0


class Block(msgspec.Struct, frozen=True):
    """Rows of one kind that follow each other, with simple values under flat keys; see `Row`."""

    steps: Sequence[int]
    are_done: Sequence[bool]
    times: Sequence[float]
    values: Sequence[dict[str, Any]]
    sizes: Sequence[int]

    def rows(self) -> Iterator[Row]:
        """One by one."""
        return map(Row, self.steps, self.are_done, self.times, self.values, self.sizes)


class Merge(msgspec.Struct, frozen=True):
    """Values that are set in the config or the summary, and keys that go from it."""

    values: dict[str, Any]
    removed: Sequence[str] = ()


class Finish(msgspec.Struct, frozen=True):
    """The run has ended."""

    exit_code: int


class File(msgspec.Struct, frozen=True):
    """A file that is to be kept with the run.

    Attributes:
        name: On the server; parts are joined with `/`.
        path: Where its bytes are: within the run's folder, or absolute.
        policy: `now` once, `live` whenever it changes, `end` when the run ends.
    """

    name: str
    path: str
    policy: str


class Printed(msgspec.Struct, frozen=True):
    """Lines of the console that are new or have changed.

    Attributes:
        time: Seconds since 1970 UTC.
        is_error: They went to stderr.
        lines: Numbers among all lines of the process, and texts.
    """

    time: float
    is_error: bool
    lines: list[tuple[int, str]]


class Define(msgspec.Struct, frozen=True):
    """How a metric wants to be drawn and summed up: `domain.metrics` reads the document."""

    document: dict[str, Any]


class Alert(msgspec.Struct, frozen=True):
    """Something that people want to hear of.

    Attributes:
        time: Seconds since 1970 UTC.
        wait_s: The same title is not raised again for so long.
    """

    title: str
    text: str
    level: str
    time: float
    wait_s: float


class Properties(msgspec.Struct, frozen=True):
    """What the run is called from now on: name, notes, tags, group, job type."""

    values: dict[str, Any]


class Preempting(msgspec.Struct, frozen=True):
    """The machine is about to be taken away."""


Record: TypeAlias = (
    "Alert | Block | Define | Preempting | Properties | Row | Merge | Finish | File | Printed"
)


def decode(payload: bytes) -> tuple[Kind, Record]:
    """A record as it was written.

    Raises:
        CorruptData: It is none that this version knows.
    """
    try:
        return _decoded_one(payload)
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise CorruptData(
            f"A record of the journal is not understood ({error}): a newer Runstone may have "
            "written it. `pip install -U runstone` reads those.",
            code="unknown-record",
        ) from error


def _decoded_one(payload: bytes) -> tuple[Kind, Record]:
    number, *rest = _from_json(payload) if payload[:1] == b"[" else _DECODER.decode(payload)
    kind = Kind(number)
    if kind in (Kind.ROW, Kind.SYSTEM):
        step, is_done, time, values = rest
        return kind, Row(step, is_done, time, values, len(payload))
    if kind is Kind.FINISH:
        return kind, Finish(*rest)
    if kind is Kind.CONSOLE:
        return kind, Printed(*rest)
    if kind is Kind.FILE:
        return kind, File(*rest)
    if (made := _OTHERS.get(kind)) is not None:
        return kind, made(*rest)
    return kind, Merge(*rest)


def decode_all(payloads: Sequence[bytes]) -> Iterator[tuple[Kind, Record]]:
    """Records one behind the other; rows that are easily read come in blocks."""
    for start in range(0, len(payloads), _MOST):
        yield from _decoded(payloads[start : start + _MOST])


def _decoded(payloads: Sequence[bytes]) -> Iterator[tuple[Kind, Record]]:
    num = len(payloads)
    if num < _FEW:
        yield from map(decode, payloads)
        return
    try:
        # As one array, which takes a tenth of the time.
        rows = _ROWS.decode(b"".join((b"\xdd", num.to_bytes(4, "big"), *payloads)))
        (kind,) = {row.kind for row in rows}
    except (msgspec.DecodeError, ValueError):
        # Among them is what is no row, or one with media or nested values.
        yield from _decoded(payloads[: num // 2])
        yield from _decoded(payloads[num // 2 :])
        return
    yield (
        Kind(kind),
        Block(
            [row.step for row in rows],
            [row.is_done for row in rows],
            [row.time for row in rows],
            [row.values for row in rows],
            list(map(len, payloads)),
        ),
    )


def _from_json(payload: bytes) -> Any:
    record = json.loads(payload)
    # Half characters, which JSON can say and the server cannot be sent.
    return plain(record) if b"\\ud" in payload else record


_OTHERS: Final[dict[Kind, Callable[..., Record]]] = {
    Kind.DEFINE: Define,
    Kind.ALERT: Alert,
    Kind.PROPERTIES: Properties,
    Kind.PREEMPTING: Preempting,
}


def _extension(code: int, data: memoryview) -> Any:
    return int(bytes(data)) if code == BIG_INTEGER else bytes(data)


_DECODER: Final = msgspec.msgpack.Decoder(ext_hook=_extension)


class _SimpleRow(msgspec.Struct, array_like=True, gc=False):
    """As it is written; the collector of garbage, which counts what is made, passes it over."""

    kind: int
    step: int
    is_done: bool
    time: float
    values: dict[str, float | int | bool | str | None]


_ROWS: Final = msgspec.msgpack.Decoder(list[_SimpleRow])
_MOST: Final = 4_096
_FEW: Final = 8
"""Records at once."""
