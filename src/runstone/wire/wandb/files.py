"""Bytes of run files: uploads by signed URL, downloads by key, session or signed URL."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs, quote

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import RunFile
from runstone.ports.store import Snapshot
from runstone.services import files, runs
from runstone.wire.common.asgi import Receive, Scope, Send, body_chunks, header, respond
from runstone.wire.common.auth import SESSION_COOKIE
from runstone.wire.common.context import ServerContext
from runstone.wire.common.ranges import NotSatisfiable, wanted_part
from runstone.wire.common.signing import DOWNLOAD_LIFETIME_S, UPLOAD_LIFETIME_S

# Whatever a user uploaded, HTML and SVG too, is data here: never a page of this origin.
_SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"cache-control", b"private, no-cache"),
    (b"accept-ranges", b"bytes"),
)

_REDIRECT_LIFETIME_S: Final = 3_600
"""Long enough for what is asked for in ranges, one after the other."""


# Uploads


async def put(
    context: ServerContext, token: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Takes in the bytes of one file. The URL's signature is the permission: clients send no key.

    Raises:
        PermissionDenied: A token that was not made here, or is too old.
        NotFound: The run was deleted meanwhile.
        InvalidInput: The bytes are not those that Content-MD5 announces.
        QuotaExceeded: More bytes than allowed.
    """
    number, name = context.signer.verify("upload", token, max_age_s=UPLOAD_LIFETIME_S)
    run = RunId(number)
    key = files.new_blob_key(run)
    stored = await context.blobs.put(
        key, body_chunks(receive), max_bytes=context.limits.max_upload_bytes
    )
    try:
        check_md5(header(scope, b"content-md5"), stored.md5)
        replaced = await asyncio.wrap_future(
            context.store.write(lambda tx: files.file_arrived(tx, run, name, stored))
        )
    except Exception:  # not when cancelled: the record may still be made, and needs the blob
        await context.blobs.delete(key)
        raise
    if replaced is not None:
        await context.blobs.delete(replaced)
    etag = f'"{stored.md5.hex()}"'.encode()
    await respond(send, 200, b"{}", headers=((b"etag", etag),))


def check_md5(announced: str | None, actual: bytes) -> None:
    """Compares what arrived with the Content-MD5 header, where there is one.

    Raises:
        InvalidInput: They differ, or the header is no base64.
    """
    if announced is None:
        return
    try:
        expected = base64.b64decode(announced, validate=True)
    except ValueError as error:  # not base64, or not even ASCII
        raise InvalidInput("The Content-MD5 header is not base64.") from error
    if expected != actual:
        raise InvalidInput(
            "The bytes that arrived are not those that Content-MD5 announces; upload again.",
            code="digest-mismatch",
        )


# Downloads


async def get(
    context: ServerContext, address: tuple[str, str, str, str], scope: Scope, send: Send
) -> None:
    """Sends a file or a range of it; HEAD gives the headers alone.

    Raises:
        Unauthenticated: No valid key, session or signature.
        NotFound: No such file, or the actor may not see it.
    """
    signature = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("signature")
    if signature:
        number, name = context.signer.verify(
            "download", signature[0], max_age_s=DOWNLOAD_LIFETIME_S
        )
        file = await _read(context, lambda snapshot: files.signed_file(snapshot, number, name))
        if await redirect(context, _served(file), scope, send):
            return
    else:
        actor = await find_actor(context, scope)
        file = await _read(context, lambda snapshot: _find(snapshot, actor, address))
    await _send_file(context, file, scope, send)


async def options(scope: Scope, send: Send) -> None:
    """Says to browsers of other origins that files may be read; `wandb verify` looks for it."""
    headers = (
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
        (b"access-control-allow-headers", b"Authorization, Range"),
    )
    await respond(send, 200, b"", content_type=b"text/plain", headers=headers)


