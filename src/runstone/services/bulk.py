"""What people do to many runs at once: to runs that they name, or to all that a filter finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.errors import Conflict, InvalidInput
from runstone.domain.filters import Filter, keys_of
from runstone.domain.ids import RunId
from runstone.domain.names import clean_text
from runstone.domain.run import Project, Run, RunUpdate
from runstone.domain.suggestions import Doubt
from runstone.ports.runs import names_taken
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import find_project
from runstone.services.run_index.evaluation import passing, with_archived
from runstone.services.run_index.index import RunIndex, trash_view
from runstone.services.run_index.warnings import warnings_of

MAX_RUNS: Final = 1_000
RUNS_AT_ONCE: Final = 500
"""Runs changed in one unit of work: no other writer waits for more."""


class BulkAction(StrEnum):
    """What to do."""

    DELETE = "delete"
    RESTORE = "restore"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    SET_GROUP = "set_group"
    STOP = "stop"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to many runs.

    Attributes:
        tags: For ADD_TAGS and REMOVE_TAGS.
        group: For SET_GROUP; None takes them out of their group.
        to_entity: For MOVE, whose project it is; None for the owner of theirs.
        to_project: For MOVE, where they go.
    """

    action: BulkAction
    tags: tuple[str, ...] = ()
    group: str | None = None
    to_entity: str | None = None
    to_project: str | None = None


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


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """What became of runs that a filter found, as `BulkOutcome`."""

    num_changed: int = 0
    num_unchanged: int = 0
    num_unknown: int = 0

    def __add__(self, other: BulkCounts) -> BulkCounts:
        return BulkCounts(
            self.num_changed + other.num_changed,
            self.num_unchanged + other.num_unchanged,
            self.num_unknown + other.num_unknown,
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """The runs that a change by a filter is about.

    Attributes:
        runs: The oldest first.
        warnings: What may not have been meant by the filter, such as a key that no run has.
    """

    runs: list[RunId]
    warnings: tuple[Doubt, ...]


def change_runs(
    tx: Transaction, actor: Actor, entity: str, project: str, names: Sequence[str], change: Change
) -> BulkOutcome:
    """Does one thing to many runs: to all of them that there are, or, if it fails, to none.

    Raises:
        NotFound: No such project, or the actor may not see it; likewise where to move.
        PermissionDenied: The actor may not write there.
        InvalidInput: No runs, too many, or no tags (or no project) where they are needed.
        AlreadyExists: Of MOVE: the other project has runs of the same id (code `names-taken`).
        Conflict: Of MOVE: a process still reports to one of them (code `run-is-live`).
    """
    names = list(dict.fromkeys(names))
    if not 1 <= len(names) <= MAX_RUNS:
        raise InvalidInput(f"{len(names):,} runs are named; it must be 1 to {MAX_RUNS:,}.")
    place = find_project(tx, actor, entity, project, Action.WRITE)
    find = tx.runs.trashed_run if change.action is BulkAction.RESTORE else tx.runs.run
    found = {name: run for name in names if (run := find(place.id, name)) is not None}
    changed = _apply(tx, actor, place, list(found.values()), change)
    return BulkOutcome(
        [name for name, run in found.items() if run.id in changed],
        [name for name, run in found.items() if run.id not in changed],
        [name for name in names if name not in found],
    )


def select_runs(
    snapshot: Snapshot,
    actor: Actor,
    index: RunIndex,
    entity: str,
    project: str,
    tree: Filter,
    change: Change,
    *,
    archived: bool | None = None,
    expect_count: int | None = None,
    is_trial: bool = False,
) -> Selection:
    """The runs that a change by a filter is about; of RESTORE, in the trash.

    Whatever the change is refused for, it is refused here, before anything is changed.

    Args:
        archived: Only runs that are, or are not; None for both. Not of RESTORE.
        expect_count: How many runs the asker was shown; refused if there are others by now.
        is_trial: Nothing will be changed: what the filter finds is only counted.

    Raises:
        As `change_runs`, and
        Conflict: The filter finds another number of runs (code `count-differs`); or, of DELETE
            without `expect_count`, it finds runs and has warnings (code `doubtful-filter`).
        SnapshotTooOld: To be run again; `read_current` does.
    """
    place = find_project(snapshot, actor, entity, project, Action.WRITE)
    if change.action is BulkAction.RESTORE:
        view = trash_view(snapshot.run_columns, place.id, keys_of(tree))
    else:
        tree = with_archived(snapshot, place.id, tree, archived)
        view = index.view(snapshot.run_columns, place.id, keys_of(tree))
    found = view.ids[passing(tree, view, snapshot.now)].tolist()
    if expect_count is not None and len(found) != expect_count:
        raise Conflict(
            f"The filter finds {len(found):,} runs now, and {expect_count:,} were expected. "
            "Nothing was changed; look again, then repeat.",
            code="count-differs",
            num_runs=len(found),
        )
    warnings = warnings_of(snapshot, view, tree, list(keys_of(tree)))
    is_blind = change.action is BulkAction.DELETE and expect_count is None and not is_trial
    if is_blind and found and warnings:
        raise Conflict(
            f"The filter finds {len(found):,} runs, and may not say what was meant: "
            f"{warnings[0].said} Nothing was deleted; if these are the ones, say so with "
            f"expect_count={len(found)}.",
            code="doubtful-filter",
            num_runs=len(found),
        )
    ids = [RunId(run) for run in found]
    _check(snapshot, actor, place, change)
    if change.action is BulkAction.MOVE:
        runs = snapshot.run_columns.runs(ids)
        _check_movable(runs)
        _check_names(snapshot, runs, _target(snapshot, actor, place, change))
    return Selection(ids, warnings)


def change_selected(
    tx: Transaction,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[RunId],
    change: Change,
) -> BulkCounts:
    """Does one thing to some of the runs that `select_runs` found: to all of them or to none.

    What became of them meanwhile is respected: those that are gone, or elsewhere, are unknown.

    Raises:
        As `change_runs`.
    """
    place = find_project(tx, actor, entity, project, Action.WRITE)
    if change.action is BulkAction.RESTORE:
        some = [run for run in map(tx.runs.run_by_id, runs) if run is not None and run.deleted_at]
    else:
        some = list(tx.run_columns.runs(runs))
    here = [run for run in some if run.project_id == place.id]
    changed = _apply(tx, actor, place, here, change)
    return BulkCounts(len(changed), len(here) - len(changed), len(runs) - len(here))


def batches(runs: Sequence[RunId]) -> Iterator[Sequence[RunId]]:
    """The runs in parts, each for one unit of work."""
    for start in range(0, len(runs), RUNS_AT_ONCE):
        yield runs[start : start + RUNS_AT_ONCE]


def _check(snapshot: Snapshot, actor: Actor, place: Project, change: Change) -> None:
    """Refuses a change that lacks something."""
    if change.action in (BulkAction.ADD_TAGS, BulkAction.REMOVE_TAGS) and not change.tags:
        raise InvalidInput(f"Say which tags: {change.action} needs at least one.")
    if change.action is BulkAction.MOVE:
        _target(snapshot, actor, place, change)


def _target(snapshot: Snapshot, actor: Actor, place: Project, change: Change) -> Project:
    if not change.to_project:
        raise InvalidInput("Say where to: move needs to_project.")
    entity = change.to_entity or place.entity
    target = find_project(snapshot, actor, entity, change.to_project, Action.WRITE)
    if target.id == place.id:
        raise InvalidInput(f"The runs are in {place.entity}/{place.name} already.")
    return target


def _check_movable(runs: Iterable[Run]) -> None:
    live = [run.name for run in runs if run.state.is_live]
    if live:
        shown = ", ".join(live[:5]) + (", …" if len(live) > 5 else "")
        raise Conflict(
            f"Runs that are running cannot be moved, as their processes report to where they are: "
            f"{shown}. Stop them, or move the others (`state not in "
            '["running", "preempting"]`).',
            code="run-is-live",
            runs=live[:100],
        )


def _check_names(snapshot: Snapshot, runs: Iterable[Run], target: Project) -> None:
    """Refuses runs whose ids are taken; what writes checks again."""
    names = [run.name for run in runs]
    there = snapshot.runs.run_ids(target.id, names)
    taken = [n for n in names if n in there or snapshot.runs.trashed_run(target.id, n)]
    if taken:
        raise names_taken(taken)


def _apply(
    tx: Transaction, actor: Actor, place: Project, runs: Sequence[Run], change: Change
) -> set[RunId]:
    """Does it to all of them; returns which were not so before."""
    _check(tx, actor, place, change)
    match change.action:
        case BulkAction.DELETE:
            tx.runs.trash_runs([run.id for run in runs])
            return {run.id for run in runs}
        case BulkAction.RESTORE:
            tx.runs.restore_runs([run.id for run in runs])
            return {run.id for run in runs}
        case BulkAction.MOVE:
            _check_movable(runs)
            tx.runs.move_runs([run.id for run in runs], _target(tx, actor, place, change).id)
            return {run.id for run in runs}
    updates = {run.id: update for run in runs if (update := _update_of(run, change)) is not None}
    tx.runs.update_runs(updates)
    return set(updates)


def _update_of(run: Run, change: Change) -> RunUpdate | None:
    """What changes in a run; None where it is so already."""
    match change.action:
        case BulkAction.ADD_TAGS | BulkAction.REMOVE_TAGS:
            given = dict.fromkeys(clean_text(tag) for tag in change.tags)
            tags = tuple(tag for tag in run.tags if tag not in given)
            if change.action is BulkAction.ADD_TAGS:
                tags = tuple(dict.fromkeys((*run.tags, *given)))
            return RunUpdate(tags=tags) if tags != run.tags else None
        case BulkAction.SET_GROUP:
            group = clean_text(change.group) if change.group else None
            return RunUpdate(group=group) if group != run.group else None
        case BulkAction.STOP:
            is_to_stop = run.state.is_live and not run.stop_requested
            return RunUpdate(stop_requested=True) if is_to_stop else None
        case _:
            archived = change.action is BulkAction.ARCHIVE
            return RunUpdate(archived=archived) if archived != run.archived else None
