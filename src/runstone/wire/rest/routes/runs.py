"""Runs: lists, one, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from msgspec import UNSET as LEFT_OUT
from msgspec import Meta, Struct

from runstone.domain.access import Action
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_text import parse_filter, parse_sort
from runstone.domain.filters import And
from runstone.domain.ids import RunId
from runstone.domain.run import UNSET, Run, RunUpdate
from runstone.ports.store import Transaction
from runstone.services import run_index, run_list
from runstone.services import runs as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.runs import RunDetail, RunList, RunRow, UpdateRun


class ListRuns(Struct, forbid_unknown_fields=True):
    """Query of `list_runs`."""

    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_PAGE)] = 50
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(description="Part of an id, display name or group."),
    ] = None
    filter: Annotated[
        str | None,
        Meta(
            description="Such as `config.lr < 1e-3 and summary.val/loss < 0.2 and "
            '"baseline" in tags and name ~ "resnet.*"`. Not with `since_seq`.'
        ),
    ] = None
    sort: Annotated[
        str | None,
        Meta(
            description="Keys separated by commas, `-` for high to low: "
            "`-summary.val/loss,created_at`. Newest first if left out. Not with `since_seq`."
        ),
    ] = None
    since_seq: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="Only runs changed after this: `seq` of an earlier answer."),
    ] = None


@route("GET", "/projects/{entity}/{project}/runs", tag="Runs")
async def list_runs(call: Call[ListRuns, None]) -> RunList:
    """List a project's runs, newest first, or filtered and sorted by what they recorded.

    With `since_seq`, only those that changed since, in order of change, whatever `cursor` says:
    ask again from the answer's `seq` until none comes. Runs that were deleted show in `total`.
    """
    entity, project = call.path["entity"], call.path["project"]
    query = call.query
    since = query.since_seq
    if query.filter or query.sort:
        return await _query_runs(call)
    before = _before(query.cursor)
    if since is None:
        found = await call.read(
            lambda snapshot: run_list.list_runs(
                snapshot,
                call.actor,
                entity,
                project,
                limit=query.limit,
                before=before,
                search=query.search,
            )
        )
    else:
        found = await call.read(
            lambda snapshot: run_list.list_changed_runs(
                snapshot,
                call.actor,
                entity,
                project,
                since=since,
                limit=query.limit,
                search=query.search,
            )
        )
    return RunList(
        _rows(found.runs, found.progress),
        None if found.next_before is None else str(found.next_before),
        found.total,
        found.seq,
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def get_run(call: Call[None, None]) -> RunDetail:
    """Get one run with its config and summary."""
    entity, project, name = _address(call)
    found = await call.read(lambda s: run_list.run_overview(s, call.actor, entity, project, name))
    return translate.run_detail(found.run, found.progress, found.documents)


@route("PATCH", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def update_run(call: Call[None, UpdateRun]) -> RunDetail:
    """Change a run's name, notes, tags or group; what is left out stays."""
    entity, project, name = _address(call)
    wanted = call.body
    update = RunUpdate(
        display_name=UNSET if wanted.display_name is LEFT_OUT else wanted.display_name,
        notes=UNSET if wanted.notes is LEFT_OUT else wanted.notes,
        tags=UNSET if wanted.tags is LEFT_OUT else tuple(dict.fromkeys(wanted.tags)),
        group=UNSET if wanted.group is LEFT_OUT else wanted.group or None,
    )

    def change(tx: Transaction) -> run_list.RunOverview:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        return run_list.overview_of(tx, services.update_run(tx, call.actor, run.id, update))

    changed = await call.write(change)
    return translate.run_detail(changed.run, changed.progress, changed.documents)


@route(
    "POST",
    "/projects/{entity}/{project}/runs/{run}/stop",
    tag="Runs",
    status=HTTPStatus.NO_CONTENT,
)
async def stop_run(call: Call[None, None]) -> None:
    """Ask a run to stop; its process hears of it with its next report."""
    entity, project, name = _address(call)

    def stop(tx: Transaction) -> None:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        services.stop_run(tx, call.actor, run.id)

    await call.write(stop)


@route("DELETE", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def delete_run(call: Call[None, None]) -> None:
    """Delete a run and everything of it."""
    entity, project, name = _address(call)

    def delete(tx: Transaction) -> list[str]:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        return services.delete_run(tx, call.actor, run.id)

    for blob in await call.write(delete):
        await call.context.blobs.delete(blob)


async def _query_runs(call: Call[ListRuns, None]) -> RunList:
    query = call.query
    if query.since_seq is not None:
        raise InvalidInput("since_seq goes with search alone: leave out filter and sort.")
    tree = parse_filter(query.filter or "")
    if query.search:
        tree = And((tree, run_index.containing(query.search)))
    asked = run_index.RunQuery(tree, parse_sort(query.sort or ""), query.limit, query.cursor)
    index = call.context.run_index
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: run_index.query_runs(
                snapshot, call.actor, index, call.path["entity"], call.path["project"], asked
            ),
        )
    )
    return RunList(
        _rows(found.runs, found.progress),
        found.next_cursor,
        found.total,
        found.seq,
        list(found.warnings),
    )


def _rows(runs: Sequence[Run], progress: Mapping[RunId, run_list.Progress]) -> list[RunRow]:
    nothing = run_list.Progress()
    return [translate.run_row(run, progress.get(run.id, nothing)) for run in runs]


def _address(call: AnyCall) -> tuple[str, str, str]:
    return call.path["entity"], call.path["project"], call.path["run"]


def _before(cursor: str | None) -> RunId | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput("The cursor is none that this server gave; begin without one.")
    return RunId(int(cursor))
