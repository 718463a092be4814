"""A data folder that a training process serves while it logs to it: `runstone.init(mode="local")`.

The first process that wants the folder holds it, as a server would, and answers on this machine
alone, on any free port. All others (more training processes, `runstone.Api`, a browser) find it by
the folder's `server.json`; when it lets go, the next one takes over. So there is one writer to the
store, one way in, and nothing to install or to start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import uvicorn

from runstone import __version__
from runstone.domain.errors import Conflict, NotFound, Unavailable
from runstone.sdk.settings import Server
from runstone.server.app import App
from runstone.server.folder import DataFolder, Serving, hold, probe, read_secret
from runstone.server.jobs import Jobs
from runstone.server.settings import Settings, read_settings
from runstone.server.welcome import own_name, prepare_first_user
from runstone.server.wiring import Parts, assemble
from runstone.wire.common.auth import operator_token
from runstone.wire.common.signing import Signer

KEY_NAME: Final = "local-key"
"""The file of the data folder that opens its server to this user's processes; mode 0600."""

_STARTS_WITHIN_S: Final = 60.0
_PATIENCE_S: Final = 30.0
"""For another process that has the folder and does not serve it (yet)."""
_PAUSE_S: Final = 0.2
_STOPS_WITHIN_S: Final = 10
_ASK_WITHIN_S: Final = 10.0


class Place:
    """A folder's server, for one run of this process.

    Attributes:
        server: Where it answers, and the key that opens it.
        lasts: It was started to serve the folder, and does not end with somebody's training.
    """

    def __init__(self, server: Server, host: _Host | None, *, lasts: bool = False) -> None:
        self.server = server
        self.lasts = lasts
        self._host = host

    def leave(self) -> None:
        """The run is done with it. Repeatable."""
        host, self._host = self._host, None
        if host is not None:
            _leave(host)


_lock = threading.Lock()
_hosts: dict[Path, _Host] = {}


def enter(path: Path) -> Place:
    """Finds who serves the folder; where nobody does, this process from now on.

    Raises:
        Unavailable: It cannot be made or written, or another command works on it for long.
        CorruptData: The database or the secret is damaged.
    """
    path = path.absolute()
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        with _lock:
            host = _hosts.get(path)
            if host is None:
                with contextlib.suppress(Conflict):
                    host = _hosts[path] = _Host(path)
            if host is not None:
                host.num_runs += 1
        if host is not None:
            return Place(Server(host.url, _key(path, host.url)), host)
        holder = probe(path)
        if holder is not None and holder.serving is not None:
            url = holder.serving.url
            lasts = not holder.serving.is_embedded
            return Place(Server(url, _key(path, url)), None, lasts=lasts)
        if time.monotonic() > deadline:
            raise Unavailable(
                f"The data folder {path} is in use by process {holder.pid if holder else '?'}, "
                "which does not serve it.",
                code="folder-in-use",
            )
        time.sleep(_PAUSE_S)


def _leave(host: _Host) -> None:
    with _lock:
        host.num_runs -= 1
        if host.num_runs:
            return
        _hosts.pop(host.path, None)
        host.close()


class _Host:
    """The folder, its store, and a thread that answers.

    Attributes:
        num_runs: Of this process, that log to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.num_runs = 0
        self._folder: DataFolder = hold(path)
        try:
            # The environment is a training script's: it says where its runs go, not how to serve.
            settings = read_settings({"data": str(path)}, {})
            self._parts: Parts = assemble(settings, self._folder)
        except BaseException:
            self._folder.close()
            raise
        try:
            prepare_first_user(self._parts.store, settings)
            self._listener = _listen()
            self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
            self._server = _Server(App(self._parts.context, path))
            self._thread = threading.Thread(
                target=self._serve, args=(settings,), name="runstone-local-server", daemon=True
            )
            self._thread.start()
            if not self._server.has_started.wait(_STARTS_WITHIN_S):
                raise Unavailable(f"The store in {path} did not start.", code="no-answer")
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._folder.announce(
                Serving(os.getpid(), self.url, __version__, now, is_embedded=True)
            )
        except BaseException:
            self._parts.close()
            self._folder.close()
            raise

    def close(self) -> None:
        """Answers what was asked, makes everything durable, and lets go."""
        self._folder.retract()
        self._server.stop()
        self._thread.join()
        self._parts.close()
        self._folder.close()

    def _serve(self, settings: Settings) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._run(settings))

    async def _run(self, settings: Settings) -> None:
        jobs = Jobs(
            self._parts.store,
            self._parts.context.collector,
            crash_after_s=settings.crash_after_s,
            trash_days=settings.trash_days,
            retention_check_s=settings.retention_check_s,
        )
        jobs.start()
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            await jobs.stop()

    def abandon(self) -> None:
        """In a fork, which must not keep the folder when its parent has let go of it."""
        self._folder.abandon()


def _in_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for host in _hosts.values():
        host.abandon()
    _hosts.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_fork)


class _Server(uvicorn.Server):
    """Uvicorn in a thread: no signals, and a way to know that it has started."""

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_STOPS_WITHIN_S,
            )
        )
        self._app = app
        self.has_started = threading.Event()

    def stop(self) -> None:
        """Ends it, from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.has_started.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.end_streams()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # They are the script's.
        yield


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.setblocking(False)
    return listener


def _key(path: Path, url: str) -> str:
    """The API key by which processes of this user log to the folder; made where it is missing.

    Whoever may read the folder's secret may do anything to it: a key beside it gives no more.
    """
    file = path / KEY_NAME
    with contextlib.suppress(OSError):
        key = file.read_text(encoding="utf-8").strip()
        if key and _is_good(url, key):
            return key
    bearer = operator_token(Signer(read_secret(path)))
    users = _ask(url, "users", bearer)["users"]
    administrators = sorted(user["username"] for user in users if user["is_admin"])
    mine = own_name()
    if not administrators:
        raise NotFound(f"The data folder {path} has no administrator whom runs could belong to.")
    owner = mine if mine in administrators else administrators[0]
    wanted = {"user": owner, "name": f"local runs on {socket.gethostname()}"}
    key = str(_ask(url, "api-keys", bearer, wanted)["secret"])
    partial = file.with_name(f".{KEY_NAME}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(key + "\n")
    partial.replace(file)
    return key


def _is_good(url: str, key: str) -> bool:
    try:
        _ask(url, "me", key)
    except PermissionError:
        return False
    return True


def _ask(url: str, what: str, bearer: str, body: Mapping[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - an address of our own
        f"{url}/api/v1/{what}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": f"Bearer {bearer}", "content-type": "application/json"},
    )
    # Straight to this machine, whatever proxy the surroundings name.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_ASK_WITHIN_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise PermissionError(str(error)) from error
        raise Unavailable(f"{url} says no: {error}.", code="no-answer") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"No answer from {url} ({error}).", code="no-answer") from error
