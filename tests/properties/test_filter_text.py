"""Filters: what is written is read back; patterns find what Python's own find."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import (
    print_aggregates,
    print_filter,
    print_keys,
    print_number,
    print_sort,
)
from runstone.domain.filter_text import parse_aggregates, parse_filter, parse_keys, parse_sort
from runstone.domain.filters import (
    RUN_FIELDS,
    Aggregate,
    Ago,
    And,
    Compare,
    Exists,
    FieldKind,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Op,
    Or,
    SortKey,
    Source,
    TimeUnit,
)
from runstone.domain.grouping import Goal, GroupAggregate, GroupFunction
from runstone.domain.patterns import Pattern, escape

PATHS = st.one_of(
    st.sampled_from(["lr", "val/loss", "a.b", "and", "in", "é", 'q"\\', "[x]", " ", "a-b", "1"]),
    st.text(max_size=8),
)
KEYS = st.one_of(
    st.builds(Key, st.sampled_from([Source.CONFIG, Source.SUMMARY]), PATHS),
    st.sampled_from([Key(Source.RUN, field) for field in RUN_FIELDS]),
    st.builds(Key, st.just(Source.HISTORY), PATHS, st.sampled_from(Aggregate)),
)
TEXTS = st.text(max_size=10)
# All doubles; beyond 2**53 integers are doubles too.
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False))
TIMES = st.one_of(
    st.datetimes(
        timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 1, 1)
    ),
    st.builds(
        Ago, st.one_of(st.integers(0, 5_000), st.floats(0, 5_000)), st.sampled_from(TimeUnit)
    ),
)


def values(key: Key) -> st.SearchStrategy[Any]:
    match key.kind:
        case FieldKind.TEXT:
            return TEXTS
        case FieldKind.TIME:
            return TIMES
        case None:
            return st.one_of(st.booleans(), NUMBERS, TEXTS)
        case FieldKind.FLAG:
            return st.booleans()
        case _:
            return NUMBERS


def leaves(key: Key) -> st.SearchStrategy[Filter]:
    options: list[st.SearchStrategy[Filter]] = [st.just(Exists(key))]
    if key.kind is not FieldKind.TAGS:
        ops = [Op.EQ, Op.NE] if key.kind is FieldKind.FLAG else list(Op)
        options.append(st.builds(Compare, st.just(key), st.sampled_from(ops), values(key)))
        options.append(st.builds(In, st.just(key), st.lists(values(key), max_size=3).map(tuple)))
    if key.kind in (None, FieldKind.TEXT, FieldKind.TAGS):
        patterns = TEXTS.map(escape).map(Pattern)
        options.append(st.builds(Matches, st.just(key), patterns))
    return st.one_of(options)


def several(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[tuple[Filter, ...]]:
    # One term alone is written without its And.
    return st.lists(inner, max_size=3).filter(lambda terms: len(terms) != 1).map(tuple)


FILTERS: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(KEYS.flatmap(leaves), st.builds(HasTag, TEXTS)),
    lambda inner: st.one_of(several(inner).map(And), several(inner).map(Or), inner.map(Not)),
    max_leaves=8,
)


@given(FILTERS)
def test_a_filter_is_read_back(tree: Filter) -> None:
    assert parse_filter(print_filter(tree)) == tree


@given(st.lists(st.builds(SortKey, KEYS, st.booleans()), max_size=8).map(tuple))
def test_sort_keys_are_read_back(keys: tuple[SortKey, ...]) -> None:
    assert parse_sort(print_sort(keys)) == keys


NUMERIC_KEYS = KEYS.filter(lambda key: key.kind in (None, FieldKind.NUMBER, FieldKind.FLAG))
FIGURES = [f for f in GroupFunction if f not in (GroupFunction.COUNT, GroupFunction.BEST)]
AGGREGATES = st.one_of(
    st.just(GroupAggregate(GroupFunction.COUNT)),
    st.builds(GroupAggregate, st.sampled_from(FIGURES), NUMERIC_KEYS),
    st.builds(GroupAggregate, st.just(GroupFunction.LAST), KEYS),
    st.builds(GroupAggregate, st.just(GroupFunction.BEST), NUMERIC_KEYS, st.sampled_from(Goal)),
)


@given(st.lists(AGGREGATES, max_size=8).map(tuple), st.lists(KEYS, max_size=8).map(tuple))
def test_aggregates_and_keys_are_read_back(
    aggregates: tuple[GroupAggregate, ...], keys: tuple[Key, ...]
) -> None:
    assert parse_aggregates(print_aggregates(aggregates)) == aggregates
    assert parse_keys(print_keys(keys)) == keys


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
def test_noise_is_refused_with_a_place(text: str) -> None:
    for parse in (parse_filter, parse_sort, parse_keys, parse_aggregates):
        with contextlib.suppress(InvalidInput):
            parse(text)
            continue
        with pytest.raises(InvalidInput) as refused:
            parse(text)
        assert 0 <= refused.value.details["position"] <= len(text)


@given(st.floats(allow_nan=False))
def test_numbers_are_written_as_the_same_double(number: float) -> None:
    assert float(print_number(number)) == number


@given(st.text(alphabet="ab.config[]\"'<=~!()and ortags in1e-+&2dnow,", max_size=30))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        tree = parse_filter(text)
    except InvalidInput:
        return
    assert repr(parse_filter(print_filter(tree))) == repr(tree)


PIECES = st.recursive(
    st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", "^", "$", "1"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PIECES, st.text(alphabet="abc1\n", max_size=8))
def test_patterns_find_what_python_finds(pattern: str, text: str) -> None:
    # Here $ is the very end, which Python writes \Z.
    python = re.compile(pattern.replace("$", r"\Z"))
    assert Pattern(pattern).search(text) == (python.search(text) is not None)
