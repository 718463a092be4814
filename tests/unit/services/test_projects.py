"""Finding, making and listing projects."""

from __future__ import annotations

import pytest

from runstone.domain.access import OPERATOR, Action, Actor, Role
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied
from runstone.domain.run import RunUpdate
from runstone.services.projects import (
    create_project,
    ensure_project,
    find_entity,
    find_project,
    list_projects,
    rename_project,
)
from runstone.services.runs import begin_run, find_reporting_run
from runstone.testing.office import Office


def test_no_name_means_the_actors_own(office: Office) -> None:
    anna = office.actor("anna")
    for name in (None, "", "anna", "ANNA"):
        assert office.read(lambda s, n=name: find_entity(s, anna, n)).name == "anna"  # type: ignore[misc]
    with pytest.raises(InvalidInput):
        office.read(lambda s: find_entity(s, OPERATOR, None))


@pytest.mark.parametrize("name", ["lab", "bert", "nobody", "x" * 10_000, "%", "مشروع"])
def test_what_may_not_be_seen_is_not_found(office: Office, name: str) -> None:
    anna = office.actor("anna")
    with pytest.raises(NotFound, match="or you may not see it"):
        office.read(lambda s: find_entity(s, anna, name))


def test_half_a_character_names_nothing_and_breaks_nothing(office: Office) -> None:
    with pytest.raises(InvalidInput):
        office.read(lambda s: find_entity(s, OPERATOR, "\ud800"))


def test_a_project_is_made_when_it_is_missing(office: Office) -> None:
    anna = office.actor("anna")
    made = office.write(lambda tx: ensure_project(tx, anna, None, "Digits 🚀"))
    assert office.write(lambda tx: ensure_project(tx, anna, "Anna", "Digits 🚀")) == made
    assert office.read(lambda s: find_project(s, anna, None, "Digits 🚀")) == made
    with pytest.raises(NotFound):
        office.read(lambda s: find_project(s, anna, None, "digits 🚀"))
    for name in ("", "a/b", "..", "x" * 10_000, "\ud800"):
        with pytest.raises(InvalidInput):
            office.write(lambda tx, n=name: ensure_project(tx, anna, None, n))  # type: ignore[misc]


def test_a_viewer_reads_and_does_not_write(office: Office) -> None:
    office.write(lambda tx: ensure_project(tx, office.actor("root"), "lab", "p"))
    viewer = office.join("anna", Role.VIEWER)
    assert office.read(lambda s: find_project(s, viewer, "lab", "p")).name == "p"
    with pytest.raises(PermissionDenied):
        office.read(lambda s: find_project(s, viewer, "lab", "p", Action.WRITE))
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: ensure_project(tx, viewer, "lab", "q"))
    member = office.join("anna", Role.MEMBER)
    assert office.write(lambda tx: ensure_project(tx, member, "lab", "q")).entity == "lab"


def test_projects_are_listed_to_those_who_may_see_them(office: Office) -> None:
    for owner in ("anna", "bert", "lab"):
        office.clock.advance()
        office.write(lambda tx, o=owner: ensure_project(tx, OPERATOR, o, f"of-{o}"))  # type: ignore[misc]

    def names(actor: Actor, entity: str | None = None) -> list[str]:
        found = office.read(lambda s: list_projects(s, actor, entity))
        return [overview.project.name for overview in found]

    assert names(OPERATOR) == ["of-lab", "of-bert", "of-anna"]
    assert names(office.actor("anna")) == ["of-anna"]
    assert names(office.join("anna", Role.VIEWER)) == ["of-lab", "of-anna"]
    assert names(office.actor("anna"), "LAB") == ["of-lab"]
    with pytest.raises(NotFound):
        names(office.actor("anna"), "bert")


def test_a_former_name_leads_on_and_can_be_taken(office: Office) -> None:
    anna = office.actor("anna")
    made = office.write(lambda tx: ensure_project(tx, anna, None, "a"))
    run, _ = office.write(lambda tx: begin_run(tx, anna, None, "a", "r1", RunUpdate()))
    renamed = office.write(lambda tx: rename_project(tx, anna, None, "a", new_name="b"))
    assert office.read(lambda s: find_project(s, anna, None, "a")) == renamed
    # Scripts that know the old name log to the renamed project.
    assert office.write(lambda tx: ensure_project(tx, anna, None, "a")) == renamed
    with pytest.raises(InvalidInput):
        office.write(lambda tx: rename_project(tx, anna, None, "b", new_name="x/y"))

    taken = office.write(lambda tx: create_project(tx, anna, None, "a"))
    assert taken.id != made.id
    assert office.read(lambda s: find_project(s, anna, None, "a")) == taken
    # The process of a run that began under the name finds its run as before.
    found = office.write(lambda tx: find_reporting_run(tx, anna, None, "a", "r1"))
    assert (found.id, found.project) == (run.id, "b")


def test_a_viewer_renames_nothing(office: Office) -> None:
    office.write(lambda tx: ensure_project(tx, office.actor("root"), "lab", "p"))
    viewer = office.join("anna", Role.VIEWER)
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: rename_project(tx, viewer, "lab", "p", new_name="q"))
