"""One server for all tests of a worker, and scripts that log to it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.sdk.lab import Lab

from runstone.sdk import Api


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("tracking") / "data")
    try:
        yield made
    finally:
        made.server.kill()


@pytest.fixture
def api(lab: Lab) -> Iterator[Api]:
    with lab.api() as made:
        yield made


@dataclass
class Desk:
    """A folder to work in, with nobody's settings but what is given."""

    folder: Path
    environ: dict[str, str]

    def start(self, script: str, **more: str) -> subprocess.Popen[str]:
        return self._start(script, subprocess.DEVNULL, more)

    def start_with_input(self, script: str, **more: str) -> subprocess.Popen[str]:
        return self._start(script, subprocess.PIPE, more)

    def _start(self, script: str, stdin: int, more: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=self.folder,
            env=self.environ | more,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *, code: int = 0, **more: str) -> tuple[str, str]:
        """What it printed, on both."""
        process = self.start(script, **more)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, err
        return out, err

    def runstone(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "runstone", *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def desk(tmp_path: Path, lab: Lab) -> Desk:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNSTONE_", "WANDB_"))}
    # To resume waits for the server's word: on a busy machine that is no matter of ten seconds.
    patient = {"RUNSTONE_RESUME_TIMEOUT": "120"}
    return Desk(tmp_path, kept | {"HOME": str(tmp_path)} | lab.environ | patient)
