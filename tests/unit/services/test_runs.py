"""Beginning, finding, changing, stopping and deleting runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.access import OPERATOR, Role
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied
from runstone.domain.history import StreamKind
from runstone.domain.run import AlertLevel, ConsoleLine, Run, RunDocuments, RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.services import ingest, runs, trash
from runstone.services.ingest import Report
from runstone.services.projects import ensure_project
from runstone.services.runs import BranchPoint
from runstone.testing.office import Office, make_rows


def _report(office: Office, run: Run, **options: Any) -> None:
    actor = office.actor("anna")
    report = Report(**options)
    office.write(lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, report))


def _steps(office: Office, run: Run, writer: str = "") -> list[int]:
    def read(s: Any) -> list[int]:
        stream = s.history.stream(run.id, StreamKind.HISTORY, writer)
        return [int(x) for batch in s.history.scan(stream.id) for x in batch.step]

    return office.read(read)


def test_a_new_run_is_running_and_named(office: Office) -> None:
    anna = office.actor("anna")
    update = RunUpdate(config={"lr": 0.1}, tags=("a",), group="g")
    run, is_new = office.write(lambda tx: runs.begin_run(tx, anna, None, "p", "r", update))
    assert is_new
    assert (run.path, run.state, run.tags, run.group) == ("anna/p/r", RunState.RUNNING, ("a",), "g")
    assert run.display_name.endswith("-1")
    assert run.heartbeat_at == office.clock.now
    documents = office.read(lambda s: s.runs.documents(run.id))
    assert documents == RunDocuments({"lr": 0.1}, {}, {})
    again, is_new = office.write(lambda tx: runs.begin_run(tx, anna, None, "p", "r", RunUpdate()))
    assert not is_new
    assert (again.id, again.display_name, again.tags) == (run.id, run.display_name, ("a",))
    named = office.begin("other", update=RunUpdate(display_name="mine"))
    assert named.display_name == "mine"
    assert office.begin("other", update=RunUpdate(display_name="")).display_name == "mine"


def test_names_are_made_up_and_numbered(office: Office) -> None:
    first, second = office.begin(None), office.begin(None)
    assert first.name != second.name
    assert len(first.name) == 8
    assert second.display_name.endswith("-2")


@pytest.mark.parametrize("name", ["a/b", "..", "x" * 10_000, "\ud800", "a%2fb", " "])
def test_illegal_names_make_nothing(office: Office, name: str) -> None:
    with pytest.raises(InvalidInput):
        office.begin(name)
    assert list(office.read(lambda s: s.projects.overviews(None))) == []


def test_a_run_needs_a_user(office: Office) -> None:
    with pytest.raises(InvalidInput, match="API key"):
        office.write(lambda tx: runs.begin_run(tx, OPERATOR, "anna", "p", "r", RunUpdate()))
    assert list(office.read(lambda s: s.projects.overviews(None))) == []


def test_a_token_in_the_address_of_a_repository_is_not_kept(office: Office) -> None:
    given = RunUpdate(remote="https://ada:ghp_secret@github.com/lab/digits.git")
    assert office.begin("told", update=given).remote == "https://github.com/lab/digits.git"


def test_odd_texts_are_kept_as_far_as_any_database_can(office: Office) -> None:
    odd = RunUpdate(notes="a\0b\udc80", group="🚀\ud83d", tags=("\udfff", "ok"), host="é")
    run = office.begin(update=odd)
    kept = ("a\ufffdb\ufffd", "🚀\ufffd", ("\ufffd", "ok"), "é")
    assert (run.notes, run.group, run.tags, run.host) == kept
    for name in ("x" * 10_000, "\0", "\ud800"):
        with pytest.raises(InvalidInput):
            office.begin(update=RunUpdate(display_name=name))
    assert office.now(run) == run


def test_a_resumed_run_runs_again_and_forgets_its_end(office: Office) -> None:
    run = office.begin()
    office.write(lambda tx: runs.stop_run(tx, office.actor("anna"), run.id))
    _report(office, run, exit_code=255)
    ended = office.now(run)
    assert (ended.state, ended.exit_code, ended.finished_at) == (
        RunState.KILLED, 255, office.clock.now,
    )  # fmt: skip
    resumed = office.begin()
    assert (resumed.state, resumed.exit_code, resumed.finished_at, resumed.stop_requested) == (
        RunState.RUNNING, None, None, False,
    )  # fmt: skip


def test_a_stop_asked_for_survives_a_second_announcement_of_a_live_run(office: Office) -> None:
    run = office.begin()
    office.write(lambda tx: runs.stop_run(tx, office.actor("anna"), run.id))
    assert office.begin().stop_requested


def test_runs_are_found_by_those_who_may_see_them(office: Office) -> None:
    member = office.join("anna", Role.MEMBER)
    run, _ = office.write(lambda tx: runs.begin_run(tx, member, "lab", "p", "r", RunUpdate()))
    viewer = office.join("bert", Role.VIEWER)
    assert office.read(lambda s: runs.find_run(s, viewer, "LAB", "p", "r")) == run
    assert office.read(lambda s: runs.find_run_by_id(s, viewer, run.id)) == run
    for change in (
        lambda tx: runs.update_run(tx, viewer, run.id, RunUpdate(notes="x")),
        lambda tx: runs.stop_run(tx, viewer, run.id),
        lambda tx: runs.delete_run(tx, viewer, run.id),
        lambda tx: runs.rewind_run(tx, viewer, run, to_step=0),
        lambda tx: runs.begin_run(tx, viewer, "lab", "p", "r", RunUpdate()),
        lambda tx: ingest.record(tx, viewer, "lab", "p", "r", Report()),
        lambda tx: runs.raise_alert(
            tx, viewer, run, title="", text="", level=AlertLevel.INFO, wait=timedelta(0)
        ),
    ):
        with pytest.raises(PermissionDenied):
            office.write(change)
    assert office.now(run) == run
    office.write(lambda tx: tx.accounts.remove_member(office.ids["lab"], office.ids["bert"]))
    stranger = office.actor("bert")
    for name in ("r", "R", "zz", "x" * 10_000):
        with pytest.raises(NotFound):
            office.read(lambda s, n=name: runs.find_run(s, stranger, "lab", "p", n))  # type: ignore[misc]
    for number in (run.id, run.id + 1):
        with pytest.raises(NotFound):
            office.read(lambda s, n=number: runs.find_run_by_id(s, stranger, n))  # type: ignore[misc]


def test_a_deleted_run_gives_back_every_blob(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")

    def fill(tx: Transaction) -> None:
        for i in range(1_234):
            tx.files.arrived(run.id, f"f{i}", blob=f"b{i}", size_bytes=1, md5="", mime_type="")
        tx.files.announce(run.id, ["never came"])

    office.write(fill)
    _report(office, run, history=make_rows(0, 5), console=[ConsoleLine("", 0, "x")])
    office.write(lambda tx: runs.delete_run(tx, anna, run.id))
    assert office.read(lambda s: s.history.streams([run.id])) != []
    with pytest.raises(NotFound):
        office.write(lambda tx: runs.delete_run(tx, anna, run.id))
    office.write(lambda tx: trash.remove_run(tx, anna, "anna", run.project, run.name))
    assert office.read(lambda s: s.garbage.removed_runs(limit=9)) == [run.id]
    erased = office.write(lambda tx: tx.garbage.erase_some(run.id, max_bytes=10**9))
    assert sorted(erased.blobs) == sorted(f"b{i}" for i in range(1_234))
    assert office.read(lambda s: s.history.streams([run.id])) == []
    assert office.begin().display_name.endswith("-2"), "its number is not given again"


def test_a_rewind_drops_later_steps_and_the_client_goes_on(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")
    _report(office, run, history=make_rows(0, 10))
    office.write(lambda tx: runs.rewind_run(tx, anna, run, to_step=5))
    assert _steps(office, run) == list(range(6))
    assert office.read(lambda s: ingest.next_offsets(s, run)) == (6, 0, 0)
    _report(office, run, history=make_rows(6, 3, life=1))
    assert _steps(office, run) == list(range(9))


def test_a_rewind_to_before_the_start_leaves_room_for_new_rows(office: Office) -> None:
    """The shift of an earlier life must not make the new rows look like resends."""
    run, anna = office.begin(), office.actor("anna")
    _report(office, run, history=make_rows(0, 4))
    office.begin()
    _report(office, run, history=make_rows(0, 3, first=4, life=1))  # counts from 0 again
    assert _steps(office, run) == list(range(7))
    office.write(lambda tx: runs.rewind_run(tx, anna, run, to_step=-1))
    assert _steps(office, run) == []
    _report(office, run, history=make_rows(0, 2, life=2))
    assert _steps(office, run) == [0, 1]


@pytest.mark.parametrize("row0", [0, 4])
def test_a_fork_begins_with_its_parents_rows(office: Office, row0: int) -> None:
    """Its client counts its own lines from 0, or from what the server told it."""
    parent = office.begin("parent")
    _report(office, parent, history=make_rows(0, 10))
    _report(office, parent, history=make_rows(0, 2), writer="w")
    child = office.begin("child", branch_point=BranchPoint("parent", 3))
    assert _steps(office, child) == [0, 1, 2, 3]
    assert _steps(office, child, "w") == [0, 1]
    for _ in range(2):  # a resend changes nothing
        _report(office, child, history=make_rows(row0, 2, first=4, life=1))
    assert _steps(office, child) == [0, 1, 2, 3, 4, 5]
    assert _steps(office, parent) == list(range(10))


def test_a_fork_of_nothing_makes_nothing(office: Office) -> None:
    with pytest.raises(NotFound, match="fork"):
        office.begin("child", branch_point=BranchPoint("parent", 3))
    assert list(office.read(lambda s: s.projects.overviews(None))) == []


def test_silent_runs_have_crashed_at_their_last_heartbeat(office: Office) -> None:
    quiet, leaving, lively = (office.begin(name) for name in ("quiet", "leaving", "lively"))
    ended = office.begin("ended")
    _report(office, ended, exit_code=0)
    _report(office, leaving, is_preempting=True)
    spoke_at = office.clock.now
    office.clock.advance(301)
    _report(office, lively)
    minutes = timedelta(minutes=5)
    crashed = office.write(lambda tx: runs.mark_silent_runs(tx, crash_after=minutes))
    assert [(r.name, r.state, r.finished_at) for r in crashed] == [
        ("quiet", RunState.CRASHED, spoke_at),
        ("leaving", RunState.PREEMPTED, spoke_at),
    ]
    assert office.write(lambda tx: runs.mark_silent_runs(tx, crash_after=minutes)) == []
    _report(office, quiet)
    back = office.now(quiet)
    assert (back.state, back.finished_at) == (RunState.RUNNING, None)


def test_alerts_of_one_title_keep_their_distance(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")

    def alert(title: str, text: str = "x") -> bool:
        return office.write(
            lambda tx: runs.raise_alert(
                tx, anna, run, title=title, text=text, level=AlertLevel.WARN,
                wait=timedelta(minutes=1),
            )
        )  # fmt: skip

    assert [alert("nan"), alert("nan"), alert("slow\0", "\ud800")] == [True, False, True]
    office.clock.advance(60)
    assert alert("nan")
    found = office.read(lambda s: s.runs.alerts(run.id))
    assert [(a.title, a.text) for a in found] == [
        ("nan", "x"),
        ("slow\ufffd", "\ufffd"),
        ("nan", "x"),
    ]


def test_updating_a_run_does_not_take_it_for_alive(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")
    office.clock.advance(100)
    updated = office.write(
        lambda tx: runs.update_run(tx, anna, run.id, RunUpdate(notes="n", display_name="d"))
    )
    assert updated.heartbeat_at == run.heartbeat_at
    assert (updated.notes, updated.display_name) == ("n", "d")
    with pytest.raises(InvalidInput):
        office.write(
            lambda tx: runs.update_run(tx, anna, run.id, RunUpdate(display_name="x" * 2_000))
        )


def test_a_project_made_by_another_is_the_teams(office: Office) -> None:
    office.write(lambda tx: ensure_project(tx, OPERATOR, "lab", "p"))
    member = office.join("bert", Role.MEMBER)
    run, _ = office.write(lambda tx: runs.begin_run(tx, member, "lab", "p", "r", RunUpdate()))
    assert (run.entity, run.username) == ("lab", "bert")
