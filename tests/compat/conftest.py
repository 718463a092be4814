"""Real wandb clients against a real server process.

Each test names a script of `scripts/`, which a client's own Python runs as a user would; what it
knows at its end it says in one line of JSON. Then the test compares what is stored.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.compat.install_clients import client_python, is_installed, lines
from tests.compat.live import LiveServer, environment

SCRIPTS = Path(__file__).parent / "scripts"
MARK = "RESULT "


@dataclass(frozen=True)
class Outcome:
    """How a script ended."""

    code: int
    output: str
    facts: dict[str, Any]


class Client:
    """One line of the client, with a home folder of its own."""

    def __init__(self, line: str, server: LiveServer, home: Path) -> None:
        self.line = line
        self.server = server
        self.home = home

    @property
    def is_modern(self) -> bool:
        """Whether it is of the 0.25 line or newer."""
        return self.line != "0.19"

    def start(self, script: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Starts a script; `finish` reads how it ended."""
        command = [client_python(self.line), (SCRIPTS / script).with_suffix(".py"), *words]
        return self._start(command, env)

    def cli(self, *words: str, **env: str) -> Outcome:
        """Runs `wandb …`."""
        return finish(self._start([client_python(self.line).with_name("wandb"), *words], env))

    def run(self, script: str, *words: str, **env: str) -> Outcome:
        """Runs a script to its end, which is expected to be a good one."""
        outcome = finish(self.start(script, *words, **env))
        assert outcome.code == 0, outcome.output
        return outcome

    def _start(self, command: list[str | Path], env: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env={k: v for k, v in (environment(self.server, self.home) | env).items() if v},
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def finish(process: subprocess.Popen[str], *, within_s: float = 240) -> Outcome:
    """Waits for a script and reads what it said."""
    try:
        output, _ = process.communicate(timeout=within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        raise AssertionError(f"the client did not end in time:\n{output}") from None
    said = [line.removeprefix(MARK) for line in output.splitlines() if line.startswith(MARK)]
    return Outcome(process.returncode, output, json.loads(said[-1]) if said else {})


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("live") / "data")
    live.start()
    yield live
    live.stop()
    assert "unexpected error" not in live.log(), live.log()


@pytest.fixture(params=lines())
def client(request: pytest.FixtureRequest, server: LiveServer, tmp_path: Path) -> Client:
    if not is_installed(request.param):
        pytest.fail(f"`make clients` installs wandb {request.param}")
    home = tmp_path / "home"
    home.mkdir()
    return Client(request.param, server, home)


def of_line(line: str, server: LiveServer, home: Path) -> Client:
    """A client of one line, for what need not be tried with each."""
    if not is_installed(line):
        pytest.fail(f"`make clients` installs wandb {line}")
    home.mkdir(parents=True, exist_ok=True)
    return Client(line, server, home)
