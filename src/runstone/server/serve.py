"""Runs the server: one process, from the folder's lock to the last commit.

On SIGTERM or SIGINT it stops accepting, finishes the requests in flight within bounds, ends
streams, stops the jobs and closes the store; a second signal does not wait for requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import http.client
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from types import FrameType
from typing import Final

import uvicorn

from runstone import __version__
from runstone.domain.errors import Unavailable
from runstone.server.app import SERVICE, App
from runstone.server.folder import DataFolder, Serving, hold
from runstone.server.jobs import Jobs
from runstone.server.settings import Settings
from runstone.server.welcome import Welcome, prepare_welcome, welcome_text
from runstone.server.wiring import Parts, assemble

STOP_WITHIN_S: Final = 10
"""How long requests in flight may take to finish once the server was told to stop."""

_WARM_UP_AFTER_S: Final = 0.1
_FORCE_WITHIN_S: Final = 5.0
_BACKLOG: Final = 2_048
_KEEP_ALIVE_S: Final = 75
"""Longer than the minute that balancers before us keep idle connections."""
_ANYWHERE: Final = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")

_log = logging.getLogger(__name__)


def serve(settings: Settings, *, say: Callable[[str], None]) -> int:
    """Serves until told to stop.

    Args:
        say: Takes the greeting, once the server answers. It holds secrets: it is for the person
            who started the server, not for logs.

    Returns:
        The exit code: 0 after a clean stop, 1 after a forced one.

    Raises:
        Conflict: Another process serves this folder.
        Unavailable: The port is taken, the disk is full or read-only.
        CorruptData: The database or the secret is damaged.
    """
    with hold(settings.data) as folder, contextlib.closing(_listen(settings)) as listener:
        parts = assemble(settings, folder)
        try:
            server = _Server(App(parts.context, folder.path))
            # Before the first request is answered: who sees a server sees its administrator.
            welcome = prepare_welcome(parts.store, settings)
            started = _Started(settings, folder, welcome, listener, say)
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_run(server, parts, settings, listener, started))
        finally:
            folder.retract()
            parts.close()
        _log.info("stopped", extra={"forced": server.force_exit})
    return 1 if server.force_exit else 0


async def _run(
    server: _Server,
    parts: Parts,
    settings: Settings,
    listener: socket.socket,
    started: Callable[[], None],
) -> None:
    jobs = Jobs(
        parts.store,
        parts.context.collector,
        crash_after_s=settings.crash_after_s,
        trash_days=settings.trash_days,
        retention_check_s=settings.retention_check_s,
    )
    jobs.start()
    server.on_started = started
    try:
        await server.serve(sockets=[listener])
    finally:
        await jobs.stop()


class _Started:
    """Says that the server answers now: to the folder, to the log, to the person."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        welcome: Welcome,
        listener: socket.socket,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._welcome = welcome
        self._port: int = listener.getsockname()[1]
        self._say = say

    def __call__(self) -> None:
        settings = self._settings
        here = f"http://{_host_from_here(settings.host)}:{self._port}"
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._folder.announce(Serving(os.getpid(), here, __version__, now))
        _log.info("started", extra={"url": here, "data": self._folder.path, "pid": os.getpid()})
        self._say(
            welcome_text(
                self._welcome,
                url=settings.public_url or here,
                folder=self._folder.path,
                is_open=settings.host not in _LOCAL,
            )
        )


class _Server(uvicorn.Server):
    """Uvicorn with our signals: both end it cleanly with exit code 0, a second one forces."""

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=STOP_WITHIN_S,
                # A proxy's word counts for the scheme of links, from this machine only.
                proxy_headers=True,
                forwarded_allow_ips="127.0.0.1,::1",
            )
        )
        self._app = app
        self.on_started: Callable[[], None] = lambda: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await asyncio.to_thread(self.on_started)
        self._warming = asyncio.create_task(self._warm_up(), name="warm-up")

    async def _warm_up(self) -> None:
        # The answer to /ready has a head start: whoever waits for it waits no longer.
        await asyncio.sleep(_WARM_UP_AFTER_S)
        try:
            await self._app.warm_up()
        except Exception:  # noqa: BLE001 - from now on /ready says it
            _log.exception("warm-up-failed")
        finally:
            # What was loaded stays; the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            # A batch of metrics makes thousands of short-lived objects and no cycles: at Python's
            # own thresholds the collector takes a tenth of the time of ingest.
            gc.set_threshold(50_000, 20, 20)
            gc.enable()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.end_streams()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # Unlike uvicorn's own, does not raise the signal again when all is done. Left in place
        # afterwards: a signal while the store closes must not interrupt it.
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # Whoever ignores hang-ups (nohup) means to outlive the terminal.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            self.should_exit = True
            return
        self.force_exit = True
        # Whatever hangs: what was acknowledged is durable already.
        timer = threading.Timer(_FORCE_WITHIN_S, os._exit, args=(1,))
        timer.daemon = True
        timer.start()


def _listen(settings: Settings) -> socket.socket:
    """A socket that accepts from now on; connections wait until the server answers.

    Raises:
        Unavailable: The address is taken, or is not one of this machine.
    """
    host, port = settings.host, settings.port
    try:
        (family, kind, protocol, _, address) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> Unavailable:
    match error.errno:
        case errno.EADDRINUSE:
            who = _who_answers(host, port)
            other = f" {who}" if who else " by another program"
            return Unavailable(
                f"Port {port} on {host} is taken{other}. Choose another with --port, or any free "
                "one with --port 0.",
                code="port-in-use",
            )
        case errno.EACCES:
            return Unavailable(
                f"This user may not listen on port {port}. Choose one above 1023 with --port.",
                code="port-not-allowed",
            )
        case _:
            return Unavailable(
                f"Cannot listen on {host}, port {port}: {error.strerror or error}. --host must be "
                "an address of this machine.",
                code="cannot-listen",
            )


def _who_answers(host: str, port: int) -> str | None:
    connection = http.client.HTTPConnection(_host_from_here(host).strip("[]"), port, timeout=1.0)
    try:
        connection.request("GET", "/healthz")
        facts = json.loads(connection.getresponse().read(4_096))
        if facts["service"] == SERVICE:
            return f"by another Runstone ({facts['version']}), which answers there"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        pass
    finally:
        connection.close()
    return None


def _host_from_here(host: str) -> str:
    if host in _ANYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
