"""Artifacts: browsed, read, called, described, deleted. Clients of wandb write and use them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct

from runstone.domain.access import Action
from runstone.domain.cursors import bad_cursor
from runstone.domain.run import UNSET as UNCHANGED
from runstone.ports.store import Snapshot, Transaction
from runstone.services import artifacts as services
from runstone.services.artifacts.reading import MAX_COLLECTIONS, MAX_FILES, MAX_VERSIONS
from runstone.wire.rest.call import AnyCall, Call, Download
from runstone.wire.rest.cursors import read_number
from runstone.wire.rest.downloads import Disposition, file_download
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifacts as structs
from runstone.wire.rest.structs.media import MediaFile, TablePage
from runstone.wire.rest.table_pages import (
    ReadTable,
    media_of,
    read_version_table,
    table_page,
)
from runstone.wire.rest.translate_artifacts import (
    artifact_file,
    artifact_run,
    artifact_version,
    md5_hex,
    metadata_text,
    version_fields,
)

_PROJECT: Final = "/projects/{entity}/{project}"
_COLLECTION: Final = _PROJECT + "/artifacts/{collection}"
_VERSION: Final = _COLLECTION + "/versions/{version}"
_TAG: Final = "Artifacts"
_CursorQuery = Annotated[str | None, Meta(description="`next_cursor` of the page before.")]


class ListArtifactCollections(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_collections`."""

    type: Annotated[str | None, Meta(description="Only of this type.")] = None
    search: Annotated[
        str, Meta(max_length=1_024, description="Part of a name, in capitals or not.")
    ] = ""
    cursor: _CursorQuery = None
    limit: Annotated[int, Meta(ge=1, le=MAX_COLLECTIONS)] = 1_000


