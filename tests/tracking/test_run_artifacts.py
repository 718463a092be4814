"""Artifacts on a live run: kept at the call, sent in the background, never twice."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from tests.sdk.cutting import wire
from tests.sdk.lab import Lab
from tests.tracking.conftest import Desk

from runstone import Artifact, errors
from runstone.sdk import Api
from runstone.tracking.artifact_keeping import ArtifactShelf, SavedVersion
from runstone.tracking.folder import RunFolder

LOGS = """
import os, runstone
from pathlib import Path
Path("data").mkdir()
Path("data/a.txt").write_text("a")
Path("data/b.bin").write_bytes(bytes(range(256)) * 8192)
with runstone.init("PROJECT") as run:
    data = runstone.Artifact("faces", "dataset", "All of them.", {"size": 64}, tags=["paper"])
    data.add_dir("data")
    with data.new_file("notes.txt") as file:
        file.write("Größe")
    data.add_reference("s3://bucket/raw", name="raw")
    logged = run.log_artifact(data, aliases=["clean"], tags=["checked"])
    assert logged is data and data.is_draft()
    # What was logged stays what it was.
    Path("data/a.txt").write_text("changed")
    Path("data/b.bin").unlink()
    model = runstone.log_model("data/a.txt", name="model", aliases="best")
    run.link_artifact(model, "collected/models", aliases=["production"])
    print(run.id)
"""
"""Logs one artifact, changes its files, logs a model and links it."""


def read(version: object, name: str) -> bytes:
    return version.entry(name).read()  # type: ignore[attr-defined,no-any-return]


def check_all(api: Api, project: str, run_id: str) -> None:
    faces = api.artifact(f"ada/{project}/faces:clean")
    assert (faces.version, faces.type, faces.description) == ("v0", "dataset", "All of them.")
    assert (faces.metadata["size"], set(faces.tags)) == (64, {"paper", "checked"})
    assert set(faces.aliases) == {"latest", "clean"}
    assert read(faces, "a.txt") == b"a"
    assert read(faces, "b.bin") == bytes(range(256)) * 8192
    assert read(faces, "notes.txt").decode() == "Größe"
    assert faces.entry("raw").reference == "s3://bucket/raw"
    model = api.artifact(f"ada/{project}/model:best")
    assert (model.type, read(model, "a.txt")) == ("model", b"changed")
    assert api.artifact("ada/collected/models:production").digest == model.digest
    run = api.run(f"ada/{project}/{run_id}")
    assert {one.collection for one in run.logged_artifacts()} == {"faces", "model"}


def kept(desk: Desk) -> list[Path]:
    """Files of artifacts that are still in folders of runs."""
    return [path for path in desk.folder.glob("runstone/run-*/artifacts/*/*") if path.is_file()]


def test_what_is_logged_is_on_the_server_as_it_was(desk: Desk, api: Api) -> None:
    out, _ = desk.run(LOGS.replace("PROJECT", "art-live"))
    check_all(api, "art-live", out.strip())
    assert kept(desk) == [], "its space is given back"


def test_offline_then_sync_and_sync_again(desk: Desk, api: Api) -> None:
    out, _ = desk.run(LOGS.replace("PROJECT", "art-later"), RUNSTONE_MODE="offline")
    assert kept(desk)
    desk.runstone("sync")
    check_all(api, "art-later", out.strip())
    assert kept(desk) == []
    for mark in desk.folder.glob("runstone/run-*/sent"):
        mark.unlink()
    # Somebody has moved the alias on meanwhile: sending again leaves it there.
    draft = Artifact("faces", "dataset")
    with draft.new_file("new.txt") as file:
        file.write("new")
    api.log_artifact(draft, "ada/art-later", aliases=["clean"])
    desk.runstone("sync")
    assert api.artifact("ada/art-later/faces:clean").version == "v1"
    assert [v.version for v in api.artifact_collection("ada/art-later/faces").versions()] == [
        "v1",
        "v0",
    ]


def test_killed_anywhere_nothing_is_lost_or_doubled(desk: Desk, api: Api) -> None:
    """Killed while it logs, and its sync killed while it sends: one version each in the end."""
    process = desk.start(
        """
import os, runstone
run = runstone.init("art-killed", mode="offline")
for i in range(1000):
    a = runstone.Artifact(f"one-{i}", "dataset")
    with a.new_file("x.bin", "wb") as file:
        file.write(i.to_bytes(4) + b"x" * 300_000)
    run.log_artifact(a)
    print(i, flush=True)
