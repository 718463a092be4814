"""Lives of a run: beginning, resuming, rewinding, forking; what a life says of its run."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from runstone.domain.errors import AlreadyExists, InvalidInput, NotFound
from runstone.domain.history import StreamKind
from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import AlertLevel, Run, RunState, RunUpdate
from runstone.services import ingest, runs
from runstone.services.ingest import Report
from runstone.services.lives import Beginning, Life, Resume, begin_life
from runstone.services.run_changes import AlertSaid, Changes, Said, change_run
from runstone.services.runs import BranchPoint
from runstone.testing.office import Office, make_rows


def begin(office: Office, name: str = "r", /, **wishes: Any) -> Life:
    actor = office.actor("anna")
    update = wishes.pop("update", RunUpdate())
    return office.write(
        lambda tx: begin_life(tx, actor, None, "p", name, update, Beginning(**wishes))
    )


def log(office: Office, run: Run, rows: Any, writer: str = "") -> None:
    actor = office.actor("anna")
    report = Report(writer=writer, history=rows)
    office.write(lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, report))


def change(office: Office, run: Run, **changes: Any) -> None:
    actor = office.actor("anna")
    office.write(lambda tx: change_run(tx, actor, run, Changes(**changes)))


def steps(office: Office, run: Run) -> list[int]:
    def read(s: Any) -> list[int]:
        streams = s.history.streams([run.id], StreamKind.HISTORY)
        return [int(x) for i in streams for b in s.history.scan(i.id) for x in b.step]

    return office.read(read)


def test_what_a_life_wants_is_asked_once(office: Office) -> None:
    with pytest.raises(NotFound, match="no run p/r to resume"):
        begin(office, life="a", resume=Resume.MUST)
    first = begin(office, life="a", resume=Resume.NEVER)
    assert (first.is_new, first.is_resumed, first.first_step) == (True, False, 0)
    log(office, first.run, make_rows(0, 5))
    again = begin(office, life="a", resume=Resume.NEVER)
    assert (again.is_new, again.is_resumed, again.first_step) == (False, False, 0)
    with pytest.raises(AlreadyExists, match='resume="never"'):
        begin(office, life="b", resume=Resume.NEVER)
    second = begin(office, life="b", resume=Resume.MUST)
    assert (second.is_resumed, second.first_step) == (True, 5)
    log(office, first.run, make_rows(0, 3), writer="b")
    assert begin(office, life="b", resume=Resume.MUST).first_step == 5, "as it began"


def test_who_else_logs_to_the_run_is_said_once(office: Office) -> None:
    first = begin(office, life="a", update=RunUpdate(host="one"))
    assert first.also_on is None
    second = begin(office, life="b", update=RunUpdate(host="two"))
    assert second.also_on == "one"
    assert begin(office, life="b", update=RunUpdate(host="two")).also_on is None
    assert begin(office, life="c", update=RunUpdate(host="two")).also_on is None, "restarted there"
    assert begin(office, life="d", update=RunUpdate(host="three"), joins=True).also_on is None


def test_names_are_set_when_a_life_begins_and_not_again(office: Office) -> None:
    named = RunUpdate(display_name="mine")
    run = begin(office, life="a", update=named).run
    actor = office.actor("anna")
    office.write(lambda tx: runs.update_run(tx, actor, run.id, RunUpdate(display_name="theirs")))
    assert begin(office, life="a", update=named).run.display_name == "theirs"
    assert begin(office, life="b", update=named).run.display_name == "mine"


def test_a_rewind_keeps_what_it_replaces(office: Office) -> None:
    first = begin(office, life="a")
    log(office, first.run, make_rows(0, 10))
    change(office, first.run, config={"lr": 1}, summary={"said": 1})
    rewound = begin(office, life="b", rewind_to=4)
    assert (rewound.first_step, rewound.is_resumed) == (5, True)
    assert rewound.replaced_writers == ("",)
    assert steps(office, rewound.run) == [0, 1, 2, 3, 4]
    again = begin(office, life="b", rewind_to=4)
    assert steps(office, again.run) == [0, 1, 2, 3, 4]
    kept = office.read(lambda s: s.runs.run(first.run.project_id, "r-replaced-1"))
    assert kept is not None
    assert (kept.archived, kept.state) == (True, RunState.CRASHED)
    assert steps(office, kept) == list(range(10))
    documents = office.read(lambda s: s.runs.documents(kept.id))
    assert (documents.config, documents.summary) == ({"lr": 1}, {"said": 1})
    now = office.read(lambda s: s.runs.documents(first.run.id))
    assert now.config == {"lr": 1}
    assert "said" not in now.summary, "the summary is what the rows that stay make"
    assert office.read(lambda s: s.runs.run(first.run.project_id, "r-replaced-2")) is None
    begin(office, life="c", rewind_to=100)
    assert office.read(lambda s: s.runs.run(first.run.project_id, "r-replaced-2")) is None, (
        "nothing was taken back"
    )
    with pytest.raises(NotFound, match="to rewind"):
        begin(office, "other", life="d", rewind_to=0)


def test_a_fork_begins_with_its_parents_past(office: Office) -> None:
    parent = begin(office, life="a")
    log(office, parent.run, make_rows(0, 10))
    change(office, parent.run, config={"lr": 1, "depth": 2})
    fork = begin(office, "f", life="b", fork=BranchPoint("r", 3))
    assert (fork.first_step, fork.is_new, fork.is_resumed) == (4, True, False)
    assert steps(office, fork.run) == [0, 1, 2, 3]
    documents = office.read(lambda s: s.runs.documents(fork.run.id))
    assert documents.config == {"lr": 1, "depth": 2}
    with pytest.raises(AlreadyExists, match="a fork is a new run"):
        begin(office, "r", life="c", fork=BranchPoint("r", 3))
    with pytest.raises(NotFound):
        begin(office, "g", life="c", fork=BranchPoint("nobody", 3))
    with pytest.raises(InvalidInput, match="has logged up to step 9"):
        begin(office, "g", life="c", fork=BranchPoint("r", 10))
    with pytest.raises(InvalidInput):
        begin(office, "g", life="c", fork=BranchPoint("r", 3), rewind_to=1)


def test_runtimes_go_on_from_what_earlier_lives_took(office: Office) -> None:
    run = begin(office, life="a").run
    log(office, run, make_rows(0, 5))
    second = begin(office, life="b", resume=Resume.MUST)
    assert second.earlier_s == 4.0
    log(office, run, make_rows(0, 3, first=5), writer="b")
    assert begin(office, life="a").earlier_s == 0.0, "as it began"
    assert begin(office, life="b").earlier_s == 4.0, "as it began"
    assert begin(office, joins=True).earlier_s == 4.0, "with the one that leads"
    actor, unknown = office.actor("anna"), make_rows(0, 2, first=20)
    unknown.runtime[1] = math.nan
    report = Report(writer="b", system=unknown)
    office.write(lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, report))
    assert begin(office, life="c").earlier_s == 7.0, "no row says more"
    report = Report(writer="c", system=make_rows(0, 2, first=30))
    office.write(lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, report))
    assert begin(office, life="d").earlier_s == 31.0, "it ran on when it logged nothing"
    assert begin(office, "f", life="e", fork=BranchPoint("r", 2)).earlier_s == 2.0
    assert begin(office, life="g", rewind_to=3).earlier_s == 3.0
    assert begin(office, "new", joins=True).earlier_s == 0.0


def test_documents_are_merged_by_key(office: Office) -> None:
    run = begin(office, life="a").run
    change(office, run, config={"a": 1, "b": {"c": 1}}, summary={"x": 1, "y": 2})
    change(office, run, config={"b": {"d": 2}}, summary={"y": 3}, removed=["x"])
    documents = office.read(lambda s: s.runs.documents(run.id))
    assert documents.config == {"a": 1, "b": {"d": 2}}
    assert documents.summary == {"y": 3}


def test_definitions_replace_those_of_their_name(office: Office) -> None:
    run = begin(office, life="a").run
    change(office, run, definitions=[{"name": "a"}, {"glob": "a"}, {"name": "b", "x": "e"}])
    change(office, run, definitions=[{"name": "a", "hidden": True}])
    info = office.read(lambda s: s.runs.documents(run.id)).client_info
    assert info[METRICS_KEY] == [
        {"name": "a", "hidden": True}, {"glob": "a"}, {"name": "b", "x": "e"},
    ]  # fmt: skip


def test_totals_of_other_lives_are_told(office: Office) -> None:
    run = begin(office, life="a").run
    change(office, run, life="a", totals={"loss": (2, 3.0)})
    change(office, run, life="a", totals={"loss": (4, 6.0)})
    assert begin(office, life="a").totals == {}
    assert begin(office, life="b").totals == {"loss": (4, 6.0)}


def test_what_is_said_once_is_recorded_once(office: Office) -> None:
    run = begin(office, life="a").run
    at = office.clock.now - timedelta(hours=1)
    minute = timedelta(minutes=1)
    alert = AlertSaid("t", "first", AlertLevel.WARN, at, minute)
    soon = AlertSaid("t", "too soon", AlertLevel.WARN, at + timedelta(seconds=1), minute)
    items = [RunUpdate(display_name="n", tags=("x",)), alert, soon]
    change(office, run, said=Said("a:", 0, items))
    actor = office.actor("anna")
    office.write(lambda tx: runs.update_run(tx, actor, run.id, RunUpdate(display_name="theirs")))
    change(office, run, said=Said("a:", 0, [*items, RunUpdate(notes="more")]))
    found = office.read(lambda s: s.runs.run_by_id(run.id))
    assert found is not None
    assert (found.display_name, found.tags, found.notes) == ("theirs", ("x",), "more")
    (raised,) = office.read(lambda s: s.runs.alerts(run.id))
    assert (raised.text, raised.created_at) == ("first", at)


def test_what_was_left_of_an_earlier_life_does_not_reopen_the_run(office: Office) -> None:
    """A process was killed, another one went on with the run and ended it; then comes the sync."""

    def report(life: str, **said: Any) -> RunState:
        actor = office.actor("anna")
        what = Report(life=life, **said)
        office.write(lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, what))
        return office.read(lambda s: runs.find_run(s, actor, run.entity, run.project, "r")).state

    run = begin(office, life="killed").run
    begin(office, life="a later one")
    assert report("a later one", exit_code=0) is RunState.FINISHED
    begin(office, life="killed")
    assert report("killed", writer="w", history=make_rows(0, 5)) is RunState.FINISHED
    assert report("killed", exit_code=1) is RunState.FINISHED
    assert len(steps(office, run)) == 5
    # The life that ended it is known to have ended; a word of it, or of a new one, has it go on.
    assert report("a later one") is RunState.RUNNING
    begin(office, life="again")
    assert report("again", exit_code=3) is RunState.FAILED
