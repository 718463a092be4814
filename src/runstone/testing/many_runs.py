"""What every catalog must do when many runs change at once."""

from __future__ import annotations

import pytest

from runstone.domain.errors import AlreadyExists
from runstone.domain.history import StreamKind
from runstone.domain.ids import ProjectId, RunId
from runstone.domain.run import ConsoleLine, Run, RunUpdate
from runstone.domain.search import Wanted
from runstone.ports.runs import RunPage
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world


class ManyRunsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.runs` about many runs as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    @pytest.fixture
    def runs(self, subject: Subject, world: World) -> list[Run]:
        """That run and two more."""
        more = [subject.run(world.project.id, world.user.id, name) for name in ("r2", "r3")]
        return [world.run, *more]

    def test_updates(self, subject: Subject, world: World, runs: list[Run]) -> None:
        seq = subject.read(lambda s: s.runs.last_change_seq())
        first, second, third = runs
        updates = {
            third.id: RunUpdate(tags=("zebra",), group="g"),
            first.id: RunUpdate(archived=True),
            RunId(LOST): RunUpdate(archived=True),
        }
        subject.write(lambda tx: tx.runs.update_runs(updates))
        now = [_now(subject, run) for run in runs]
        assert [(run.tags, run.group, run.archived) for run in now] == [
            ((), None, True),
            ((), None, False),
            (("zebra",), "g", False),
        ]
        assert now[1] == second
        changed = subject.read(lambda s: s.runs.changed_since(world.project.id, seq, limit=9))
        assert {run.id for run in changed} == {first.id, third.id}
        assert len({run.change_seq for run in changed}) == 2
        found = subject.read(lambda s: s.runs.search_runs(None, Wanted("zebra"), limit=9))
        assert [run.id for run, _ in found] == [third.id]
        subject.write(lambda tx: tx.runs.update_runs({}))
        newest = subject.read(lambda s: s.runs.last_change_seq())
        assert newest >= max(run.change_seq for run in changed)

    def test_archived_runs_are_listed_apart(
        self, subject: Subject, world: World, runs: list[Run]
    ) -> None:
        project = world.project.id
        subject.update(runs[1], archived=True)
        for archived, names in (
            (None, ["r3", "r2", "r1"]),
            (False, ["r3", "r1"]),
            (True, ["r2"]),
        ):
            page = _page(subject, project, archived)
            assert [run.name for run in page.runs] == names
            for search in (None, "r"):
                count = subject.read(
                    lambda s, a=archived, t=search: s.runs.count_runs(project, search=t, archived=a)  # type: ignore[misc]
                )
                assert count == len(names)
        page = subject.read(
            lambda s: s.runs.list_runs(project, limit=1, archived=False, search="r")
        )
        later = subject.read(
            lambda s: s.runs.list_runs(
                project, limit=1, archived=False, search="r", before=page.next_before
            )
        )
        assert [run.name for run in (*page.runs, *later.runs)] == ["r3", "r1"]

    def test_to_the_trash_and_back(self, subject: Subject, world: World, runs: list[Run]) -> None:
        project = world.project.id
        head = subject.read(lambda s: s.run_columns.head(project))
        at = subject.clock.advance()
        ids = [runs[2].id, runs[0].id, RunId(LOST)]
        assert subject.write(lambda tx: tx.runs.trash_runs(ids)) == 2
        assert [_now(subject, run).deleted_at for run in runs] == [at, None, at]
        assert subject.read(lambda s: s.runs.count_runs(project)) == 1
        later = subject.read(lambda s: s.run_columns.head(project))
        assert later.deleted_seq > head.change_seq
        everything = [run.id for run in runs]
        assert subject.write(lambda tx: tx.runs.trash_runs(everything)) == 1
        assert subject.read(lambda s: s.runs.search_runs(None, Wanted("r2"), limit=9)) == []
        assert subject.write(lambda tx: tx.runs.restore_runs([*everything, RunId(LOST)])) == 3
        assert subject.write(lambda tx: tx.runs.restore_runs(everything)) == 0
        assert len(subject.read(lambda s: s.runs.search_runs(None, Wanted("r2"), limit=9))) == 1
        assert subject.read(lambda s: s.runs.count_runs(project)) == 3

    def test_columns_of_the_trash(self, subject: Subject, world: World, runs: list[Run]) -> None:
        subject.write(lambda tx: tx.runs.trash_runs([runs[1].id]))
        values = subject.read(
            lambda s: s.run_columns.values(world.project.id, [], after=0, in_trash=True)
        )
        assert list(values.ids) == [runs[1].id]

    def test_they_move_with_all_that_they_recorded(
        self, subject: Subject, world: World, runs: list[Run]
    ) -> None:
        other = subject.project(world.user.id, "other")
        subject.run(other.id, world.user.id, "there")
        first, second, third = runs
        subject.log(second, {"loss": [1.0, 2.0]})
        subject.update(second, config={"a": 1}, tags=("zebra",))
        subject.write(
            lambda tx: (
                tx.console.put_lines(second.id, [ConsoleLine("", 0, "hello")]),
                tx.files.announce(second.id, ["a.txt"]),
            )
        )
        heads = subject.read(
            lambda s: [s.run_columns.head(p) for p in (world.project.id, other.id)]
        )
        moved = [third.id, second.id, RunId(LOST)]
        assert subject.write(lambda tx: tx.runs.move_runs(moved, other.id)) == 2
        now = [_now(subject, run) for run in runs]
        assert [(run.project_id, run.project, run.number) for run in now] == [
            (world.project.id, world.project.name, 1),
            (other.id, "other", 2),
            (other.id, "other", 3),
        ]
        assert subject.read(lambda s: s.runs.num_runs_ever(other.id)) == 3
        assert subject.read(lambda s: s.runs.documents(second.id)).config == {"a": 1}
        found = subject.read(
            lambda s: (
                s.runs.run(world.project.id, "r2"),
                s.runs.run(other.id, "r2") is not None,
                [k.name for k in s.history.keys([second.id], StreamKind.HISTORY)],
                s.console.num_lines(second.id),
                s.files.file(second.id, "a.txt") is not None,
                sorted(s.run_columns.ids(world.project.id)),
                len(s.run_columns.ids(other.id)),
                [run.project for run, _ in s.runs.search_runs(None, Wanted("zebra"), limit=9)],
            )
        )
        assert found == (None, True, ["loss"], 1, True, [first.id], 3, ["other"])
        later = subject.read(
            lambda s: [s.run_columns.head(p) for p in (world.project.id, other.id)]
        )
        assert later[0].deleted_seq > heads[0].change_seq
        assert later[1].change_seq > heads[1].change_seq
        assert subject.read(lambda s: s.runs.forgotten_seq()) > heads[0].change_seq
        assert subject.write(lambda tx: tx.runs.move_runs(moved, other.id)) == 0

    def test_they_do_not_move_onto_names_that_are_taken(
        self, subject: Subject, world: World, runs: list[Run]
    ) -> None:
        other = subject.project(world.user.id, "other")
        there = subject.run(other.id, world.user.id, "r2")
        subject.write(lambda tx: tx.runs.trash_run(there.id))
        ids = [run.id for run in runs]
        with pytest.raises(AlreadyExists, match=r"1 of the runs .* \(r2\)") as refused:
            subject.write(lambda tx: tx.runs.move_runs(ids, other.id))
        assert refused.value.code == "names-taken"
        assert [_now(subject, run) for run in runs] == runs


def _page(subject: Subject, project: ProjectId, archived: bool | None) -> RunPage:
    return subject.read(lambda s: s.runs.list_runs(project, limit=9, archived=archived))


def _now(subject: Subject, run: Run) -> Run:
    found = subject.run_now(run)
    assert found is not None
    return found
