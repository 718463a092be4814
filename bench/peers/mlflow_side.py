"""MLflow's side of bench/mlflow_reading.py, run by MLflow's own Python.

Words: `fill URI RUNS ROWS`, which writes the runs through `MlflowClient` into a database, or
`ask URL REPEATS`, which asks a server and prints milliseconds by question as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from runs_data import MAX_LOSS, PAGE, PROJECT, long_row, run_data
from timing import measured

_BATCH = 1_000
"""The most metrics that `log_batch` takes."""


def fill(uri: str, num_runs: int, num_rows: int) -> None:
    client = MlflowClient(uri)
    experiment = client.create_experiment(PROJECT)
    now = int(time.time() * 1_000)
    for index in range(num_runs):
        data = run_data(index)
        run = client.create_run(experiment, run_name=data.name).info.run_id
        params = [Param(key, str(value)) for key, value in data.params.items()]
        metrics = [Metric(key, value, now, 0) for key, value in data.metrics.items()]
        client.log_batch(run, metrics, params)
        client.set_terminated(run)
    run = client.create_run(client.create_experiment(f"{PROJECT}-long"), run_name="long")
    points = [
        Metric(key, value, now + step, step)
        for step in range(num_rows)
        for key, value in long_row(step).items()
    ]
    for begin in range(0, len(points), _BATCH):
        client.log_batch(run.info.run_id, points[begin : begin + _BATCH])
    client.set_terminated(run.info.run_id)


def ask(url: str, repeats: int) -> dict[str, Any]:
    client = MlflowClient(url)
    found = client.get_experiment_by_name(PROJECT)
    found_long = client.get_experiment_by_name(f"{PROJECT}-long")
    assert found is not None
    assert found_long is not None
    experiments = [found.experiment_id]
    long = client.search_runs([found_long.experiment_id])[0].info.run_id
    chosen = f"params.optimizer = 'adam' and metrics.`val/loss` < {MAX_LOSS}"
    order = ["metrics.`val/acc` DESC"]

    def search() -> list[str]:
        return names(client.search_runs(experiments, chosen, max_results=PAGE, order_by=order))

    def sort() -> list[str]:
        return names(client.search_runs(experiments, max_results=PAGE, order_by=order))

    def everything() -> int:
        count, token = 0, None
        while True:
            page = client.search_runs(experiments, max_results=1_000, page_token=token)
            count += sum(bool(run.data.params) and bool(run.data.metrics) for run in page)
            token = page.token
            if not token:
                return count

    def history() -> list[float]:
        return [point.value for point in client.get_metric_history(long, "loss")]

    return measured(
        {"search": search, "sort": sort, "everything": everything, "history": history}, repeats
    )


def names(runs: Any) -> list[str]:
    return [run.info.run_name for run in runs]


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        print(json.dumps(ask(sys.argv[2], int(sys.argv[3]))))
