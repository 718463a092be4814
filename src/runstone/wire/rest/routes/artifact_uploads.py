"""Uploads of artifacts by our own client, and its way to get many small files at once.

Several contents travel as one body: for each its MD5 (16 bytes), its size (8 bytes, the highest
first) and its bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from msgspec import UNSET

from runstone.domain.access import Actor
from runstone.domain.artifact import Collection, Content, NewArtifact
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.ports.blobs import Blobs, StoredBlob
from runstone.ports.store import Store, Transaction
from runstone.services.artifacts import native_commits
from runstone.services.artifacts import native_uploads as services
from runstone.services.artifacts.uploading import new_content_key
from runstone.wire.common.asgi import header
from runstone.wire.common.context import MAX_MANIFEST_BYTES
from runstone.wire.rest.artifact_addresses import PROJECT, TAG, VERSION, address_of
from runstone.wire.rest.call import AnyCall, Call, Download
from runstone.wire.rest.downloads import stream_download
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifact_uploads as structs
from runstone.wire.rest.translate_artifacts import metadata_text

_UPLOAD: Final = PROJECT + "/artifacts/uploads/{upload}"
_BYTES: Final = "application/octet-stream"
_MD5: Final = re.compile("[0-9a-f]{32}")
_HEAD_BYTES: Final = 24
_MAX_SMALL_BYTES: Final = 4 * 1024 * 1024
_MAX_TOGETHER_BYTES: Final = 64 * 1024 * 1024
_AT_ONCE: Final = 8
"""Contents of one body that are written side by side: most of the time goes into waiting."""

_Bytes: TypeAlias = AsyncIterator[bytes]


@route("PUT", _UPLOAD, tag=TAG)
async def begin_artifact_upload(
    call: Call[None, structs.BeginArtifactUpload],
) -> structs.ArtifactUpload:
    """Begin the upload of a version under a name of your own, or find it again.

    What was begun is found by nobody before it is committed; after seven days without a commit it
    goes. Where the collection has a version with that digest already, the answer is `committed`:
    that one has got the aliases and tags, and nothing is to be sent. With a `distributed_id` it is
    a part of the version that others with the same one write, until one of them commits: that one
    gets the aliases and tags of all, and of what differs in metadata and description the last word.
    """
    wanted, path = call.body, _path(call)
    if wanted.is_increment and wanted.distributed_id is not None:
        raise InvalidInput("A version that several write is no increment: send one of them.")
    new = NewArtifact(
        digest=wanted.digest,
        description=wanted.description,
        metadata="{}" if wanted.metadata is UNSET else metadata_text(wanted.metadata),
        tags=tuple(wanted.tags),
        ttl_s=wanted.ttl_s,
        client_id=path.upload,
        distributed_id=wanted.distributed_id,
        wanted_aliases=tuple(wanted.aliases),
    )

    def begin(tx: Transaction) -> services.UploadState:
        return services.begin_upload(
            tx,
            call.actor,
            path,
            wanted.run,
            wanted.type,
            wanted.collection,
            new,
            is_increment=wanted.is_increment,
        )

    return _upload(wanted.collection, await call.write(begin))


@route("POST", _UPLOAD + "/missing", tag=TAG)
async def find_missing_contents(
    call: Call[None, structs.ContentDigests],
) -> structs.MissingContents:
    """Ask which contents, or parts of contents, are to be sent; those that are here are kept.

    A content that only other projects have is asked for: nobody gets at bytes by naming their MD5.
    """
    md5s = _digests(call.body.md5s)
    missing = await call.write(
        lambda tx: services.missing_contents(tx, call.actor, _path(call), md5s)
    )
    return structs.MissingContents([md5.hex() for md5 in missing])


@route("PUT", _UPLOAD + "/contents/{md5}", tag=TAG, consumes=_BYTES)
async def put_content(call: Call[None, _Bytes]) -> None:
    """Send one content, or one part of a content.

    Bytes that have another MD5 are refused (`digest-mismatch`). Sending what is here already does
    no harm.
    """
    md5 = _digest(call.path["md5"])
    await call.read(lambda s: services.find_upload(s, call.actor, _path(call)))
    stored = await _store(call, md5, call.body)
    await _record(call, [stored])


@route("POST", _UPLOAD + "/contents", tag=TAG, consumes=_BYTES)
async def put_contents(call: Call[None, _Bytes]) -> None:
    """Send many small contents, or parts, as one body: all of them arrive, or none.

    For each content: its MD5 (16 bytes), its size (8 bytes, the highest first), and its bytes. At
    most 4 MiB each and 64 MiB together.
    """
    await call.read(lambda s: services.find_upload(s, call.actor, _path(call)))
    stored: list[StoredBlob] = []
    gate = asyncio.Semaphore(_AT_ONCE)
    is_called_off = False

    async def store(md5: bytes, data: bytes) -> None:
        async with gate:
            if not is_called_off:
                stored.append(await _store(call, md5, _once(data)))

    tasks: list[asyncio.Task[None]] = []
    try:
        async for md5, data in _apart(call.body):
            tasks.append(asyncio.create_task(store(md5, data)))
        await asyncio.gather(*tasks)
    except BaseException:
        # Not cancelled: bytes that are just being written would stay, and nobody know of them.
        is_called_off = True
        await asyncio.gather(*tasks, return_exceptions=True)
        await _delete(call.context.blobs, [one.key for one in stored])
        raise
    await _record(call, stored)


@route("POST", _UPLOAD + "/contents/{md5}/parts", tag=TAG)
async def join_content(call: Call[None, structs.ContentParts]) -> None:
    """Make a large content of parts that were sent; the parts go.

    Refused where a part has not arrived (`parts-missing`), and where what they make has another
    MD5 (`digest-mismatch`). This takes as long as writing the content once.
    """
    md5, parts, path = _digest(call.path["md5"]), _digests(call.body.md5s), _path(call)
    found = await call.read(lambda s: services.find_parts(s, call.actor, path, parts))
    whole = await _store(call, md5, _joined(call.context.blobs, found))
    try:
        unneeded = await call.write(
            lambda tx: services.parts_joined(tx, call.actor, path, whole, set(parts))
        )
    except Exception:
        await _delete(call.context.blobs, [whole.key])
        raise
    await _delete(call.context.blobs, unneeded)


@route("PUT", _UPLOAD + "/manifest", tag=TAG, consumes="application/json")
async def put_artifact_part(call: Call[None, _Bytes]) -> structs.ArtifactUpload:
    """Add what an upload holds to a version that several write: its manifest, as for a commit.

    The version stays pending until one of them commits. Refused where a content has not arrived
    (`files-missing`), where nobody else writes this version (`not-shared`), and where it was
    finished without this part (`finished-without`). Again changes nothing.
    """
    return await _end(call, native_commits.add_part)


@route("POST", _UPLOAD + "/commit", tag=TAG, consumes="application/json")
async def commit_artifact_upload(call: Call[None, _Bytes]) -> structs.ArtifactUpload:
    """Commit an upload with its manifest: then it is a version, whole and for ever.

    The manifest is that of the wandb client: `{"version": 1, "storagePolicy":
    "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"}, "contents":
    {path: {"digest": base64 of the MD5, "size": bytes, "ref": URI, for what is elsewhere}}}`.
    Refused where a content has not arrived (`files-missing`). Again changes nothing. Of a version
    that several write, it becomes what has arrived of all of them.
    """
    return await _end(call, native_commits.finish_upload)


@route("POST", VERSION + "/contents", tag=TAG, produces=_BYTES)
async def download_artifact_contents(call: Call[None, structs.ContentDigests]) -> Download:
    """Download many contents of a version at once, in the order asked for.

    For each content: its MD5 (16 bytes), its size (8 bytes, the highest first), and its bytes.
    """
    address = address_of(call)
    md5s = _digests(call.body.md5s)
    found = await call.read(lambda s: services.contents_of(s, call.actor, address, md5s))
    return stream_download("contents.bin", _BYTES, _together(call.context.blobs, found))


async def _end(
    call: Call[None, _Bytes],
    service: Callable[
        [Store, Actor, services.UploadPath, bytes],
        Awaitable[tuple[Collection, services.UploadState]],
    ],
) -> structs.ArtifactUpload:
    """Gives a service the manifest, of which few are read at a time."""
    context = call.context
    length = header(call.scope, b"content-length") or ""
    async with context.manifest_room.take(
        int(length) if length.isdecimal() else MAX_MANIFEST_BYTES
    ):
        text = await _whole(call.body, MAX_MANIFEST_BYTES)
        collection, done = await service(context.store, call.actor, _path(call), text)
    return _upload(collection.name, done)


def _path(call: AnyCall) -> services.UploadPath:
    path = call.path
    return services.UploadPath(path["entity"], path["project"], path["upload"])


def _upload(collection: str, state: services.UploadState) -> structs.ArtifactUpload:
    return structs.ArtifactUpload(state.artifact.state, collection, state.index)


def _digests(texts: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def _digest(text: str) -> bytes:
    if not _MD5.fullmatch(text):
        raise InvalidInput(
            f"{text[:80]!r} is no MD5: write 32 hexadecimal digits, in small letters.",
            code="malformed-digest",
        )
    return bytes.fromhex(text)


# Bytes


async def _store(call: AnyCall, md5: bytes, chunks: _Bytes) -> StoredBlob:
    """Writes a content, which is nobody's until it is recorded.

    Raises:
        InvalidInput: It is not what it was said to be; nothing is left of it.
    """
    context = call.context
    stored = await context.blobs.put(
        new_content_key(), chunks, max_bytes=context.limits.max_upload_bytes
    )
    if stored.md5 != md5:
        await context.blobs.delete(stored.key)
        raise InvalidInput(
            f"The {stored.size_bytes:,} bytes that arrived have the MD5 {stored.md5.hex()}, not "
            f"{md5.hex()}: they were changed on their way, or while they were read. Send them "
            "again.",
            code="digest-mismatch",
            md5=md5.hex(),
        )
    return stored


async def _record(call: AnyCall, stored: Sequence[StoredBlob]) -> None:
    path = _path(call)
    try:
        unneeded = await call.write(
            lambda tx: services.contents_arrived(tx, call.actor, path, stored)
        )
    except Exception:  # not when cancelled: the record may still be made, and needs the blobs
        await _delete(call.context.blobs, [one.key for one in stored])
        raise
    await _delete(call.context.blobs, unneeded)


async def _delete(blobs: Blobs, keys: Sequence[str]) -> None:
    for key in keys:
        await blobs.delete(key)


async def _apart(chunks: _Bytes) -> AsyncIterator[tuple[bytes, bytes]]:
    """The contents of a body that holds several."""
    pending = bytearray()
    total = 0
    async for chunk in chunks:
        total += len(chunk)
        if total > _MAX_TOGETHER_BYTES:
            raise QuotaExceeded(
                f"More than {_MAX_TOGETHER_BYTES:,} bytes came at once; send fewer contents "
                "together.",
                code="body-too-large",
            )
        pending += chunk
        start = 0
        while len(pending) - start >= _HEAD_BYTES:
            size = int.from_bytes(pending[start + 16 : start + _HEAD_BYTES])
            if size > _MAX_SMALL_BYTES:
                raise QuotaExceeded(
                    f"A content of {size:,} bytes is too large to be sent with others; send it by "
                    "itself.",
                    code="content-too-large",
                )
            end = start + _HEAD_BYTES + size
            if len(pending) < end:
                break
            yield bytes(pending[start : start + 16]), bytes(pending[start + _HEAD_BYTES : end])
            start = end
        del pending[:start]
    if pending:
        raise InvalidInput(
            "The body ends in the middle of a content: each is its MD5 (16 bytes), its size "
            "(8 bytes) and so many bytes.",
            code="cut-body",
        )


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _joined(blobs: Blobs, contents: Sequence[Content]) -> AsyncIterator[bytes]:
    for content in contents:
        async for chunk in blobs.read(content.blob):
            yield chunk


async def _together(blobs: Blobs, contents: Sequence[Content]) -> AsyncIterator[bytes]:
    pending = bytearray()
    for content in contents:
        pending += content.md5 + content.size_bytes.to_bytes(8)
        async for chunk in blobs.read(content.blob):
            pending += chunk
            # Small ones leave together, too.
            if len(pending) >= 1 << 18:
                yield bytes(pending)
                pending.clear()
    if pending:
        yield bytes(pending)


async def _whole(chunks: _Bytes, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise QuotaExceeded(
                f"The manifest is larger than the {max_bytes:,} bytes allowed.",
                code="body-too-large",
            )
        parts.append(chunk)
    return b"".join(parts)
