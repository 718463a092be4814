"""NVIDIA GPUs by the driver's own library, which is there where the driver is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from runstone.tracking.system import Source

_DRIVERS: Final = ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg", "/dev/nvhost-gpu")
"""Where one of them is, there is a driver: Linux, its Windows subsystem, Jetson."""


def load_nvml() -> Any | None:
    """The library, begun; None where there is no driver. To be ended with `nvmlShutdown`."""
    if sys.platform != "win32" and not any(map(os.path.exists, _DRIVERS)):
        return None  # importing the library takes longer than all else here
    try:
        import pynvml  # type: ignore[import-untyped,unused-ignore]

        pynvml.nvmlInit()
    except Exception:  # noqa: BLE001 - no driver, one of another version, no right to it
        return None
    return pynvml


class NvidiaGpus(Source):
    """Each GPU of the machine, and again below `process.` those that the run's process uses.

    Args:
        nvml: The module `pynvml`, begun.
        pid: Of the run's process.
    """

    def __init__(self, nvml: Any, pid: int) -> None:
        self._nvml = nvml
        self._pid = pid
        self._devices = [
            nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())
        ]
        self._energy0: dict[int, int] = {}
        self._absent: set[tuple[int, str]] = set()

    def measure(self) -> dict[str, float]:
        if not self._devices:
            raise LookupError("no GPU")
        pids = self._family()
        found: dict[str, float] = {}
        for index, device in enumerate(self._devices):
            values = dict(self._values(index, device))
            found |= {f"gpu.{index}.{name}": value for name, value in values.items()}
            if pids & self._users(index, device):
                found |= {f"gpu.process.{index}.{name}": value for name, value in values.items()}
        return found

    def close(self) -> None:
        with suppress(Exception):
            self._nvml.nvmlShutdown()

    def _values(self, index: int, device: Any) -> Iterator[tuple[str, float]]:
        nvml = self._nvml

        def ask(name: str, question: Callable[..., Any], *arguments: Any) -> Any | None:
            """What a device does not support is not asked again."""
            if (index, name) in self._absent:
                return None
            try:
                return question(device, *arguments)
            except nvml.NVMLError:
                self._absent.add((index, name))
                return None

        if (use := ask("use", nvml.nvmlDeviceGetUtilizationRates)) is not None:
            yield "gpu", use.gpu
            yield "memory", use.memory
        if (memory := ask("memory", nvml.nvmlDeviceGetMemoryInfo)) is not None and memory.total:
            yield "memoryAllocated", 100 * memory.used / memory.total
            yield "memoryAllocatedBytes", memory.used
        if (
            temp := ask("temp", nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU)
        ) is not None:
            yield "temp", temp
        power = ask("power", nvml.nvmlDeviceGetPowerUsage)
        limit = ask("limit", nvml.nvmlDeviceGetEnforcedPowerLimit)
        if power is not None:
            yield "powerWatts", power / 1_000
        if limit is not None:
            yield "enforcedPowerLimitWatts", limit / 1_000
        if power is not None and limit:
            yield "powerPercent", 100 * power / limit
        if (energy := ask("energy", nvml.nvmlDeviceGetTotalEnergyConsumption)) is not None:
            yield "energyJoules", (energy - self._energy0.setdefault(index, energy)) / 1_000
        for name, clock in (
            ("smClock", nvml.NVML_CLOCK_SM),
            ("memoryClock", nvml.NVML_CLOCK_MEM),
            ("graphicsClock", nvml.NVML_CLOCK_GRAPHICS),
        ):
            if (hertz := ask(name, nvml.nvmlDeviceGetClockInfo, clock)) is not None:
                yield name, hertz
        if (fan := ask("fanSpeed", nvml.nvmlDeviceGetFanSpeed)) is not None:
            yield "fanSpeed", fan
        for name, question in (
            ("encoderUtilization", nvml.nvmlDeviceGetEncoderUtilization),
            ("decoderUtilization", nvml.nvmlDeviceGetDecoderUtilization),
        ):
            if (said := ask(name, question)) is not None:
                yield name, said[0]
        for name, kind in (
            ("correctedMemoryErrors", nvml.NVML_MEMORY_ERROR_TYPE_CORRECTED),
            ("uncorrectedMemoryErrors", nvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED),
        ):
            errors = ask(name, nvml.nvmlDeviceGetTotalEccErrors, kind, nvml.NVML_VOLATILE_ECC)
            if errors is not None:
                yield name, errors

    def _users(self, index: int, device: Any) -> set[int]:
        if (index, "users") in self._absent:
            return set()
        try:
            return {p.pid for p in self._nvml.nvmlDeviceGetComputeRunningProcesses(device)}
        except self._nvml.NVMLError:
            self._absent.add((index, "users"))
            return set()

    def _family(self) -> set[int]:
        import psutil

        from runstone.tracking.system.machine import family

        try:
            return {process.pid for process in family(psutil.Process(self._pid))}
        except psutil.Error:
            return {self._pid}


_ARCHITECTURES: Final = {
    2: "Kepler", 3: "Maxwell", 4: "Pascal", 5: "Volta", 6: "Turing", 7: "Ampere", 8: "Ada",
    9: "Hopper", 10: "Blackwell",
}  # fmt: skip


def describe(nvml: Any) -> dict[str, Any]:
    """The GPUs and their driver, in the words of `wandb-metadata.json`."""
    devices = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())]
    if not devices:
        return {}

    def ask(question: Callable[..., Any], *arguments: Any) -> Any | None:
        try:
            said = question(*arguments)
        except nvml.NVMLError:
            return None
        return said.decode() if isinstance(said, bytes) else said

    gpus = []
    for device in devices:
        memory = ask(nvml.nvmlDeviceGetMemoryInfo, device)
        gpus.append(
            {
                "name": ask(nvml.nvmlDeviceGetName, device),
                "memoryTotal": None if memory is None else str(memory.total),
                "cudaCores": ask(nvml.nvmlDeviceGetNumGpuCores, device),
                "architecture": _ARCHITECTURES.get(
                    ask(nvml.nvmlDeviceGetArchitecture, device) or 0
                ),
                "uuid": ask(nvml.nvmlDeviceGetUUID, device),
            }
        )
    found = {"gpu": gpus[0]["name"], "gpu_count": len(gpus), "gpu_nvidia": gpus}
    if version := ask(nvml.nvmlSystemGetCudaDriverVersion_v2):
        found["cudaVersion"] = f"{version // 1_000}.{version % 1_000 // 10}"
    return found
