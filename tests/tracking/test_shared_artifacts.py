"""One version that several processes write: each adds its part, one makes it a version."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.compat.install_clients import client_python
from tests.tracking.conftest import Desk

from runstone import errors
from runstone.sdk import Api
from runstone.sdk.artifact_records import UploadFacts

PART = """
import runstone
from pathlib import Path
rank, place = RANK, "of-RANK"
Path(place).mkdir()
Path(place, f"shard-{rank}").write_bytes(bytes([rank]) * 1_000_000)
with runstone.init("PROJECT", group="night", dir=place) as run:
    part = runstone.Artifact("shards", "dataset", metadata={f"rank-{rank}": rank})
    part.add_file(Path(place, f"shard-{rank}"))
    logged = run.upsert_artifact(part, aliases=[f"by-{rank}"])
    assert logged is part and part.distributed_id == "night"
    Path(place, f"shard-{rank}").unlink()
    if run.mode == "online":
        part.wait()
    assert part.is_draft()
    print(run.id)
"""
"""Adds one file as a run of its own, of a group."""

LAST = """
import runstone
with runstone.init("PROJECT", group="night", id="last", dir="last") as run:
    done = run.finish_artifact(runstone.Artifact("shards", "dataset"), aliases="whole")
    if run.mode == "online":
        assert done.wait().version == "v0"
        run.link_artifact(done, "collected/shards")
"""


def add(desk: Desk, project: str, **more: str) -> list[str]:
    """Three processes add a part each, at once; returns the ids of their runs."""
    script = PART.replace("PROJECT", project)
    processes = [desk.start(script.replace("RANK", str(rank)), **more) for rank in range(3)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    return [out.strip() for out, _ in said]


def check(api: Api, project: str, runs: list[str]) -> None:
    (version,) = api.artifact_collection(f"ada/{project}/shards").versions()
    assert [file.path for file in version.files()] == ["shard-0", "shard-1", "shard-2"]
    assert all(version.entry(f"shard-{n}").read() == bytes([n]) * 1_000_000 for n in range(3))
    assert set(version.aliases) == {"latest", "whole", "by-0", "by-1", "by-2"}
    assert version.metadata == {"rank-0": 0, "rank-1": 1, "rank-2": 2}
    for run in [*runs, "last"]:
        logged = api.run(f"ada/{project}/{run}").logged_artifacts()
        assert [one.name for one in logged] == ["shards:v0"]


def held(desk: Desk) -> list[Path]:
    return [path for path in desk.folder.glob("**/run-*/artifacts/*/*") if path.is_file()]


def test_processes_add_and_one_finishes(desk: Desk, api: Api) -> None:
    runs = add(desk, "parts-live")
    with pytest.raises(errors.NotFound):
        api.artifact("ada/parts-live/shards")
    (desk.folder / "last").mkdir()
    desk.run(LAST.replace("PROJECT", "parts-live"))
    check(api, "parts-live", runs)
    assert api.artifact("ada/collected/shards").digest == api.artifact("parts-live/shards").digest
    assert held(desk) == []


def test_offline_and_sent_again(desk: Desk, api: Api) -> None:
    runs = add(desk, "parts-later", RUNSTONE_MODE="offline")
    (desk.folder / "last").mkdir()
    desk.run(LAST.replace("PROJECT", "parts-later"), RUNSTONE_MODE="offline")
    shutil.copytree(desk.folder, desk.folder.with_name("before"), dirs_exist_ok=True)
    # Who finishes is sent after the others, wherever it is named.
    folders = ["last", *(f"of-{rank}" for rank in range(3))]
    desk.runstone("sync", *folders)
    check(api, "parts-later", runs)
    assert held(desk) == []
    # A copy of the folders from before it was sent, as after a restored backup.
    again = Desk(desk.folder.with_name("before"), desk.environ)
    again.runstone("sync", *folders)
    check(api, "parts-later", runs)


FORKS = """
import multiprocessing, runstone

def add(name):
    part = runstone.Artifact("parts", "dataset")
    with part.new_file(name) as file:
        file.write(name)
    run.upsert_artifact(part, distributed_id="d")

def finish(name):
    child = multiprocessing.get_context("fork").Process(target=add, args=(name,))
    child.start()
    child.join()
    assert child.exitcode == 0
    run.finish_artifact(runstone.Artifact("parts", "dataset"), distributed_id="d")

with runstone.init("parts-forked", mode="offline") as run:
    finish("one.txt")
    finish("two.txt")
"""


def test_processes_of_one_run_are_in_order(desk: Desk, api: Api) -> None:
    """Without waiting: what was added before the end is in it, whichever journal is read first."""
    desk.run(FORKS)
    desk.runstone("sync")
    found = {
        one.version: [file.path for file in one.files()]
        for one in api.artifact_collection("ada/parts-forked/parts").versions()
    }
    assert found == {"v0": ["one.txt"], "v1": ["two.txt"]}


def test_what_is_refused(desk: Desk, api: Api) -> None:
    out, err = desk.run(
        """
