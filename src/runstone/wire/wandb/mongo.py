"""MongoDB-like filters on small lists that are at hand: versions, collections, registries.

Source: `filters` of wandb's public API, `wandb/sdk/artifacts/_gqlutils.py` and the registry's
`wandb/apis/public/registries`. Runs have a language of their own (run_filters.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runstone.domain.documents import loads
from runstone.domain.errors import InvalidInput
from runstone.domain.patterns import Pattern

_MAX_DEPTH: Final = 20
Document = Mapping[str, Any]


def read_filter(text: str | None) -> dict[str, Any]:
    """The filter that a client sent; an empty one lets everything through.

    Raises:
        InvalidInput: Not a JSON object.
    """
    if not text:
        return {}
    found = loads(text)
    if not isinstance(found, dict):
        raise InvalidInput("The filter must be a JSON object.", code="malformed-filter")
    return found


def matches(document: Document, wanted: Any, *, depth: int = 0) -> bool:
    """Whether a document passes a filter; of a list, any of its values may.

    Raises:
        InvalidInput: An operator that is not known or has an operand it cannot take, or a filter
            that is nested too deeply.
    """
    if not isinstance(wanted, Mapping):
        raise InvalidInput(f"{str(wanted)[:40]!r} is not a filter.", code="malformed-filter")
    if depth > _MAX_DEPTH:
        raise InvalidInput("The filter is nested too deeply.", code="malformed-filter")
    return all(_holds(document, key, value, depth) for key, value in wanted.items())


def _holds(document: Document, key: str, value: Any, depth: int) -> bool:
    match key:
        case "$and" | "$or" | "$nor":
            if not isinstance(value, list):
                raise InvalidInput(f"{key} takes a list of filters.", code="malformed-filter")
            parts = (matches(document, part, depth=depth + 1) for part in value)
            if key == "$and":
                return all(parts)
            return any(parts) is (key == "$or")
        case "$not":
            return not matches(document, value, depth=depth + 1)
    if key.startswith("$"):
        raise _unknown(key)
    found = document.get(key)
    if isinstance(value, dict):
        return all(_compares(found, op, given, depth) for op, given in value.items())
    return _compares(found, "$eq", value, depth)


def _compares(found: Any, op: str, given: Any, depth: int) -> bool:
    values = found if isinstance(found, (list, tuple)) else [found]
    if op in ("$in", "$nin") and not isinstance(given, list):
        raise InvalidInput(f"{op} takes a list of values.", code="malformed-filter")
    match op:
        case "$eq":
            return given in values
        case "$ne":
            return given not in values
        case "$in":
            return any(value in given for value in values)
        case "$nin":
            return not any(value in given for value in values)
        case "$exists":
            return (found is not None) is bool(given)
        case "$gt" | "$gte" | "$lt" | "$lte":
            return any(_in_order(value, op, given) for value in values)
        case "$regex" | "$contains":
            pattern = Pattern(str(given))
            return any(isinstance(value, str) and pattern.search(value) for value in values)
        case "$not":
            inner = given if isinstance(given, dict) else {"$eq": given}
            return not all(_compares(found, o, g, depth + 1) for o, g in inner.items())
    raise _unknown(op)


def _in_order(value: Any, op: str, given: Any) -> bool:
    numbers = (int, float)
    alike = isinstance(value, numbers) and isinstance(given, numbers)
    if not alike and not (isinstance(value, str) and isinstance(given, str)):
        return False
    match op:
        case "$gt":
            return bool(value > given)
        case "$gte":
            return bool(value >= given)
        case "$lt":
            return bool(value < given)
    return bool(value <= given)


def _unknown(op: str) -> InvalidInput:
    return InvalidInput(
        f"The filter operator {op[:40]!r} is not known; known are $and, $or, $nor, $not, $eq, $ne, "
        "$gt, $gte, $lt, $lte, $in, $nin, $exists, $regex.",
        code="unknown-operator",
    )