"""
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == 8:
            process.send_signal(signal.SIGKILL)
            break
    rest = process.stdout.read().split()
    process.communicate()
    logged = int(rest[-1] if rest else 8) + 1
    folder = next(desk.folder.glob("runstone/run-*"))
    half = folder / "artifacts" / ".half-copied"
    half.mkdir()
    (half / "x").write_bytes(b"x")
    for num_sent in (2, 5):
        sync = desk.start("from runstone.cli.root import run; run(['sync'])")
        try:
            done = threading.Event()
            while len(list(folder.glob("artifacts/*.json"))) < num_sent and sync.poll() is None:
                done.wait(0.005)
        finally:
            sync.kill()
            sync.communicate()
    desk.runstone("sync")
    found = list(api.artifact_collections("ada/art-killed"))
    assert logged <= len(found) <= logged + 1
    assert all(len(list(one.versions())) == 1 for one in found)
    for number in range(logged):
        version = api.artifact(f"ada/art-killed/one-{number}")
        assert read(version, "x.bin")[:4] == number.to_bytes(4)
    assert kept(desk) == []


def test_what_a_killed_sync_did_not_give_back_is_given_back(tmp_path: Path) -> None:
    shelf = ArtifactShelf(RunFolder(tmp_path))
    draft = Artifact("notes", "dataset")
    with draft.new_file("x.txt") as file:
        file.write("x")
    upload, _ = shelf.keep(draft, [], [])
    waiting, _ = shelf.keep(draft, [], [])
    place = tmp_path / "artifacts" / upload
    held = {path.name: path.read_bytes() for path in place.iterdir()}
    shelf.note_saved(upload, SavedVersion("ada", "lab", "notes", 0))
    place.mkdir()
    for name, data in held.items():
        (place / name).write_bytes(data)
    shelf.clear_up()
    assert not place.exists()
    assert shelf.saved(upload) is not None
    assert shelf.offer(waiting) is not None


BIG = """
import os, runstone
with runstone.init("PROJECT") as run:
    with open("big.bin", "wb") as file:
        file.write(os.urandom(20_000_000))
    run.log_model("big.bin", "big")
    run.log({"after": 1})
"""


def test_a_connection_cut_within_a_large_content(desk: Desk, api: Api) -> None:
    with wire(api.url, cut_up=4_000_000) as cut:
        _, err = desk.run(
            BIG.replace("PROJECT", "art-cut"), RUNSTONE_URL=cut.url, RUNSTONE_FINISH_TIMEOUT="2"
        )
    assert "runstone sync" in err
    with pytest.raises(errors.NotFound):
        api.artifact("ada/art-cut/big")
    assert len(kept(desk)) >= 3
    desk.runstone("sync")
    assert api.artifact("ada/art-cut/big").size_bytes == 20_000_000
    assert kept(desk) == []


STOP = """
    import time
    open("small.txt", "w").close()
    run.log_artifact("small.txt", "first").wait()
    print("here", flush=True)
    while not os.path.exists("go"):
        time.sleep(0.01)
"""


def test_a_server_that_hangs_holds_no_script(desk: Desk, lab: Lab, api: Api) -> None:
    """Threads that send are left behind at the end of the process."""
    process = desk.start(
        BIG.replace("PROJECT", "art-hung").replace("    run.log_model", STOP + "    run.log_model"),
        RUNSTONE_FINISH_TIMEOUT="1",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    os.kill(lab.server.pid, signal.SIGSTOP)
    try:
        (desk.folder / "go").touch()
        _, err = process.communicate(timeout=120)
    finally:
        os.kill(lab.server.pid, signal.SIGCONT)
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "runstone sync" in err
    desk.runstone("sync")
    assert api.artifact("ada/art-hung/big").size_bytes == 20_000_000


def test_the_server_says_no(desk: Desk, api: Api) -> None:
    """One artifact that is not taken holds up nothing else, and stays here."""
    out, err = desk.run(
        """
import runstone
run = runstone.init("art-refused")
first = runstone.Artifact("thing", "dataset")
with first.new_file("a") as file: file.write("a")
run.log_artifact(first).wait()
second = runstone.Artifact("thing", "model")
with second.new_file("b") as file: file.write("b")
run.log_artifact(second)
try:
    second.wait()
except runstone.errors.RunstoneError as error:
    print(error)
third = runstone.Artifact("other", "model")
with third.new_file("c") as file: file.write("c")
print(run.log_artifact(third).wait().version)
run.finish()
"""
    )
    assert "dataset" in out
    assert "v0" in out
    assert "artifact 'thing' is not taken" in err
    (run,) = api.runs("ada/art-refused")
    assert run.state == "finished"
    assert {one.collection for one in run.logged_artifacts()} == {"thing", "other"}
    assert [path.read_text() for path in kept(desk) if len(path.name) == 32] == ["b"]
    assert "dataset" in desk.runstone("sync", code=1)


def test_used_by_name_object_and_draft(desk: Desk, api: Api) -> None:
    draft = Artifact("inputs", "dataset")
    with draft.new_file("only.txt") as file:
        file.write("42")
    api.log_artifact(draft, "ada/art-used", aliases=["clean"])
    desk.run(
        """
