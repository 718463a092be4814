"""Files saved with runs: list, download, save, delete."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain import run as domain
from runstone.domain.access import Action
from runstone.domain.errors import InvalidInput
from runstone.domain.file_kinds import kind_of
from runstone.domain.ids import RunId
from runstone.ports.store import Snapshot, Transaction
from runstone.services import files as services
from runstone.services.runs import find_run
from runstone.wire.rest.call import Call, Download
from runstone.wire.rest.downloads import Disposition, file_download
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.files import FileList, FileNames, KnownFiles, RunFile


class ListFiles(Struct, forbid_unknown_fields=True):
    """Query of `list_files`."""

    prefix: Annotated[str, Meta(max_length=1_024, description="Such as `media/images/`.")] = ""
    search: Annotated[
        str, Meta(max_length=1_024, description="Part of a name, in capitals or not.")
    ] = ""
    after: Annotated[str | None, Meta(description="`next_after` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=services.MAX_PAGE)] = 1_000


class DownloadFile(Struct, forbid_unknown_fields=True):
    """Query of `download_file`."""

    inline: Annotated[
        bool,
        Meta(description="To be shown: bitmaps, sound, film as such, all text as plain text."),
    ] = False
    sandbox: Annotated[
        bool, Meta(description="HTML or SVG as a page in an origin of its own, for a frame.")
    ] = False
    version: Annotated[
        str | None,
        Meta(description="`md5` of the file: where it is the present one, the answer may be kept."),
    ] = None


class PutFile(Struct, forbid_unknown_fields=True):
    """Query of `put_file`."""

    md5: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None,
        Meta(description="Of the bytes, hexadecimal."),
    ] = None


@route("GET", "/projects/{entity}/{project}/runs/{run}/files", tag="Files")
async def list_files(call: Call[ListFiles, None]) -> FileList:
    """List a run's files by name; those whose bytes have not come are left out."""
    query = call.query
    found = await call.read(
        lambda snapshot: services.list_files(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            call.path["run"],
            prefix=query.prefix,
            search=query.search,
            after=query.after,
            limit=query.limit,
        )
    )
    return FileList([run_file(file) for file in found.files], found.next_after, found.total)


@route(
    "GET",
    "/projects/{entity}/{project}/runs/{run}/files/{file:rest}",
    tag="Files",
    produces="application/octet-stream",
)
async def download_file(call: Call[DownloadFile, None]) -> Download:
    """Download a file, or ranges of it.

    Understands `Range`, `If-Range` and `If-None-Match`. What people logged never runs on this
    origin: without a parameter a file is for saving; with `inline` it is shown where that is
    safe, text as plain text whatever it is; with `sandbox`, HTML and SVG are pages of an origin
    of their own, for an `<iframe sandbox="allow-scripts">`. There, scripts and styles that are in
    the file work (figures of Plotly, Vega, Bokeh saved with their libraries in them); whatever
    comes from the network (scripts of a CDN, fonts, images, data) does not, and neither do
    cookies, storage, forms, downloads and links out of the frame.
    """
    query = call.query
    disposition = Disposition.wanted(inline=query.inline, sandbox=query.sandbox)
    file = await call.read(
        lambda snapshot: services.run_file(
            snapshot,
            call.actor,
            call.path["entity"],
            call.path["project"],
            call.path["run"],
            call.path["file"],
        )
    )
    assert file.blob is not None, "found files have bytes"
    etag = md5_hex(file) or file.blob.rsplit("/", 1)[-1]
    return file_download(
        call.context.blobs,
        call.scope,
        blob=file.blob,
        name=file.name,
        size_bytes=file.size_bytes,
        etag=etag,
        disposition=disposition,
        is_immutable=query.version == etag,
    )


@route("POST", "/projects/{entity}/{project}/runs/{run}/known-files", tag="Files")
async def find_known_files(call: Call[None, FileNames]) -> KnownFiles:
    """Ask which of some files a run has already, before they are sent."""
    path = call.path
    found = await call.read(
        lambda snapshot: services.known_files(
            snapshot, call.actor, path["entity"], path["project"], path["run"], call.body.names
        )
    )
    return KnownFiles({name: _hex(md5) for name, md5 in found.items()})


@route(
    "PUT",
    "/projects/{entity}/{project}/runs/{run}/files/{file:rest}",
    tag="Files",
    consumes="application/octet-stream",
)
async def put_file(call: Call[PutFile, AsyncIterator[bytes]]) -> None:
    """Save a file with a run; one of that name is replaced.

    The bytes are durable when this is answered; what breaks off leaves nothing. May be repeated.
    Bytes of another MD5 than `md5` are refused (`digest-mismatch`).
    """
    path, context = call.path, call.context

    def expect(snapshot: Snapshot) -> tuple[RunId, str]:
        return services.expect_file(
            snapshot, call.actor, path["entity"], path["project"], path["run"], path["file"]
        )

    run, name = await call.read(expect)
    key = services.new_blob_key(run)
    stored = await context.blobs.put(key, call.body, max_bytes=context.limits.max_upload_bytes)
    try:
        if call.query.md5 not in (None, stored.md5.hex()):
            raise InvalidInput(
                f"The {stored.size_bytes:,} bytes that arrived have the MD5 {stored.md5.hex()}, "
                f"not {call.query.md5}: they were changed on their way, or while they were read. "
                "Send them again.",
                code="digest-mismatch",
            )
        replaced = await call.write(lambda tx: services.file_arrived(tx, run, name, stored))
    except Exception:  # not when cancelled: the record may still be made, and needs the blob
        await context.blobs.delete(key)
        raise
    if replaced is not None:
        await context.blobs.delete(replaced)


@route(
    "DELETE",
    "/projects/{entity}/{project}/runs/{run}/files/{file:rest}",
    tag="Files",
    status=HTTPStatus.NO_CONTENT,
)
async def delete_file(call: Call[None, None]) -> None:
    """Delete a file and its bytes."""
    path = call.path

    def delete(tx: Transaction) -> str | None:
        run = find_run(tx, call.actor, path["entity"], path["project"], path["run"], Action.WRITE)
        file = services.run_file(
            tx, call.actor, path["entity"], path["project"], path["run"], path["file"]
        )
        return services.delete_file(tx, call.actor, run.id, file.name)

    blob = await call.write(delete)
    if blob is not None:
        await call.context.blobs.delete(blob)


def run_file(file: domain.RunFile) -> RunFile:
    """A file as it travels."""
    kind = kind_of(file.name)
    return RunFile(
        file.name,
        file.size_bytes,
        file.mime_type,
        md5_hex(file),
        file.updated_at,
        kind.preview,
        kind.language,
    )


def md5_hex(file: domain.RunFile) -> str | None:
    """The MD5 of a file's bytes; None where it is not known."""
    return _hex(file.md5)


def _hex(md5: str | None) -> str | None:
    if md5 is None:
        return None
    try:
        return base64.b64decode(md5, validate=True).hex()
    except ValueError:
        return None
