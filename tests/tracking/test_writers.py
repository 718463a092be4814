"""Several processes in one run: launched, spawned, forked, attached; some of them killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.sdk import Api
from runstone.sdk.run import Run
from runstone.tracking.folder import RunFolder
from runstone.tracking.identity import Identity
from runstone.tracking.launch import Launch, find_launch, run_of_launch

NUM_RANKS = 4

TRAINS = """
import os, runstone
rank = int(os.environ["RANK"])
run = runstone.init("ddp", config={"lr": 0.1, "rank": rank}, name="of all")
for i in range(50):
    run.log({f"loss/{rank}": i})
run.summary["best"] = rank
run.finish(exit_code=0 if rank == 0 else 3)
print(run.id)
"""


def launched(desk: Desk, script: str, **more: str) -> list[subprocess.Popen[str]]:
    """Started as torchrun does: an environment, and nothing else."""
    common = {"WORLD_SIZE": f"{NUM_RANKS}", "LOCAL_WORLD_SIZE": f"{NUM_RANKS}"}
    common |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "none"}
    return [
        desk.start(script, **common, RANK=f"{rank}", LOCAL_RANK=f"{rank}", **more)
        for rank in range(NUM_RANKS)
    ]


def printed(processes: list[subprocess.Popen[str]], *, codes: tuple[int, ...] = (0,)) -> list[str]:
    return [out.strip() for out, _ in said(processes, codes=codes)]


def said(
    processes: list[subprocess.Popen[str]], *, codes: tuple[int, ...] = (0,)
) -> list[tuple[str, str]]:
    """What each of them printed, and wrote to its error output."""
    told = [process.communicate(timeout=120) for process in processes]
    for process, (_, err) in zip(processes, told, strict=True):
        assert process.returncode in codes, err
    return [(out, err) for out, err in told]


def only_run(api: Api, project: str) -> Run:
    (run,) = api.runs(f"ada/{project}")
    return run


def logged(run: Run) -> dict[str, list[object]]:
    """What was logged of each key, in order."""
    rows = run.history().to_arrow().to_pylist()
    keys = {key for row in rows for key in row if not key.startswith("_")}
    return {key: [row[key] for row in rows if row[key] is not None] for key in keys}


def test_ranks_of_a_launch_are_one_run(desk: Desk, api: Api) -> None:
    told = said(launched(desk, TRAINS, RUNSTONE_SHARED="1"))
    ids = [out.strip() for out, _ in told]
    run = only_run(api, "ddp")
    assert [run.url in err for _, err in told] == [True, False, False, False], "one of them says it"
    assert ids == [run.id] * NUM_RANKS
    assert logged(run) == {f"loss/{rank}": list(range(50)) for rank in range(NUM_RANKS)}
    assert run.config == {"lr": 0.1, "rank": 0}, "rank 0 says it"
    assert (run.summary["best"], run.name) == (0, "of all")
    last = {f"loss/{rank}": 49 for rank in range(NUM_RANKS)}
    assert run.summary.items() >= last.items(), "each is the last of what only one rank logs"
    assert run.state == "finished", "the others end with 3, and it is not their run"
    folders = sorted(
        path.name.rpartition("-rank-")[2] for path in desk.folder.glob("runstone/run-*")
    )
    assert folders == ["0", "1", "2", "3"]


def test_of_what_all_ranks_log_the_leader_has_the_word(desk: Desk, api: Api) -> None:
    script = """
import os, runstone
rank = int(os.environ["RANK"])
with runstone.init("ddp-same") as run:
    for i in range(50):
        run.log({"loss": 100 * rank + i, "lr": rank} if rank else {"loss": i})
"""
    printed(launched(desk, script, RUNSTONE_SHARED="1"))
    run = only_run(api, "ddp-same")
    assert run.summary["loss"] == 49
    assert run.summary["lr"] in range(1, NUM_RANKS), "of who joined, any"


def test_not_asked_for_they_are_runs_of_their_own(desk: Desk, api: Api) -> None:
    ids = printed(launched(desk, TRAINS.replace("ddp", "apart"), RUNSTONE_MODE="offline"))
    assert len(set(ids)) == NUM_RANKS


def test_who_joined_does_not_end_it_nor_begin_it_again(desk: Desk, api: Api) -> None:
    leads = """
import runstone
with runstone.init("led", id="one", rank=0) as run:
    run.log({"first": 1})
"""
    joins = """
import runstone
with runstone.init("led", id="one", label="actor-a", config={"of": "actor"}) as run:
    run.log({"actor": 1})
