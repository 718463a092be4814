"""What every catalog must do with columns of runs."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, Aggregate, Key, Source
from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import RunState
from runstone.ports.run_columns import RunsHead, lookup
from runstone.ports.store import Snapshot, Transaction
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
            archived=True,
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
            "archived": True,
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

    def test_aggregates_of_the_history(self, subject: Subject, world: World) -> None:
        second = subject.run(world.project.id, world.user.id, "r2")
        empty = subject.run(world.project.id, world.user.id, "r3")
        inf, nan = math.inf, math.nan
        subject.log(world.run, {"loss": [3.0, nan, 1.0], "odd": [nan, inf, nan]})
        subject.log(world.run, {"loss": [2.0], "odd": [-inf]})
        subject.log(second, {"loss": [5.0, 7.0], "count": [0.0, 1.0]})
        subject.log(second, {"loss": [9.0], "system": [1.0]}, kind=StreamKind.SYSTEM)
        wanted: dict[str, tuple[list[Any], list[Any]]] = {
            "loss": ([3.0, 2.0, 1.0, 3.0, 2.0, 4], [5.0, 7.0, 5.0, 7.0, 6.0, 2]),
            "odd": ([nan, -inf, nan, nan, nan, 4], [None] * 6),
            "count": ([None] * 6, [0.0, 1.0, 0.0, 1.0, 0.5, 2]),
            "system": ([None] * 6, [None] * 6),
        }
        keys = [Key(Source.HISTORY, path, a) for path in wanted for a in Aggregate]

        def check() -> None:
            ids = [second.id, empty.id, world.run.id]
            columns = subject.read(lambda s: s.run_columns.history_values(ids, keys))
            found = dict(zip(keys, columns, strict=True))
            for path, (first, other) in wanted.items():
                mine = [found[Key(Source.HISTORY, path, a)] for a in Aggregate]
                assert [str(column[0]) for column in mine] == [str(value) for value in other]
                assert [str(column[2]) for column in mine] == [str(value) for value in first]
                assert [column[1] for column in mine] == [None] * 6
            values = subject.read(lambda s: s.run_columns.values(world.project.id, keys, after=0))
            by_id = {run: place for place, run in enumerate(values.ids)}
            for column, asked in zip(values.columns, columns, strict=True):
                assert str([column[by_id[run]] for run in ids]) == str(list(asked))

        check()
        subject.store.seal_run(world.run.id)
        check()
        subject.log(world.run, {"loss": [2.0]})
        subject.write(lambda tx: _take_back(tx, world.run.id, 4))
        check()
        subject.store.seal_run(second.id)
        subject.write(lambda tx: tx.runs.trash_run(empty.id))
        columns = subject.read(lambda s: s.run_columns.history_values([LOST], keys))
        assert [list(column) for column in columns] == [[None]] * len(keys)

    @given(
        parts=st.lists(
            st.tuples(
                st.sampled_from(["append", "append", "append", "seal", "truncate"]),
                st.integers(0, 1),
                st.sampled_from(["", "w1", "w2"]),
                st.lists(
                    st.one_of(st.none(), st.sampled_from([0.0, 1.5, -2.0, math.nan, math.inf])),
                    min_size=1,
                    max_size=4,
                ),
                st.integers(0, 3),
            ),
            max_size=12,
        )
    )
    @settings(
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
        deadline=None,
        max_examples=40,
    )
    def test_aggregates_are_those_of_all_rows(
        self, subject: Subject, world: World, parts: Any
    ) -> None:
        """Sealed, merged, taken back, by several writers: as a loop over all rows says."""
        # The store goes on from example to example.
        number = subject.read(lambda s: s.runs.num_runs_ever(world.project.id))
        runs = [subject.run(world.project.id, world.user.id, f"x{number + i}") for i in range(2)]
        for what, which, writer, values, rows in parts:
            run = runs[which]
            if what == "append":
                # Times go backwards at will; steps do not matter.
                subject.log(run, {"m": values}, writer=writer, time=float(rows))
            elif what == "seal":
                subject.store.seal_run(run.id)
            else:
                where = (run.id, rows, writer)
                subject.write(lambda tx, where=where: _take_back(tx, *where))  # type: ignore[misc]
        keys = [Key(Source.HISTORY, "m", aggregate) for aggregate in Aggregate]
        found = subject.read(lambda s: s.run_columns.history_values([r.id for r in runs], keys))
        for place, run in enumerate(runs):
            wanted = subject.read(lambda s, run=run: _naive(s, run.id))  # type: ignore[misc]
            for key, column in zip(keys, found, strict=True):
                value, other = column[place], wanted[key.aggregate]
                assert (value is None) == (other is None), key
                if value is not None:
                    assert value == pytest.approx(other, nan_ok=True), key

    def test_runs_come_in_the_order_asked_for(self, subject: Subject, world: World) -> None:
        second = subject.run(world.project.id, world.user.id, "r2")
        ids = [second.id, LOST, world.run.id]
        found = subject.read(lambda s: s.run_columns.runs(ids))
        assert list(found) == [second, world.run]


def _take_back(tx: Transaction, run: RunId, from_row: int, writer: str = "") -> None:
    stream = tx.history.stream(run, StreamKind.HISTORY, writer)
    if stream is not None:
        tx.history.truncate(stream.id, from_row)


def _naive(snapshot: Snapshot, run: RunId) -> dict[Aggregate | None, float | None]:
    """Aggregates of the key `m`, value by value."""
    logged: list[tuple[float, float, str, list[float]]] = []
    for stream in snapshot.history.streams([run], StreamKind.HISTORY):
        times: list[float] = []
        values: list[float] = []
        for batch in snapshot.history.scan(stream.id):
            times += batch.time.tolist()
            if "m" in batch.numbers:
                values += batch.numbers["m"].values.tolist()
        if values:
            logged.append((times[0], times[-1], stream.writer, values))
    every = [value for *_, values in logged for value in values]
    if not every:
        return dict.fromkeys(Aggregate)
    finite = [value for value in every if math.isfinite(value)]
    return {
        Aggregate.COUNT: len(every),
        Aggregate.MIN: min(finite, default=math.nan),
        Aggregate.MAX: max(finite, default=math.nan),
        Aggregate.MEAN: sum(finite) / len(finite) if finite else math.nan,
        Aggregate.FIRST: min(logged, key=lambda one: (one[0], one[2]))[3][0],
        Aggregate.LAST: max(logged, key=lambda one: (one[1], one[2]))[3][-1],
    }


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
