"""Filters and orders of `Api.runs()`: what MongoDB would find is found."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.domain.access import OPERATOR
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_filter, print_sort
from runstone.domain.filters import EVERYTHING
from runstone.domain.run import RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.services.run_index import RunIndex, RunQuery, query_runs, read_current
from runstone.storage.memory.store import MemoryStore
from runstone.testing.subject import ManualClock
from runstone.wire.wandb.run_fields import run_order
from runstone.wire.wandb.run_filters import MAX_DEPTH, MAX_TERMS, run_filter

CONSTANTS = {"entity": "ann", "project": "p"}


def text_of(document: Any) -> str:
    return print_filter(run_filter(json.dumps(document), CONSTANTS))


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, ""),
        (None, ""),
        ({"state": "finished"}, 'state == "finished"'),
        ({"name": "a1"}, 'id == "a1"'),
        ({"displayName": "x"}, 'name == "x"'),
        ({"display_name": "x"}, 'name == "x"'),
        ({"jobType": "t", "group": "g"}, 'job_type == "t" and group == "g"'),
        ({"job_type": "t"}, 'job_type == "t"'),
        ({"username": "ada"}, 'user == "ada"'),
        ({"user": "ada"}, 'user == "ada"'),
        ({"sweep": "s1"}, 'sweep == "s1"'),
        ({"sweepName": "s1"}, 'sweep == "s1"'),
        ({"host": {"$ne": "h"}}, 'not host == "h"'),
        ({"duration": {"$gt": 60}}, "duration_s > 60"),
        ({"exitcode": 1}, "exit_code == 1"),
        ({"notes": None}, 'notes == ""'),
        ({"description": {"$exists": True}}, 'not notes == ""'),
        ({"config.lr": 0.1}, "config.lr == 0.1"),
        ({"config.lr.value": 0.1}, "config.lr == 0.1"),
        ({"config.a.b": {"$lte": 3}}, "config.a.b <= 3"),
        ({"config.value": 3}, "config.value == 3"),
        ({"summary_metrics.val/loss": {"$lt": 1}}, 'summary["val/loss"] < 1'),
        ({"summaryMetrics.loss": {"$gte": 1, "$lt": 2}}, "summary.loss >= 1 and summary.loss < 2"),
        ({"summary.loss": {"$exists": True}}, "summary.loss is not None"),
        ({"config.a": None}, "config.a is None"),
        ({"config.a": {"$ne": None}}, "config.a is not None"),
        ({"config.a": {"$in": [1, "x"]}}, 'config.a in [1, "x"]'),
        ({"config.a": {"$nin": [1]}}, "config.a not in [1]"),
        ({"config.a": {"$in": [1, None]}}, "config.a in [1] or config.a is None"),
        ({"config.a": {"$in": []}}, "false"),
        ({"config.a": {"$not": {"$gt": 1}}}, "not config.a > 1"),
        ({"config.a": {"$gte": True}}, "config.a in [true]"),
        ({"display_name": {"$regex": "^foo.*"}}, 'name ~ "^foo.*"'),
        ({"display_name": {"$regex": "foo", "$options": "i"}}, 'name ~ "(?i)foo"'),
        ({"tags": "best"}, '"best" in tags'),
        ({"tags": {"$ne": "best"}}, '"best" not in tags'),
        ({"tags": {"$in": ["a", "b"]}}, '"a" in tags or "b" in tags'),
        ({"tags": {"$all": ["a", "b"]}}, '"a" in tags and "b" in tags'),
        ({"tags": {"$regex": "^v"}}, 'tags ~ "^v"'),
        ({"tags": None}, "tags is None"),
        ({"$or": [{"name": "a"}, {"name": "b"}]}, 'id == "a" or id == "b"'),
        ({"$nor": [{"name": "a"}, {"name": "b"}]}, 'not (id == "a" or id == "b")'),
        ({"$not": {"name": "a"}}, 'not id == "a"'),
        ({"$and": []}, ""),
        ({"$or": []}, "false"),
        ({"$or": [{"$and": []}]}, ""),
        ({"$and": [None, {"state": "failed"}]}, 'state == "failed"'),
        ({"$or": [None]}, ""),
        ({"entity": "ann"}, ""),
        ({"entity": {"$in": ["bob"]}}, "false"),
        ({"project": {"$regex": "^p$"}}, ""),
        (
            {"keys_info.keys.val/loss": {"$exists": True}},
            'count(history["val/loss"]) is not None or summary["val/loss"] is not None',
        ),
        (
            {"keys_info.keys.a": None},
            "not (count(history.a) is not None or summary.a is not None)",
        ),
    ],
)
def test_filters_mean_what_they_say(document: Any, text: str) -> None:
    assert text_of(document) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"$gte": "2026-01-01"}, "created_at >= 2026-01-01T00:00:00Z"),
        ({"$gte": "2026-01-01T10:00:00+02:00"}, "created_at >= 2026-01-01T08:00:00Z"),
        ({"$gt": "2026-01-01T10:00:00Z"}, "created_at >= 2026-01-01T10:00:01Z"),
        ({"$lte": "2026-01-01T10:00:00"}, "created_at < 2026-01-01T10:00:01Z"),
        ({"$lt": 1767225600}, "created_at < 2026-01-01T00:00:00Z"),
        ({"$lt": 1767225600000}, "created_at < 2026-01-01T00:00:00Z"),
    ],
)
def test_times(value: Any, text: str) -> None:
    wanted = re.sub(r"(\d{4}-\S+)Z", r'"\1Z"', text)
    said = text_of({"createdAt": value})
    assert said.replace("+00:00", "Z").replace('"', "") == wanted.replace('"', "")
    assert text_of({"created_at": value}) == said


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "object such as"),
        ("x", "object such as"),
        ({"loss": 1}, "no field 'loss'"),
        ({"config": 1}, "no field 'config'"),
        ({"config.": 1}, "no field 'config.'"),
        ({"keys_info.keys.": {"$exists": True}}, "no field 'keys_info.keys.'"),
        ({"keys_info.keys.a": {"$gt": 1}}, "summary_metrics.a"),
        ({"keys_info.keys.a": {"$regex": "x"}}, "{'$exists': true}"),
        ({"config.a": {"$gte": [1]}}, "cannot be compared with [1]"),
        ({"config.a": [1, 2]}, "$in takes a list"),
        ({"config.a": {"x": 1}}, "config.a.KEY"),
        ({"config.a": {}}, "config.a.KEY"),
        ({"config.a": {"$mod": [2, 0]}}, "no operator '$mod' (of config.a)"),
        ({"config.a": {"$gt": 1, "x": 2}}, "no operator 'x'"),
        ({"$where": "1"}, "no operator '$where'"),
        ({"$gt": 1}, "belongs to a field"),
        ({"$and": {"state": "x"}}, "takes a list"),
        ({"$or": [1]}, "object such as"),
        ({"config.a": {"$in": 3}}, "takes a list"),
        ({"config.a": {"$exists": "yes"}}, "true or false"),
        ({"config.a": {"$not": 3}}, "$not takes conditions"),
        ({"config.a": {"$regex": 3}}, "takes a text"),
        ({"config.a": {"$regex": "x", "$options": "mx"}}, "$options"),
        ({"config.a": {"$options": "i"}}, "belongs to $regex"),
        ({"createdAt": "yesterday"}, "ISO 8601"),
        ({"createdAt": True}, "ISO 8601"),
        ({"createdAt": math.nan}, "ISO 8601"),
        ({"createdAt": 1e300}, "ISO 8601"),
        ({"createdAt": "9999-12-31T23:59:59Z"}, "ISO 8601"),
        ({"createdAt": {"$regex": "2026"}}, "$gte and $lt"),
        ({"tags": {"$gt": "a"}}, "has no order"),
        ({"config.a": {"$in": list(range(MAX_TERMS + 1))}}, "too large"),
        ({"$or": [{"name": {"$regex": "x"}}] * 50}, "patterns"),
    ],
)
def test_what_is_not_understood_is_said(document: Any, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_filter(json.dumps(document))
    assert words in refused.value.message
    assert refused.value.code == "bad-filter"


@pytest.mark.parametrize("pattern", ["(a", r"(a)\1", "(?=x)", "[z-a]", "a{2000}{2000}"])
def test_patterns_that_are_not_possible_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput):
        run_filter(json.dumps({"displayName": {"$regex": pattern}}))


@pytest.mark.parametrize("text", ["{", "{'a': 1}", "[" * 100_000])
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        run_filter(text)


@pytest.mark.parametrize("wrap", [lambda d: {"$and": [d]}, lambda d: {"$not": d}])
def test_depth_is_bounded(wrap: Callable[[Any], Any]) -> None:
    document: Any = {"state": "finished"}
    for _ in range(MAX_DEPTH - 1):
        document = wrap(document)
    run_filter(json.dumps(document))
    for _ in range(2):
        document = wrap(document)
    with pytest.raises(InvalidInput, match="levels"):
        run_filter(json.dumps(document))


def test_depth_is_bounded_within_a_field() -> None:
    conditions: Any = {"$gt": 1}
    for _ in range(2 * MAX_DEPTH):
        conditions = {"$not": conditions}
    with pytest.raises(InvalidInput, match="levels"):
        run_filter(json.dumps({"config.a": conditions}))


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (None, "created_at"),
        ("", "created_at"),
        ("+created_at", "created_at"),
        ("-createdAt", "-created_at"),
        ("heartbeat_at", "heartbeat_at"),
        ("-summary_metrics.val/loss", '-summary["val/loss"]'),
        ("+config.lr.value", "config.lr"),
        ("config.a.b", "config.a.b"),
        ("-name", "-id"),
        ("display_name", "name"),
        ("-state,+config.lr, duration", "-state,config.lr,duration_s"),
    ],
)
def test_orders(order: str | None, text: str) -> None:
    assert print_sort(run_order(order)) == text


@pytest.mark.parametrize(
    "order", ["+", "--created_at", ",", "+created_at,", "loss", "config.", "-"]
)
def test_what_is_no_order_is_refused(order: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_order(order)
    assert refused.value.code == "bad-order"


# Against MongoDB's meaning, written down a second time


BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A run, as it is made and as clients see it."""

    update: RunUpdate
    created_at: datetime
    seen: dict[str, Any]


