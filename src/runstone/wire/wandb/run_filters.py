"""Filters of `Api.runs()` as our filter tree; pure.

Clients send a filter as JSON in MongoDB's query language, with keys as their user typed them.
What MongoDB means by it is kept where our tree means something else: `$ne` and `$nin` are true of
runs without the key, null stands for a missing value, and truth values have an order. Unlike
there, a null in a config counts as missing, and a list in it equals nothing: only in tags is
looked for one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from runstone.domain.documents import JsonValue, loads
from runstone.domain.filters import EVERYTHING, And, Filter, Not, Op, Or
from runstone.domain.patterns import Pattern
from runstone.wire.wandb.run_fields import (
    NOTHING,
    Field,
    Scalar,
    bad_filter,
    field_of_runs,
    shown,
)

MAX_DEPTH: Final = 50
"""Levels of `$and`, `$or`, `$nor`, `$not` within each other."""
MAX_TERMS: Final = 10_000
"""Conditions of one filter and values that they compare with, together."""

_PATTERN_TERMS: Final = 500
"""What a pattern counts as: it may occupy the server for seconds."""

_COMPARISONS: Final = {"$gt": Op.GT, "$gte": Op.GE, "$lt": Op.LT, "$lte": Op.LE}
_FIELD_OPERATORS: Final = (
    "$eq", "$ne", *_COMPARISONS, "$in", "$nin", "$all", "$exists", "$regex", "$options", "$not",
)  # fmt: skip
_CONNECTIVES: Final = ("$and", "$or", "$nor", "$not")


def run_filter(text: str | None, constants: Mapping[str, str] | None = None) -> Filter:
    """The tree for a filter document; everything where there is none.

    Args:
        constants: Keys beside those of runs, whose value is the same of all: `entity`, `project`.

    Raises:
        InvalidInput: Not such a document (code `bad-filter`), or a pattern that is not understood.
    """
    document = loads(text) if text else None
    if document is None:
        return EVERYTHING
    return _Reader(constants or {}).document(document, 0)


class _Reader:
    """Reads one filter; counts what it is made of."""

    def __init__(self, constants: Mapping[str, str]) -> None:
        self._constants = constants
        self._terms_left = MAX_TERMS

    def document(self, document: JsonValue, depth: int) -> Filter:
        """All entries of a document."""
        if not isinstance(document, dict):
            raise bad_filter(
                f"A filter is an object such as {{'state': 'finished'}}, not {shown(document)}."
            )
        self._spend(depth)
        return _all([self._entry(name, said, depth) for name, said in document.items()])

    def _entry(self, name: str, said: JsonValue, depth: int) -> Filter:
        match name:
            case "$and":
                return _all(self._documents(name, said, depth))
            case "$or":
                return _any(self._documents(name, said, depth))
            case "$nor":
                return Not(_any(self._documents(name, said, depth)))
            case "$not":
                return Not(self.document(said, depth + 1))
        if name in _FIELD_OPERATORS:
            raise bad_filter(f"{name} belongs to a field: {{'config.lr': {{{name!r}: …}}}}.")
        if name.startswith("$"):
            raise bad_filter(
                f"There is no operator {shown(name)} here. Known: {', '.join(_CONNECTIVES)}, and "
                f"of fields {', '.join(_FIELD_OPERATORS)}."
            )
        return self._conditions(field_of_runs(name, self._constants), said, depth)

    def _documents(self, name: str, said: JsonValue, depth: int) -> list[Filter]:
        if not isinstance(said, list):
            raise bad_filter(f"{name} takes a list of filters, not {shown(said)}.")
        # Clients (`QueryGenerator`) leave null for what their user switched off.
        wanted = [document for document in said if document is not None]
        if said and not wanted:
            return [EVERYTHING]
        return [self.document(document, depth + 1) for document in wanted]

    def _conditions(self, field: Field, said: JsonValue, depth: int) -> Filter:
        self._spend(depth)
        if not isinstance(said, dict):
            return self._equals(field, said)
        if not any(operator.startswith("$") for operator in said):
            raise bad_filter(
                f"{field.name} cannot be compared with an object; write what is inside as "
                f"{field.name}.KEY."
            )
        if "$options" in said and "$regex" not in said:
            raise bad_filter("$options belongs to $regex.")
        return _all(
            [
                self._condition(field, operator, said, depth)
                for operator in said
                if operator != "$options"
            ]
        )

    def _condition(
        self, field: Field, operator: str, said: Mapping[str, JsonValue], depth: int
    ) -> Filter:
        value = said[operator]
        match operator:
            case "$eq":
                return self._equals(field, value)
            case "$ne":
                return _not(self._equals(field, value))
            case "$gt" | "$gte" | "$lt" | "$lte":
                return self._ordered(field, _COMPARISONS[operator], value)
            case "$in":
                return self._one_of(field, _list(field, operator, value))
            case "$nin":
                return _not(self._one_of(field, _list(field, operator, value)))
            case "$all":
                terms = [self._equals(field, one) for one in _list(field, operator, value)]
                return _all(terms) if terms else NOTHING
            case "$exists":
                return _not(field.missing()) if _flag(value) else field.missing()
            case "$regex":
                return field.matches(self._pattern(field, value, said.get("$options", "")))
            case "$not":
                if not isinstance(value, dict):
                    raise bad_filter(
                        f"$not takes conditions such as {{'$gt': 1}}, not {shown(value)}."
                    )
                return _not(self._conditions(field, value, depth + 1))
            case _:
                raise bad_filter(
                    f"There is no operator {shown(operator)} (of {field.name}). Known: "
                    f"{', '.join(_FIELD_OPERATORS)}."
                )

    def _equals(self, field: Field, value: JsonValue) -> Filter:
        return field.missing() if value is None else field.equals(self._scalar(field, value))

    def _one_of(self, field: Field, values: Sequence[JsonValue]) -> Filter:
        scalars = [self._scalar(field, value) for value in values if value is not None]
        found = field.one_of(scalars) if scalars else NOTHING
        return Or((found, field.missing())) if None in values else found

    def _ordered(self, field: Field, op: Op, value: JsonValue) -> Filter:
        if value is None:  # equal to a missing value, before or after nothing
            return field.missing() if op in (Op.GE, Op.LE) else NOTHING
        return field.ordered(op, self._scalar(field, value))

    def _pattern(self, field: Field, text: JsonValue, options: JsonValue) -> Pattern:
        if not isinstance(text, str):
            raise bad_filter(f"$regex (of {field.name}) takes a text, not {shown(text)}.")
        if options not in ("", "i"):
            raise bad_filter(f"$options {shown(options)} is not known; there is 'i': any case.")
        self._spend(0, _PATTERN_TERMS)
        return Pattern(f"(?i){text}" if options else text)

    def _scalar(self, field: Field, value: JsonValue) -> Scalar:
        self._spend(0)
        if not isinstance(value, (bool, int, float, str)):
            raise bad_filter(
                f"{field.name} cannot be compared with {shown(value)}; a text, a number, true, "
                "false or null is needed. $in takes a list, of which one is to be equal, and $all "
                "one of tags that are all to be there."
            )
        return value

    def _spend(self, depth: int, terms: int = 1) -> None:
        if depth > MAX_DEPTH:
            raise bad_filter(f"The filter is nested in more than {MAX_DEPTH} levels.")
        self._terms_left -= terms
        if self._terms_left < 0:
            raise bad_filter(
                f"The filter is too large: more than {MAX_TERMS:,} conditions and values, or "
                f"more than {MAX_TERMS // _PATTERN_TERMS} patterns. Ask in parts."
            )


def _all(terms: Sequence[Filter]) -> Filter:
    return terms[0] if len(terms) == 1 else And(tuple(terms))


def _any(terms: Sequence[Filter]) -> Filter:
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


def _not(term: Filter) -> Filter:
    return term.term if isinstance(term, Not) else Not(term)


def _list(field: Field, operator: str, value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise bad_filter(f"{operator} (of {field.name}) takes a list, not {shown(value)}.")
    return value


def _flag(value: JsonValue) -> bool:
    if not isinstance(value, (bool, int, float)):
        raise bad_filter(f"$exists takes true or false, not {shown(value)}.")
    return bool(value)
