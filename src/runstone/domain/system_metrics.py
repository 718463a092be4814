"""What the keys of system metrics mean: which part of a machine, which one of it, which unit.

Clients name them `gpu.0.powerWatts` or `disk./data.usagePercent`, wandb with `system.` before and,
where several processes share a run, `/l:` and the process's label behind. What is not known here
keeps its name and has no unit; it is never dropped.

Source: wandb-core 0.19 to 0.31 `core/pkg/monitor`, the keys that its terminal view
(`core/internal/leet`) knows, and what these clients were seen to send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HOSTS_KEY: Final = "hosts"
"""Where dialects keep, in `RunDocuments.client_info`, the names of machines by writer."""

_PREFIX: Final = "system."
_LABEL: Final = "/l:"


class DeviceKind(StrEnum):
    """Which part of a machine, in the order in which people look."""

    GPU = "gpu"
    TPU = "tpu"
    TRAINIUM = "trainium"
    IPU = "ipu"
    NEURAL_ENGINE = "neural_engine"
    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    NETWORK = "network"
    PROCESS = "process"
    POWER = "power"
    EXPORTED = "exported"
    """Taken over from a Prometheus or OpenMetrics endpoint; the device is its name."""
    OTHER = "other"


class Unit(StrEnum):
    """What a value counts."""

    PERCENT = "%"
    BYTES = "B"
    MEBIBYTES = "MiB"
    GIBIBYTES = "GiB"
    BYTES_PER_SECOND = "B/s"
    CELSIUS = "°C"
    WATTS = "W"
    JOULES = "J"
    MEGAHERTZ = "MHz"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class SystemKey:
    """The parts of a key.

    Attributes:
        label: Which of several processes, as the user labelled it; None where the key says none.
        device: Which one of its kind (`0`, `/data`, `nvme0n1`); None where there is only one.
        name: The metric without the device, so that all devices of a kind share it. For what a
            process itself uses of a GPU it begins with `process.`.
        is_total: Grows from the beginning of the run: a difference tells more than the value.
    """

    label: str | None
    kind: DeviceKind
    device: str | None
    name: str
    unit: Unit | None
    is_total: bool = False


def parse_key(key: str) -> SystemKey:
    """Takes a key apart."""
    plain, _, label = key.partition(_LABEL)
    plain = plain.removeprefix(_PREFIX) or key
    kind, device, name = _place(plain)
    unit, is_total = _meaning(kind, name)
    return SystemKey(label or None, kind, device, name, unit, is_total)


def _place(key: str) -> tuple[DeviceKind, str | None, str]:
    for kind, pattern in _PLACES:
        found = pattern.fullmatch(key)
        if found is not None:
            parts = found.groupdict()
            name = (parts.get("owner") or "") + (parts.get("name") or key)
            return kind, parts.get("device"), name
    return DeviceKind.OTHER, None, key


def _meaning(kind: DeviceKind, name: str) -> tuple[Unit | None, bool]:
    place = (kind, name.removeprefix("process."))
    if place in _UNITS:
        return _UNITS[place], place in _TOTALS
    for end, unit in _ENDINGS:
        if name.lower().endswith(end):
            return unit, False
    return None, False


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


# First match counts. A mount point or a metric of an endpoint may itself have dots.
_PLACES: Final = (
    (DeviceKind.GPU, _of(r"gpu\.(?P<owner>process\.)?(?P<device>\d+)\.(?P<name>.+)")),
    (DeviceKind.GPU, _of(r"gpu\.(?P<name>.+)")),
    (DeviceKind.TPU, _of(r"tpu\.(?:(?P<device>\d+)\.)?(?P<name>.+)")),
    (DeviceKind.TRAINIUM, _of(r"trn\.(?:(?P<device>\d+)\.)?(?P<name>.+)")),
    (DeviceKind.IPU, _of(r"ipu\.(?:(?P<device>\d+)\.)?(?P<name>.+)")),
    (DeviceKind.NEURAL_ENGINE, _of(r"ane\.(?P<name>.+)")),
    (DeviceKind.CPU, _of(r"cpu\.(?:(?P<device>\d+)\.)?(?P<name>.+)")),
    (DeviceKind.CPU, _of(r"(?P<name>cpu|load1|load5|load15)")),
    # Named after the process by its client, and yet of the whole machine.
    (DeviceKind.MEMORY, _of(r"proc\.memory\.(?P<name>availableMB)")),
    (DeviceKind.MEMORY, _of(r"memory\.(?P<name>.+)")),
    (DeviceKind.MEMORY, _of(r"(?P<name>memory|memory_percent|swap\..+)")),
    (DeviceKind.DISK, _of(r"disk\.(?P<device>.+)\.(?P<name>[^.]+)")),
    (DeviceKind.DISK, _of(r"disk\.(?P<name>[^.]+)")),
    (DeviceKind.DISK, _of(r"(?P<name>disk)")),
    (DeviceKind.NETWORK, _of(r"network\.(?:(?P<device>.+)\.)?(?P<name>[^.]+)")),
    (DeviceKind.PROCESS, _of(r"proc\.(?P<name>.+)")),
    # The client's own process beside the one that trains.
    (DeviceKind.PROCESS, _of(r"(?P<device>wandb)\.(?P<name>.+)")),
    (DeviceKind.POWER, _of(r"system\.(?P<name>.+)")),
    (DeviceKind.EXPORTED, _of(r"openmetrics\.(?P<device>[^.]+)\.(?P<name>.+)")),
)

_BY_UNIT: Final = {
    DeviceKind.GPU: {
        Unit.PERCENT: "gpu memory memoryAllocated powerPercent fanSpeed encoderUtilization "
        "decoderUtilization smActive smOccupancy dramActive pipeTensorActive "
        "pipeTensorHmmaActive pipeFp64Active pipeFp32Active pipeFp16Active",
        Unit.BYTES: "memoryAllocatedBytes memoryUsed memoryUsedBytes",
        Unit.CELSIUS: "temp memoryTemp",
        Unit.WATTS: "powerWatts enforcedPowerLimitWatts",
        Unit.JOULES: "energyJoules",
        Unit.MEGAHERTZ: "smClock memoryClock graphicsClock freq",
        Unit.BYTES_PER_SECOND: "pcieTxBytes pcieRxBytes nvlinkTxBytes nvlinkRxBytes",
        Unit.COUNT: "correctedMemoryErrors uncorrectedMemoryErrors recoveryCount",
    },
    DeviceKind.TPU: {
        Unit.PERCENT: "dutyCycle memoryUsage tensorcoreUtilization runtimeHbmUtilization",
        Unit.BYTES: "memoryUsageBytes hbmMemoryUsage hbmCapacityTotal hbmCapacityUsage",
    },
    DeviceKind.TRAINIUM: {
        Unit.PERCENT: "neuroncore_utilization",
        Unit.BYTES: "host_total_memory_usage neuron_device_total_memory_usage "
        "host_memory_usage.application_memory host_memory_usage.constants "
        "host_memory_usage.dma_buffers host_memory_usage.tensors "
        "neuroncore_memory_usage.constants neuroncore_memory_usage.model_code "
        "neuroncore_memory_usage.model_shared_scratchpad "
        "neuroncore_memory_usage.runtime_memory neuroncore_memory_usage.tensors",
    },
    DeviceKind.NEURAL_ENGINE: {Unit.WATTS: "power"},
    DeviceKind.CPU: {
        Unit.PERCENT: "cpu cpu_percent ecpu_percent pcpu_percent",
        Unit.CELSIUS: "avg_temp",
        Unit.WATTS: "powerWatts",
        Unit.MEGAHERTZ: "ecpu_freq pcpu_freq",
    },
    DeviceKind.MEMORY: {
        Unit.PERCENT: "memory memory_percent used_percent swap.used_percent",
        Unit.BYTES: "used swap.used",
        Unit.MEBIBYTES: "availableMB",
    },
    DeviceKind.DISK: {
        Unit.PERCENT: "disk usagePercent",
        Unit.GIBIBYTES: "usageGB",
        Unit.MEBIBYTES: "in out",
        Unit.BYTES_PER_SECOND: "readBps writeBps",
    },
    DeviceKind.NETWORK: {
        Unit.BYTES: "sent recv",
        Unit.BYTES_PER_SECOND: "sentBps recvBps",
        Unit.COUNT: "tcpRetransmits",
    },
    DeviceKind.PROCESS: {
        Unit.PERCENT: "cpu memory.percent cpu.throttledPercent",
        Unit.MEBIBYTES: "memory.rssMB",
        Unit.COUNT: "cpu.threads memory.oomKills",
    },
    DeviceKind.POWER: {Unit.WATTS: "powerWatts"},
}
_UNITS: Final = {
    (kind, name): unit
    for kind, names_by_unit in _BY_UNIT.items()
    for unit, names in names_by_unit.items()
    for name in names.split()
} | {
    (DeviceKind.IPU, "average board temp"): Unit.CELSIUS,
    (DeviceKind.IPU, "average die temp"): Unit.CELSIUS,
    (DeviceKind.IPU, "clock"): Unit.MEGAHERTZ,
    (DeviceKind.IPU, "ipu power"): Unit.WATTS,
    (DeviceKind.IPU, "ipu utilisation (%)"): Unit.PERCENT,
    (DeviceKind.IPU, "ipu utilisation (session)"): Unit.PERCENT,
}
_TOTALS: Final = frozenset(
    [
        (DeviceKind.DISK, "in"),
        (DeviceKind.DISK, "out"),
        (DeviceKind.NETWORK, "sent"),
        (DeviceKind.NETWORK, "recv"),
        (DeviceKind.NETWORK, "tcpRetransmits"),
        (DeviceKind.GPU, "energyJoules"),
        (DeviceKind.GPU, "correctedMemoryErrors"),
        (DeviceKind.GPU, "uncorrectedMemoryErrors"),
        (DeviceKind.GPU, "recoveryCount"),
        (DeviceKind.PROCESS, "memory.oomKills"),
    ]
)
# What a name itself says, for metrics that came after this table.
_ENDINGS: Final = (
    ("percent", Unit.PERCENT),
    ("watts", Unit.WATTS),
    ("joules", Unit.JOULES),
    ("bps", Unit.BYTES_PER_SECOND),
    ("bytes", Unit.BYTES),
    ("_celsius", Unit.CELSIUS),
)
