"""kill -9 of training processes: every row that `log()` returned for is on the server after a sync.

Processes log with Runstone's own client in many styles (`training`): flat out, wide rows, threads,
forks, rows in two calls, printing; online or offline. At a random moment a process and its children
are killed. Now and then the server is killed, too, and `runstone sync` in the middle of its work.
Afterwards each run's rows are read from the server: of every worker the rows that were returned
for, each once, in order, with their values; at most the one that was being logged besides.

In a test run the trials are few; more are a trial of its own:

    .venv/bin/python -m tests.faults.killed_runs --trials 1000
"""

from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.compat.live import USER, LiveServer
from tests.faults import training
from tests.server.processes import COMMAND, clean_environment

from runstone.sdk import Api

PROJECT: Final = "kills"
STYLES: Final = ("tight", "wide", "mixed", "threads", "forks", "commits", "printing", "slow")
_AT_ONCE: Final = 3
_BATCH: Final = 24
"""Runs that are synced and compared together."""
_FIRST_ROW_WITHIN_S: Final = 60.0


@dataclass
class Victim:
    """A process that will be killed."""

    name: str
    style: str
    mode: str
    ledger: Path
    process: subprocess.Popen[bytes]
    target: int
    began: float = field(default_factory=time.monotonic)

    def returned(self) -> list[int]:
        """By worker, for how many rows `log()` has returned."""
        data = self.ledger.read_bytes()
        return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]

    def kill(self) -> None:
        """With its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Trials:
    """A server, and processes that die."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.server = LiveServer(folder / "server")
        self.kinds: Counter[str] = Counter()
        self.num_rows = 0
        self.num_killed_servers = 0
        self.num_killed_syncs = 0
        self._number = 0

    def run(self, num_trials: int) -> None:
        """So many kills of training processes."""
        self.server.start()
        try:
            while num_trials > 0:
                self._batch(min(num_trials, _BATCH))
                num_trials -= _BATCH
        finally:
            self.server.kill()

    def _batch(self, size: int) -> None:
        desk = self.folder / "desk"
        desk.mkdir()
        dead: list[Victim] = []
        living: list[Victim] = []
        while len(dead) < size:
            while len(living) < _AT_ONCE and len(living) + len(dead) < size:
                living.append(self._start(desk))
            for victim in list(living):
                if self._is_due(victim):
                    victim.kill()
                    living.remove(victim)
                    dead.append(victim)
            if self.rng.random() < 0.0005:
                self._kill_server()
            time.sleep(0.002)
        self._sync(desk)
        with Api(self.server.url, self.server.key) as api:
            for victim in dead:
                self._compare(api, victim)
        shutil.rmtree(desk)

    def _start(self, desk: Path) -> Victim:
        self._number += 1
        name = f"run-{self._number}"
        style = self.rng.choice(STYLES)
        mode = self.rng.choice(("online", "online", "online", "offline"))
        ledger = desk / f"{name}.ledger"
        ledger.write_bytes(bytes(training.WORKERS * 8))
        self.kinds[f"{style} {mode}"] += 1
        with (desk / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, training.__file__, str(ledger), style],
                cwd=desk,
                env=self._environ | {"RUNSTONE_RUN_ID": name, "RUNSTONE_MODE": mode},
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        # From the first row to the five-thousandth; one in thirty is killed while it begins.
        target = int(10 ** self.rng.uniform(0, 3.7)) if self.rng.random() < 0.97 else 0
        return Victim(name, style, mode, ledger, process, target)

    @property
    def _environ(self) -> dict[str, str]:
        return clean_environment(
            RUNSTONE_URL=self.server.url,
            RUNSTONE_API_KEY=self.server.key,
            RUNSTONE_DISABLE_GIT="true",
        )

    def _is_due(self, victim: Victim) -> bool:
        age = time.monotonic() - victim.began
        if victim.target == 0:
            return age > self.rng.uniform(0.0, 2.0)
        assert victim.process.poll() is None, (victim.ledger.with_suffix(".log")).read_text()
        if victim.returned()[0] >= victim.target:
            time.sleep(self.rng.uniform(0.0, 0.003))
            return True
        assert age < _FIRST_ROW_WITHIN_S or victim.returned()[0], "it does not begin"
        # A slow one that has its first rows; also the sender is then in the midst of its work.
        return age > 4.0 and victim.returned()[0] > 0

    def _kill_server(self) -> None:
        self.server.kill()
        self.num_killed_servers += 1
        time.sleep(self.rng.uniform(0.0, 1.0))
        self.server.start()

    def _sync(self, desk: Path) -> None:
        command = [*COMMAND, "sync", str(desk / "runstone")]
        while self.rng.random() < 0.5:
            cut = subprocess.Popen(
                command, env=self._environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(self.rng.uniform(0.2, 1.5))
            cut.kill()
            cut.wait()
            self.num_killed_syncs += 1
        done = subprocess.run(
            command, env=self._environ, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _compare(self, api: Api, victim: Victim) -> None:
        returned = victim.returned()
        found: dict[int, list[dict[str, Any]]] = {}
        if victim.target or any(returned):
            run = api.run(f"{USER}/{PROJECT}/{victim.name}")
            assert run.config["style"] == victim.style
            for row in run.history():
                found.setdefault(row["worker"], []).append(row)
        for worker, num in enumerate(returned):
            rows = found.pop(worker, [])
            at = f"{victim.name} ({victim.style}, {victim.mode}), worker {worker}"
            indices = [row["i"] for row in rows]
            assert indices == list(range(len(rows))), f"{at}: rows are missing, doubled or mixed"
            assert num <= len(rows) <= num + 1, f"{at}: {len(rows)} rows, returned for {num}"
            for row in rows[:num]:
                _check(victim.style, worker, row, at)
            self.num_rows += num
        assert not found, f"{victim.name}: rows of workers that there are not: {sorted(found)}"


def _check(style: str, worker: int, row: dict[str, Any], at: str) -> None:
    i = row["i"]
    wanted = training.value(worker, i)
    assert row["x"] == wanted or (math.isnan(wanted) and math.isnan(row["x"])), f"{at}: {row}"
    if style == "wide":
        assert row["metric/46"] == i * 46 * 0.5, at
    if style == "mixed":
        assert row["nested.a.b"] == i, at
        assert row["big"] == 2**70 + i, at
        assert ("long" in row) == (i % 40 == 5), at


def try_kills(folder: Path, num_trials: int, seed: int) -> str:
    """Makes the trials.

    Returns:
        What happened, in a sentence.
    """
    trials = Trials(folder, seed)
    began = time.monotonic()
    trials.run(num_trials)
    return (
        f"{num_trials} kills of training processes (seed {seed}, "
        f"{time.monotonic() - began:.0f} s): "
        + ", ".join(f"{kind} {number}" for kind, number in sorted(trials.kinds.items()))
        + f"; the server was killed {trials.num_killed_servers} times, `runstone sync` "
        f"{trials.num_killed_syncs} times. {trials.num_rows:,} rows that log() returned for: "
        "0 lost, 0 doubled."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="runstone-kills-") as folder:
        print(try_kills(Path(folder), options.trials, seed), flush=True)


if __name__ == "__main__":
    main()
