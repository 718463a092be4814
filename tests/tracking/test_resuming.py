"""Going on with a run, rewinding and forking it, by real processes and a real server."""

from __future__ import annotations

import signal
import textwrap

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.sdk import Api
from runstone.sdk.run import Run
from runstone.tracking.resuming import read_wishes

TEN = """
import runstone
with runstone.init({project!r}, id="r", config={{"lr": 0.1, "n": {{"a": 1}}}}, tags=["x"]) as run:
    for i in range(10):
        run.log({{"i": i}})
    run.summary["said"] = 1
"""


def steps(run: Run, key: str = "i") -> list[int]:
    rows = run.history().to_arrow().to_pylist()
    return [row["_step"] for row in rows if row.get(key) is not None]


def test_a_run_goes_on_where_it_was(desk: Desk, api: Api) -> None:
    desk.run(TEN.format(project="on"))
    out, _ = desk.run(
        """
import runstone
run = runstone.init("on", id="r", resume="must", config={"bs": 3})
print(run.resumed, run.step, run.starting_step, dict(run.config), run.summary["said"], run.tags)
run.log({"i": 10})
run.tags += ("y",)
run.finish()
"""
    )
    assert out == "True 10 10 {'lr': 0.1, 'n': {'a': 1}, 'bs': 3} 1 ('x',)\n"
    run = api.run("ada/on/r")
    assert run.config == {"lr": 0.1, "n": {"a": 1}, "bs": 3}
    assert steps(run) == list(range(11))
    assert (run.summary["said"], run.summary["i"], tuple(run.tags)) == (1, 10, ("x", "y"))


def test_runtimes_go_on_where_they_were(desk: Desk, api: Api) -> None:
    script = """
import runstone, time
run = runstone.init("runtimes", **{wishes})
run.log({{"i": 0}})
time.sleep(0.3)
run.log({{"i": 1}})
run.finish()
print(run.id)
"""
    # A job that is requeued is the same to its launcher; a person says the id.
    launch = {"SLURM_PROCID": "0", "SLURM_NTASKS": "1", "SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0"}
    for _ in range(2):
        out, _ = desk.run(script.format(wishes={"shared": True}), **launch)
    desk.run(script.format(wishes={"id": out.strip(), "resume": "must"}))
    run = api.run(f"ada/runtimes/{out.strip()}")
    rows = sorted(run.history().to_arrow().to_pylist(), key=lambda row: row["_timestamp"])
    assert len(rows) == 6
    runtimes = [row["_runtime"] for row in rows]
    assert runtimes == sorted(runtimes)
    assert runtimes[-1] >= 0.9, "three times 0.3 s, and no life begins again at 0"
    for last, first in zip(rows[1:-1:2], rows[2::2], strict=True):
        pause = first["_timestamp"] - last["_timestamp"]
        assert first["_runtime"] - last["_runtime"] < pause, "what was between does not count"
    assert run.summary["_runtime"] == runtimes[-1]


def test_what_the_server_says_no_to_begins_nothing(desk: Desk, api: Api) -> None:
    desk.run(TEN.format(project="no"))
    out, err = desk.run(
        """
import runstone
for wishes in (
    {"id": "r", "resume": "never"},
    {"id": "nobody", "resume": "must"},
    {"resume_from": "nobody?_step=1"},
    {"fork_from": "nobody?_step=1"},
    {"id": "r", "fork_from": "other?_step=1"},
):
    try:
        runstone.init("no", **wishes)
    except runstone.Error as error:
        print(error.code)
print(runstone.run)
"""
    )
    assert out.split() == [
        "run-exists", "no-run-to-resume", "no-run-to-resume", "not-found", "run-exists", "None",
    ]  # fmt: skip
    assert err == "", "who raises does not warn as well"
    folders = [path.name for path in desk.folder.glob("runstone/run-*")]
    assert len(folders) == 1, "of what did not begin there is nothing left"


def test_offline_it_goes_on_at_the_server(desk: Desk, api: Api) -> None:
    desk.run(TEN.format(project="off"))
    out, _ = desk.run(
        """
import runstone
run = runstone.init("off", id="r", resume="allow", mode="offline")
print(run.step, run.resumed)
run.log({"i": 1})
run.log({"i": 2}, commit=False)
run.log({"j": 2})
run.log({"i": 3}, step=5)
print(run.step)
run.finish()
"""
    )
    assert out == "0 False\n5\n"
    desk.runstone("sync")
    assert steps(api.run("ada/off/r")) == [*range(10), 10, 11, 5]
    for mark in desk.folder.glob("runstone/run-*/sent"):
        mark.unlink()
    desk.runstone("sync")
    assert steps(api.run("ada/off/r")) == [*range(10), 10, 11, 5], "again it changes nothing"


def test_must_that_is_refused_later_stays_here(desk: Desk, api: Api) -> None:
    desk.run(
        'import runstone\nrun = runstone.init("late", id="gone", resume="must", mode="offline")\n'
        'run.log({"i": 1})\nrun.finish()'
    )
    said = desk.runstone("sync", code=1)
    assert "There is no run late/gone to resume" in said
    desk.run('import runstone\nwith runstone.init("late", id="gone") as run: run.log({"i": 0})')
    desk.runstone("sync")
    assert sorted(steps(api.run("ada/late/gone"))) == [0, 1]


def test_a_server_that_does_not_answer_in_time_stops_nothing(desk: Desk) -> None:
    out, err = desk.run(
        """
import runstone
run = runstone.init("slow", id="r", resume="allow", finish_timeout=0.1)
run.log({"i": 1})
print(run.step, run.url)
run.finish()
""",
        RUNSTONE_URL="http://127.0.0.1:9",
        RUNSTONE_RESUME_TIMEOUT="0.1",
    )
    assert out == "1 None\n"
    assert "has not said within 0.1 s" in err


