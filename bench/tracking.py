"""Logging runs: Runstone's own client beside nine others, in one run.

Run: python bench/tracking.py [--short] [--peers wandb trackio …] [--rows log-1 kill-flat …]

Each peer has a virtual environment of its own (bench/peers/<name>.txt, made on first use below
.cache/bench/peers), Runstone likewise: this checkout with its base dependencies. All log the same
data in calls that mean the same, with their default settings but for system metrics, which are off
where a peer can do without them. `runstone all` is ours with them on; `runstone offline` is ours as
those are measured that have no server, and reads back after `runstone sync`, which counts.

A peer without a server here is measured offline (wandb, SwanLab, neptune-scale) or local (Aim,
goodseed, pandm, tensorboardX, Trackio, as it comes); `mlflow` and `trackio_server` send to their
own server on this machine, and so does Runstone: what is "read back" is read from that server, over
its API.

What is measured, by group of rows:

install     Packages in the environment and their bytes.
import      `import X` (ours: and `runstone.init`) in fresh processes, medians, less a bare
            interpreter; wall and CPU.
empty       A script that begins a run and ends it, likewise: init(), finish(), the whole process,
            and the CPU of it and of all that it leaves behind.
log-1/-50   log() of a dict of 1 or 50 numbers, 20,000 times flat out, 10 s at most, then finish();
            the better of two runs. CPU is that of all the client's processes until finish() is
            through; a server's own is beside it.
ends-*      10 metrics x 10,000 steps, 1 x 100,000, 1,000 x 100, from the first log() until all of
            it was read back by the peer's own reader, value by value. 10 s of log() at most: a
            slow peer's figure is for what it got done. Bytes per point are those of the file or
            folder that keeps the run, or of the server's; finished and at rest (Runstone's server
            packs a run that was silent for a minute: the bench has it do so at once).
kill-*      SIGKILL right after log() number N returned: 5,000 flat out, 200 at 50/s, the same with
            all helper processes killed at once. Then the peer's own way of recovering (`runstone
            sync`), and its reader. Lost are rows for which log() had returned.

Figures are kept in .cache/bench/tracking; a run that was cut goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx
import numpy as np

from bodies import values
from harness import ROOT, machine_facts, percentile, server
from mlflow_reading import mlflow_python, mlflow_server
from runstone.domain.ids import RunId
from runstone.storage.sqlite.store import SqliteStore

PEERS = Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(PEERS))

from tracking_processes import cpu_s, descendants  # noqa: E402

CACHE = ROOT / ".cache" / "bench" / "peers"
RESULTS = CACHE.parent / "tracking"
OURS = "runstone"
OFFLINE = "runstone offline"
_LIMIT_S = 120.0
_START_S = 60.0
_QUIET_S = 2.0
_PATIENCE_S = 30.0
_REST_SHARE = 0.3
"""Of a core: MLflow's server takes a fifth of one for nothing."""
_PAUSE_S = 0.02
_MOST_RUNS = 10
"""In a folder of a server that one measurement had for itself."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is measured.

    Attributes:
        venv: Whose environment and requirements it has.
        module: What is imported.
        driver: In bench/peers.
        environ: What else it is told.
    """

    name: str
    module: str
    venv: str = ""
    driver: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    def python(self) -> Path:
        """Of its environment."""
        return environment(self.venv or self.name)

    def file(self) -> str:
        """The driver's module."""
        return f"tracking_{self.driver or self.name}"


