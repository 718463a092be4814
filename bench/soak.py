"""A training loop in PyTorch, with and without logging, while its server goes through everything.

Run: python bench/soak.py [--minutes 60] [--step-ms 20] [--seed 0] [--short]

Two processes train the same small network on one thread each, of which one logs. They take turns,
25 steps each, first one and then the other one first (ABBA), so that the machine's drift hits both
alike; who is not at it is stopped (SIGSTOP), with all of its threads: what the sending costs is in
the steps of the process that logs, and nowhere else. A logged step is what people write: ten
numbers by `run.log()`, every 50 steps a histogram, now and then a checkpoint as an artifact;
console and system metrics are on all the while. Printing, saving and computing what is logged are
in the steps of both. Intervals are of 95 %: turns are drawn anew, not steps, as those of one turn
resemble each other. What the other threads cost is said as CPU time, too.

Meanwhile, at random: the server is killed (-9) and started again, frozen (SIGSTOP), slowed by a
proxy that delays and drops, hidden behind answers of 500, and its disk is full (a small tmpfs; it
is said where that may not be mounted). At the end all is well again, the run ends, `runstone sync`
goes over it, and each row that `log()` returned for is compared with what the server has.

PyTorch is wanted in .cache/torch-venv: `python3.11 -m venv .cache/torch-venv` and
`.cache/torch-venv/bin/pip install torch==2.13.0`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import runstone
from harness import ROOT, Server, print_table, server
from loggers.peers import PEERS, clean_environ, environment

TORCH = ROOT / ".cache" / "torch-venv" / "bin" / "python"
SLICE_STEPS: Final = 25
NUM_SCALARS: Final = 10
_DISK_MB: Final = 512
_RESAMPLES: Final = 4_000
_TRIMMED: Final = 0.1
"""Of the pairs of turns, at each end."""
_READ_BYTES: Final = 1 << 16
_ERROR: Final = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)

Seconds = NDArray[np.float64]


class Proxy:
    """Stands before the server: passes everything on, slowly, or answers 500 itself.

    Attributes:
        delay_s: Before each piece that is passed on.
        drop_share: Of the pieces at which the connection is cut instead.
        is_failing: Answers 500 to whatever comes.
    """

    def __init__(self, target: tuple[str, int], rng: random.Random) -> None:
        self.delay_s = 0.0
        self.drop_share = 0.0
        self.is_failing = False
        self._target = target
        self._rng = rng
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        """Takes nobody any more."""
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                behind = socket.create_connection(self._target, timeout=30)
            except OSError:
                return
            behind.settimeout(None)
            with behind:
                back = threading.Thread(target=self._pump, args=(behind, client), daemon=True)
                back.start()
                self._pump(client, behind, is_question=True)
                back.join()

    def _pump(
        self, source: socket.socket, sink: socket.socket, *, is_question: bool = False
    ) -> None:
        with suppress(OSError):
            while piece := source.recv(_READ_BYTES):
                if is_question and self.is_failing:
                    source.sendall(_ERROR)
                    break
                if self.delay_s:
                    time.sleep(self.delay_s)
                if self._rng.random() < self.drop_share:
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Trouble:
    """A server, and what may happen to it."""

    def __init__(self, data: Path, rng: random.Random, *, has_own_disk: bool) -> None:
        self._data = data
        self._rng = rng
        self._stack = ExitStack()
        self.server: Server = self._stack.enter_context(server(data))
        self.proxy = Proxy(self.server.address, rng)
        self.happened: Counter[str] = Counter()
        self._faults = [self.killed, self.frozen, self.slowed, self.failing]
        if has_own_disk:
            self._faults.append(self.full)

    def make(self, until: float, is_over: threading.Event) -> None:
        """One fault after the other, each once before any comes again."""
        while not is_over.wait(self._rng.uniform(2, 8)):
            faults = self._rng.sample(self._faults, len(self._faults))
            for fault in faults:
                if time.monotonic() > until:
                    return
                fault()
                self.happened[fault.__name__] += 1
                if is_over.wait(self._rng.uniform(2, 8)):
                    return

    def killed(self) -> None:
        """Without a word, and started again some seconds later."""
        os.kill(self.server.pid, signal.SIGKILL)
        time.sleep(self._rng.uniform(0, 5))
        self._stack.close()
        port = self.server.address[1]
        self.server = self._stack.enter_context(server(self._data, "--port", str(port)))

    def frozen(self) -> None:
        """Alive, and silent."""
        os.kill(self.server.pid, signal.SIGSTOP)
        time.sleep(self._rng.uniform(2, 12))
        os.kill(self.server.pid, signal.SIGCONT)

    def slowed(self) -> None:
        """Behind a bad line."""
        self.proxy.delay_s, self.proxy.drop_share = self._rng.uniform(0.1, 1.0), 0.1
        time.sleep(self._rng.uniform(4, 12))
        self.proxy.delay_s = self.proxy.drop_share = 0.0

    def failing(self) -> None:
        """500, whatever is asked."""
        self.proxy.is_failing = True
        time.sleep(self._rng.uniform(2, 12))
        self.proxy.is_failing = False

    def full(self) -> None:
        """Not a byte left on the server's disk."""
        ballast = self._data / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(1 << 20)):
                pass
        time.sleep(self._rng.uniform(4, 12))
        ballast.unlink()

    def close(self) -> None:
        """The end of it."""
        self.proxy.close()
        self._stack.close()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mounts a file system of its own there; whether that was allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def watch_memory(pid: int, is_over: threading.Event) -> list[float]:
    """MB of a process, each second."""
    seen = []
    status = Path(f"/proc/{pid}/status")
    while not is_over.wait(1.0):
        with suppress(OSError, StopIteration):
            line = next(s for s in status.read_text().splitlines() if s.startswith("VmRSS:"))
            seen.append(int(line.split()[1]) / 1024)
    return seen


