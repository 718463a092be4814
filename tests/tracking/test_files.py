"""Files that a script saves with its run: what is kept, what is sent, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sdk.lab import Lab
from tests.tracking.conftest import Desk

from runstone.errors import NotFound
from runstone.sdk import Api, RunFile

SURROUNDINGS = ("requirements.txt", "wandb-metadata.json")
BEGIN = """
import os, pathlib, runstone, time
def write(name, text):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
run = runstone.init("files", id={id!r})
"""


def begin(run: str) -> str:
    return BEGIN.replace("{id!r}", repr(run))


def saved(api: Api, run: str) -> list[RunFile]:
    """What the script saved, without what is kept of every run's surroundings."""
    path = f"ada/files/{run}"
    return [file for file in api.run(path).files() if file.name not in SURROUNDINGS]


def files(api: Api, run: str) -> dict[str, bytes]:
    return {file.name: file.read() for file in saved(api, run)}


def until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 100
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_what_was_saved_survives_what_becomes_of_it(desk: Desk, api: Api) -> None:
    _, said = desk.run(
        begin("kept")
        + """
write("a/b/one.txt", "as it was saved")
write("a/live.txt", "first")
write("a/gone.txt", "gone before it was sent")
write("a/end.txt", "first")
write("two.csv", "x")
kept = run.save("a/b/*.txt", policy="now")
assert [pathlib.Path(path).read_text() for path in kept] == ["as it was saved"]
run.save("a/**/live.txt")
run.save(pathlib.Path("a/gone.txt"))
run.save("a/end.txt", base_path="a", policy="end")
runstone.save(os.path.abspath("two.csv"), os.getcwd())
assert runstone.save("nothing/*.here") == []
write("a/b/one.txt", "changed afterwards")
os.remove("a/gone.txt")
pathlib.Path(run.dir, "deep").mkdir()
pathlib.Path(run.dir, "deep", "by hand.txt").write_text("by hand")
write("a/live.txt", "second")
write("a/new.txt", "last")
os.replace("a/new.txt", "a/end.txt")
run.finish()
"""
    )
    assert files(api, "kept") == {
        "a/b/one.txt": b"as it was saved", "a/live.txt": b"second", "end.txt": b"last",
        "a/gone.txt": b"gone before it was sent", "two.csv": b"x", "deep/by hand.txt": b"by hand",
    }  # fmt: skip
    assert said.count("nothing/*.here") == 1


def test_a_live_file_follows_while_the_script_runs(desk: Desk, api: Api) -> None:
    script = desk.start(
        begin("live")
        + """
write("log.txt", "one")
run.save("log.txt", policy="live")
while not os.path.exists("go"):
    time.sleep(0.02)
write("log.txt", "one and two")
while not os.path.exists("stop"):
    time.sleep(0.02)
"""
    )
    try:
        until(lambda: (desk.folder / "log.txt").exists())
        until(lambda: _files_or_none(api, "live") == {"log.txt": b"one"})
        (desk.folder / "go").touch()
        until(lambda: _files_or_none(api, "live") == {"log.txt": b"one and two"})
        (desk.folder / "stop").touch()
        assert script.wait(100) == 0
    finally:
        script.kill()
        script.communicate()


def _files_or_none(api: Api, run: str) -> dict[str, bytes] | None:
    try:
        return files(api, run)
    except NotFound:
        return None


def test_one_bad_file_does_not_hold_the_others_up(desk: Desk, api: Api) -> None:
    _, said = desk.run(
        begin("bad")
        + """
for i in range(20):
    write(f"many/{i}.txt", str(i))
run.note_file("lost.txt", "/no/such/file")
run.note_file("../climbs.txt", str(write("x.txt", "x").absolute()))
run.note_file("folder", os.getcwd())
run.save("many/*", policy="now")
run.log({"loss": 1})
run.finish()
"""
    )
    assert files(api, "bad") == {f"many/{i}.txt": str(i).encode() for i in range(20)}
    for name in ("lost.txt", "../climbs.txt", "folder"):
        assert said.count(f"the file {name} cannot be sent") == 1, said
    assert "all but what was left out is at" in said


