"""A training script that logs until it is killed, and says what `log()` has returned for.

Run: python training.py LEDGER STYLE (with what `runstone.init()` needs in the environment)

The ledger is a mapped file of 16 counters (uint64), one for each worker: how many of its rows were
logged. A counter is set after `log()` has returned, so what it says must never be missing.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import runstone

WORKERS = 16
_COUNTER_BYTES = 8
_MAX_ROWS = 20_000


def value(worker: int, i: int) -> float:
    """What row `i` of a worker holds under `x`; one in seven is no number."""
    return float("nan") if i % 7 == 3 else (worker + 1) * 0.1 + i


def row(style: str, worker: int, i: int) -> dict[str, Any]:
    """A row; `worker`, `i` and `x` tell it from all others."""
    data: dict[str, Any] = {"worker": worker, "i": i, "x": value(worker, i)}
    if style == "wide":
        data |= {f"metric/{k}": i * k * 0.5 for k in range(47)}
    elif style == "mixed":
        data |= {
            "text": f"row {i} — {'ü' * (i % 50)}",
            "nested": {"a": {"b": i}, "list": [i, None, "z"]},
            "flag": i % 2 == 0,
            "big": 2**70 + i,
        }
        if i % 40 == 5:
            data["long"] = "y" * 200_000
    return data


class Ledger:
    """The counters."""

    def __init__(self, path: str) -> None:
        descriptor = os.open(path, os.O_RDWR)
        self._map = mmap.mmap(descriptor, WORKERS * _COUNTER_BYTES)
        os.close(descriptor)

    def returned(self, worker: int, num: int) -> None:
        """`log()` has returned for so many rows."""
        at = worker * _COUNTER_BYTES
        # One copy of eight bytes. `struct` would set them to zero first, and may be killed then.
        self._map[at : at + _COUNTER_BYTES] = num.to_bytes(_COUNTER_BYTES, "little")


def work(run: runstone.ActiveRun, ledger: Ledger, style: str, worker: int) -> None:
    """Logs until the end."""
    log: Callable[..., None] = run.log
    for i in range(_MAX_ROWS):
        data = row(style, worker, i)
        if style == "commits":
            log({"worker": worker, "i": i}, commit=False)
            log({"x": data["x"]})
        else:
            log(data)
        ledger.returned(worker, i + 1)
        if style == "printing" and i % 3 == 0:
            print("loss", data["x"])
        if style == "slow":
            time.sleep(0.004)
    signal.pause()


def main() -> None:
    path, style = sys.argv[1:]
    ledger = Ledger(path)
    run = runstone.init("kills", config={"style": style, "lr": 0.1})
    if style == "threads":
        for worker in range(1, 4):
            threading.Thread(target=work, args=(run, ledger, style, worker), daemon=True).start()
    elif style == "forks":
        for worker in range(1, 4):
            if os.fork() == 0:
                work(run, ledger, style, worker)
                os._exit(0)
    work(run, ledger, style, 0)


if __name__ == "__main__":
    main()
