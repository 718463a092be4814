"""The text form of filters, sort keys, keys and aggregates: reading it, with helpful errors.

    config.lr < 1e-3 and summary["val/loss"] < 0.2 and "baseline" in tags and name ~ "resnet.*"

docs/filters.md is the whole language; `runstone.domain.filter_printing` writes it. Every function
here raises InvalidInput for what is not understood: its message points at the place, in details
`position` and `end` are the place and `reason` the message without the pointing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_grammar import FilterReader
from runstone.domain.filter_reader import Part, Reader
from runstone.domain.filters import Filter, Key, SortKey, Source
from runstone.domain.grouping import Goal, GroupAggregate, GroupFunction, GroupSort

MAX_FILTER_CHARS: Final = 10_000
MAX_SORT_KEYS: Final = 8
MAX_KEYS: Final = 100
MAX_AGGREGATES: Final = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WrittenFilter:
    """A filter, and where it was written: what points at a part of a text.

    Attributes:
        places: Where each key, and each value that is compared with one, begins and ends.
    """

    tree: Filter
    places: Mapping[Part, tuple[int, int]]


def read_filter(text: str) -> WrittenFilter:
    """A filter text with its places; an empty text lets everything through."""
    _check_length(text, "filter")
    reader = FilterReader(text)
    return WrittenFilter(reader.filter(), reader.places)


def parse_filter(text: str) -> Filter:
    """The tree of a filter text; an empty text lets everything through."""
    return read_filter(text).tree


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """Sort keys separated by commas; `-` before a key sorts from high to low."""
    return _list(text, "sort keys", MAX_SORT_KEYS, _sort_key)


def parse_key(text: str) -> Key:
    """One key as filters and sort keys write it: `name`, `config.lr`, `summary["val/loss"]`."""
    _check_length(text, "key")
    reader = Reader(text)
    key = reader.key(wanted="one key")
    reader.expect_end()
    return key


def parse_keys(text: str) -> tuple[Key, ...]:
    """Keys separated by commas."""
    return _list(text, "keys", MAX_KEYS, Reader.key)


def parse_aggregates(text: str) -> tuple[GroupAggregate, ...]:
    """Aggregates separated by commas: `count(), mean(summary.loss), best(config.lr, min)`."""
    return _list(text, "aggregates", MAX_AGGREGATES, _aggregate)


def parse_group_sort(text: str) -> tuple[GroupSort, ...]:
    """What groups are sorted by: keys and aggregates, as `-mean(summary.loss), config.lr`."""
    return _list(text, "sort keys", MAX_SORT_KEYS, _group_sort)


def _check_length(text: str, what: str) -> None:
    if len(text) > MAX_FILTER_CHARS:
        why = f"the {what} has {len(text):,} characters; at most {MAX_FILTER_CHARS:,} are allowed"
        raise InvalidInput(f"T{why[1:]}.", code="bad-filter", position=0, end=len(text), reason=why)


def _list(text: str, what: str, most: int, read: Callable[[Reader], T]) -> tuple[T, ...]:
    _check_length(text, f"text of the {what}")
    reader = Reader(text)
    found: list[T] = []
    while not reader.at_end():
        if found:
            reader.expect(",", f"separate {what} with commas")
        if len(found) == most:
            raise reader.error(reader.here(), f"there are more than {most} {what}")
        found.append(read(reader))
    return tuple(found)


def _sort_key(reader: Reader) -> SortKey:
    descending = reader.take("-")
    if not descending:
        reader.take("+")
    return SortKey(reader.key(wanted="a key to sort by"), descending)


def _group_sort(reader: Reader) -> GroupSort:
    descending = reader.take("-")
    if not descending:
        reader.take("+")
    # `min(history.loss)` is a key of a run, `min(config.lr)` an aggregate of a group.
    is_aggregate = reader.is_sign("(", ahead=1) and reader.peek(2).source is not Source.HISTORY
    wanted = "a key or an aggregate to sort by"
    return GroupSort(_aggregate(reader) if is_aggregate else reader.key(wanted=wanted), descending)


def _aggregate(reader: Reader) -> GroupAggregate:
    start = reader.next()
    name = start.path.lower()
    if name not in set(GroupFunction) or not reader.take("("):
        choice = ", ".join(GroupFunction)
        raise reader.error(
            start,
            f"expected an aggregate ({choice}) such as mean(summary.loss), found {start.shown}",
        )
    function = GroupFunction(name)
    key = None if reader.is_sign(")") else reader.key()
    goal = _goal(reader) if reader.take(",") else None
    reader.expect(")", f"{start.shown} is never closed")
    try:
        return GroupAggregate(function, key, goal)
    except InvalidInput as error:
        raise reader.error(start, error.message, code=error.code) from error


def _goal(reader: Reader) -> Goal:
    token = reader.next()
    if token.path not in set(Goal):
        raise reader.error(token, f"which is best, min or max, found {token.shown}")
    return Goal(token.path)