def test_what_was_saved_offline_goes_later_and_once(
    desk: Desk, api: Api, lab: Lab, tmp_path: Path
) -> None:
    desk.run(
        begin("later")
        + """
write("end.txt", "not yet")
write("gone/live.txt", "live")
run.save("end.txt", policy="end")
run.save("gone/live.txt", policy="live")
write("end.txt", "at the end")
run.finish()
os.remove("gone/live.txt")
os.remove("end.txt")
""",
        RUNSTONE_MODE="offline",
    )
    desk.runstone("sync")
    wanted = {"end.txt": b"at the end", "gone/live.txt": b"live"}
    assert files(api, "later") == wanted
    before = {f.name: f.updated_at for f in saved(api, "later")}
    (folder,) = (tmp_path / "runstone").glob("run-*")
    (folder / "sent").unlink()
    desk.runstone("sync")
    assert {f.name: f.updated_at for f in saved(api, "later")} == before


def test_a_fork_leaves_the_files_of_its_parent_alone(desk: Desk, api: Api) -> None:
    desk.run(
        begin("forked")
        + """
write("end.txt", "first")
run.save("end.txt", policy="end")
child = os.fork()
if child == 0:
    write("child.txt", "of the child")
    run.save("child.txt", policy="end")
    run.finish()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
write("end.txt", "last")
run.finish()
"""
    )
    assert files(api, "forked") == {"end.txt": b"last", "child.txt": b"of the child"}


def test_misuse_is_said_at_once(desk: Desk) -> None:
    desk.run(
        """
import runstone, pytest, os
from runstone.errors import InvalidInput
with runstone.init("files", mode="disabled") as run:
    # Scripts write there, whether it is kept or not.
    for name in ("m.txt", "n.txt"):
        with open(os.path.join(run.dir, name), "w") as file:
            file.write("x")
        assert run.save(os.path.join(run.dir, name)) == []
    with open("where", "w") as file:
        file.write(run.dir)
    if os.fork() == 0:
        raise SystemExit
    os.wait()
    assert len(os.listdir(run.dir)) == 2, "no child removes it"
    open("a.txt", "w").close()
    assert run.save("a.txt") == []
    for wrong in (
        lambda: run.save("a.txt", policy="sometimes"),
        lambda: run.save("s3://bucket/a.txt"),
        lambda: run.save("a.txt", base_path="elsewhere"),
        lambda: run.save("../a.txt"),
    ):
        with pytest.raises(InvalidInput):
            wrong()
with pytest.raises(InvalidInput, match="init"):
    runstone.save("a.txt")
"""
    )
    assert not Path((desk.folder / "where").read_text()).exists(), "it goes with the process"


@pytest.mark.parametrize("size_bytes", [0, 3_000_000])
def test_files_of_any_size_arrive_whole(desk: Desk, api: Api, size_bytes: int) -> None:
    (desk.folder / "some.bin").write_bytes(
        bytes(i * 31 % 251 for i in range(1_000)) * (size_bytes // 1_000)
    )
    desk.run(begin(f"size-{size_bytes}") + "run.save('some.bin', policy='now')")
    (file,) = saved(api, f"size-{size_bytes}")
    assert file.read() == (desk.folder / "some.bin").read_bytes()


FEW = """
import gc
from runstone.tracking.parts import files
files._MOST_KNOWN = files._MOST_WATCHED = 3
def remembered():
    return sum(type(one) is files._Wanted for one in gc.get_objects())
"""


def test_what_was_sent_is_forgotten_and_may_come_again(desk: Desk, api: Api) -> None:
    """A checkpoint with every step, for ever: as if ten of them were ten thousand."""
    script = f"""{begin("forgetful")}{FEW}
while run.url is None:
    time.sleep(0.05)
for step in range(10):
    run.save(write(f"now/{{step}}.bin", str(step)), policy="now")
    run.save(write(f"live/{{step}}.bin", str(step)), policy="live")
there = runstone.Api()
while len(list(there.run(f"ada/files/{{run.id}}").files())) < 20 or remembered() > 3:
    time.sleep(0.05)
print("few")
write("live/0.bin", "as it is at the end")
run.save(write("now/0.bin", "again"), policy="now")
run.save("now/1.bin", policy="now")
run.finish()
"""
    out, err = desk.run(script)
    assert out == "few\n"
    assert err.count("are sent again when the run ends") == 1
    expected = {f"{at}/{step}.bin": b"%d" % step for at in ("now", "live") for step in range(10)}
    changed = {"live/0.bin": b"as it is at the end", "now/0.bin": b"again"}
    assert files(api, "forgetful") == expected | changed
