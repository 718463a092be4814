"""Values as JSON that other programs read, above all NaN and infinities, which JSON lacks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue, decode
from runstone.domain.history import Floats, Ints, Numbers, ValueKind


class Words(Enum):
    """How NaN and infinities are written."""

    QUOTED = auto()
    """As strings, as the wandb client has it: strict parsers (browsers, DuckDB, Polars, Go) refuse
    the bare words."""
    BARE = auto()
    """As Python writes and reads them."""


def json_text(value: JsonValue) -> str:
    """One value as strict JSON."""
    try:
        # orjson writes null for what is not finite, and refuses integers beyond 64 bits.
        return orjson.dumps(value).decode() if _is_plain(value) else _careful(value)
    except (TypeError, ValueError):
        return _careful(value)


def plain_text(stored: str, words: Words = Words.QUOTED) -> str:
    """A stored text (`documents.encode`) as others read it, without its escapes."""
    if '"$' not in stored:
        return stored
    value = decode(stored)
    return _careful(value) if words is Words.QUOTED else _dump(value)


def number_texts(column: Numbers, words: Words = Words.QUOTED) -> list[str]:
    """The numbers of a column as JSON, each of the kind that it was logged with."""
    values, kinds = column.values, column.kinds
    if kinds is ValueKind.INT:
        return _integers(values)
    if kinds is ValueKind.BOOL:
        return ["true" if value else "false" for value in values.tolist()]
    texts = _floats(values, words)
    if isinstance(kinds, np.ndarray):
        for kind in (ValueKind.INT, ValueKind.BOOL):
            where = np.flatnonzero(kinds == kind)
            part = number_texts(Numbers(values[where], None, kind))
            for row, text in zip(where.tolist(), part, strict=True):
                texts[row] = text
    return texts


def integer_texts(values: Ints) -> list[str]:
    """Integers as JSON."""
    return _split(np.ascontiguousarray(values))


def _integers(values: Floats) -> list[str]:
    if len(values) and np.abs(values).max() >= 2.0**63:
        return [str(int(value)) for value in values.tolist()]
    return integer_texts(values.astype(np.int64))


def _floats(values: Floats, words: Words) -> list[str]:
    texts = _split(np.ascontiguousarray(values))
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        name = _name(float(values[row]))
        texts[row] = name if words is Words.BARE else f'"{name}"'
    return texts


def _split(values: NDArray[Any]) -> list[str]:
    if not len(values):
        return []
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].decode().split(",")


def _is_plain(value: JsonValue) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return _are_plain(value.values())
    if isinstance(value, list):
        return _are_plain(value)
    return True


def _are_plain(values: Iterable[JsonValue]) -> bool:
    return all(_is_plain(value) for value in values)


def _careful(value: JsonValue) -> str:
    return _dump(_named(value))


def _dump(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, legal in JSON only as an escape
        return json.dumps(value, separators=(",", ":"))
    return text


def _named(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and not math.isfinite(value):
        return _name(value)
    if isinstance(value, dict):
        return {key: _named(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner) for inner in value]
    return value


def _name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
