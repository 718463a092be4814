"""A training loop in PyTorch, with and without logging, while its server goes through everything.

Run: python bench/soak.py [--minutes 60] [--rounds N] [--step-ms 20] [--seed 0] [--short] [--null]

Two processes train the same small network on one thread each, of which one logs. They take turns,
two seconds each, first one and then the other one first (ABBA), so that the machine's drift hits
both alike; who is not at it is stopped (SIGSTOP), with all of its threads: what the sending costs
is in the steps of the process that logs, and nowhere else. A logged step is what people write: ten
numbers by `run.log()`, every 50 steps a histogram, now and then a checkpoint as an artifact;
console and system metrics are on all the while. Printing, saving and computing what is logged are
in the steps of both. What the other threads cost is said as CPU time, too.

Of two processes that do the very same one may be half a percent slower for as long as it lives, by
where its memory happens to lie. So there are rounds, one for two minutes, each with two new
processes and a run of its own; intervals are of 95 %, rounds are drawn anew, then turns of them.
With --null neither process logs: what is said then is what this machine cannot tell apart.

Meanwhile, at random: the server is killed (-9) and started again, frozen (SIGSTOP), slowed by a
proxy that delays and drops, hidden behind answers of 500, and its disk is full (a small tmpfs; it
is said where that may not be mounted). All but the last run end in the midst of it, with five
seconds to send the rest. At the end all is well again, the last run ends, `runstone sync` goes over
all of them, and each row that `log()` returned for is compared with what the server has.

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
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
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
_TURN_S: Final = 2.0
"""Long beside the second in which a sender does what it does at regular times."""
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


def compared(rounds: Sequence[Round]) -> list[tuple[str, str, str]]:
    """Steps with logging against those without, pair of turns by pair of turns."""
    rng = np.random.default_rng(0)
    drawn = [
        [(one, rng.integers(0, one.num_turns, one.num_turns)) for one in chosen]
        for chosen in (rng.choice(np.array(rounds), len(rounds)) for _ in range(_RESAMPLES))
    ]

    def shown(share: float, shares: list[float]) -> str:
        low, high = np.percentile(shares, [2.5, 97.5])
        return f"{share:+.2%} [{low:+.2%}, {high:+.2%}]"

    def row(name: str, measure: Any, wanted: str = "") -> tuple[str, str, str]:
        one = measure(np.concatenate([r.steps_logged for r in rounds]))
        other = measure(np.concatenate([r.steps_plain for r in rounds]))
        shares = [
            measure(np.concatenate([r.steps_logged[d] for r, d in sample]))
            / measure(np.concatenate([r.steps_plain[d] for r, d in sample]))
            - 1
            for sample in drawn
        ]
        steps = f"{one * 1e3:.3f} ms, {other * 1e3:.3f} ms without"
        return f"step, {name}", f"{steps}: {shown(one / other - 1, shares)}", wanted

    def row_of_pairs(name: str, pairs: Callable[[Round], Seconds]) -> tuple[str, str, str]:
        share = trimmed_mean(np.concatenate([pairs(r) for r in rounds]))
        means = [trimmed_mean(np.concatenate([pairs(r)[d] for r, d in s])) for s in drawn]
        what = f"{name}, middle {1 - 2 * _TRIMMED:.0%} of the pairs"
        return what, shown(share, means), "< 1 %"

    by_round = [trimmed_mean(one.turns()) for one in rounds]
    return [
        row("mean", np.mean, "< 1 %"),
        row_of_pairs("turn", Round.turns),
        row_of_pairs("CPU of the training's thread", Round.cpu),
        ("turn, round by round", ", ".join(f"{share:+.1%}" for share in by_round), ""),
        row("median", np.median),
        row("p99", lambda values: np.percentile(values, 99)),
    ]


def trimmed_mean(values: Seconds) -> float:
    """Without those at the ends: what else the machine does hits one turn of a pair."""
    cut = int(_TRIMMED * len(values))
    return float(np.sort(values)[cut : len(values) - cut].mean())


class Found(Counter[str]):
    """What of a run the server has, and what it was given."""

    def look(self, s: Server, one: Round) -> None:
        """Adds what there is of one more run."""
        names = json.loads((one.place / "run.json").read_text())
        run = runstone.Api(s.url, s.api_key).run(f"{names['project']}/{names['run']}")
        counts: Counter[int] = Counter()
        for row in run.history():
            step = row["_step"]
            counts[step] += 1
            values = [row.get(f"train/scalar_{n}") for n in range(NUM_SCALARS)]
            is_known = step < len(one.logged)
            self["other"] += not is_known or values != one.logged[step].tolist()
            self["histograms"] += row.get("weights") is not None
        self["rows"] += len(one.logged)
        self["lost"] += sum(step not in counts for step in range(len(one.logged)))
        self["doubled"] += sum(counts.values()) - len(counts)
        self["histograms logged"] += -(-len(one.logged) // 50)
        lines = [line for line in run.console().text().splitlines() if line.startswith("step ")]
        self["lines"] += len({line.partition(":")[0] for line in lines})
        self["all lines"] += len(lines)
        self["lines printed"] += one.said["num_lines"]
        self["versions"] += len(list(run.logged_artifacts()))
        self["versions logged"] += one.said["num_versions"]

    def rows(self) -> list[tuple[str, str, str]]:
        """Of the table."""
        return [
            ("rows logged", f"{self['rows']:,}", ""),
            (
                "lost, doubled, with other values",
                f"{self['lost']}, {self['doubled']}, {self['other']}",
                "0, 0, 0",
            ),
            ("histograms", f"{self['histograms']} of {self['histograms logged']}", "all"),
            (
                "versions of the checkpoint",
                f"{self['versions']} of {self['versions logged']}",
                "all",
            ),
            (
                "lines of the console, doubled",
                f"{self['lines']} of {self['lines printed']}, {self['all lines'] - self['lines']}",
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
    other.end()


def calibrated(step_ms: float) -> str:
    """Batches of a step of about that length."""
    words = [TORCH, PEERS / "tracking_training.py", "calibrate", str(step_ms)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


class Round:
    """Two processes that took turns, and what came of it.

    Attributes:
        place: The folder of this round.
        steps_logged: Seconds of each step, turn by turn.
        steps_plain: Likewise.
        memory: MB of the process that logs, each second.
        finish_s: How long it took to end.
    """

    def __init__(
        self,
        place: Path,
        kinds: Sequence[str],
        num_steps: int,
        memory: list[float],
        finish_s: float,
    ) -> None:
        self.place = place
        self.memory = memory
        self.finish_s = finish_s
        self.steps_logged, self.steps_plain = (
            np.fromfile(place / f"times-{kind}").reshape(-1, num_steps) for kind in kinds
        )
        self._cpu = [np.fromfile(place / f"cpu-{kind}") for kind in kinds]
        self.num_turns = len(self.steps_logged)

    @cached_property
    def logged(self) -> Seconds:
        """The numbers of each step that was logged."""
        return np.fromfile(self.place / "logged").reshape(-1, NUM_SCALARS)

    @cached_property
    def said(self) -> dict[str, Any]:
        """What the process that logs said about itself."""
        found: dict[str, Any] = json.loads((self.place / "said.json").read_text())
        return found

    def turns(self) -> Seconds:
        """By how much each turn with logging took longer than the one beside it; 0.01 is 1 %."""
        return self.steps_logged.sum(axis=1) / self.steps_plain.sum(axis=1) - 1

    def cpu(self) -> Seconds:
        """Likewise, of the CPU of the thread that trains: what it waits for is not in it."""
        return self._cpu[0] / self._cpu[1] - 1


class Soak:
    """Rounds of training beside a server in trouble."""

    def __init__(self, scratch: Path, options: argparse.Namespace, trouble: Trouble) -> None:
        self._scratch = scratch
        self._options = options
        client = environment("runstone")
        packages = next((client.parent.parent / "lib").glob("python*/site-packages"))
        self._told = clean_environ(scratch) | {
            "PYTHONPATH": str(packages),
            "RUNSTONE_URL": trouble.proxy.url,
            "RUNSTONE_API_KEY": trouble.server.api_key,
        }
        self._num_batches = calibrated(options.step_ms)
        self._client = client

    def round(self, number: int, seconds: float, *, end_well: Callable[[], None] | None) -> Round:
        """One of them.

        Args:
            end_well: Sees to it that all is well again; None where the run ends in the midst of it.
        """
        place = self._scratch / f"round-{number}"
        place.mkdir()
        kinds = ("plain-1", "plain-2") if self._options.null else ("logged", "plain")
        num_steps = max(5, round(_TURN_S * 1e3 / self._options.step_ms))
        most = num_steps * (int(2 * seconds / _TURN_S) + 10)
        told = self._told | {"RUNSTONE_FINISH_TIMEOUT": "120" if end_well else "5"}
        if end_well is None:
            (place / "healed").touch()
        with (place / "log").open("w") as log, ExitStack() as stack:
            runners = []
            for kind in kinds:
                words = (TORCH, PEERS / "tracking_training.py", kind, self._num_batches, num_steps)
                more = (place, self._options.seed + number, most)
                runner = Runner(kind, (*words, *more), told, log)
                stack.callback(runner.process.kill)
                runners.append(runner)
            training = runners[0].process
            is_over = threading.Event()
            memory: list[float] = []
            watcher = threading.Thread(
                target=lambda: memory.extend(watch_memory(training.pid, is_over)), daemon=True
            )
            watcher.start()
            take_turns(*runners, time.monotonic() + seconds)
            is_over.set()
            watcher.join()
            if end_well is not None:
                end_well()
                (place / "healed").touch()
            began = time.monotonic()
            runners[0].end()
            if training.wait(300) or runners[1].process.wait(60):
                raise SystemExit((place / "log").read_text()[-3_000:])
            finish_s = time.monotonic() - began
        return Round(place, kinds, num_steps, memory, finish_s)

    def sync(self, rounds: Sequence[Round], s: Server) -> str:
        """`runstone sync` over all of them; what it said last."""
        folders = [one.place / "runs" for one in rounds]
        words = [self._client, "-m", "runstone.cli", "sync", *folders]
        told = self._told | {"RUNSTONE_URL": s.url}
        synced = subprocess.run(words, env=told, capture_output=True, text=True, check=False)
        if synced.returncode:
            raise SystemExit(f"runstone sync: {synced.stdout}{synced.stderr}")
        return synced.stdout.strip().rpartition("\n")[2].replace(str(self._scratch), "…")


def soak(options: argparse.Namespace, scratch: Path) -> list[tuple[str, str, str]]:
    """The whole of it; the rows of its table."""
    rng = random.Random(options.seed)
    data = scratch / "server"
    seconds = options.minutes * 60 / options.rounds
    with small_disk(data) as has_own_disk, ExitStack() as stack:
        trouble = Trouble(data, rng, has_own_disk=has_own_disk)
        stack.callback(trouble.close)
        soaking = Soak(scratch, options, trouble)
        is_over = threading.Event()
        maker = threading.Thread(target=trouble.make, args=(is_over,))

        def end_well() -> None:
            is_over.set()
            maker.join()

        maker.start()
        stack.callback(is_over.set)
        rounds = []
        for number in range(options.rounds):
            is_last = number + 1 == options.rounds
            rounds.append(soaking.round(number, seconds, end_well=end_well if is_last else None))
            print(f"round {number + 1}: {trimmed_mean(rounds[-1].turns()):+.2%}", file=sys.stderr)
        happened = ", ".join(f"{name} {num}" for name, num in sorted(trouble.happened.items()))
        disk = "" if has_own_disk else " (no disk of its own could be mounted: it was never full)"
        table = [*compared(rounds), ("what happened to the server", happened + disk, "")]
        if options.null:
            return table
        synced = soaking.sync(rounds, trouble.server)
        found = Found()
        for one in rounds:
            found.look(trouble.server, one)
    threads_s = sum(one.said["other_threads_cpu_s"] for one in rounds) / found["rows"]
    step_s = np.concatenate([one.steps_plain for one in rounds]).mean()
    late = rounds[-1].memory[len(rounds[-1].memory) // 10 :] or [float("nan")]
    ends = ", ".join(f"{one.finish_s:.1f}" for one in rounds)
    return [
        *table,
        ("threads beside the training, CPU", f"{threads_s * 1e6:.0f} µs a logged step", ""),
        ("likewise, of a step without logging", f"{threads_s / step_s:.2%}", ""),
        ("memory after a tenth, at the end", f"{late[0]:.0f} MB, {late[-1]:.0f} MB", ""),
        *found.rows(),
        ("finish() took", f"{ends} s", ""),
        ("then runstone sync said", synced, ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, help="one for two minutes")
    parser.add_argument("--step-ms", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--null", action="store_true", help="neither process logs")
    parser.add_argument("--short", action="store_true", help="does it work? 40 seconds")
    options = parser.parse_args()
    if not TORCH.exists():
        raise SystemExit("PyTorch is not there: see the head of this file")
    if options.short:
        options.minutes, options.rounds = 40 / 60, 2
    options.rounds = options.rounds or max(1, round(options.minutes / 2))
    scratch = Path(tempfile.mkdtemp(prefix="runstone-soak-"))
    try:
        rows = soak(options, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    shown = f"{options.rounds} rounds, seed {options.seed}"
    print_table(f"Training for {options.minutes:.1f} minutes under faults, {shown}", rows)


if __name__ == "__main__":
    main()