def test_a_rewound_run_keeps_what_it_replaces(desk: Desk, api: Api) -> None:
    desk.run(TEN.format(project="rewound"))
    desk.run(
        """
import runstone
run = runstone.init("rewound", resume_from="r?_step=4")
assert (run.id, run.step, run.config["lr"]) == ("r", 5, 0.1)
assert run.summary["i"] == 4 and "said" not in run.summary
run.log({"i": -5})
run.finish()
"""
    )
    run = api.run("ada/rewound/r")
    assert (steps(run), run.summary["i"]) == ([0, 1, 2, 3, 4, 5], -5)
    kept = api.run("ada/rewound/r-replaced-1")
    assert steps(kept) == list(range(10))
    assert {k: v for k, v in kept.summary.items() if k[0] != "_"} == {"i": 9, "said": 1}
    assert kept.summary["_step"] == 9
    assert [found.id for found in api.runs("ada/rewound")] == ["r"], "it is archived"
    for mark in desk.folder.glob("runstone/run-*/sent"):
        mark.unlink()
    desk.runstone("sync")
    assert steps(api.run("ada/rewound/r")) == [0, 1, 2, 3, 4, 5], "the first life is over"


def test_a_fork_leaves_its_parent_alone(desk: Desk, api: Api) -> None:
    desk.run(TEN.format(project="forks"))
    out, _ = desk.run(
        """
import runstone
run = runstone.init("forks", fork_from="r?_step=2", config={"lr": 1})
print(run.id)
run.log({"i": 30})
run.finish()
"""
    )
    fork = api.run(f"ada/forks/{out.strip()}")
    assert (steps(fork), fork.config) == ([0, 1, 2, 3], {"lr": 1, "n": {"a": 1}})
    assert steps(api.run("ada/forks/r")) == list(range(10))


def test_auto_goes_on_with_what_was_killed(desk: Desk, api: Api) -> None:
    script = textwrap.dedent(
        """
        import runstone, sys, time
        run = runstone.init("auto", resume="auto")
        run.log({"i": run.step})
        print(run.id, flush=True)
        if len(sys.argv) == 1 and run.resumed is False:
            time.sleep(600)
        run.finish()
        """
    )
    process = desk.start(script)
    assert process.stdout is not None
    first = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    desk.runstone("sync")
    second, _ = desk.run(script)
    assert second.strip() == first
    assert steps(api.run(f"ada/auto/{first}")) == [0, 1]
    third, _ = desk.run(script.replace("len(sys.argv) == 1", "False"))
    assert third.strip() != first, "it has ended well"


def test_what_a_killed_process_left_goes_first(desk: Desk, api: Api) -> None:
    desk.run(
        """
import os, runstone, signal
run = runstone.init("killed", id="r", mode="offline", config={"lr": 0.1})
for i in range(10):
    run.log({"i": i})
os.kill(os.getpid(), signal.SIGKILL)
""",
        code=-signal.SIGKILL,
    )
    damaged = desk.folder / "runstone" / "run-20200101_000000-r"
    damaged.mkdir()
    (damaged / "run.json").write_text('{"run": ')
    out, err = desk.run(
        """
import runstone
with runstone.init("killed", id="r", resume="allow") as run:
    print(run.resumed, run.step, run.config["lr"])
    run.log({"i": run.step})
"""
    )
    assert out == "True 10 0.1\n"
    assert "what an earlier process of this run left" in err
    assert steps(api.run("ada/killed/r")) == list(range(11))
    (damaged / "run.json").unlink()
    said = desk.runstone("sync")
    assert "was sent" in said or "were sent" in said, "nothing is left"
    assert api.run("ada/killed/r").state == "finished"


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"resume": "maybe"}, "allow, must, never, auto"),
        ({"resume": "must"}, "needs the id"),
        ({"resume_from": "r"}, "_step=100"),
        ({"fork_from": "r?_step=x"}, "_step=100"),
        ({"resume": "allow", "fork_from": "r?_step=1"}, "exclude each other"),
        ({"run": "q", "resume_from": "r?_step=1"}, "the id is q"),
        ({"run": "r", "fork_from": "r?_step=1"}, "a new run"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    wishes: dict[str, str], said: str, tmp_path: object
) -> None:
    words = {"run": None, "resume": None, "resume_from": None, "fork_from": None} | wishes
    with pytest.raises(InvalidInput, match=said):
        read_wishes(**words, root=tmp_path)  # type: ignore[arg-type]


EARLY = """
import time
clock, ahead = time.time, [0.0]
time.time = lambda: clock() + ahead[0]
import runstone
from runstone.tracking import sending
sending._ASKS_S = (0.1,) * 1_000
def begin(rank):
    return runstone.init(
        "requeued", id="requeued", rank=rank, resume="allow", reinit="create_new"
    )
first = begin(0)
ahead[0] = 5_000.0
first.log({"leads": 0})
first.finish(1)
joined = begin(1)
while joined.url is None:  # before it is led
    time.sleep(0.01)
leader = begin(0)
there = runstone.Api().run("ada/requeued/requeued")
latest = 0.0
while latest < 5_000:
    joined.log({"joins": 1})
    time.sleep(0.1)
    rows = there.history().to_arrow().to_pylist()
    latest = max((row["_runtime"] for row in rows if row.get("joins")), default=0.0)
joined.finish()
leader.finish()
"""


def test_a_rank_that_is_there_before_its_leader_counts_from_where_that_one_does(desk: Desk) -> None:
    desk.run(EARLY)