import runstone
from pathlib import Path
Path("a.txt").write_text("a")

def made(name, text):
    one = runstone.Artifact("late", "dataset")
    with one.new_file(name) as file:
        file.write(text)
    return one

with runstone.init("parts-refused") as run:
    for attempt in (
        lambda: run.upsert_artifact(made("a", "a")),
        lambda: run.upsert_artifact("a.txt", distributed_id="d"),
        lambda: run.upsert_artifact(made("a", "a"), distributed_id="d" * 501),
        lambda: run.finish_artifact(made("a", "a"), distributed_id=""),
        lambda: run.upsert_artifact("a.txt", "b/c", distributed_id="d"),
        lambda: run.use_artifact(run.upsert_artifact(made("a", "a"), distributed_id="d")),
        lambda: run.link_artifact(run.upsert_artifact(made("a", "a"), distributed_id="d"), "p/c"),
    ):
        try:
            attempt()
        except runstone.errors.InvalidInput as error:
            print(error)
    assert run.finish_artifact(made("b", "b"), distributed_id="d").wait().version == "v0"
    used = run.use_artifact(run.finish_artifact("a.txt", "path", "dataset", distributed_id="d"))
    assert used.version == "v0" and used.entry("a.txt").read() == b"a"
"""
    )
    said = out.splitlines()
    words = (
        "group=",
        "name=",
        "at most",
        "group=",
        "b/c",
        "finish_artifact()",
        "finish_artifact()",
    )
    assert len(said) == len(words)
    for line, word in zip(said, words, strict=True):
        assert word in line
    assert err.count("not taken") == 0
    (version,) = api.artifact_collection("ada/parts-refused/late").versions()
    assert [file.path for file in version.files()] == ["a", "b"]


def test_a_part_that_came_too_late(desk: Desk, api: Api) -> None:
    """Begun before the version was finished, and sent after: it is told, and stays here."""
    desk.run(
        """
import runstone
with runstone.init("parts-late", mode="offline") as run:
    part = runstone.Artifact("late", "dataset")
    with part.new_file("late.txt") as file:
        file.write("late")
    run.upsert_artifact(part, distributed_id="d")
"""
    )
    (offer,) = desk.folder.glob("runstone/run-*/artifacts/*/artifact.json")
    held_part = offer.parent
    path = ("projects", "ada", "parts-late", "artifacts", "uploads", held_part.name)
    begun = {"collection": "late", "type": "dataset", "digest": "0" * 32, "distributed_id": "d"}
    api._transport.put(UploadFacts, "PUT", path, begun)
    desk.run(
        """
import runstone
with runstone.init("parts-late") as run:
    last = runstone.Artifact("late", "dataset")
    with last.new_file("last.txt") as file:
        file.write("last")
    run.finish_artifact(last, distributed_id="d").wait()
"""
    )
    said = desk.runstone("sync", code=1)
    assert "artifact 'late' is not taken: The version was finished before this part" in said
    assert [file.path for file in api.artifact("ada/parts-late/late").files()] == ["last.txt"]
    assert (held_part / "refused").is_file()
    assert len(list(held_part.iterdir())) == 4


THEIRS = """
import wandb
run = wandb.init(project="parts-both")
part = wandb.Artifact("both", "dataset")
with part.new_file("theirs.txt") as file:
    file.write("theirs")
run.upsert_artifact(part, distributed_id="d")
run.finish()
"""


def test_together_with_the_wandb_client(desk: Desk, api: Api) -> None:
    desk.run(
        """
import runstone
with runstone.init("parts-both") as run:
    part = runstone.Artifact("both", "dataset")
    with part.new_file("ours.txt") as file:
        file.write("ours")
    run.upsert_artifact(part, distributed_id="d", aliases=["ours"]).wait()
"""
    )
    mine = desk.environ
    url, key = mine["RUNSTONE_URL"], mine["RUNSTONE_API_KEY"]
    done = subprocess.run(
        [client_python("0.31"), "-c", THEIRS],
        cwd=desk.folder,
        env=mine | {"WANDB_BASE_URL": url, "WANDB_API_KEY": key, "WANDB_SILENT": "true"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    desk.run(
        """
import runstone
with runstone.init("parts-both") as run:
    run.finish_artifact(runstone.Artifact("both", "dataset"), distributed_id="d").wait()
"""
    )
    version = api.artifact("ada/parts-both/both:ours")
    files = {file.path: version.entry(file.path).read().decode() for file in version.files()}
    assert files == {"ours.txt": "ours", "theirs.txt": "theirs"}
