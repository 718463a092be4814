"""SwanLab, offline: a log on disk; its server is a set of containers and cannot be had here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import swanlab


def begin(place: Path) -> Callable[[Mapping[str, float]], object]:
    settings = swanlab.Settings(probe=swanlab.Settings.Probe(monitor=False))
    log_dir = str(place)
    run = swanlab.init(project=place.name, log_dir=log_dir, mode="offline", settings=settings)
    return run.log


def finish() -> None:
    swanlab.finish()


def reader(place: Path) -> Callable[[], dict[str, list[float]]]:
    from swanlab.proto.swanlab.record.v1.record_pb2 import Record
    from swanlab.sdk.internal.core_python.store import DataStoreReader

    def read() -> dict[str, list[float]]:
        found: defaultdict[str, list[float]] = defaultdict(list)
        for path in place.rglob("*.swanlab"):
            if not path.stat().st_size:
                continue  # nothing of it was written yet
            store = DataStoreReader()
            store.open(path)
            for payload in store:
                record = Record.FromString(payload)
                if record.HasField("scalar"):
                    found[record.scalar.key].append(record.scalar.value.number)
            store.close()
        return found

    return read
