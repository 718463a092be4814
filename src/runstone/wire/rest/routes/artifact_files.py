"""Files of a version: listed, downloaded, read as tables."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from runstone.ports.store import Snapshot
from runstone.services import artifacts as services
from runstone.services.artifacts.reading import MAX_FILES
from runstone.wire.rest.artifact_addresses import TAG, VERSION, address_of
from runstone.wire.rest.call import Call, Download
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
    md5_hex,
)


class ListArtifactFiles(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_files`."""

    prefix: Annotated[str, Meta(max_length=1_024, description="Such as `media/images/`.")] = ""
    search: Annotated[
        str, Meta(max_length=1_024, description="Part of a path, in capitals or not.")
    ] = ""
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
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


@route("GET", VERSION + "/files", tag=TAG)
async def list_artifact_files(call: Call[ListArtifactFiles, None]) -> structs.ArtifactFileList:
    """List the files of a version by path, references included."""
    query = call.query

    def read(snapshot: Snapshot) -> structs.ArtifactFileList:
        found = services.list_entries(
            snapshot, call.actor, address_of(call),
            prefix=query.prefix, search=query.search, after=query.cursor, limit=query.limit,
        )  # fmt: skip
        cursor = found.entries[-1].path if found.has_more else None
        return structs.ArtifactFileList(
            [artifact_file(one) for one in found.entries], found.total, cursor
        )

    return await call.read(read)


@route("GET", VERSION + "/files/{file:rest}", tag=TAG, produces="application/octet-stream")
async def download_artifact_file(call: Call[DownloadArtifactFile, None]) -> Download:
    """Download a file of a version, or ranges of it, as those of runs are downloaded.

    Understands `Range`, `If-Range` and `If-None-Match`; `inline` and `sandbox` mean what they mean
    there. Of a reference nothing is kept here: it is refused (`file-is-reference`).
    """
    query = call.query
    disposition = Disposition.wanted(inline=query.inline, sandbox=query.sandbox)
    entry, content = await call.read(
        lambda s: services.find_entry(s, call.actor, address_of(call), call.path["file"])
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


@route("GET", VERSION + "/table", tag=TAG)
async def read_artifact_table(call: Call[ReadTable, None]) -> TablePage:
    """Read rows of a table that is a file of a version: JSON as wandb logs it, CSV or TSV.

    What joins two tables of the version, or names all below a folder, is read as one: of a join
    all rows of both, in the order of the first.
    """
    query = call.query
    found = await read_version_table(call, address_of(call), query.path)
    page = await asyncio.to_thread(found.table.page, query.offset, query.limit)
    paths = {item.path for one in media_of(page) for item in one.items if item.path}
    known = await call.read(lambda s: services.find_entries(s, call.actor, address_of(call), paths))
    return await table_page(
        page, {path: MediaFile(path, one.size_bytes, md5_hex(one)) for path, one in known.items()}
    )
