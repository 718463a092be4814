"""What every catalog must do with what was deleted, and with searches over all projects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.filters import Key, Source
from runstone.domain.ids import EntityId, RunId
from runstone.domain.run import ConsoleLine, Run, RunState
from runstone.domain.search import Rank, Wanted
from runstone.ports.runs import RunPage
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world


class TrashConformance(StoreFixtures):
    """The docstrings of `runstone.ports.runs` and `.projects` about the trash as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_a_run_in_the_trash_is_seen_by_nobody_who_does_not_ask_for_it(
        self, subject: Subject, world: World
    ) -> None:
        project, run = world.project.id, world.run
        subject.update(run, state=RunState.RUNNING, tags=("t",))
        at = subject.clock.advance()
        trashed = subject.write(lambda tx: tx.runs.trash_run(run.id))
        assert trashed.deleted_at == at
        later = subject.clock.advance()
        found = subject.read(
            lambda s: (
                s.runs.run(project, "r1"),
                s.runs.run_ids(project, ["r1"]),
                s.runs.list_runs(project, limit=9),
                s.runs.count_runs(project),
                s.runs.count_runs(project, search="r1"),
                list(s.runs.silent_since(later)),
                list(s.runs.recent_runs(None, limit=9)),
                list(s.runs.search_runs(None, Wanted("r1"), limit=9)),
                list(s.run_columns.ids(project)),
                list(s.run_columns.values(project, [], after=0).ids),
                list(s.run_columns.values(project, [Key(Source.CONFIG, "a")], after=0).ids),
                list(s.run_columns.runs([run.id])),
                s.run_columns.count_fields(project)["id"],
                s.projects.overviews(None)[0].num_runs,
            )
        )
        assert found == (None, {}, RunPage([], None), 0, 0, [], [], [], [], [], [], [], 0, 0)
        asked = subject.read(
            lambda s: (
                s.runs.run_by_id(run.id),
                s.runs.trashed_run(project, "r1"),
                s.runs.list_trash(project, limit=9),
                s.runs.count_trash(project),
                list(s.runs.trashed_before(at, limit=9)),
                list(s.runs.changed_since(project, 0, limit=9)),
            )
        )
        assert asked == (trashed, trashed, RunPage([trashed], None), 1, [trashed], [trashed])

    def test_a_restored_run_is_as_it_was(self, subject: Subject, world: World) -> None:
        run = subject.update(world.run, config={"a": 1}, tags=("t",), notes="n")
        subject.write(lambda tx: tx.console.put_lines(run.id, [ConsoleLine("", 0, "hi")]))
        subject.write(lambda tx: tx.runs.trash_run(run.id))
        restored = subject.write(lambda tx: tx.runs.restore_run(run.id))
        assert restored == replace(run, change_seq=restored.change_seq)
        assert restored.change_seq > run.change_seq
        found = subject.read(
            lambda s: (
                s.runs.run(world.project.id, "r1"),
                s.runs.documents(run.id).config,
                [line.text for line in s.console.lines(run.id)],
                s.runs.count_trash(world.project.id),
                list(s.run_columns.ids(world.project.id)),
                [hit for hit, _ in s.runs.search_runs(None, Wanted("t"), limit=9)],
            )
        )
        assert found == (restored, {"a": 1}, ["hi"], 0, [run.id], [restored])

    def test_all_runs_of_a_project_go_and_come_back_together(
        self, subject: Subject, world: World
    ) -> None:
        project = world.project.id
        early, *others = [subject.run(project, world.user.id, f"n{i}") for i in range(3)]
        outside = make_world(subject, "bert").run
        subject.write(lambda tx: tx.runs.trash_run(early.id))
        at = subject.clock.advance()
        before = subject.read(lambda s: s.runs.last_change_seq())
        assert subject.write(lambda tx: tx.runs.trash_all_runs(project)) == 3
        gone = subject.read(lambda s: s.runs.changed_since(project, before, limit=9))
        together = [world.run.id, *(run.id for run in others)]
        assert [(run.id, run.deleted_at) for run in gone] == [(run, at) for run in together]
        assert [run.change_seq - before for run in gone] == [1, 2, 3]
        assert subject.read(lambda s: s.run_columns.head(project).deleted_seq) == before + 3
        assert subject.run_now(outside) == outside
        assert (
            subject.read(lambda s: s.runs.search_runs([world.user.id], Wanted("n1"), limit=9)) == []
        )
        assert subject.write(lambda tx: tx.runs.trash_all_runs(project)) == 0
        subject.clock.advance()
        assert subject.write(lambda tx: tx.runs.restore_all_runs(project, at)) == 3
        back = subject.read(lambda s: s.runs.changed_since(project, before, limit=9))
        assert [(run.id, run.deleted_at) for run in back] == [(run, None) for run in together]
        assert [run.change_seq - before for run in back] == [4, 5, 6]
        hits = subject.read(lambda s: s.runs.search_runs(None, Wanted("n1"), limit=9))
        assert [run.name for run, _ in hits] == ["n1"]
        assert subject.write(lambda tx: tx.runs.restore_all_runs(project, at)) == 0
        assert subject.read(lambda s: s.runs.last_change_seq()) == before + 6

    def test_a_run_in_the_trash_can_be_changed(self, subject: Subject, world: World) -> None:
        subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        changed = subject.update(world.run, display_name="other", tags=("u",), summary={"x": 1})
        assert changed.deleted_at is not None
        subject.write(lambda tx: tx.runs.beat(world.run.id))
        assert subject.read(lambda s: s.runs.search_runs(None, Wanted("other"), limit=9)) == []
        restored = subject.write(lambda tx: tx.runs.restore_run(world.run.id))
        hits = subject.read(lambda s: s.runs.search_runs(None, Wanted("other"), limit=9))
        assert [hit for hit, _ in hits] == [restored]

    def test_its_name_stays_taken(self, subject: Subject, world: World) -> None:
        subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        with pytest.raises(AlreadyExists):
            subject.run(world.project.id, world.user.id)
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        assert subject.run(world.project.id, world.user.id).number == 2

    def test_the_trash_comes_in_pages_the_last_deleted_first(
        self, subject: Subject, world: World
    ) -> None:
        project = world.project.id
        runs = [subject.run(project, world.user.id, f"n{i}") for i in range(4)]
        for some in ([runs[2]], [runs[0], runs[3]], [runs[1]]):
            subject.clock.advance()
            subject.write(lambda tx, some=some: [tx.runs.trash_run(run.id) for run in some])  # type: ignore[misc]

        def page(limit: int, before: Run | None = None) -> tuple[list[str], RunId | None]:
            found = subject.read(
                lambda s: s.runs.list_trash(
                    project, limit=limit, before=before.id if before else None
                )
            )
            return [run.name for run in found.runs], found.next_before

        assert page(9) == (["n1", "n3", "n0", "n2"], None)
        assert page(2) == (["n1", "n3"], runs[3].id)
        assert page(2, runs[3]) == (["n0", "n2"], None)
        assert page(0) == page(-1) == page(9, world.run) == ([], None)
        old = subject.read(lambda s: s.runs.trashed_before(subject.clock.now, limit=2))
        assert [run.name for run in old] == ["n2", "n0"]

    def test_what_was_known_of_is_never_forgotten_unnoticed(
        self, subject: Subject, world: World
    ) -> None:
        def forgotten() -> int:
            return subject.read(lambda s: s.runs.forgotten_seq())

        assert forgotten() == 0
        second = subject.run(world.project.id, world.user.id, "r2")
        trashed = subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        subject.update(second, notes="x")
        assert forgotten() == 0
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        assert forgotten() == trashed.change_seq, "who heard of the deletion has missed nothing"
        subject.write(lambda tx: tx.runs.delete_run(second.id))
        assert forgotten() == subject.read(lambda s: s.runs.last_change_seq())

    def test_the_head_tells_of_what_goes_and_comes_back(
        self, subject: Subject, world: World
    ) -> None:
        project = world.project.id

        def head() -> tuple[int, int]:
            found = subject.read(lambda s: s.run_columns.head(project))
            return found.change_seq, found.deleted_seq

        first = head()[0]
        subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        second, deleted = head()
        assert first < deleted <= second
        subject.write(lambda tx: tx.runs.restore_run(world.run.id))
        third, _ = head()
        assert third > second
        changed = subject.read(lambda s: s.run_columns.values(project, [], after=second))
        assert list(changed.ids) == [world.run.id]
        subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        fourth, _ = head()
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        assert head()[0] >= fourth > third, "it never falls"

    @pytest.mark.parametrize(
        "unit",
        [
            lambda tx, run: tx.runs.trash_run(LOST),
            lambda tx, run: tx.runs.restore_run(LOST),
            lambda tx, run: tx.runs.restore_run(run),
            lambda tx, run: (tx.runs.trash_run(run), tx.runs.trash_run(run)),
            lambda tx, run: tx.projects.trash_project(LOST),
            lambda tx, run: tx.projects.restore_project(LOST),
        ],
    )
    def test_what_is_not_there_is_not_found(
        self, subject: Subject, world: World, unit: Callable[[Transaction, RunId], object]
    ) -> None:
        with pytest.raises(NotFound):
            subject.write(lambda tx: unit(tx, world.run.id))
        assert subject.run_now(world.run) == world.run

    def test_projects_in_the_trash(self, subject: Subject, world: World) -> None:
        user, project = world.user.id, world.project
        at = subject.clock.advance()
        trashed = subject.write(lambda tx: tx.projects.trash_project(project.id))
        assert trashed == replace(project, deleted_at=at, updated_at=at)
        found = subject.read(
            lambda s: (
                s.projects.project(user, "digits"),
                list(s.projects.projects(user)),
                list(s.projects.overviews(None)),
                list(s.projects.all_projects([user])),
                s.projects.project_by_id(project.id),
                s.projects.trashed_project(user, "digits"),
                list(s.projects.trashed_projects(None)),
                list(s.projects.trashed_projects([user])),
                list(s.projects.trashed_projects([LOST])),
            )
        )
        only = [trashed]
        assert found == (None, [], [], [], trashed, trashed, only, only, [])
        with pytest.raises(AlreadyExists):
            subject.project(user)
        restored = subject.write(lambda tx: tx.projects.restore_project(project.id))
        assert restored.deleted_at is None
        assert subject.read(lambda s: s.projects.trashed_project(user, "digits")) is None
        assert subject.read(lambda s: s.projects.project(user, "digits")) == restored

    def test_a_project_goes_for_good_after_its_trash(self, subject: Subject, world: World) -> None:
        subject.write(lambda tx: tx.runs.trash_run(world.run.id))
        with pytest.raises(Conflict):
            subject.write(lambda tx: tx.projects.delete_project(world.project.id))
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        subject.write(lambda tx: tx.projects.delete_project(world.project.id))
        assert subject.read(lambda s: s.projects.project_by_id(world.project.id)) is None


