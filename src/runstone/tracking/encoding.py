"""How records are written: rows as msgpack, everything else as JSON.

A record is an array whose first element is its kind. Rows are what a training loop writes, and
msgspec's encoder takes a fraction of a microsecond for one; it takes 35 to 90 ms to import, which
nobody waits for. So what `init()` itself writes is JSON, by the encoder that Python brings, and so
are rows that come before msgspec does. The first byte tells them apart: `[` begins no msgpack
array.

Values are written as they were given; what costs time (flat names, columns) is left to whoever
sends them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import IntEnum

from runstone.tracking.interruptions import pass_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

BIG_INTEGER: Final = 1
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
    CONSOLE = 5
    FILE = 6
    DEFINE = 7
    ALERT = 8
    PROPERTIES = 9
    PREEMPTING = 10
    ARTIFACT = 11
    USE = 12
    ENVIRONMENT = 13
    CHART = 14


def encode(record: tuple[Any, ...]) -> bytes:
    """A record that is no row.

    Raises:
        ValueError: It holds what nobody can write, such as itself.
    """
    try:
        return as_json(record)
    except (TypeError, ValueError, RecursionError) as error:
        pass_on(error)
        return as_json([plain(part) for part in record])


def encode_row(record: tuple[Any, ...]) -> bytes:
    """A row, of the history or of the system metrics.

    As JSON while msgspec is being imported: the first rows wait for nothing, and a destructor that
    logs in the midst of that import finds half a module.

    Raises:
        OverflowError, TypeError, ValueError, RecursionError: It holds what `encode_any_row` turns
            into something that can be written.
    """
    return _JSON_ROW.encode(record).encode() if _encode_row is None else _encode_row(record)


def encode_any_row(record: tuple[Any, ...]) -> bytes:
    """A row of whatever it holds."""
    simple = plain(record)
    return as_json(simple) if _encode_row is None else _encode_row(_packable(simple))


def row_encoder() -> Callable[[object], bytes] | None:
    """The quick way of `encode_row`; None while there is none."""
    return _encode_row


def load_row_encoder() -> None:
    """Imports msgspec.

    Raises:
        ImportError: There is none; rows are JSON then.
    """
    global _encode_row
    import msgspec

    _encode_row = msgspec.msgpack.Encoder(enc_hook=_hook).encode


_encode_row: Callable[[object], bytes] | None = None


def plain(value: Any) -> Any:
    """A value as JSON knows it: scalars of array libraries as numbers, arrays as lists.

    What nothing else is known of is its text.
    """
    return _plain(value, ())


def _packable(value: Any) -> Any:
    """A plain value as msgpack can hold it, whose integers have 64 bits."""
    if type(value) is int and not -(2**63) <= value < 2**64:
        from msgspec.msgpack import Ext

        return Ext(BIG_INTEGER, str(value).encode())
    if type(value) is dict:
        return {key: _packable(item) for key, item in value.items()}
    if type(value) is list:
        return [_packable(item) for item in value]
    return value


def _plain(value: Any, outer: tuple[int, ...]) -> Any:
    if value is None or type(value) in (bool, float):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _integer(int(value)) if not isinstance(value, bool) else bool(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        if id(value) in outer or len(outer) >= _MAX_DEPTH:
            return "…"
        inner = (*outer, id(value))
        if isinstance(value, Mapping):
            return {_text(str(key)): _plain(item, inner) for key, item in value.items()}
        return [_plain(item, inner) for item in value]
    return _of_library(value)


_MAX_DEPTH: Final = 64
"""A value that holds itself is cut there, too."""


def _integer(number: int) -> int | str:
    # Python refuses to write more digits in decimal.
    return number if number.bit_length() < 10_000 else hex(number)


def _text(text: str) -> str:
    """Half characters (lone surrogates) become U+FFFD: UTF-8 has no bytes for them."""
    text = str(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _of_library(value: Any) -> Any:
    try:
        return _as_numbers(value)
    except Exception as error:  # noqa: BLE001 - whatever somebody's own value does when looked at
        pass_on(error)
        return f"<{type(value).__name__}>"


def _as_numbers(value: Any) -> Any:
    # A tensor on a GPU that needs gradients is detached, then copied once.
    for step in ("detach", "cpu"):
        if callable(method := getattr(value, step, None)):
            value = method()
    num = _num_elements(value)
    try:
        if num == 1 and callable(item := getattr(value, "item", None)):
            return plain(item())
        if num is not None and num <= _MAX_ELEMENTS and hasattr(value, "tolist"):
            return plain(value.tolist())
    except (TypeError, ValueError, RuntimeError) as error:
        pass_on(error)  # else it is an array in name only
    return _text(str(value))


def is_large_array(value: Any) -> bool:
    """Whether it holds so many values that they are counted, not kept one by one."""
    num = _num_elements(value)
    return num is not None and num > _MAX_ELEMENTS and hasattr(value, "tolist")


def _num_elements(value: Any) -> int | None:
    """Of an array, whosever; None of anything else."""
    shape = getattr(value, "shape", None)
    if not isinstance(shape, tuple):
        return None
    num = 1
    for length in shape:
        num *= length
    return num


def _hook(value: Any) -> Any:
    if is_large_array(value):
        raise TypeError("an array to be counted")
    found = plain(value)
    if type(found) is str:
        from runstone.tracking.values.binding import must_be_bound

        if must_be_bound(value):
            raise TypeError("a value with bytes of its own")
    return found


def as_json(record: object) -> bytes:
    """Plain values as compact JSON.

    Raises:
        TypeError, ValueError, RecursionError: It holds what `plain` turns into something known.
    """
    return _JSON.encode(record).encode()


_JSON: Final = json.JSONEncoder(default=plain, separators=(",", ":"))
_JSON_ROW: Final = json.JSONEncoder(default=_hook, separators=(",", ":"))
