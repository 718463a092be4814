"""What does not fit into a query or a body, in words: msgspec names its own types and places."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from runstone.domain.suggestions import closest

_TYPES: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "datetime": "a time such as 2026-11-22T04:18:00Z",
}
_PLACE: Final = re.compile(r"(.*?)(?: - at `(?:key in )?\$\.?(.*)`)?", re.DOTALL)
_KIND: Final = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_SIZE: Final = re.compile(r"Expected `([^`]*)`( of length)? (<=|>=|<|>) (\S+)")
_CHOICE: Final = re.compile(r"Invalid enum value (.*)", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_BOUNDS: Final = {"<=": "at most", ">=": "at least", "<": "below", ">": "above"}
_MAX_SHOWN: Final = 80
_MAX_NAMED: Final = 12


def in_words(
    error: msgspec.ValidationError, struct: type, values: Mapping[str, Any] | None = None
) -> str:
    """One sentence without a full stop: which field, what it must be, what it was.

    Args:
        struct: What was to be read.
        values: What was sent, by name, where it is at hand.
    """
    match = _PLACE.fullmatch(str(error))
    assert match is not None, "it lets anything through"
    said, place = match[1], match[2] or ""
    name = f"`{place}`" if place else "it"
    sent = None if values is None else values.get(place)
    got = f", got {_shown(sent)}" if sent is not None else ""
    if kind := _KIND.fullmatch(said):
        what = got or f", got {_kinds(kind[2])}"
        return f"{name} must be {_kinds(kind[1])}{what}"
    if size := _SIZE.fullmatch(said):
        bound = f"{_BOUNDS[size[3]]} {_number(size[4])}"
        if size[2]:
            of = "entries" if size[1].startswith("array") else "characters"
            return f"{name} must have {bound} {of}"
        return f"{name} must be {_kinds(size[1])}, {bound}{got}"
    if choice := _CHOICE.fullmatch(said):
        options = _options(struct, place)
        known = f"must be one of {', '.join(options)}" if options else "is not one of its values"
        return f"{name} {known}, got {got.removeprefix(', got ') or choice[1]}"
    if unknown := _UNKNOWN.fullmatch(said):
        return _unknown(unknown[1], struct, place)
    if missing := _MISSING.fullmatch(said):
        return f"`{place}.{missing[1]}` is missing" if place else f"`{missing[1]}` is missing"
    return f"{said[:1].lower()}{said[1:]}" + (f", at {name}" if place else "")


def _kinds(names: str) -> str:
    return " or ".join(_TYPES.get(name, name) for name in names.split(" | "))


def _number(text: str) -> str:
    return f"{int(text):,}" if text.lstrip("-").isdigit() else text


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _unknown(name: str, struct: type, place: str) -> str:
    if place:
        return f"`{place}` has no field `{name}`"
    fields = [field.encode_name for field in msgspec.structs.fields(struct)]
    meant = closest(name, fields)
    if meant is not None:
        return f"there is no `{name}`; did you mean `{meant}`?"
    named = ", ".join(f"`{field}`" for field in fields[:_MAX_NAMED])
    return f"there is no `{name}`" + (f"; there are {named}" if fields else "")


def _options(struct: type, place: str) -> list[str]:
    """The values that a field may have, where these are few and named."""
    hint = get_type_hints(struct).get(place)
    return [] if hint is None else list(_named(hint))


def _named(hint: Any) -> Iterable[str]:
    if get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    elif isinstance(hint, type) and issubclass(hint, enum.Enum):
        yield from (str(member.value) for member in hint)
    else:
        for inner in get_args(hint):
            yield from _named(inner)
