"""`make run`: a server in the foreground; a new data folder gets three runs to watch.

The runs are `examples/digits.py` under the unmodified wandb client, in an environment of its own:
the client and the server share nothing but HTTP. Standard library only, as a user's script would.
Ctrl-C ends the training first, then the server.
"""

# ruff: noqa: T201, S603 - a script that prints and starts programs

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
BIN: Final = Path(sys.executable).parent
CACHE: Final = ROOT / ".cache" / "examples"
REQUIREMENTS: Final = ROOT / "examples" / "requirements.txt"

LEARNING_RATES: Final = ("0.003", "0.03", "0.3")
EPOCHS: Final = 300
PAUSE_S: Final = 0.3
_STOP_WITHIN_S: Final = 5.0


class Stopped(Exception):
    """The person pressed Ctrl-C, or the process was told to end."""


class Demo(threading.Thread):
    """Trains in the background; says little."""

    def __init__(self, data: str, url: str) -> None:
        super().__init__(name="demo", daemon=True)
        self._data = data
        self._url = url
        self._is_stopping = threading.Event()
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        """Makes the environment and a key, then trains."""
        try:
            python = self._environment()
            key = _output([str(BIN / "runstone"), "admin", "key", "create", "--quiet",
                           "--name", "examples/digits.py", "--data", self._data])  # fmt: skip
            environment = _without_ours() | {
                "WANDB_BASE_URL": self._url,
                "WANDB_API_KEY": key,
                "WANDB_DIR": str(CACHE),
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            }
            for seed, lr in enumerate(LEARNING_RATES):
                script = str(ROOT / "examples" / "digits.py")
                self._start(
                    [str(python), script, "--lr", lr, "--seed", str(seed),
                     "--epochs", str(EPOCHS), "--pause", str(PAUSE_S)],
                    environment,
                    CACHE / f"digits-lr-{lr}.log",
                )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            if not self._is_stopping.is_set():
                print(f"The example runs could not be started: {error}", flush=True)
            return
        print(
            f"\nThree runs of examples/digits.py train now: {self._url} shows them live.\n"
            f"Their output is in {CACHE.relative_to(ROOT)}.\n",
            flush=True,
        )

    def stop(self) -> None:
        """Ends what trains, and what was being installed."""
        self._is_stopping.set()
        with self._lock:
            running = [process for process in self._processes if process.poll() is None]
        # As Ctrl-C in their own terminal would: the client reports the runs as ended.
        _signal_groups(running, signal.SIGINT)
        deadline = time.monotonic() + _STOP_WITHIN_S
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        # The group, not its head alone: the client has a helper process.
        _signal_groups(running, signal.SIGKILL)

    def _environment(self) -> Path:
        wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
        home = CACHE / "venv"
        stamp = home / "runstone-stamp.txt"
        if not (stamp.is_file() and stamp.read_text() == wanted):
            print("Installing the wandb client for the example runs ...", flush=True)
            uv = shutil.which(str(ROOT / ".tools" / "bin" / "uv")) or shutil.which("uv") or "uv"
            shutil.rmtree(home, ignore_errors=True)
            python = str(home / "bin" / "python")
            for command in (
                [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
                [uv, "pip", "sync", "--quiet", "--python", python, str(REQUIREMENTS)],
            ):
                process = self._start(command, _without_ours(), CACHE / "install.log")
                if process.wait() != 0:
                    raise subprocess.CalledProcessError(process.returncode, command[:3])
            stamp.write_text(wanted)
        return home / "bin" / "python"

    def _start(
        self, command: list[str], environment: dict[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._is_stopping.is_set():
                raise OSError("stopping")
            with log.open("wb") as file:
                process = subprocess.Popen(
                    command,
                    env=environment,
                    cwd=ROOT / "examples",
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    # Out of the terminal's group, so that Ctrl-C reaches this script alone and
                    # things end in the right order.
                    start_new_session=True,
                )
            self._processes.append(process)
        return process


def main() -> int:
    """Serves until Ctrl-C; returns the server's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="runstone-data")
    data = parser.parse_args().data
    is_new = not (Path(data) / "runstone.db").exists()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    server = subprocess.Popen(
        [str(BIN / "runstone"), "up", "--data", data],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    demo: Demo | None = None
    try:
        url = _pass_on_greeting(server)
        if url and is_new:
            demo = Demo(data, url)
            demo.start()
        return server.wait()
    except Stopped:
        # The terminal may be gone.
        with contextlib.suppress(OSError):
            print("\nStopping ...", flush=True)
        # From now on a further Ctrl-C means: at once.
        signal.signal(signal.SIGINT, lambda *_: server.kill())
        if demo is not None:
            demo.stop()
        server.terminate()
        return server.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _pass_on_greeting(server: subprocess.Popen[str]) -> str | None:
    """Prints what the server says; returns its address once it has said all."""
    assert server.stdout is not None
    url = None
    for line in server.stdout:
        print(line, end="", flush=True)
        if "export WANDB_BASE_URL=" in line:
            url = line.partition("=")[2].strip()
        if line.startswith("Stop it"):
            return url
    return None


def _signal_groups(processes: list[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _without_ours() -> dict[str, str]:
    """The environment without our own virtual environment and the person's wandb settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "VIRTUAL_ENV" and not name.startswith("WANDB_")
    }


if __name__ == "__main__":
    sys.exit(main())
