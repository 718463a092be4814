"""What every catalog must do with columns of runs."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, Key, Source
from runstone.domain.run import RunState
from runstone.ports.run_columns import RunsHead, lookup
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

# Few names, so that paths meet keys; with everything that a query language could trip over.
_LABELS = st.sampled_from(
    ["a", "b", "a.b", "a.b.a", "", ".", "$", "$$", "$float", "é", '"', "\\", "a b", "[0]", "#", "*"]
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["", "x", "$", "null", '"', "é🚀", "a\nb", "a\0b", "\ud83d"]),
)
_DOCUMENTS = st.dictionaries(
    _LABELS,
    st.recursive(_SCALARS, lambda inner: st.dictionaries(_LABELS, inner, max_size=3), max_leaves=4),
    max_size=4,
)


class RunColumnsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.run_columns` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    @given(
        document=_DOCUMENTS,
        path=st.lists(_LABELS, min_size=1, max_size=4).map(".".join),
        source=st.sampled_from([Source.CONFIG, Source.SUMMARY]),
    )
    @example({"a": {"b": 1}, "a.b": None}, "a.b", Source.CONFIG)
    @example({"a.b": {"c": 1}, "a": {"b.a": 2}}, "a.b.a", Source.CONFIG)
    @example({"x": [1.5, {"y": 2}]}, "x", Source.SUMMARY)
    @example({"a": {"b": {"c": 1}}}, "a.b.c", Source.SUMMARY)
    @settings(
        # The store goes on from example to example; each backend's subclass has a test of its own.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
        deadline=None,
    )
    def test_a_value_is_what_lookup_says(
        self, subject: Subject, world: World, document: Any, path: str, source: Source
    ) -> None:
        subject.update(world.run, **{source.value: document})
        key = Key(source, path)
        assert _same(_value(subject, world, key), lookup(document, path))

    def test_a_long_path_is_whole_or_in_single_parts(self, subject: Subject, world: World) -> None:
        path = "a.b.c.d.e.f.g.h.i"
        nested: JsonValue = 2
        for part in reversed(path.split(".")):
            nested = {part: nested}
        for document, value in (({path: 1}, 1), (nested, 2), ({"a.b": {}}, None)):
            subject.update(world.run, config=document)
            key = Key(Source.CONFIG, path)
            assert _value(subject, world, key) == lookup(document, path) == value

    def test_fields(self, subject: Subject, world: World) -> None:
        now = subject.clock.now
        ended = subject.clock.advance(2.5)
        run = subject.update(
            world.run,
            state=RunState.FAILED,
            heartbeat_at=now,
            finished_at=ended,
            group="g",
            job_type="train",
            tags=("a", 'b"c'),
            notes="é",
            host="h",
            program="p.py",
            commit="c0ffee",
            remote="git@x",
            sweep="s",
            exit_code=3,
            stop_requested=True,
        )
        keys = [Key(Source.RUN, field) for field in RUN_FIELDS]
        found = subject.read(lambda s: s.run_columns.values(world.project.id, keys, after=0))
        values = dict(zip(RUN_FIELDS, (column[0] for column in found.columns), strict=True))
        assert values == {
            "id": run.name,
            "name": run.display_name,
            "state": "failed",
            "created_at": int(now.timestamp() * 1e6),
            "heartbeat_at": int(now.timestamp() * 1e6),
            "finished_at": int(ended.timestamp() * 1e6),
            "duration_s": 2.5,
            "user": run.username,
            "group": "g",
            "job_type": "train",
            "tags": ["a", 'b"c'],
            "notes": "é",
            "host": "h",
            "program": "p.py",
            "commit": "c0ffee",
            "remote": "git@x",
            "sweep": "s",
            "exit_code": 3,
            "stop_requested": True,
        }
        assert values["stop_requested"] is True

    def test_empty_fields_have_no_value(self, subject: Subject, world: World) -> None:
        keys = [Key(Source.RUN, field) for field in ("finished_at", "group", "exit_code", "tags")]
        found = subject.read(lambda s: s.run_columns.values(world.project.id, keys, after=0))
        assert [column[0] for column in found.columns] == [None, None, None, []]

    def test_only_what_changed_since(self, subject: Subject, world: World) -> None:
        project, user = world.project.id, world.user.id
        second = subject.run(project, user, "r2")
        seq = subject.read(lambda s: s.run_columns.head(project)).change_seq
        key = Key(Source.RUN, "id")
        unchanged = subject.read(lambda s: s.run_columns.values(project, [key], after=seq))
        assert (list(unchanged.ids), list(unchanged.columns[0])) == ([], [])
        subject.update(second, notes="new")
        third = subject.run(project, user, "r3")
        changed = subject.read(lambda s: s.run_columns.values(project, [key], after=seq))
        pairs = set(zip(changed.ids, changed.columns[0], strict=True))
        assert pairs == {(second.id, "r2"), (third.id, "r3")}
        none = subject.read(lambda s: s.run_columns.values(project, [], after=seq))
        assert (set(none.ids), list(none.columns)) == ({second.id, third.id}, [])

    def test_other_projects_are_left_out(self, subject: Subject, world: World) -> None:
        other = subject.project(world.user.id, "other")
        subject.run(other.id, world.user.id)
        columns = subject.read(
            lambda s: s.run_columns.values(world.project.id, [Key(Source.RUN, "id")], after=0)
        )
        assert list(columns.ids) == [world.run.id]
        assert list(subject.read(lambda s: s.run_columns.ids(world.project.id))) == [world.run.id]

    def test_the_head_tells_of_every_change(self, subject: Subject, world: World) -> None:
        project = world.project.id

        def head() -> RunsHead:
            return subject.read(lambda s: s.run_columns.head(project))

        first = head()
        second_run = subject.run(project, world.user.id, "r2")
        second = head()
        subject.write(lambda tx: tx.runs.beat(world.run.id))
        third = head()
        subject.write(lambda tx: tx.runs.delete_run(second_run.id))
        fourth = head()
        seqs = [h.change_seq for h in (first, second, third, fourth)]
        assert seqs == sorted(set(seqs))
        assert third.change_seq < fourth.deleted_seq <= fourth.change_seq
        assert all(h.deleted_seq <= h.change_seq for h in (first, second, third))
        assert list(subject.read(lambda s: s.run_columns.ids(project))) == [world.run.id]

    def test_a_lost_project_is_empty(self, subject: Subject, world: World) -> None:
        values = subject.read(
            lambda s: s.run_columns.values(LOST, [Key(Source.CONFIG, "a")], after=0)
        )
        assert (list(values.ids), [list(c) for c in values.columns]) == ([], [[]])
        assert list(subject.read(lambda s: s.run_columns.ids(LOST))) == []

    def test_runs_come_in_the_order_asked_for(self, subject: Subject, world: World) -> None:
        second = subject.run(world.project.id, world.user.id, "r2")
        ids = [second.id, LOST, world.run.id]
        found = subject.read(lambda s: s.run_columns.runs(ids))
        assert list(found) == [second, world.run]


def _value(subject: Subject, world: World, key: Key) -> JsonValue:
    found = subject.read(lambda s: s.run_columns.values(world.project.id, [key], after=0))
    assert list(found.ids) == [world.run.id]
    return found.columns[0][0]


def _same(found: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(wanted, (dict, list)):
        return isinstance(found, (dict, list))
    if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
        return type(found) is type(wanted) and found == wanted
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return False
    # Integers of more than 64 bits may come as the nearest double.
    return found == wanted or float(found) == float(wanted) or math.isnan(found + wanted)
