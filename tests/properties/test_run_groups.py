"""Groups of runs, their figures and their filters are those of a loop over all runs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_run_index import (
    BEGINNING,
    CHANGES,
    FILTERS,
    KEYS,
    World,
    all_runs,
    compare,
    double,
    kind,
    lets_through,
    naive,
    rank,
    value_of,
)

from runstone.domain.access import OPERATOR
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_filter
from runstone.domain.filter_text import parse_filter
from runstone.domain.filters import EVERYTHING, And, FieldKind, Key, SortKey, Source
from runstone.domain.grouping import Goal, GroupAggregate, GroupFunction, GroupSort
from runstone.domain.ids import RunId
from runstone.domain.run import Run, RunUpdate
from runstone.ports.store import Snapshot, Transaction
from runstone.services import bulk
from runstone.services.run_index import (
    FilledKey,
    Group,
    GroupQuery,
    GroupTable,
    RunQuery,
    ValueQuery,
    distinct_values,
    group_runs,
    read_current,
)
from runstone.services.run_index.aggregation import Groups
from runstone.services.run_index.column import build
from runstone.services.run_index.distinct import Other
from runstone.services.run_index.index import View
from runstone.storage.memory.store import MemoryStore
from runstone.testing.subject import ManualClock

# The naive side


def identity(value: Any) -> Any:
    """What two values have in common that filters do not tell apart."""
    match kind(value):
        case "missing" | "other" as name:
            return (name,)
        case "number":
            number = double(value)
            return ("number", "nan" if math.isnan(number) else number + 0.0)
    return kind(value), value


def shown(value: Any) -> Any:
    """A value as a group shows it."""
    match kind(value):
        case "missing":
            return None
        case "other":
            return Other()
        case "number":
            return double(value) + 0.0
        case "time":
            return value.isoformat().replace("+00:00", "Z")
    return value


def figure(aggregate: GroupAggregate, members: Sequence[tuple[Run, Any]]) -> tuple[Any, Any]:
    """The value of an aggregate of runs, the oldest first, and whose it is."""
    if aggregate.key is None:
        return len(members), None
    values = [(run, get(aggregate.key)) for run, get in members]
    if aggregate.function is GroupFunction.LAST:
        given = [(run, value) for run, value in values if value is not None]
        return (given[-1][1], given[-1][0]) if given else (None, None)
    numbers = [
        (run, value if kind(value) == "time" else double(value))
        for run, value in values
        if kind(value) in ("number", "flag", "time")
    ]
    numbers = [(run, value) for run, value in numbers if value == value]
    if not numbers:
        return None, None
    plain = [value for _, value in numbers]
    best = min(plain) if aggregate.goal is Goal.MIN else max(plain)
    match aggregate.function:
        case GroupFunction.MIN:
            return min(plain), None
        case GroupFunction.MAX:
            return max(plain), None
        case GroupFunction.MEAN:
            return sum(plain) / len(plain), None
        case GroupFunction.MEDIAN:
            return statistics.median(plain), None
        case _:
            return best, next(run for run, value in reversed(numbers) if value == best)


def naive_groups(snapshot: Snapshot, world: World, query: GroupQuery) -> list[Any]:
    """Of each group its values, the runs in it, the oldest first, and its figures; sorted."""
    groups: dict[Any, tuple[list[Any], list[tuple[Run, Any]]]] = {}
    for number in reversed(naive(snapshot, world.project, RunQuery(query.filter))):
        run = snapshot.runs.run_by_id(number)
        assert run is not None
        documents = snapshot.runs.documents(number)

        def get(key: Key, run: Run = run, documents: Any = documents) -> Any:
            return value_of(run, documents, key, snapshot)

        places: list[list[Any]] = [[]]
        for key in query.group_by:
            values = [get(key)] if key.kind is not FieldKind.TAGS else dict.fromkeys(run.tags)
            places = [[*place, value] for place in places for value in values or [None]]
        for place in places:
            _, members = groups.setdefault(tuple(map(identity, place)), (place, []))
            members.append((run, get))
    found = [
        (place, members, [figure(aggregate, members) for aggregate in query.aggregates])
        for place, members in groups.values()
    ]

    def order(left: Any, right: Any) -> int:
        for key in query.sort:
            values = [
                dict(zip(query.group_by, group[0], strict=True))[key.by]
                if isinstance(key.by, Key)
                else figure(key.by, group[1])[0]
                for group in (left, right)
            ]
            if (decided := _before(values[0], values[1], key.descending)) != 0:
                return decided
        for a, b in zip(left[0], right[0], strict=True):
            if (decided := _before(a, b, False)) != 0:
                return decided
        kinds = ["missing", "number", "time", "flag", "text", "other"]
        a, b = ([kinds.index(kind(value)) for value in group[0]] for group in (left, right))
        return -1 if a < b else 1

    return sorted(found, key=cmp_to_key(order))


def _before(left: Any, right: Any, descending: bool) -> int:
    key = Key(Source.CONFIG, "any")
    nobody = type("Nobody", (), {"id": 0})()
    return compare((SortKey(key, descending),), (nobody, lambda _: left), (nobody, lambda _: right))


# What is generated


@st.composite
def aggregates(draw: st.DrawFn) -> GroupAggregate:
    function = draw(st.sampled_from(list(GroupFunction)))
    if function is GroupFunction.COUNT:
        return GroupAggregate(function)
    key = draw(KEYS)
    goal = draw(st.sampled_from(list(Goal))) if function is GroupFunction.BEST else None
    try:
        return GroupAggregate(function, key, goal)
    except InvalidInput:
        return GroupAggregate(GroupFunction.LAST, key)


@st.composite
def queries(draw: st.DrawFn) -> GroupQuery:
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    by = st.one_of(st.sampled_from(keys), aggregates()) if keys else aggregates()
    return GroupQuery(
        draw(st.one_of(st.just(EVERYTHING), FILTERS)),
        tuple(keys),
        tuple(draw(st.lists(aggregates(), max_size=3))),
        tuple(draw(st.lists(st.builds(GroupSort, by, st.booleans()), max_size=2))),
        draw(st.integers(1, 4)),
    )


def ask(world: World, query: GroupQuery) -> GroupTable:
    return read_current(
        world.store, lambda s: group_runs(s, OPERATOR, world.index, "ann", "p", query)
    ).result()


def all_groups(world: World, query: GroupQuery) -> tuple[list[Group], int]:
    found: list[Group] = []
    cursor = None
    while True:
        page = ask(
            world,
            GroupQuery(
                query.filter, query.group_by, query.aggregates, query.sort, query.limit, cursor
            ),
        )
        assert len(page.groups) <= query.limit
        found += page.groups
        cursor = page.next_cursor
        if cursor is None:
            assert page.total == len(found)
            return found, page.num_runs
        assert len(page.groups) == query.limit


def check(world: World, query: GroupQuery) -> None:
    wanted = world.store.read(lambda s: naive_groups(s, world, query)).result()
    found, num_runs = all_groups(world, query)
    assert num_runs == world.ask(RunQuery(query.filter, limit=1)).total
    assert [group.num_runs for group in found] == [len(members) for _, members, _ in wanted]
    for group, (place, members, figures) in zip(found, wanted, strict=True):
        assert list(map(repr_of, group.values)) == [repr_of(shown(value)) for value in place]
        for aggregate, got, (value, run) in zip(
            query.aggregates, group.figures, figures, strict=True
        ):
            check_figure(aggregate, got.value, value)
            assert (None if got.run is None else got.run.id) == (run.id if run else None)
        for key, filled in group.filled.items():
            values = [get(key) for _, get in members]
            numbers = [v for v in values if kind(v) in ("number", "flag", "time")]
            num_nan = sum(kind(v) == "number" and math.isnan(double(v)) for v in numbers)
            assert filled == FilledKey(len(numbers) - num_nan, num_nan)


def check_filters(world: World, query: GroupQuery) -> None:
    """The filter of each group, as text, finds its runs."""
    wanted = world.store.read(lambda s: naive_groups(s, world, query)).result()
    found, _ = all_groups(world, query)
    trees = [And((query.filter, parse_filter(print_filter(group.filter)))) for group in found]

    def filtered(snapshot: Snapshot) -> list[set[RunId]]:
        runs = all_runs(snapshot, world.project)
        return [{run.id for run, get in runs if lets_through(tree, get)} for tree in trees]

    assert world.store.read(filtered).result() == [
        {run.id for run, _ in members} for _, members, _ in wanted
    ]


def repr_of(value: Any) -> str:
    return repr(float(value)) if isinstance(value, int) and value is not True else repr(value)


def check_figure(aggregate: GroupAggregate, got: Any, value: Any) -> None:
    if aggregate.function is GroupFunction.LAST:
        value = list(value) if isinstance(value, tuple) else value
        assert repr(got) == repr(
            value.isoformat().replace("+00:00", "Z") if kind(value) == "time" else value
        )
    elif value is None or kind(value) == "time":
        assert got == shown(value)
    else:
        assert got == pytest.approx(value, rel=1e-9, abs=1e-300, nan_ok=True)


@given(
    st.lists(
        st.one_of(
            st.lists(CHANGES, min_size=1, max_size=6).map(lambda changes: ("change", changes)),
            queries().map(lambda query: ("ask", query)),
        ),
        min_size=2,
        max_size=10,
    )
)
@settings(deadline=None, max_examples=60)
def test_like_a_loop_over_all_runs(steps: Any) -> None:
    clock = ManualClock(BEGINNING)
    world = World(MemoryStore(clock=clock), clock, 10**9)

    def change_all(tx: Transaction, changes: Any) -> None:
        for change in changes:
            world.change(tx, change)

    for step, content in steps:
        if step == "change":
            world.store.write(lambda tx, changes=content: change_all(tx, changes)).result()
        else:
            check(world, content)
            check_filters(world, content)
    for query in [content for step, content in steps if step == "ask"]:
        check(world, query)
        check_filters(world, query)


@pytest.mark.parametrize("num_values", [2, 400])
def test_many_runs_take_the_ways_for_many(num_values: int) -> None:
    clock = ManualClock(BEGINNING)
    world = World(MemoryStore(clock=clock), clock, 10**9)

    def fill(tx: Transaction) -> None:
        for number in range(600):
            config = {"a": number * 7919 % num_values, "b": ["x", 1, True, None][number % 4]}
            summary = {"a": float("nan") if number % 7 == 0 else number}
            update = RunUpdate(config=config, summary=summary, tags=("x", "y")[: number % 3])
            world.change(tx, ("create", update))

    world.store.write(fill).result()
    a, b, c = Key(Source.CONFIG, "a"), Key(Source.CONFIG, "b"), Key(Source.SUMMARY, "a")
    every = tuple(
        GroupAggregate(function, c, Goal.MIN if function is GroupFunction.BEST else None)
        for function in GroupFunction
        if function is not GroupFunction.COUNT
    )
    for aggregate in every:
        sort = (GroupSort(aggregate, descending=True),)
        query = GroupQuery(EVERYTHING, (a, b, Key(Source.RUN, "tags")), every, sort, 300)
        check(world, query)
    check_filters(world, query)


@given(
    st.lists(CHANGES, min_size=1, max_size=25),
    st.lists(st.tuples(KEYS, st.one_of(st.just(EVERYTHING), FILTERS)), min_size=1, max_size=4),
)
@settings(deadline=None, max_examples=40)
def test_values_are_those_of_a_loop_over_all_runs(changes: Any, questions: Any) -> None:
    clock = ManualClock(BEGINNING)
    world = World(MemoryStore(clock=clock), clock, 10**9)
    for change in changes:
        world.store.write(lambda tx, change=change: world.change(tx, change)).result()
    for key, tree in questions:
        query = ValueQuery(key, tree, limit=1_000)
        found = read_current(
            world.store,
            lambda s, q=query: distinct_values(s, OPERATOR, world.index, "ann", "p", q),  # type: ignore[misc]
        ).result()
        groups = world.store.read(
            lambda s, q=query: naive_groups(s, world, GroupQuery(q.filter, (q.key,)))  # type: ignore[misc]
        ).result()
        wanted = [(place[0], members) for place, members, _ in groups if place[0] is not None]
        counts = [(repr_of(shown(value)), len(members)) for value, members in wanted]
        # The sort is stable: of equals, the order of groups.
        counts.sort(key=lambda one: -one[1])
        assert [(repr_of(v.value), v.num_runs) for v in found.values] == counts
        assert found.total == len(counts)
        missing = [len(members) for place, members, _ in groups if place[0] is None]
        assert found.num_missing == sum(missing)
        for value in found.values:
            again = And((tree, parse_filter(print_filter(value.filter))))
            assert world.ask(RunQuery(again, limit=1)).total == value.num_runs


@given(
    st.lists(CHANGES, min_size=1, max_size=25),
    FILTERS,
    st.sampled_from([bulk.BulkAction.ADD_TAGS, bulk.BulkAction.REMOVE_TAGS]),
)
@settings(deadline=None, max_examples=40)
def test_changes_are_those_of_a_loop_over_all_runs(
    changes: Any, tree: Any, action: bulk.BulkAction
) -> None:
    clock = ManualClock(BEGINNING)
    world = World(MemoryStore(clock=clock), clock, 10**9)
    for change in changes:
        world.store.write(lambda tx, change=change: world.change(tx, change)).result()

    def tags(s: Snapshot) -> dict[int, set[str]]:
        runs = s.runs.list_runs(world.project, limit=99).runs
        return {run.id: set(run.tags) for run in runs}

    wanted = world.store.read(tags).result()
    for run in world.store.read(lambda s: naive(s, world.project, RunQuery(tree))).result():
        wanted[run] = wanted[run] | {"x"} if action == "add_tags" else wanted[run] - {"x"}
    change = bulk.Change(action, ("x",))
    ids = read_current(
        world.store,
        lambda s: bulk.select_runs(s, OPERATOR, world.index, "ann", "p", tree, change).runs,
    ).result()
    world.store.write(
        lambda tx: bulk.change_selected(tx, OPERATOR, "ann", "p", ids, change)
    ).result()
    assert world.store.read(tags).result() == wanted


def test_ranks_are_those_of_lists() -> None:
    """The naive side sorts groups as it sorts runs."""
    assert rank(None) > rank(math.nan) > rank([1]) > rank("a") > rank(True)


def test_the_mean_of_many_large_values_keeps_its_digits() -> None:
    count = 100_000
    values = 1e15 + np.arange(count) % 7 + 0.125
    ids = np.arange(1, count + 1)
    key = Key(Source.SUMMARY, "x")
    view = View(ids, {key: build(ids, 1, values.tolist())})
    codes = np.arange(count) % 2
    groups = Groups(view, np.arange(count), codes, 2)
    means = groups.figures(GroupAggregate(GroupFunction.MEAN, key)).numbers
    for group, mean in enumerate(means.tolist()):
        some = values[codes == group].tolist()
        assert mean == math.fsum(some) / len(some)
