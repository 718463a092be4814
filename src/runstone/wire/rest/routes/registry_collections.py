"""Collections of registries: looked through, linked to, called, promoted."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final

from msgspec import Meta, Struct

from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts import Address
from runstone.services.registry import linking as services
from runstone.services.registry.linking import MAX_FOUND, LinkedCollection, LinkedVersion
from runstone.wire.rest import translate_registries as translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_number
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import registries as structs

_COLLECTIONS: Final = "/registries/{organization}/{registry}/collections"
_COLLECTION: Final = _COLLECTIONS + "/{collection}"
_VERSION: Final = _COLLECTION + "/versions/{version}"
_TAG: Final = "Registries"
_Search = Annotated[
    str,
    Meta(
        max_length=1_024,
        description="Part of a name, type, description, tag or alias, in capitals or not.",
    ),
]


class SearchRegistryCollections(Struct, forbid_unknown_fields=True):
    """Query of `search_registry_collections`."""

    organization: Annotated[str | None, Meta(description="Only of this one.")] = None
    search: _Search = ""


class ListRegistryCollections(Struct, forbid_unknown_fields=True):
    """Query of `list_registry_collections`."""

    search: _Search = ""


class ListRegistryVersions(Struct, forbid_unknown_fields=True):
    """Query of `list_registry_versions`."""

    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_FOUND)] = 100


@route("GET", "/registry-collections", tag=_TAG)
async def search_registry_collections(
    call: Call[SearchRegistryCollections, None],
) -> structs.RegistryCollectionList:
    """Search the collections of all registries that you may see."""
    query = call.query

    def read(snapshot: Snapshot) -> structs.RegistryCollectionList:
        found = services.search_collections(
            snapshot, call.actor, query.organization, search=query.search
        )
        return _collections(snapshot, found)

    return await call.read(read)


@route("GET", _COLLECTIONS, tag=_TAG)
async def list_registry_collections(
    call: Call[ListRegistryCollections, None],
) -> structs.RegistryCollectionList:
    """List the collections of a registry, by name."""

    def read(snapshot: Snapshot) -> structs.RegistryCollectionList:
        found = services.list_collections(
            snapshot, call.actor, *_names(call), search=call.query.search
        )
        return _collections(snapshot, found)

    return await call.read(read)


@route("POST", _COLLECTIONS, tag=_TAG, status=HTTPStatus.CREATED)
async def create_registry_collection(
    call: Call[None, structs.CreateRegistryCollection],
) -> structs.RegistryCollection:
    """Make an empty collection. Linking makes it too, where it is missing."""
    wanted = call.body

    def create(tx: Transaction) -> structs.RegistryCollection:
        made = services.create_collection(
            tx,
            call.actor,
            *_names(call),
            wanted.name,
            type_name=wanted.type,
            description=wanted.description,
        )
        return _collection(tx, made)

    return await call.write(create)


@route("GET", _COLLECTION, tag=_TAG)
async def get_registry_collection(call: Call[None, None]) -> structs.RegistryCollection:
    """Get a collection with its aliases."""

    def read(snapshot: Snapshot) -> structs.RegistryCollection:
        found = services.linked_collection(snapshot, call.actor, *_address(call))
        return _collection(snapshot, found)

    return await call.read(read)


@route("PATCH", _COLLECTION, tag=_TAG)
async def update_registry_collection(
    call: Call[None, structs.UpdateRegistryCollection],
) -> structs.RegistryCollection:
    """Rename, describe or tag a collection."""
    wanted = call.body

    def update(tx: Transaction) -> structs.RegistryCollection:
        changed = services.change_collection(
            tx,
            call.actor,
            *_address(call),
            new_name=wanted.name,
            description=wanted.description,
            tags=wanted.tags,
        )
        return _collection(tx, changed)

    return await call.write(update)


@route("DELETE", _COLLECTION, tag=_TAG)
async def delete_registry_collection(call: Call[None, None]) -> None:
    """Delete a collection; its versions stay where they were logged."""
    await call.write(lambda tx: services.delete_collection(tx, call.actor, *_address(call)))


@route("PUT", _COLLECTION + "/aliases/{alias}", tag=_TAG)
async def set_registry_alias(
    call: Call[None, structs.SetVersionAlias],
) -> structs.RegistryCollection:
    """Give an alias to a version, or take it away."""
    alias, wanted = call.path["alias"], call.body

    def change(tx: Transaction) -> structs.RegistryCollection:
        changed = services.set_version_alias(
            tx, call.actor, *_address(call), alias, wanted.version, expected=wanted.expected
        )
        return _collection(tx, changed)

    return await call.write(change)


# Versions


@route("GET", _COLLECTION + "/versions", tag=_TAG)
async def list_registry_versions(
    call: Call[ListRegistryVersions, None],
) -> structs.RegistryVersionList:
    """List the versions of a collection, the highest number first."""
    before, limit = read_number(call.query.cursor), call.query.limit

    def read(snapshot: Snapshot) -> structs.RegistryVersionList:
        found, has_more = services.list_linked_versions(
            snapshot, call.actor, *_address(call), before=before, limit=limit
        )
        versions = [_version(snapshot, one) for one in found]
        cursor = str(versions[-1].index) if has_more else None
        return structs.RegistryVersionList(versions, cursor)

    return await call.read(read)


@route("POST", _COLLECTION + "/versions", tag=_TAG, status=HTTPStatus.CREATED)
async def link_registry_version(
    call: Call[None, structs.LinkVersion],
) -> structs.RegistryVersion:
    """Link a version into a collection, which is made where it is missing."""
    wanted = call.body
    source = Address(wanted.entity, wanted.project, wanted.collection, wanted.version)

    def link(tx: Transaction) -> structs.RegistryVersion:
        linked = services.link_version(
            tx, call.actor, *_address(call), source, aliases=wanted.aliases
        )
        return _version(tx, linked)

    return await call.write(link)


@route("GET", _VERSION, tag=_TAG)
async def get_registry_version(call: Call[None, None]) -> structs.RegistryVersion:
    """Get a version by its number or an alias."""
    name = call.path["version"]

    def read(snapshot: Snapshot) -> structs.RegistryVersion:
        found = services.linked_version(snapshot, call.actor, *_address(call), name)
        return _version(snapshot, found)

    return await call.read(read)


@route("DELETE", _VERSION, tag=_TAG)
async def unlink_registry_version(call: Call[None, None]) -> None:
    """Take a version out of a collection; it stays where it was logged."""
    name = call.path["version"]
    await call.write(lambda tx: services.unlink_version(tx, call.actor, *_address(call), name))


@route("POST", _VERSION + "/stage", tag=_TAG)
async def set_registry_stage(
    call: Call[None, structs.SetVersionStage],
) -> structs.RegistryVersion:
    """Move a version into one of MLflow's stages, which is an alias: `production` and so on."""
    name, wanted = call.path["version"], call.body

    def change(tx: Transaction) -> structs.RegistryVersion:
        moved = services.set_stage(
            tx,
            call.actor,
            *_address(call),
            name,
            wanted.stage,
            archives_existing=wanted.archive_existing_versions,
        )
        return _version(tx, moved)

    return await call.write(change)


def _names(call: AnyCall) -> tuple[str, str]:
    return call.path["organization"], call.path["registry"]


def _address(call: AnyCall) -> tuple[str, str, str]:
    return call.path["organization"], call.path["registry"], call.path["collection"]


def _collections(
    snapshot: Snapshot, found: Sequence[LinkedCollection]
) -> structs.RegistryCollectionList:
    return structs.RegistryCollectionList([_collection(snapshot, one) for one in found])


def _collection(snapshot: Snapshot, found: LinkedCollection) -> structs.RegistryCollection:
    return translate.collection(found, snapshot.registries.protected_aliases(found.registry.id))


def _version(snapshot: Snapshot, found: LinkedVersion) -> structs.RegistryVersion:
    return translate.version(found, snapshot.registries.protected_aliases(found.registry.id))
