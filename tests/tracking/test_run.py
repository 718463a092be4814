"""`runstone.init()`, `log()` and `finish()` against a real server, in real processes."""

from __future__ import annotations

import math
import signal

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.sdk.run import Run

LOGS = """
import math, runstone
config = {"lr": 0.1, "model": {"depth": 3}}
with runstone.init("own", name="first", config=config, tags=["a"]) as run:
    for i in range(100):
        run.log({"loss": 1 / (i + 1), "epoch": i // 10})
    run.log({"nan": math.nan, "inf": -math.inf, "text": "hi", "big": 2**70, "flag": True}, step=5)
    run.log({"nested": {"a": 1}, "none": None}, step=5)
    runstone.log({"last": [1, 2.5]})
    run.summary["best"] = 0.25
    print(run.id)
"""


def only_run(api: Api, project: str) -> Run:
    (run,) = api.runs(f"ada/{project}")
    return run


def test_what_is_logged_is_on_the_server(desk: Desk, api: Api) -> None:
    out, err = desk.run(LOGS)
    run = only_run(api, "own")
    assert (run.id, run.name, run.state) == (out.strip(), "first", "finished")
    assert run.config == {"lr": 0.1, "model": {"depth": 3}}
    assert tuple(run.tags) == ("a",)
    assert f"/ada/own/runs/{run.id}" in err
    rows = run.history().to_arrow().to_pylist()
    assert [row["loss"] for row in rows[:100]] == [1 / (i + 1) for i in range(100)]
    assert [row["_step"] for row in rows] == [*range(100), 5]
    merged = rows[100]
    assert math.isnan(merged["nan"])
    assert (merged["inf"], merged["text"], merged["flag"]) == (-math.inf, "hi", True)
    assert merged["nested.a"] == 1, "one row of all three calls"
    assert run.summary["best"] == 0.25
    assert run.summary["big"] == 2**70
    assert run.summary["loss"] == 0.01


def test_offline_then_sync_and_sync_again(desk: Desk, api: Api) -> None:
    script = LOGS.replace('"own"', '"later"')
    _, err = desk.run(script, RUNSTONE_MODE="offline", RUNSTONE_URL="http://127.0.0.1:9")
    assert "to send it: runstone sync" in err
    assert ": sent" in desk.runstone("sync")
    run = only_run(api, "later")
    assert (run.state, run.history().to_arrow().num_rows) == ("finished", 101)
    assert "was sent before" in desk.runstone("sync")
    assert (desk.folder / "runstone/.gitignore").read_text() == "*\n", "runs are no code"
    (mark,) = desk.folder.glob("runstone/run-*/sent")
    mark.unlink()
    assert ": sent" in desk.runstone("sync"), "as if the mark had not come to the disk"
    assert only_run(api, "later").history().to_arrow().num_rows == 101


def test_a_killed_process_loses_nothing(desk: Desk, api: Api) -> None:
    process = desk.start(
        """
import runstone
run = runstone.init("killed-for-good")
i = 0
while True:
    run.log({"i": i})
    print(i, flush=True)
    i += 1
"""
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 3_000:
            process.send_signal(signal.SIGKILL)
            break
    rest = process.stdout.read().split()
    process.communicate()
    logged = int(rest[-1] if rest else line) + 1
    assert ": sent" in desk.runstone("sync")
    rows = only_run(api, "killed-for-good").history().to_arrow().column("i").to_pylist()
    assert rows == list(range(len(rows)))
    assert logged <= len(rows) <= logged + 1


def test_a_live_run_is_left_to_its_process(desk: Desk) -> None:
    process = desk.start(
        """
import runstone
run = runstone.init("live", mode="offline")
print("began", flush=True)
import time; time.sleep(600)
""",
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "began\n"
        assert "is still being written" in desk.runstone("sync")
    finally:
        process.kill()
        process.communicate()


def test_forked_children_log_into_the_same_run(desk: Desk, api: Api) -> None:
    desk.run(
        """
import os, runstone
run = runstone.init("forked")
run.log({"parent": 0})
children = []
for rank in range(3):
    pid = os.fork()
    if pid == 0:
        for i in range(50):
            run.log({f"child/{rank}": i})
        os._exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
run.log({"parent": 1})
run.finish()
"""
    )
    rows = only_run(api, "forked").history().to_arrow().to_pylist()
    assert [row["parent"] for row in rows if row["parent"] is not None] == [0, 1]
    for rank in range(3):
        values = [row[f"child/{rank}"] for row in rows]
        assert [value for value in values if value is not None] == list(range(50))


def test_resumed_under_its_id(desk: Desk, api: Api) -> None:
    script = """
import sys, runstone
with runstone.init("again", id="same") as run:
    for i in range(10):
        run.log({"i": i})
"""
    desk.run(script)
    desk.run(script)
    run = only_run(api, "again")
    assert (run.id, run.history().to_arrow().num_rows) == ("same", 20)


def test_no_server_stops_nothing(desk: Desk) -> None:
    script = LOGS.replace("own", "away")
    away = {"RUNSTONE_URL": "http://127.0.0.1:9", "RUNSTONE_FINISH_TIMEOUT": "1"}
    _, err = desk.run(script, **away)
    assert "runstone sync" in err
    assert ": sent" in desk.runstone("sync")


def test_an_exception_ends_it_as_failed(desk: Desk, api: Api) -> None:
    desk.run('import runstone\nrunstone.init("failed")\nraise ValueError("x")', code=1)
    assert only_run(api, "failed").state == "failed"


def test_values_that_nobody_can_keep_stop_nothing(desk: Desk, api: Api) -> None:
    desk.run(
        """
import runstone
class Odd:
    def __repr__(self): return "odd"
with runstone.init("odd") as run:
    run.log({1: 2, "o": Odd(), "set": {1}, "deep": {"a": {2: 3}}})
    run.log({"np": __import__("numpy").float32(1.5), "array": __import__("numpy").arange(3)})
"""
    )
    run = only_run(api, "odd")
    assert (run.summary["o"], run.summary["np"], run.summary["array"]) == ("odd", 1.5, [0, 1, 2])
    assert run.summary["1"] == 2
    assert run.summary["deep.a.2"] == 3


def test_disabled_does_nothing(desk: Desk) -> None:
    _, err = desk.run(LOGS, RUNSTONE_MODE="disabled")
    assert err == ""
    assert not (desk.folder / "runstone").exists()


def test_a_disabled_run_s_summary_is_what_was_logged(desk: Desk) -> None:
    out, err = desk.run(
        """
import runstone
run = runstone.init("p", mode="disabled")
run.log({"loss": 0.5, 1: 2})
run.log({"loss": 0.25})
print(run.summary["loss"], dict(run.summary))
run.finish()
"""
    )
    assert (out, err) == ("0.25 {'loss': 0.25}\n", "")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('runstone.init("a/b")', "a/b"),
        ('runstone.init("p", mode="sideways")', "online, offline, local, disabled"),
        ('runstone.log({"a": 1})', "call runstone.init"),
    ],
)
def test_what_makes_no_sense_is_said(desk: Desk, call: str, said: str) -> None:
    _, err = desk.run(f"import runstone\n{call}", code=1)
    assert said in err
