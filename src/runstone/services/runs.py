"""Runs: beginning, finding, changing, stopping them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.accounts import Entity
from runstone.domain.environment import without_credentials
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId, new_run_name
from runstone.domain.names import (
    check_display_name,
    check_run_name,
    clean_text,
    invent_display_name,
)
from runstone.domain.run import (
    UNSET,
    Alert,
    AlertLevel,
    Project,
    Run,
    RunState,
    RunUpdate,
)
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import ensure_project, find_entity, find_project

MAX_ALERTS: Final = 1_000
"""As many are listed at once."""
_FREE_TEXTS: Final = (
    "group", "job_type", "notes", "host", "program", "commit", "remote", "sweep",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BranchPoint:
    """Where a fork leaves its parent: after the parent's rows with a step up to `step`."""

    parent: str
    step: int


def find_run(
    snapshot: Snapshot,
    actor: Actor,
    entity: str | None,
    project: str,
    name: str,
    action: Action = Action.READ,
) -> Run:
    """The run at that address.

    Raises:
        NotFound: No such run, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    place = find_project(snapshot, actor, entity, project, action)
    run = snapshot.runs.run(place.id, name)
    if run is None:
        raise not_found(f"run {place.entity}/{place.name}/{name}")
    return run


def find_reporting_run(
    tx: Snapshot, actor: Actor, entity: str | None, project: str, name: str
) -> Run:
    """The run at that address as its own process sees it: there, though it was deleted meanwhile.

    What a process still reports of a run in the trash is kept, so that restoring it loses nothing.

    Raises:
        NotFound: No such run, in the trash neither, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    places = _reporting_places(tx, owner, project)
    if not places:
        raise not_found(f"project {owner.name}/{project}")
    for place in places:
        run = tx.runs.run(place.id, name) or tx.runs.trashed_run(place.id, name)
        if run is not None:
            return run
    raise not_found(f"run {places[0].entity}/{places[0].name}/{name}")


def _reporting_places(tx: Snapshot, owner: Entity, project: str) -> list[Project]:
    """Where a process that knows a project's name may have begun its run.

    Also the project that had the name when it began: somebody may have taken the name since.
    """
    projects = tx.projects
    now = projects.project(owner.id, project) or projects.trashed_project(owner.id, project)
    before = projects.renamed_project(owner.id, project)
    return [place for place in (now, before) if place is not None]


def find_run_by_id(
    snapshot: Snapshot, actor: Actor, run: RunId, action: Action = Action.READ
) -> Run:
    """The run with that internal id.

    Raises:
        NotFound: No such run, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    found = snapshot.runs.run_by_id(run)
    if found is None:
        raise not_found("the run")
    return find_run(snapshot, actor, found.entity, found.project, found.name, action)


def begin_run(
    tx: Transaction,
    actor: Actor,
    entity: str | None,
    project: str,
    name: str | None,
    update: RunUpdate,
    *,
    branch_point: BranchPoint | None = None,
    reopens_uploads: bool = True,
    has_begun: bool = False,
    joins: bool = False,
) -> tuple[Run, bool]:
    """A client announces a run: makes it, or goes on with it, and applies `update`.

    Project and run are made when missing. The run is running from now on, unless `update` says
    otherwise.

    Args:
        name: The run's id; one is made up where it is None.
        branch_point: A new run begins with a copy of the parent's history up to there.
        reopens_uploads: The client's line offsets may start anew after this.
        has_begun: The client has been told before that the run exists. If it was deleted
            meanwhile, what the client says of it is kept, in the trash.
        joins: Another process leads the run: where that one ended it, it stays so.

    Returns:
        The run, and whether it is new.

    Raises:
        NotFound: No such entity, or the parent run of a fork is missing.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is not legal.
        Conflict: The run is in the trash (code `run-in-trash`).
    """
    if has_begun and name and (gone := _find_trashed(tx, actor, entity, project, name)):
        return tx.runs.update_run(gone.id, replace(_cleaned(update), heartbeat_at=tx.now)), False
    place = ensure_project(tx, actor, entity, project)
    name = check_run_name(name) if name else new_run_name()
    if (gone := tx.runs.trashed_run(place.id, name)) is not None:
        raise in_trash(gone)
    run = tx.runs.run(place.id, name)
    is_new = run is None
    if run is None:
        if actor.user_id is None:
            raise InvalidInput("A run needs a user: use an API key, not the operator's token.")
        number = tx.runs.num_runs_ever(place.id) + 1
        run = tx.runs.create_run(
            place.id, name, user=actor.user_id, display_name=invent_display_name(number)
        )
        if branch_point is not None:
            _copy_history(tx, place, branch_point, run)
            # Its client may count its own lines from 0, and they are not the parent's.
            tx.uploads.reopen(run.id)
    elif reopens_uploads:
        tx.uploads.reopen(run.id)
    update = _cleaned(update)
    if update.display_name == "":
        update = replace(update, display_name=run.display_name)
    stays_ended = joins and run.exit_code is not None
    if update.state is UNSET and not stays_ended:
        update = replace(update, state=RunState.RUNNING, finished_at=None, exit_code=None)
        if not run.state.is_live:
            # A stop asked for in an earlier life does not end this one.
            update = replace(update, stop_requested=False)
    return tx.runs.update_run(run.id, replace(update, heartbeat_at=tx.now)), is_new


def update_run(
    tx: Transaction,
    actor: Actor,
    run: RunId,
    update: RunUpdate,
    *,
    notes_before: str | None = None,
) -> Run:
    """Changes what is recorded of a run, without taking it for alive.

    Args:
        notes_before: The notes that the editor saw, if that matters.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name that is not legal.
        Conflict: The notes are not `notes_before` any more (code `edited-meanwhile`).
    """
    found = find_run_by_id(tx, actor, run, Action.WRITE)
    if notes_before is not None and found.notes != clean_text(notes_before):
        raise Conflict(
            f"The notes of {found.path} were edited by someone else meanwhile. Look at them "
            "again, then save.",
            code="edited-meanwhile",
            notes=found.notes,
        )
    return tx.runs.update_run(found.id, _cleaned(update))


def stop_run(tx: Transaction, actor: Actor, run: RunId) -> Run:
    """Asks a run to stop; its client hears of it with its next post.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    found = find_run_by_id(tx, actor, run, Action.WRITE)
    return tx.runs.update_run(found.id, RunUpdate(stop_requested=True))


