"""neptune-scale, offline: SQLite; its service was switched off in March 2026."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import neptune_scale

_LIVE: list[neptune_scale.Run] = []
_READ_BYTES = 1 << 40


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    run = neptune_scale.Run(
        project=f"bench/{place.name}", mode="offline", log_directory=place / "runs"
    )
    _LIVE.append(run)
    log_metrics, steps = run.log_metrics, count()

    def log(values: Mapping[str, float]) -> None:
        log_metrics(values, next(steps))  # type: ignore[arg-type]

    return log


def finish() -> None:
    _LIVE.pop().close()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from neptune_scale.sync.operations_repository import OperationsRepository

    def read() -> dict[str, list[float]]:
        found: defaultdict[str, list[float]] = defaultdict(list)
        for path in (place / "runs").glob("*/*.sqlite3"):
            store = OperationsRepository(path)
            for entry in store.get_operations(_READ_BYTES):
                for key, value in getattr(entry.operation, "append", {}).items():
                    found[key].append(value.float64)
            store.close(cleanup_files=False)
        return found

    return read
