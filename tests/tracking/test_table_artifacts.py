"""A table that a run logs is an artifact of it as well, for our API and for the wandb client's."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.compat.install_clients import client_python
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.tracking.table_artifacts import collection_of

LOGS = """
import runstone
with runstone.init("tabled", id=ID) as run:
    table = runstone.Table(columns=["n", "picture", "place"])
    for n in range(2):
        picture = runstone.Image([[[n, 9, 9]]], masks={"m": {"mask_data": [[1]]}})
        table.add_data(n, picture, {"path": "/etc/passwd"})
    run.log({"samples": table})
    table.add_data(2, None, {"path": "../../../etc/passwd"})
    run.log({"samples": table, "val": {"rows of 1/2": runstone.Table(columns=["x"], data=[[1.5]])}})
    growing = runstone.Table(columns=["x", "picture"], log_mode="INCREMENTAL")
    for n in range(3):
        run.log({"val": {"grows": growing}})  # without new rows: nothing
        growing.add_data(n, runstone.Image([[[9, 9, n]]]))
        growing.add_data(None, None)
        run.log({"val": {"grows": growing}})
    before = runstone.Table(columns=["id", "x"], data=[[1, "a"], [2, "b"]])
    after = runstone.Table(columns=["id", "y"], data=[[2, "c"]])
    both = runstone.Artifact("both", "dataset")
    both.add(before, "parts/0")
    both.add(runstone.JoinedTable("parts/0.table.json", after, "id"), "joined")
    both.add(runstone.PartitionedTable("parts"), "all")
    run.log_artifact(both)
    run.log({"no": runstone.PartitionedTable("parts"), "yes": 1})
"""
"""Logs tables of all kinds."""

GOES_ON = """
import runstone
with runstone.init("tabled", id=ID, resume="allow") as run:
    more = runstone.Table(columns=["x", "picture"], data=[[9, None]], log_mode="INCREMENTAL")
    run.log({"val": {"grows": more}})
"""

USES = """
import runstone
with runstone.init("tabled") as run:
    for n in range(3):
        run.log({"used": runstone.Table(columns=["n"], data=[[n]])})
        # What the run has logged is there for it, though it is still being sent.
        assert run.use_artifact(f"run-{run.id}-used:latest").get("used").data == [[n]]
    # Of another type, which a collection does not change.
    taken = runstone.Artifact(f"run-{run.id}-taken", "dataset")
    with taken.new_file("a.txt") as file:
        file.write("a")
    run.log_artifact(taken)
    run.log({"taken": runstone.Table(columns=["n"], data=[[1]])})
    try:
        run.use_artifact(f"run-{run.id}-taken:latest")
    except runstone.Error as error:
        print(error)
