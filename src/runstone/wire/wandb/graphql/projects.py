"""Projects, which the protocol also calls models."""

from __future__ import annotations

from typing import Any, Final

from runstone.domain.access import Action
from runstone.domain.accounts import Entity, EntityKind
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.registry import is_registry_name
from runstone.domain.run import Project
from runstone.services import projects
from runstone.services.registry.access import may_in_project
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql import registry
from runstone.wire.wandb.graphql.paging import sliced
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.translate import instant


def project_page(request: Request, entity: str | None, args: dict[str, Any]) -> dict[str, Any]:
    """A page of an entity's projects, the most recently active first.

    Of an organization's registries, where the entity stands for one.
    """
    try:
        owner = projects.find_entity(request.snapshot, request.actor, entity)
    except NotFound:
        return sliced([], args)
    if owner.kind is EntityKind.ORGANIZATION:
        return registry.registry_page(owner, request, args)
    found = projects.list_projects(request.snapshot, request.actor, owner.name)
    return sliced([overview.project for overview in found], args)


def _project(_root: Any, info: Info, **args: Any) -> Project | None:
    request = info.context
    name = args.get("name")
    if not name:
        return None
    try:
        return projects.find_project(request.snapshot, request.actor, args.get("entityName"), name)
    except NotFound:
        return None  # what is absent is null to this protocol, not an error


def _entity_project(entity: Entity, info: Info, name: str | None = None) -> Project | None:
    return _project(None, info, name=name, entityName=entity.name)


def _upsert_model(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    name = input.get("name")
    if not name:
        raise InvalidInput("A project needs a name.")
    if is_registry_name(name):
        return registry.upsert(request, input)
    entity, description = input.get("entityName"), input.get("description")
    try:
        project = projects.find_project(request.tx, request.actor, entity, name, Action.WRITE)
    except NotFound:
        project = projects.create_project(
            request.tx, request.actor, entity, name, description=description or ""
        )
        return {"model": project, "project": project, "inserted": True}
    if description is not None:
        project = projects.describe_project(
            request.tx, request.actor, entity, name, description=description
        )
    return {"model": project, "project": project, "inserted": False}


def _delete_model(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    entity, name = ids.project_address(input["id"])
    if is_registry_name(name):
        registry.delete(request, entity, name)
        return {"success": True}
    projects.delete_project(request.tx, request.actor, entity, name, with_runs=True)
    return {"success": True}


def _rename_project(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    if is_registry_name(input["oldProjectName"]):
        return registry.rename(info.context, input)
    request = info.context
    renamed = projects.rename_project(
        request.tx,
        request.actor,
        input["entityName"],
        input["oldProjectName"],
        new_name=input["newProjectName"],
    )
    return {"project": renamed, "inserted": False}


def _entity_of(project: Project, info: Info) -> Entity | None:
    return info.context.snapshot.accounts.entity_by_id(project.entity_id)


def _user_of(project: Project, info: Info) -> Any:
    request = info.context
    owner = request.snapshot.accounts.entity_by_id(project.entity_id)
    if owner is None or owner.kind is not EntityKind.USER:
        return None
    return request.snapshot.accounts.user(owner.id)


def _read_only(project: Project, info: Info) -> bool:
    request = info.context
    return not may_in_project(request.snapshot, request.actor, Action.WRITE, project)


RESOLVERS: Final[Resolvers] = {
    "Query": {
        "project": _project,
        "model": _project,
        "models": lambda _root, info, **args: project_page(
            info.context, args.get("entityName"), args
        ),
    },
    "Mutation": {
        "upsertModel": _upsert_model,
        "deleteModel": _delete_model,
        "renameProject": _rename_project,
    },
    "Entity": {
        "project": _entity_project,
        "projects": lambda entity, info, **args: project_page(info.context, entity.name, args),
    },
    "Project": {
        "id": lambda project, _: ids.project_id(project),
        "internalId": lambda project, _: ids.project_internal_id(project.id),
        "name": lambda project, _: project.name,
        "entityName": lambda project, _: project.entity,
        "entity": _entity_of,
        "description": lambda project, _: project.description or None,
        "createdAt": lambda project, _: instant(project.created_at),
        "updatedAt": lambda project, _: instant(project.updated_at),
        "user": _user_of,
        "isBenchmark": lambda _project, _: False,
        "readOnly": _read_only,
        "views": lambda _project, _: None,
        "repo": lambda _project, _: None,
        "dockerImage": lambda _project, _: None,
        "framework": lambda _project, _: None,
    },
}
