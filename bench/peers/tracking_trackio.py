"""Trackio, local: a thread of the script writes its SQLite file every half second.

Where TRACKIO_SERVER_URL is set, it sends to a server instead, and that is what is read.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import trackio

_RUN = "run"
_MOST_ROWS = 10_000
"""That its server gives at once."""


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    trackio.init(place.name, name=_RUN, auto_log_cpu=False, auto_log_gpu=False)
    return trackio.log


def finish() -> None:
    trackio.finish()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    if url := os.environ.get("TRACKIO_SERVER_URL"):
        from trackio.remote_client import RemoteClient

        client = RemoteClient(url, verbose=False)

        def ask(name: str, *words: object) -> Any:
            return client.predict(place.name, *words, api_name=f"/{name}")

        def rows() -> list[dict[str, Any]]:
            (run,) = ask("get_logs_batch", [{"run": _RUN}], _MOST_ROWS, False)
            return list(run["logs"])

        def read() -> dict[str, list[float]]:
            found = by_key(seen := rows())
            if seen and seen[-1]["step"] >= len(seen):
                # Thinned out: what is longer is asked metric by metric.
                for key in found:
                    points = ask("get_metric_values", _RUN, key)
                    found[key] = [point["value"] for point in points]
            return found

    else:
        from trackio.sqlite_storage import SQLiteStorage

        def read() -> dict[str, list[float]]:
            return by_key(SQLiteStorage.get_logs(place.name, _RUN))

    return read


def by_key(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[float]]:
    """The values of each metric, in the order of the rows."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for key, value in row.items():
            if key not in ("step", "timestamp"):
                found[key].append(value)
    return found
