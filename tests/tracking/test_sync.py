"""`runstone sync`: many folders, folders that grow, cut and repeated, by several at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer

import pytest
from tests.disks import needs_mount
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.sdk.run import Run
from runstone.sdk.settings import Server
from runstone.tracking.cleaning import is_over, why_not_there
from runstone.tracking.folder import RunFolder, run_folders
from runstone.tracking.http import HttpClient
from runstone.tracking.identity import Identity
from runstone.tracking.journal import Journal, file_of
from runstone.tracking.settings import host_name
from runstone.tracking.syncing import QUIET_S, is_live

ROWS = """
import sys, runstone
for number in range({runs}):
    with runstone.init("{project}", mode="offline", name=f"n{{number}}") as run:
        for i in range({rows}):
            run.log({{"i": i, "x": i / 3, "y": [i]}})
"""
LIVE = """
import sys, runstone
run = runstone.init("{project}", mode="offline", id="live")
i = 0
for line in sys.stdin:
    run.log({{"i": i}})
    i += 1
{end}
"""


def only_run(api: Api, project: str) -> Run:
    (run,) = api.runs(f"ada/{project}")
    return run


def values(run: Run) -> list[int]:
    return run.history(keys=["i"]).to_arrow().column("i").to_pylist()


def started(desk: Desk, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "runstone", *words], cwd=desk.folder, env=desk.environ,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def a_live_run(desk: Desk, project: str, end: str = "run.finish()") -> Iterator[_Live]:
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE.format(project=project, end=end)], cwd=desk.folder,
        env=desk.environ, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield _Live(process)
    finally:
        process.kill()
        process.communicate()


class _Live:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def log(self, num: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n" * num)
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.communicate(timeout=120)


def eventually(condition: object) -> None:
    """Waits for it, as long as the test may take."""
    assert callable(condition)
    while not condition():
        time.sleep(0.05)


def test_many_at_once_and_what_is_there(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=5, rows=20, project="many"))
    listed = json.loads(desk.runstone("sync", "--list", "--json"))["folders"]
    assert [one["state"] for one in listed] == ["to be sent"] * 5
    assert all(one["project"] == "many" and one["size_bytes"] > 500 for one in listed)
    assert not _is_there(api, "many")
    told = json.loads(desk.runstone("sync", "--jobs", "3", "--json"))["folders"]
    assert [one["outcome"] for one in told] == ["sent"] * 5
    assert all(one["address"] and one["error"] is None for one in told)
    runs = api.runs("ada/many")
    assert sorted(run.name for run in runs) == [f"n{number}" for number in range(5)]
    assert all(values(run) == list(range(20)) for run in runs)
    assert desk.runstone("sync", "--list").count(" sent ") == 5


def _is_there(api: Api, project: str) -> bool:
    return project in {one.name for one in api.projects("ada")}


def test_clean_removes_what_is_sent_and_nothing_else(desk: Desk) -> None:
    desk.run(ROWS.format(runs=2, rows=3, project="cleaned"))
    first, second = sorted(desk.folder.glob("runstone/run-*"))
    desk.runstone("sync", str(first))
    assert "say --yes" in desk.runstone("sync", "--clean", code=2)
    desk.runstone("sync", str(first), "--clean", "--yes")
    assert first.exists(), "it is not a day old"
    said = desk.runstone("sync", "--list", "--clean", "--older-than", "0")
    assert said.count("would be removed") == 1
    assert first.exists()
    assert not is_over(RunFolder(second), older_than_s=0.0), "not sent yet"
    said = desk.runstone("sync", "--clean", "--older-than", "0", "--yes")
    assert said.count("removed") == 2
    assert list(desk.folder.glob("runstone/run-*")) == []
    assert "There are no runs" in desk.runstone("sync")


def test_clean_leaves_what_the_server_has_no_more(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=1, rows=3, project="gone"))
    assert ": sent" in desk.runstone("sync")
    only_run(api, "gone").delete()
    said = desk.runstone("sync", "--clean", "--older-than", "0", "--yes")
    assert "is not there any more" in said
    assert len(list(desk.folder.glob("runstone/run-*"))) == 1


def test_a_line_for_all_that_was_sent_before(desk: Desk) -> None:
    desk.run(ROWS.format(runs=3, rows=1, project="before"))
    assert desk.runstone("sync").count(": sent") == 3
    assert desk.runstone("sync") == "3 were sent before (-v lists them).\n"
    assert desk.runstone("sync", "-v").count("was sent before") == 3


def test_runs_of_a_data_folder_stay_there(desk: Desk, api: Api) -> None:
    identity = Identity("r", "kept", 0.0, mode="local", host=host_name())
    folder = RunFolder.create(desk.folder / "runstone", identity)
    Journal(folder.journal, "").close()
    assert "stays in its data folder" in desk.runstone("sync")
    assert "in a data folder" in desk.runstone("sync", "--list")
    assert not _is_there(api, "kept")
    assert ": sent" in desk.runstone("sync", "--include-local")


def test_to_another_project_and_under_another_id(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=1, rows=3, project="mistaken"))
    desk.runstone("sync")
    assert ": sent" in desk.runstone("sync", "--project", "right")
    assert values(only_run(api, "right")) == [0, 1, 2]
    assert ": sent" in desk.runstone("sync", "--project", "right", "--id", "two")
    assert "was sent before" in desk.runstone("sync", "--project", "right", "--id", "two")
    assert {run.id for run in api.runs("ada/right")} >= {"two"}
    assert len(api.runs("ada/right")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until-finished",), "give both"),
        (("--older-than", "soon"), "is no age"),
        (("--older-than", "7"), "is no age"),
        (("--id", "x"), "here are 0"),
        (("--data", "d", "--url", "http://a"), "give no --url"),
        (("--project", "a/b"), "a/b"),
        (("nowhere",), "does not exist"),
    ],
)
def test_what_makes_no_sense_is_said(desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in desk.runstone("sync", *words, code=2)


def test_folders_of_the_wandb_client_are_told_apart(desk: Desk) -> None:
    folder = desk.folder / "wandb" / "offline-run-20260101_000000-abc"
    folder.mkdir(parents=True)
    (folder / "run-abc.wandb").write_bytes(b":W&B")
    for words in ((), ("wandb",), (str(folder),)):
        assert "wandb sync" in desk.runstone("sync", *words, code=2)


def test_one_that_fails_keeps_none_back(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=2, rows=3, project="halves"))
    first = min(desk.folder.glob("runstone/run-*"))
    (first / "run.json").write_text("{")
    said = desk.runstone("sync", code=1)
    assert "is no folder of a run" in said
    assert "1 of 2 could not be sent" in said
    assert values(only_run(api, "halves")) == [0, 1, 2]
    assert "damaged" in desk.runstone("sync", "--list")


def test_what_cannot_be_read_is_said_and_stays(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=2, rows=30, project="damaged"))
    first, second = sorted(desk.folder.glob("runstone/run-*"))
    path = file_of(first / "journal", "", 0)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    newer = Journal(second / "journal", "newer")
    newer.append(b'[99,"of the future"]')
    newer.close()
    said = desk.runstone("sync", code=1)
    assert f"a journal in runstone/{first.name} is damaged" in said
    assert "a newer Runstone may have written it" in said
    desk.runstone("sync", "--clean", "--older-than", "0", "--yes", code=1)
    assert first.exists()
    assert second.exists()


def test_cut_at_any_time_nothing_is_lost_or_doubled(desk: Desk, api: Api) -> None:
    num_rows = 110_000  # two reports, so that there is a middle
    desk.run(ROWS.format(runs=1, rows=num_rows, project="cut"))
    chance = random.Random(3)
    for _ in range(3):
        process = started(desk, "sync")
        # From its start to beyond its end, as fast as this machine is.
        Thread(target=_kill, args=(process, chance.uniform(0.2, 2.5)), daemon=True).start()
        process.communicate(timeout=120)
    for _ in range(2):
        desk.runstone("sync")
        (mark,) = desk.folder.glob("runstone/run-*/sent")
        mark.unlink()
    run = only_run(api, "cut")
    assert values(run) == list(range(num_rows))
    assert run.state == "finished"


def _kill(process: subprocess.Popen[str], after_s: float) -> None:
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)


def test_two_at_once_do_no_harm(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=3, rows=2_000, project="twice"))
    processes = [started(desk, "sync") for _ in range(3)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    desk.runstone("sync")
    assert [values(run) for run in api.runs("ada/twice")] == [list(range(2_000))] * 3


def test_a_run_is_followed_to_its_end(desk: Desk, api: Api) -> None:
    (desk.folder / "runstone").mkdir()
    following = started(desk, "sync", "--follow", "--until-finished")
    with a_live_run(desk, "followed") as live:
        live.log(3)
        eventually(lambda: _is_there(api, "followed") and _rows(api, "followed") == 3)
        run = only_run(api, "followed")
        assert (run.state, values(run)) == ("running", [0, 1, 2])
        live.log(2)
        eventually(lambda: _rows(api, "followed") == 5)
        assert following.poll() is None
        live.end()
    out, err = following.communicate(timeout=120)
    assert following.returncode == 0, err
    assert "is sent as it is written" in out
    assert ": sent" in out
    assert only_run(api, "followed").state == "finished"


def _rows(api: Api, project: str) -> int:
    runs = list(api.runs(f"ada/{project}"))
    return runs[0].history().to_arrow().num_rows if runs else 0


def test_following_ends_with_ctrl_c_and_goes_on_later(desk: Desk, api: Api) -> None:
    with a_live_run(desk, "resumed", end="import os; os._exit(1)") as live:
        live.log(3)
        for number in range(2):
            following = started(desk, "sync", "--follow")
            assert following.stderr is not None
            assert "Ctrl-C ends it" in following.stderr.readline()
            wanted = 3 * number + 3
            eventually(lambda n=wanted: _is_there(api, "resumed") and _rows(api, "resumed") == n)
            following.send_signal(signal.SIGINT)
            _, err = following.communicate(timeout=120)
            assert (following.returncode, "Traceback" in err) == (0, False), err
            live.log(3)
        live.end()
    assert ": sent" in desk.runstone("sync")
    assert values(only_run(api, "resumed")) == list(range(9))


def test_an_online_run_is_left_to_its_process(desk: Desk) -> None:
    process = desk.start(
        "import runstone, time\nrun = runstone.init('online')\nprint('began', flush=True)\n"
        "time.sleep(600)"
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "began\n"
        assert "by its own process" in desk.runstone("sync")
        assert "live, online" in desk.runstone("sync", "--list")
    finally:
        process.kill()
        process.communicate()


def test_what_is_written_after_all_was_sent_is_seen(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=1, rows=3, project="grown"))
    desk.runstone("sync")
    (folder,) = run_folders(desk.folder / "runstone")
    assert folder.is_sent()
    desk.run(
        "import json, msgspec, pathlib\n"
        "from runstone.tracking.journal import Journal\n"
        f"journal = Journal(pathlib.Path({str(folder.journal)!r}), 'late')\n"
        "journal.append(msgspec.msgpack.encode([0, 9, True, 1.7e9, {'i': 99}]))\n"
        "journal.close()"
    )
    assert not folder.is_sent()
    assert ": sent" in desk.runstone("sync")
    assert sorted(values(only_run(api, "grown"))) == [0, 1, 2, 99]
    assert folder.is_sent()


def test_a_folder_of_an_older_runstone_is_sent(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=1, rows=3, project="old"))
    (folder,) = run_folders(desk.folder / "runstone")
    identity = json.loads((folder.path / "run.json").read_text())
    for later in ("mode", "label", "joins", "host"):
        identity.pop(later, None)
    (folder.path / "run.json").write_text(json.dumps(identity))
    (folder.path / "sent").write_text("http://127.0.0.1:1/ada/old/runs/x\n")
    assert ": sent" in desk.runstone("sync")
    assert values(only_run(api, "old")) == [0, 1, 2]


def another_host(tmp_path: Path, *, quiet_s: float, ends: bool) -> tuple[RunFolder, Identity]:
    """A folder as another machine wrote it, so long ago."""
    identity = Identity("a", "p", time.time(), host="elsewhere", mode="offline")
    folder = RunFolder.create(tmp_path, identity)
    journal = Journal(folder.journal, "")
    journal.append(b"\x95\x00\x00\xc3\x01\x80")
    if ends:
        from runstone.tracking.encoding import encode

        journal.append(encode((3, 0)))
    journal.close()
    at = time.time() - quiet_s
    for path in (folder.path, *folder.journal.iterdir()):
        os.utime(path, (at, at))
    return folder, identity


@pytest.mark.parametrize(
    ("quiet_s", "ends", "expected"),
    [(0.0, False, True), (QUIET_S + 60, False, False), (0.0, True, False)],
)
def test_another_machine_s_run_is_judged_by_what_it_writes(
    tmp_path: Path, quiet_s: float, ends: bool, expected: bool
) -> None:
    folder, identity = another_host(tmp_path, quiet_s=quiet_s, ends=ends)
    assert is_live(folder, identity) is expected


def test_a_row_that_was_copied_half_is_made_whole(desk: Desk, api: Api) -> None:
    environ = desk.environ
    client = HttpClient(
        Server(environ["RUNSTONE_URL"], environ["RUNSTONE_API_KEY"]), user_agent="test"
    )
    desk.run(
        """
