"""What every catalog must do with lineage."""

from __future__ import annotations

import pytest

from runstone.domain.artifact import ArtifactState, ArtifactUpdate, CollectionKind, NewArtifact
from runstone.domain.ids import ArtifactId
from runstone.ports.store import Transaction
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world


def _versions(subject: Subject, world: World, number: int, name: str = "c") -> list[ArtifactId]:
    """A new collection with so many committed versions, and behind them a pending one."""

    def make(tx: Transaction) -> list[ArtifactId]:
        its_type = tx.artifacts.create_type(world.project.id, f"type of {name}")
        place = tx.artifacts.create_collection(
            world.project.id, its_type.id, name, CollectionKind.SEQUENCE
        )
        made = []
        for n in range(number + 1):
            new = tx.artifacts.create_artifact(place.id, NewArtifact(f"{name}{n}"))
            made.append(new.id)
            if n < number:
                tx.artifacts.add_member(place.id, new.id)
                tx.artifacts.update_artifact(
                    new.id,
                    ArtifactUpdate(state=ArtifactState.COMMITTED, num_files=n, size_bytes=n * 10),
                )
        return made

    return subject.write(make)


class LineageConformance(StoreFixtures):
    """The docstrings of `runstone.ports.lineage` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_steps_are_taken_from_many_at_once(self, subject: Subject, world: World) -> None:
        one, two, pending = _versions(subject, world, 2)
        first, second = world.run.id, subject.run(world.project.id, world.user.id, "r2").id

        def note(tx: Transaction) -> None:
            for run, version in ((first, two), (second, one), (first, one), (first, pending)):
                tx.artifacts.add_input(run, version)
            for run, version in ((second, two), (first, two), (second, pending)):
                tx.artifacts.add_output(run, version)

        subject.write(note)
        assert subject.read(lambda s: list(s.lineage.inputs_of([second, first, LOST, second]))) == [
            (second, one),
            (first, two),
            (first, one),
        ]
        assert subject.read(lambda s: list(s.lineage.outputs_of([first, second]))) == [
            (first, two),
            (second, two),
        ]
        assert subject.read(lambda s: list(s.lineage.users_of([one, pending, two]))) == [
            (one, second),
            (one, first),
            (two, first),
        ]
        assert subject.read(lambda s: list(s.lineage.makers_of([two, one]))) == [
            (two, second),
            (two, first),
        ]
        assert subject.read(lambda s: list(s.lineage.inputs_of([]))) == []

    def test_a_version_is_told_with_all_of_its_places(self, subject: Subject, world: World) -> None:
        first, second, pending = _versions(subject, world, 2)
        elsewhere = subject.project(world.user.id, "other")

        def link(tx: Transaction) -> None:
            its_type = tx.artifacts.create_type(elsewhere.id, "model")
            place = tx.artifacts.create_collection(
                elsewhere.id, its_type.id, "chosen", CollectionKind.PORTFOLIO
            )
            tx.artifacts.add_member(place.id, second)
            tx.artifacts.set_alias(place.id, "b", second)
            tx.artifacts.set_alias(place.id, "a", second)

        subject.write(link)
        asked = [second, pending, first, LOST, second]
        found = subject.read(lambda s: list(s.lineage.versions(asked)))
        assert [(p.artifact_id, p.project, p.collection, p.index, p.aliases) for p in found] == [
            (second, "digits", "c", 1, ()),
            (second, "other", "chosen", 0, ("a", "b")),
            (first, "digits", "c", 0, ()),
        ]
        place = found[0]
        assert (place.entity, place.type) == (world.project.entity, "type of c")
        assert (place.num_files, place.size_bytes) == (1, 10)
        assert place.created_at == subject.clock.now
        subject.write(lambda tx: tx.projects.trash_project(elsewhere.id))
        found = subject.read(lambda s: list(s.lineage.versions([second])))
        assert [place.project for place in found] == ["digits"]

    def test_runs_are_told_but_not_those_in_the_trash(self, subject: Subject, world: World) -> None:
        run = world.run
        other = subject.run(world.project.id, world.user.id, "r2")
        found = subject.read(lambda s: list(s.lineage.runs([other.id, LOST, run.id, run.id])))
        assert [(p.run_id, p.entity, p.project, p.name) for p in found] == [
            (other.id, other.entity, "digits", "r2"),
            (run.id, run.entity, "digits", run.name),
        ]
        assert (found[0].display_name, found[0].state) == ("the r2", other.state)
        assert (found[0].job_type, found[0].created_at) == (other.job_type, other.created_at)
        subject.write(lambda tx: tx.runs.trash_run(run.id))
        assert [
            place.name for place in subject.read(lambda s: s.lineage.runs([other.id, run.id]))
        ] == ["r2"]
        subject.write(lambda tx: tx.projects.trash_project(world.project.id))
        assert list(subject.read(lambda s: s.lineage.runs([other.id]))) == []
