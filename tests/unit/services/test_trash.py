"""The trash: what goes there, who may look, what comes back, what is removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runstone.domain.access import Role
from runstone.domain.errors import Conflict, NotFound, PermissionDenied
from runstone.domain.run import Run, RunState, RunUpdate
from runstone.services import bulk, projects, runs, trash
from runstone.services.bulk import BulkAction, BulkOutcome, Change
from runstone.services.run_list import changes, list_changed_runs, list_runs
from runstone.testing.office import Office


def _delete(office: Office, run: Run) -> Run:
    return office.write(lambda tx: runs.delete_run(tx, office.actor("anna"), run.id))


def _trash(office: Office, project: str = "digits") -> list[str]:
    anna = office.actor("anna")
    found = office.read(lambda s: trash.list_trash(s, anna, "anna", project, limit=99))
    assert found.total == len(found.runs)
    return [run.name for run in found.runs]


def test_a_new_run_of_a_name_in_the_trash_is_refused_with_what_to_do(office: Office) -> None:
    run = _delete(office, office.begin("r1"))
    with pytest.raises(Conflict) as caught:
        office.begin("r1")
    assert caught.value.code == "run-in-trash"
    assert "anna/digits/r1" in caught.value.message
    assert "Restore" in caught.value.message
    late = office.begin("r1", update=RunUpdate(config={"a": 1}), has_begun=True)
    assert late.id == run.id
    assert late.deleted_at == run.deleted_at, "what its process says is kept where it is"
    assert office.read(lambda s: s.runs.documents(run.id)).config == {"a": 1}
    office.write(lambda tx: trash.remove_run(tx, office.actor("anna"), "anna", "digits", "r1"))
    assert office.begin("r1", has_begun=True).id > run.id


def test_who_may_see_and_restore(office: Office) -> None:
    member, outsider = office.join("anna", Role.MEMBER), office.actor("bert")
    run, _ = office.write(lambda tx: runs.begin_run(tx, member, "lab", "p", "r", RunUpdate()))
    office.write(lambda tx: runs.delete_run(tx, member, run.id))
    with pytest.raises(NotFound):
        office.read(lambda s: trash.list_trash(s, outsider, "lab", "p", limit=9))
    viewer = office.join("bert", Role.VIEWER)
    assert office.read(lambda s: trash.list_trash(s, viewer, "lab", "p", limit=9)).total == 1
    for refused in (trash.restore_run, trash.remove_run):
        with pytest.raises(PermissionDenied):
            office.write(lambda tx, refused=refused: refused(tx, viewer, "lab", "p", "r"))  # type: ignore[misc]
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: trash.empty_trash(tx, viewer, "lab", "p"))
    with pytest.raises(PermissionDenied):
        office.write(lambda tx: projects.delete_project(tx, viewer, "lab", "p"))
    assert office.write(lambda tx: trash.restore_run(tx, member, "lab", "p", "r")).id == run.id


def test_the_old_go_for_good_and_their_project_after_them(office: Office) -> None:
    anna = office.actor("anna")
    for number in range(trash.REMOVED_AT_ONCE + 5):
        office.begin(f"r{number}")
    office.write(lambda tx: projects.delete_project(tx, anna, "anna", "digits", with_runs=True))
    office.clock.advance(3_600)
    office.begin("young", update=RunUpdate())
    young = office.read(lambda s: s.projects.projects(anna.user_id or office.ids["anna"]))
    assert [project.name for project in young] == ["digits"], "logging makes the project anew"
    office.write(lambda tx: projects.delete_project(tx, anna, "anna", "digits", with_runs=True))

    def remove(age: timedelta) -> list[int]:
        counts: list[int] = []
        before = office.clock.now - age
        while counts[-1:] != [0]:
            counts.append(office.write(lambda tx: trash.remove_old(tx, deleted_before=before)))
        return counts

    assert remove(timedelta(days=1)) == [0]
    assert remove(timedelta(minutes=30)) == [trash.REMOVED_AT_ONCE, 5, 0]
    assert _trash(office) == ["young"]
    assert remove(timedelta(0)) == [1, 0]
    assert office.read(lambda s: s.projects.trashed_projects(None)) == []
    with pytest.raises(NotFound):
        _trash(office)


def test_a_project_comes_back_with_what_went_with_it(office: Office) -> None:
    anna = office.actor("anna")
    _delete(office, office.begin("before"))
    office.clock.advance()
    for number in range(3):
        office.begin(f"r{number}")
    with pytest.raises(Conflict) as caught:
        office.write(lambda tx: projects.delete_project(tx, anna, "anna", "digits"))
    assert caught.value.code == "project-has-runs"
    office.write(lambda tx: projects.delete_project(tx, anna, "anna", "digits", with_runs=True))
    assert office.read(lambda s: projects.list_projects(s, anna)) == []
    with pytest.raises(NotFound):
        office.read(lambda s: list_runs(s, anna, "anna", "digits", limit=9))
    assert set(_trash(office)) == {"before", "r0", "r1", "r2"}
    with pytest.raises(Conflict):
        office.write(lambda tx: trash.restore_run(tx, anna, "anna", "digits", "before"))
    listed = office.read(lambda s: projects.list_trashed_projects(s, anna))
    assert [(one.project.name, one.num_runs) for one in listed] == [("digits", 4)]
    office.write(lambda tx: projects.restore_project(tx, anna, "anna", "digits"))
    found = office.read(lambda s: list_runs(s, anna, "anna", "digits", limit=9))
    assert [run.name for run in found.runs] == ["r2", "r1", "r0"]
    assert _trash(office) == ["before"]
    with pytest.raises(NotFound):
        office.write(lambda tx: projects.restore_project(tx, anna, "anna", "digits"))


def test_an_empty_project_goes_and_is_made_anew(office: Office) -> None:
    anna = office.actor("anna")
    made = office.write(lambda tx: projects.create_project(tx, anna, "anna", "p", description="a"))
    office.write(lambda tx: projects.delete_project(tx, anna, "anna", "p"))
    again = office.write(lambda tx: projects.create_project(tx, anna, "anna", "p", description="b"))
    assert (again.id, again.description, again.deleted_at) == (made.id, "b", None)


def test_deletions_and_returns_are_told(office: Office) -> None:
    anna = office.actor("anna")
    run = office.begin("r1")
    seq = office.read(lambda s: s.runs.last_change_seq())
    gone = _delete(office, run)
    told = office.read(lambda s: changes(s, anna, since=seq, limit=9))
    assert [(change.name, change.is_deleted) for change in told.runs] == [("r1", True)]
    assert not told.has_gap
    of_project = office.read(
        lambda s: changes(s, anna, since=seq, limit=9, entity="anna", project="digits")
    )
    assert of_project == told
    listing = office.read(
        lambda s: list_changed_runs(s, anna, "anna", "digits", since=seq, limit=9)
    )
    assert (list(listing.runs), list(listing.deleted), listing.total) == ([], ["r1"], 0)
    office.write(lambda tx: trash.restore_run(tx, anna, "anna", "digits", "r1"))
    told = office.read(lambda s: changes(s, anna, since=gone.change_seq, limit=9))
    assert [(change.name, change.is_deleted) for change in told.runs] == [("r1", False)]
    _delete(office, run)
    office.write(lambda tx: trash.empty_trash(tx, anna, "anna", "digits"))
    assert office.read(lambda s: changes(s, anna, since=seq, limit=9)).has_gap
    newest = office.read(lambda s: s.runs.last_change_seq())
    assert not office.read(lambda s: changes(s, anna, since=newest, limit=9)).has_gap
    assert office.read(lambda s: changes(s, anna, since=newest + 1, limit=9)).has_gap


def test_many_runs_at_once(office: Office) -> None:
    anna = office.actor("anna")
    for name in ("a", "b", "c"):
        office.begin(name)
    office.begin("b", update=RunUpdate(tags=("x", "y"), state=RunState.FINISHED))

    def change(
        action: BulkAction, *names: str, tags: tuple[str, ...] = (), group: str | None = None
    ) -> BulkOutcome:
        wanted = Change(action, tags, group)
        return office.write(lambda tx: bulk.change_runs(tx, anna, "anna", "digits", names, wanted))

    def run(name: str) -> Run:
        found = office.read(lambda s: list_runs(s, anna, "anna", "digits", limit=9))
        return next(run for run in found.runs if run.name == name)

    assert change(BulkAction.ADD_TAGS, "b", "a", "zz", "b", tags=("x", "z")) == BulkOutcome(
        ["b", "a"], [], ["zz"]
    )
    assert (run("a").tags, run("b").tags, run("c").tags) == (("x", "z"), ("x", "y", "z"), ())
    assert change(BulkAction.REMOVE_TAGS, "a", "c", tags=("x",)) == BulkOutcome(["a"], ["c"], [])
    assert run("a").tags == ("z",)
    assert change(BulkAction.SET_GROUP, "a", "b", group="g") == BulkOutcome(["a", "b"], [], [])
    assert change(BulkAction.SET_GROUP, "a", "c", group="") == BulkOutcome(["a"], ["c"], [])
    assert (run("a").group, run("b").group) == (None, "g")
    assert change(BulkAction.STOP, "a", "b") == BulkOutcome(["a"], ["b"], [])
    assert run("a").stop_requested
    assert change(BulkAction.DELETE, "a", "b", "zz") == BulkOutcome(["a", "b"], [], ["zz"])
    assert change(BulkAction.DELETE, "a") == BulkOutcome([], [], ["a"])
    assert change(BulkAction.RESTORE, "b", "c") == BulkOutcome(["b"], [], ["c"])
    assert _trash(office) == ["a"]


def test_notes_edited_by_two(office: Office) -> None:
    anna, run = office.actor("anna"), office.begin("r1")

    def note(text: str, before: str | None) -> Run:
        return office.write(
            lambda tx: runs.update_run(tx, anna, run.id, RunUpdate(notes=text), notes_before=before)
        )

    assert note("one", "").notes == "one"
    with pytest.raises(Conflict) as caught:
        note("two", "")
    assert (caught.value.code, caught.value.details["notes"]) == ("edited-meanwhile", "one")
    assert note("two", "one").notes == "two"
    assert note("three", None).notes == "three"
