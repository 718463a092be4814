"""What a run's machines measured."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runstone.domain.errors import NotFound
from runstone.domain.history import HistoryBatch, Numbers, Objects
from runstone.domain.run import RunUpdate
from runstone.domain.system_metrics import HOSTS_KEY, DeviceKind, Unit
from runstone.services import ingest
from runstone.services.ingest import Report
from runstone.services.system_metrics import Host, SystemMetrics, read_system_metrics
from runstone.testing.office import Office


def _measure(office: Office, columns: dict[str, list[float]], *, writer: str = "") -> None:
    count = max(map(len, columns.values()))
    row = np.arange(count)
    batch = HistoryBatch(
        row0=0,
        step=row,
        time=1e9 + row.astype(np.float64),
        runtime=row.astype(np.float64),
        numbers={
            key: Numbers(np.array(values), np.arange(len(values), dtype=np.uint32))
            for key, values in columns.items()
        },
        objects={"system.note": Objects(['"text"'], np.array([0], np.uint32))},
    )
    report = Report(writer=writer, system=batch)
    actor = office.actor("anna")
    office.write(lambda tx: ingest.record(tx, actor, "anna", "digits", "r1", report))


def _read(office: Office, who: str = "anna") -> SystemMetrics:
    actor = office.actor(who)
    return office.read(lambda s: read_system_metrics(s, actor, "anna", "digits", "r1"))


def test_one_machine(office: Office) -> None:
    office.begin("r1", update=RunUpdate(host="node-7"))
    _measure(
        office,
        {
            "system.gpu.10.powerWatts": [1.0, 2.0, 250.5],
            "system.gpu.2.powerWatts": [1.0, 2.0],
            "system.gpu.2.gpu": [1.0, math.nan],
            "system.disk./data.usagePercent": [71.0],
            "fridge": [4.0],
        },
    )

    found = _read(office)

    assert found.hosts == [Host("", None, "node-7")]
    assert [(m.host, m.parts.kind, m.parts.device, m.parts.name) for m in found.metrics] == [
        (0, DeviceKind.GPU, "2", "gpu"),
        (0, DeviceKind.GPU, "2", "powerWatts"),
        (0, DeviceKind.GPU, "10", "powerWatts"),
        (0, DeviceKind.DISK, "/data", "usagePercent"),
        (0, DeviceKind.OTHER, None, "fridge"),
    ]
    power = found.metrics[2]
    assert (power.key, power.parts.unit) == ("system.gpu.10.powerWatts", Unit.WATTS)
    assert (power.num_values, power.last, power.last_at) == (3, 250.5, 1e9 + 2)
    assert math.isnan(found.metrics[0].last)


def test_machines_of_several_writers(office: Office) -> None:
    info = {HOSTS_KEY: {"w2": "node-1", "w10": 5}}
    office.begin("r1", update=RunUpdate(host="node-1", client_info=info))
    _measure(office, {"system.cpu/l:rank10": [1.0]}, writer="w10")
    _measure(office, {"system.cpu/l:rank2": [2.0, 3.0], "system.cpu": [9.0]}, writer="w2")

    found = _read(office)

    assert found.hosts == [
        Host("w2", None, "node-1"),
        Host("w2", "rank2", "node-1"),
        Host("w10", "rank10", None),
    ]
    assert [(m.host, m.key, m.num_values, m.last) for m in found.metrics] == [
        (0, "system.cpu", 1, 9.0),
        (1, "system.cpu/l:rank2", 2, 3.0),
        (2, "system.cpu/l:rank10", 1, 1.0),
    ]
    assert {metric.parts.name for metric in found.metrics} == {"cpu"}


def test_a_run_that_measured_nothing(office: Office) -> None:
    office.begin("r1")
    assert _read(office) == SystemMetrics([], [])


def test_strangers_see_nothing(office: Office) -> None:
    office.begin("r1")
    with pytest.raises(NotFound):
        _read(office, "bert")
