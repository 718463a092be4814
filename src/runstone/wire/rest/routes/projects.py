"""Projects and what their runs have logged."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from msgspec import UNSET, Meta, Struct

from runstone.domain.run import ProjectOverview
from runstone.ports.store import Transaction
from runstone.services import projects as services
from runstone.services.metrics import MAX_PAGE, describe_key_page, name_keys
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.keys import KeyList, KeyNames
from runstone.wire.rest.structs.projects import CreateProject, Project, ProjectList, UpdateProject
from runstone.wire.rest.structs.series import StreamKind


class ListProjects(Struct, forbid_unknown_fields=True):
    """Query of `list_projects`."""

    entity: Annotated[str | None, Meta(description="Only this user's or team's.")] = None


class ListKeyNames(Struct, forbid_unknown_fields=True):
    """Query of `list_key_names`."""

    run: Annotated[
        list[str], Meta(description="Ids of runs; the newest hundred, if none is given.")
    ] = []
    stream: StreamKind = StreamKind.HISTORY


class ListKeys(ListKeyNames, forbid_unknown_fields=True):
    """Query of `list_keys`."""

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 10_000
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None


@route("GET", "/projects", tag="Projects")
async def list_projects(call: Call[ListProjects, None]) -> ProjectList:
    """List the projects that you may see, the most recently active first."""
    entity = call.query.entity
    found = await call.read(lambda snapshot: services.list_projects(snapshot, call.actor, entity))
    return ProjectList([translate.project(overview) for overview in found])


@route("POST", "/projects", tag="Projects", status=HTTPStatus.CREATED)
async def create_project(call: Call[None, CreateProject]) -> Project:
    """Make a project.

    There is no need to before a run: it makes its own where it is missing.
    """
    wanted = call.body

    def create(tx: Transaction) -> ProjectOverview:
        made = services.create_project(
            tx, call.actor, wanted.entity, wanted.name, description=wanted.description
        )
        return services.project_overview(tx, call.actor, made.entity, made.name)

    return translate.project(await call.write(create))


@route("GET", "/projects/{entity}/{project}", tag="Projects")
async def get_project(call: Call[None, None]) -> Project:
    """Get one project."""
    entity, project = call.path["entity"], call.path["project"]
    return translate.project(
        await call.read(lambda s: services.project_overview(s, call.actor, entity, project))
    )


@route("PATCH", "/projects/{entity}/{project}", tag="Projects")
async def update_project(call: Call[None, UpdateProject]) -> Project:
    """Change a project's name or description."""
    entity, name, wanted = call.path["entity"], call.path["project"], call.body

    def update(tx: Transaction) -> ProjectOverview:
        if wanted.description is not UNSET:
            services.describe_project(tx, call.actor, entity, name, description=wanted.description)
        now = name
        if wanted.name is not UNSET:
            now = services.rename_project(tx, call.actor, entity, name, new_name=wanted.name).name
        return services.project_overview(tx, call.actor, entity, now)

    return translate.project(await call.write(update))


class DeleteProject(Struct, forbid_unknown_fields=True):
    """Query of `delete_project`."""

    runs: Annotated[bool, Meta(description="Delete its runs with it.")] = False


@route("DELETE", "/projects/{entity}/{project}", tag="Projects")
async def delete_project(call: Call[DeleteProject, None]) -> None:
    """Move a project to the trash, from where it can be restored for some time (`trash_days`).

    One that has runs is refused unless `runs=true` says to delete these with it; restoring the
    project brings them back. A run that is logged there meanwhile makes the project anew, and what
    was deleted stays in its trash.
    """
    entity, name, with_runs = call.path["entity"], call.path["project"], call.query.runs
    await call.write(
        lambda tx: services.delete_project(tx, call.actor, entity, name, with_runs=with_runs)
    )


@route("GET", "/projects/{entity}/{project}/keys", tag="Projects")
async def list_keys(call: Call[ListKeys, None]) -> KeyList:
    """List the keys that runs have logged, by name, and how they ask to be drawn.

    A run may have a million: they come in pages. A key that is first logged meanwhile comes with a
    later page, or not at all where its name lies in an earlier one.
    """
    entity, project = call.path["entity"], call.path["project"]
    query = call.query
    found = await call.read(
        lambda snapshot: describe_key_page(
            snapshot,
            call.actor,
            call.context.logged_keys,
            entity,
            project,
            limit=query.limit,
            after=query.cursor,
            runs=query.run,
            kind=query.stream.kind,
        )
    )
    return KeyList([translate.key_info(key) for key in found.keys], found.next_after)


@route("GET", "/projects/{entity}/{project}/keys/names", tag="Projects")
async def list_key_names(call: Call[ListKeyNames, None]) -> KeyNames:
    """List the keys that runs have logged in columns, for where there are very many.

    As `list_keys` without its counts. Ask with `If-None-Match`: the names of a run's keys rarely
    change while it logs, and then the answer is a 304.
    """
    entity, project = call.path["entity"], call.path["project"]
    query = call.query
    return translate.key_names(
        await call.read(
            lambda snapshot: name_keys(
                snapshot,
                call.actor,
                call.context.logged_keys,
                entity,
                project,
                runs=query.run,
                kind=query.stream.kind,
            )
        )
    )
