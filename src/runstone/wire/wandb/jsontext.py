"""JSON as the clients read it, above all NaN and infinities, of which strict JSON knows nothing."""

from __future__ import annotations

import json
import math

import orjson

from runstone.domain.documents import JsonValue, decode, is_marked, loads
from runstone.domain.errors import InvalidInput


class JsonText:
    """JSON that goes into an answer as it is. No dataclass: orjson would write it by itself."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text

    def fragment(self) -> orjson.Fragment:
        """For orjson."""
        return orjson.Fragment(self.text)

    def value(self) -> JsonValue:
        """For who writes JSON otherwise."""
        return loads(self.text)


def parse_body(body: bytes) -> JsonValue:
    """A request's body. Halves of surrogate pairs, which no database takes, become `?`.

    Raises:
        InvalidInput: Not JSON.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        value = loads(body)
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def object_text(text: str | None, what: str) -> str:
    """A JSON object as it was sent; `{}` for none.

    Raises:
        InvalidInput: It is something else.
    """
    if not text:
        return "{}"
    found = loads(text)
    if found is None:
        return "{}"
    if not isinstance(found, dict):
        raise InvalidInput(f"The {what} must be a JSON object.", code="malformed-request")
    return text


def bare(value: JsonValue) -> str:
    """JSON in which NaN and infinities are bare words, as Python writes and reads them.

    For documents that Python code or the core's lenient parser reads.
    """
    return json.dumps(value, separators=(",", ":"))


def bare_text(text: str) -> str:
    """As `bare`, of a document as it is kept: mostly the same text, without a look inside."""
    return bare(decode(text)) if is_marked(text) else text


def strict(value: JsonValue) -> str:
    """JSON in which NaN and infinities are the strings "NaN", "Infinity", "-Infinity".

    The client's own convention (wandb/util.py), for what its core reads with Go's strict parser.
    """
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(named(value), separators=(",", ":"), allow_nan=False)


def named(value: JsonValue) -> JsonValue:
    """`value` with the names of NaN and infinities in their place."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: named(item) for key, item in value.items()}
    if isinstance(value, list):
        return [named(item) for item in value]
    return value
