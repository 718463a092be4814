"""JSON documents (config, summary, logged objects): what is kept is exactly what was sent.

Python's and wandb's JSON knows bare `NaN`, `Infinity` and `-Infinity` and integers of any size;
databases' JSON does not know the first three. `encode` writes strict JSON, in which a float that
JSON lacks is `{"$float": "NaN"}`; an object key of the user's that begins with `$` gets a second
`$`. `decode(encode(x)) == x` for all that JSON with those three words can say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from runstone.domain.errors import InvalidInput

JsonValue: TypeAlias = Any
"""None, bool, int, float (NaN and infinities included), str, list, or dict with str keys."""

MAX_DEPTH: Final = 200
"""Levels of a document that is kept: everything that reads it must be able to follow."""

_FLOAT: Final = "$float"
_NAMES: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encode(value: JsonValue) -> str:
    """Strict JSON text for `value`, in which non-finite floats are `{"$float": name}`.

    Raises:
        InvalidInput: Nested too deeply, or an integer of more than 4,300 digits.
    """
    try:
        try:
            text = _dump(value)
        except ValueError:  # a NaN or an infinity
            text = _dump(_escape(value))
        else:
            # A user's own "$…" key is rare: one scan of the text decides whether to escape.
            text = _dump(_escape(value)) if '"$' in text else text
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise InvalidInput(f"The document cannot be kept: {error}.") from error
    # Few documents have so many brackets; only for those is it worth to see how they nest.
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value):
        raise _too_deep()
    return text


def decode(text: str | bytes) -> JsonValue:
    """The value that `encode` was given.

    Raises:
        InvalidInput: `text` is not JSON.
    """
    value = loads(text)
    return _unescape(value) if is_marked(text) else value


def is_marked(text: str | bytes) -> bool:
    """Whether a text of `encode` may say what plain JSON cannot; any other is plain JSON."""
    return '"$' in text if isinstance(text, str) else b'"$' in text


def loads(text: str | bytes) -> JsonValue:
    """Parses JSON as clients send it: with bare `NaN`, `Infinity`, `-Infinity`.

    Integers may have up to 4,300 digits, which is Python's own guard against slow parsing.

    Raises:
        InvalidInput: Not JSON, nested too deeply, or not Unicode.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InvalidInput(
            "Malformed JSON: it is nested too deeply; flatten it.", code="malformed-json"
        ) from error
    except ValueError as error:
        said = str(error)
        if "int_max_str_digits" in said:  # Python's words for Python's programmers
            said = "an integer has more than 4,300 digits"
        raise InvalidInput(f"Malformed JSON: {said}.", code="malformed-json") from error


def _is_too_deep(value: JsonValue) -> bool:
    level = [value] if isinstance(value, (Mapping, list, tuple)) else []
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
            if isinstance(inner, (Mapping, list, tuple))
        ]
        if not level:
            return False
    return True


def _too_deep() -> InvalidInput:
    return InvalidInput(
        f"The document cannot be kept: it is nested in more than {MAX_DEPTH} levels. Flatten it, "
        "or save it as a file.",
        code="nested-too-deeply",
    )


def _dump(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, legal in JSON only as an escape
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text


def _escape(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and not math.isfinite(value):
        return {_FLOAT: "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, Mapping):
        return {("$" + k if k.startswith("$") else k): _escape(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escape(v) for v in value]
    return value


def _unescape(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        if len(value) == 1 and _FLOAT in value:
            return _NAMES[value[_FLOAT]]
        return {(k[1:] if k.startswith("$$") else k): _unescape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_unescape(v) for v in value]
    return value
