"""Filters and sort keys as text: what `runstone.domain.filter_text` reads back as the same tree."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from runstone.domain.filters import (
    EVERYTHING,
    Ago,
    And,
    Compare,
    Exists,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Or,
    SortKey,
    Source,
    TimeUnit,
    Value,
)
from runstone.domain.grouping import GroupAggregate, GroupSort


def print_filter(tree: Filter) -> str:
    """The text that `parse_filter` reads as `tree`."""
    return "" if tree == EVERYTHING else _print(tree, 0)


def print_sort(keys: Sequence[SortKey]) -> str:
    """The text that `parse_sort` reads as `keys`."""
    return ",".join(("-" if k.descending else "") + print_key(k.key) for k in keys)


def print_key(key: Key) -> str:
    """How a key is written: `name`, `config.lr`, `summary["val/loss"]`, `min(history.loss)`."""
    if key.source is Source.RUN:
        return key.path
    plain = _PLAIN.fullmatch(key.path) is not None
    text = f"{key.source}.{key.path}" if plain else f"{key.source}[{quote(key.path)}]"
    return text if key.aggregate is None else f"{key.aggregate}({text})"


_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


def print_keys(keys: Sequence[Key]) -> str:
    """The text that `parse_keys` reads as `keys`."""
    return ", ".join(map(print_key, keys))


def print_aggregate(aggregate: GroupAggregate) -> str:
    """How an aggregate is written: `count()`, `mean(summary.loss)`, `best(config.lr, min)`."""
    if aggregate.key is None:
        return f"{aggregate.function}()"
    goal = "" if aggregate.goal is None else f", {aggregate.goal}"
    return f"{aggregate.function}({print_key(aggregate.key)}{goal})"


def print_aggregates(aggregates: Sequence[GroupAggregate]) -> str:
    """The text that `parse_aggregates` reads as `aggregates`."""
    return ", ".join(map(print_aggregate, aggregates))


def print_group_sort(keys: Sequence[GroupSort]) -> str:
    """The text that `parse_group_sort` reads as `keys`."""
    return ", ".join(
        ("-" if k.descending else "")
        + (print_key(k.by) if isinstance(k.by, Key) else print_aggregate(k.by))
        for k in keys
    )


_OR, _AND, _NOT = 1, 2, 3
"""How tightly the words bind: what stands within a tighter one needs parentheses."""


def _print(tree: Filter, within: int) -> str:
    match tree:
        case And(()):
            return "true"
        case Or(()):
            return "false"
        case And(terms):
            return _joined(" and ", terms, _AND, within)
        case Or(terms):
            return _joined(" or ", terms, _OR, within)
        case Not(Exists(key)):
            return f"{print_key(key)} is None"
        case Not(In(key, values)):
            return f"{print_key(key)} not in {_list(values)}"
        case Not(HasTag(tag)):
            return f"{quote(tag)} not in tags"
        case Not(Matches(key, pattern)):
            return f"{print_key(key)} !~ {quote(pattern.text)}"
        case Not(term):
            return f"not {_print(term, _NOT)}"
        case Compare(key, op, value):
            return f"{print_key(key)} {op.value} {_print_value(value)}"
        case In(key, values):
            return f"{print_key(key)} in {_list(values)}"
        case Exists(key):
            return f"{print_key(key)} is not None"
        case Matches(key, pattern):
            return f"{print_key(key)} ~ {quote(pattern.text)}"
        case HasTag(tag):
            return f"{quote(tag)} in tags"


def _joined(word: str, terms: tuple[Filter, ...], level: int, within: int) -> str:
    # An equal level needs parentheses too, so that the tree keeps its shape.
    text = word.join(_print(term, level) for term in terms)
    return f"({text})" if within >= level else text


def _list(values: tuple[Value, ...]) -> str:
    return f"[{', '.join(map(_print_value, values))}]"


def _print_value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return quote(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))
        case Ago(0, TimeUnit.SECONDS):
            return "now"
        case Ago(amount, unit):
            return f"-{print_number(amount)}{unit}"
        case str():
            return quote(value)
        case _:
            return print_number(value)


def print_number(value: int | float) -> str:
    """The shortest text that reads as the same double, in JavaScript's form: `0.001`, `1e-7`."""
    if not math.isfinite(as_double := _double(value)):
        return str(as_double)
    sign, digits, exponent = Decimal(repr(as_double)).normalize().as_tuple()
    assert isinstance(exponent, int)
    shown, size = "".join(map(str, digits)), len(digits)
    point = size + exponent
    if shown == "0":
        return "0"
    if size <= point <= _PLAIN_DIGITS:
        shown += "0" * (point - size)
    elif 0 < point <= _PLAIN_DIGITS:
        shown = f"{shown[:point]}.{shown[point:]}"
    elif _PLAIN_ZEROS < point <= 0:
        shown = f"0.{'0' * -point}{shown}"
    else:
        shown = f"{shown[0]}{'.' if size > 1 else ''}{shown[1:]}e{point - 1:+d}"
    return f"-{shown}" if sign else shown


_PLAIN_DIGITS: Final = 21
_PLAIN_ZEROS: Final = -6


def _double(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quote(text: str) -> str:
    """A text as a value of the language."""
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
