"""One ASGI app: health, the dialects by path, the web app for everything else."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from runstone import __version__
from runstone.domain.errors import RunstoneError
from runstone.server.static import WebApp, send_problem
from runstone.wire.common.asgi import AsgiApp, ClientGone, Message, Receive, Scope, Send, respond
from runstone.wire.common.context import ServerContext
from runstone.wire.rest import create_app as create_rest

REST_PREFIX: Final = "/api/v1"
SERVICE: Final = "runstone"
MIN_FREE_BYTES: Final = 32 * 1024 * 1024
"""With less room on its disk the server does not call itself ready: commits are about to fail."""

_CHECK_WITHIN_S: Final = 5.0
_CHECK_AGAIN_S: Final = 0.5
"""Answers are kept for so long, so that asking often costs nothing."""

_log = logging.getLogger(__name__)


class App:
    """The whole server as one callable."""

    def __init__(self, context: ServerContext, folder: Path, *, web: WebApp | None = None) -> None:
        self._context = context
        self._folder = folder
        self._wandb: _Dialect | None = None
        self._loading: asyncio.Task[_Dialect] | None = None
        self._rest = create_rest(context)
        self._web = web or WebApp()
        self._is_stopping = False
        self._checked_at = -_CHECK_AGAIN_S
        self._finding: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; ASGI."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        app: AsgiApp
        if path.startswith(REST_PREFIX + "/"):
            app = self._rest
        elif path == "/healthz":
            app = self._healthz
        elif path == "/ready":
            app = self._ready
        else:
            wandb = self._wandb or await self.warm_up()
            app = wandb.app if wandb.owns(path) else self._web
        await self._guarded(app, scope, receive, send)

    async def warm_up(self) -> _Dialect:
        """Loads what being ready does not need, and the first requests may.

        GraphQL alone takes as long to import as all the rest of the server.
        """
        if self._loading is None:
            self._loading = asyncio.create_task(
                asyncio.to_thread(_load_wandb, self._context), name="load-wandb"
            )
        # Shielded: a request that is given up does not take it from the others.
        self._wandb = await asyncio.shield(self._loading)
        return self._wandb

    def end_streams(self) -> None:
        """Ends answers that would go on for ever; from now on the server is not ready."""
        self._is_stopping = True
        self._rest.close_streams()

    async def _guarded(self, app: AsgiApp, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, watched)
        except ClientGone:
            pass
        except Exception:  # noqa: BLE001 - the edge: logged, and answered
            _log.exception("request-failed", extra=_where(scope))
            if not status:
                await send_problem(
                    send, 500, "Internal error", "internal-error",
                    "The server made a mistake; its log says which.",
                )  # fmt: skip
        finally:
            if _log.isEnabledFor(logging.DEBUG):
                took_ms = round((time.perf_counter() - began) * 1000, 1)
                _log.debug("request", extra=_where(scope) | {"status": status, "took_ms": took_ms})

    async def _healthz(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {"status": "ok", "service": SERVICE, "version": __version__}
        await respond(send, 200, msgspec.json.encode(body))

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        finding = await self._find_obstacle()
        if finding is None:
            body = {"status": "ready", "service": SERVICE, "version": __version__}
            await respond(send, 200, msgspec.json.encode(body))
            return
        await send_problem(
            send, 503, "Not ready", "not-ready", finding, headers=((b"retry-after", b"5"),)
        )

    async def _find_obstacle(self) -> str | None:
        if self._is_stopping:
            return "The server is shutting down."
        if self._loading is not None and self._loading.done() and self._loading.exception():
            return f"A part of the server could not be loaded: {self._loading.exception()}."
        if time.monotonic() - self._checked_at < _CHECK_AGAIN_S:
            return self._finding
        self._finding = await self._look_for_obstacle()
        self._checked_at = time.monotonic()
        return self._finding

    async def _look_for_obstacle(self) -> str | None:
        store = self._context.store
        try:
            async with asyncio.timeout(_CHECK_WITHIN_S):
                await asyncio.wrap_future(store.read(lambda snapshot: snapshot.now))
                # An empty unit proves that the one thread that writes can begin and commit.
                await asyncio.wrap_future(store.write(lambda tx: tx.now))
                disk = await asyncio.to_thread(shutil.disk_usage, self._folder)
        except TimeoutError:
            return f"The store did not answer within {_CHECK_WITHIN_S:g} seconds."
        except RunstoneError as error:
            return error.message
        except OSError as error:
            return f"The data folder cannot be read: {error}."
        if disk.free < MIN_FREE_BYTES:
            return (
                f"The disk that holds {self._folder} has {disk.free // 2**20:,} MiB left; free "
                "some space."
            )
        return None


@dataclass(frozen=True, slots=True)
class _Dialect:
    """An app and its paths: exact ones, and everything below those that end in a slash."""

    app: AsgiApp
    exact: frozenset[str]
    below: tuple[str, ...]

    def owns(self, path: str) -> bool:
        return path.startswith(self.below) or path in self.exact


def _load_wandb(context: ServerContext) -> _Dialect:
    from runstone.wire.wandb import PREFIXES, create_app

    return _Dialect(
        app=create_app(context),
        exact=frozenset(prefix for prefix in PREFIXES if not prefix.endswith("/")),
        below=tuple(prefix for prefix in PREFIXES if prefix.endswith("/")),
    )


def _where(scope: Scope) -> dict[str, object]:
    # Without the query, which may carry a token.
    return {"method": scope["method"], "path": scope["path"]}