_QUIET = {"RUNSTONE_SYSTEM_METRICS": "off"}
ALL = (
    Peer(OURS, "runstone", environ=_QUIET),
    Peer("runstone all", "runstone", venv=OURS, driver=OURS),
    Peer(OFFLINE, "runstone", OURS, OURS, {**_QUIET, "RUNSTONE_MODE": "offline"}),
    Peer("wandb", "wandb"),
    Peer("trackio", "trackio"),
    Peer("trackio_server", "trackio", venv="trackio"),
    Peer("aim", "aim"),
    Peer("mlflow", "mlflow"),
    Peer("tensorboardx", "tensorboardX"),
    Peer("swanlab", "swanlab"),
    Peer("goodseed", "goodseed"),
    Peer("pandm", "pandm"),
    Peer("neptune", "neptune_scale"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done."""

    repeats: int
    rounds: int
    num_calls: int
    cap_s: float
    ends: tuple[tuple[int, int], ...]
    num_flat: int
    num_paced: int


WHOLE = Size(7, 2, 20_000, 10.0, ((10, 10_000), (1, 100_000), (1_000, 100)), 5_000, 200)
SHORT = Size(1, 1, 200, 2.0, ((10, 100), (1, 200), (100, 5)), 200, 20)


# Environments


@cache
def environment(name: str) -> Path:
    """The Python of a peer's environment, which is made if it is not as pinned."""
    if name == "mlflow":
        return mlflow_python()
    folder = CACHE / f"{name}-venv"
    pinned = source_stamp() if name == OURS else (PEERS / f"{name}.txt").read_text()
    python, stamp = folder / "bin" / "python", folder / "runstone-stamp.txt"
    if not stamp.is_file() or stamp.read_text() != pinned:
        uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv, "venv", "--quiet", "--python", "3.11", folder], check=True)
        pip = [uv, "pip", "install", "--quiet", "--python", python]
        what = [ROOT] if name == OURS else ["--requirement", PEERS / f"{name}.txt"]
        # The same version may have been built of an earlier state of this checkout.
        again = ["--refresh-package", OURS] if name == OURS else []
        subprocess.run([*pip, *again, *what], check=True)
        stamp.write_text(pinned)
    return python


