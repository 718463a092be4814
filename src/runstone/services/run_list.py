"""Lists of runs, and which of them changed: what a page shows and how it stays true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.history import StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import Project, Run, RunChange, RunTexts
from runstone.ports.store import Snapshot
from runstone.services.accounts import visible_entities
from runstone.services.projects import find_project
from runstone.services.runs import find_run

MAX_PAGE: Final = 1_000
MAX_RECENT: Final = 100

R = TypeVar("R", Run, RunChange)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run's history is, all its writers together."""

    num_rows: int = 0
    last_step: int | None = None


@dataclass(frozen=True, slots=True)
class RunListing:
    """Some runs of a project.

    Attributes:
        runs: Newest first; of `list_changed_runs`, in order of change.
        progress: Of each run that has a history.
        deleted: Of `list_changed_runs`, the ids of those that went to the trash since.
        next_before: Where the next page begins; None on the last.
        total: Runs of the project under the same search.
        seq: All changes up to this number are in here.
    """

    runs: Sequence[Run]
    progress: Mapping[RunId, Progress]
    next_before: RunId | None
    total: int
    seq: int
    deleted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Which runs changed.

    Attributes:
        seq: The change number up to which this is all.
        has_gap: Something was removed for good since, of which nothing is known any more.
    """

    seq: int
    runs: Sequence[RunChange]
    has_gap: bool


@dataclass(frozen=True, slots=True)
class RunOverview:
    """One run with all that is recorded of it but its rows.

    Attributes:
        texts: None where they were not asked for: some are of megabytes.
    """

    run: Run
    progress: Progress
    texts: RunTexts | None


def list_runs(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    limit: int,
    before: RunId | None = None,
    search: str | None = None,
    archived: bool | None = None,
) -> RunListing:
    """A page of a project's runs, newest first.

    Args:
        search: Substring of id, display name, group, job type or a tag.
        archived: Only runs that are, or are not; None for both.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    place = _place(snapshot, actor, entity, project, limit)
    page = snapshot.runs.list_runs(
        place.id, limit=limit, before=before, search=search, archived=archived
    )
    return RunListing(
        page.runs,
        progress_of(snapshot, page.runs),
        page.next_before,
        snapshot.runs.count_runs(place.id, search=search, archived=archived),
        snapshot.runs.last_change_seq(),
    )


def list_named_runs(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, names: Sequence[str]
) -> RunListing:
    """The runs of those ids, in that order; unknown ones are left out.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: More than 1,000 ids.
    """
    place = _place(snapshot, actor, entity, project, len(names))
    found = (snapshot.runs.run(place.id, name) for name in dict.fromkeys(names))
    runs = [run for run in found if run is not None]
    seq = snapshot.runs.last_change_seq()
    return RunListing(runs, progress_of(snapshot, runs), None, len(runs), seq)


def list_recent_runs(snapshot: Snapshot, actor: Actor, *, limit: int) -> RunListing:
    """Runs of all projects that the actor may see, the most recently active first.

    Raises:
        InvalidInput: `limit` is not 1 to 100.
    """
    if not 1 <= limit <= MAX_RECENT:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_RECENT}.")
    runs = snapshot.runs.recent_runs(visible_entities(snapshot, actor), limit=limit)
    seq = snapshot.runs.last_change_seq()
    return RunListing(runs, progress_of(snapshot, runs), None, len(runs), seq)


def list_changed_runs(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    since: int,
    limit: int,
    search: str | None = None,
    archived: bool | None = None,
) -> RunListing:
    """A project's runs that changed after `since`, the earliest change first.

    Where there are more than `limit`, `seq` is that of the last one given: ask again from there.
    (Runs that changed in one transaction share a number and come together, be they more.)
    With `archived`, those that are not (or are) are told of as deleted ones.
    Runs that were deleted for good long ago are told of by `total` alone.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    place = _place(snapshot, actor, entity, project, limit)
    changed, seq = _whole_changes(
        lambda most: snapshot.runs.changed_since(place.id, since, limit=most), limit
    )
    if seq is None:
        seq = snapshot.runs.last_change_seq()
    shown = [r for r in changed if not r.deleted_at and archived in (None, r.archived)]
    runs = [run for run in shown if not search or _matches(run, search)]
    total = snapshot.runs.count_runs(place.id, search=search, archived=archived)
    deleted = [run.name for run in changed if run not in shown]
    return RunListing(runs, progress_of(snapshot, runs), None, total, seq, deleted)


def run_overview(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    *,
    with_documents: bool = True,
) -> RunOverview:
    """One run as its page shows it.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    run = find_run(snapshot, actor, entity, project, name)
    return overview_of(snapshot, run, with_documents=with_documents)


