"""Logging in the midst of logging: signals, destructors, threads, forks."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.tracking.conftest import Desk

from runstone.tracking.journal import JournalReader, writers_in
from runstone.tracking.lane import Lane
from runstone.tracking.records import Row, decode


def records(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for writer in writers_in(folder):
        reader = JournalReader(folder, writer)
        while more := list(reader.records()):
            found += more
    return found


def rows(desk: Desk) -> list[dict[str, object]]:
    (journal,) = desk.folder.glob("runstone/run-*/journal")
    found = [decode(payload)[1] for payload in records(journal)]
    return [record.values for record in found if isinstance(record, Row)]


def test_threads_share_a_lane(tmp_path: Path) -> None:
    lane = Lane(tmp_path, lambda: "")

    def write(name: int) -> None:
        for number in range(3_000):
            lane.append(b"%d %d " % (name, number) * 20)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lane.close()
    found = records(tmp_path)
    assert len(found) == 12_000
    for name in range(4):
        mine = [p for p in found if p.startswith(b"%d " % name)]
        assert mine == [b"%d %d " % (name, number) * 20 for number in range(3_000)]


def test_a_closed_lane_takes_nothing(tmp_path: Path) -> None:
    lane = Lane(tmp_path, lambda: "")
    lane.append(b"one")
    lane.close()
    with pytest.raises(ValueError, match="closed"):
        lane.append(b"two")
    assert records(tmp_path) == [b"one"]


def test_a_signal_in_mid_record(desk: Desk) -> None:
    desk.run(
        """
import os, signal, runstone
run = runstone.init("signals", mode="offline")
told = 0
def handler(number, frame):
    global told
    run.log({"told": told})
    told += 1
    signal.setitimer(signal.ITIMER_REAL, 0.0002)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0002)
logged = 0
while told < 300:
    run.log({"i": logged, "text": "x" * 300})
    logged += 1
os._exit(0)
"""
    )
    found = rows(desk)
    told = [row["told"] for row in found if "told" in row]
    counted = [row["i"] for row in found if "i" in row]
    assert sorted(told) == list(range(len(told)))  # type: ignore[type-var]
    assert len(told) >= 300
    assert counted == list(range(len(counted)))


def test_a_record_within_a_record(tmp_path: Path) -> None:
    lane = Lane(tmp_path, lambda: "")
    lane.open()
    journal = lane._journal
    assert journal is not None

    class Interrupted(bytes):
        """Its length is asked for in the midst of being appended."""

        depth = 0

        def __len__(self) -> int:
            if self.depth < 2:
                lane.append(Deeper(b"inner"))
            return super().__len__()

    class Deeper(Interrupted):
        depth = 1

        def __len__(self) -> int:
            lane.append(b"innermost")
            return bytes.__len__(self)

    lane.append(Interrupted(b"outer"))
    lane.close()
    assert sorted(set(records(tmp_path))) == [b"inner", b"innermost", b"outer"]


def test_a_destructor_that_logs(desk: Desk) -> None:
    desk.run(
        """
import gc, runstone
run = runstone.init("destructors", mode="offline")
class Loud:
    def __init__(self, number): self.number, self.me = number, self
    def __del__(self): run.log({"gone": self.number})
gc.set_threshold(5)
for i in range(500):
    Loud(i)
    run.log({"i": i, "a": [{"b": [i]}]})
gc.collect()
import os; os._exit(0)
"""
    )
    found = rows(desk)
    assert [row["i"] for row in found if "i" in row] == list(range(500))
    assert sorted(row["gone"] for row in found if "gone" in row) == list(range(500))  # type: ignore[type-var]


def test_forks_while_threads_log(desk: Desk) -> None:
    """Children of forks, and theirs, end by `os._exit`, as workers of multiprocessing do."""
    desk.run(
        """
import os, threading, runstone
run = runstone.init("forks", mode="offline")
over = threading.Event()
def busy(name):
    i = 0
    while not over.is_set():
        run.log({f"thread{name}": i}); i += 1
threads = [threading.Thread(target=busy, args=(n,)) for n in range(2)]
for t in threads: t.start()
def child(name, depth):
    pid = os.fork()
    if pid: return pid
    for i in range(20): run.log({f"child{name}": i})
    if depth: os.waitpid(child(name + "x", depth - 1), 0)
    os._exit(0)
for n in range(10):
    os.waitpid(child(str(n), 1), 0)
over.set()
for t in threads: t.join()
run.log({"last": 1})
os._exit(0)
"""
    )
    found = rows(desk)
    for name in [f"{n}{x}" for n in range(10) for x in ("", "x")]:
        key = f"child{name}"
        assert [row[key] for row in found if key in row] == list(range(20))
    for name in ("thread0", "thread1"):
        values = [row[name] for row in found if name in row]
        assert values == list(range(len(values)))
    assert {"last": 1} in found


def test_a_signal_handler_that_finishes(desk: Desk) -> None:
    _, err = desk.run(
        """
import os, signal, runstone
run = runstone.init("ended", mode="offline")
def handler(number, frame):
    run.finish(7)
    os._exit(0)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.05)
while True:
    run.log({"text": "x" * 300})
"""
    )
    (journal,) = desk.folder.glob("runstone/run-*/journal")
    ends = [p for p in records(journal) if p.startswith(b"[3,")]
    assert ends == [b"[3,7]"], err