def present(value: Any) -> bool:
    return value is not None and value != []


def same(have: Any, wanted: Any) -> bool:
    if wanted is None:
        return not present(have)
    if isinstance(have, list):
        return any(same(one, wanted) for one in have)
    if kind(have) != kind(wanted):
        return False
    return bool(have == wanted) or (have != have and wanted != wanted)


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}


def holds(have: Any, conditions: Any) -> bool:
    """Whether one value meets conditions, as MongoDB says."""
    if not isinstance(conditions, dict):
        return same(have, conditions)
    for operator, wanted in conditions.items():
        match operator:
            case "$eq":
                met = same(have, wanted)
            case "$ne":
                met = not same(have, wanted)
            case "$in":
                met = any(same(have, one) for one in wanted)
            case "$nin":
                met = not any(same(have, one) for one in wanted)
            case "$all":
                met = bool(wanted) and all(same(have, one) for one in wanted)
            case "$exists":
                met = present(have) is wanted
            case "$regex":
                texts = have if isinstance(have, list) else [have]
                met = any(isinstance(text, str) and re.search(wanted, text) for text in texts)
            case "$not":
                met = not holds(have, wanted)
            case _ if wanted is None:
                met = operator in ("$gte", "$lte") and not present(have)
            case _:
                met = kind(have) == kind(wanted) and ORDERED[operator](have, wanted)
        if not met:
            return False
    return True


