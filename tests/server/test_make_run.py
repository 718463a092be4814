"""What `make run` does after its set-up: a server, three live runs, and a clean end on Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.processes import clean_environment, wait_until

from runstone.cli.doors import open_door
from runstone.server.folder import probe

ROOT = Path(__file__).resolve().parents[2]
HAS_UV = (ROOT / ".tools" / "bin" / "uv").exists() or shutil.which("uv") is not None

pytestmark = [
    pytest.mark.compat,
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_UV, reason="needs `make setup`"),
]


class MakeRun:
    """`scripts/run.py` on a port of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.output = data.with_name("output.txt")
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "scripts" / "run.py"), "--data", str(data)],
                env=clean_environment(
                    RUNSTONE_PORT="0", RUNSTONE_FIRST_USER="ada", STARTED_FOR=str(data)
                ),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def says(self, text: str) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        return text in self.output.read_text()

    def runs(self) -> list[dict[str, Any]]:
        door = open_door(data=str(self.data), url=None, key=None)
        try:
            (project,) = door.call("GET", "projects")["projects"] or [None]
            if project is None:
                return []
            address = ("projects", project["entity"], project["name"], "runs")
            return list(door.call("GET", *address)["runs"])
        finally:
            door.close()


def left_behind(data: Path) -> list[str]:
    """Commands of processes that were started for this folder, by whatever way."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"STARTED_FOR={data}\0" in (place / "environ").read_text(errors="replace"):
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.fixture
def made(tmp_path: Path) -> Iterator[MakeRun]:
    running = MakeRun(tmp_path / "data")
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        try:
            running.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()


def test_three_runs_live_and_ctrl_c_ends_everything(made: MakeRun) -> None:
    training = "Three runs of examples/digits.py train now"
    wait_until(lambda: made.says(training), within_s=180, every_s=0.2)
    assert made.says("First start: ada is the administrator.")
    assert made.says("export WANDB_API_KEY=runstone-")

    def live() -> bool:
        runs = made.runs()
        return len(runs) == 3 and all(
            run["state"] == "running" and run["num_rows"] >= 3 for run in runs
        )

    wait_until(live, within_s=120, every_s=0.5)
    assert len(left_behind(made.data)) >= 1 + 1 + 3, "the script, the server, the runs"
    before = {run["id"]: run["num_rows"] for run in made.runs()}
    wait_until(lambda: all(run["num_rows"] > before[run["id"]] for run in made.runs()), every_s=0.5)

    began = time.monotonic()
    made.process.send_signal(signal.SIGINT)
    assert made.process.wait(60) == 0
    assert time.monotonic() - began < 45
    assert "Traceback" not in made.output.read_text()
    assert left_behind(made.data) == []
    assert probe(made.data) is None

    again = MakeRun(made.data)
    try:
        wait_until(lambda: again.says("Stop it with Ctrl-C"))
        assert not again.says("Installing")
        assert not again.says("train now"), "a folder with runs gets no others"
        assert len(json.dumps(again.runs())) > 2
    finally:
        again.process.send_signal(signal.SIGTERM)
        again.process.wait(60)
