"""What goes wrong, and what others do to a run: crash, stop, restart, wrong keys, many writers."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import Client, finish, of_line
from tests.compat.live import USER, LiveServer

from runstone.domain.access import OPERATOR
from runstone.domain.run import RunState
from runstone.domain.system_metrics import DeviceKind, Unit
from runstone.services.system_metrics import read_system_metrics

pytestmark = pytest.mark.compat


def graphql(server: LiveServer, query: str, **variables: Any) -> Any:
    """Asks as someone beside the client would: from a script or the web."""
    secret = base64.b64encode(f"api:{server.key}".encode()).decode()
    request = urllib.request.Request(
        f"{server.url}/graphql",
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"Authorization": f"Basic {secret}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def test_stop_from_the_server(client: Client) -> None:
    server, name = client.server, f"stop-{client.line}"
    process = client.start("waits", "stop", name, "1000", "0.1")
    server.wait_for(lambda: server.has_rows("stop", name, 1))
    found = graphql(
        server,
        "query Q($p: String!, $r: String!) { project(name: $p) { run(name: $r) { id } } }",
        p="stop",
        r=name,
    )
    run_id = found["project"]["run"]["id"]
    stop = "mutation S($id: ID!) { stopRun(input: {id: $id}) { success } }"
    assert graphql(server, stop, id=run_id)["stopRun"]["success"]
    outcome = finish(process)
    assert outcome.facts["interrupted"]
    run = server.run("stop", name)
    assert run.run.state is RunState.KILLED
    # The interrupt may fall between a row that was logged and the script's own count of it.
    steps = run.column("i")
    assert steps == list(range(len(steps)))
    assert len(steps) - outcome.facts["logged"] in (0, 1)


def family(pid: int) -> list[int]:
    """A process and all that descend from it: the script and its wandb-core."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def test_crash_is_seen_by_silence_and_taken_back(tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "data", crash_after_s=3)
    server.start()
    client = of_line("0.31", server, tmp_path / "home")
    process = client.start("waits", "crash", "c1", "100000", "0.05")

    def is_in(state: RunState) -> bool:
        return server.run("crash", "c1").run.state is state

    server.wait_for(lambda: server.has_rows("crash", "c1", 5))
    halted = family(process.pid)
    for member in halted:
        os.kill(member, signal.SIGSTOP)
    server.wait_for(lambda: is_in(RunState.CRASHED))
    for member in halted:
        os.kill(member, signal.SIGCONT)
    server.wait_for(lambda: is_in(RunState.RUNNING))
    (client.home / "enough").touch()
    logged = finish(process).facts["logged"]
    found = server.run("crash", "c1")
    assert found.run.state is RunState.FINISHED
    assert found.column("i") == list(range(logged))
    server.stop()


def test_server_killed_and_started_again(tmp_path: Path) -> None:
    """Nothing is lost, and the client goes on by itself."""
    server = LiveServer(tmp_path / "data")
    server.start()
    client = of_line("0.31", server, tmp_path / "home")
    process = client.start("waits", "killed", "k1", "200", "0.05")
    server.wait_for(lambda: server.has_rows("killed", "k1", 5))
    server.kill()
    time.sleep(3)
    server.start()
    outcome = finish(process)
    assert (outcome.code, outcome.facts) == (0, {"interrupted": False, "logged": 200}), outcome
    found = server.run("killed", "k1")
    assert found.column("i") == list(range(200))
    assert [line.text for line in found.console if line.text.startswith("line ")] == [
        f"line {i}" for i in range(200)
    ]
    assert found.run.state is RunState.FINISHED
    server.stop()


