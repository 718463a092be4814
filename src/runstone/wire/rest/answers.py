"""Whole answers on their way out: JSON and binary, known already, compressed.

A GET's JSON carries an ETag: a weak one, a digest of the body, unless its route gives one of its
own. A client that has the same already (browsers remember by themselves) is told so in a few bytes.
The answer was computed all the same; reading is cheap, and what differs between two readers (roles,
columns) cannot be forgotten in the digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import zlib
from http import HTTPStatus
from typing import Any, Final, Literal, TypeAlias

import msgspec
import zstandard

from runstone.wire.common.asgi import Scope, Send, header
from runstone.wire.rest.call import Answer, Binary, Header

Coding: TypeAlias = Literal["zstd", "gzip"]

_encode: Final = msgspec.json.Encoder().encode

MIN_COMPRESSED_BYTES: Final = 1_024
"""Less fits into one packet anyway."""
_OFF_LOOP_BYTES: Final = 64 * 1024
"""From here on compressing takes half a millisecond and more, for which others should not wait."""
_ZSTD_LEVEL: Final = 1
_GZIP_LEVEL: Final = 1
_WINDOW_OF_GZIP: Final = 16 + zlib.MAX_WBITS
_CODINGS: Final[tuple[Coding, ...]] = ("zstd", "gzip")
_local: Final = threading.local()


async def send_whole(scope: Scope, send: Send, status: int, answer: Any) -> None:
    """Sends what a route gave."""
    match answer:
        case Binary():
            await _send_binary(scope, send, status, answer)
        case Answer(content, headers):
            await _send_struct(scope, send, status, content, headers)
        case _:
            await _send_struct(scope, send, status, answer, ())


async def _send_struct(
    scope: Scope, send: Send, status: int, content: Any, headers: tuple[Header, ...]
) -> None:
    if content is None:
        # A 204 has no content-length (RFC 9110, 8.6).
        length = () if status == HTTPStatus.NO_CONTENT else ((b"content-length", b"0"),)
        await _send(send, status, (*headers, *length), b"")
        return
    body = _encode(content)
    headers += ((b"content-type", b"application/json"), (b"vary", b"accept-encoding"))
    if status != HTTPStatus.OK or scope["method"] not in ("GET", "HEAD"):
        headers += ((b"cache-control", b"no-store"),)
    else:
        etag = dict(headers).get(b"etag")
        if etag is None:
            etag = b'W/"%b"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()
            headers += ((b"etag", etag),)
        # For this reader alone, who asks each time whether it still holds.
        headers += ((b"cache-control", b"private, no-cache"),)
        if _is_known(etag.decode(), header(scope, b"if-none-match")):
            await _send(send, HTTPStatus.NOT_MODIFIED, headers, b"")
            return
    if len(body) >= MIN_COMPRESSED_BYTES and (coding := wanted_coding(scope)):
        if len(body) < _OFF_LOOP_BYTES:
            body = compressed(body, coding)
        else:
            body = await asyncio.to_thread(compressed, body, coding)
        headers += ((b"content-encoding", coding.encode()),)
    await _send(send, status, (*headers, (b"content-length", b"%d" % len(body))), body)


async def _send_binary(scope: Scope, send: Send, status: int, binary: Binary) -> None:
    """Sends curves and the like: doubles, of which compressing saves two fifths.

    For 1.8 MB zstd takes 4 ms and gzip 45 (longer than they take on most networks), so it is zstd
    or nothing; and nothing for a browser on this machine, where only the time would count.
    """
    headers: tuple[Header, ...] = (
        (b"content-type", binary.content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"accept-encoding"),
    )
    is_compressed = (
        binary.size_bytes >= _OFF_LOOP_BYTES
        and not _is_near(scope)
        and wanted_coding(scope) == "zstd"
    )
    if is_compressed:
        body = await asyncio.to_thread(lambda: compressed(b"".join(binary.chunks), "zstd"))
        headers += ((b"content-encoding", b"zstd"), (b"content-length", b"%d" % len(body)))
        await _send(send, status, headers, body)
        return
    headers += ((b"content-length", b"%d" % binary.size_bytes),)
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    for chunk in binary.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _send(send: Send, status: int, headers: tuple[Header, ...], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


def _is_known(etag: str, known: str | None) -> bool:
    """Whether an If-None-Match names the tag; weakly, as RFC 9110, 13.1.2 has it."""
    if known is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def _is_near(scope: Scope) -> bool:
    """Whether the client is on this machine, with no proxy between that speaks for another."""
    host = (scope.get("client") or ("",))[0]
    names = {name for name, _ in scope["headers"]}
    is_forwarded = b"forwarded" in names or b"x-forwarded-for" in names
    return host in ("127.0.0.1", "::1", "localhost") and not is_forwarded


def wanted_coding(scope: Scope) -> Coding | None:
    """The best coding of those that an Accept-Encoding allows."""
    accepted = header(scope, b"accept-encoding")
    if not accepted:
        return None
    weights: dict[str, float] = {}
    for entry in accepted.lower().split(","):
        name, _, parameters = entry.partition(";")
        weights[name.strip()] = _weight(parameters)
    anything = weights.get("*", 0.0)
    best = max(_CODINGS, key=lambda coding: weights.get(coding, anything))
    return best if weights.get(best, anything) > 0 else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def compressed(body: bytes, coding: Coding) -> bytes:
    """The body in that coding; quickly rather than as small as can be."""
    if coding == "zstd":
        compressor: zstandard.ZstdCompressor | None = getattr(_local, "compressor", None)
        if compressor is None:
            compressor = _local.compressor = zstandard.ZstdCompressor(_ZSTD_LEVEL)
        return compressor.compress(body)
    gzip = zlib.compressobj(_GZIP_LEVEL, wbits=_WINDOW_OF_GZIP)
    return gzip.compress(body) + gzip.flush()
