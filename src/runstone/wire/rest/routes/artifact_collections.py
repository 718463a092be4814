"""Artifacts by name: browsed, described, renamed, deleted."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct

from runstone.domain.access import Action
from runstone.domain.cursors import bad_cursor
from runstone.domain.run import UNSET as UNCHANGED
from runstone.ports.store import Snapshot, Transaction
from runstone.services import artifacts as services
from runstone.services.artifacts.reading import MAX_COLLECTIONS
from runstone.wire.rest.artifact_addresses import COLLECTION, PROJECT, TAG
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifacts as structs


class ListArtifactCollections(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_collections`."""

    type: Annotated[str | None, Meta(description="Only of this type.")] = None
    search: Annotated[
        str, Meta(max_length=1_024, description="Part of a name, in capitals or not.")
    ] = ""
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_COLLECTIONS)] = 1_000


@route("GET", PROJECT + "/artifacts", tag=TAG)
async def list_artifact_collections(
    call: Call[ListArtifactCollections, None],
) -> structs.ArtifactCollectionList:
    """List a project's artifacts: its types, and the collections by type and name."""
    query = call.query
    found = await call.read(
        lambda snapshot: services.list_collections(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            type_name=query.type,
            search=query.search,
            after=_read_collection_cursor(query.cursor),
            limit=query.limit,
        )
    )
    collections = [_collection(one) for one in found.collections]
    cursor = f"{collections[-1].type}/{collections[-1].name}" if found.has_more else None
    return structs.ArtifactCollectionList(
        [
            structs.ArtifactType(one.name, one.description, num_collections)
            for one, num_collections in found.types
        ],
        collections,
        found.total,
        cursor,
    )


@route("GET", COLLECTION, tag=TAG)
async def get_artifact_collection(call: Call[None, None]) -> structs.ArtifactCollectionDetail:
    """Get a collection with its aliases."""
    return await call.read(lambda snapshot: _collection_detail(snapshot, call))


@route("PATCH", COLLECTION, tag=TAG)
async def update_artifact_collection(
    call: Call[None, structs.UpdateArtifactCollection],
) -> structs.ArtifactCollectionDetail:
    """Rename, describe or tag a collection, or give it another type."""
    wanted, path = call.body, dict(call.path)

    def update(tx: Transaction) -> structs.ArtifactCollectionDetail:
        found = services.find_collection(
            tx, call.actor, path["entity"], path["project"], path["collection"], Action.WRITE
        )
        changed = services.change_collection(
            tx,
            call.actor,
            found.id,
            name=UNCHANGED if wanted.name is UNSET else wanted.name,
            description=UNCHANGED if wanted.description is UNSET else wanted.description,
            type_name=UNCHANGED if wanted.type is UNSET else wanted.type,
            add_tags=() if wanted.tags is UNSET else wanted.tags,
            remove_tags=() if wanted.tags is UNSET else found.tags,
        )
        return _collection_detail(tx, call, changed.name)

    return await call.write(update)


@route("DELETE", COLLECTION, tag=TAG)
async def delete_artifact_collection(call: Call[None, None]) -> None:
    """Delete a collection with all of its versions; of links, only the links. There is no undo."""
    path = call.path

    def delete(tx: Transaction) -> None:
        found = services.find_collection(
            tx, call.actor, path["entity"], path["project"], path["collection"], Action.WRITE
        )
        services.delete_collection(tx, call.actor, found.id)

    await call.write(delete)


def _read_collection_cursor(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    type_name, _, name = cursor.partition("/")
    if not name:
        raise bad_cursor()
    return type_name, name


def _collection(found: services.CollectionOverview) -> structs.ArtifactCollection:
    return structs.ArtifactCollection(**_collection_fields(found))


def _collection_fields(found: services.CollectionOverview) -> dict[str, Any]:
    one, latest = found.collection, found.latest
    return {
        "name": one.name,
        "type": one.type,
        "kind": one.kind,
        "description": one.description,
        "tags": list(one.tags),
        "num_versions": found.num_versions,
        "latest": None
        if latest is None
        else structs.LatestVersion(
            latest.membership.index,
            list(latest.membership.aliases),
            latest.artifact.size_bytes,
            latest.artifact.num_files,
            latest.artifact.created_at,
        ),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _collection_detail(
    snapshot: Snapshot, call: AnyCall, name: str | None = None
) -> structs.ArtifactCollectionDetail:
    found, aliases = services.collection_overview(
        snapshot,
        call.actor,
        call.path["entity"],
        call.path["project"],
        name or call.path["collection"],
    )
    return structs.ArtifactCollectionDetail(
        **_collection_fields(found),
        aliases=[structs.ArtifactAlias(alias, index) for alias, index in aliases],
    )