class ListArtifactVersions(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_versions`."""

    cursor: _CursorQuery = None
    limit: Annotated[int, Meta(ge=1, le=MAX_VERSIONS)] = 100


class ListArtifactFiles(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_files`."""

    prefix: Annotated[str, Meta(max_length=1_024, description="Such as `media/images/`.")] = ""
    search: Annotated[
        str, Meta(max_length=1_024, description="Part of a path, in capitals or not.")
    ] = ""
    cursor: _CursorQuery = None
    limit: Annotated[int, Meta(ge=1, le=MAX_FILES)] = 1_000


class DownloadArtifactFile(Struct, forbid_unknown_fields=True):
    """Query of `download_artifact_file`."""

    inline: Annotated[
        bool,
        Meta(description="To be shown: bitmaps, sound, film as such, all text as plain text."),
    ] = False
    sandbox: Annotated[
        bool, Meta(description="HTML or SVG as a page in an origin of its own, for a frame.")
    ] = False
    md5: Annotated[
        str | None,
        Meta(description="`md5` of the file: where it is the present one, the answer may be kept."),
    ] = None


class ListRunArtifacts(Struct, forbid_unknown_fields=True):
    """Query of `list_run_artifacts`."""

    limit: Annotated[
        int, Meta(ge=1, le=MAX_VERSIONS, description="Of each: inputs and outputs.")
    ] = 100


class DeleteArtifactVersion(Struct, forbid_unknown_fields=True):
    """Query of `delete_artifact_version`."""

    aliases: Annotated[bool, Meta(description="Delete it although it has aliases.")] = False


# Collections


@route("GET", _PROJECT + "/artifacts", tag=_TAG)
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


@route("GET", _COLLECTION, tag=_TAG)
async def get_artifact_collection(call: Call[None, None]) -> structs.ArtifactCollectionDetail:
    """Get a collection with its aliases."""
    return await call.read(lambda snapshot: _collection_detail(snapshot, call))


@route("PATCH", _COLLECTION, tag=_TAG)
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


@route("DELETE", _COLLECTION, tag=_TAG)
async def delete_artifact_collection(call: Call[None, None]) -> None:
    """Delete a collection with all of its versions; of links, only the links. There is no undo."""
    path = call.path

    def delete(tx: Transaction) -> None:
        found = services.find_collection(
            tx, call.actor, path["entity"], path["project"], path["collection"], Action.WRITE
        )
        services.delete_collection(tx, call.actor, found.id)

    await call.write(delete)


# Versions


@route("GET", _COLLECTION + "/versions", tag=_TAG)
async def list_artifact_versions(
    call: Call[ListArtifactVersions, None],
) -> structs.ArtifactVersionList:
    """List the versions of a collection, the highest number first."""
    query, path = call.query, call.path
    before = read_number(query.cursor)

    def read(snapshot: Snapshot) -> structs.ArtifactVersionList:
        versions, total, has_more = services.list_versions(
            snapshot, call.actor, path["entity"], path["project"], path["collection"],
            before=before, limit=query.limit,
        )  # fmt: skip
        # Metadata may be large: encoded here, on the store's thread.
        listed = [artifact_version(one) for one in versions]
        return structs.ArtifactVersionList(
            listed, total, str(listed[-1].index) if has_more and listed else None
        )

    return await call.read(read)


@route("GET", _VERSION, tag=_TAG)
async def get_artifact_version(call: Call[None, None]) -> structs.ArtifactVersionDetail:
    """Get a version by an alias, its number (`v3`) or its digest, with its lineage."""
    return await call.read(lambda snapshot: _version_detail(snapshot, call, _address(call)))


@route("PATCH", _VERSION, tag=_TAG)
async def update_artifact_version(
    call: Call[None, structs.UpdateArtifactVersion],
) -> structs.ArtifactVersionDetail:
    """Give a version aliases, take some away, describe it or tag it."""
    wanted = call.body

    def update(tx: Transaction) -> structs.ArtifactVersionDetail:
        address = _address(call)
        place = services.find_version(tx, call.actor, address).place
        if wanted.add_aliases or wanted.remove_aliases:
            services.call_artifact(
                tx,
                call.actor,
                place.artifact.id,
                place.collection,
                add=wanted.add_aliases,
                remove=wanted.remove_aliases,
            )
        facts = (wanted.description, wanted.metadata, wanted.tags, wanted.ttl_s)
        if any(one is not UNSET for one in facts):
            services.change_artifact(
                tx,
                call.actor,
                place.artifact.id,
                description=UNCHANGED if wanted.description is UNSET else wanted.description,
                metadata=UNCHANGED if wanted.metadata is UNSET else metadata_text(wanted.metadata),
                add_tags=() if wanted.tags is UNSET else wanted.tags,
                remove_tags=() if wanted.tags is UNSET else place.artifact.tags,
                ttl_s=UNCHANGED if wanted.ttl_s is UNSET else wanted.ttl_s,
            )
        # The alias by which it was named may be gone.
        numbered = replace(address, version=f"v{place.membership.index}")
        return _version_detail(tx, call, numbered)

    return await call.write(update)


@route("DELETE", _VERSION, tag=_TAG)
async def delete_artifact_version(call: Call[DeleteArtifactVersion, None]) -> None:
    """Delete a version everywhere; from a collection of links it is only taken out.

    One that has aliases is refused (`artifact-has-aliases`) unless `aliases=true` says to delete
    it with them; then `latest` moves to the newest that is left. There is no undo.
    """
    with_aliases = call.query.aliases
    await call.write(
        lambda tx: services.remove_version(
            tx, call.actor, _address(call), with_aliases=with_aliases
        )
    )


# Files


@route("GET", _VERSION + "/files", tag=_TAG)
async def list_artifact_files(call: Call[ListArtifactFiles, None]) -> structs.ArtifactFileList:
    """List the files of a version by path, references included."""
    query = call.query

    def read(snapshot: Snapshot) -> structs.ArtifactFileList:
        found = services.list_entries(
            snapshot, call.actor, _address(call),
            prefix=query.prefix, search=query.search, after=query.cursor, limit=query.limit,
        )  # fmt: skip
        cursor = found.entries[-1].path if found.has_more else None
        return structs.ArtifactFileList(
            [artifact_file(one) for one in found.entries], found.total, cursor
        )

    return await call.read(read)


@route("GET", _VERSION + "/files/{file:rest}", tag=_TAG, produces="application/octet-stream")
async def download_artifact_file(call: Call[DownloadArtifactFile, None]) -> Download:
    """Download a file of a version, or ranges of it, as those of runs are downloaded.

    Understands `Range`, `If-Range` and `If-None-Match`; `inline` and `sandbox` mean what they mean
    there. Of a reference nothing is kept here: it is refused (`file-is-reference`).
    """
    query = call.query
    disposition = Disposition.wanted(inline=query.inline, sandbox=query.sandbox)
    entry, content = await call.read(
        lambda s: services.find_entry(s, call.actor, _address(call), call.path["file"])
    )
    etag = content.md5.hex()
    return file_download(
        call.context.blobs,
        call.scope,
        blob=content.blob,
        name=entry.path,
        size_bytes=content.size_bytes,
        etag=etag,
        disposition=disposition,
        is_immutable=query.md5 == etag,
    )


@route("GET", _VERSION + "/table", tag=_TAG)
async def read_artifact_table(call: Call[ReadTable, None]) -> TablePage:
    """Read rows of a table that is a file of a version: JSON as wandb logs it, CSV or TSV.

    What joins two tables of the version, or names all below a folder, is read as one: of a join
    all rows of both, in the order of the first.
    """
    query = call.query
    found = await read_version_table(call, _address(call), query.path)
    page = await asyncio.to_thread(found.table.page, query.offset, query.limit)
    paths = {item.path for one in media_of(page) for item in one.items if item.path}
    known = await call.read(lambda s: services.find_entries(s, call.actor, _address(call), paths))
    return await table_page(
        page, {path: MediaFile(path, one.size_bytes, md5_hex(one)) for path, one in known.items()}
    )


@route("GET", _PROJECT + "/runs/{run}/artifacts", tag=_TAG)
async def list_run_artifacts(call: Call[ListRunArtifacts, None]) -> structs.RunArtifacts:
    """List the versions that a run used and logged."""
    path, limit = call.path, call.query.limit

    def read(snapshot: Snapshot) -> structs.RunArtifacts:
        found = services.run_artifacts(
            snapshot, call.actor, path["entity"], path["project"], path["run"], limit=limit
        )
        return structs.RunArtifacts(
            [artifact_version(one) for one in found.inputs],
            [artifact_version(one) for one in found.outputs],
            found.num_inputs,
            found.num_outputs,
        )

    return await call.read(read)


def _address(call: AnyCall) -> services.Address:
    path = call.path
    return services.Address(path["entity"], path["project"], path["collection"], path["version"])


def _read_collection_cursor(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    type_name, _, name = cursor.partition("/")
    if not name:
        raise bad_cursor()
    return type_name, name


# Domain values to what travels


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


def _version_detail(
    snapshot: Snapshot, call: AnyCall, address: services.Address
) -> structs.ArtifactVersionDetail:
    found = services.version_detail(snapshot, call.actor, address)
    return structs.ArtifactVersionDetail(
        **version_fields(found.version),
        kind=found.version.place.collection.kind,
        used_by=[artifact_run(run) for run in found.used_by],
        links=[
            structs.ArtifactLink(
                link.project.entity,
                link.project.name,
                link.place.collection.name,
                link.place.collection.kind,
                link.place.membership.index,
                list(link.place.membership.aliases),
            )
            for link in found.links
        ],
    )
