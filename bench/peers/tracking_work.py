"""What bench/tracking.py has each peer do, in that peer's own environment.

Words: the peer's driver (tracking_<name>.py), what to do, a folder for what is written, and where
the answer goes as JSON; then what the work needs. Standard library only, and little of it: the
process is measured as a whole. A driver has `begin(place)`, which begins a run and returns what
logs a row, `finish()`, `reader(place)`, which returns what reads all of it back, and, where there
is something to do after a crash, `recover(place)`.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path
from types import ModuleType

from tracking_processes import cpu_s as process_cpu_s
from tracking_processes import descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_POLL_S = 0.005
_PATIENCE_S = 60.0
_TOLERANCE = 1e-6
"""Relative: TensorBoard keeps 32 bits."""


def empty(driver: str, place: Path) -> dict[str, Any]:
    """A script that begins a run and ends it."""
    peer = importlib.import_module(driver)
    began = time.perf_counter()
    peer.begin(place)
    begun = time.perf_counter()
    peer.finish()
    return {"init_ms": (begun - began) * 1e3, "finish_ms": (time.perf_counter() - begun) * 1e3}


def calls(peer: ModuleType, place: Path, data: str, num: str, cap_s: str) -> dict[str, Any]:
    """Calls of log() as fast as they come."""
    rows = read_rows(data)
    log = peer.begin(place)
    for row in rows[:3]:
        log(row)
    cpu_s = tree_cpu_s()
    clock = time.perf_counter_ns
    took: list[int] = []
    keep, end = took.append, clock() + int(float(cap_s) * 1e9)
    began = clock()
    for index in range(int(num)):
        row = rows[index % len(rows)]
        before = clock()
        log(row)
        after = clock()
        keep(after - before)
        if after > end:
            break
    looped = clock()
    peer.finish()
    finished = clock()
    cpu_s = tree_cpu_s() - cpu_s
    ordered = sorted(took)
    return {
        "num": len(took),
        "p50_us": ordered[len(took) // 2] / 1e3,
        "p99_us": ordered[len(took) * 99 // 100] / 1e3,
        "max_us": ordered[-1] / 1e3,
        "loop_per_s": len(took) / ((looped - began) / 1e9),
        "per_s": len(took) / ((finished - began) / 1e9),
        "cpu_us": cpu_s / len(took) * 1e6,
    }


def through(peer: ModuleType, place: Path, data: str, cap_s: str) -> dict[str, Any]:
    """From the first call to all of it read back by the peer's own reader."""
    rows = read_rows(data)
    log = peer.begin(place)
    cpu_s = tree_cpu_s()
    began = time.perf_counter()
    end = began + float(cap_s)
    num = 0
    for row in rows:
        log(row)
        num += 1
        if time.perf_counter() > end:
            break
    looped = time.perf_counter()
    peer.finish()
    finished = time.perf_counter()
    used_s = tree_cpu_s() - cpu_s
    del log  # Aim has a run closed to readers as long as somebody has it
    read = peer.reader(place)
    num_points = num * len(rows[0])
    reading = time.perf_counter()
    while True:
        found = read()
        seen = time.perf_counter()
        if sum(map(len, found.values())) >= num_points or seen - reading > _PATIENCE_S:
            break
        time.sleep(_POLL_S)
    compare(found, rows[:num])
    return {
        "num_points": num_points,
        "is_cut": num < len(rows),
        "loop_s": looped - began,
        "finish_s": finished - looped,
        "read_s": seen - reading,
        # What the reader needs before it can read is the reader's, not the run's.
        "points_per_s": num_points / (finished - began + seen - reading),
        "cpu_s": used_s,
    }


def die(
    peer: ModuleType, place: Path, data: str, num: str, pause_s: str, cap_s: str, helpers: str
) -> dict[str, Any]:
    """Is killed right after log() has returned; the number of calls is what is left of it."""
    import mmap
    import signal
    import struct

    rows = read_rows(data)
    with (place / "calls").open("w+b") as file:
        file.truncate(8)
        counter = mmap.mmap(file.fileno(), 8)
    log = peer.begin(place)
    began = time.perf_counter()
    for index in range(int(num)):
        if due := float(pause_s) * index:
            time.sleep(max(0.0, began + due - time.perf_counter()))
        log(rows[index % len(rows)])
        struct.pack_into("<q", counter, 0, index + 1)
        if time.perf_counter() - began > float(cap_s):
            break
    doomed = descendants(os.getpid()) if helpers == "helpers" else []
    for pid in (*doomed, os.getpid()):
        os.kill(pid, signal.SIGKILL)
    raise AssertionError("killed")


def count(peer: ModuleType, place: Path) -> dict[str, Any]:
    """The rows that are there after a crash; each value once, and as it was logged."""
    if recover := getattr(peer, "recover", None):
        recover(place)
    return {"num": max(map(len, peer.reader(place)().values()), default=0)}


def read_rows(path: str) -> list[dict[str, float]]:
    """Rows of a file: the names of the metrics, then doubles row by row."""
    from array import array

    with Path(path).open("rb") as file:
        names = file.readline().decode().split()
        values = array("d")
        values.frombytes(file.read())
    width = len(names)
    return [
        dict(zip(names, values[at : at + width], strict=True))
        for at in range(0, len(values), width)
    ]


def compare(found: Mapping[str, Sequence[float]], rows: Sequence[Mapping[str, float]]) -> None:
    """Raises unless it is what was logged, in its order."""
    for key in rows[0]:
        wanted, got = [row[key] for row in rows], found.get(key, ())
        if len(got) != len(wanted):
            raise RuntimeError(f"{key}: {len(got):,} of {len(wanted):,} values")
        for step, (one, other) in enumerate(zip(wanted, got, strict=True)):
            if abs(one - other) > _TOLERANCE * max(1.0, abs(one)):
                raise RuntimeError(f"{key}, step {step}: {other} where {one} was logged")


def tree_cpu_s() -> float:
    """CPU seconds of this process and of all that it began, living or waited for."""
    times = os.times()
    mine = times.user + times.system + times.children_user + times.children_system
    return mine + process_cpu_s(*descendants(os.getpid()))


def main() -> None:
    name, work, folder, answer, *more = sys.argv[1:]
    place = Path(folder)
    if work == "empty":
        said = empty(name, place)
    else:
        peer = importlib.import_module(name)
        said = {"calls": calls, "through": through, "die": die, "count": count}[work](
            peer, place, *more
        )
    text = ",".join(f'"{key}":{str(value).lower()}' for key, value in said.items())
    Path(answer).write_text("{" + text + "}")


if __name__ == "__main__":
    main()