import pathlib, runstone, shutil
run = runstone.init("half", mode="offline", id="half")
for i in range(5):
    run.log({"i": i}, step=i)
(folder,) = pathlib.Path("runstone").glob("run-*")
shutil.copytree(folder, "copy/" + folder.name)
run.log({"late": 1, "nothing": None, "nan": float("nan")}, step=4)
for i in range(5, 10):
    run.log({"i": i}, step=i)
    run.log({"j": i}, step=i)
run.finish()
"""
    )
    (copied,) = (desk.folder / "copy").glob("run-*")
    said = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps(said | {"host": "elsewhere"}))
    for path in (copied, *copied.rglob("*")):
        os.utime(path, (time.time() - 2 * QUIET_S,) * 2)
    assert "sent" in desk.runstone("sync", "copy")
    run = only_run(api, "half")
    assert [row["_step"] for row in run.history(keys=["i"])] == list(range(5))
    (whole,) = run_folders(desk.folder / "runstone")
    shutil.copy(copied / "sent", whole.path / "sent")
    assert "less than was sent" in (why_not_there(whole, client) or "")
    (whole.path / "sent").unlink()
    num = 10
    for _ in range(2):
        desk.runstone("sync", "runstone")
        for mark in desk.folder.glob("runstone/run-*/sent"):
            mark.unlink()
        rows = list(run.history())
        assert len(rows) == num + 1, "what came late is a row of its own"
        found = {key: [row["_step"] for row in rows if key in row] for key in ("i", "j", "late")}
        assert found == {"i": [*range(num)], "j": [*range(5, num)], "late": [4]}
        assert len([row for row in rows if "nan" in row]) == 1, "said again, it is there once"
    desk.runstone("sync", "runstone")
    assert why_not_there(whole, client) is None
    client.close()


def test_this_machine_s_run_is_judged_by_its_lock(tmp_path: Path) -> None:
    folder, identity = another_host(tmp_path, quiet_s=0.0, ends=False)
    identity.host = os.uname().nodename
    assert not is_live(folder, identity)
    hold = folder.hold()
    assert hold is not None
    assert is_live(folder, identity)
    os.close(hold)
    _, hold = folder.claim("worker")
    assert hold is not None
    assert is_live(folder, identity), "one that joined goes on"
    os.close(hold)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of Windows cannot be shared")
def test_who_asks_for_a_run_is_not_taken_for_it(tmp_path: Path) -> None:
    import fcntl  # Windows has none

    folder, _ = another_host(tmp_path, quiet_s=0.0, ends=False)
    asks = os.open(folder.path / "live", os.O_RDWR | os.O_CREAT)
    fcntl.flock(asks, fcntl.LOCK_SH)
    assert not folder.is_held(), "somebody else asks, too"
    # Who wants to have it waits until the other has been answered.
    done = Timer(0.3, os.close, (asks,))
    done.start()
    hold = folder.hold()
    assert hold is not None
    assert folder.is_held()
    os.close(hold)


def test_what_a_killed_process_left_is_given_back(desk: Desk, api: Api) -> None:
    process = desk.start(
        """
