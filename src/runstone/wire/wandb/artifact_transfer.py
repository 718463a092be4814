"""Bytes of artifacts: contents and manifests, up by signed URL, down by signed URL or key."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import mimetypes
import re
from collections.abc import Sequence
from typing import Any, Final

from runstone.domain.access import Action, Actor, not_found, require
from runstone.domain.artifact import Content
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied, QuotaExceeded
from runstone.domain.ids import ArtifactId, ManifestId
from runstone.domain.manifest import read_manifest
from runstone.ports.artifacts import PackedText
from runstone.ports.blobs import Part
from runstone.ports.store import Snapshot
from runstone.services import artifacts, projects
from runstone.wire.common.asgi import Receive, Scope, Send, body_chunks, header, read_body, respond
from runstone.wire.common.context import MAX_MANIFEST_BYTES, ServerContext
from runstone.wire.common.signing import DOWNLOAD_LIFETIME_S, UPLOAD_LIFETIME_S
from runstone.wire.wandb.files import ServedBlob, check_md5, find_actor, redirect, send_blob

_HEX_MD5: Final = re.compile("[0-9a-f]{32}")


# Uploads


async def put(
    context: ServerContext, token: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Takes in a content or a manifest. The URL's signature is the permission.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The version was deleted meanwhile.
        InvalidInput: The bytes are not those that were announced, or not a manifest.
        Conflict: A manifest of a version that is committed, or a content that it does not hold.
        QuotaExceeded: More bytes than allowed.
        Unavailable: Many large manifests come at once.
    """
    try:
        number, digest = context.signer.verify("content-upload", token, max_age_s=UPLOAD_LIFETIME_S)
    except PermissionDenied:
        number, digest = context.signer.verify(
            "manifest-upload", token, max_age_s=UPLOAD_LIFETIME_S
        )
        await _put_manifest(context, ManifestId(number), digest, scope, receive, send)
        return
    await _put_content(context, ArtifactId(number), bytes.fromhex(digest), scope, receive, send)


