"""Aim: RocksDB in the script's own folder, written in log()."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import aim

_LIVE: list[aim.Run] = []


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    run = aim.Run(repo=str(place), experiment=place.name, system_tracking_interval=None)
    _LIVE.append(run)
    track, steps = run.track, count()

    def log(values: Mapping[str, float]) -> None:
        track(values, step=next(steps))

    return log


def finish() -> None:
    _LIVE.pop().close()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    gc.collect()
    repo = aim.Repo(str(place))

    def read() -> dict[str, list[float]]:
        found = {}
        for name in repo.list_all_runs():
            # Opened to go on with it: for reading only, Aim asks an index that its UI makes.
            run = aim.Run(
                name,
                repo=repo,
                force_resume=True,
                system_tracking_interval=None,
                capture_terminal_logs=False,
            )
            for metric in run.metrics():
                _, (values,) = metric.data.view(("val",)).items_list()
                found[metric.name] = values
            run.close()
        return found

    return read
