"""Taking in what a running client reports: rows, summary, console, signs of life.

One report is one transaction: all of it is durable when the client is answered, or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import Conflict
from runstone.domain.history import HistoryBatch, StreamInfo, StreamKind
from runstone.domain.ids import StreamId
from runstone.domain.run import ConsoleLine, Run, RunState, RunUpdate, state_after_exit
from runstone.ports.store import Snapshot, Transaction
from runstone.ports.uploads import UploadCursor
from runstone.services.console import record_lines
from runstone.services.lives import is_overtaken
from runstone.services.runs import find_reporting_run

_SAME_INSTANT_S: Final = 5e-6
"""wandb keeps the time of system metrics to the microsecond, but sends more digits when live."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a client says at one time; everything may be missing: a sign of life is enough.

    Attributes:
        writer: Which process of the run speaks; empty for the only one.
        history: Rows of the history; `row0` is the client's own line number.
        system: Rows of system metrics, likewise.
        summary: The whole new summary, if it changed.
        exit_code: Set when the client says that the run has ended.
        is_preempting: The machine is about to be taken away.
        joins: Another process leads the run: where that one ended it, it stays so.
        life: Of the run, as it was announced: where a later one ended the run, it stays so, too.
    """

    writer: str = ""
    history: HistoryBatch | None = None
    system: HistoryBatch | None = None
    summary: dict[str, JsonValue] | None = None
    console: Sequence[ConsoleLine] = field(default=())
    exit_code: int | None = None
    is_preempting: bool = False
    joins: bool = False
    life: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the client is told.

    Attributes:
        stop_requested: Someone asked for the run to stop, or deleted it.
    """

    stop_requested: bool


def record(
    tx: Transaction, actor: Actor, entity: str, project: str, name: str, report: Report
) -> Acknowledgement:
    """Records a report. May be repeated any number of times: what is there already is dropped.

    A run in the trash takes reports too, and its process is asked to stop.

    Raises:
        NotFound: No such run, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: A batch begins beyond the next row (code `offset-gap`); nothing is recorded.
    """
    run = find_reporting_run(tx, actor, entity, project, name)
    if report.history is not None:
        _append(tx, run, StreamKind.HISTORY, report.writer, report.history)
    if report.system is not None:
        _append(tx, run, StreamKind.SYSTEM, report.writer, report.system)
    if report.console:
        record_lines(tx, run.id, report.console)
    update = _signs_of_life(tx, run, report)
    if update is None:
        tx.runs.beat(run.id)
    else:
        tx.runs.update_run(run.id, update)
    is_unwanted = run.stop_requested or run.deleted_at is not None
    return Acknowledgement(stop_requested=is_unwanted and report.exit_code is None)


def next_offsets(snapshot: Snapshot, run: Run) -> tuple[int, int, int]:
    """Rows of history, rows of system metrics and console lines that a resuming client finds."""
    history = snapshot.history.stream(run.id, StreamKind.HISTORY)
    system = snapshot.history.stream(run.id, StreamKind.SYSTEM)
    return (
        history.next_row if history else 0,
        system.next_row if system else 0,
        snapshot.console.num_lines(run.id),
    )


def _signs_of_life(tx: Transaction, run: Run, report: Report) -> RunUpdate | None:
    """What the report changes in the run's record; None for no more than the heartbeat."""
    state, finished_at, exit_code = run.state, run.finished_at, run.exit_code
    if report.exit_code is not None and run.exit_code == report.exit_code and not state.is_live:
        pass  # said once more: it ended when it first said so
    elif not state.is_live and run.exit_code is not None and _has_no_say(tx, run, report):
        pass  # what was left of a process that did not lead the run to its end
    elif report.exit_code is not None:
        before = RunState.PREEMPTING if report.is_preempting else run.state
        state = state_after_exit(report.exit_code, before=before)
        finished_at, exit_code = tx.now, report.exit_code
    elif report.is_preempting:
        state = RunState.PREEMPTING
    elif not run.state.is_live:
        # It was taken for ended (or had not begun), and it speaks.
        state, finished_at, exit_code = RunState.RUNNING, None, None
    same_state = (state, finished_at, exit_code) == (run.state, run.finished_at, run.exit_code)
    if same_state and report.summary is None:
        return None
    update = RunUpdate(
        state=state, finished_at=finished_at, exit_code=exit_code, heartbeat_at=tx.now
    )
    if report.summary is None:
        return update
    return RunUpdate(
        state=state,
        finished_at=finished_at,
        exit_code=exit_code,
        heartbeat_at=tx.now,
        summary=report.summary,
    )


def _has_no_say(tx: Transaction, run: Run, report: Report) -> bool:
    if report.joins:
        return report.exit_code is None and not report.is_preempting
    return is_overtaken(tx, run, report.life)


def _append(tx: Transaction, run: Run, kind: StreamKind, writer: str, batch: HistoryBatch) -> None:
    stream = tx.history.open_stream(run.id, kind, writer)
    cursor = tx.uploads.cursor(stream.id)
    # A batch without rows says nothing about how its client counts: the mark waits for one.
    if cursor.reopened and batch.num_rows:
        cursor = UploadCursor(shift=_shift_after_reopening(tx, stream, cursor.shift, batch))
        tx.uploads.set_cursor(stream.id, cursor)
    if cursor.shift:
        batch = HistoryBatch(
            batch.row0 - cursor.shift,
            batch.step,
            batch.time,
            batch.runtime,
            batch.numbers,
            batch.objects,
        )
    tx.history.append(stream.id, batch)


def _shift_after_reopening(
    tx: Transaction, stream: StreamInfo, shift: int, batch: HistoryBatch
) -> int:
    """How the client's line numbers are to be read from now on.

    A client that announced its run anew counts lines from where the server told it to, or from 0,
    whatever it sends: new rows, or (`wandb sync` of a run that is here already) the same rows
    again. Rows tell by themselves: the same step at the same instant is the same row. So a
    repeated sync changes nothing, and a second life of a run loses nothing.
    """
    if not batch.num_rows:
        return shift
    offset, end = batch.row0, stream.next_row
    if offset >= end and _is_stored(tx, stream.id, 0, batch):
        return offset  # a replay from the first row
    for candidate in (shift, 0):
        row = offset - candidate
        if row == end or (0 <= row < end and _is_stored(tx, stream.id, row, batch)):
            return candidate
    if offset > end:
        raise Conflict(
            f"The upload continues at line {offset}, but the server holds {end} rows of this run: "
            f"lines {end} to {offset - 1} are missing. Sync the run from its own folder "
            "(`wandb sync`), which sends every line.",
            code="offset-gap",
            expected=end,
            got=offset,
        )
    return offset - end  # a new life that counts from an old number: goes on after what is here


def _is_stored(tx: Transaction, stream: StreamId, row: int, batch: HistoryBatch) -> bool:
    """Whether the stream's `row` is the first row of `batch`: same step, same instant."""
    for stored in tx.history.scan(stream, keys=(), from_row=row):
        if stored.num_rows:
            return bool(
                stored.step[0] == batch.step[0]
                and np.isclose(
                    stored.time[0], batch.time[0], rtol=0.0, atol=_SAME_INSTANT_S, equal_nan=True
                )
            )
    return False
