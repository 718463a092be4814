"""The client's side of bench/api.py, run by that client's own Python.

Words: `QUESTION REPEATS`. Prints milliseconds, and how much came, as JSON.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
from collections.abc import Callable
from itertools import islice

import wandb
from runs_data import MAX_LOSS, PAGE, PROJECT

api = wandb.Api(timeout=120)
path = f"{api.default_entity}/{PROJECT}"
has_lazy = "lazy" in inspect.signature(wandb.Api.runs).parameters
full = {"lazy": False} if has_lazy else {}
chosen = {"config.optimizer": "adam", "summary_metrics.val/loss": {"$lt": MAX_LOSS}}


def listed(*, per_page: int, **options: bool) -> int:
    """Every run of the project, with its name and state."""
    return sum(bool(run.name and run.state) for run in api.runs(path, per_page=per_page, **options))


def table(per_page: int) -> int:
    """What recipes for a table of runs do: config, summary and name of each."""
    rows = [
        (run.name, dict(run.summary_metrics), {k: v for k, v in run.config.items() if k[:1] != "_"})
        for run in api.runs(path, per_page=per_page, **full)
    ]
    return sum(bool(config and summary) for _, summary, config in rows)


def page(**options: object) -> int:
    """The first page, and how many runs there are."""
    runs = api.runs(path, per_page=PAGE, **full, **options)
    return len(list(islice(runs, PAGE))) + 0 * len(runs)


QUESTIONS: dict[str, Callable[[], int]] = {
    "lazy": lambda: listed(per_page=1_000),
    "lazy-50": lambda: listed(per_page=PAGE),
    "full": lambda: table(1_000),
    "full-50": lambda: table(PAGE),
    "filtered": lambda: page(filters=chosen, order="-summary_metrics.val/acc"),
    "ordered": lambda: page(order="+config.lr"),
    "one": lambda: len(wandb.Api().run(f"{path}/run-7").config),
}


def main() -> None:
    question = QUESTIONS[sys.argv[1]]
    question()
    times, count = [], 0
    for _ in range(int(sys.argv[2])):
        api.flush()  # the client remembers lists
        begin = time.perf_counter()
        count = question()
        times.append((time.perf_counter() - begin) * 1e3)
    print(json.dumps({"ms": times, "count": count}))


if __name__ == "__main__":
    main()
