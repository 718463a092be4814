"""The wandb client's side of bench/mlflow_reading.py, run by that client's own Python.

Words: `REPEATS`. Prints milliseconds by question as JSON.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import Any

import wandb
from runs_data import MAX_LOSS, PAGE, PROJECT
from timing import measured


def ask(repeats: int) -> dict[str, Any]:
    api = wandb.Api(timeout=60)
    path = f"{api.default_entity}/{PROJECT}"
    long = api.run(f"{path}-long/long")
    chosen = {"config.optimizer": "adam", "summary_metrics.val/loss": {"$lt": MAX_LOSS}}
    order = "-summary_metrics.val/acc"

    def page(filters: dict[str, Any]) -> list[str]:
        api.flush()  # the client remembers lists
        runs = api.runs(path, filters=filters, order=order, per_page=PAGE, lazy=False)
        return [run.name for run in islice(runs, PAGE)]

    def everything() -> int:
        api.flush()
        runs = api.runs(path, per_page=1_000, lazy=False)
        return sum(bool(run.config) and bool(run.summary_metrics) for run in runs)

    def history() -> list[float]:
        return [row["loss"] for row in long.scan_history(keys=["loss"], page_size=10_000)]

    return measured(
        {
            "search": lambda: page(chosen),
            "sort": lambda: page({}),
            "everything": everything,
            "history": history,
        },
        repeats,
    )


if __name__ == "__main__":
    print(json.dumps(ask(int(sys.argv[1]))))
