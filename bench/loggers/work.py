"""What each client is made to do, in a Python of its own, and what it took."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bodies import values
from harness import percentile
from loggers.homes import Place, at_home
from loggers.peers import OURS, PEERS, Peer, clean_environ
from runstone.domain.ids import RunId
from runstone.storage.sqlite.store import SqliteStore

_LIMIT_S = 120.0
_MOST_RUNS = 10
"""In a folder of a server that one measurement had for itself."""

Figures = dict[str, float]


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