def rewind_run(tx: Transaction, actor: Actor, run: Run, *, to_step: int) -> Run:
    """Drops what the run logged after `to_step`; its client goes on from there.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    find_run_by_id(tx, actor, run.id, Action.WRITE)
    for stream in tx.history.streams([run.id], StreamKind.HISTORY):
        for batch in tx.history.scan(stream.id, keys=()):
            later = (batch.step > to_step).nonzero()[0]
            if len(later):
                tx.history.truncate(stream.id, batch.row0 + int(later[0]))
                break
    tx.uploads.reopen(run.id)
    return tx.runs.update_run(run.id, RunUpdate(heartbeat_at=tx.now))


def delete_run(tx: Transaction, actor: Actor, run: RunId) -> Run:
    """Moves a run to the trash, from where `runstone.services.trash` restores or removes it.

    Its process is told to stop with its next report.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    found = find_run_by_id(tx, actor, run, Action.WRITE)
    return tx.runs.trash_run(found.id)


def in_trash(run: Run) -> Conflict:
    """What is said to whoever begins a run whose name is in the trash."""
    return Conflict(
        f"The run {run.path} was deleted and is in the trash. Restore it there (or remove it for "
        "good), or choose another run id.",
        code="run-in-trash",
    )


def raise_alert(
    tx: Transaction,
    actor: Actor,
    run: Run,
    *,
    title: str,
    text: str,
    level: AlertLevel,
    wait: timedelta,
    at: datetime | None = None,
) -> bool:
    """Records an alert; False where one of the same title is younger than `wait`.

    Args:
        at: When it was raised, where that is not now.

    Raises:
        NotFound: No such run.
        PermissionDenied: The actor may not write there.
    """
    find_run_by_id(tx, actor, run.id, Action.WRITE)
    title = clean_text(title)
    recent = (a for a in tx.runs.alerts(run.id) if a.title == title)
    at = at or tx.now
    if any(abs(at - alert.created_at) < wait for alert in recent):
        return False
    tx.runs.add_alert(run.id, title=title, text=clean_text(text), level=level, at=at)
    return True


def list_alerts(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, run: str
) -> list[Alert]:
    """What the run has raised, the newest first.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    found = snapshot.runs.alerts(find_run(snapshot, actor, entity, project, run).id)
    return sorted(found, key=lambda alert: alert.created_at, reverse=True)


def mark_silent_runs(tx: Transaction, *, crash_after: timedelta) -> list[Run]:
    """Marks live runs that have not spoken for `crash_after` as crashed; returns them.

    A crashed run that speaks again is running again.
    """
    crashed = []
    for run in tx.runs.silent_since(tx.now - crash_after):
        state = RunState.PREEMPTED if run.state is RunState.PREEMPTING else RunState.CRASHED
        update = RunUpdate(state=state, finished_at=run.heartbeat_at)
        crashed.append(tx.runs.update_run(run.id, update))
    return crashed


def _find_trashed(
    tx: Transaction, actor: Actor, entity: str | None, project: str, name: str
) -> Run | None:
    owner = find_entity(tx, actor, entity, Action.WRITE)
    places = _reporting_places(tx, owner, project)
    return tx.runs.trashed_run(places[0].id, name) if places else None


def _cleaned(update: RunUpdate) -> RunUpdate:
    """The update with a checked display name and other texts as a database can hold them."""
    texts: dict[str, Any] = {}
    for name in _FREE_TEXTS:
        if isinstance(value := getattr(update, name), str):
            texts[name] = clean_text(value)
    if "remote" in texts:
        # Old clients send a token that stood in the address; nobody needs it here.
        texts["remote"] = without_credentials(texts["remote"])
    if isinstance(update.tags, tuple):
        texts["tags"] = tuple(clean_text(tag) for tag in update.tags)
    if isinstance(update.display_name, str):
        check_display_name(update.display_name)
    return replace(update, **texts)


def _copy_history(tx: Transaction, place: Project, branch: BranchPoint, run: Run) -> None:
    parent = tx.runs.run(place.id, branch.parent)
    if parent is None:
        raise NotFound(
            f"Cannot fork from run {branch.parent}: there is no such run in "
            f"{place.entity}/{place.name}."
        )
    for source in tx.history.streams([parent.id], StreamKind.HISTORY):
        target = tx.history.open_stream(run.id, StreamKind.HISTORY, source.writer)
        for batch in tx.history.scan(source.id):
            later = (batch.step > branch.step).nonzero()[0]
            tx.history.append(target.id, batch.slice(0, int(later[0])) if len(later) else batch)
            if len(later):
                break
