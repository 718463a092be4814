"""Values as JSON that every reader takes: NaN and infinities become the strings of their names.

`"NaN"`, `"Infinity"`, `"-Infinity"`, as the wandb client has it: strict parsers (browsers, DuckDB,
Polars, Go) refuse the bare words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson

from runstone.domain.documents import JsonValue, decode
from runstone.domain.history import Numbers, ValueKind


def json_text(value: JsonValue) -> str:
    """One value as strict JSON."""
    try:
        # orjson writes null for what is not finite, and refuses integers beyond 64 bits.
        return orjson.dumps(value).decode() if _is_plain(value) else _careful(value)
    except (TypeError, ValueError):
        return _careful(value)


def plain_text(stored: str) -> str:
    """A stored text (`documents.encode`) as others read it, without its escapes."""
    return _careful(decode(stored)) if '"$' in stored else stored


def number_texts(column: Numbers) -> list[str]:
    """The numbers of a column as JSON, each of the kind that it was logged with."""
    values, kinds = column.values, column.kinds
    if kinds is ValueKind.INT:
        return _integers(values)
    if kinds is ValueKind.BOOL:
        return ["true" if value else "false" for value in values.tolist()]
    texts = _floats(values)
    if isinstance(kinds, np.ndarray):
        for kind in (ValueKind.INT, ValueKind.BOOL):
            where = np.flatnonzero(kinds == kind)
            part = number_texts(Numbers(values[where], None, kind))
            for row, text in zip(where.tolist(), part, strict=True):
                texts[row] = text
    return texts


def integer_texts(values: np.ndarray[Any, np.dtype[np.int64]]) -> list[str]:
    """Integers as JSON."""
    return _split(np.ascontiguousarray(values))


def _integers(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[str]:
    if len(values) and np.abs(values).max() >= 2.0**63:
        return [str(int(value)) for value in values.tolist()]
    return integer_texts(values.astype(np.int64))


def _floats(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[str]:
    texts = _split(np.ascontiguousarray(values))
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        texts[row] = f'"{_name(float(values[row]))}"'
    return texts


def _split(values: np.ndarray[Any, Any]) -> list[str]:
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
    import json

    text = json.dumps(_named(value), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, legal in JSON only as an escape
        return json.dumps(_named(value), separators=(",", ":"))
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
