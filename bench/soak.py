"""A training loop in PyTorch, with and without logging, while its server goes through everything.

Run: python bench/soak.py [--minutes 60] [--step-ms 20] [--seed 0] [--short] [--null]

A small network is trained on one thread. Ten steps are logged, ten are not, and so on, one kind
first and then the other one (ABBA): in the same process, because of two that do the very same one
is a percent slower for a minute; in so short turns, because the machine drifts by ten percent. A
logged step is what people write: ten numbers by `run.log()`, every ten steps a line printed, every
50 a histogram of 65,536 weights, now and then a checkpoint as an artifact; system metrics are on
all the while. Steps that are not logged compute, print (past the run) and save the same.

What the run's other threads do beside hits steps of both kinds. So all of their CPU time is laid on
the logged steps, as if the training had always waited for it, which is the most that it can be; and
as only half of the steps are logged, what they do each second counts twice. Intervals are of 95 %:
pairs of blocks are drawn anew. With --null no step is logged: what is said then is what this
machine cannot tell apart.

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
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import runstone
from harness import ROOT, Server, print_table
from loggers.peers import PEERS, clean_environ, environment
from trouble import Trouble, small_disk

TORCH = ROOT / ".cache" / "torch-venv" / "bin" / "python"
BLOCK_STEPS: Final = 10
NUM_SCALARS: Final = 10
_RESAMPLES: Final = 4_000
_TRIMMED: Final = 0.1
"""Of the pairs of turns, at each end."""
Seconds = NDArray[np.float64]


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


def compared(training: Training) -> list[tuple[str, str, str]]:
    """Steps with logging against those without, pair of blocks by pair of blocks."""
    logged, plain = training.blocks("logged"), training.blocks("plain")
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(logged), len(logged)) for _ in range(_RESAMPLES)]

    def mean_share(blocks: Seconds, others: Seconds) -> float:
        return float(blocks.mean() / others.mean() - 1)

    def pair_share(blocks: Seconds, others: Seconds) -> float:
        return trimmed_mean(blocks.sum(axis=1) / others.sum(axis=1) - 1)

    def median_share(blocks: Seconds, others: Seconds) -> float:
        return float(np.median(blocks) / np.median(others) - 1)

    def shown(measure: Callable[[Seconds, Seconds], float], beside: float = 0.0) -> str:
        shares = [measure(logged[d], plain[d]) for d in drawn]
        low, high = np.percentile(shares, [2.5, 97.5]) + beside
        return f"{measure(logged, plain) + beside:+.2%} [{low:+.2%}, {high:+.2%}]"

    steps = f"{logged.mean() * 1e3:.3f} ms, {plain.mean() * 1e3:.3f} ms without"
    middle = f"step, middle {1 - 2 * _TRIMMED:.0%} of the pairs of blocks"
    table = [
        ("step, mean", f"{steps}: {shown(mean_share)}", ""),
        (middle, shown(pair_share), ""),
        ("step, median", shown(median_share), ""),
    ]
    if training.is_logged:
        beside_s = training.said["other_threads_cpu_s"] / training.said["num_logged"]
        beside = beside_s / float(plain.mean())
        table += [
            ("other threads, CPU", f"{beside_s * 1e6:.0f} µs a logged step: {beside:.2%}", ""),
            (f"{middle}, and all of that", shown(pair_share, beside), "< 1 %"),
            ("step, mean, and all of that", shown(mean_share, beside), "< 1 %"),
        ]
    return table


def trimmed_mean(values: Seconds) -> float:
    """Without those at the ends: what else the machine does hits one block of a pair."""
    cut = int(_TRIMMED * len(values))
    return float(np.sort(values)[cut : len(values) - cut].mean())


def rows_compared(s: Server, training: Training) -> list[tuple[str, str, str]]:
    """Each row that log() returned for, against what the server has."""
    names = json.loads((training.place / "run.json").read_text())
    run = runstone.Api(s.url, s.api_key).run(f"{names['project']}/{names['run']}")
    logged, said = training.logged, training.said
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


class Training:
    """A process that trains, and what came of it.

    Attributes:
        place: Its folder.
        is_logged: Half of its steps are.
        memory: MB of the process, each second.
        finish_s: How long it took to end.
    """

    def __init__(self, scratch: Path, options: argparse.Namespace, trouble: Trouble) -> None:
        self.place = scratch / "training"
        self.place.mkdir()
        self.is_logged = not options.null
        self.memory: list[float] = []
        self.finish_s = 0.0
        self._client = environment("runstone")
        packages = next((self._client.parent.parent / "lib").glob("python*/site-packages"))
        self._told = clean_environ(scratch) | {
            "PYTHONPATH": str(packages),
            "RUNSTONE_URL": trouble.proxy.url,
            "RUNSTONE_API_KEY": trouble.server.api_key,
            "RUNSTONE_FINISH_TIMEOUT": "120",
        }
        words = [TORCH, PEERS / "tracking_training.py", "calibrate", str(options.step_ms)]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        kind = "null" if options.null else "logged"
        numbers = (options.seed, options.minutes * 60, kind)
        self._words = (*words[:2], "train", said.strip(), self.place, *numbers)

    def run(self, end_well: Callable[[], None]) -> None:
        """Trains to the end.

        Args:
            end_well: Sees to it that all is well with the server again.
        """
        with (self.place / "log").open("w") as log, ExitStack() as stack:
            words = list(map(str, self._words))
            process = subprocess.Popen(words, env=self._told, stdout=log, stderr=log)
            stack.callback(process.kill)
            is_over = threading.Event()
            watcher = threading.Thread(
                target=lambda: self.memory.extend(watch_memory(process.pid, is_over)), daemon=True
            )
            watcher.start()
            while not (self.place / "looped").exists() and process.poll() is None:
                time.sleep(0.5)
            is_over.set()
            watcher.join()
            end_well()
            (self.place / "healed").touch()
            began = time.monotonic()
            if process.wait(300):
                raise SystemExit((self.place / "log").read_text()[-3_000:])
            self.finish_s = time.monotonic() - began

    def sync(self, s: Server) -> str:
        """`runstone sync` over it; what it said last."""
        words = [str(self._client), "-m", "runstone", "sync", str(self.place / "runs")]
        told = self._told | {"RUNSTONE_URL": s.url}
        synced = subprocess.run(words, env=told, capture_output=True, text=True, check=False)
        if synced.returncode:
            raise SystemExit(f"runstone sync: {synced.stdout}{synced.stderr}")
        return synced.stdout.strip().rpartition("\n")[2].replace(str(self.place), "…")

    def blocks(self, kind: str) -> Seconds:
        """Seconds of each step, block by block."""
        return np.fromfile(self.place / f"times-{kind}").reshape(-1, BLOCK_STEPS)

    @cached_property
    def logged(self) -> Seconds:
        """The numbers of each step that was logged."""
        return np.fromfile(self.place / "logged").reshape(-1, NUM_SCALARS)

    @cached_property
    def said(self) -> dict[str, Any]:
        """What the process said about itself."""
        found: dict[str, Any] = json.loads((self.place / "said.json").read_text())
        return found


def soak(options: argparse.Namespace, scratch: Path) -> list[tuple[str, str, str]]:
    """The whole of it; the rows of its table."""
    data = scratch / "server"
    with small_disk(data) as has_own_disk, ExitStack() as stack:
        trouble = Trouble(data, random.Random(options.seed), has_own_disk=has_own_disk)
        stack.callback(trouble.close)
        training = Training(scratch, options, trouble)
        is_over = threading.Event()
        maker = threading.Thread(target=trouble.make, args=(is_over,))

        def end_well() -> None:
            is_over.set()
            maker.join()

        maker.start()
        stack.callback(is_over.set)
        training.run(end_well)
        happened = ", ".join(f"{name} {num}" for name, num in sorted(trouble.happened.items()))
        disk = "" if has_own_disk else " (no disk of its own could be mounted: it was never full)"
        table = [*compared(training), ("what happened to the server", happened + disk, "")]
        if not training.is_logged:
            return table
        synced = training.sync(trouble.server)
        rows = rows_compared(trouble.server, training)
    late = training.memory[len(training.memory) // 10 :] or [float("nan")]
    return [
        *table,
        ("memory after a tenth, at the end", f"{late[0]:.0f} MB, {late[-1]:.0f} MB", ""),
        *rows,
        ("finish() took", f"{training.finish_s:.1f} s", ""),
        ("then runstone sync said", synced, ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--step-ms", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--null", action="store_true", help="no step is logged")
    parser.add_argument("--short", action="store_true", help="does it work? 40 seconds")
    options = parser.parse_args()
    if not TORCH.exists():
        raise SystemExit("PyTorch is not there: see the head of this file")
    if options.short:
        options.minutes = 40 / 60
    scratch = Path(tempfile.mkdtemp(prefix="runstone-soak-"))
    try:
        rows = soak(options, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    what = "Without logging" if options.null else "Training"
    print_table(f"{what} for {options.minutes:.1f} minutes under faults, seed {options.seed}", rows)


if __name__ == "__main__":
    main()