import runstone, time
run = runstone.init("killed", mode="offline", id="k")
for i in range(3_000):
    run.log({"i": i, "text": "x" * 10})
print("here", flush=True)
time.sleep(600)
"""
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.communicate()
    (path,) = desk.folder.glob("runstone/run-*")
    # As where it was killed while the next file was made.
    (path / "journal" / "main.7.ahead").write_bytes(bytes(1 << 20))
    before = RunFolder(path).size_bytes()
    assert ": sent" in desk.runstone("sync")
    folder = RunFolder(path)
    assert list(path.rglob("*.ahead")) == []
    assert folder.size_bytes() < before - (1 << 20)
    last = sorted(path.glob("journal/*.journal"))[-1].read_bytes()
    assert last == last.rstrip(b"\0")
    assert folder.is_sent()
    assert values(only_run(api, "killed")) == list(range(3_000))
    assert "sent before" in desk.runstone("sync")


@needs_mount
def test_a_folder_that_may_only_be_read_is_sent_once(desk: Desk, api: Api) -> None:
    desk.run(ROWS.format(runs=1, rows=30, project="frozen"))
    (path,) = desk.folder.glob("runstone/run-*")
    before = sorted(path.rglob("*"))
    script = (
        "mount --bind runstone runstone && mount -o remount,bind,ro runstone && "
        f"! touch runstone/probe && for i in 1 2; do {sys.executable} -m runstone "
        "sync; done"
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        cwd=desk.folder, env=desk.environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.count(": sent") == 1, done.stdout + done.stderr
    assert done.stdout.count("1 was sent before") == 1, done.stdout + done.stderr
    assert sorted(path.rglob("*")) == before
    assert values(only_run(api, "frozen")) == list(range(30))
