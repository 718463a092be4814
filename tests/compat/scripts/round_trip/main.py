"""Runs with every kind of data, written and read back by the real client alone.

Words: a folder for scratch files, and the number of runs. What is found is compared with what was
logged, value by value; the last line says how much was compared and where anything differed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import runs
import wandb
from listing import check_changes, check_deletion, check_listing
from reading import Checks, check_run
from writing import PROJECT


def main(folder: Path, count: int) -> None:
    os.chdir(folder)
    began = time.monotonic()
    truths = runs.write_all(folder, count)
    wrote = time.monotonic()
    api = wandb.Api(timeout=60)
    path = f"{api.default_entity}/{PROJECT}"
    checks = Checks()
    wait_for_the_crash(f"{path}/{truths[0].id}")
    check_listing(checks, api, path, truths)
    read = folder / "read"
    check_changes(checks, path, truths[-5])
    for truth in truths:
        check_run(checks, api.run(f"{path}/{truth.id}"), truth, read / truth.id)
    check_deletion(checks, path, truths[-4])
    facts: dict[str, Any] = {
        "runs": len(truths),
        "rows": sum(len(truth.rows) for truth in truths),
        "checks": checks.done,
        "differences": checks.differences,
        "write_s": round(wrote - began, 1),
        "read_s": round(time.monotonic() - wrote, 1),
    }
    print("RESULT " + json.dumps(facts))


def wait_for_the_crash(path: str) -> None:
    """The run whose process was killed counts as crashed once the server has missed it."""
    for _ in range(240):
        if wandb.Api().run(path).state != "running":
            return
        time.sleep(0.25)


if __name__ == "__main__":
    if sys.argv[1] == "crash":
        runs.crash(sys.argv[2], Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
