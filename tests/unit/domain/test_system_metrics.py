"""Keys of system metrics, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.system_metrics import DeviceKind, SystemKey, Unit, parse_key

D, U = DeviceKind, Unit


@pytest.mark.parametrize(
    ("key", "kind", "device", "name", "unit"),
    [
        ("system.gpu.0.gpu", D.GPU, "0", "gpu", U.PERCENT),
        ("system.gpu.11.powerWatts", D.GPU, "11", "powerWatts", U.WATTS),
        ("system.gpu.0.memoryAllocatedBytes", D.GPU, "0", "memoryAllocatedBytes", U.BYTES),
        ("system.gpu.process.3.temp", D.GPU, "3", "process.temp", U.CELSIUS),
        ("system.gpu.0.pcieTxBytes", D.GPU, "0", "pcieTxBytes", U.BYTES_PER_SECOND),
        ("system.gpu.0.freq", D.GPU, "0", "freq", U.MEGAHERTZ),
        ("system.tpu.2.dutyCycle", D.TPU, "2", "dutyCycle", U.PERCENT),
        ("system.tpu.hloQueueSize.tensor_core-0", D.TPU, None, "hloQueueSize.tensor_core-0", None),
        (
            "system.trn.1.neuroncore_utilization",
            D.TRAINIUM,
            "1",
            "neuroncore_utilization",
            U.PERCENT,
        ),
        (
            "system.trn.host_memory_usage.tensors",
            *(D.TRAINIUM, None),
            "host_memory_usage.tensors",
            U.BYTES,
        ),
        ("system.ipu.0.average die temp", D.IPU, "0", "average die temp", U.CELSIUS),
        ("system.ane.power", D.NEURAL_ENGINE, None, "power", U.WATTS),
        ("system.cpu", D.CPU, None, "cpu", U.PERCENT),
        ("system.cpu.7.cpu_percent", D.CPU, "7", "cpu_percent", U.PERCENT),
        ("system.cpu.avg_temp", D.CPU, None, "avg_temp", U.CELSIUS),
        ("system.load15", D.CPU, None, "load15", None),
        ("system.memory", D.MEMORY, None, "memory", U.PERCENT),
        ("system.memory_percent", D.MEMORY, None, "memory_percent", U.PERCENT),
        ("system.memory.used", D.MEMORY, None, "used", U.BYTES),
        ("system.swap.used_percent", D.MEMORY, None, "swap.used_percent", U.PERCENT),
        ("system.proc.memory.availableMB", D.MEMORY, None, "availableMB", U.MEBIBYTES),
        ("system.proc.memory.rssMB", D.PROCESS, None, "memory.rssMB", U.MEBIBYTES),
        ("system.proc.cpu.threads", D.PROCESS, None, "cpu.threads", U.COUNT),
        ("system.wandb.memory.rssMB", D.PROCESS, "wandb", "memory.rssMB", U.MEBIBYTES),
        ("system.disk", D.DISK, None, "disk", U.PERCENT),
        ("system.disk./.usagePercent", D.DISK, "/", "usagePercent", U.PERCENT),
        ("system.disk./mnt/a.b/c.usageGB", D.DISK, "/mnt/a.b/c", "usageGB", U.GIBIBYTES),
        ("system.disk.nvme0n1.readBps", D.DISK, "nvme0n1", "readBps", U.BYTES_PER_SECOND),
        ("system.network.sentBps", D.NETWORK, None, "sentBps", U.BYTES_PER_SECOND),
        ("system.network.eth0.recv", D.NETWORK, "eth0", "recv", U.BYTES),
        ("system.system.powerWatts", D.POWER, None, "powerWatts", U.WATTS),
        ("system.openmetrics.node1.DCGM_FI_DEV_X.0", D.EXPORTED, "node1", "DCGM_FI_DEV_X.0", None),
        # Later than the table: the family is known, and perhaps what the name itself says.
        ("system.gpu.0.dreamsPercent", D.GPU, "0", "dreamsPercent", U.PERCENT),
        ("system.gpu.0.mood", D.GPU, "0", "mood", None),
        # Not wandb's, or nothing that anybody knows.
        ("gpu.1.temp", D.GPU, "1", "temp", U.CELSIUS),
        ("fridge/door", D.OTHER, None, "fridge/door", None),
        ("system.", D.OTHER, None, "system.", None),
        ("", D.OTHER, None, "", None),
    ],
)
def test_parts(
    key: str, kind: DeviceKind, device: str | None, name: str, unit: Unit | None
) -> None:
    found = parse_key(key)
    assert (found.label, found.kind, found.device, found.name, found.unit) == (
        *(None, kind, device),
        *(name, unit),
    )


def test_a_label_is_no_part_of_the_metric() -> None:
    found = parse_key("system.network.sent/l:rank/1 .x")
    assert found == SystemKey("rank/1 .x", D.NETWORK, None, "sent", U.BYTES, is_total=True)


def test_totals_are_told_from_levels() -> None:
    assert parse_key("system.disk.vda.in").is_total
    assert parse_key("system.gpu.0.energyJoules").is_total
    assert not parse_key("system.disk./.usageGB").is_total
    assert not parse_key("system.network.sentBps").is_total


@given(st.text())
def test_no_key_is_lost(key: str) -> None:
    found = parse_key("system." + key)
    assert found.name or not key.partition("/l:")[0]
