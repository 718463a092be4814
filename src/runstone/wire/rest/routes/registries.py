"""Registries of organizations: making and sharing them, what is protected, what happened."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain.run import UNSET as UNCHANGED
from runstone.ports.store import Snapshot, Transaction
from runstone.services.registry import registries as services
from runstone.services.registry.registries import MAX_CHANGES
from runstone.wire.rest import translate_registries as translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_number
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import registries as structs

_REGISTRY: Final = "/registries/{organization}/{registry}"
_TAG: Final = "Registries"


class ListRegistries(Struct, forbid_unknown_fields=True):
    """Query of `list_registries`."""

    organization: Annotated[str | None, Meta(description="Only of this one.")] = None


class ListRegistryChanges(Struct, forbid_unknown_fields=True):
    """Query of lists of changes."""

    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_CHANGES)] = 100


@route("GET", "/registries", tag=_TAG)
async def list_registries(call: Call[ListRegistries, None]) -> structs.RegistryList:
    """List the registries that you may see, and the organizations that you are in."""

    def read(snapshot: Snapshot) -> structs.RegistryList:
        found = services.list_registries(snapshot, call.actor, call.query.organization)
        homes = services.list_homes(snapshot, call.actor)
        return structs.RegistryList(
            [translate.registry(one) for one in found],
            [structs.RegistryHome(one.name, can_create) for one, can_create in homes],
        )

    return await call.read(read)


@route("POST", "/registries", tag=_TAG, status=HTTPStatus.CREATED)
async def create_registry(call: Call[None, structs.CreateRegistry]) -> structs.Registry:
    """Make a registry; you administer it."""
    wanted = call.body

    def create(tx: Transaction) -> structs.Registry:
        made = services.create_registry(
            tx,
            call.actor,
            wanted.organization,
            wanted.name,
            description=wanted.description,
            visibility=wanted.visibility,
            types=wanted.types,
        )
        return _registry(tx, call, made.organization, made.name)

    return await call.write(create)


@route("GET", _REGISTRY, tag=_TAG)
async def get_registry(call: Call[None, None]) -> structs.Registry:
    """Get a registry."""
    return await call.read(lambda snapshot: _registry(snapshot, call, *_names(call)))


@route("PATCH", _REGISTRY, tag=_TAG)
async def update_registry(call: Call[None, structs.UpdateRegistry]) -> structs.Registry:
    """Rename or describe a registry, or change who sees it and what it takes."""
    wanted = call.body

    def update(tx: Transaction) -> structs.Registry:
        changed = services.change_registry(
            tx,
            call.actor,
            *_names(call),
            new_name=UNCHANGED if wanted.name is UNSET else wanted.name,
            description=UNCHANGED if wanted.description is UNSET else wanted.description,
            visibility=UNCHANGED if wanted.visibility is UNSET else wanted.visibility,
            allows_any_type=UNCHANGED
            if isinstance(wanted.allows_any_type, UnsetType)
            else wanted.allows_any_type,
            add_types=wanted.add_types,
        )
        return _registry(tx, call, changed.organization, changed.name)

    return await call.write(update)


@route("DELETE", _REGISTRY, tag=_TAG)
async def delete_registry(call: Call[None, None]) -> None:
    """Delete a registry with its collections for good; versions stay where they were logged."""
    await call.write(lambda tx: services.delete_registry(tx, call.actor, *_names(call)))


# Members


@route("GET", _REGISTRY + "/members", tag=_TAG)
async def list_registry_members(call: Call[None, None]) -> structs.RegistryMemberList:
    """List who was added to a registry."""
    found = await call.read(
        lambda snapshot: services.list_registry_members(snapshot, call.actor, *_names(call))
    )
    return structs.RegistryMemberList([translate.member(one) for one in found])


@route("PUT", _REGISTRY + "/members/{member}", tag=_TAG)
async def set_registry_member(
    call: Call[None, structs.SetRegistryRole],
) -> structs.RegistryMember:
    """Add a user or team of the organization to a registry, or change the role."""
    name, role = call.path["member"], call.body.role
    made = await call.write(
        lambda tx: services.set_registry_member(tx, call.actor, *_names(call), name, role)
    )
    return translate.member(made)


@route("DELETE", _REGISTRY + "/members/{member}", tag=_TAG)
async def remove_registry_member(call: Call[None, None]) -> None:
    """Take a user or team out of a registry; members may leave by themselves."""
    name = call.path["member"]
    await call.write(
        lambda tx: services.remove_registry_member(tx, call.actor, *_names(call), name)
    )


# Protected aliases


@route("PUT", _REGISTRY + "/protected-aliases/{alias}", tag=_TAG)
async def protect_registry_alias(call: Call[None, None]) -> structs.ProtectedAliasList:
    """Let only administrators of a registry set, move and remove an alias."""
    alias = call.path["alias"]
    found = await call.write(
        lambda tx: services.protect_alias(tx, call.actor, *_names(call), alias)
    )
    return structs.ProtectedAliasList(list(found))


@route("DELETE", _REGISTRY + "/protected-aliases/{alias}", tag=_TAG)
async def unprotect_registry_alias(call: Call[None, None]) -> structs.ProtectedAliasList:
    """Let every member of a registry set an alias again."""
    alias = call.path["alias"]
    found = await call.write(
        lambda tx: services.unprotect_alias(tx, call.actor, *_names(call), alias)
    )
    return structs.ProtectedAliasList(list(found))


# What happened


@route("GET", _REGISTRY + "/changes", tag=_TAG)
async def list_registry_changes(
    call: Call[ListRegistryChanges, None],
) -> structs.RegistryChangeList:
    """List what happened in a registry, the newest first."""
    before, limit = read_number(call.query.cursor), call.query.limit
    found, has_more = await call.read(
        lambda snapshot: services.list_changes(
            snapshot, call.actor, *_names(call), before=before, limit=limit
        )
    )
    cursor = str(found[-1].id) if has_more else None
    return structs.RegistryChangeList([translate.change(one) for one in found], cursor)


@route("GET", "/organizations/{organization}/registry-changes", tag=_TAG)
async def list_organization_registry_changes(
    call: Call[ListRegistryChanges, None],
) -> structs.RegistryChangeList:
    """List what happened in all registries of an organization, deleted ones too."""
    before, limit = read_number(call.query.cursor), call.query.limit
    organization = call.path["organization"]
    found, has_more = await call.read(
        lambda snapshot: services.list_organization_changes(
            snapshot, call.actor, organization, before=before, limit=limit
        )
    )
    cursor = str(found[-1].id) if has_more else None
    return structs.RegistryChangeList([translate.change(one) for one in found], cursor)


def _names(call: AnyCall) -> tuple[str, str]:
    return call.path["organization"], call.path["registry"]


def _registry(snapshot: Snapshot, call: AnyCall, organization: str, name: str) -> structs.Registry:
    return translate.registry(services.registry_overview(snapshot, call.actor, organization, name))