import runstone
from pathlib import Path
with runstone.init("art-used") as run:
    found = run.use_artifact("inputs:clean", type="dataset")
    assert found.file("in").read_text() == "42"
    assert found.download().is_dir()
    try:
        run.use_artifact("inputs", type="model")
    except runstone.errors.InvalidInput as error:
        assert "dataset" in str(error)
    else:
        raise AssertionError
    Path("weights.pt").write_text("w")
    run.log_model("weights.pt", "net")
    assert Path(run.use_model("net:latest")).read_text() == "w", "waits for what it logged itself"
    made = runstone.Artifact("made", "dataset")
    with made.new_file("m") as file:
        file.write("m")
    assert runstone.use_artifact(made).version == "v0"
    runstone.link_model("weights.pt", "registered", name="net", aliases=["staging"])
    found.link("art-shelf/inputs", aliases="shelved")
    assert runstone.Api().artifact("art-used/inputs").wait().get("nothing") is None
"""
    )
    linked = api.artifact("ada/model-registry/registered:staging")
    assert linked.digest == api.artifact("ada/art-used/net:v0").digest
    assert api.artifact("ada/art-shelf/inputs:shelved").type == "dataset"
    (run,) = api.runs("ada/art-used")
    assert {one.name for one in run.used_artifacts()} == {"inputs:v0", "net:v0", "made:v0"}
    assert {one.name for one in run.logged_artifacts()} == {"net:v0", "made:v0"}


def test_tables_and_images_in_artifacts(desk: Desk, api: Api) -> None:
    desk.run(
        """
import runstone
with runstone.init("art-values") as run:
    picture = runstone.Image([[[255, 0, 0], [0, 0, 255]]])
    table = runstone.Table(columns=["n", "label", "image"], data=[[1, "cat", picture]])
    found = runstone.Artifact("values", "evaluation")
    assert found.add(table, "predictions").path == "predictions.table.json"
    found.add(picture, "one/picture")
    run.log_artifact(found)
    try:
        found.add([1, 2], "list")
    except runstone.errors.InvalidInput as error:
        assert "runstone.Table" in str(error)
    else:
        raise AssertionError
"""
    )
    version = api.artifact("ada/art-values/values")
    table = version.get("predictions")
    assert table is not None
    (row,) = table.rows
    assert (row["n"], row["label"]) == (1, "cat")
    assert read(version, row["image"]["path"])[1:4] == b"PNG"
    paths = {file.path for file in version.files()}
    assert {"predictions.table.json", "one/picture.image-file.json"} <= paths


def test_offline_says_what_to_do(desk: Desk) -> None:
    out, _ = desk.run(
        """
import runstone
with runstone.init("art-offline", mode="offline") as run:
    for attempt in (
        lambda: run.use_artifact("inputs:clean"),
        lambda: run.log_model(__import__("sys").executable, "python").wait(),
        lambda: run.log_artifact("nowhere.txt"),
        lambda: run.log_artifact(3),
        lambda: run.log_artifact(runstone.Artifact("empty", "dataset")),
        lambda: run.link_artifact(runstone.Artifact("empty", "dataset"), "a/b/c/d"),
        lambda: run.log_model(__import__("sys").executable, aliases="a/b"),
    ):
        try:
            attempt()
        except runstone.errors.RunstoneError as error:
            print(error)
with runstone.init("art-nowhere", mode="disabled") as run:
    made = runstone.Artifact("made", "dataset")
    with made.new_file("m") as file:
        file.write("m")
    assert run.log_artifact(made).wait() is made
""",
        RUNSTONE_URL="http://127.0.0.1:9",
    )
    said = out.splitlines()
    assert len(said) == 7
    for line, word in zip(
        said,
        ("online", "runstone sync", "nowhere.txt", "3", "nothing", "a/b/c/d", "a/b"),
        strict=True,
    ):
        assert word in line


def test_contents_are_held_once_and_not_copied_where_nobody_writes(desk: Desk) -> None:
    out, err = desk.run(
        """
import os, runstone
from pathlib import Path
Path("last.ckpt").write_bytes(b"x" * 3_000_000)
Path("kept.ckpt").write_bytes(b"y" * 3_000_000)
with runstone.init("art-once", mode="offline") as run:
    for name in ("last", "best"):
        run.log_model("last.ckpt", name)
    fixed = runstone.Artifact("fixed", "model")
    fixed.add_file("kept.ckpt", policy="immutable")
    run.log_artifact(fixed)
    same = runstone.Artifact("same", "model")
    same.add_file("last.ckpt")
    Path("last.ckpt").write_bytes(b"z" * 3_000_000)
    run.log_artifact(same)
    late = runstone.Artifact("late", "model")
    late.add_file("last.ckpt")
    Path("last.ckpt").write_bytes(b"w" * 3_000_000)
    run.log_artifact(late)
held = [path.stat() for path in run.folder.glob("artifacts/*/*") if len(path.name) == 32]
files = {one.st_ino: one for one in held}
print(len(files), sum(one.st_nlink for one in files.values()), os.stat("kept.ckpt").st_nlink)
"""
    )
    # Contents x (three times), y (also the script's own) and w.
    assert out.split() == ["3", "6", "2"]
    assert "last.ckpt was changed after it was added" in err
