"""Runs with more than one life: resumed, rewound, forked, run again under the same id, synced."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import MARK, Client, finish
from tests.compat.live import Stored

from runstone.domain.run import RunState

pytestmark = pytest.mark.compat


@pytest.fixture
def steps(client: Client) -> Callable[..., Any]:
    """Runs `scripts/steps.py` for a run of this client line."""

    def run(
        name: str, first: int, count: int, *, env: dict[str, str] | None = None, **init: Any
    ) -> Any:
        words = [f"{name}-{client.line}", str(first), str(count)]
        return client.run("steps", *words, *([json.dumps(init)] if init else []), **env or {}).facts

    return run


def stored(client: Client, name: str) -> Stored:
    return client.server.run("steps", f"{name}-{client.line}")


def check_steps(found: Stored, steps: list[int], values: list[int]) -> None:
    assert found.column("_step") == steps
    assert found.column("x") == values
    assert found.column("y") == [value * 1.5 for value in values]


def check_system(found: Stored) -> None:
    """System metrics of all lives, each once; in which order the client sends them is its own."""
    rows = [json.dumps(row, sort_keys=True) for row in found.system[""]]
    assert len(set(rows)) == len(rows)


def facts_of(process: subprocess.Popen[str]) -> Any:
    """What a script says while it goes on."""
    assert process.stdout is not None
    while not (line := process.stdout.readline()).startswith(MARK):
        assert line, "it has ended"
    return json.loads(line.removeprefix(MARK))


def printed(found: Stored) -> list[str]:
    return [line.text for line in found.console if line.text.startswith("value ")]


def test_resume(client: Client, steps: Callable[..., Any]) -> None:
    assert "UsageError" in steps("resume", 0, 1, resume="must")["error"]
    first = steps("resume", 0, 3, resume="never", config={"a": 1}, tags=["t"])
    assert (first["start"], first["resumed"]) == (0, False)
    assert "UsageError" in steps("resume", 0, 1, resume="never")["error"]
    second = steps("resume", 3, 2, resume="must", config={"b": 2})
    assert second["resumed"]
    assert second["config"] == {"a": 1, "b": 2}
    steps("resume", 5, 1, resume="allow", env={"EXIT_CODE": "3"})
    found = stored(client, "resume")
    check_steps(found, [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5])
    check_system(found)
    assert found.documents.config == {"a": 1, "b": 2}
    assert found.run.tags == ("t",)
    assert (found.run.state, found.run.exit_code) == (RunState.FAILED, 3)
    assert printed(found) == [f"value {i}" for i in range(6)]
    assert not steps("fresh", 0, 1, resume="allow")["resumed"]


def test_resume_auto_goes_on_with_what_did_not_end(client: Client) -> None:
    crashing = client.start("auto", "crash")
    server, said = client.server, facts_of(crashing)
    server.wait_for(lambda: server.has_rows("auto", said["id"]))
    (client.home / "sent").touch()
    crashed = finish(crashing)
    assert crashed.code == 1, crashed.output
    assert not said["resumed"]
    again = client.run("auto", "end").facts
    assert again == {"id": said["id"], "resumed": True}
    found = client.server.run("auto", again["id"])
    assert found.run.state is RunState.FINISHED
    assert found.column("_step") == list(range(len(found.rows)))
    assert not client.run("auto", "end").facts["resumed"]


def test_run_again_with_the_same_id(client: Client, steps: Callable[..., Any]) -> None:
    steps("again", 0, 3, config={"a": 1})
    steps("again", 100, 2, config={"b": 2})
    found = stored(client, "again")
    check_steps(found, [0, 1, 2, 0, 1], [0, 1, 2, 100, 101])
    check_system(found)
    assert found.documents.config == {"b": 2}
    assert found.run.state is RunState.FINISHED
    assert printed(found) == [f"value {i}" for i in (0, 1, 2, 100, 101)]


def test_rewind_and_fork(client: Client, steps: Callable[..., Any]) -> None:
    steps("base", 0, 5)
    base = f"base-{client.line}"
    forked = steps("fork", 50, 2, fork_from=f"{base}?_step=2")
    assert not forked["resumed"]
    check_steps(stored(client, "fork"), [0, 1, 2, 3, 4], [0, 1, 2, 50, 51])
    check_steps(stored(client, "base"), [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    client.run("steps", base, "70", "2", json.dumps({"resume_from": f"{base}?_step=1"}))
    check_steps(stored(client, "base"), [0, 1, 2, 3], [0, 1, 70, 71])


def test_offline_and_synced_twice(client: Client, steps: Callable[..., Any]) -> None:
    name = f"offline-{client.line}"
    before = {"WANDB_MODE": "offline", "PAUSE_S": "0.1"}
    steps("offline", 0, 6, env=before, config={"a": 1}, tags=["t"], notes="n")
    (folder,) = (client.home / "wandb").glob("offline-run-*")
    copy = shutil.copytree(folder, client.home / "copy" / folder.name)
    first = sync(client, folder, name)
    check_steps(first, list(range(6)), list(range(6)))
    assert first.run.state is RunState.FINISHED
    assert first.system[""]
    assert printed(first) == [f"value {i}" for i in range(6)]
    again = sync(client, copy, name)
    assert again.rows == first.rows
    assert again.system == first.system
    assert again.console == first.console
    assert again.documents.config == first.documents.config
    assert again.documents.summary == first.documents.summary
    assert again.files.keys() == first.files.keys()
    assert (again.run.tags, again.run.notes) == (("t",), "n")
    assert (again.run.state, again.run.exit_code) == (first.run.state, first.run.exit_code)


def sync(client: Client, folder: Path, name: str, *words: str) -> Stored:
    outcome = client.cli("sync", *words, str(folder))
    assert outcome.code == 0, outcome.output
    assert "No runs to sync" not in outcome.output, outcome.output
    return client.server.run("steps", name)


def test_sync_of_a_run_that_was_online(client: Client, steps: Callable[..., Any]) -> None:
    steps("online", 0, 4)
    name = f"online-{client.line}"
    before = client.server.run("steps", name)
    (folder,) = (client.home / "wandb").glob("run-*")
    words = ["--no-skip-online"] if client.line == "0.31" else ["--include-online"]
    after = sync(client, folder, name, *words)
    assert after.rows == before.rows
    # The client may have measured once more than it had sent.
    assert after.system[""][: len(before.system[""])] == before.system[""]
    check_system(after)
    assert after.console == before.console
    assert after.documents.config == before.documents.config
    # Older lines leave their own `_wandb` out when they sync.
    assert before.documents.summary.items() >= after.documents.summary.items()
