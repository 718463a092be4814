"""pandm, local: a thread of the script writes a SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandm

_ALL = 1_000_000_000


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    return pandm.init(place.name, directory=place, remote=False).log


def finish() -> None:
    pandm.finish()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from pandm.storage import LocalStore

    store = LocalStore(place)

    def read() -> dict[str, list[float]]:
        return {
            key["key"]: store.metric_series(run["id"], key["key"], _ALL)["values"]
            for run in store.list_runs(place.name)
            for key in store.metric_keys(run["id"])
        }

    return read
