"""One run with everything a run has, by each client line: all of it arrives exactly."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import pytest
from tests.compat.conftest import SCRIPTS, Client, Outcome
from tests.compat.live import Stored

from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import AlertLevel, RunState

pytestmark = pytest.mark.compat

# Said by the client of itself, whatever the server.
ITS_OWN_WARNINGS = ("symlinked 1 file into the w&b run directory",)


@pytest.fixture
def repository(client: Client) -> Path:
    """A git repository with a commit and an uncommitted change, in which the script runs."""

    def git(*words: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
        command = ["git", *identity, *words]
        subprocess.run(command, cwd=client.home, check=True, capture_output=True)

    script = client.home / "train.py"
    script.write_text((SCRIPTS / "everything.py").read_text())
    (client.home / ".gitignore").write_text("wandb/\n.*\n")
    git("init", "--initial-branch=main")
    git("remote", "add", "origin", "https://example.com/some/repo.git")
    git("add", "train.py")
    git("commit", "-m", "first")
    script.write_text(script.read_text() + "\n# changed since\n")
    return client.home


def test_everything(client: Client, repository: Path) -> None:
    outcome = client.run(str(repository / "train"))
    stored = client.server.run("everything", outcome.facts["id"])
    check_quiet(outcome)
    check_record(stored, outcome)
    check_config(stored)
    check_history(stored, client)
    check_summary(stored)
    check_system(stored)
    check_console(stored)
    check_files(stored, client)
    assert [(a.title, a.text, a.level) for a in stored.alerts] == [
        ("a title", "a text", AlertLevel.WARN),
        ("another", "text", AlertLevel.INFO),
    ]


def check_quiet(outcome: Outcome) -> None:
    """Nothing that a user would have to worry about."""
    for line in outcome.output.lower().replace("to stderr", "").splitlines():
        if not any(known in line for known in ITS_OWN_WARNINGS):
            assert "error" not in line, outcome.output
            assert "warning" not in line, outcome.output
    assert outcome.facts["finish_s"] < 10


def check_record(stored: Stored, outcome: Outcome) -> None:
    run = stored.run
    assert outcome.facts["entity"] == "ada"
    assert run.display_name == outcome.facts["name"] == "every thing, 100 % – ✓"
    assert (run.group, run.job_type, run.notes) == ("a group", "train", "line one\nline two")
    assert sorted(run.tags) == ["one", "zwei ✓"]
    assert run.state is RunState.FINISHED
    assert (run.exit_code, run.username) == (0, "ada")
    assert run.host
    assert run.program
    assert run.commit
    assert len(run.commit) == 40
    assert run.remote == "https://example.com/some/repo.git"


def check_config(stored: Stored) -> None:
    assert stored.documents.config == {
        "lr": 0.1,
        "layers": [64, 32],
        "nested": {"a": {"b": 1}},
        "flag": True,
        "none": None,
        "text": "ünï \U0001f600",
        "big": 2**60,
        "later": "added",
    }
    info = stored.documents.client_info
    assert info["t"]["5"] == info["cli_version"]
    metrics = {m.get("name") or m.get("glob"): m for m in info[METRICS_KEY]}
    # Older lines send patterns only as the names that they matched.
    found = metrics.get("val/*") or metrics["val/acc"]
    assert (found["x"], found["summary"]) == ("epoch", ["min"])
    assert metrics["secret"] == {"name": "secret", "hidden": True}


def check_history(stored: Stored, client: Client) -> None:
    assert stored.column("_step") == [0, 1, 2, 3, 4, 10, 11, 12, 13, 20]
    assert stored.column("loss") == [1 / (i + 1) for i in range(5)]
    assert stored.column("count") == [0, 1, 2, 3, 4]
    assert stored.column("big") == [2**53 + 1 + i for i in range(5)]
    assert stored.column("flag") == [True, False, True, False, True]
    assert all(type(value) is bool for value in stored.column("flag"))
    assert all(type(value) is int for value in stored.column("count"))
    assert stored.column("word") == [f"w{i}" for i in range(5)]
    assert all(math.isnan(value) for value in stored.column("nan"))
    assert len(stored.column("nan")) == 5
    assert stored.column("inf") == [-math.inf, math.inf, -math.inf, math.inf, -math.inf]
    assert stored.column("d.x") == [i + 0.5 for i in range(5)]
    assert stored.column("d.deep.y") == [0, 1, 2, 3, 4]
    assert stored.column("list") == [[i, "a"] for i in range(5)]
    assert stored.column("a.dot/slash") == [i * 1.5 for i in range(5)]
    assert stored.column("val/acc") == [0.5, 0.25]
    (histogram,) = stored.column("hist")
    assert histogram["_type"] == "histogram"
    assert sum(histogram["values"]) == 4
    (image,) = stored.column("img")
    assert (image["_type"], image["width"], image["caption"]) == ("image-file", 4, "four")
    (images,) = stored.column("imgs")
    assert (images["_type"], images["count"]) == ("images/separated", 2)
    (table,) = stored.column("table")
    assert (table["_type"], table["nrows"], table["ncols"]) == ("table-file", 2, 2)
    for media in (image["path"], *images["filenames"], table["path"]):
        assert media in stored.files
    rows = json.loads(stored.bytes_of(client.server.folder, table["path"]))
    assert rows == {"columns": ["a", "b"], "data": [[1, "x"], [2, "y"]]}
    assert stored.bytes_of(client.server.folder, image["path"])[:4] == b"\x89PNG"
    times = stored.column("_timestamp")
    assert times == sorted(times)


def check_summary(stored: Stored) -> None:
    summary = stored.documents.summary
    assert summary["best"] == 0.125
    assert summary["nested"] == {"p": [1, 2]}
    assert summary["loss"] == 0.2
    assert summary["val/acc"] == {"min": 0.25}
    assert math.isnan(summary["nan"])
    assert summary["big"] == 2**53 + 5
    assert summary["_step"] == 20


def check_system(stored: Stored) -> None:
    rows = stored.system[""]
    assert rows
    assert any("system.memory_percent" in row for row in rows)
    assert all("_wandb" not in row for row in rows)
    assert all(type(row["_timestamp"]) is float for row in rows)


def check_console(stored: Stored) -> None:
    lines = [(line.text, line.level) for line in stored.console]
    for text, level in (
        ("plain line", None),
        ("to stderr", "error"),
        ("progress 2", None),
        ("ünïcode ✓", None),
    ):
        assert lines.count((text, level)) == 1, lines
    # Each step of the progress bar overwrote the one before.
    assert not any(text in ("progress 0", "progress 1") for text, _ in lines)
    assert [line.number for line in stored.console] == list(range(len(stored.console)))
    assert all(line.at for line in stored.console)


def check_files(stored: Stored, client: Client) -> None:
    names = set(stored.files)
    assert {
        "config.yaml", "wandb-summary.json", "wandb-metadata.json", "requirements.txt",
        "output.log", "diff.patch", "notes.txt", "code/train.py",
    } <= names, names  # fmt: skip
    folder = client.server.folder
    assert stored.bytes_of(folder, "notes.txt") == b"saved by hand\n"
    assert b"# changed since" in stored.bytes_of(folder, "diff.patch")
    assert b"# changed since" in stored.bytes_of(folder, "code/train.py")
    metadata = json.loads(stored.bytes_of(folder, "wandb-metadata.json"))
    assert metadata["git"]["commit"] == stored.run.commit
    assert b"wandb==" in stored.bytes_of(folder, "requirements.txt")
    for file in stored.files.values():
        assert file.size_bytes == len(stored.bytes_of(folder, file.name))