def source_stamp() -> str:
    """Says which state of this checkout an environment holds."""
    files = [ROOT / "pyproject.toml", *sorted((ROOT / "src").rglob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def usable(wanted: Sequence[str]) -> list[Peer]:
    """Those whose environment can be made; says why another cannot."""
    found = []
    for peer in ALL:
        if peer.name in wanted:
            try:
                peer.python()
            except subprocess.CalledProcessError as error:
                print(f"{peer.name} cannot be installed here: {error}", flush=True)
            else:
                found.append(peer)
    return found


# Servers


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


def clean_environ(scratch: Path) -> dict[str, str]:
    """Nobody's settings, no telemetry."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "WANDB_ERROR_REPORTING": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
    return {**kept, **quiet, "HOME": str(scratch)}


# Work in the peer's own Python


class Bench:
    """Runs work in the environments of the peers."""

    def __init__(self, scratch: Path, size: Size) -> None:
        self.scratch = scratch
        self.size = size
        self._count = 0
        self._empty_bytes: dict[str, int] = {}

    def data(self, num_metrics: int, num_rows: int) -> Path:
        """A file of rows; the same for all."""
        path = self.scratch / f"data-{num_metrics}x{num_rows}"
        if not path.exists():
            rng = np.random.default_rng(num_metrics)
            # One metric alone is a loss: of the ten kinds the ninth.
            matrix = values(rng, num_rows, max(num_metrics, 9))[:, -num_metrics:]
            names = [f"group{m % 7}/metric_{m}" for m in range(num_metrics)]
            path.write_bytes(" ".join(names).encode() + b"\n" + matrix.tobytes())
        return path

    def fresh(self, peer: Peer) -> Path:
        """A folder of a name that was not there before."""
        self._count += 1
        folder = self.scratch / f"{peer.name.replace(' ', '-')}-{self._count}"
        folder.mkdir()
        return folder

    def meter(
        self, command: Sequence[object], environ: dict[str, str], cwd: Path, *, grace_s: float = 5.0
    ) -> dict[str, Any]:
        """Runs a command to its end, and that of all that it left behind: wall_s, cpu_s, code."""
        answer = self.scratch / "meter.json"
        words = [sys.executable, PEERS / "tracking_meter.py", answer, grace_s, _LIMIT_S, *command]
        log = cwd.parent / f"{cwd.name}.log"
        with log.open("w") as out:
            subprocess.run(
                list(map(str, words)), cwd=cwd, env=environ, stdout=out, stderr=out, check=True
            )
        said: dict[str, Any] = json.loads(answer.read_text())
        if said["is_late"] or said["code"] not in (0, -signal.SIGKILL):
            raise RuntimeError(f"{' '.join(map(str, command))}: {said}\n{log.read_text()[-3_000:]}")
        return said

    def work(
        self, peer: Peer, home: Place, place: Path, *words: object, grace_s: float = 5.0
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the peer's process said, and what the meter did."""
        answer = self.scratch / "answer.json"
        answer.unlink(missing_ok=True)
        what, *more = words
        command = [peer.python(), PEERS / "tracking_work.py", peer.file(), what, place, answer]
        environ = clean_environ(self.scratch) | {"TRACKIO_DIR": str(place)}
        environ |= peer.environ | home.environ
        took = self.meter([*command, *more], environ, place, grace_s=grace_s)
        return (json.loads(answer.read_text()) if answer.exists() else {}), took

    def install(self, peer: Peer) -> Figures:
        """Packages and bytes of the environment."""
        packages = next((peer.python().parent.parent / "lib").glob("python*/site-packages"))
        count = len(list(packages.glob("*.dist-info")))
        return {"num": count, "mb": size_of(packages, "__pycache__") / 1e6}

    def imports(self, peers: Sequence[Peer]) -> dict[str, Figures]:
        """Fresh interpreters, peer after peer in turns, as the machine drifts."""
        seen: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
        for turn in range(self.size.repeats + 1):
            for peer in peers:
                environ, place = clean_environ(self.scratch) | peer.environ, self.fresh(peer)
                bare = self.meter([peer.python(), "-c", "pass"], environ, place)
                # Ours loads what begins a run when it is named: that is part of it.
                script = f"import {peer.module}" + "; runstone.init" * (peer.module == OURS)
                took = self.meter([peer.python(), "-c", script], environ, place)
                wall_ms, cpu_ms = ((took[key] - bare[key]) * 1e3 for key in ("wall_s", "cpu_s"))
                if turn:  # the first one writes byte code
                    seen[peer.name].append({"wall_ms": wall_ms, "cpu_ms": cpu_ms})
        return {name: medians(many) for name, many in seen.items()}

    def empty(self, peer: Peer) -> Figures:
        """Processes that do nothing but begin a run and end it."""
        seen = []
        with at_home(peer, self.scratch) as home:
            for turn in range(self.size.repeats + 1):
                said, took = self.work(peer, home, self.fresh(peer), "empty")
                if turn:
                    whole = {"wall_ms": took["wall_s"] * 1e3, "cpu_ms": took["cpu_s"] * 1e3}
                    seen.append(said | whole)
        return medians(seen)

    def log(self, peer: Peer, num_metrics: int) -> Figures:
        """The better of some runs, by the median call."""
        rounds = []
        words = ("calls", self.data(num_metrics, 1_000), self.size.num_calls, self.size.cap_s)
        with at_home(peer, self.scratch) as home:
            for _ in range(self.size.rounds):
                before, began = home.server_cpu_s(), time.monotonic()
                said, _ = self.work(peer, home, self.fresh(peer), *words)
                said["server_us"] = (home.server_cpu_s() - before) / said["num"] * 1e6
                rounds.append(said)
                if time.monotonic() - began > self.size.cap_s:
                    break
        return min(rounds, key=lambda said: float(said["p50_us"]))

    def ends(self, peer: Peer, num_metrics: int, num_rows: int) -> Figures:
        """Logged, finished, read back; then what it takes on disk."""
        place = self.fresh(peer)
        words = ("through", self.data(num_metrics, num_rows), self.size.cap_s)
        bytes_before = self.empty_bytes(peer)
        with at_home(peer, self.scratch) as home:
            self.work(peer, home, self.fresh(peer), "empty")  # a server's first run takes longer
            before = home.server_cpu_s()
            said, _ = self.work(peer, home, place, *words)
            said["server_s"] = home.server_cpu_s() - before
            home.settle()
        if home.folder and peer.module == "runstone":
            rest(home.folder)
        left = size_of(place)
        kept = size_of(home.folder) - bytes_before if home.folder else left
        said["bytes"] = kept / said["num_points"]
        said["left_bytes"] = left / said["num_points"]
        return said

    def empty_bytes(self, peer: Peer) -> int:
        """What the folder of the peer's server holds with an empty run."""
        if peer.name not in self._empty_bytes:
            with at_home(peer, self.scratch) as home:
                self.work(peer, home, self.fresh(peer), "empty")
            if home.folder and peer.module == "runstone":
                rest(home.folder)
            self._empty_bytes[peer.name] = size_of(home.folder) if home.folder else 0
        return self._empty_bytes[peer.name]

    def kill(self, peer: Peer, num: int, pause_s: float, whom: str) -> Figures:
        """Rows that a killed process had logged and nobody finds again."""
        place = self.fresh(peer)
        words = ("die", self.data(1, 1_000), num, pause_s, self.size.cap_s, whom)
        with at_home(peer, self.scratch) as home:
            self.work(peer, home, place, *words, grace_s=3.0)
            logged = int.from_bytes((place / "calls").read_bytes(), "little")
            said, _ = self.work(peer, home, place, "count")
        return {"num": logged, "lost": logged - said["num"]}


def rest(folder: Path) -> None:
    """Does at once what Runstone's server does when a run has been silent for a minute."""
    store = SqliteStore(folder)
    try:
        for run in range(1, _MOST_RUNS):
            store.seal_run(RunId(run))
        store.give_back(1 << 30)
    finally:
        store.close()


def size_of(folder: Path, without: str = "") -> int:
    """Bytes of the files below a folder; what a server says of itself (*.log) aside."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".log" and without not in path.parts
    )


def medians(many: Sequence[Figures]) -> Figures:
    """Figure by figure."""
    return {key: percentile([one[key] for one in many], 50) for key in many[0]}


# What is asked, and told


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a table; the better ones are the smaller ones, the larger ones, or neither."""

    key: str
    title: str
    better: Literal["less", "more", "neither"] = "less"
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are measured together."""

    name: str
    title: str
    columns: tuple[Column, ...]
    measure: Callable[[Bench, Peer], Figures] | None


_IMPORT = (Column("wall_ms", "import ms"), Column("cpu_ms", "CPU ms"))
_EMPTY = (
    Column("init_ms", "init() ms"),
    Column("finish_ms", "finish() ms"),
    Column("wall_ms", "whole process ms"),
    Column("cpu_ms", "its CPU ms"),
)
_LOG = (
    Column("p50_us", "p50 µs"),
    Column("p99_us", "p99 µs"),
    Column("loop_per_s", "calls/s in the loop", "more", 0),
    Column("per_s", "calls/s with finish()", "more", 0),
    Column("cpu_us", "CPU µs a call"),
    Column("server_us", "server CPU µs a call", "neither"),
    Column("num", "calls", "neither", 0),
)
_ENDS = (
    Column("loop_s", "loop s", digits=3),
    Column("finish_s", "finish() s", "neither", 3),
    Column("read_s", "reading s", "neither", 3),
    Column("points_per_s", "points/s end to end", "more", 0),
    Column("cpu_s", "CPU s", digits=2),
    Column("server_s", "server CPU s", "neither", 2),
    Column("bytes", "bytes a point"),
    Column("left_bytes", "on the client", "neither"),
    Column("num_points", "points", "neither", 0),
)
_KILL = (Column("lost", "rows lost", digits=0), Column("num", "logged", "neither", 0))


def groups(size: Size) -> list[Group]:
    """All that can be asked."""

    def log(num: int) -> Group:
        title = f"log() of {num} metric{'s' * (num > 1)}, {size.num_calls:,} times flat out"
        return Group(f"log-{num}", title, _LOG, lambda bench, peer: bench.log(peer, num))

    def ends(num: int, rows: int) -> Group:
        title = f"{num:,} metric{'s' * (num > 1)} x {rows:,} steps, until they are read back"
        name = f"ends-{num}x{rows}"
        return Group(name, title, _ENDS, lambda bench, peer: bench.ends(peer, num, rows))

    def kill(name: str, what: str, num: int, pause_s: float, whom: str) -> Group:
        title = f"kill -9 right after log() has returned: {num:,} rows {what}"
        return Group(name, title, _KILL, lambda bench, peer: bench.kill(peer, num, pause_s, whom))

    paced = f"at {1 / _PAUSE_S:.0f}/s"
    return [
        Group(
            "install",
            "Installed",
            (Column("num", "packages", digits=0), Column("mb", "MB")),
            Bench.install,
        ),
        Group("import", f"Import, medians of {size.repeats}, a bare one less", _IMPORT, None),
        Group("empty", f"An empty run, medians of {size.repeats}", _EMPTY, Bench.empty),
        *(log(num) for num in (1, 50)),
        *(ends(*shape) for shape in size.ends),
        kill("kill-flat", "flat out", size.num_flat, 0.0, "alone"),
        kill("kill-paced", paced, size.num_paced, _PAUSE_S, "alone"),
        kill("kill-helpers", f"{paced}, helpers too", size.num_paced, _PAUSE_S, "helpers"),
    ]


class Results:
    """Figures by group and peer, in a file after each of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found: dict[str, dict[str, Any]] = {}
        if path.exists():
            self.found = json.loads(path.read_text())
            print(f"going on with {path}", flush=True)

    def lacks(self, group: Group, peer: Peer) -> bool:
        """Whether it is still to be measured."""
        return peer.name not in self.found.get(group.name, {})

    def keep(self, group: Group, peer: Peer, figures: Figures | str) -> None:
        """Adds what was measured, or why it was not."""
        self.found.setdefault(group.name, {})[peer.name] = figures
        part = self._path.with_suffix(".new")
        part.write_text(json.dumps(self.found, indent=1))
        part.replace(self._path)

    def close(self) -> Path:
        """It is whole: another run begins anew."""
        return self._path.replace(self._path.with_name(f"{self._path.stem}-done.json"))


def measure(bench: Bench, group: Group, peers: Sequence[Peer], results: Results) -> None:
    """What is lacking of a group."""
    lacking = [peer for peer in peers if results.lacks(group, peer)]
    if not lacking:
        return
    if group.measure is None:
        found = bench.imports(lacking)
        for peer in lacking:
            results.keep(group, peer, found[peer.name])
        return
    for peer in lacking:
        began = time.monotonic()
        try:
            figures: Figures | str = group.measure(bench, peer)
        except (RuntimeError, subprocess.SubprocessError) as error:
            figures = str(error)
            print(f"{group.name}, {peer.name}: {error}", file=sys.stderr, flush=True)
        results.keep(group, peer, figures)
        print(f"{group.name}: {peer.name}, {time.monotonic() - began:.1f} s", flush=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Runstone against the best of the others in one figure.

    Attributes:
        ratio: Above 1 where Runstone is better; infinite where only it has none of what is bad.
        offline: What Runstone has offline, where that was measured.
    """

    group: str
    column: Column
    ours: float
    best: float
    peer: str
    ratio: float
    offline: float | None


def verdicts(group: Group, found: dict[str, Any]) -> list[Verdict]:
    """Of the figures of a group that can be better or worse."""
    ours = found.get(OURS)
    others = {
        name: figures
        for name, figures in found.items()
        if not name.startswith(OURS) and not isinstance(figures, str)
    }
    if ours is None or isinstance(ours, str) or not others:
        return []
    said = []
    for column in group.columns:
        if column.better == "neither":
            continue
        is_less = column.better == "less"
        names = sorted(others, key=lambda name: others[name][column.key], reverse=not is_less)
        mine, best = ours[column.key], others[names[0]][column.key]
        over, under = (best, mine) if is_less else (mine, best)
        ratio = 1.0 if over == under else over / under if under > 0 else float("inf")
        alone = found.get(OFFLINE)
        offline = alone[column.key] if isinstance(alone, dict) else None
        said.append(Verdict(group.name, column, mine, best, names[0], ratio, offline))
    return said


def told(value: float, digits: int) -> str:
    """A figure as it is shown."""
    return f"{value:,.{digits}f}"


def print_group(group: Group, found: dict[str, Any], peers: Sequence[Peer]) -> None:
    """One table: the peers, and Runstone's ratio to the best of them."""
    print(f"\n### {group.title}\n")
    heads = ["", *(column.title for column in group.columns)]
    lines = []
    for peer in peers:
        figures = found.get(peer.name)
        if isinstance(figures, dict):
            cells = [told(figures[column.key], column.digits) for column in group.columns]
        else:
            cells = ["failed" if figures else "-"] * len(group.columns)
        lines.append([peer.name, *cells])
    by_key = {said.column.key: said for said in verdicts(group, found)}
    against = [
        f"{by_key[column.key].ratio:.2f} x {by_key[column.key].peer}"
        if column.key in by_key
        else ""
        for column in group.columns
    ]
    if any(against):
        lines.append(["**ratio**", *against])
    print_lines(heads, lines)


def print_lines(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """A table in Markdown."""
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for cells in (heads, ["-" * width for width in widths], *lines):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"| {' | '.join(padded)} |")


def print_all(asked: Sequence[Group], peers: Sequence[Peer], results: Results) -> None:
    """All tables; last, where Runstone is not ahead."""
    print(f"\n## Logging, client beside client\n\n{machine_facts()}")
    every = []
    for group in asked:
        found = results.found.get(group.name, {})
        print_group(group, found, peers)
        every += verdicts(group, found)
    # Nothing lost cannot be bettered.
    behind = [said for said in every if said.ratio <= 1 and not said.ours == said.best == 0]
    print(f"\n### Rows where Runstone is not ahead: {len(behind)} of {len(every)}\n")
    lines = [
        [
            said.group,
            said.column.title,
            told(said.ours, said.column.digits),
            f"{told(said.best, said.column.digits)} ({said.peer})",
            f"{said.ratio:.2f}",
            "" if said.offline is None else told(said.offline, said.column.digits),
        ]
        for said in sorted(behind, key=lambda said: said.ratio)
    ]
    print_lines(["rows", "figure", "Runstone", "best", "ratio", "offline"], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names, rows = [peer.name for peer in ALL], [group.name for group in groups(WHOLE)]
    parser.add_argument("--short", action="store_true", help="does it work? A few calls each")
    parser.add_argument("--peers", nargs="+", choices=names, default=names)
    parser.add_argument("--rows", nargs="+", metavar="ROWS", help=f"of {', '.join(rows)}")
    options = parser.parse_args()
    size = SHORT if options.short else WHOLE
    known = groups(size)
    asked = [g for g in known if not options.rows or g.name.startswith(tuple(options.rows))]
    peers = usable(options.peers)
    RESULTS.mkdir(parents=True, exist_ok=True)
    results = Results(RESULTS / ("short.json" if options.short else "tracking.json"))
    scratch = Path(tempfile.mkdtemp(prefix="runstone-bench-tracking-"))
    try:
        bench = Bench(scratch, size)
        for group in asked:
            measure(bench, group, peers, results)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_all(asked, peers, results)
    print(f"\nThe figures are in {results.close()}")


if __name__ == "__main__":
    main()
