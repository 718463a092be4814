"""What goes wrong in a training script: said once at most; it goes on, and what can be kept is."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import pytest
from tests.tracking.conftest import Desk

from runstone.sdk import Api
from runstone.sdk.run import Run


def only_run(api: Api, project: str) -> Run:
    (run,) = api.runs(f"ada/{project}")
    return run


VALUES = """
import math, runstone
class Tensor:
    "As one of PyTorch on a GPU, of which one number is asked."
    shape = ()
    def __init__(self, value, place="cuda"): self.value, self.place = value, place
    def detach(self): return self
    def cpu(self): return Tensor(self.value, "cpu")
    def item(self):
        assert self.place == "cpu"
        return self.value
class Silent:
    def __repr__(self): raise RuntimeError("no")
class Odd:
    def __repr__(self): return "odd"
loop = {}; loop["me"] = loop
with runstone.init("values") as run:
    run.log({"a": 1, "nan": math.nan, "inf": math.inf, "huge": 10**5000, "big": -(2**80)})
    run.log({"a": "text now", "tensor": Tensor(0.5), "odd": Odd(), "set": {1}, "bytes": b"x"})
    run.log({"a": [1], "loop": loop, "half": "\\ud800", 3: 4, ("k", 1): 5, "fn": len})
    run.log({"silent": Silent(), "beside": 1})
    run.log({"long": "x" * 10_000_000, "beside": 2})
    run.log({"a": 6}, step="seven")
    run.log({"a": 7}, step=2**70)
    run.log({"a": 8})
print(run.id)
"""


def test_values_of_all_kinds(desk: Desk, api: Api) -> None:
    _, err = desk.run(VALUES)
    run = only_run(api, "values")
    assert run.state == "finished"
    rows = run.history().to_arrow().to_pylist()
    assert len(rows) == 8
    assert math.isnan(rows[0]["nan"])
    assert rows[0]["inf"] == math.inf
    assert run.summary["big"] == -(2**80)
    assert rows[1]["tensor"] == 0.5
    assert run.summary["odd"] == "odd"
    assert run.summary["a"] == 8
    assert run.summary["beside"] == 2
    assert err.count("no whole number of 64 bits") == 1
    assert err.count("Traceback") == 0


def test_more_keys_than_anybody_can_look_at(desk: Desk, api: Api) -> None:
    _, err = desk.run(
        """
import runstone
from runstone.tracking.parts import rows
rows._MANY_KEYS = 50_000  # a row of a hundred thousand would take the test's time
with runstone.init("keys") as run:
    run.log({f"key/{i}": i for i in range(50_000)})
    for i in range(3):
        run.log({f"loss_at_step_{i}": i})
    run.log({"after": 1})
"""
    )
    assert err.count("50,000 different names") == 1
    assert "'loss_at_step_2'" in err
    run = only_run(api, "keys")
    assert run.summary["after"] == 1
    assert run.summary["key/49999"] == 49_999


def test_what_no_report_can_hold_stops_nothing_behind_it(desk: Desk, api: Api) -> None:
    _, err = desk.run(
        """
import runstone
with runstone.init("giants") as run:
    run.log({"before": 1})
    run.log({"giant": "x" * 17_000_000, "beside": 2})
    for i in range(2):
        run.log({"large": chr(97 + i) * 9_000_000})
    run.log({"after": 3})
"""
    )
    run = only_run(api, "giants")
    assert run.state == "finished"
    rows = run.history().to_arrow().to_pylist()
    assert [row["after"] for row in rows][-1] == 3
    assert [row["beside"] for row in rows][1] == 2
    assert err.count("'giant'") == 1


def test_a_limit_of_file_sizes(desk: Desk) -> None:
    """As a full disk: what fits is kept, and it is said once."""
    _, err = desk.run(
        """
import resource, runstone
run = runstone.init("full", mode="offline")
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
for i in range(3_000):
    run.log({"i": i, "text": "x" * 100})
