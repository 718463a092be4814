"""goodseed, local: one SQLite file for a run, written in log()."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import goodseed

_RUN = "run"
_LIVE: list[goodseed.Run] = []


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    run = goodseed.Run(run_id=_RUN, log_dir=place, storage="local", capture_hardware_metrics=False)
    _LIVE.append(run)
    log_metrics, steps = run.log_metrics, count()

    def log(values: Mapping[str, float]) -> None:
        log_metrics(values, next(steps))  # type: ignore[arg-type]

    return log


def finish() -> None:
    _LIVE.pop().close()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from goodseed.storage import LocalStorage

    def read() -> dict[str, list[float]]:
        storage = LocalStorage(place / f"{_RUN}.sqlite")
        found: defaultdict[str, list[float]] = defaultdict(list)
        for point in storage.get_metric_points():
            found[point["path"]].append(point["y"])
        storage.close()
        return found

    return read
