"""Real `runstone` processes for tests: started, spoken to, stopped, and never left behind."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runstone.cli.root import run

COMMAND = [sys.executable, "-m", "runstone"]
START_WITHIN_S = 60.0


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that Runstone or wandb would read."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RUNSTONE_", "WANDB_"))}
    return kept | more


def runstone(
    *arguments: str | Path,
    environ: Mapping[str, str] | None = None,
    stdin: str | None = None,
    prefix: Sequence[str] = (),
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [*prefix, *COMMAND, *map(str, arguments)],
        env=clean_environment(**(environ or {})),
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=START_WITHIN_S,
        check=False,
        cwd=cwd,
    )


def runstone_here(
    *arguments: str | Path, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end in this process: the same, and a process for each costs minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(stdin or ""))
        for name in [name for name in os.environ if name.startswith(("RUNSTONE_", "WANDB_"))]:
            patch.delenv(name)
        patch.setattr(os, "umask", lambda mask: mask)  # ours is for the whole process
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@dataclass
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """One `runstone up`, from its greeting to its end."""

    def __init__(
        self,
        data: Path,
        *flags: str,
        environ: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        key: str = "",
    ) -> None:
        self.data = data
        self._key = key
        self._log = data.with_name(data.name + ".stderr")
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, *COMMAND, "up", "--data", str(data), "--port", "0", *flags],
                env=clean_environment(**(environ or {})),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.greeting = self._read_greeting()
        self.url = self.said(r"export WANDB_BASE_URL=(\S+)")

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def key(self) -> str:
        """The administrator's API key: as given, or what the first start of a folder says."""
        return self._key or self.said(r"export WANDB_API_KEY=(\S+)")

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self, pattern: str) -> str:
        """The first group of a pattern in the greeting."""
        found = re.search(pattern, self.greeting)
        assert found, f"no {pattern} in: {self.greeting}"
        return found[1]

    def connect(self) -> http.client.HTTPConnection:
        host = self.url.removeprefix("http://")
        return http.client.HTTPConnection(host, timeout=30)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signals it and waits; returns its exit code. Repeatable."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self, within_s: float = 60.0) -> int:
        code = self.process.wait(within_s)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def kill(self) -> None:
        """As a crash would; for fixtures' ends too."""
        self.process.kill()
        self.wait()

    def _read_greeting(self) -> str:
        assert self.process.stdout is not None
        said: list[str] = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Stop it"):
                return "".join(said)
        code = self.process.wait()
        self.process.stdout.close()
        raise AssertionError(f"the server did not start (exit code {code}):\n{self.log}")


def wait_until(condition: Any, within_s: float = 30.0, *, every_s: float = 0.02) -> None:
    """Waits for something that must come true, and looks so often."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(every_s)
