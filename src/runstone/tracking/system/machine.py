"""CPU, memory, disks and network of the machine, and what of it the run's processes use."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from runstone.tracking.system import Source
from runstone.tracking.system.container import memory_limit

_MEBI: Final = 1024 * 1024
_GIBI: Final = 1024 * _MEBI
_MAX_CORES: Final = 128
"""Of machines with more, cores are not listed one by one."""


class Machine(Source):
    """Differences are counted from the look before; totals from the first."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._cpu_s: dict[int, float] = {}
        self._looked_at: float | None = None
        self._disk0: tuple[int, int] | None = None
        self._network0: tuple[int, int] | None = None
        self._last_totals: dict[str, tuple[int, int]] = {}
        self._mounts = _mounts()

    def measure(self) -> dict[str, float]:
        now = time.monotonic()
        elapsed_s = None if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        return {
            **self._processes(elapsed_s),
            **_cores(),
            **self._memory(),
            **self._disks(elapsed_s),
            **self._network(elapsed_s),
        }

    def _processes(self, elapsed_s: float | None) -> dict[str, float]:
        rss, threads, cpu_s = 0, 0, {}
        for process in family(self._process):
            with suppress(psutil.Error), process.oneshot():
                times = process.cpu_times()
                cpu_s[process.pid] = times.user + times.system
                rss += process.memory_info().rss
                threads += process.num_threads()
        # Of processes that ended meanwhile nobody knows what they took since.
        used_s = sum(max(0.0, now - self._cpu_s.get(pid, 0.0)) for pid, now in cpu_s.items())
        self._cpu_s = cpu_s
        found = {
            "proc.cpu.threads": float(threads),
            "proc.memory.rssMB": rss / _MEBI,
            "proc.memory.percent": 100 * rss / _total_memory(),
        }
        if elapsed_s:
            found["cpu"] = 100 * used_s / elapsed_s / _num_cpus()
        return found

    def _memory(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        total, available = memory.total, memory.available
        limit = memory_limit()
        if limit is not None and limit.limit_bytes < total:
            total = limit.limit_bytes
            available = min(available, max(0, total - limit.used_bytes))
        return {
            "proc.memory.availableMB": available / _MEBI,
            "memory_percent": 100 * (total - available) / total,
            "memory.used": float(total - available),
        }

    def _disks(self, elapsed_s: float | None) -> dict[str, float]:
        found = {}
        for mount in self._mounts:
            with suppress(OSError):
                usage = psutil.disk_usage(mount)
                found[f"disk.{mount}.usagePercent"] = usage.percent
                found[f"disk.{mount}.usageGB"] = usage.used / _GIBI
        counters = psutil.disk_io_counters()
        if counters is not None:
            total = (counters.read_bytes, counters.write_bytes)
            self._disk0 = first = self._disk0 or total
            found["disk.in"] = (total[0] - first[0]) / _MEBI
            found["disk.out"] = (total[1] - first[1]) / _MEBI
            found |= self._rates("disk", total, ("readBps", "writeBps"), elapsed_s)
        return found

    def _network(self, elapsed_s: float | None) -> dict[str, float]:
        counters = psutil.net_io_counters()
        total = (counters.bytes_sent, counters.bytes_recv)
        self._network0 = first = self._network0 or total
        found = {
            "network.sent": float(total[0] - first[0]),
            "network.recv": float(total[1] - first[1]),
        }
        return found | self._rates("network", total, ("sentBps", "recvBps"), elapsed_s)

    def _rates(
        self, kind: str, total: tuple[int, int], names: tuple[str, str], elapsed_s: float | None
    ) -> dict[str, float]:
        before = self._last_totals.get(kind)
        self._last_totals[kind] = total
        if before is None or not elapsed_s:
            return {}
        return {
            f"{kind}.{name}": max(0, now - then) / elapsed_s
            for name, now, then in zip(names, total, before, strict=True)
        }


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all that it and those started."""
    if sys.platform != "linux":
        try:
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return [process]
    # Asking for children by way of all processes of the machine takes long on a large one.
    found, waiting = [process], [process.pid]
    while waiting:
        pid = waiting.pop()
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError, ValueError, psutil.Error):
                for child in map(int, children.read_text().split()):
                    found.append(psutil.Process(child))
                    waiting.append(child)
    return found


def _cores() -> dict[str, float]:
    if (psutil.cpu_count() or 1) > _MAX_CORES:
        return {}
    percents = psutil.cpu_percent(percpu=True)
    return {f"cpu.{core}.cpu_percent": percent for core, percent in enumerate(percents)}


def _num_cpus() -> int:
    """Those that the process may use."""
    if sys.platform == "linux":
        with suppress(OSError):
            return len(os.sched_getaffinity(0)) or 1
    return psutil.cpu_count() or 1


def _total_memory() -> int:
    total = psutil.virtual_memory().total
    limit = memory_limit()
    return total if limit is None else min(total, limit.limit_bytes)


def _mounts() -> list[str]:
    """Where the disks of the machine's root and of the folder worked in are."""
    folder = Path.cwd().resolve()
    while not os.path.ismount(folder) and folder != folder.parent:
        folder = folder.parent
    root = Path(folder.anchor)
    return [str(root)] if _same_disk(root, folder) else [str(root), str(folder)]


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev
