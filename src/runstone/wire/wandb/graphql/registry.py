"""Registries, as the client sees them: projects `wandb-registry-…` of an organization's entity.

Source: `wandb/apis/public/registries` of 0.19 to 0.31; protocol/wandb.md section 15.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from runstone.domain.accounts import Entity, EntityKind, Organization
from runstone.domain.artifact import Artifact, Collection, CollectionKind, Membership
from runstone.domain.documents import loads
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import EntityId
from runstone.domain.registry import (
    PREFIX,
    Registry,
    RegistryMember,
    RegistryRole,
    RegistryVisibility,
)
from runstone.domain.run import UNSET, Project, Unset
from runstone.services.registry import registries
from runstone.services.registry.access import registry_of
from runstone.services.registry.finding import visible_registries
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.artifact_nodes import ordered
from runstone.wire.wandb.graphql.paging import sliced
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.mongo import matches, read_filter
from runstone.wire.wandb.translate import instant

_VISIBILITY: Final = {
    RegistryVisibility.ORGANIZATION: "PRIVATE",
    RegistryVisibility.RESTRICTED: "RESTRICTED",
}
"""What the protocol calls them."""


# Lists below an organization's entity


def organization_entity(organization: Organization, info: Info) -> Entity | None:
    """The entity that stands for an organization."""
    return info.context.snapshot.accounts.organization_entity(organization.id)


def organization_of(entity: Entity, request: Request) -> Organization | None:
    """The organization that an entity stands for; None for any other entity."""
    if entity.kind is not EntityKind.ORGANIZATION:
        return None
    every = request.snapshot.accounts.organizations()
    return next((one for one in every if one.id == entity.organization_id), None)


def registry_page(entity: Entity, request: Request, args: dict[str, Any]) -> dict[str, Any]:
    """A page of an organization's registries, as projects."""
    found = _passing(_registries(entity, request), args.get("filters"), _registry_document)
    page = ordered(found, args.get("order"), _REGISTRY_ORDERS)
    projects = request.snapshot.projects
    return sliced([projects.project_by_id(one.id) for one in page], args)


def _registries(entity: Entity, request: Request) -> list[Registry]:
    organization = organization_of(entity, request)
    if organization is None:
        return []
    return visible_registries(request.snapshot, request.actor, organization)


def _collections(entity: Entity, info: Info, **args: Any) -> dict[str, Any]:
    """Collections of the registries that pass `projectFilters`."""
    request = info.context
    wanted = args.get("collectionTypes")
    kinds = None if wanted is None else {CollectionKind(kind.lower()) for kind in wanted}
    found = [
        collection
        for registry in _wanted(entity, request, args)
        for collection in request.snapshot.artifacts.collections(registry.id)
        if kinds is None or collection.kind in kinds
    ]
    page = _passing(found, args.get("filters"), _collection_document)
    return sliced(ordered(page, args.get("order"), _COLLECTION_ORDERS), args)


def _memberships(entity: Entity, info: Info, **args: Any) -> dict[str, Any]:
    """Versions of the collections of the registries that pass the three filters."""
    request = info.context
    artifacts = request.snapshot.artifacts
    collections = _passing(
        [
            collection
            for registry in _wanted(entity, request, args)
            for collection in artifacts.collections(registry.id)
        ],
        args.get("collectionFilters"),
        _collection_document,
    )
    found = [
        (member, artifact)
        for collection in collections
        for member in artifacts.members(collection.id, limit=artifacts.count_members(collection.id))
        if (artifact := artifacts.artifact(member.artifact_id)) is not None
    ]
    page = _passing(found, args.get("filters"), _version_document)
    in_order = ordered(page, args.get("order"), _VERSION_ORDERS)
    return sliced([member for member, _artifact in in_order], args)


def _wanted(entity: Entity, request: Request, args: dict[str, Any]) -> list[Registry]:
    return _passing(_registries(entity, request), args.get("projectFilters"), _registry_document)


def _passing(
    found: Iterable[Any], text: str | None, document: Callable[[Any], dict[str, Any]]
) -> list[Any]:
    wanted = read_filter(text)
    return [one for one in found if not wanted or matches(document(one), wanted)]


# Words of the filters. Those of "advanced" search stand beside the basic ones (0.31).


def _registry_document(one: Registry) -> dict[str, Any]:
    number = [one.id, ids.project_internal_id(one.id)]
    return {
        "id": number,
        "project_id": number,
        "name": one.project_name,
        "entity_id": [one.entity_id, ids.entity_id(one.entity_id)],
        "description": one.description,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
    }


def _collection_document(one: Collection) -> dict[str, Any]:
    return {
        "artifact_collection_id": [one.id, ids.collection_id(one.id)],
        "name": one.name,
        "type": one.type,
        "tag": list(one.tags),
        "description": one.description,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
    }


