"""The application: finds the route, proves who asks, decodes, calls, encodes, says no."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, NotFound, RunstoneError
from runstone.wire.common.asgi import ClientGone, Receive, Scope, Send, body_chunks, respond
from runstone.wire.common.context import ServerContext
from runstone.wire.rest.answers import send_whole
from runstone.wire.rest.authentication import authenticate
from runstone.wire.rest.call import NOBODY, Call, Cancellation, Download, Stream
from runstone.wire.rest.decoding import decode_body, decode_query
from runstone.wire.rest.downloads import send_download
from runstone.wire.rest.problems import send_problem, unexpected
from runstone.wire.rest.routes import ROUTES
from runstone.wire.rest.routing import Route, Router

PREFIX: Final = "/api/v1"

_WATCH_AFTER_S: Final = 0.01
"""Requests that are answered sooner, which most are, need nobody to watch for their client."""


def create_app(context: ServerContext) -> RestApp:
    """The ASGI application that answers everything under `/api/v1`."""
    return RestApp(context)


class RestApp:
    """The native API over one server's context."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._router = Router(ROUTES)
        self._streams: set[asyncio.Event] = set()
        self._is_closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request; the scope's path still has the prefix."""
        assert scope["type"] == "http", "the composition root handles lifespan and websockets"
        started = _Started(send)
        try:
            await self._answer(scope, receive, started)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - the edge: nothing may leave without an answer
            where = f"{scope['method']} {scope['path'][:200]}"
            known = error if isinstance(error, RunstoneError) else unexpected(error, where=where)
            if started.yes:
                return  # too late for a status; the broken body says it
            await send_problem(send, known, headers=_allowed(known))

    def close_streams(self) -> None:
        """Ends all event streams, and those that come later.

        The server calls this on its event loop when it begins to shut down: it waits for open
        connections, and these would stay open.
        """
        self._is_closing = True
        for stop in self._streams:
            stop.set()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        raw_path = _raw_path(scope)
        if raw_path == "/openapi.json" and method in ("GET", "HEAD"):
            await respond(send, 200, _document())
            return
        methods, names = self._router.find(raw_path)
        declared = methods.get("GET" if method == "HEAD" else method)
        if declared is None:
            raise _MethodNotAllowed(method, methods)

        async def prove() -> Actor:
            return await authenticate(self._context, scope)

        actor = NOBODY if declared.is_public else await prove()
        limit = self._context.limits.max_body_bytes
        takes_bytes = declared.consumes is not None
        call = Call(
            context=self._context,
            scope=scope,
            actor=actor,
            path=names,
            query=decode_query(declared, scope.get("query_string", b"")),
            body=body_chunks(receive)
            if takes_bytes
            else await decode_body(declared, scope, receive, max_bytes=limit),
            authenticate=prove,
        )
        # Where the bytes are still coming, whoever reads them notices.
        watching = (
            contextlib.nullcontext() if takes_bytes else _watching(receive, call.cancellation)
        )
        with watching:
            answer = await declared.handler(call)
        if isinstance(answer, Stream):
            await self._send_stream(answer, scope, receive, send)
        elif isinstance(answer, Download):
            await send_download(answer, scope, receive, send)
        else:
            await send_whole(scope, send, declared.status.value, answer)

    async def _send_stream(
        self, stream: Stream, scope: Scope, receive: Receive, send: Send
    ) -> None:
        headers = [
            (b"content-type", stream.content_type.encode()),
            (b"cache-control", b"no-cache, no-transform"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if self._is_closing or scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        stop = asyncio.Event()
        self._streams.add(stop)
        pump = asyncio.ensure_future(_pump(stream.chunks, send))
        gone = asyncio.ensure_future(_disconnected(receive))
        stopped = asyncio.ensure_future(stop.wait())
        tasks: list[asyncio.Future[Any]] = [pump, gone, stopped]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._streams.discard(stop)
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        is_ours = isinstance(ends[0], Exception)
        if is_ours and not isinstance(ends[0], (RunstoneError, ClientGone)):
            unexpected(ends[0], where="stream")
        if ends[1] is not None:  # still there: say that this is the end
            with contextlib.suppress(OSError):
                await send({"type": "http.response.body", "body": b""})


class _Started:
    """Notes whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.yes = False

    async def __call__(self, message: Any) -> None:
        self.yes = True
        await self._send(message)


class _MethodNotAllowed(InvalidInput):
    def __init__(self, method: str, methods: Mapping[str, Route]) -> None:
        allowed = sorted(methods)
        if "GET" in methods:
            allowed.append("HEAD")
        super().__init__(
            f"{method[:20]} is not offered here; {', '.join(allowed)} is.",
            code="method-not-allowed",
            allowed=allowed,
        )


def _allowed(error: RunstoneError) -> tuple[tuple[bytes, bytes], ...]:
    if not isinstance(error, _MethodNotAllowed):
        return ()
    return ((b"allow", ", ".join(error.details["allowed"]).encode()),)


def _raw_path(scope: Scope) -> str:
    """The path below the prefix, percent-encoded as it came."""
    raw = scope.get("raw_path")
    # raw_path is optional in ASGI, and some servers leave the query in it.
    path = quote(scope["path"]) if raw is None else raw.decode("latin-1").partition("?")[0]
    path = path.removeprefix(scope.get("root_path", ""))
    if not path.startswith(PREFIX + "/"):
        raise NotFound(f"The API lives under {PREFIX}/.", code="unknown-route")
    return path.removeprefix(PREFIX)


def _document() -> bytes:
    # Imported when asked for: a server that nobody asks starts without it.
    from runstone.wire.rest.openapi import document_bytes

    return document_bytes()


async def _pump(chunks: AsyncIterator[bytes], send: Send) -> None:
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


@contextlib.contextmanager
def _watching(receive: Receive, cancellation: Cancellation) -> Iterator[None]:
    """While a request with its body read is worked on, notices that its client goes away."""
    watchers: list[asyncio.Task[None]] = []

    async def watch() -> None:
        await _disconnected(receive)
        cancellation.cancel()

    def begin() -> None:
        watchers.append(asyncio.create_task(watch()))

    timer = asyncio.get_running_loop().call_later(_WATCH_AFTER_S, begin)
    try:
        yield
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
