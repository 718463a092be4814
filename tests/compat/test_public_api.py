"""`wandb.Api()` of each client line: runs, files, projects, users and teams; the CLI that reads."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import SCRIPTS, Client, of_line
from tests.compat.live import LiveServer

pytestmark = pytest.mark.compat

ALL = ["r0", "r1", "r2", "r3", "r4"]


def seen(number: int, **known: Any) -> dict[str, Any]:
    """A run as the client shows it."""
    nothing = {"config": {}, "tags": [], "group": None, "job_type": None, "notes": None}
    always = {"name": f"Name {number}", "state": "running", "user": "ada", "last_step": -1}
    return nothing | always | {"read_only": False} | known


def test_runs(client: Client) -> None:
    project = f"api-{client.line}"
    facts = client.run("api_runs", project).facts
    for number, run in enumerate(facts["seen"]):
        assert run.pop("path") == ["ada", project, f"r{number}"]
    assert facts["seen"] == [
        seen(
            0, config={"lr": 0.1, "net": {"depth": 3}, "on": True}, tags=["one", "two"], group="g",
            summary="[('loss', 0.5), ('val/acc', 1)]", job_type="train", notes="first\nline",
        ),
        seen(
            1, config={"lr": 0.01, "net": {"depth": 5}, "on": False}, tags=["two"], group="g",
            summary="[('loss', 0.25)]", job_type="eval",
        ),
        # The client itself makes a null of a summary's NaN.
        seen(
            2, config={"lr": 1, "name": "resnet-50"}, summary="[('d', {'x': 2}), ('loss', None)]"
        ),
        seen(
            3, config={"lr": "auto"}, tags=["ein Wort ✓"],
            summary="[('loss', 4), ('val/acc', 0.5)]",
        ),
        seen(4, summary="[]"),
    ]  # fmt: skip
    assert facts["url"] == f"{client.server.url}/ada/{project}/runs/r0"
    assert facts["html"]
    assert facts["metadata"] is None
    check_filters(facts)
    check_orders(facts)
    check_errors(facts, client)
    check_life(facts, client)


def check_filters(facts: dict[str, Any]) -> None:
    found = facts["found"]
    assert {name: len(runs) for name, runs in found.items()} == facts["counted"]
    assert sorted(found.pop("before") + found.pop("later")) == ALL, "to the second that is shown"
    assert found == {
        "state": ALL,
        "name": ["r3"],
        "displayName": ["r2"],
        "display_name regex": ["r1", "r2"],
        "config": ["r0"],
        "config.value": ["r0"],
        "nested": ["r1"],
        "flag": ["r1"],
        "gt": ["r0", "r2"],
        "between": ["r0", "r1"],
        "ne": ["r1", "r2", "r3", "r4"],
        "in": ["r2", "r3"],
        "nin": ["r0", "r1", "r4"],
        "exists": ["r0", "r1"],
        "null": ["r4"],
        "summary": ["r0", "r1"],
        "slash": ["r0", "r3"],
        "inside": ["r2"],
        "tags": ["r0", "r1"],
        "tags in": ["r0", "r3"],
        "tags all": ["r0"],
        "no tags": ["r2", "r4"],
        "group": ["r1"],
        "and or": ["r0", "r1"],
        "nor": ["r2", "r3"],
        "not": ["r1", "r3", "r4"],
        "username": ["r0"],
        "after": ALL,
        "entity": ["r1"],
        "nobody": [],
        "logged": ["r0", "r3"],
        "not logged": ["r1", "r2", "r4"],
    }


def check_orders(facts: dict[str, Any]) -> None:
    assert facts["orders"] == {
        "+created_at": ALL,
        "-created_at": ALL[::-1],
        "-name": ALL[::-1],
        "+config.lr.value": ["r1", "r0", "r2", "r3", "r4"],
        "-summary_metrics.loss": ["r3", "r0", "r1", "r4", "r2"],
        "+group,-name": ["r1", "r0", "r4", "r3", "r2"],
        "+display_name": ALL,
    }
    assert list(facts["pages"].values()) == [["r2", "r0", "r1", "r3"]] * 4
    assert (facts["fifth"], facts["slice"], facts["len"]) == ("r4", ["r1", "r2"], 5)


def check_errors(facts: dict[str, Any], client: Client) -> None:
    errors = facts["errors"]
    for name in ("operator", "count"):
        assert errors[name].count("There is no operator '$mod' (of config.lr). Known: $eq") == 1
    assert "Runs have no field 'loss'" in errors["field"]
    assert "is not offered" in errors["regex"]
    assert "Runs have no field 'loss'" in errors["order"]
    place = f"ada/api-{client.line}/nothere"
    assert errors["run"].startswith(f"CommError: Could not find run <Run {place} (")
    assert errors["project"] == "ValueError: Could not find project nothere"
    if client.is_modern:
        assert facts["lazy"] == 0.5
        assert facts["full"] == facts["eager"] == [0.1, 0.01, 1, "auto", None]


def check_life(facts: dict[str, Any], client: Client) -> None:
    assert facts["reloaded"] == ["renamed ✓", ["new"], "said"]
    added = {"a": [1, None, "x"]}
    assert facts["edited"] == ["renamed ✓", [], "said", None, added, 1.5, [1, 2]]
    assert facts["left"] == ["nest"]
    kept = ["r1", "r2", "r3", "r4"]
    if client.is_modern:
        assert facts["to pending"] is True
        assert "cannot be set to finished" in facts["to finished"]
        assert facts["ahead"] == ["pending", "pending"]
        kept.append("ahead")
    if client.line == "0.31":
        assert facts["to failed"] is True
        assert facts["stopped"]
        assert client.server.run(f"api-{client.line}", "r2").run.stop_requested
    left, gone = facts["after deleting"]
    assert left == kept
    assert "Could not find run" in gone
    # The older lines show the status of this one alone.
    is_told = client.line == "0.31"
    said = "was deleted and is in the trash" if is_told else "HTTPError: 400 Client Error"
    assert said in facts["made while deleted"]
    assert "Could not find run" in facts["read while deleted"]


def md5(content: str) -> str:
    return base64.b64encode(hashlib.md5(content.encode()).digest()).decode()


def test_files(client: Client) -> None:
    facts = client.run("api_files", f"files-{client.line}").facts
    text, json_type = "text/plain", "application/json"
    odd = "d/mit Leerzeichen, 100 % ✓.txt"
    assert facts["listed"] == {
        "d/a_1.json": [6, md5("[1, 2]"), json_type],
        "d/ab1.json": [2, md5("{}"), json_type],
        odd: [2, md5("ä"), text],
        "empty.bin": [0, md5(""), "application/octet-stream"],
        "notes.txt": [10, md5("some notes"), text],
        **{f"many/{i:03}.txt": [len(str(i)), md5(str(i)), text] for i in range(12)},
    }
    assert facts["len"] == 17
    if client.is_modern:
        assert facts["like"] == facts["like one"] == ["d/a_1.json", "d/ab1.json"], "_ is any one"
    assert facts["named"] == [["notes.txt", True], ["nothere", False]]
    assert facts["read"], "each is read as it was written"
    assert "File already exists" in facts["again"]
    assert facts["kept"] == "some notes"
    assert facts["replaced"] == "others"
    assert facts["deleted"] == []
    assert facts["state"] == "running"
    assert facts["restored"] == "{}"
    assert facts["lost"] == f"ValueError: File notes.txt not found in ada/files-{client.line}/f1."
    stored = client.server.run(f"files-{client.line}", "f1")
    assert "notes.txt" not in stored.files
    assert stored.bytes_of(client.server.folder, odd) == "ä".encode()


def test_projects_users_and_teams(client: Client) -> None:
    tag, project = client.line, f"place-{client.line}"
    facts = client.run("api_places", project, tag).facts
    page = f"{client.server.url}/ada/{project}/workspace"
    assert facts["project"] == [project, "ada", ["ada", project], page]
    assert page in facts["html"]
    assert facts["listed"]
    assert facts["sweeps"] == facts["types"] == facts["no entity"] == "no error: []"
    assert "nothere" in facts["no project"]
    assert "Error" in facts["bad project"]
    if client.is_modern:
        assert facts["created"].startswith("20")
        assert facts["owner"] == "no error: 'ada'"

    username, admin, teams = (facts["viewer"][i] for i in (0, 2, 3))
    assert (username, admin, teams[0], facts["default"]) == ("ada", True, "ada", "ada")
    assert max(facts["keys"]) < 20, "names of keys are beginnings"
    mail = f"bob-{tag}@example.com"
    assert (facts["made"], facts["user"]) == ([f"bob-{tag}", mail], mail)
    assert (facts["by mail"], facts["users"]) == (f"bob-{tag}", [f"bob-{tag}"])
    assert facts["no user"] == "no error: None"
    assert "Error" in facts["twice"]
    if client.line == "0.31":
        assert "taken by a user" in facts["twice"]
        assert "/ \\ # ? % : are not allowed" in facts["bad project"]
        assert facts["new key"] >= 40
        assert facts["works"] == "no error: 'ada'"
        assert facts["is prefix"]
        assert facts["revoked"]
        assert facts["after"]
        assert "The API key is not known" in facts["revoked works"]

    bob = [f"bob-{tag}", "MEMBER"]
    assert facts["team"] == [f"team-{tag}", [["ada", "MEMBER"]]]
    assert facts["invited"]
    assert facts["invited by mail"]
    assert not facts["invited nobody"]
    assert facts["members"] == [["ada", "MEMBER"], bob]
    assert facts["service"] == ["CI runner", "SERVICE"]
    assert facts["with service"] == sorted(["CI runner", "ada", f"bob-{tag}"])
    assert facts["removed"]
    assert facts["left"] == ["MEMBER", "SERVICE"]
    assert f"team-{tag}" in facts["teams"]
    assert facts["team project"] == "no error: None"
    assert facts["team projects"] == ["shared"]
    assert "Error" in facts["no team"]


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def repository(client: Client) -> Path:
    """A clone with one commit pushed and one change since, in which the client runs."""
    home = client.home
    git(home, "init", "--bare", "origin.git")
    git(home, "init", "--initial-branch=main")
    (home / "train.py").write_text((SCRIPTS / "steps.py").read_text())
    (home / ".gitignore").write_text("wandb/\norigin.git/\n.*\npulled/\n")
    git(home, "remote", "add", "origin", str(home / "origin.git"))
    git(home, "add", "train.py")
    git(home, "commit", "-m", "first")
    git(home, "push", "origin", "main")
    return home


def test_restoring_code(client: Client, repository: Path) -> None:
    script = repository / "train.py"
    original = script.read_text()
    script.write_text(original + "# not committed\n")
    name = f"restored-{client.line}"
    client.run(str(repository / "train"), name, "0", "2")
    git(repository, "checkout", "train.py")
    git(repository, "commit", "--allow-empty", "-m", "second")
    outcome = client.cli("restore", f"ada/steps/{name}")
    assert outcome.code == 0, outcome.output
    assert "Applied patch" in outcome.output
    assert git(repository, "branch", "--show-current").strip() == f"wandb/{name}"
    assert script.read_text() == original + "# not committed\n"
    outcome = client.cli("pull", "-p", "steps", "-e", "ada", name)
    assert outcome.code == 0, outcome.output
    stored = client.server.run("steps", name)
    for file in stored.files:
        pulled = (repository / file).read_bytes()
        assert pulled == stored.bytes_of(client.server.folder, file), file
    assert {"code/train.py", "diff.patch", "wandb-metadata.json"} <= stored.files.keys()


def test_wandb_verify(server: LiveServer, tmp_path: Path) -> None:
    client = of_line("0.31", server, tmp_path / "home")
    outcome = client.cli("verify", "--host", server.url)
    said = [line for line in outcome.output.splitlines() if line.startswith("Checking")]
    passed = {line.removeprefix("Checking ").split("..")[0]: "✅" in line for line in said}
    assert len(passed) == 10
    failed = {check for check, is_good in passed.items() if not is_good}
    # It wants HTTPS of everyone. Artifacts and sweeps are others' to build.
    assert failed <= {
        "requests to base url",
        "requests made over signed URLs",
        "artifact save and download workflows",
        "sweep creation and agent execution",
    }, outcome.output
