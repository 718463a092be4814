"""What people do to many runs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.names import clean_text
from runstone.domain.run import UNSET, Run, RunUpdate
from runstone.ports.store import Transaction
from runstone.services.projects import find_project

MAX_RUNS: Final = 1_000


class BulkAction(StrEnum):
    """What to do."""

    DELETE = "delete"
    RESTORE = "restore"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    SET_GROUP = "set_group"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of the runs that were named, each in one of these, in the order of their names.

    Attributes:
        changed: They are as was asked for, and were not before.
        unchanged: They were so already; of STOP: no process is behind them.
        unknown: There is no such run; of RESTORE: not in the trash.
    """

    changed: list[str]
    unchanged: list[str]
    unknown: list[str]


def change_runs(
    tx: Transaction,
    actor: Actor,
    entity: str,
    project: str,
    names: Sequence[str],
    action: BulkAction,
    *,
    tags: Sequence[str] = (),
    group: str | None = None,
) -> BulkOutcome:
    """Does one thing to many runs: to all of them that there are, or, if it fails, to none.

    Args:
        tags: For ADD_TAGS and REMOVE_TAGS.
        group: For SET_GROUP; None takes them out of their group.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: No runs, too many, or no tags where tags are needed.
    """
    names = list(dict.fromkeys(names))
    if not 1 <= len(names) <= MAX_RUNS:
        raise InvalidInput(f"{len(names):,} runs are named; it must be 1 to {MAX_RUNS:,}.")
    if action in (BulkAction.ADD_TAGS, BulkAction.REMOVE_TAGS) and not tags:
        raise InvalidInput(f"Say which tags: {action} needs at least one.")
    place = find_project(tx, actor, entity, project, Action.WRITE)
    find = tx.runs.trashed_run if action is BulkAction.RESTORE else tx.runs.run
    change = _change_of(tx, action, [clean_text(tag) for tag in tags], group)
    outcome = BulkOutcome([], [], [])
    for name in names:
        run = find(place.id, name)
        if run is None:
            outcome.unknown.append(name)
        elif change(run):
            outcome.changed.append(name)
        else:
            outcome.unchanged.append(name)
    return outcome


def _change_of(
    tx: Transaction, action: BulkAction, tags: Sequence[str], group: str | None
) -> Callable[[Run], bool]:
    """What is done to one run; it says whether that changed anything."""
    match action:
        case BulkAction.DELETE:
            return lambda run: bool(tx.runs.trash_run(run.id))
        case BulkAction.RESTORE:
            return lambda run: bool(tx.runs.restore_run(run.id))
        case BulkAction.ADD_TAGS:
            return lambda run: _update(
                tx, run, RunUpdate(tags=tuple(dict.fromkeys((*run.tags, *tags))))
            )
        case BulkAction.REMOVE_TAGS:
            return lambda run: _update(
                tx, run, RunUpdate(tags=tuple(tag for tag in run.tags if tag not in tags))
            )
        case BulkAction.SET_GROUP:
            wanted = clean_text(group) if group else None
            return lambda run: _update(tx, run, RunUpdate(group=wanted))
        case BulkAction.STOP:
            return lambda run: (
                run.state.is_live and _update(tx, run, RunUpdate(stop_requested=True))
            )


def _update(tx: Transaction, run: Run, update: RunUpdate) -> bool:
    """Applies an update of tags, group or the wish to stop, unless the run is so already."""
    for name in ("tags", "group", "stop_requested"):
        value = getattr(update, name)
        if value is not UNSET and value != getattr(run, name):
            tx.runs.update_run(run.id, update)
            return True
    return False
