"""Plain ASGI for the hot routes: a request with its body, and answers in one message."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from runstone.domain.errors import InvalidInput, QuotaExceeded

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_INFLATE_STEP: Final = 4 * 1024 * 1024


class ClientGone(Exception):
    """The connection broke before the whole body had come; nobody waits for an answer."""


def header(scope: Scope, name: bytes) -> str | None:
    """The last header of that lower-case name, as text."""
    found: bytes | None = None
    for key, value in scope["headers"]:
        if key == name:
            found = value
    return None if found is None else found.decode("latin-1")


def request_url(scope: Scope, public_url: str | None) -> str:
    """How the client reached this server, without a slash at the end."""
    if public_url:
        return public_url
    host = header(scope, b"host")
    if not host:
        address, port = scope["server"]
        host = f"{address}:{port}"
    return f"{scope.get('scheme', 'http')}://{host}"


async def body_chunks(receive: Receive) -> AsyncIterator[bytes]:
    """The raw body as it comes.

    Raises:
        ClientGone: The connection broke before the end.
    """
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        if chunk := message.get("body", b""):
            yield chunk
        more = message.get("more_body", False)


async def read_body(scope: Scope, receive: Receive, *, max_bytes: int) -> bytes:
    """The whole body, decompressed where it is gzip or deflate.

    Raises:
        QuotaExceeded: Larger than `max_bytes`, before or after decompression.
        InvalidInput: Compressed in a way not known here, or broken.
        ClientGone: The connection broke before the end.
    """
    announced = header(scope, b"content-length")
    if announced and announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    parts: list[bytes] = []
    size = 0
    async for chunk in body_chunks(receive):
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes)
        parts.append(chunk)
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    encoding = (header(scope, b"content-encoding") or "identity").lower()
    match encoding:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, max_bytes, wbits=16 + zlib.MAX_WBITS)
        case "deflate":
            return _inflate(body, max_bytes, wbits=zlib.MAX_WBITS)
        case _:
            raise InvalidInput(
                f"Content-Encoding {encoding!r} is not understood; send gzip or nothing.",
                code="unsupported-encoding",
            )


async def respond(
    send: Send,
    status: int,
    body: bytes,
    *,
    content_type: bytes = b"application/json",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Sends one whole answer."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _inflate(data: bytes, max_bytes: int, *, wbits: int) -> bytes:
    # Step by step: a small body may hold gigabytes.
    inflater = zlib.decompressobj(wbits)
    parts: list[bytes] = []
    size = 0
    try:
        pending = data
        while pending and not inflater.eof:
            part = inflater.decompress(pending, _INFLATE_STEP)
            size += len(part)
            if size > max_bytes:
                raise _too_large(max_bytes)
            parts.append(part)
            pending = inflater.unconsumed_tail
        if not inflater.eof:
            raise InvalidInput(
                "The compressed body is cut off; send it again, whole.", code="broken-encoding"
            )
        if inflater.unused_data:
            # A second member, or anything else: rather none of it than a part.
            raise InvalidInput(
                "Bytes follow the end of the compressed body; compress it as one.",
                code="broken-encoding",
            )
    except (zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(
            f"The compressed body is broken: {error}.", code="broken-encoding"
        ) from error
    return b"".join(parts)


def _too_large(max_bytes: int) -> QuotaExceeded:
    return QuotaExceeded(
        f"The body is larger than the {max_bytes:,} bytes allowed in one request; send less at "
        "a time.",
        code="body-too-large",
    )
