"""What is measured of the machine while a run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pynvml  # type: ignore[import-untyped,unused-ignore]
import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.domain.system_metrics import DeviceKind, parse_key
from runstone.sdk import Api
from runstone.tracking.settings import Observed
from runstone.tracking.system import Source, SystemMetrics, all_sources
from runstone.tracking.system.amd import AmdGpus, amd_cards, card_name
from runstone.tracking.system.container import Container, memory_limit
from runstone.tracking.system.machine import Machine, family
from runstone.tracking.system.nvidia import NvidiaGpus, describe, load_nvml


def test_the_machine() -> None:
    machine = Machine(os.getpid())
    first, second = machine.measure(), machine.measure()
    assert {"proc.memory.rssMB", "memory_percent", "disk./.usagePercent"} <= set(first)
    assert {"cpu", "cpu.0.cpu_percent", "network.sentBps"} <= set(second)
    assert second["proc.cpu.threads"] >= threading.active_count()
    for key, value in second.items():
        parts = parse_key(f"system.{key}")
        assert parts.kind is not DeviceKind.OTHER, key
        assert parts.unit is not None, key
        assert value >= 0, key


def test_what_cannot_be_looked_at_keeps_nothing_else_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    kinds = {type(source) for source in all_sources(os.getpid())}
    assert Machine not in kinds
    assert Container in kinds


def test_processes_that_the_run_started_count() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        pids = {process.pid for process in family(psutil.Process())}
        assert {os.getpid(), child.pid} <= pids
    finally:
        child.communicate()
    assert child.pid not in {process.pid for process in family(psutil.Process())}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_limits_of_a_container(tmp_path: Path) -> None:
    root = write(
        tmp_path / "cgroup",
        {
            "memory.max": "max\n",
            "job/memory.max": "1000000\n",
            "job/memory.current": "600000\n",
            "job/memory.stat": "anon 5\ninactive_file 100000\n",
            "job/cpu.stat": "usage_usec 5\nnr_periods 10\nnr_throttled 2\n",
            "job/memory.events": "oom 1\noom_kill 3\n",
            "job/step/memory.max": "max\n",
            "job/step/memory.current": "1\n",
        },
    )
    process = tmp_path / "process"
    process.write_text("0::/job\n")
    limit = memory_limit(root, process)
    assert limit is not None
    assert (limit.limit_bytes, limit.used_bytes) == (1_000_000, 500_000)
    container = Container(root, process)
    assert container.measure() == {"proc.memory.oomKills": 3.0}
    write(root, {"job/cpu.stat": "nr_periods 30\nnr_throttled 7\n"})
    assert container.measure()["proc.cpu.throttledPercent"] == 25.0
    inner = tmp_path / "inner"
    inner.write_text("0::/job/step\n")
    assert memory_limit(root, inner) == limit, "the tightest around it"


def test_limits_of_the_first_kind(tmp_path: Path) -> None:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    root = write(tmp_path / "a", {f"memory/{names[0]}": "500", f"memory/{names[1]}": "100"})
    limit = memory_limit(root, tmp_path / "none")
    assert limit is not None
    assert (limit.limit_bytes, limit.used_bytes) == (500, 100)
    root = write(tmp_path / "b", {f"memory/{n}": "9223372036854771712" for n in names})
    assert memory_limit(root, tmp_path / "none") is None


def test_amd(tmp_path: Path) -> None:
    card = {
        "vendor": "0x1002\n",
        "device": "0x740f\n",
        "gpu_busy_percent": "37\n",
        "mem_info_vram_used": "1000\n",
        "mem_info_vram_total": "4000\n",
        "hwmon/hwmon3/temp1_input": "52000\n",
        "hwmon/hwmon3/power1_average": "125000000\n",
        "hwmon/hwmon3/power1_cap": "250000000\n",
        "hwmon/hwmon3/freq1_input": "nonsense\n",
    }
    write(tmp_path / "card1/device", card)
    write(tmp_path / "card0/device", {"vendor": "0x8086", "gpu_busy_percent": "1"})
    write(tmp_path / "card1-DP-1/device", card)
    assert AmdGpus(tmp_path).measure() == {
        "gpu.0.gpu": 37.0,
        "gpu.0.memoryAllocatedBytes": 1000.0,
        "gpu.0.memoryAllocated": 25.0,
        "gpu.0.temp": 52.0,
        "gpu.0.powerWatts": 125.0,
        "gpu.0.enforcedPowerLimitWatts": 250.0,
        "gpu.0.powerPercent": 50.0,
    }
    assert [card_name(card) for card in amd_cards(tmp_path)] == ["AMD 0x740f"]
    with pytest.raises(FileNotFoundError):
        AmdGpus(tmp_path / "nothing").measure()


class Nvml:
    """In the form of the library's answers, by hand: an A100, and a card that knows little."""

    class NVMLError(Exception):
        """As the library says no."""

    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_CLOCK_GRAPHICS = 1, 2, 0
    NVML_MEMORY_ERROR_TYPE_CORRECTED, NVML_MEMORY_ERROR_TYPE_UNCORRECTED = 0, 1
    NVML_VOLATILE_ECC = 0

    def __init__(self) -> None:
        self.num_refused = 0
        self.energy = 5_000_000

    def __getattr__(self, name: str) -> Callable[..., Any]:
        assert hasattr(pynvml, name), "the library has it"
        answers: dict[str, Callable[..., Any]] = {
            "DeviceGetUtilizationRates": lambda: SimpleNamespace(gpu=87, memory=41),
            "DeviceGetMemoryInfo": lambda: SimpleNamespace(used=10 << 30, total=40 << 30),
            "DeviceGetTemperature": lambda _: 61,
            "DeviceGetPowerUsage": lambda: 300_000,
            "DeviceGetEnforcedPowerLimit": lambda: 400_000,
            "DeviceGetTotalEnergyConsumption": lambda: self.energy,
            "DeviceGetClockInfo": lambda clock: (1410, 1410, 1215)[clock],
            "DeviceGetEncoderUtilization": lambda: (3, 167_000),
            "DeviceGetTotalEccErrors": lambda kind, _: kind,
            "DeviceGetComputeRunningProcesses": lambda: [SimpleNamespace(pid=os.getpid())],
            "DeviceGetName": lambda: "NVIDIA A100-SXM4-40GB",
            "DeviceGetNumGpuCores": lambda: 6912,
            "DeviceGetArchitecture": lambda: 7,
            "DeviceGetUUID": lambda: "GPU-1",
        }

        def ask(device: int, *arguments: Any) -> Any:
            question = answers.get(name.removeprefix("nvml"))
            if question is None or device != 0:
                self.num_refused += 1
                raise self.NVMLError(name)
            return question(*arguments)

        return ask

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:  # noqa: N802
        return 12_040