run.log({"giant": "x" * 100_000})
run.log({"last": 1})
run.finish()
"""
    )
    assert err.count("cannot be written") == 1
    from runstone.tracking.journal import JournalReader
    from runstone.tracking.records import Row, decode

    (folder,) = desk.folder.glob("runstone/run-*/journal")
    records = [decode(p)[1] for p in JournalReader(folder, "").records()]
    rows = [record.values for record in records if isinstance(record, Row)]
    assert [row["i"] for row in rows if "i" in row] == list(range(3_000))
    assert rows[-1] == {"last": 1}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no folders that are read-only")
@pytest.mark.parametrize("place", ["/proc/no/such", "file"])
def test_a_folder_that_cannot_be_written(desk: Desk, place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    _, err = desk.run(
        """
import runstone
run = runstone.init("elsewhere", mode="offline")
run.log({"a": 1})
run.finish()
assert run.folder is not None
""",
        RUNSTONE_DIR=place,
        TMPDIR=str(tmp_path),
    )
    assert err.count("cannot be written") == 1
    assert list(tmp_path.glob("runstone-*/run-*/journal/main.000000.journal"))


CLOCK = """
import time
clock, ahead = time.time, [0.0]
time.time = lambda: clock() + ahead[0]
import runstone
run = runstone.init("clocks", mode="offline")
run.log({"n": 0})
ahead[0] = -86_400.0
run.log({"n": 1})
time.sleep(0.01)
run.log({"n": 2})
print(clock())
"""


def test_a_clock_that_is_set_back(desk: Desk, api: Api) -> None:
    """Times are what the clock said; runtimes go on where they were."""
    now = float(desk.run(CLOCK)[0])
    desk.runstone("sync")
    (run,) = api.runs("ada/clocks")
    rows = list(run.history())
    assert [row["n"] for row in rows] == [0, 1, 2]
    runtimes = [row["_runtime"] for row in rows]
    assert 0 <= runtimes[0] <= runtimes[1] < runtimes[2] < 3_600
    said = [row["_timestamp"] for row in rows]
    assert said[0] - said[1] > 80_000
    assert now - said[0] < 3_600


def test_a_name_of_another_type_each_time(desk: Desk, api: Api) -> None:
    """Every value is kept under it, and nothing is said."""
    _, err = desk.run(
        """
import runstone
with runstone.init("types") as run:
    for value in (1, "text", [1, 2], {"a": 1}, True, None, 2.5):
        run.log({"m": value})
"""
    )
    run = only_run(api, "types")
    assert run.summary["m"] == 2.5
    assert len(run.history().to_arrow()) == 7
    assert "lost" not in err
    assert "not logged" not in err


NO_THREADS = """
import threading
threading.stack_size({bytes})
try:
    threading.Thread(target=print).start()
except RuntimeError:
    print("none")
import runstone
run = runstone.init("threads", id="{console}", config={{"a": 1}})
print("said")
for number in range(3_000):
    run.log({{"n": number}})
run.finish()
"""


@pytest.mark.skipif(sys.maxsize < 2**32 or os.name == "nt", reason="stacks of any size")
@pytest.mark.parametrize("console", ["wrap", "redirect"])
def test_a_process_that_may_start_no_thread(desk: Desk, api: Api, console: str) -> None:
    """As with `ulimit -u`, which does not bind root: here no stack would be small enough."""
    script = NO_THREADS.format(bytes=2**46, console=console)
    out, err = desk.run(script, RUNSTONE_CONSOLE=console)
    assert out.split() == ["none", "said"]
    assert err.count("start no thread") == 1
    desk.runstone("sync")
    run = api.run(f"ada/threads/{console}")
    assert (run.state, run.config, run.history().to_arrow().num_rows) == (
        "finished",
        {"a": 1},
        3_000,
    )
    assert [line.text for line in run.console()][-1] == "said"
