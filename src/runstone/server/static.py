"""The built web app: hashed files that never change, and its page for every other address."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from runstone.wire.common.asgi import Receive, Scope, Send, header, respond

WEB_FOLDER: Final = Path(__file__).parent / "web"

_IMMUTABLE: Final = b"public, max-age=31536000, immutable"
_CHECK_EACH_TIME: Final = b"no-cache"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_TEXTUAL: Final = ("text/", "application/json", "image/svg+xml", "application/manifest+json")

# No script but our own files, nothing from elsewhere, no frame around us. Run files that users
# logged are never served from here as pages.
SECURITY_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self'; "
        b"img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
        b"connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

_NOT_BUILT: Final = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Runstone</title>
<h1>Runstone is running; its web app was not built</h1>
<p>The server works: clients can log to it. To see runs here, build the web app in the checkout
with <code>make web</code> and load this page again, or install a released package, which
carries it.</p></html>
"""


@dataclass(frozen=True)
class _Asset:
    """A file as it is served.

    Attributes:
        path: Ends with `.gz` where it lies here compressed only, as large ones do.
    """

    path: Path
    content_type: bytes
    is_immutable: bool
    encodings: Mapping[str, Path]

    @cached_property
    def etag(self) -> bytes:
        # Weak: the same for a file and for its compressed twin.
        return f'W/"{hashlib.sha256(self.plain()).hexdigest()[:32]}"'.encode()

    def plain(self) -> bytes:
        """What it says, not compressed."""
        data = self.path.read_bytes()
        return gzip.decompress(data) if self.path.suffix == ".gz" else data


@dataclass(frozen=True)
class _Build:
    """One build of the web app.

    Attributes:
        mark: Of its page: another build has another one. None where nothing was built.
    """

    mark: tuple[int, ...] | None
    assets: Mapping[str, _Asset]

    @property
    def page(self) -> _Asset | None:
        return self.assets.get("/index.html")


class WebApp:
    """Serves the files of one folder as they were listed: no name leads outside of it.

    A new build is a new page, with new names for what it loads: it is listed when it is there, so
    that whoever builds need not start the server again.
    """

    def __init__(self, folder: Path = WEB_FOLDER) -> None:
        self._folder = folder
        self._build = _list_build(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; ASGI."""
        if _mark_of(self._folder) != self._build.mark:
            self._build = await asyncio.to_thread(_list_build, self._folder)
        build = self._build
        method, path = scope["method"], scope["path"]
        asset = build.assets.get(path)
        wants_page = "text/html" in (header(scope, b"accept") or "") or path == "/"
        if method not in ("GET", "HEAD"):
            known = asset is not None or wants_page
            await _refuse(send, 405 if known else 404, method, path)
        elif asset is not None and asset is not build.page:
            await self._send_asset(scope, send, asset, 200)
        elif not wants_page or path.startswith(("/api/", "/assets/")):
            await _refuse(send, 404, method, path)
        elif build.page is None:
            await _send(send, method, 503, _NOT_BUILT, b"text/html; charset=utf-8")
        else:
            await self._send_asset(scope, send, build.page, 200)

    async def _send_asset(self, scope: Scope, send: Send, asset: _Asset, status: int) -> None:
        etag = await asyncio.to_thread(lambda: asset.etag)
        caching = _IMMUTABLE if asset.is_immutable else _CHECK_EACH_TIME
        headers = [(b"cache-control", caching), (b"etag", etag), (b"vary", b"accept-encoding")]
        known = (header(scope, b"if-none-match") or "").split(",")
        if etag.decode() in [tag.strip() for tag in known]:
            await _send(send, "HEAD", 304, b"", asset.content_type, headers)
            return
        accepted = _accepted_encodings(header(scope, b"accept-encoding") or "")
        read = asset.plain
        for name, encoded in asset.encodings.items():
            if name in accepted:
                read = encoded.read_bytes
                headers.append((b"content-encoding", name.encode()))
                break
        body = await asyncio.to_thread(read)
        await _send(send, scope["method"], status, body, asset.content_type, headers)


def _list_build(folder: Path) -> _Build:
    # The mark first: what is built meanwhile is then listed at the next request.
    return _Build(_mark_of(folder), _list_assets(folder))


def _mark_of(folder: Path) -> tuple[int, ...] | None:
    try:
        page = (folder / "index.html").stat()
    except OSError:
        return None
    return page.st_ino, page.st_mtime_ns, page.st_size


def _list_assets(folder: Path) -> dict[str, _Asset]:
    files = (
        {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
        if folder.is_dir()
        else set()
    )
    assets = {}
    for path in files:
        if path.suffix in (".br", ".gz") and path.with_suffix("") in files:
            continue
        plain = path.with_suffix("") if path.suffix == ".gz" else path
        url = "/" + plain.relative_to(folder).as_posix()
        encodings = {
            name: plain.with_name(plain.name + suffix)
            for name, suffix in _ENCODINGS
            if plain.with_name(plain.name + suffix) in files
        }
        # Vite puts what carries a hash in its name into assets/.
        assets[url] = _Asset(path, _content_type(plain), url.startswith("/assets/"), encodings)
    return assets


def _content_type(path: Path) -> bytes:
    # Named here because the machine's own table, which mimetypes reads, may say otherwise.
    ours = {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".html": "text/html",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".woff2": "font/woff2",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }
    kind = ours.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return (f"{kind}; charset=utf-8" if kind.startswith(_TEXTUAL) else kind).encode()


def _accepted_encodings(value: str) -> set[str]:
    accepted = set()
    for part in value.split(","):
        name, _, quality = part.strip().partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip().lower())
    return accepted


async def _send(
    send: Send,
    method: str,
    status: int,
    body: bytes,
    content_type: bytes,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    if method != "HEAD":
        await respond(
            send, status, body, content_type=content_type, headers=(*SECURITY_HEADERS, *headers)
        )
        return
    # A 304 has no body to give the length of; a HEAD tells what a GET would bring.
    length = () if status == 304 else ((b"content-length", str(len(body)).encode()),)
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", content_type), *length, *SECURITY_HEADERS, *headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, method: str, path: str) -> None:
    path = path if len(path) <= 200 else path[:199] + "…"
    if status == 404:
        title, code = "Not found", "not-found"
        detail = f"There is nothing at {path}."
    else:
        title, code = "Method not allowed", "method-not-allowed"
        detail = f"{path} cannot be used with {method}; only GET and HEAD."
    headers = ((b"allow", b"GET, HEAD"),) if status == 405 else ()
    await send_problem(send, status, title, code, detail, headers=headers)


async def send_problem(
    send: Send,
    status: int,
    title: str,
    code: str,
    detail: str,
    *,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Answers with a problem document (RFC 9457)."""
    body = msgspec.json.encode({"title": title, "status": status, "detail": detail, "code": code})
    await respond(
        send,
        status,
        body,
        content_type=b"application/problem+json",
        headers=((b"x-content-type-options", b"nosniff"), *headers),
    )