def test_nvidia() -> None:
    nvml = Nvml()
    gpus = NvidiaGpus(nvml, os.getpid())
    gpus.measure()
    num_refused = nvml.num_refused
    nvml.energy += 45_000
    found = gpus.measure()
    assert nvml.num_refused == num_refused, "what is refused once is not asked again"
    own = {key.removeprefix("gpu.0."): value for key, value in found.items() if ".0." in key}
    assert {key: own[key] for key in own if not key.startswith("gpu.process")} == {
        "gpu": 87, "memory": 41, "memoryAllocated": 25.0, "memoryAllocatedBytes": 10 << 30,
        "temp": 61, "powerWatts": 300.0, "enforcedPowerLimitWatts": 400.0, "powerPercent": 75.0,
        "energyJoules": 45.0, "smClock": 1410, "memoryClock": 1215, "graphicsClock": 1410,
        "encoderUtilization": 3, "correctedMemoryErrors": 0, "uncorrectedMemoryErrors": 1,
    }  # fmt: skip
    assert found["gpu.process.0.gpu"] == 87
    assert not any(".1." in key for key in found)
    for key in found:
        parts = parse_key(f"system.{key}")
        assert parts.kind is DeviceKind.GPU
        assert parts.unit is not None, key


def test_nvidia_is_described() -> None:
    said = describe(Nvml())
    assert (said["gpu"], said["gpu_count"], said["cudaVersion"]) == (
        "NVIDIA A100-SXM4-40GB", 2, "12.4",
    )  # fmt: skip
    assert said["gpu_nvidia"][0] == {
        "name": "NVIDIA A100-SXM4-40GB", "memoryTotal": str(40 << 30), "cudaCores": 6912,
        "architecture": "Ampere", "uuid": "GPU-1",
    }  # fmt: skip
    assert set(said["gpu_nvidia"][1].values()) == {None}


