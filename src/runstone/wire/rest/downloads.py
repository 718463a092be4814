"""Files as HTTP answers: ranges, conditions, safe headers, and sending in constant memory.

Bytes that people logged are data on this origin, never a page of it. `Disposition` says in which
of three ways they go out; whatever the way, a browser is told not to guess their type, not to let
other sites embed them, and to run them, if at all, in an origin of their own without network.

Source: RFC 9110, section 13 (conditions); CSP level 3, directive `sandbox`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from runstone.domain.errors import InvalidInput
from runstone.domain.file_kinds import FileKind, Preview, kind_of
from runstone.ports.blobs import Blobs
from runstone.wire.common.asgi import Receive, Scope, Send, header
from runstone.wire.common.ranges import NotSatisfiable, wanted_part
from runstone.wire.rest.call import Download, Header

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"

_INERT: Final = "sandbox; default-src 'none'"
# Its own origin, so no cookie, no storage, no reading of answers; and no network at all: what it
# shows must be in it. Scripts may run, evaluated ones too (Vega compiles its expressions).
_SANDBOXED: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; "
    "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_SANDBOXED_TYPES: Final = {
    Preview.HTML: "text/html; charset=utf-8",
    Preview.SVG: "image/svg+xml",
}


class Disposition(Enum):
    """In which way a file goes out."""

    ATTACHMENT = "attachment"
    """To be saved. Its type says no more than whether it is text."""
    INLINE = "inline"
    """To be shown: bitmaps, sound and film as such, text as plain text."""
    SANDBOX = "sandbox"
    """As a page of its own, in a frame: HTML and SVG, with scripts and without anything else."""

    @staticmethod
    def wanted(*, inline: bool, sandbox: bool) -> Disposition:
        """The one that a query asks for.

        Raises:
            InvalidInput: It asks for both.
        """
        if inline and sandbox:
            raise InvalidInput("inline and sandbox contradict each other: send one of them.")
        if inline:
            return Disposition.INLINE
        return Disposition.SANDBOX if sandbox else Disposition.ATTACHMENT


def file_download(
    blobs: Blobs,
    scope: Scope,
    *,
    blob: str,
    name: str,
    size_bytes: int,
    etag: str,
    disposition: Disposition,
    is_immutable: bool = False,
) -> Download:
    """A file, or the part of it that the request asks for.

    Args:
        blob: Key of its bytes.
        name: As it is called; what is saved gets its last part.
        etag: Changes with its bytes.
        is_immutable: The address holds the bytes' hash, so it may be kept for ever.

    Raises:
        InvalidInput: It cannot go out in that way (code `not-shown-inline`).
    """
    kind = kind_of(name)
    tag = f'"{etag}"'
    caching = "private, max-age=31536000, immutable" if is_immutable else "private, no-cache"
    headers: tuple[Header, ...] = (
        (b"etag", tag.encode()),
        (b"cache-control", caching.encode()),
        (b"accept-ranges", b"bytes"),
        (b"content-disposition", _content_disposition(name, disposition)),
        *_safety(disposition),
    )
    content_type = (b"content-type", _content_type(kind, name, disposition).encode())
    if _is_known(header(scope, b"if-none-match"), tag):
        return Download(304, headers, None)
    start, end, status = 0, size_bytes, 200
    try:
        part = _wanted_part(scope, tag, size_bytes)
    except NotSatisfiable:
        beyond = (b"content-range", f"bytes */{size_bytes}".encode())
        return Download(416, (*headers, beyond, (b"content-length", b"0")), None)
    if part is not None:
        start, end = part
        status = 206
        headers += ((b"content-range", f"bytes {start}-{end - 1}/{size_bytes}".encode()),)
    headers += (content_type, (b"content-length", str(end - start).encode()))
    return Download(status, headers, blobs.read(blob, start=start, end=end))


def stream_download(
    name: str,
    media_type: str,
    chunks: AsyncIterator[bytes],
    headers: tuple[Header, ...] = (),
) -> Download:
    """Bytes of unknown length, to be saved under a name."""
    return Download(
        200,
        (
            (b"content-type", media_type.encode()),
            (b"cache-control", b"no-store"),
            (b"content-disposition", _content_disposition(name, Disposition.ATTACHMENT)),
            *_safety(Disposition.ATTACHMENT),
            *headers,
        ),
        chunks,
    )


async def send_download(download: Download, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends it chunk by chunk, until its end or until the client goes away.

    Raises:
        NotFound: The bytes are gone; nothing was sent.
    """
    try:
        await _send_download(download, scope, receive, send)
    finally:
        # What makes the chunks may be a thread of its own: it learns at once that it is over.
        if isinstance(download.chunks, AsyncGenerator):
            await download.chunks.aclose()


async def _send_download(download: Download, scope: Scope, receive: Receive, send: Send) -> None:
    chunks = download.chunks
    first: bytes | None = None
    if chunks is not None and scope["method"] != "HEAD":
        # Asked for before the answer begins: then a lost blob is still a 404.
        first = await anext(chunks, None)
    start = {
        "type": "http.response.start",
        "status": download.status,
        "headers": list(download.headers),
    }
    await send(start)
    if chunks is None or first is None:
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.body", "body": first, "more_body": True})
    # Whoever scrubs through a film leaves most answers unfinished: read no further than needed.
    pump = asyncio.ensure_future(_pump(chunks, send))
    gone = asyncio.ensure_future(_gone(receive))
    tasks: list[asyncio.Future[Any]] = [pump, gone]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(ends[0], Exception):
        raise ends[0]


async def _pump(chunks: AsyncIterator[bytes], send: Send) -> None:
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _safety(disposition: Disposition) -> tuple[Header, ...]:
    policy = _SANDBOXED if disposition is Disposition.SANDBOX else _INERT
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
    )


def _content_type(kind: FileKind, name: str, disposition: Disposition) -> str:
    if disposition is Disposition.SANDBOX:
        if (media_type := _SANDBOXED_TYPES.get(kind.preview)) is None:
            raise InvalidInput(
                f"{name} is no HTML and no SVG: only these are shown in a sandbox. Ask for it "
                "with inline=true, or without both.",
                code="not-shown-inline",
            )
        return media_type
    plain = kind.media_type or (TEXT if kind.is_text else BYTES)
    if disposition is Disposition.INLINE and plain == BYTES:
        raise InvalidInput(
            f"{name} is of a kind that cannot be shown in a browser safely; download it, without "
            "inline=true.",
            code="not-shown-inline",
        )
    return plain


def _content_disposition(name: str, disposition: Disposition) -> bytes:
    """How it is to be treated, and its name twice: for RFC 8187, and plain for those that lack it.

    The plain form has letters, digits and a few marks alone: nothing in it can end it or the
    header.
    """
    base = name.rsplit("/", 1)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", base)
    treated = "attachment" if disposition is Disposition.ATTACHMENT else "inline"
    return f"{treated}; filename=\"{plain}\"; filename*=UTF-8''{quote(base, safe='')}".encode()


def _is_known(if_none_match: str | None, tag: str) -> bool:
    if if_none_match is None:
        return False
    known = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return any(one in (tag, "*") for one in known)


def _wanted_part(scope: Scope, tag: str, size: int) -> tuple[int, int] | None:
    """The range of bytes that is wanted, end exclusive; None for the whole."""
    if_range = header(scope, b"if-range")
    if if_range is not None and if_range.strip() != tag:
        return None  # another version of the file: a part of this one is of no use
    return wanted_part(header(scope, b"range"), size)
