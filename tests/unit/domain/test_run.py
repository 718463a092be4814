"""How a run's state moves, and what is computed from a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.run import UNSET, Run, RunState, RunUpdate, state_after_exit

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_live_states() -> None:
    live = {state for state in RunState if state.is_live}
    assert live == {RunState.RUNNING, RunState.PREEMPTING}


@pytest.mark.parametrize("before", RunState)
@pytest.mark.parametrize("exit_code", [0, 1, -9, 137, 255])
def test_the_state_after_an_exit(before: RunState, exit_code: int) -> None:
    after = state_after_exit(exit_code, before=before)
    if exit_code == 0:
        assert after is RunState.FINISHED
    elif before in (RunState.PREEMPTING, RunState.PREEMPTED):
        assert after is RunState.PREEMPTED
    else:
        assert after is (RunState.KILLED if exit_code == 255 else RunState.FAILED)
    assert state_after_exit(exit_code, before=after) is after, "saying it again changes nothing"


def make_run(finished_at: datetime | None) -> Run:
    return Run(
        id=RunId(1), project_id=ProjectId(1), entity="lab", project="digits", name="r", number=1,
        display_name="", state=RunState.RUNNING, created_at=AT,
        heartbeat_at=AT + timedelta(seconds=30), finished_at=finished_at, user_id=EntityId(1),
        username="anna", group=None, job_type=None, tags=(), notes="", host=None, program=None,
        commit=None, remote=None, sweep=None, exit_code=None, stop_requested=False, change_seq=1,
    )  # fmt: skip


def test_path_and_duration() -> None:
    assert make_run(None).path == "lab/digits/r"
    assert make_run(None).duration_s == 30.0
    assert make_run(AT + timedelta(seconds=90)).duration_s == 90.0


def test_an_update_names_nothing_unless_told() -> None:
    update = RunUpdate()
    assert all(getattr(update, name) is UNSET for name in update.__slots__)
    assert repr(UNSET) == "UNSET"
