"""MLflow's side of bench/mlflow_reading.py, run by MLflow's own Python.

Words: `fill URI RUNS ROWS`, which writes the runs into an SQLite database of MLflow's, or
`ask URL REPEATS`, which asks a server and prints milliseconds by question as JSON.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
import uuid
from contextlib import closing
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from runs_data import MAX_LOSS, PAGE, PROJECT, long_row, run_data
from timing import measured

_BATCH = 1_000
"""The most metrics that `log_batch` takes."""


def fill(uri: str, num_runs: int, num_rows: int) -> None:
    """Writes the runs: the first and the long one through `MlflowClient`, the others as it did.

    The client takes 30 ms for a run, five minutes for 10,000: so their rows are copies of the first
    one's, with their own names and values, put into MLflow's tables in one transaction.
    """
    client = MlflowClient(uri)
    experiment = client.create_experiment(PROJECT)
    now = int(time.time() * 1_000)
    data = run_data(0)
    first = client.create_run(experiment, run_name=data.name).info.run_id
    params = [Param(key, str(value)) for key, value in data.params.items()]
    metrics = [Metric(key, value, now, 0) for key, value in data.metrics.items()]
    client.log_batch(first, metrics, params)
    client.set_terminated(first)
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as database, database:
        copy_runs(database, first, num_runs)
    run = client.create_run(client.create_experiment(f"{PROJECT}-long"), run_name="long")
    points = [
        Metric(key, value, now + step, step)
        for step in range(num_rows)
        for key, value in long_row(step).items()
    ]
    for begin in range(0, len(points), _BATCH):
        client.log_batch(run.info.run_id, points[begin : begin + _BATCH])
    client.set_terminated(run.info.run_id)


def copy_runs(database: sqlite3.Connection, first: str, num_runs: int) -> None:
    """Runs 1 and following, by the rows that the client wrote of run 0."""
    database.row_factory = sqlite3.Row
    kept = {
        table: [
            dict(row)
            for row in database.execute(f"SELECT * FROM {table} WHERE run_uuid = ?", [first])
        ]
        for table in ("runs", "params", "metrics", "latest_metrics", "tags")
    }
    for index in range(1, num_runs):
        data, run = run_data(index), uuid.uuid4().hex
        texts = {key: str(value) for key, value in data.params.items()}
        for table, rows in kept.items():
            for row in rows:
                new = {**row, "run_uuid": run}
                if table == "runs":
                    # One after the other, as MLflow orders runs by it.
                    later = {name: row[name] + index for name in ("start_time", "end_time")}
                    uri = row["artifact_uri"].replace(first, run)
                    new |= {**later, "name": data.name, "artifact_uri": uri}
                elif table == "tags":
                    new["value"] = data.name if row["key"] == "mlflow.runName" else row["value"]
                else:
                    new["value"] = texts.get(row["key"], data.metrics.get(row["key"]))
                marks = ", ".join("?" * len(new))
                database.execute(f"INSERT INTO {table} VALUES ({marks})", list(new.values()))


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
