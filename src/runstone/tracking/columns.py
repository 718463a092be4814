"""Rows into the columns that the server takes: the body of `POST …/runs/{run}/report`."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final, TypeAlias

import msgspec

from runstone.tracking.records import Block

_FEW_KEYS: Final = 5
_EXACT: Final = 2**53
"""Integers up to here are exact as doubles."""
_FLOAT: Final = 0
_INT: Final = 1
_BOOL: Final = 2
_KINDS: Final = {float: _FLOAT, int: _INT, bool: _BOOL}

NumberColumn: TypeAlias = "tuple[bytes | None, bytes, bytes]"
"""Row positions (uint32; None: every row), values (float64), kinds (uint8; one: of all)."""
ObjectColumn: TypeAlias = "tuple[bytes | None, list[str]]"
"""Row positions, and the JSON text of each value."""


class RowSet(msgspec.Struct):
    """Finished rows, in order.

    Attributes:
        times: Seconds since 1970 UTC.
        values: By flat key.
        sizes: Bytes of each, as it was logged.
    """

    steps: list[int] = []
    times: list[float] = []
    values: list[dict[str, Any]] = []
    sizes: list[int] = []
    num_values: int = 0
    num_bytes: int = 0

    def add(self, step: int, time: float, values: dict[str, Any], size: int) -> None:
        """Another row."""
        self.steps.append(step)
        self.times.append(time)
        self.values.append(values)
        self.sizes.append(size)
        self.num_values += len(values)
        self.num_bytes += size

    def extend(self, rows: Block, num: int) -> None:
        """Several more: the first of a block."""
        values = rows.values[:num]
        self.steps += rows.steps[:num]
        self.times += rows.times[:num]
        self.values += values
        self.sizes += rows.sizes[:num]
        self.num_values += sum(map(len, values))
        self.num_bytes += sum(rows.sizes[:num])

    def first(self, max_rows: int, max_bytes: int) -> RowSet:
        """The first rows, at least one; all of them are this very set."""
        if len(self) <= max_rows and self.num_bytes <= max_bytes:
            return self
        num = num_bytes = 0
        while num < min(len(self), max_rows):
            num_bytes += self.sizes[num]
            if num and num_bytes > max_bytes:
                break
            num += 1
        return self.between(0, num)

    def between(self, start: int, stop: int) -> RowSet:
        """Some of them."""
        part = slice(start, stop)
        if start >= len(self):
            return RowSet()
        return RowSet(
            self.steps[part],
            self.times[part],
            self.values[part],
            self.sizes[part],
            sum(map(len, self.values[part])),
            sum(self.sizes[part]),
        )

    def __len__(self) -> int:
        return len(self.steps)


def flat(values: dict[Any, Any]) -> dict[str, Any]:
    """Nested dictionaries become dotted keys; media (with `_type`) and empty ones stay whole."""
    if all(type(key) is str and type(value) is not dict for key, value in values.items()):
        return values
    found: dict[str, Any] = {}
    pending: list[tuple[str, dict[Any, Any]]] = [("", values)]
    for prefix, level in pending:
        for key, value in level.items():
            if type(value) is dict and value and "_type" not in value:
                pending.append((f"{prefix}{key}.", value))
            else:
                found[f"{prefix}{key}"] = value
    return found


def fitted(values: dict[str, Any], max_bytes: int) -> tuple[dict[str, Any], list[str]]:
    """As many values as have room in a report, and the keys of those that have not."""
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    left = max_bytes
    for key, value in values.items():
        size = len(key) + 32
        if type(value) not in _KINDS and value is not None:
            size += len(_json(value))
        if size > left:
            left_out.append(key)
        else:
            kept[key] = value
            left -= size
    return kept, left_out


def columns(
    rows: Sequence[dict[str, Any]],
) -> tuple[dict[str, NumberColumn], dict[str, ObjectColumn]]:
    """Numbers and everything else, by key."""
    numbers: dict[str, NumberColumn] = {}
    objects: dict[str, ObjectColumn] = {}
    if (whole := _whole_columns(rows)) is not None:
        for key, values in whole:
            _split(key, None, values, numbers, objects)
        return numbers, objects
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, keys in enumerate(map(tuple, rows)):
        groups.setdefault(keys, []).append(place)
    places_of: dict[str, list[list[int]]] = {}
    for keys, group in groups.items():
        for key in keys:
            places_of.setdefault(key, []).append(group)
    for key, parts in places_of.items():
        # Positions of a column ascend.
        places = parts[0] if len(parts) == 1 else sorted(chain.from_iterable(parts))
        values = list(map(itemgetter(key), map(rows.__getitem__, places)))
        is_everywhere = len(places) == len(rows)
        _split(key, None if is_everywhere else places, values, numbers, objects)
    return numbers, objects


def _whole_columns(
    rows: Sequence[dict[str, Any]],
) -> Iterable[tuple[str, Sequence[Any]]] | None:
    """The values of each key, if all rows have the same keys; None if they have not."""
    if len(set(map(len, rows))) != 1:
        return None
    keys = tuple(rows[0])
    if len(keys) <= _FEW_KEYS:
        try:
            # As many keys, and each of these: the same ones.
            return [(key, list(map(itemgetter(key), rows))) for key in keys]
        except KeyError:
            return None
    if len(set(map(tuple, rows))) != 1:
        return None
    # Nothing is looked up, but each row has an iterator: that pays where it has many keys.
    return zip(keys, zip(*map(dict.values, rows), strict=True), strict=True)


def _split(
    key: str,
    places: list[int] | None,
    values: Sequence[Any],
    numbers: dict[str, NumberColumn],
    objects: dict[str, ObjectColumn],
) -> None:
    types = set(map(type, values))
    if len(types) == 1:
        (only,) = types
        is_exact = only is not int or (max(values) <= _EXACT and min(values) >= -_EXACT)
        if only in _KINDS and is_exact:
            numbers[key] = (_packed("I", places), doubles(values), bytes([_KINDS[only]]))
            return
        if only not in _KINDS:
            objects[key] = (_packed("I", places), list(map(_json, values)))
            return
    at = range(len(values)) if places is None else places
    number_places: list[int] = []
    number_values: list[float] = []
    kinds = bytearray()
    object_places: list[int] = []
    texts: list[str] = []
    for place, value in zip(at, values, strict=True):
        kind = _KINDS.get(type(value))
        if kind is None:
            object_places.append(place)
            texts.append(_json(value))
            continue
        number_places.append(place)
        number_values.append(_rounded(value))
        kinds.append(kind)
        if kind == _INT and not -_EXACT <= value <= _EXACT:
            # The exact value beside its rounding.
            object_places.append(place)
            texts.append(str(value))
    if number_places:
        numbers[key] = (_packed("I", number_places), doubles(number_values), bytes(kinds))
    if object_places:
        objects[key] = (_packed("I", object_places), texts)


def _rounded(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def integers(values: Sequence[int]) -> bytes:
    """int64, little-endian."""
    return _little("q", values)


def doubles(values: Sequence[float]) -> bytes:
    """float64, little-endian."""
    return _little("d", values)


def _packed(code: str, values: Sequence[int] | None) -> bytes | None:
    return None if values is None else _little(code, values)


def _little(code: str, values: Sequence[Any]) -> bytes:
    return struct.pack(f"<{len(values)}{code}", *values)
