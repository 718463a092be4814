"""The runs index answers like a loop over all runs, whatever changed between two questions."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain.access import OPERATOR
from runstone.domain.filters import (
    RUN_FIELDS,
    Aggregate,
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
)
from runstone.domain.history import HistoryBatch, Numbers, StreamKind, ValueKind
from runstone.domain.ids import RunId
from runstone.domain.patterns import Pattern
from runstone.domain.run import Run, RunDocuments, RunState, RunUpdate
from runstone.ports.run_columns import lookup
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.run_index import RunIndex, RunQuery, RunTable, query_runs, read_current
from runstone.storage.memory.store import MemoryStore
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.subject import ManualClock

# The naive side


def value_of(run: Run, documents: RunDocuments, key: Key, snapshot: Snapshot) -> Any:
    match key.source:
        case Source.HISTORY:
            # Held against a loop over all rows by its own conformance tests.
            return snapshot.run_columns.history_values([run.id], [key])[0][0]
        case Source.CONFIG:
            return lookup(documents.config, key.path)
        case Source.SUMMARY:
            return lookup(documents.summary, key.path)
    names = {"id": "name", "name": "display_name", "user": "username"}
    value = getattr(run, names.get(key.path, key.path))
    if value == ():
        return None  # no tags
    return value.value if isinstance(value, RunState) else value


def kind(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "flag"
    for types, name in (((int, float), "number"), (str, "text"), (datetime, "time")):
        if isinstance(value, types):
            return name
    return "other"


def double(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def equal(left: Any, right: Any) -> bool:
    if kind(left) != kind(right) or kind(left) == "other":
        return False
    if kind(left) == "number":
        left, right = double(left), double(right)
        return left == right or (math.isnan(left) and math.isnan(right))
    return bool(left == right)


def lets_through(tree: Filter, get: Callable[[Key], Any]) -> bool:
    match tree:
        case And(terms):
            return all(lets_through(term, get) for term in terms)
        case Or(terms):
            return any(lets_through(term, get) for term in terms)
        case Not(term):
            return not lets_through(term, get)
        case Exists(key):
            return get(key) is not None
        case HasTag(tag):
            return tag in (get(Key(Source.RUN, "tags")) or ())
        case Matches(key, pattern):
            value = get(key)
            texts = (value or ()) if key.kind is FieldKind.TAGS else [value]
            return any(isinstance(text, str) and pattern.search(text) for text in texts)
        case In(key, values):
            return any(equal(get(key), value) for value in values)
        case Compare(key, Op.EQ, wanted):
            return equal(get(key), wanted)
        case Compare(key, Op.NE, wanted):
            return get(key) is not None and not equal(get(key), wanted)
        case Compare(key, op, wanted):
            value = get(key)
            if kind(value) != kind(wanted) or kind(value) in ("flag", "other", "missing"):
                return False
            if kind(value) == "number":
                assert isinstance(wanted, (int, float))
                value, wanted = double(value), double(wanted)
            if op in (Op.LT, Op.LE):
                return bool(value < wanted or (op is Op.LE and value == wanted))
            return bool(value > wanted or (op is Op.GE and value == wanted))


def rank(value: Any) -> tuple[int, Any]:
    match kind(value):
        case "missing":
            return 4, 0
        case "number" if math.isnan(double(value)):
            return 3, 0
        case "number" | "flag":
            return 0, double(value)
        case "time":
            return 0, value.timestamp()
        case "text":
            return 1, value
    return (1, value) if isinstance(value, tuple) else (2, 0)


def compare(sort: tuple[SortKey, ...], left: Any, right: Any) -> int:
    for key in sort:
        (a_class, a), (b_class, b) = rank(left[1](key.key)), rank(right[1](key.key))
        if a_class != b_class:
            return a_class - b_class
        if a != b:
            return (-1 if a < b else 1) * (-1 if key.descending else 1)
    return int(right[0].id - left[0].id)


def all_runs(snapshot: Snapshot, project: Any) -> list[tuple[Run, Callable[[Key], Any]]]:
    """Every run of a project, and what reads its values."""
    found = []
    for run in snapshot.runs.list_runs(project, limit=1_000).runs:
        documents = snapshot.runs.documents(run.id)

        def get(key: Key, run: Run = run, documents: RunDocuments = documents) -> Any:
            return value_of(run, documents, key, snapshot)

        found.append((run, get))
    return found


def naive(snapshot: Snapshot, project: Any, query: RunQuery) -> list[RunId]:
    found = [
        (run, get) for run, get in all_runs(snapshot, project) if lets_through(query.filter, get)
    ]
    found.sort(key=cmp_to_key(lambda a, b: compare(query.sort, a, b)))
    return [run.id for run, _ in found]


# What is generated

NUMBERS = st.one_of(
    st.integers(-2, 3),
    st.sampled_from([0.5, -0.0, math.nan, math.inf, -math.inf, 1e300, 2**70, 10**400]),
)
TEXTS = st.sampled_from(["", "a", "b", "ab", "resnet-50", "é", "running", "10", "9"])
VALUES = st.one_of(st.booleans(), NUMBERS, TEXTS)
STORED = st.one_of(st.none(), VALUES, st.sampled_from([[1], [], {"x": 1}, {}]))
PATHS = st.sampled_from(["a", "b", "a.b"])
DOCUMENTS = st.dictionaries(
    PATHS, st.one_of(STORED, st.dictionaries(PATHS, STORED, max_size=2)), max_size=3
)
FIELD_KEYS = st.sampled_from([Key(Source.RUN, field) for field in RUN_FIELDS])
DOCUMENT_KEYS = st.builds(Key, st.sampled_from([Source.CONFIG, Source.SUMMARY]), PATHS)
HISTORY_KEYS = st.builds(Key, st.just(Source.HISTORY), PATHS, st.sampled_from(list(Aggregate)))
KEYS = st.one_of(DOCUMENT_KEYS, FIELD_KEYS, HISTORY_KEYS)
BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMES = st.integers(0, 20).map(lambda s: BEGINNING + timedelta(seconds=s))
TAGS = st.sampled_from(["x", "y", "z", "ab"])
PATTERNS = st.sampled_from(["a", "^a", "b$", "res.*50", "[0-9]+", "", "(?i)A|é"]).map(Pattern)


def leaves(key: Key) -> st.SearchStrategy[Filter]:
    values = st.one_of(VALUES, TIMES) if key.kind is FieldKind.TIME else VALUES
    options: list[st.SearchStrategy[Filter]] = [
        st.just(Exists(key)),
        st.builds(Matches, st.just(key), PATTERNS),
    ]
    if key.kind is not FieldKind.TAGS:
        options += [
            st.builds(Compare, st.just(key), st.sampled_from(list(Op)), values),
            st.builds(In, st.just(key), st.lists(values, max_size=3).map(tuple)),
        ]
    return st.one_of(options)


FILTERS: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(KEYS.flatmap(leaves), st.builds(HasTag, TAGS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda terms: And(tuple(terms))),
        st.lists(inner, max_size=3).map(lambda terms: Or(tuple(terms))),
        inner.map(Not),
    ),
    max_leaves=5,
)
SORTS = st.lists(st.builds(SortKey, KEYS, st.booleans()), max_size=3).map(tuple)
QUERIES = st.builds(RunQuery, FILTERS, SORTS, st.integers(1, 5))

MAYBE_TEXT = st.one_of(st.none(), TEXTS)
UPDATES = st.one_of(
    st.builds(RunUpdate, config=DOCUMENTS, summary=DOCUMENTS),
    st.builds(
        RunUpdate,
        state=st.sampled_from(list(RunState)),
        group=MAYBE_TEXT,
        tags=st.lists(TAGS, max_size=2).map(tuple),
        display_name=TEXTS,
        exit_code=st.one_of(st.none(), st.integers(-1, 2)),
        finished_at=st.one_of(st.none(), TIMES),
        stop_requested=st.booleans(),
    ),
)
CHANGES = st.one_of(
    st.builds(lambda update: ("create", update), UPDATES),
    st.builds(lambda which, update: ("update", which, update), st.integers(0, 99), UPDATES),
    st.builds(lambda which: ("delete", which), st.integers(0, 99)),
    st.builds(
        lambda which, path, values: ("log", which, path, values),
        st.integers(0, 99),
        PATHS,
        st.lists(st.sampled_from([0.5, 1.0, -2.0, math.nan, math.inf]), min_size=1, max_size=3),
    ),
)
STEPS = st.lists(
    st.one_of(
        st.lists(CHANGES, min_size=1, max_size=6).map(lambda changes: ("change", changes)),
        QUERIES.map(lambda query: ("ask", query)),
    ),
    min_size=2,
    max_size=12,
)


class World:
    """A project in a store, and the index over it."""

    def __init__(self, store: Store, clock: ManualClock, max_bytes: int) -> None:
        self.store = store
        self.clock = clock
        self.index = RunIndex(max_bytes=max_bytes)
        self.ids: list[RunId] = []
        self._number = 0

        def begin(tx: Transaction) -> Any:
            user = tx.accounts.create_user("ann", full_name="", email=None, is_admin=False)
            return user.id, tx.projects.create_project(user.id, "p").id

        self.user, self.project = store.write(begin).result()

    def change(self, tx: Transaction, change: Any) -> None:
        self.clock.advance()
        match change:
            case ("create", update):
                self._number += 1
                run = tx.runs.create_run(
                    self.project, f"r{self._number}", user=self.user, display_name="new"
                )
                tx.runs.update_run(run.id, update)
                self.ids.append(run.id)
            case ("update", which, update) if self.ids:
                tx.runs.update_run(self.ids[which % len(self.ids)], update)
            case ("log", which, path, values) if self.ids:
                run_id = self.ids[which % len(self.ids)]
                stream = tx.history.open_stream(run_id, StreamKind.HISTORY)
                step = np.arange(stream.next_row, stream.next_row + len(values))
                column = Numbers(np.array(values), None, ValueKind.FLOAT)
                time = step.astype(np.float64)
                batch = HistoryBatch(stream.next_row, step, time, time, {path: column}, {})
                tx.history.append(stream.id, batch)
                tx.runs.beat(run_id)
            case ("delete", which) if self.ids:
                tx.runs.delete_run(self.ids.pop(which % len(self.ids)))

    def ask(self, query: RunQuery) -> RunTable:
        return read_current(
            self.store, lambda s: query_runs(s, OPERATOR, self.index, "ann", "p", query)
        ).result()

    def check(self, query: RunQuery) -> None:
        wanted = self.store.read(lambda s: naive(s, self.project, query)).result()
        found: list[RunId] = []
        cursor = None
        while True:
            page = self.ask(RunQuery(query.filter, query.sort, query.limit, cursor))
            assert page.total == len(wanted)
            assert len(page.runs) <= query.limit
            found += [run.id for run in page.runs]
            cursor = page.next_cursor
            if cursor is None:
                break
            assert len(page.runs) == query.limit
        assert found == wanted


def run_steps(store: Store, clock: ManualClock, steps: Any, max_bytes: int) -> None:
    world = World(store, clock, max_bytes)

    def change_all(tx: Transaction, changes: Any) -> None:
        for change in changes:
            world.change(tx, change)

    for step, content in steps:
        if step == "change":
            store.write(lambda tx, changes=content: change_all(tx, changes)).result()
        else:
            world.check(content)
    for query in (content for step, content in steps if step == "ask"):
        world.check(query)


@given(STEPS, st.sampled_from([0, 200, 10**9]))
@settings(deadline=None, max_examples=300)
def test_pages_are_the_naive_list_in_memory(steps: Any, max_bytes: int) -> None:
    clock = ManualClock(BEGINNING)
    run_steps(MemoryStore(clock=clock), clock, steps, max_bytes)


@given(STEPS, st.sampled_from([200, 10**9]))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_pages_are_the_naive_list_on_sqlite(steps: Any, max_bytes: int) -> None:
    clock = ManualClock(BEGINNING)
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder), clock=clock, durability="process", linger_s=0.0)
        try:
            run_steps(store, clock, steps, max_bytes)
        finally:
            store.close()


@pytest.mark.parametrize("num_values", [1, 3, 5_000])
def test_many_runs_take_the_ways_for_many(num_values: int) -> None:
    clock = ManualClock(BEGINNING)
    world = World(MemoryStore(clock=clock), clock, 10**9)

    def fill(tx: Transaction) -> None:
        for number in range(900):
            update = RunUpdate(
                config={"a": number * 7919 % num_values} if number % 5 else {},
                summary={"a": str(number * 31 % 40)} if number % 3 else {"a": number % 2},
            )
            world.change(tx, ("create", update))

    world.store.write(fill).result()
    a, b = Key(Source.CONFIG, "a"), Key(Source.SUMMARY, "a")
    for sort in ((SortKey(a),), (SortKey(a, True), SortKey(b)), (SortKey(b, True), SortKey(a))):
        world.check(RunQuery(Compare(a, Op.NE, 2), sort, 70))
        world.check(RunQuery(Not(Exists(b)), sort, 70))