# What came of it


def compared(
    logged: Seconds, plain: Seconds, cpu_logged: Seconds, cpu_plain: Seconds
) -> list[tuple[str, str, str]]:
    """Steps with logging against those without, pair of turns by pair of turns.

    Args:
        cpu_logged: CPU seconds of the thread that trains, by turn: what it waits for, and what
            others on the machine take, is not in them.
        cpu_plain: Likewise.
    """
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(logged), (_RESAMPLES, len(logged)))

    def shown(share: float, shares: Seconds) -> str:
        low, high = np.percentile(shares, [2.5, 97.5])
        return f"{share:+.2%} [{low:+.2%}, {high:+.2%}]"

    def row(name: str, measure: Any, wanted: str = "") -> tuple[str, str, str]:
        one, other = measure(logged), measure(plain)
        shares = np.array([measure(logged[d]) / measure(plain[d]) - 1 for d in drawn])
        steps = f"{one * 1e3:.3f} ms, {other * 1e3:.3f} ms without"
        return f"step, {name}", f"{steps}: {shown(one / other - 1, shares)}", wanted

    def row_of_pairs(name: str, one: Seconds, other: Seconds) -> tuple[str, str, str]:
        pairs = one / other - 1
        means = np.array([trimmed_mean(pairs[d]) for d in drawn])
        what = f"{name}, middle {1 - 2 * _TRIMMED:.0%} of the pairs"
        return what, shown(trimmed_mean(pairs), means), "< 1 %"

    return [
        row("mean", np.mean, "< 1 %"),
        row_of_pairs("turn", logged.sum(axis=1), plain.sum(axis=1)),
        row_of_pairs("CPU of the training's thread", cpu_logged, cpu_plain),
        row("median", np.median),
        row("p99", lambda values: np.percentile(values, 99)),
    ]


def trimmed_mean(values: Seconds) -> float:
    """Without those at the ends: what else the machine does hits one turn of a pair."""
    cut = int(_TRIMMED * len(values))
    return float(np.sort(values)[cut : len(values) - cut].mean())


def rows_compared(s: Server, place: Path, logged: Seconds) -> list[tuple[str, str, str]]:
    """Each row that log() returned for, against what the server has."""
    names = json.loads((place / "run.json").read_text())
    said = json.loads((place / "said.json").read_text())
    run = next(iter(runstone.Api(s.url, s.api_key).runs(names["project"])))
    counts: Counter[int] = Counter()
    num_other = num_histograms = 0
    for row in run.history():
        step = row["_step"]
        counts[step] += 1
        values = [row.get(f"train/scalar_{n}") for n in range(NUM_SCALARS)]
        num_other += step >= len(logged) or values != logged[step].tolist()
        num_histograms += row.get("weights") is not None
    num_lost = sum(step not in counts for step in range(len(logged)))
    num_doubled = sum(counts.values()) - len(counts)
    lines = [line for line in run.console().text().splitlines() if line.startswith("step ")]
    numbers = [line.partition(":")[0] for line in lines]
    num_versions = len(list(run.logged_artifacts()))
    return [
        ("rows logged", f"{len(logged):,}", ""),
        ("lost, doubled, with other values", f"{num_lost}, {num_doubled}, {num_other}", "0, 0, 0"),
        ("histograms", f"{num_histograms} of {-(-len(logged) // 50)}", "all"),
        ("versions of the checkpoint", f"{num_versions} of {said['num_versions']}", "all"),
        (
            "lines of the console, doubled",
            f"{len(set(numbers))} of {said['num_lines']}, {len(numbers) - len(set(numbers))}",
            "all, 0",
        ),
    ]


class Runner:
    """A process that trains, and is stopped while it is not its turn."""

    def __init__(self, kind: str, words: Sequence[object], told: dict[str, str], log: Any) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self.process = subprocess.Popen(
            [*map(str, words), str(orders), str(answers)],
            env=told,
            stdout=log,
            stderr=log,
            pass_fds=(orders, answers),
        )
        self.kind = kind
        os.close(orders)
        os.close(answers)
        self._wait()

    def train(self) -> None:
        """Its turn: a slice of steps."""
        self.process.send_signal(signal.SIGCONT)
        os.write(self._orders, b".")
        self._wait()

    def end(self) -> None:
        """No more turns; it goes on with what is to be done then."""
        os.close(self._orders)
        self.process.send_signal(signal.SIGCONT)

    def _wait(self) -> None:
        if not os.read(self._answers, 1):
            raise SystemExit(f"the process that trains ({self.kind}) has ended early")
        self.process.send_signal(signal.SIGSTOP)