def _version_document(one: tuple[Membership, Artifact]) -> dict[str, Any]:
    member, artifact = one
    number = [artifact.id, ids.artifact_id(artifact.id)]
    metadata = loads(artifact.metadata)
    return {
        "id": number,
        "artifact_id": number,
        "version": [f"v{member.index}", str(member.index), member.index],
        "tag": list(artifact.tags),
        "alias": list(member.aliases),
        "created_at": instant(artifact.created_at),
        "artifact_created_at": instant(artifact.created_at),
        "updated_at": instant(artifact.updated_at),
        "acm_created_at": instant(member.created_at),
        "artifact_size": artifact.size_bytes,
        "metadata": metadata,
        **dict(_leaves("metadata", metadata)),
    }


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """`metadata.a.b` for what is within."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}", inner
            yield from _leaves(f"{path}.{key}", inner)


_REGISTRY_ORDERS: Final[dict[str, Callable[[Registry], Any]]] = {
    "name": lambda one: one.name,
    "created_at": lambda one: (one.created_at, one.id),
    "updated_at": lambda one: (one.updated_at, one.id),
}
_COLLECTION_ORDERS: Final[dict[str, Callable[[Collection], Any]]] = {
    "name": lambda one: one.name,
    "created_at": lambda one: (one.created_at, one.id),
    "updated_at": lambda one: (one.updated_at, one.id),
}
_VERSION_ORDERS: Final[dict[str, Callable[[tuple[Membership, Artifact]], Any]]] = {
    "artifact_created_at": lambda one: (one[1].created_at, one[1].id),
    "artifact_size": lambda one: one[1].size_bytes,
    "acm_created_at": lambda one: (one[0].created_at, one[1].id),
}


# Making and changing


def upsert(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """Makes or changes a registry: `upsertModel` with such a name."""
    name = given["name"].removeprefix(PREFIX)
    organization = _owner(request, given.get("entityName"))
    types = [one["name"] for one in given.get("artifactTypes") or ()]
    description, any_type = given.get("description"), given.get("allowAllArtifactTypesInRegistry")
    visibility = _visibility(given.get("access"))
    if request.snapshot.registries.registry_by_name(organization.id, name) is None:
        if any_type and types:
            raise InvalidInput("Say either that any type may be linked, or which ones may.")
        made = registries.create_registry(
            request.tx,
            request.actor,
            organization.name,
            name,
            description=description or "",
            visibility=(
                RegistryVisibility.ORGANIZATION if isinstance(visibility, Unset) else visibility
            ),
            types=types,
        )
        return _upserted(request, made, inserted=True)
    changed = registries.change_registry(
        request.tx,
        request.actor,
        organization.name,
        name,
        description=UNSET if description is None else description,
        visibility=visibility,
        allows_any_type=UNSET if any_type is None else any_type,
        add_types=types,
    )
    return _upserted(request, changed, inserted=False)


def _upserted(request: Request, registry: Registry, *, inserted: bool) -> dict[str, Any]:
    project = request.snapshot.projects.project_by_id(registry.id)
    return {"model": project, "project": project, "inserted": inserted}


def rename(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """Renames a registry: `renameProject` with such a name.

    Raises:
        InvalidInput: The new name would make a project of it.
    """
    new = given["newProjectName"]
    if not new.startswith(PREFIX):
        raise InvalidInput(
            f"{new[:80]!r} cannot be a registry: its name as a project begins with {PREFIX!r}.",
            code="invalid-name",
        )
    organization = _owner(request, given["entityName"])
    changed = registries.change_registry(
        request.tx,
        request.actor,
        organization.name,
        given["oldProjectName"].removeprefix(PREFIX),
        new_name=new.removeprefix(PREFIX),
    )
    return _upserted(request, changed, inserted=False)


def delete(request: Request, entity: str, project: str) -> None:
    """Deletes a registry with its collections: `deleteModel` with the id of one."""
    organization = _owner(request, entity)
    name = project.removeprefix(PREFIX)
    registries.delete_registry(request.tx, request.actor, organization.name, name)


def _owner(request: Request, entity: str | None) -> Organization:
    found = request.snapshot.accounts.entity(entity) if entity else None
    organization = None if found is None else organization_of(found, request)
    if organization is None:
        raise NotFound(
            f"{entity or 'Nobody'} stands for no organization, and registries belong to one; name "
            "its entity, as wandb.Api().organization(…).org_entity gives it."
        )
    return organization


def _visibility(access: str | None) -> RegistryVisibility | Unset:
    if access is None:
        return UNSET
    for visibility, word in _VISIBILITY.items():
        if word == access:
            return visibility
    raise InvalidInput(
        f"{access[:40]!r} says nothing about who sees a registry; PRIVATE means the organization, "
        "RESTRICTED those who were added."
    )


# Members


def _members(project: Project, info: Info) -> list[dict[str, Any]]:
    request = info.context
    found = []
    for member in _members_of(project, request):
        user = None if member.is_team else request.snapshot.accounts.user(member.entity_id)
        if user is not None:
            found.append(
                {
                    "id": ids.user_id(user.id),
                    "name": user.full_name or user.username,
                    "username": user.username,
                    "email": user.email,
                    "role": {"name": member.role.value},
                }
            )
    return found


def _team_members(project: Project, info: Info) -> list[dict[str, Any]]:
    request = info.context
    return [
        {
            "team": request.snapshot.accounts.entity_by_id(member.entity_id),
            "role": {"name": member.role.value},
        }
        for member in _members_of(project, request)
        if member.is_team
    ]


def _members_of(project: Project, request: Request) -> Sequence[RegistryMember]:
    registry = registry_of(request.snapshot, project)
    if registry is None:
        return []
    return registries.list_registry_members(
        request.snapshot, request.actor, registry.organization, registry.name
    )


def _add_members(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    registry = _registry_with_id(info.context, input["projectId"])
    for name in _names(info.context, input):
        registries.set_registry_member(
            info.context.tx, info.context.actor, registry.organization, registry.name, name
        )
    return {"success": True}


def _remove_members(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    registry = _registry_with_id(info.context, input["projectId"])
    for name in _names(info.context, input):
        registries.remove_registry_member(
            info.context.tx, info.context.actor, registry.organization, registry.name, name
        )
    return {"success": True}


def _update_member(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    user = ids.user_number(input["userId"])
    return _set_role(info.context, input["projectId"], user, input["userProjectRole"])


def _update_team(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    team = ids.entity_number(input["teamId"])
    return _set_role(info.context, input["projectId"], team, input["teamProjectRole"])


def _set_role(request: Request, project: str, entity: EntityId, role: str) -> dict[str, Any]:
    registry = _registry_with_id(request, project)
    name = _name(request, entity)
    members = request.snapshot.registries.members(registry.id)
    if role not in set(RegistryRole):
        raise InvalidInput(
            f"{role[:40]!r} is no role in a registry; there are {', '.join(RegistryRole)}."
        )
    if all(member.entity_id != entity for member in members):
        raise NotFound(f"{name} is no member of the registry; add them first.")
    registries.set_registry_member(
        request.tx,
        request.actor,
        registry.organization,
        registry.name,
        name,
        RegistryRole(role),
    )
    return {"success": True}


def _names(request: Request, given: dict[str, Any]) -> list[str]:
    users = [ids.user_number(one) for one in given.get("userIds") or ()]
    teams = [ids.entity_number(one) for one in given.get("teamIds") or ()]
    return [_name(request, one) for one in (*users, *teams)]


def _name(request: Request, entity: EntityId) -> str:
    found = request.snapshot.accounts.entity_by_id(entity)
    if found is None:
        raise NotFound("There is no such user or team.")
    return found.name


def _registry_with_id(request: Request, node_id: str) -> Registry:
    entity, project = ids.project_address(node_id)
    found = request.snapshot.accounts.entity(entity)
    project_ = None if found is None else request.snapshot.projects.project(found.id, project)
    registry = None if project_ is None else registry_of(request.snapshot, project_)
    if registry is None:
        raise NotFound(f"{entity}/{project} is no registry; only registries have members here.")
    return registry


# Fields


def access_of(project: Project, info: Info) -> str:
    """Who may see a project, in the protocol's words."""
    registry = registry_of(info.context.snapshot, project)
    return "PRIVATE" if registry is None else _VISIBILITY[registry.visibility]


def _allows_any_type(project: Project, info: Info) -> bool:
    registry = registry_of(info.context.snapshot, project)
    return registry is None or registry.allows_any_type


RESOLVERS: Final[Resolvers] = {
    "Organization": {
        "orgEntity": organization_entity,
        "advancedRegistryFeatures": lambda _organization, _: {"advancedSearch": True},
    },
    "Entity": {"artifactCollections": _collections, "artifactMemberships": _memberships},
    "Project": {
        "access": access_of,
        "allowAllArtifactTypesInRegistry": _allows_any_type,
        "members": _members,
        "teamMembers": _team_members,
    },
    "Mutation": {
        "createProjectMembers": _add_members,
        "deleteProjectMembers": _remove_members,
        "updateProjectMember": _update_member,
        "updateProjectTeamMember": _update_team,
    },
}
