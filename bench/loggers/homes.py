"""What a client needs around it while it is measured: its server, if it has one."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from harness import server
from loggers.peers import PEERS, Peer, clean_environ
from mlflow_reading import mlflow_server

sys.path.insert(0, str(PEERS))

from tracking_processes import cpu_s, descendants

_START_S = 60.0
_QUIET_S = 2.0
_PATIENCE_S = 30.0
_REST_SHARE = 0.3
"""Of a core: MLflow's server takes a fifth of one for nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a peer is measured.

    Attributes:
        environ: What its client is told.
        pid: Of its server, if it has one.
        folder: Its server's.
    """

    environ: dict[str, str]
    pid: int | None = None
    folder: Path | None = None

    def server_cpu_s(self) -> float:
        """CPU seconds of the server so far, all of its processes."""
        return 0.0 if self.pid is None else cpu_s(self.pid, *descendants(self.pid))

    def settle(self) -> None:
        """Waits until the server has been at rest for a while, half a minute at most."""
        give_up = time.monotonic() + _PATIENCE_S
        quiet_since, last = time.monotonic(), self.server_cpu_s()
        while self.pid and quiet_since + _QUIET_S > time.monotonic() < give_up:
            time.sleep(0.25)
            if (now := self.server_cpu_s()) > last + _REST_SHARE * 0.25:
                quiet_since = time.monotonic()
            last = now


@contextmanager
def at_home(peer: Peer, scratch: Path) -> Iterator[Place]:
    """What the peer needs around it, for as long as it is measured."""
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=scratch))
    if peer.module == "runstone":
        with server(folder) as s:
            told = {"RUNSTONE_URL": s.url, "RUNSTONE_API_KEY": s.api_key}
            yield Place(told, s.pid, folder)
    elif peer.name == "mlflow":
        with mlflow_server(peer.python(), folder) as url:
            yield Place({"MLFLOW_TRACKING_URI": url}, server_pid(url), folder)
    elif peer.name == "trackio_server":
        with trackio_server(peer.python(), folder, scratch) as (url, token, pid):
            yield Place({"TRACKIO_SERVER_URL": url, "TRACKIO_WRITE_TOKEN": token}, pid, folder)
    else:
        yield Place({})


def server_pid(url: str) -> int:
    """The child of this process that was started with the URL's port."""
    port = url.rpartition(":")[2]
    for pid in descendants(os.getpid()):
        if port in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            return pid
    raise RuntimeError(f"no server of {url}")


@contextmanager
def trackio_server(python: Path, folder: Path, scratch: Path) -> Iterator[tuple[str, str, int]]:
    """Trackio's dashboard, which takes runs from afar as well: its URL, token, process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, token = f"http://127.0.0.1:{port}/", secrets.token_urlsafe()
    script = (
        "import trackio; trackio.show("
        f"open_browser=False, block_thread=True, host='127.0.0.1', server_port={port})"
    )
    told = {**clean_environ(scratch), "TRACKIO_DIR": str(folder), "TRACKIO_WRITE_TOKEN": token}
    with (scratch / "trackio-server.log").open("w") as log:
        process = subprocess.Popen([python, "-c", script], env=told, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + _START_S
        while not is_there(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((scratch / "trackio-server.log").read_text()[-2_000:])
            time.sleep(0.1)
        yield url, token, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_there(url: str) -> bool:
    """Whether something is served there."""
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False
