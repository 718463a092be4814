"""One run, and its changes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from msgspec import UNSET as LEFT_OUT
from msgspec import Meta, Struct

from runstone.domain.access import Action
from runstone.domain.errors import InvalidInput
from runstone.domain.run import UNSET, RunUpdate
from runstone.ports.store import Transaction
from runstone.services import run_list
from runstone.services import runs as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.runs import RunDetail, UpdateRun


class GetRun(Struct, forbid_unknown_fields=True):
    """Query of `get_run`."""

    documents: Annotated[
        bool,
        Meta(
            description="False leaves config and summary out, in whose place `{}` stands: some are "
            "of megabytes. `get_config` and `get_summary` give them in parts."
        ),
    ] = True


@route("GET", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def get_run(call: Call[GetRun, None]) -> RunDetail:
    """Get one run with its config and summary."""
    entity, project, name = _address(call)
    with_documents = call.query.documents
    found = await call.read(
        lambda s: run_list.run_overview(
            s, call.actor, entity, project, name, with_documents=with_documents
        )
    )
    return translate.run_detail(found.run, found.progress, found.texts)


@route("PATCH", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def update_run(call: Call[None, UpdateRun]) -> RunDetail:
    """Change a run's name, notes, tags, group or job type; what is left out stays."""
    entity, project, name = _address(call)
    wanted = call.body
    if wanted.display_name is not LEFT_OUT and not wanted.display_name.strip():
        raise InvalidInput("A run cannot be without a name: give a text.", code="empty-name")
    update = RunUpdate(
        display_name=UNSET if wanted.display_name is LEFT_OUT else wanted.display_name,
        notes=UNSET if wanted.notes is LEFT_OUT else wanted.notes,
        tags=UNSET if wanted.tags is LEFT_OUT else tuple(dict.fromkeys(wanted.tags)),
        group=UNSET if wanted.group is LEFT_OUT else wanted.group or None,
        job_type=UNSET if wanted.job_type is LEFT_OUT else wanted.job_type or None,
    )
    notes_before = None if wanted.notes_before is LEFT_OUT else wanted.notes_before

    def change(tx: Transaction) -> run_list.RunOverview:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        changed = services.update_run(tx, call.actor, run.id, update, notes_before=notes_before)
        return run_list.overview_of(tx, changed)

    changed = await call.write(change)
    return translate.run_detail(changed.run, changed.progress, changed.texts)


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
    """Move a run to the trash, from where it can be restored for some time (`trash_days`).

    Its process is told to stop. What that reports meanwhile is kept with the run.
    """
    entity, project, name = _address(call)

    def delete(tx: Transaction) -> None:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        services.delete_run(tx, call.actor, run.id)

    await call.write(delete)


def _address(call: AnyCall) -> tuple[str, str, str]:
    return call.path["entity"], call.path["project"], call.path["run"]
