"""Runstone's own client; what it logged is read back from the server, over its API.

Offline (RUNSTONE_MODE) it is synced before that, and that is part of the reading.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import runstone

# Named here, as that imports them: the row `import` counts it, and nobody else's name does so.
init, end = runstone.init, runstone.finish


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    return init(place.name, dir=place).log


def finish() -> None:
    end()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    api = runstone.Api()

    def read() -> dict[str, list[float]]:
        found: defaultdict[str, list[float]] = defaultdict(list)
        if os.environ.get("RUNSTONE_MODE") == "offline":
            recover(place)
        for run in api.runs(place.name):
            for row in run.history():
                for key, value in row.items():
                    if not key.startswith("_"):
                        found[key].append(float(value))
        return found

    return read


def recover(place: Path) -> None:
    """What one does after a crash."""
    subprocess.run([sys.executable, "-m", "runstone", "sync", place], check=True)