"""

READS = """
import json, sys, wandb
api = wandb.Api()
name = sys.argv[1]
version = api.artifact(f"ada/tabled/{name}:latest")
table = version.get("samples")
both = api.artifact("ada/tabled/both:latest")
joined, parts = both.get("joined"), both.get("all")
growing = api.artifact(f"ada/tabled/{name.replace('samples', 'incr-val.grows')}:latest")
grown = growing.get(next(iter(growing.manifest.entries)).removesuffix(".table.json"))
print(json.dumps({
    "version": version.version,
    "type": version.type,
    "columns": table.columns,
    "numbers": table.get_column("n"),
    "pixel": list(table.data[1][1].image.getpixel((0, 0))),
    "masks": list(table.data[1][1]._masks),
    "files": sorted(version.manifest.entries),
    "by": version.logged_by().id,
    "joined": [joined._table1.data, joined._table2.data, joined._join_key],
    "parts": [row for _, row in parts.iterrows()],
    "grown": grown.get_column("x"),
    "blue": list(grown.data[4][1].image.getpixel((0, 0))),
}))
"""


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_tables_are_artifacts(desk: Desk, api: Api, mode: str) -> None:
    run_id = f"tabled-{mode}"
    _, err = desk.run(LOGS.replace("ID", repr(run_id)), RUNSTONE_MODE=mode)
    if mode == "offline":
        desk.runstone("sync")
        for mark in desk.folder.glob("runstone/run-*/sent"):
            mark.unlink()
        desk.runstone("sync")
    desk.run(GOES_ON.replace("ID", repr(run_id)))
    assert "a PartitionedTable is a part of an artifact" in err
    run = api.run(f"ada/tabled/{run_id}")
    names = {f"run-{run_id}-samples", collection_of(run_id, "val.rows of 1/2"), "both"}
    names.add(f"run-{run_id}-incr-val.grows")
    assert {one.collection for one in run.logged_artifacts()} == names
    versions = list(api.artifact_collection(f"ada/tabled/run-{run_id}-samples").versions())
    assert [one.version for one in versions] == ["v1", "v0"]
    last = versions[0]
    assert (last.type, last.get_table("samples").columns) == (
        "run_table",
        ("n", "picture", "place"),
    )
    assert [row["n"] for row in last.get_table("samples")] == [0, 1, 2]
    assert "etc/passwd" not in str([file.path for file in last.files()])
    other = api.artifact(f"ada/tabled/{collection_of(run_id, 'val.rows of 1/2')}:latest")
    assert other.get_table("val.rows of 1/2").rows == [{"x": 1.5}]
    growing = list(api.artifact_collection(f"ada/tabled/run-{run_id}-incr-val.grows").versions())
    assert [(one.version, one.type) for one in growing] == [
        (f"v{n}", "wandb-run-incremental-table") for n in (3, 2, 1, 0)
    ]
    tables = [file.path for file in growing[0].files() if file.path.endswith(".table.json")]
    assert [path.partition("-")[0] for path in tables] == ["0", "1", "2", "3"]
    assert growing[0].get_table(tables[1]).get_column("x") == [1, None]
    assert run.summary["yes"] == 1
    if mode == "online":
        check_with_wandb(desk, run_id)


def test_a_table_can_be_used_at_once(desk: Desk) -> None:
    out, err = desk.run(USES)
    assert out == "", "the first one of that name is found"
    assert "the table 'taken' is not kept as an artifact: " in err


def check_with_wandb(desk: Desk, run_id: str) -> None:
    done = subprocess.run(
        [client_python("0.31"), "-c", READS, f"run-{run_id}-samples"],
        cwd=desk.folder,
        env=wandb_environ(desk),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    files = seen.pop("files")
    assert len([path for path in files if path.startswith("media/images/")]) == len(files) - 1
    assert seen == {
        "version": "v1",
        "type": "run_table",
        "columns": ["n", "picture", "place"],
        "numbers": [0, 1, 2],
        "pixel": [1, 9, 9],
        "masks": ["m"],
        "by": run_id,
        "joined": [[[1, "a"], [2, "b"]], [[2, "c"]], "id"],
        "parts": [[1, "a"], [2, "b"]],
        "grown": [0, None, 1, None, 2, None, 9],
        "blue": [9, 9, 2],
    }


def wandb_environ(desk: Desk) -> dict[str, str]:
    """What the wandb client is told."""
    mine = desk.environ
    url, key = mine["RUNSTONE_URL"], mine["RUNSTONE_API_KEY"]
    return mine | {"WANDB_BASE_URL": url, "WANDB_API_KEY": key, "WANDB_SILENT": "true"}


def test_names_are_those_of_the_wandb_client() -> None:
    keys = ["plain", "val/table", "a b", "x" * 40, "ä/ö"]
    script = (
        "import json, sys; from wandb.sdk.artifacts._internal_artifact import "
        "sanitize_artifact_name as name\n"
        "print(json.dumps([name('run-r1-' + key) for key in json.loads(sys.argv[1])]))"
    )
    done = subprocess.run(
        [client_python("0.31"), "-c", script, json.dumps(keys)],
        env=dict(os.environ),
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert [collection_of("r1", key) for key in keys] == json.loads(done.stdout)
    assert len(collection_of("r1", "x" * 1_000)) == 128