def take_turns(one: Runner, other: Runner, until: float) -> None:
    """One first, then the other one first, then again."""
    while time.monotonic() < until:
        for runner in (one, other, other, one):
            runner.train()
    one.end()
    other.end()


def calibrated(step_ms: float) -> str:
    """Batches of a step of about that length."""
    words = [TORCH, PEERS / "tracking_training.py", "calibrate", str(step_ms)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def soak(seconds: float, step_ms: float, seed: int, scratch: Path) -> list[tuple[str, str, str]]:
    """The whole of it; the rows of its table."""
    rng = random.Random(seed)
    place, data = scratch / "training", scratch / "server"
    place.mkdir()
    client = environment("runstone")
    packages = next((client.parent.parent / "lib").glob("python*/site-packages"))
    with small_disk(data) as has_own_disk, ExitStack() as stack:
        trouble = Trouble(data, rng, has_own_disk=has_own_disk)
        stack.callback(trouble.close)
        told = clean_environ(scratch) | {
            "PYTHONPATH": str(packages),
            "RUNSTONE_URL": trouble.proxy.url,
            "RUNSTONE_API_KEY": trouble.server.api_key,
            "RUNSTONE_FINISH_TIMEOUT": "120",
        }
        num_turns = calibrated(step_ms)
        most = SLICE_STEPS * (int(2 * seconds / step_ms * 1e3 / SLICE_STEPS) + 10)
        log = stack.enter_context((scratch / "training.log").open("w"))
        runners = []
        for kind in ("logged", "plain"):
            words = (TORCH, PEERS / "tracking_training.py", kind, num_turns, place, seed, most)
            runner = Runner(kind, words, told, log)
            stack.callback(runner.process.kill)
            runners.append(runner)
        training = runners[0].process
        is_over = threading.Event()
        memory: list[float] = []
        watcher = threading.Thread(
            target=lambda: memory.extend(watch_memory(training.pid, is_over)), daemon=True
        )
        watcher.start()
        until = time.monotonic() + seconds
        maker = threading.Thread(target=trouble.make, args=(until, is_over))
        maker.start()
        try:
            take_turns(*runners, until)
        finally:
            is_over.set()
            maker.join()
        while not (place / "looped").exists() and training.poll() is None:
            time.sleep(0.2)
        (place / "healed").touch()
        watcher.join()
        began = time.monotonic()
        code = training.wait(300)
        finish_s = time.monotonic() - began
        if code or runners[1].process.wait(60):
            raise SystemExit((scratch / "training.log").read_text()[-3_000:])
        sync = [client, "-m", "runstone.cli", "sync", place / "runs"]
        told["RUNSTONE_URL"] = trouble.server.url
        synced = subprocess.run(sync, env=told, capture_output=True, text=True, check=False)
        if synced.returncode:
            raise SystemExit(f"runstone sync: {synced.stdout}{synced.stderr}")
        times = [
            np.fromfile(place / f"times-{runner.kind}").reshape(-1, SLICE_STEPS)
            for runner in runners
        ]
        cpu_s = [np.fromfile(place / f"cpu-{runner.kind}") for runner in runners]
        logged = np.fromfile(place / "logged").reshape(-1, NUM_SCALARS)
        said = json.loads((place / "said.json").read_text())
        late = memory[len(memory) // 10 :] or [float("nan")]
        background_s = said["other_threads_cpu_s"] / said["num_logged"]
        happened = ", ".join(f"{name} {num}" for name, num in sorted(trouble.happened.items()))
        disk = "" if has_own_disk else " (no disk of its own could be mounted: it was never full)"
        return [
            *compared(*times, *cpu_s),
            ("threads beside the training, CPU", f"{background_s * 1e6:.0f} µs a logged step", ""),
            ("likewise, of a step without logging", f"{background_s / times[1].mean():.2%}", ""),
            ("what happened to the server", happened + disk, ""),
            ("memory after a tenth, at the end", f"{late[0]:.0f} MB, {late[-1]:.0f} MB", ""),
            *rows_compared(trouble.server, place, logged),
            ("finish() took", f"{finish_s:.1f} s", ""),
            ("then runstone sync said", told_by(synced.stdout, place), ""),
        ]


def told_by(output: str, place: Path) -> str:
    """The last line, without the folder."""
    return output.strip().rpartition("\n")[2].replace(str(place), "…")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--step-ms", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--short", action="store_true", help="does it work? 40 seconds")
    options = parser.parse_args()
    if not TORCH.exists():
        raise SystemExit("PyTorch is not there: see the head of this file")
    seconds = 40.0 if options.short else options.minutes * 60
    scratch = Path(tempfile.mkdtemp(prefix="runstone-soak-"))
    try:
        rows = soak(seconds, options.step_ms, options.seed, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_table(f"Training for {seconds / 60:.1f} minutes under faults, seed {options.seed}", rows)


if __name__ == "__main__":
    main()
