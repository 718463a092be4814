"""up, down, status, help: what they say and their exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.server.processes import Server, clean_environment, runstone, wait_until

from runstone import __version__
from runstone.cli.root import run
from runstone.server.folder import probe

COMMANDS = [
    [],
    ["up"],
    ["down"],
    ["status"],
    ["login"],
    ["sync"],
    ["artifact"],
    ["du"],
    ["gc"],
    ["admin"],
    *([verb] for verb in ("projects", "runs", "run", "groups", "history")),
    *([verb] for verb in ("keys", "columns", "console", "export")),
    *(["admin", noun] for noun in ("user", "team", "org", "key", "link")),
    *(["admin", "user", verb] for verb in ("create", "list", "delete", "password")),
    *(["admin", "team", v] for v in ("create", "list", "delete", "add", "remove", "members")),
    *(["admin", "org", verb] for verb in ("create", "list", "delete", "add")),
    *(["admin", "key", verb] for verb in ("create", "list", "delete")),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from runstone.cli.root import run

    assert run([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: runstone {' '.join(words)}".rstrip())
    assert max(map(len, said.splitlines())) <= 80
    described = said.split("\n\n")[1].strip()
    assert described
    assert "..." not in said.partition("ommands:")[2], "short helps are whole"


def test_version() -> None:
    assert runstone("--version").stdout == f"runstone {__version__}\n"


def test_alone_it_helps() -> None:
    said = runstone().stdout + runstone().stderr
    assert said.index("Reading commands:") < said.index("Server commands:")


def test_misuse_is_2(tmp_path: Path) -> None:
    for words in (["fly"], ["status", "--fast"], ["admin", "user", "create"], ["admin", "fly"]):
        done = runstone(*words)
        assert done.returncode == 2, words
        assert "Error: " in done.stderr
        assert "Traceback" not in done.stderr
    assert runstone("status", environ={"RUNSTONE_DATA": " "}).returncode == 2


def test_status_and_down(start: Callable[..., Server], tmp_path: Path) -> None:
    missing = runstone("status", "--data", tmp_path / "gone")
    assert (missing.returncode, "There is no data folder" in missing.stderr) == (1, True)
    server = start()
    folder = ["--data", str(server.data)]

    said = runstone("status", *folder)
    assert said.returncode == 0
    assert said.stdout.startswith(f"Runstone {__version__} at {server.url} is ready: process ")
    facts = json.loads(runstone("status", *folder, "--json").stdout)
    assert (facts["state"], facts["pid"], facts["url"]) == ("ready", server.pid, server.url)
    assert facts["size_bytes"] > 0

    os.kill(server.pid, signal.SIGSTOP)
    stuck = runstone("status", *folder, "--json")
    os.kill(server.pid, signal.SIGCONT)
    assert (stuck.returncode, json.loads(stuck.stdout)["state"]) == (1, "not-ready")

    said = runstone("down", *folder)
    assert said.stdout == f"Stopped the server of {server.data} (process {server.pid}).\n"
    assert server.wait() == 0
    assert runstone("down", *folder).stdout == f"No server runs on {server.data}.\n"
    done = runstone("status", *folder, "--json")
    assert (done.returncode, json.loads(done.stdout)["state"]) == (1, "stopped")


def test_folder_by_environment(start: Callable[..., Server]) -> None:
    server = start()
    assert runstone("status", environ={"RUNSTONE_DATA": str(server.data)}).returncode == 0


def test_detached(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = runstone("up", "--detach", "--data", data, "--port", "0")
    try:
        assert done.returncode == 0, done
        assert "listens on http://127.0.0.1:" in done.stdout
        assert f"its log is {data}/server.log" in done.stdout
        assert "-m runstone" not in done.stdout, "the command beside this Python is named"
        assert runstone("status", "--data", data).returncode == 0
        again = runstone("up", "--detach", "--data", data, "--port", "0")
        assert again.returncode == 1
        assert "is served already" in again.stderr
        holder = probe(data)
        assert holder is not None
        port = str(holder.serving.url.rpartition(":")[2]) if holder.serving else ""
        other = runstone("up", "--detach", "--data", tmp_path / "other", "--port", port)
        assert other.returncode == 1
        assert f"Error: Port {port} on 127.0.0.1 is taken by another Runstone" in other.stderr
        assert "event=started" in (data / "server.log").read_text()
        assert "WANDB_API_KEY" not in (data / "server.log").read_text()
    finally:
        runstone("down", "--data", data)
    assert probe(data) is None


def test_ctrl_c_in_a_terminal(tmp_path: Path) -> None:
    """Every process of the group hears it; the exit code is 0 nevertheless."""
    server = Server(tmp_path / "data")
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0
    assert "Traceback" not in server.log


def test_reader_that_goes_away(start: Callable[..., Server]) -> None:
    server = start()
    command = f"{sys.executable} -m runstone admin user list --data {server.data} | true"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=clean_environment(), check=False
    )
    assert done.stderr == ""


@pytest.mark.parametrize("package", ["click", "apsw", "uvicorn"])
def test_without_the_server_extra(package: str, tmp_path: Path) -> None:
    script = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"sys.argv = ['runstone', 'up', '--port', '0', '--data', {str(tmp_path / 'd')!r}]\n"
        "from runstone.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: the package {package} is missing, which the runstone command needs: install the "
        "server with `pip install 'runstone[server]'`.\n"
    )


def test_a_mistyped_command_is_told_which_one_is_like_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["snyc"]) == 2
    assert "No such command 'snyc'. Did you mean 'sync'?" in capsys.readouterr().err
    assert run(["bogus"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


def test_folder_in_use_by_a_command(tmp_path: Path) -> None:
    from runstone.server.folder import hold

    with hold(tmp_path):
        done = runstone("down", "--data", tmp_path)
        assert done.returncode == 1
        assert f"is held by process {os.getpid()}" in done.stderr
        done = runstone("status", "--data", tmp_path)
        assert (done.returncode, "serves nothing (yet)" in done.stdout) == (1, True)
    wait_until(lambda: probe(tmp_path) is None)
