"""What a running client reports, once, twice, and in another life."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from runstone.domain.errors import Conflict, NotFound
from runstone.domain.history import HistoryBatch, StreamKind
from runstone.domain.run import ConsoleLine, Run, RunState
from runstone.ports.uploads import UploadCursor
from runstone.services import ingest, runs, trash
from runstone.services.ingest import Acknowledgement, Report
from runstone.testing.office import Office, make_rows


def _record(office: Office, run: Run, report: Report) -> Acknowledgement:
    actor = office.actor("anna")
    return office.write(
        lambda tx: ingest.record(tx, actor, run.entity, run.project, run.name, report)
    )


def _rows(office: Office, run: Run, row0: int, num: int, **options: Any) -> None:
    _record(office, run, Report(history=make_rows(row0, num, **options)))


def _steps(office: Office, run: Run) -> list[int]:
    def read(s: Any) -> list[int]:
        stream = s.history.stream(run.id, StreamKind.HISTORY)
        return [int(x) for batch in s.history.scan(stream.id) for x in batch.step]

    return office.read(read)


def _cursor(office: Office, run: Run) -> UploadCursor:
    def read(s: Any) -> UploadCursor:
        cursor: UploadCursor = s.uploads.cursor(s.history.stream(run.id, StreamKind.HISTORY).id)
        return cursor

    return office.read(read)


def _state(office: Office, run: Run) -> tuple[RunState, int | None, Any]:
    found = office.now(run)
    return found.state, found.exit_code, found.finished_at


def test_an_empty_report_is_a_sign_of_life(office: Office) -> None:
    run = office.begin()
    now = office.clock.advance()
    assert _record(office, run, Report()) == Acknowledgement(stop_requested=False)
    found = office.now(run)
    assert found == replace(run, heartbeat_at=now, change_seq=found.change_seq)


def test_all_of_a_report_is_recorded(office: Office) -> None:
    run = office.begin()
    lines = [ConsoleLine("", 0, "loss 1\udcff"), ConsoleLine("", 1, "\0")]
    report = Report(
        history=make_rows(0, 3), system=make_rows(0, 2), summary={"loss": 2.0}, console=lines
    )
    _record(office, run, report)
    assert office.read(lambda s: ingest.next_offsets(s, run)) == (3, 2, 2)
    assert office.read(lambda s: s.runs.documents(run.id)).summary == {"loss": 2.0}
    found = office.read(lambda s: s.console.lines(run.id))
    assert [line.text for line in found] == ["loss 1\ufffd", "\ufffd"]


def test_a_report_may_be_repeated(office: Office) -> None:
    run = office.begin()
    report = Report(
        history=make_rows(0, 3),
        summary={"loss": 2.0},
        console=[ConsoleLine("", 0, "x")],
        exit_code=1,
    )
    _record(office, run, report)
    before = office.now(run)
    office.clock.advance(60)
    _record(office, run, report)
    after = office.now(run)
    assert after == replace(before, heartbeat_at=after.heartbeat_at, change_seq=after.change_seq)
    assert _steps(office, run) == [0, 1, 2]


def test_a_gap_is_refused_and_nothing_of_the_report_recorded(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 3)
    before = office.now(run)
    with pytest.raises(Conflict) as caught:
        _record(office, run, Report(history=make_rows(5, 2), summary={"x": 1}))
    assert caught.value.code == "offset-gap"
    assert caught.value.details == {"expected": 3, "got": 5}
    assert office.now(run) == before
    assert office.read(lambda s: s.runs.documents(run.id)).summary == {}


def test_a_lost_run_is_not_found(office: Office) -> None:
    run = office.begin()
    office.write(lambda tx: tx.runs.delete_run(run.id))
    with pytest.raises(NotFound):
        _record(office, run, Report())


def test_what_a_deleted_run_reports_is_kept_and_it_is_told_to_stop(office: Office) -> None:
    run, anna = office.begin(), office.actor("anna")
    office.write(lambda tx: runs.delete_run(tx, anna, run.id))
    assert _record(office, run, Report(summary={"loss": 1.0})).stop_requested
    assert not _record(office, run, Report(exit_code=255)).stop_requested
    restored = office.write(
        lambda tx: trash.restore_run(tx, anna, run.entity, run.project, run.name)
    )
    assert (restored.state, restored.stop_requested) == (RunState.KILLED, False)
    assert office.read(lambda s: s.runs.documents(run.id)).summary == {"loss": 1.0}


def test_a_stop_is_passed_on_until_the_end(office: Office) -> None:
    run = office.begin()
    office.write(lambda tx: runs.stop_run(tx, office.actor("anna"), run.id))
    assert _record(office, run, Report()).stop_requested
    assert not _record(office, run, Report(exit_code=255)).stop_requested


@pytest.mark.parametrize(
    ("exit_code", "state"),
    [(0, RunState.FINISHED), (1, RunState.FAILED), (255, RunState.KILLED)],
)
def test_an_exit_ends_the_run(office: Office, exit_code: int, state: RunState) -> None:
    run = office.begin()
    now = office.clock.advance()
    _record(office, run, Report(exit_code=exit_code))
    assert _state(office, run) == (state, exit_code, now)


def test_a_run_that_is_taken_away_is_preempted_however_often_it_says_so(office: Office) -> None:
    run = office.begin()
    _record(office, run, Report(is_preempting=True))
    assert _state(office, run) == (RunState.PREEMPTING, None, None)
    _record(office, run, Report())
    assert office.now(run).state is RunState.PREEMPTING
    now = office.clock.advance()
    _record(office, run, Report(exit_code=1))
    office.clock.advance()
    _record(office, run, Report(exit_code=1))
    assert _state(office, run) == (RunState.PREEMPTED, 1, now)


def test_a_run_may_be_taken_away_and_end_in_one_report(office: Office) -> None:
    run = office.begin()
    _record(office, run, Report(is_preempting=True, exit_code=1))
    assert office.now(run).state is RunState.PREEMPTED


def test_an_ended_run_that_speaks_is_running_again(office: Office) -> None:
    run = office.begin()
    _record(office, run, Report(exit_code=0))
    _record(office, run, Report(summary={"a": 1}))
    assert _state(office, run) == (RunState.RUNNING, None, None)


def test_writers_count_their_own_lines(office: Office) -> None:
    run = office.begin()
    for writer in ("", "rank1"):
        for row0 in (0, 2, 0):
            _record(office, run, Report(writer=writer, history=make_rows(row0, 2)))
    streams = office.read(lambda s: s.history.streams([run.id]))
    assert [(info.writer, info.next_row) for info in streams] == [("", 4), ("rank1", 4)]


# Another life of the client, which may count its lines in any of these ways.


def test_a_resumed_client_that_goes_on_where_it_was_told(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 5)
    office.begin()
    _rows(office, run, 5, 3, life=1)
    _rows(office, run, 5, 3, life=1)
    _rows(office, run, 8, 1, life=1)
    assert _steps(office, run) == list(range(9))
    assert _cursor(office, run) == UploadCursor(0, False)


def test_a_resumed_client_that_counts_from_zero(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 5)
    office.begin()
    _rows(office, run, 0, 3, first=5, life=1)
    _rows(office, run, 0, 3, first=5, life=1)
    _rows(office, run, 3, 1, first=8, life=1)
    assert _steps(office, run) == list(range(9))
    assert _cursor(office, run) == UploadCursor(-5, False)
    # And a third life, which goes on from the second's count.
    office.begin()
    _rows(office, run, 4, 2, first=9, life=1)
    assert _steps(office, run) == list(range(11))


def test_a_repeated_sync_changes_nothing(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 5)
    for _ in range(3):
        office.begin()
        for row0 in (0, 2, 4):
            _rows(office, run, row0, min(2, 5 - row0))
        _rows(office, run, 0, 5)
    assert _steps(office, run) == list(range(5))


def test_a_sync_that_knows_more_adds_the_rest(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 5)
    office.begin()
    _rows(office, run, 0, 8)
    assert _steps(office, run) == list(range(8))


def test_the_same_steps_at_other_times_are_other_rows(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 3)
    office.begin()
    _rows(office, run, 0, 3, life=1)
    assert _steps(office, run) == [0, 1, 2, 0, 1, 2]


def test_a_gap_after_a_new_beginning_is_refused(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 3)
    office.begin()
    with pytest.raises(Conflict) as caught:
        _rows(office, run, 7, 2, life=1)
    assert caught.value.code == "offset-gap"
    _rows(office, run, 3, 1)
    assert _steps(office, run) == [0, 1, 2, 3]


def test_a_report_without_rows_does_not_use_up_the_new_beginning(office: Office) -> None:
    run = office.begin()
    _rows(office, run, 0, 5)
    office.begin()
    nothing = HistoryBatch(0, np.empty(0, np.int64), np.empty(0), np.empty(0))
    _record(office, run, Report(history=nothing))
    _rows(office, run, 0, 2, first=5, life=1)
    assert _steps(office, run) == list(range(7))
