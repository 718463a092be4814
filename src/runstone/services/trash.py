"""The trash: runs that were deleted, until they are restored or removed for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.errors import Conflict, InvalidInput
from runstone.domain.ids import RunId
from runstone.domain.run import Project, Run
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import find_entity
from runstone.services.run_list import MAX_PAGE

REMOVED_AT_ONCE: Final = 20
"""Runs removed in one unit of work: no other writer waits for more."""


@dataclass(frozen=True, slots=True)
class TrashListing:
    """Some runs of a project's trash, those deleted last first.

    Attributes:
        next_before: Where the next page begins; None on the last.
        total: How many runs are in the trash.
    """

    runs: Sequence[Run]
    next_before: RunId | None
    total: int


def list_trash(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    limit: int,
    before: RunId | None = None,
) -> TrashListing:
    """A page of a project's trash; of a project that is in the trash itself, too.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_PAGE:,}.")
    place = _place(snapshot, actor, entity, project, Action.READ)
    page = snapshot.runs.list_trash(place.id, limit=limit, before=before)
    return TrashListing(page.runs, page.next_before, snapshot.runs.count_trash(place.id))


def restore_run(tx: Transaction, actor: Actor, entity: str, project: str, name: str) -> Run:
    """Takes a run out of the trash, wholly as it was, with what its process reported since.

    Raises:
        NotFound: No such run in the trash, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Its whole project is in the trash (code `project-in-trash`).
    """
    place = _place(tx, actor, entity, project, Action.WRITE)
    run = _find(tx, place, name)
    if place.deleted_at is not None:
        raise Conflict(
            f"The project {place.entity}/{place.name} is in the trash; restore the project first.",
            code="project-in-trash",
        )
    return tx.runs.restore_run(run.id)


def remove_run(tx: Transaction, actor: Actor, entity: str, project: str, name: str) -> int:
    """Removes a run in the trash for good.

    Nobody finds it from then on; a collection erases what it held (`runstone.services.collection`).

    Returns:
        How many runs: one.

    Raises:
        NotFound: No such run in the trash, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    place = _place(tx, actor, entity, project, Action.WRITE)
    return _remove(tx, [_find(tx, place, name)])


def empty_trash(tx: Transaction, actor: Actor, entity: str, project: str) -> int:
    """Removes some runs of a project's trash for good; to be repeated until it removes none.

    Returns:
        How many runs.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    place = _place(tx, actor, entity, project, Action.WRITE)
    return _remove(tx, tx.runs.list_trash(place.id, limit=REMOVED_AT_ONCE).runs)


def remove_old(tx: Transaction, *, deleted_before: datetime) -> int:
    """Removes some of what was deleted by then, anywhere; to be repeated until it removes none.

    Projects go after their last run.

    Returns:
        How many runs.
    """
    num_runs = _remove(tx, tx.runs.trashed_before(deleted_before, limit=REMOVED_AT_ONCE))
    if not num_runs:
        for project in tx.projects.trashed_projects(None):
            is_old = project.deleted_at is not None and project.deleted_at <= deleted_before
            if is_old and not tx.runs.count_trash(project.id):
                tx.projects.delete_project(project.id)
    return num_runs


def _remove(tx: Transaction, runs: Sequence[Run]) -> int:
    for run in runs:
        tx.runs.delete_run(run.id)
    return len(runs)


def _find(snapshot: Snapshot, place: Project, name: str) -> Run:
    run = snapshot.runs.trashed_run(place.id, name)
    if run is None:
        raise not_found(f"run {place.entity}/{place.name}/{name} in the trash")
    return run


def _place(snapshot: Snapshot, actor: Actor, entity: str, project: str, action: Action) -> Project:
    owner = find_entity(snapshot, actor, entity, action)
    found = snapshot.projects.project(owner.id, project)
    found = found or snapshot.projects.trashed_project(owner.id, project)
    found = found or snapshot.projects.renamed_project(owner.id, project)
    if found is None:
        raise not_found(f"project {owner.name}/{project}")
    return found