class SearchConformance(StoreFixtures):
    """The docstrings of the readers that look through all projects, as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_the_best_comes_first_then_the_newest(self, subject: Subject, world: World) -> None:
        names = ["my net", "resnet-50", "net", "a_net", "Network", "net b", "other"]
        runs = {name: subject.run(world.project.id, world.user.id, f"x{name}") for name in names}
        for name, run in runs.items():
            runs[name] = subject.update(run, display_name=name, tags=("q",))
        tagged = subject.update(runs["other"], tags=("q", "NET"))

        def search(text: str, limit: int = 99) -> list[tuple[str, Rank]]:
            hits = subject.read(lambda s: s.runs.search_runs(None, Wanted(text), limit=limit))
            return [(run.display_name, rank) for run, rank in hits]

        expected = [
            (tagged.display_name, Rank.EXACT), ("net", Rank.EXACT),
            ("net b", Rank.PREFIX), ("Network", Rank.PREFIX),
            ("a_net", Rank.WORD_PREFIX), ("my net", Rank.WORD_PREFIX),
            ("resnet-50", Rank.PART),
        ]  # fmt: skip
        assert search("net") == search("  NET ") == expected
        assert search("net", limit=3) == expected[:3]
        assert search("net", limit=0) == search("nothing") == []
        assert search("50 net") == [("resnet-50", Rank.PART)]
        assert [name for name, _ in search("n")] == ["other", "net b", "Network", "net"], (
            "where one letter begins a name or tag"
        )
        assert search("50 net res") == search("50 net res -") == [("resnet-50", Rank.PART)]

    @pytest.mark.parametrize("name", ["50%", "[a]*?", "é-ß", "a\x1fb", 'say "hi"', "a\\", "^-"])
    def test_signs_stand_for_themselves(self, subject: Subject, world: World, name: str) -> None:
        run = subject.update(world.run, display_name=f"x {name}", tags=(name,))
        hits = subject.read(lambda s: s.runs.search_runs(None, Wanted(name.upper()), limit=9))
        assert list(hits) == [(run, Rank.EXACT)]
        subject.update(world.run, display_name="x", tags=(f"q {name} z",))
        hits = subject.read(lambda s: s.runs.search_runs(None, Wanted(name), limit=9))
        assert [rank for _, rank in hits] == [Rank.WORD_PREFIX]

    def test_only_what_may_be_seen(self, subject: Subject, world: World) -> None:
        bert = make_world(subject, "bert")

        def found(entities: Sequence[EntityId] | None) -> tuple[Any, Any, Any]:
            return subject.read(
                lambda s: (
                    [run.id for run, _ in s.runs.search_runs(entities, Wanted("r1"), limit=9)],
                    [run.id for run in s.runs.recent_runs(entities, limit=9)],
                    sorted(project.id for project in s.projects.all_projects(entities)),
                )
            )

        both = [bert.run.id, world.run.id]
        assert found(None) == (both, both, [world.project.id, bert.project.id])
        assert found([world.user.id]) == ([world.run.id], [world.run.id], [world.project.id])
        assert found([]) == ([], [], [])

    def test_recent_runs_are_those_that_spoke_last(self, subject: Subject, world: World) -> None:
        other = subject.project(world.user.id, "other")
        empty = subject.project(world.user.id, "empty")
        assert empty.id
        runs = [world.run]
        for number in range(6):
            subject.clock.advance()
            place = (world.project, other)[number % 2]
            run = subject.run(place.id, world.user.id, f"n{number}")
            state = (RunState.RUNNING, RunState.FINISHED)[number // 3]
            runs.append(subject.update(run, state=state))
        subject.clock.advance()
        subject.write(lambda tx: tx.runs.beat(runs[2].id))
        expected = [runs[i].id for i in (2, 6, 5, 4, 3, 1, 0)]

        def recent(limit: int) -> list[RunId]:
            return [run.id for run in subject.read(lambda s: s.runs.recent_runs(None, limit=limit))]

        assert recent(99) == expected
        assert recent(3) == expected[:3]
        assert recent(0) == recent(-1) == []