def test_a_machine_with_or_without_nvidia() -> None:
    nvml = load_nvml()
    assert (nvml is None) == (not Path("/proc/driver/nvidia/version").exists())


class Failing(Source):
    """Works twice."""

    def __init__(self) -> None:
        self.num_asked = 0

    def measure(self) -> dict[str, float]:
        self.num_asked += 1
        if self.num_asked > 2:
            raise OSError("the driver is gone")
        return {"a": float(self.num_asked)}


class Counting(Source):
    """Works always."""

    def measure(self) -> dict[str, float]:
        return {"b": 1.0}


def test_a_source_that_fails_is_asked_no_more() -> None:
    looks: list[tuple[int, dict[str, float]]] = []
    enough = threading.Event()

    def keep(number: int, now: float, values: dict[str, float]) -> None:
        looks.append((number, values))
        if len(looks) == 4:
            enough.set()

    failing = Failing()
    metrics = SystemMetrics(lambda: [failing, Counting()], keep, interval_s=0.01)
    metrics.start()
    assert enough.wait(60)
    metrics.stop()
    both, one = {"a": 2.0, "b": 1.0}, {"b": 1.0}
    assert looks[:4] == [(0, both), (1, one), (2, one), (3, one)]
    assert failing.num_asked == 3


def test_who_is_stopped_before_the_start_looks_at_nothing() -> None:
    metrics = SystemMetrics(lambda: [Counting()], lambda *_: None, interval_s=0.01)
    metrics.stop()
    before = set(threading.enumerate())
    metrics.start()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("text", ["0", "-1", "nan", "soon"])
def test_an_interval_that_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_SYSTEM_METRICS_INTERVAL", text)
    with pytest.raises(InvalidInput, match="RUNSTONE_SYSTEM_METRICS_INTERVAL"):
        Observed()


MEASURED = """
import glob, time, runstone
run = runstone.init("measured")
began = time.monotonic()
while time.monotonic() < began + 60:
    if any(open(name, "rb").read(65536).count(b"system.cpu") for name in
           glob.glob(f"{run.folder}/system/*.journal")):
        break
    time.sleep(0.05)
run.finish()
"""


def test_looks_are_on_the_server(desk: Desk, api: Api) -> None:
    desk.run(MEASURED, RUNSTONE_SYSTEM_METRICS_INTERVAL="0.2")
    (run,) = api.runs("ada/measured")
    keys = {info.name for info in run.logged_keys(system=True)}
    assert {"system.cpu", "system.memory_percent", "system.proc.memory.rssMB"} <= keys
    rows = run.system_metrics().to_arrow().to_pylist()
    assert rows
    assert rows[0]["system.memory_percent"] > 0


def test_off(desk: Desk, api: Api) -> None:
    script = """
import runstone, threading
with runstone.init("unmeasured"):
    for thread in threading.enumerate():
        if thread.name == "runstone-observer":
            thread.join()  # it starts the others
    print(threading.enumerate())
"""
    out, _ = desk.run(script, RUNSTONE_SYSTEM_METRICS="off")
    assert "runstone-system" not in out
    (run,) = api.runs("ada/unmeasured")
    assert run.logged_keys(system=True) == []