"""
    desk.run(joins)
    assert only_run(api, "led").state == "running", "its leader is still to come"
    desk.run(leads)
    assert only_run(api, "led").state == "finished"
    desk.run(joins)
    run = only_run(api, "led")
    assert (run.state, run.config) == ("finished", {})
    assert logged(run) == {"first": [1], "actor": [1, 1]}, "a second life of a label is another's"


def test_killed_writers_lose_nothing(desk: Desk, api: Api) -> None:
    endless = """
import os, runstone
rank = os.environ["RANK"]
run = runstone.init("shot", shared=True, mode="offline")
i = 0
while True:
    run.log({rank: i})
    print(i, flush=True)
    i += 1
"""
    processes = launched(desk, endless)
    chance = random.Random(7)
    last = []
    for process in processes:
        assert process.stdout is not None
        wanted = chance.randint(10, 3_000)
        for line in process.stdout:
            if int(line) >= wanted:
                break
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        last.append(int(rest[-1] if rest else line))
        process.communicate()
    desk.runstone("sync")
    values = logged(only_run(api, "shot"))
    for rank in range(NUM_RANKS):
        rows = values[f"{rank}"]
        assert rows == list(range(len(rows)))
        assert len(rows) >= last[rank] + 1


SPAWNS = """
import multiprocessing, os, sys, time, runstone

def work(number):
    for i in range(50):
        runstone.log({f"child/{number}": i})
    sys.stdout.write(f"{runstone.run.url} {runstone.run.path}\\n")
    runstone.finish()

if __name__ == "__main__":
    run = runstone.init("spawned", mode=sys.argv[1])
    run.log({"parent": 0})
    while sys.argv[1] == "online" and run.url is None:
        time.sleep(0.05)
    context = multiprocessing.get_context(sys.argv[2])
    children = [context.Process(target=work, args=(number,)) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert all(child.exitcode == 0 for child in children)
    run.log({"parent": 1})
    run.finish()
    assert "RUNSTONE_ATTACH" not in os.environ
"""


@pytest.mark.parametrize(("mode", "way"), [("online", "spawn"), ("offline", "forkserver")])
def test_workers_log_into_the_run_of_their_parent(
    desk: Desk, api: Api, mode: str, way: str
) -> None:
    script = desk.folder / "script.py"
    script.write_text(SPAWNS.replace("spawned", f"spawned-{way}"))
    done = subprocess.run(
        [sys.executable, script, mode, way], cwd=desk.folder, env=desk.environ,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    desk.runstone("sync")
    run = only_run(api, f"spawned-{way}")
    assert run.state == "finished"
    children = {f"child/{number}": list(range(50)) for number in range(4)}
    assert logged(run) == {"parent": [0, 1], **children}
    place = f"{run.url} {run.path}" if mode == "online" else f"None spawned-{way}/{run.id}"
    # In one write each: the four processes share a pipe.
    assert done.stdout.splitlines() == [place] * 4


def test_workers_of_a_disabled_run_do_nothing(desk: Desk) -> None:
    script = desk.folder / "script.py"
    script.write_text(SPAWNS)
    done = subprocess.run(
        [sys.executable, script, "disabled", "spawn"], cwd=desk.folder, env=desk.environ,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert not (desk.folder / "runstone").exists()


def test_a_worker_that_outlives_its_parent_is_synced(desk: Desk, api: Api) -> None:
    parent = """
import os, subprocess, sys, runstone
run = runstone.init("outlived")
run.log({"parent": 0})
child = subprocess.Popen([sys.executable, "-c", '''
import runstone, sys
run = runstone.attach(label="worker")
run.log({"child": 0})
print("attached", flush=True)
sys.stdin.read()
run.log({"child": 1})
'''], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
assert child.stdout.readline() == b"attached\\n"
run.finish()
print(child.pid, flush=True)
os._exit(0)  # closes the pipe, which the child waits for
"""
    out, _ = desk.run(parent)
    wait_for_end(int(out))
    desk.runstone("sync")
    run = only_run(api, "outlived")
    assert logged(run) == {"parent": [0], "child": [0, 1]}
    assert run.state == "finished"
    assert "was sent before" in desk.runstone("sync")


def wait_for_end(pid: int) -> None:
    """Of a process that is nobody's child here."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        signal.sigtimedwait([], 0.05)


def test_nothing_to_attach_to(desk: Desk) -> None:
    _, err = desk.run("import runstone\nrunstone.attach()", code=1)
    assert "no process that began one" in err
    over = "import runstone\nrun = runstone.init(mode='offline')\nrun.finish()\nprint(run.folder)"
    folder = desk.run(over)[0].strip()
    _, err = desk.run(f"import runstone\nrunstone.attach({folder!r})", code=1)
    assert "has ended" in err


def test_no_two_processes_have_one_name(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, Identity("a", "p", 0.0))
    names = [folder.claim("pid-7")[0] for _ in range(3)]
    assert names == ["pid-7", "pid-7-2", "pid-7-3"]
    assert folder.claim("main")[0] == "main-2", "that is what the first one's files are called"
    assert folder.claim("../x/é")[0] == ".._x__"


def test_the_same_process_number_in_two_lives_is_not_one_writer() -> None:
    first, second = Identity("a", "p", 0.0), Identity("a", "p", 0.0, writer="1f")
    assert [first.writer_of(""), first.writer_of("pid-7")] == ["", "pid-7"]
    assert [second.writer_of(""), second.writer_of("pid-7")] == ["1f", "1f.pid-7"]


SLURM = {"SLURM_PROCID": "3", "SLURM_NTASKS": "8", "SLURM_JOB_ID": "71", "SLURM_STEP_ID": "0"}


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, None),
        (SLURM, Launch(3, 8, "slurm//71/0")),
        (SLURM | {"RANK": "5", "WORLD_SIZE": "16"}, Launch(5, 16, "slurm//71/0")),
        (
            {"RANK": "5", "WORLD_SIZE": "16", "TORCHELASTIC_RUN_ID": "job-9"},
            Launch(5, 16, "torchelastic/job-9"),
        ),
        ({"RANK": "5", "WORLD_SIZE": "16", "TORCHELASTIC_RUN_ID": "none"}, Launch(5, 16, None)),
        (
            {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "PMIX_NAMESPACE": "n"},
            Launch(1, 2, "pmix/n"),
        ),
        ({"PMI_RANK": "1", "PMI_SIZE": "2"}, Launch(1, 2, None)),
        ({"LOCAL_RANK": "1", "WORLD_SIZE": "2"}, Launch(1, 2, None)),
        ({"LOCAL_RANK": "1", "NODE_RANK": "1"}, None),
        ({"RANK": "first"}, None),
    ],
)
def test_what_launchers_say(environ: Mapping[str, str], found: Launch | None) -> None:
    assert find_launch(environ) == found