def mongo(document: Any, seen: dict[str, Any]) -> bool:
    """Whether a run is found, as MongoDB says."""
    for name, said in document.items():
        match name:
            case "$and":
                met = all(mongo(one, seen) for one in said)
            case "$or":
                met = any(mongo(one, seen) for one in said)
            case "$nor":
                met = not any(mongo(one, seen) for one in said)
            case "createdAt":
                met = holds(seen[name], said)
            case _:
                met = holds(seen.get(name), said)
        if not met:
            return False
    return True


NUMBERS = st.one_of(st.integers(-2, 2), st.sampled_from([0.5, math.nan, math.inf, 2**70]))
TEXTS = st.sampled_from(["a", "b", "ab", "10", "Ä"])
SCALARS = st.one_of(NUMBERS, TEXTS, st.booleans())
STORED = st.one_of(st.none(), SCALARS)
TAG = st.sampled_from(["x", "y", "ab"])
SECONDS = st.integers(0, 4)
DOCUMENT_NAMES = st.sampled_from(["config.k", "config.k.value", "config.n.x", "summary_metrics.k"])
PATTERNS = st.sampled_from(["a", "^a", "b$", "^1?0", ""])


@st.composite
def made_runs(draw: st.DrawFn) -> list[Made]:
    made = []
    at = BEGIN
    for number in range(draw(st.integers(1, 6))):
        at += timedelta(seconds=draw(st.integers(0, 2)), milliseconds=250)
        config: dict[str, Any] = {}
        summary: dict[str, Any] = {}
        if draw(st.booleans()):
            config["k"] = draw(STORED)
        if draw(st.booleans()):
            config["n"] = draw(st.one_of(STORED, st.dictionaries(st.just("x"), STORED)))
        if draw(st.booleans()):
            summary["k"] = draw(STORED)
        tags = draw(st.lists(TAG, max_size=2, unique=True))
        update = RunUpdate(
            display_name=draw(TEXTS),
            group=draw(st.one_of(st.none(), TEXTS)),
            tags=tuple(tags),
            notes=draw(st.sampled_from(["", "a", "ab"])),
            state=draw(st.sampled_from([RunState.RUNNING, RunState.FAILED])),
            config=config,
            summary=summary,
        )
        nested = config.get("n")
        seen = {
            "name": f"r{number}",
            "displayName": update.display_name,
            "group": update.group,
            "tags": tags,
            "notes": update.notes or None,
            "state": str(update.state),
            "createdAt": at.replace(microsecond=0),
            "config.k": config.get("k"),
            "config.k.value": config.get("k"),
            "config.n.x": nested.get("x") if isinstance(nested, dict) else None,
            "summary_metrics.k": summary.get("k"),
        }
        made.append(Made(update, at, seen))
    return made