async def _read(context: ServerContext, unit: Any) -> RunFile:
    file: RunFile = await asyncio.wrap_future(context.store.read(unit))
    return file


def _find(snapshot: Snapshot, actor: Actor, address: tuple[str, str, str, str]) -> RunFile:
    entity, project, run, name = address
    found = runs.find_run(snapshot, actor, entity, project, run)
    return files.find_file(snapshot, actor, found, name)


async def find_actor(context: ServerContext, scope: Scope) -> Actor:
    """Who asks, by key or by session.

    Raises:
        Unauthenticated: Neither is valid.
    """
    authorization = header(scope, b"authorization")
    if authorization is None and (token := _session(scope)):
        return await context.authenticator.by_session(token)
    return await context.authenticator.by_authorization(authorization)


def _session(scope: Scope) -> str | None:
    try:
        cookies = SimpleCookie(header(scope, b"cookie") or "")
    except CookieError:
        return None
    return cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else None


async def _send_file(context: ServerContext, file: RunFile, scope: Scope, send: Send) -> None:
    await send_blob(context, _served(file), scope, send)


def _served(file: RunFile) -> ServedBlob:
    assert file.blob is not None
    return ServedBlob(file.blob, file.size_bytes, file.name, file.mime_type)


@dataclass(frozen=True, slots=True)
class ServedBlob:
    """Bytes of the blob store as somebody downloads them.

    Attributes:
        name: Its last part is what the download is called.
    """

    key: str
    size_bytes: int
    name: str
    mime_type: str


async def redirect(context: ServerContext, blob: ServedBlob, scope: Scope, send: Send) -> bool:
    """Sends a client to the blob store, where that has URLs for it; False where it has not.

    For whoever came by a signed URL alone: credentials that a client sends along are not the
    store's, and confuse it.
    """
    if not context.blobs.supports_presigned_urls or scope["method"] != "GET":
        return False
    if header(scope, b"authorization") is not None:
        return False
    url = context.blobs.download_url(
        blob.key, name=blob.name, media_type=blob.mime_type, lifetime_s=_REDIRECT_LIFETIME_S
    )
    headers = ((b"location", url.encode()), (b"cache-control", b"no-store"))
    await respond(send, 302, b"", content_type=b"text/plain", headers=headers)
    return True


async def send_blob(context: ServerContext, blob: ServedBlob, scope: Scope, send: Send) -> None:
    """Sends a blob or the range of it that is asked for; to HEAD the headers alone.

    Raises:
        NotFound: Its bytes are gone.
    """
    size = blob.size_bytes
    start, end, status = 0, size, 200
    etag = f'"{blob.key.rsplit("/", 1)[-1]}"'.encode()
    extra: tuple[tuple[bytes, bytes], ...] = ((b"etag", etag),)
    try:
        part = wanted_part(header(scope, b"range"), size)
    except NotSatisfiable:
        headers = (*_SAFE, (b"content-range", f"bytes */{size}".encode()))
        await respond(send, 416, b'{"error":"The file is shorter."}', headers=headers)
        return
    if part is not None:
        start, end = part
        status = 206
        extra = (*extra, (b"content-range", f"bytes {start}-{end - 1}/{size}".encode()))
    chunks = context.blobs.read(blob.key, start=start, end=end)
    # The first chunk is asked for before the answer begins: then a lost blob is still a 404.
    is_head = scope["method"] == "HEAD"
    first = b"" if is_head or start == end else await anext(chunks, None)
    if first is None:
        raise NotFound(f"The bytes of {blob.name} are gone.")
    base_name = quote(blob.name.rsplit("/", 1)[-1], safe="")
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", blob.mime_type.encode("latin-1", "replace")),
                (b"content-length", str(end - start).encode()),
                (b"content-disposition", f"attachment; filename*=UTF-8''{base_name}".encode()),
                *_SAFE,
                *extra,
            ],
        }
    )
    if is_head:
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