def test_launches_on_one_machine_are_told_apart_by_their_launcher() -> None:
    environ = {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    launch = find_launch(environ)
    assert launch is not None
    assert launch.id is not None
    assert f"/{os.getppid()}/" in launch.id
    assert run_of_launch(launch) == run_of_launch(find_launch(environ | {"RANK": "1"}))
    assert run_of_launch(launch) != run_of_launch(Launch(0, 2, launch.id + "1"))


@pytest.mark.parametrize("launch", [None, Launch(2, 4, None)])
def test_processes_that_cannot_agree_are_told_how(launch: Launch | None) -> None:
    with pytest.raises(InvalidInput, match="RUNSTONE_RUN_ID"):
        run_of_launch(launch)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("shared=True", "no launcher"),
        ("id='x', rank=-1", "from 0, which leads"),
        ("id='x', label=''", "label of a process"),
    ],
)
def test_what_makes_no_sense_is_said(desk: Desk, call: str, said: str) -> None:
    _, err = desk.run(f"import runstone\nrunstone.init('p', {call})", code=1)
    assert said in err


def test_two_under_one_id_are_told(desk: Desk) -> None:
    _, err = desk.run(
        """
import time, runstone
from runstone.tracking import terminal
for _ in range(2):
    runstone.init("two", id="same", mode="offline", reinit="create_new")
while not terminal._said:
    time.sleep(0.01)
"""
    )
    assert "another process logs to the run same at the same time" in err


OUTLIVED = """
import multiprocessing, runstone, time

def work(number):
    runstone.log({"number": number})
    time.sleep(0.3)  # the next one is another look
    return runstone.run.url

if __name__ == "__main__":
    run = runstone.init("pools", id="first")
    while run.url is None:
        time.sleep(0.05)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(work, range(2)) == [run.url] * 2
        run.finish()
        second = runstone.init("pools", id="second", mode="offline")
        pool.map(work, range(2, 4))
    second.finish()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_pool_that_outlives_its_run_is_told(desk: Desk) -> None:
    _, err = desk.run(OUTLIVED)
    assert err.count("the run first has ended in the process that began it") == 1
