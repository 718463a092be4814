"""What every catalog must do with projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from runstone.domain.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from runstone.domain.run import Project, ProjectOverview, RunState
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject

ODD_NAMES = ("Zürich 🚀 %_'\"", "مشروع", "é", "e\u0301", "x" * 10_000, "a'; DROP TABLE run; --")


class ProjectsConformance(StoreFixtures):
    """The docstrings of `runstone.ports.projects` as tests."""

    def test_a_new_project_is_found_by_address_and_id(self, subject: Subject) -> None:
        user = subject.user("Anna")
        made = subject.write(
            lambda tx: tx.projects.create_project(user.id, "Digits", description="MNIST")
        )
        now = subject.clock.now
        assert made == Project(made.id, user.id, "Anna", "Digits", "MNIST", now, now)
        found = subject.read(
            lambda s: (s.projects.project(user.id, "Digits"), s.projects.project_by_id(made.id))
        )
        assert found == (made, made)

    def test_absent_projects_are_none(self, subject: Subject) -> None:
        user = subject.user()
        subject.project(user.id, "digits")
        found = subject.read(
            lambda s: (
                s.projects.project(user.id, "Digits"),
                s.projects.project(LOST, "digits"),
                s.projects.project_by_id(LOST),
                list(s.projects.projects(LOST)),
                list(s.projects.overviews([])),
                list(s.projects.overviews([LOST])),
            )
        )
        assert found == (None, None, None, [], [], [])

    def test_names_are_exact_whatever_they_hold(self, subject: Subject) -> None:
        user = subject.user()
        made = {name: subject.project(user.id, name) for name in (*ODD_NAMES, "ÜBER", "über")}
        for name, project in made.items():
            assert project.name == name
            assert subject.read(lambda s, n=name: s.projects.project(user.id, n)) == project  # type: ignore[misc]

    def test_half_a_character_is_refused(self, subject: Subject) -> None:
        user = subject.user()
        for unit in (
            lambda tx: tx.projects.create_project(user.id, "\ud800"),
            lambda tx: tx.projects.project(user.id, "\ud800"),
        ):
            with pytest.raises(InvalidInput) as caught:
                subject.write(unit)
            assert caught.value.code == "invalid-text"

    def test_an_entity_uses_a_name_once(self, subject: Subject) -> None:
        anna, bert = subject.user("anna"), subject.user("bert")
        subject.project(anna.id)
        with pytest.raises(AlreadyExists):
            subject.project(anna.id)
        assert subject.project(bert.id).entity == "bert"

    def test_projects_are_listed_newest_first(self, subject: Subject) -> None:
        user = subject.user()
        made = []
        for name in ("a", "c", "b"):
            made.append(subject.project(user.id, name))
            subject.clock.advance()
        subject.project(subject.user("bert").id, "other")
        assert list(subject.read(lambda s: s.projects.projects(user.id))) == made[::-1]

    def test_an_update_replaces_the_description(self, subject: Subject) -> None:
        project = subject.project(subject.user().id)
        now = subject.clock.advance()
        changed = subject.write(
            lambda tx: tx.projects.update_project(project.id, description="new")
        )
        assert changed == replace(project, description="new", updated_at=now)
        assert subject.read(lambda s: s.projects.project_by_id(project.id)) == changed

    def test_a_former_name_leads_to_its_last_owner(self, subject: Subject) -> None:
        user, other = subject.user("anna"), subject.user("bert")
        made = subject.project(user.id, "a")
        run = subject.run(made.id, user.id)
        subject.clock.advance()
        renamed = subject.write(lambda tx: tx.projects.rename_project(made.id, "b"))
        assert renamed == replace(made, name="b", updated_at=subject.clock.now)
        found = subject.read(
            lambda s: (
                s.projects.project(user.id, "a"),
                s.projects.project(user.id, "b"),
                s.projects.renamed_project(user.id, "a"),
                s.projects.renamed_project(user.id, "b"),
                s.projects.renamed_project(other.id, "a"),
            )
        )
        assert found == (None, renamed, renamed, None, None)
        stored = subject.read(lambda s: s.runs.run_by_id(run.id))
        assert stored is not None
        assert (stored.project, stored.project_id) == ("b", made.id)

        second = subject.project(user.id, "a")
        third = subject.write(lambda tx: tx.projects.rename_project(second.id, "c"))
        assert subject.read(lambda s: s.projects.renamed_project(user.id, "a")) == third
        back = subject.write(lambda tx: tx.projects.rename_project(second.id, "a"))
        assert subject.read(lambda s: s.projects.renamed_project(user.id, "a")) is None
        assert subject.read(lambda s: s.projects.renamed_project(user.id, "c")) == back

    def test_a_name_in_use_is_refused(self, subject: Subject) -> None:
        user = subject.user()
        first, second = subject.project(user.id, "a"), subject.project(user.id, "b")
        assert subject.write(lambda tx: tx.projects.rename_project(first.id, "a")) == first
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.projects.rename_project(first.id, "b"))
        subject.write(lambda tx: tx.projects.trash_project(second.id))
        with pytest.raises(AlreadyExists):
            subject.write(lambda tx: tx.projects.rename_project(first.id, "b"))
        subject.write(lambda tx: tx.projects.delete_project(second.id))
        subject.write(lambda tx: tx.projects.rename_project(first.id, "b"))
        with pytest.raises(NotFound):
            subject.write(lambda tx: tx.projects.rename_project(LOST, "x"))

    def test_former_names_go_with_a_project(self, subject: Subject) -> None:
        user = subject.user()
        made = subject.project(user.id, "a")
        subject.write(lambda tx: tx.projects.rename_project(made.id, "b"))
        subject.write(lambda tx: tx.projects.trash_project(made.id))
        assert subject.read(lambda s: s.projects.renamed_project(user.id, "a")) is None
        subject.write(lambda tx: tx.projects.delete_project(made.id))
        assert subject.read(lambda s: s.projects.renamed_project(user.id, "a")) is None

    def test_a_project_with_runs_is_not_deleted(self, subject: Subject) -> None:
        user = subject.user()
        project = subject.project(user.id)
        run = subject.run(project.id, user.id)
        with pytest.raises(Conflict) as caught:
            subject.write(lambda tx: tx.projects.delete_project(project.id))
        assert caught.value.details == {"num_runs": 1}
        subject.write(lambda tx: tx.runs.delete_run(run.id))
        subject.write(lambda tx: tx.projects.delete_project(project.id))
        assert subject.read(lambda s: s.projects.project_by_id(project.id)) is None
        assert subject.project(user.id).id != project.id, "an id is not used again"

    @pytest.mark.parametrize(
        "change",
        [
            lambda tx: tx.projects.create_project(LOST, "p"),
            lambda tx: tx.projects.update_project(LOST, description=""),
            lambda tx: tx.projects.delete_project(LOST),
        ],
    )
    def test_lost_ids_are_not_found(
        self, subject: Subject, change: Callable[[Transaction], object]
    ) -> None:
        with pytest.raises(NotFound):
            subject.write(change)

    def test_overviews_count_states_and_put_the_active_first(self, subject: Subject) -> None:
        anna, team = subject.user(), subject.team()
        start = subject.clock.now
        quiet, busy = subject.project(anna.id, "quiet"), subject.project(anna.id, "busy")
        of_team = subject.project(team.id, "shared")
        runs = [subject.run(busy.id, anna.id, f"r{i}") for i in range(4)]
        for run, state in zip(runs, ("running", "finished", "finished"), strict=False):
            at = subject.clock.advance()
            subject.update(run, state=RunState(state), heartbeat_at=at)
        ended_at = subject.clock.now
        subject.run(of_team.id, anna.id, "x")
        beat_at = subject.clock.advance()
        subject.write(lambda tx: tx.runs.beat(runs[0].id))

        def fresh(project: Project) -> Project:
            found = subject.read(lambda s: s.projects.project_by_id(project.id))
            assert found is not None
            return found

        states = {RunState.RUNNING: 1, RunState.FINISHED: 2, RunState.PENDING: 1}
        of_busy = ProjectOverview(fresh(busy), 4, states, beat_at)
        of_shared = ProjectOverview(fresh(of_team), 1, {RunState.PENDING: 1}, ended_at)
        of_quiet = ProjectOverview(quiet, 0, {}, start)
        assert list(subject.read(lambda s: s.projects.overviews(None))) == [
            of_busy,
            of_shared,
            of_quiet,
        ]
        mine = subject.read(lambda s: s.projects.overviews([anna.id, anna.id]))
        assert list(mine) == [of_busy, of_quiet]

    def test_the_last_activity_is_that_of_live_and_ended_runs_alike(self, subject: Subject) -> None:
        user = subject.user()
        project = subject.project(user.id)
        live, ended = (subject.run(project.id, user.id, name) for name in ("a", "b"))
        subject.update(live, state=RunState.RUNNING)
        at = subject.clock.advance()
        subject.update(ended, state=RunState.FAILED, heartbeat_at=at)
        (overview,) = subject.read(lambda s: s.projects.overviews([user.id]))
        assert overview.last_activity_at == at
