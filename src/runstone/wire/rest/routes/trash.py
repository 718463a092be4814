"""What was deleted, and its way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.run import ProjectOverview
from runstone.ports.store import Snapshot, Transaction
from runstone.services import projects, run_list, trash
from runstone.wire.rest import translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_run_cursor
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.projects import Project
from runstone.wire.rest.structs.runs import RunDetail
from runstone.wire.rest.structs.trash import Emptied, TrashedProjectList, TrashList


class ListTrash(Struct, forbid_unknown_fields=True):
    """Query of `list_trash`."""

    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_PAGE)] = 50
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None


@route("GET", "/projects/{entity}/{project}/trash", tag="Trash")
async def list_trash(call: Call[ListTrash, None]) -> TrashList:
    """List a project's runs in the trash, those deleted last first."""
    before = read_run_cursor(call.query.cursor)
    kept = _kept(call)

    def read(snapshot: Snapshot) -> TrashList:
        found = trash.list_trash(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            limit=call.query.limit,
            before=before,
        )
        progress = run_list.progress_of(snapshot, found.runs)
        nothing = run_list.Progress()
        return TrashList(
            [
                translate.trashed_run(run, progress.get(run.id, nothing), kept=kept)
                for run in found.runs
            ],
            None if found.next_before is None else str(found.next_before),
            found.total,
            call.context.trash_days,
        )

    return await call.read(read)


@route("POST", "/projects/{entity}/{project}/runs/{run}/restore", tag="Trash")
async def restore_run(call: Call[None, None]) -> RunDetail:
    """Take a run out of the trash, wholly as it was."""
    entity, project, name = call.path["entity"], call.path["project"], call.path["run"]

    def restore(tx: Transaction) -> run_list.RunOverview:
        run = trash.restore_run(tx, call.actor, entity, project, name)
        return run_list.overview_of(tx, run)

    restored = await call.write(restore)
    return translate.run_detail(restored.run, restored.progress, restored.texts)


@route("DELETE", "/projects/{entity}/{project}/trash/{run}", tag="Trash")
async def remove_run(call: Call[None, None]) -> None:
    """Remove a run in the trash for good: record, history, console output, files.

    Nobody finds it from then on; its bytes leave the disk soon after.
    """
    entity, project, name = call.path["entity"], call.path["project"], call.path["run"]
    await call.write(lambda tx: trash.remove_run(tx, call.actor, entity, project, name))
    call.context.collector.wake()


@route("DELETE", "/projects/{entity}/{project}/trash", tag="Trash")
async def empty_trash(call: Call[None, None]) -> Emptied:
    """Remove all runs in a project's trash for good; their bytes leave the disk soon after."""
    entity, project = call.path["entity"], call.path["project"]
    num_runs = 0
    while removed := await call.write(
        lambda tx: trash.empty_trash(tx, call.actor, entity, project)
    ):
        num_runs += removed
    call.context.collector.wake()
    return Emptied(num_runs)


@route("GET", "/trash/projects", tag="Trash")
async def list_trashed_projects(call: Call[None, None]) -> TrashedProjectList:
    """List the projects in the trash that you may see, those deleted last first."""
    found = await call.read(lambda s: projects.list_trashed_projects(s, call.actor))
    kept = _kept(call)
    return TrashedProjectList(
        [translate.trashed_project(one, kept=kept) for one in found], call.context.trash_days
    )


@route("POST", "/projects/{entity}/{project}/restore", tag="Trash")
async def restore_project(call: Call[None, None]) -> Project:
    """Take a project out of the trash, with the runs that were deleted along with it."""
    entity, name = call.path["entity"], call.path["project"]

    def restore(tx: Transaction) -> ProjectOverview:
        projects.restore_project(tx, call.actor, entity, name)
        return projects.project_overview(tx, call.actor, entity, name)

    return translate.project(await call.write(restore))


def _kept(call: AnyCall) -> timedelta:
    return timedelta(days=call.context.trash_days)