def conditions(values: st.SearchStrategy[Any], *, ordered: bool = True) -> st.SearchStrategy[Any]:
    maybe = st.one_of(st.none(), values)
    some = st.lists(maybe, max_size=3)
    simple = [
        maybe,
        st.builds(lambda v: {"$eq": v}, maybe),
        st.builds(lambda v: {"$ne": v}, maybe),
        st.builds(lambda v: {"$in": v}, some),
        st.builds(lambda v: {"$nin": v}, some),
        st.builds(lambda v: {"$exists": v}, st.booleans()),
        st.builds(lambda v: {"$not": {"$in": v}}, some),
    ]
    if ordered:
        simple += [
            st.builds(lambda op, v: {op: v}, st.sampled_from(list(ORDERED)), maybe),
            st.builds(lambda a, b: {"$gt": a, "$lte": b}, values, values),
        ]
    return st.one_of(simple)


PATTERN = st.builds(lambda p: {"$regex": p}, PATTERNS)
TIMES = SECONDS.map(lambda s: BEGIN + timedelta(seconds=s))
LEAVES = st.one_of(
    st.builds(
        lambda name, said: {name: said}, DOCUMENT_NAMES, st.one_of(conditions(SCALARS), PATTERN)
    ),
    st.builds(
        lambda name, said: {name: said},
        st.sampled_from(["displayName", "group", "notes", "state"]),
        st.one_of(conditions(TEXTS), PATTERN),
    ),
    st.builds(
        lambda said: {"tags": said},
        st.one_of(
            conditions(TAG, ordered=False),
            PATTERN,
            st.builds(lambda v: {"$all": v}, st.lists(TAG, max_size=2)),
        ),
    ),
    st.builds(lambda said: {"createdAt": said}, conditions(TIMES)),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(
            lambda operator, documents: {operator: documents},
            st.sampled_from(["$and", "$or", "$nor"]),
            st.lists(inner, max_size=3),
        )
        | st.builds(lambda a, b: {**a, **b}, inner, inner)
    ),
    max_leaves=5,
)


@given(made_runs(), st.lists(FILTERS, min_size=1, max_size=4))
@settings(deadline=None, max_examples=150)
def test_what_mongodb_finds_is_found(made: list[Made], filters: list[Any]) -> None:
    clock = ManualClock(BEGIN)
    store = MemoryStore(clock=clock)

    def begin(tx: Transaction) -> Any:
        user = tx.accounts.create_user("ann", full_name="", email=None, is_admin=False).id
        return user, tx.projects.create_project(user, "p").id

    user, project = store.write(begin).result()
    for number, one in enumerate(made):
        clock.advance((one.created_at - clock.now).total_seconds())

        def make(tx: Transaction, number: int = number, one: Made = one) -> None:
            run = tx.runs.create_run(project, f"r{number}", user=user, display_name="")
            tx.runs.update_run(run.id, one.update)

        store.write(make).result()
    index = RunIndex()
    for document in filters:
        sent = json.dumps(document, default=datetime.isoformat)
        query = RunQuery(run_filter(sent), run_order(None), 10)
        page = read_current(
            store, lambda s, query=query: query_runs(s, OPERATOR, index, "ann", "p", query)
        ).result()
        found = {run.name for run in page.runs}
        assert found == {one.seen["name"] for one in made if mongo(document, one.seen)}, sent


def test_no_filter_is_everything() -> None:
    assert run_filter(None) == run_filter("") == run_filter("{}") == EVERYTHING