async def _put_content(
    context: ServerContext,
    artifact: ArtifactId,
    md5: bytes,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    key = artifacts.new_content_key()
    stored = await context.blobs.put(
        key, body_chunks(receive), max_bytes=context.limits.max_upload_bytes
    )
    try:
        check_md5(header(scope, b"content-md5"), stored.md5)
        unneeded = await asyncio.wrap_future(
            context.store.write(lambda tx: artifacts.content_arrived(tx, artifact, md5, stored))
        )
    except Exception:  # not when cancelled: the record may still be made, and needs the blob
        await context.blobs.delete(key)
        raise
    if unneeded is not None:
        await context.blobs.delete(unneeded)
    await respond(send, 200, b"{}", headers=((b"etag", f'"{stored.md5.hex()}"'.encode()),))


async def put_part(
    context: ServerContext, token: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Takes in a part of a content. The URL's signature is the permission.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The upload was completed or given up, or its version deleted.
        InvalidInput: The bytes are not those that were announced, or no Content-Length says how
            many they are.
        QuotaExceeded: More bytes than allowed.
    """
    key, upload, number, digest = context.signer.verify(
        "part-upload", token, max_age_s=UPLOAD_LIFETIME_S
    )
    size = header(scope, b"content-length") or ""
    if not size.isdecimal():
        raise InvalidInput("Content-Length must say how large the part is.", code="wrong-size")
    part, size_bytes = Part(number, bytes.fromhex(digest)), int(size)
    if number * size_bytes > context.limits.max_upload_bytes:
        raise QuotaExceeded(
            f"The file is larger than the {context.limits.max_upload_bytes:,} bytes allowed.",
            code="upload-too-large",
        )
    stored = await context.blobs.put_part(
        key, upload, part, body_chunks(receive), size_bytes=size_bytes
    )
    await respond(send, 200, b"{}", headers=((b"etag", f'"{stored.md5.hex()}"'.encode()),))


async def _put_manifest(
    context: ServerContext,
    manifest: ManifestId,
    digest: str,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    # A compressed one says nothing of its length.
    length = header(scope, b"content-length") or ""
    is_plain = length.isdecimal() and header(scope, b"content-encoding") is None
    async with context.manifest_room.take(int(length) if is_plain else MAX_MANIFEST_BYTES):
        text = await read_body(scope, receive, max_bytes=MAX_MANIFEST_BYTES)
        md5 = await asyncio.to_thread(lambda: hashlib.md5(text, usedforsecurity=False).digest())
        check_md5(digest or header(scope, b"content-md5"), md5)
        await asyncio.to_thread(read_manifest, text)
        packed = await asyncio.to_thread(PackedText.of, text)
    name = base64.b64encode(md5).decode("ascii")
    await asyncio.wrap_future(
        context.store.write(lambda tx: artifacts.manifest_arrived(tx, manifest, packed, name))
    )
    await respond(send, 200, b"{}", headers=((b"etag", f'"{md5.hex()}"'.encode()),))


# Downloads


async def get_signed(
    context: ServerContext, token: str, name: str, scope: Scope, send: Send
) -> None:
    """Sends a content of a version to whoever has the URL.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The version was deleted meanwhile.
    """
    number, hex_md5 = context.signer.verify(
        "content-download", token, max_age_s=DOWNLOAD_LIFETIME_S
    )
    md5 = bytes.fromhex(hex_md5)

    def find(snapshot: Snapshot) -> Content:
        if not snapshot.artifacts.refers_to(number, md5):
            raise not_found(f"file {name}")
        return snapshot.artifacts.contents([md5])[md5]

    content = await _read(context, find)
    if not await redirect(context, _served(content, name), scope, send):
        await _send(context, content, name, scope, send)


async def get_manifest(context: ServerContext, token: str, scope: Scope, send: Send) -> None:
    """Sends a manifest to whoever has the URL.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The version was deleted meanwhile.
    """
    (number,) = context.signer.verify("manifest-download", token, max_age_s=DOWNLOAD_LIFETIME_S)
    text = await _read(context, lambda s: s.artifacts.manifest_text(ManifestId(number)))
    if text is None:
        raise not_found("The manifest")
    await respond(send, 200, text if scope["method"] == "GET" else b"")


async def get(
    context: ServerContext, entity: str, rest: Sequence[str], scope: Scope, send: Send
) -> None:
    """Sends a content by its MD5 to someone who may see the project that holds it.

    Clients have several forms of this path: the digest in hex is the last part or the last but
    one, and before it may stand the project.

    Raises:
        Unauthenticated: No valid key or session.
        NotFound: No such content, or the actor may not see it.
        InvalidInput: No digest in the path.
    """
    place = next((i for i in (-1, -2) if len(rest) >= -i and _HEX_MD5.fullmatch(rest[i])), None)
    if place is None:
        raise InvalidInput("The path of an artifact's file holds the MD5 of its bytes, in hex.")
    actor = await find_actor(context, scope)
    md5 = bytes.fromhex(rest[place])
    project = rest[0] if len(rest) + place >= 2 else None
    content = await _read(context, lambda s: _find(s, actor, entity, project, md5))
    await _send(context, content, rest[-1], scope, send)


def _find(
    snapshot: Snapshot, actor: Actor, entity: str, project: str | None, md5: bytes
) -> Content:
    if project is not None:
        places = [projects.find_project(snapshot, actor, entity, project)]
    else:
        owner = projects.find_entity(snapshot, actor, entity)
        require(actor, Action.READ, owner.id, what=f"files of {entity}")
        places = list(snapshot.projects.projects(owner.id))
    if any(snapshot.artifacts.contents_in_project(place.id, [md5]) for place in places):
        return snapshot.artifacts.contents([md5])[md5]
    raise not_found("The file")


async def _send(
    context: ServerContext, content: Content, name: str, scope: Scope, send: Send
) -> None:
    await send_blob(context, _served(content, name), scope, send)


def _served(content: Content, name: str) -> ServedBlob:
    mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return ServedBlob(content.blob, content.size_bytes, name, mime_type)


async def _read(context: ServerContext, unit: Any) -> Any:
    try:
        return await asyncio.wrap_future(context.store.read(unit))
    except KeyError as error:
        raise NotFound("The file's bytes are gone.") from error