def overview_of(snapshot: Snapshot, run: Run, *, with_documents: bool = True) -> RunOverview:
    """What belongs to a run that was found already.

    Raises:
        NotFound: It is gone.
    """
    progress = progress_of(snapshot, [run]).get(run.id, Progress())
    if not with_documents:
        return RunOverview(run, progress, None)
    texts = snapshot.runs.texts_of([run.id]).get(run.id)
    if texts is None:
        raise NotFound("The run is gone.")
    return RunOverview(run, progress, texts)


def changes(
    snapshot: Snapshot,
    actor: Actor,
    *,
    since: int,
    limit: int,
    entity: str | None = None,
    project: str | None = None,
) -> Changes:
    """Which runs of a project (none named: of all that the actor may see) changed after `since`.

    There are about `limit` of them at most: ask again from the answer's `seq`.

    Raises:
        NotFound: No such project, or the actor may not see it any more.
    """
    if project is None:
        visible = visible_entities(snapshot, actor)
        found, seq = _whole_changes(
            lambda most: snapshot.runs.changes_since(visible, since, limit=most), limit
        )
    else:
        place = find_project(snapshot, actor, entity, project)
        runs, seq = _whole_changes(
            lambda most: snapshot.runs.changed_since(place.id, since, limit=most), limit
        )
        found = [
            RunChange(
                run.id,
                place.id,
                run.entity,
                run.project,
                run.name,
                run.change_seq,
                run.deleted_at is not None,
            )
            for run in runs
        ]
    newest = snapshot.runs.last_change_seq()
    # A number from the future is one of a server that has lost its last days since.
    has_gap = since < snapshot.runs.forgotten_seq() or since > newest
    return Changes(newest if seq is None else seq, found, has_gap)


def _whole_changes(
    read: Callable[[int], Sequence[R]], limit: int
) -> tuple[Sequence[R], int | None]:
    """Some of what changed, never a part of what shares one number.

    Returns:
        The changes, and the number of the last where there may be more, else None.
    """
    found = read(limit)
    while len(found) >= limit and found[0].change_seq == found[-1].change_seq:
        limit *= 2
        found = read(limit)
    if len(found) < limit:
        return found, None
    last = found[-1].change_seq
    found = [run for run in found if run.change_seq != last]
    return found, found[-1].change_seq


def _place(snapshot: Snapshot, actor: Actor, entity: str, project: str, limit: int) -> Project:
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_PAGE:,}.")
    return find_project(snapshot, actor, entity, project)


def progress_of(snapshot: Snapshot, runs: Sequence[Run]) -> dict[RunId, Progress]:
    """How far the history of each run is; runs without one are left out."""
    progress: dict[RunId, Progress] = {}
    if not runs:
        return progress
    for stream in snapshot.history.streams([run.id for run in runs], StreamKind.HISTORY):
        before = progress.get(stream.run_id, Progress())
        steps = [s for s in (before.last_step, stream.last_step) if s is not None]
        progress[stream.run_id] = Progress(
            before.num_rows + stream.next_row, max(steps) if steps else None
        )
    return progress


def _matches(run: Run, search: str) -> bool:
    # As the database does it: LIKE ignores the case of ASCII letters only.
    wanted = _fold(search)
    texts = (run.name, run.display_name, run.group, run.job_type, *run.tags)
    return any(wanted in _fold(text or "") for text in texts)


def _fold(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)
