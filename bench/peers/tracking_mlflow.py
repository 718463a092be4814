"""MLflow with its own server, on SQLite: a request for each call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import mlflow


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    mlflow.set_experiment(place.name)
    mlflow.start_run()
    log_metrics, steps = mlflow.log_metrics, count()

    def log(values: Mapping[str, float]) -> None:
        log_metrics(values, step=next(steps))

    return log


def finish() -> None:
    mlflow.end_run()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    client = mlflow.MlflowClient()

    def read() -> dict[str, list[float]]:
        found = {}
        experiment = client.get_experiment_by_name(place.name)
        for run in client.search_runs([experiment.experiment_id]):
            for key in run.data.metrics:
                points = client.get_metric_history(run.info.run_id, key)
                points.sort(key=lambda point: point.step)
                found[key] = [point.value for point in points]
        return found

    return read
