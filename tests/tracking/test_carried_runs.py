"""Runs that are carried to other processes, as arguments of workers and in checkpoints."""

from __future__ import annotations

import subprocess
import sys

from tests.tracking.conftest import Desk

from runstone.sdk import Api

SCRIPT = """
import concurrent.futures, copy, multiprocessing, pickle, runstone

class Data:
    def __init__(self, run): self.run = run

def work(data, number):
    for i in range(5):
        data.run.log({f"worker/{number}": i})
    assert runstone.run is data.run
    return data.run.id

if __name__ == "__main__":
    run = runstone.init("carried")
    data = Data(run)
    assert copy.deepcopy(data).run is run
    assert pickle.loads(pickle.dumps(data)).run is run
    context = multiprocessing.get_context("spawn")
    # One worker, two tasks: it is attached once.
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        told = [pool.submit(work, data, number) for number in range(2)]
        assert {one.result() for one in told} == {run.id}
    run.log({"own": 1})
    kept = pickle.dumps(data)
    run.finish()
    late = pickle.loads(kept).run
    late.log({"late": 1})
    assert (late.id, late.project, late.mode) == (run.id, "carried", "disabled")
"""


def test_a_run_that_workers_are_given_is_attached_to(desk: Desk, api: Api) -> None:
    script = desk.folder / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script], cwd=desk.folder, env=desk.environ,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is not kept") == 1
    (run,) = api.runs("ada/carried")
    assert run.state == "finished"
    rows = run.history().to_arrow().to_pylist()
    logged = {key: [row[key] for row in rows if row[key] is not None]
              for key in ("own", "worker/0", "worker/1")}  # fmt: skip
    assert logged == {"own": [1], "worker/0": [0, 1, 2, 3, 4], "worker/1": [0, 1, 2, 3, 4]}
    assert "late" not in run.summary
