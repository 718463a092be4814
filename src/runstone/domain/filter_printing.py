"""Filters and sort keys as text: what `runstone.domain.filter_text` reads back as the same tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from runstone.domain.filters import (
    EVERYTHING,
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
    plain = key.path.isascii() and all(part.isidentifier() for part in key.path.split("."))
    text = f"{key.source}.{key.path}" if plain else f"{key.source}[{_quote(key.path)}]"
    return text if key.aggregate is None else f"{key.aggregate}({text})"


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
            return f"{_quote(tag)} not in tags"
        case Not(Matches(key, pattern)):
            return f"{print_key(key)} !~ {_quote(pattern.text)}"
        case Not(term):
            return f"not {_print(term, _NOT)}"
        case Compare(key, op, value):
            return f"{print_key(key)} {op.value} {_print_value(value)}"
        case In(key, values):
            return f"{print_key(key)} in {_list(values)}"
        case Exists(key):
            return f"{print_key(key)} is not None"
        case Matches(key, pattern):
            return f"{print_key(key)} ~ {_quote(pattern.text)}"
        case HasTag(tag):
            return f"{_quote(tag)} in tags"


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
            return _quote(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))
        case str():
            return _quote(value)
        case _:
            return repr(value)


_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