def test_several_writers_to_one_run(server: LiveServer, tmp_path: Path) -> None:
    client = of_line("0.31", server, tmp_path / "home")

    def labels_with_rows() -> set[str]:
        rows = [row for rows in server.run("shared", "s1").history.values() for row in rows]
        return {label for label in ("one", "two") if any(f"{label}/value" in row for row in rows)}

    def end(label: str, process: subprocess.Popen[str]) -> None:
        (client.home / f"go-on-{label}").touch()
        outcome = finish(process)
        assert outcome.code == 0, outcome.output
        assert server.run("shared", "s1").run.state is RunState.FINISHED

    first = client.start("shared", "s1", "one", "primary")
    server.wait_for(lambda: server.has_rows("shared", "s1"))
    second = client.start("shared", "s1", "two", "other")
    server.wait_for(lambda: labels_with_rows() == {"one", "two"})
    end("one", first)
    # The other writer outlives the primary: what it still says is kept, and the run has ended.
    end("two", second)
    found = server.run("shared", "s1")
    assert {"one": 1, "two": 1}.items() <= found.documents.config.items()
    by_label = {}
    for rows in found.history.values():
        for label in ("one", "two"):
            values = [row[f"{label}/value"] for row in rows if f"{label}/value" in row]
            if values:
                by_label[label] = values
    assert by_label == {"one": list(range(20)), "two": list(range(20))}
    for label in ("one", "two"):
        printed = [line.text for line in found.console if line.label == label]
        assert [text for text in printed if text.startswith(label)] == [
            f"{label} {i}" for i in range(20)
        ]
    measured = server.read(lambda s: read_system_metrics(s, OPERATOR, USER, "shared", "s1"))
    assert [host.label for host in measured.hosts] == ["one", "two"]
    assert measured.hosts[0].hostname, "the primary says where it runs"
    for position, host in enumerate(measured.hosts):
        parts = {
            (metric.parts.kind, metric.parts.name, metric.parts.unit)
            for metric in measured.metrics
            if metric.host == position
        }
        assert (DeviceKind.CPU, "cpu", Unit.PERCENT) in parts
        assert (DeviceKind.DISK, "usagePercent", Unit.PERCENT) in parts
        assert not [found for found in parts if found[0] is DeviceKind.OTHER], host


def test_wrong_and_revoked_keys(client: Client) -> None:
    wrong = "runstone-" + "0" * 40
    outcome = finish(client.start("steps", "w", "0", "1", WANDB_API_KEY=wrong))
    assert "not known to this server" in outcome.output, outcome.output
    assert "error" in outcome.facts or outcome.code != 0
    key = client.server.admin("key", "create", "--quiet", "--name", f"to go {client.line}")
    keys = json.loads(client.server.admin("key", "list", "--json"))
    listed = keys if isinstance(keys, list) else keys["keys"]
    (number,) = [k["id"] for k in listed if k["name"] == f"to go {client.line}"]
    client.server.admin("key", "delete", str(number))
    outcome = finish(client.start("steps", "w", "0", "1", WANDB_API_KEY=key))
    assert "not known to this server" in outcome.output, outcome.output


def test_login(client: Client) -> None:
    server = client.server
    none = {"WANDB_API_KEY": "", "WANDB_BASE_URL": ""}
    if client.is_modern:  # 0.19 saves whatever it is given
        wrong = client.cli(
            "login", "runstone-" + "0" * 40, "--host", server.url, "--verify", **none
        )
        assert wrong.code != 0, wrong.output
    outcome = client.cli("login", server.key, "--host", server.url, **none)
    assert outcome.code == 0, outcome.output
    assert server.key in (client.home / ".netrc").read_text()
    if not client.is_modern:
        # 0.19 writes `machine host:port` but looks for `host`: a server on a port of its own
        # needs WANDB_API_KEY there, whatever the server does.
        return
    run = finish(client.start("steps", f"login-{client.line}", "0", "1", **none))
    assert "error" not in run.facts, run.output
    assert server.run("steps", f"login-{client.line}").column("x") == [0]


def test_public_api_reads_and_changes(client: Client) -> None:
    written = client.run("everything")
    facts = client.run("reads", f"ada/everything/{written.facts['id']}").facts
    assert facts["name"] == "every thing, 100 % – ✓"
    assert (facts["state"], facts["notes"]) == ("finished", "line one\nline two")
    assert facts["config"]["nested"] == {"a": {"b": 1}}
    assert facts["config"]["big"] == 2**60
    assert facts["summary"] == {
        "loss": "0.2", "nan": "nan", "big": str(2**53 + 5), "best": "0.125", "word": "'w4'",
    }  # fmt: skip
    assert facts["tags"] == ["one", "zwei ✓"]
    assert {"config.yaml", "notes.txt", "output.log"} <= set(facts["files"])
    assert (facts["user"], facts["viewer"], facts["default_entity"]) == ("ada", "ada", "ada")
    assert "everything" in facts["projects"]
    assert written.facts["id"] in facts["runs"]
    assert facts["history"] == [[i, 1 / (i + 1)] for i in range(5)]
    assert facts["sampled"] == 10
    assert facts["scanned"] == [0, 1, 2, 3, 4, 10, 11, 12, 13, 20]
    assert facts["scanned_keys"] == [i + 0.5 for i in range(5)]
    assert facts["system"]
    assert facts["metadata"].endswith("everything.py")
    assert facts["downloaded"] == "saved by hand\n"
    assert facts["uploaded"] == "extra.txt"
    assert facts["again"] == ["changed", ["later", "one", "zwei ✓"], 7, 3]
    assert facts["deleted"] == []
    assert facts["missing"]
    assert client.server.run("everything", written.facts["id"]).run.state is RunState.FINISHED
