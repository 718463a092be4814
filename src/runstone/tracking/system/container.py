"""What a container may use, as its control group says (Linux; version 2, and the memory of 1)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from runstone.tracking.system import Source

ROOT: Final = Path("/sys/fs/cgroup")
_UNLIMITED: Final = 1 << 60


class MemoryLimit(NamedTuple):
    """Memory of a control group; caches that can be given back are not counted as used."""

    limit_bytes: int
    used_bytes: int


def memory_limit(
    root: Path = ROOT, process: Path = Path("/proc/self/cgroup")
) -> MemoryLimit | None:
    """The tightest limit that this process is under; None where there is none."""
    found = [
        MemoryLimit(limit, max(0, used - _fields(folder / "memory.stat").get(cache_name, 0)))
        for folder, names, cache_name in _places(root, process)
        for limit, used in ((_number(folder / names[0]), _number(folder / names[1])),)
        if limit is not None and used is not None and limit < _UNLIMITED
    ]
    return min(found, key=lambda one: one.limit_bytes, default=None)


class Container(Source):
    """How often the group was held back, and how often it ran out of memory."""

    def __init__(self, root: Path = ROOT, process: Path = Path("/proc/self/cgroup")) -> None:
        self._folder = next((f for f in _groups(root, process) if (f / "cpu.stat").exists()), None)
        self._periods: tuple[int, int] | None = None

    def measure(self) -> dict[str, float]:
        if self._folder is None:
            raise FileNotFoundError("no control group")
        found = {}
        stat = _fields(self._folder / "cpu.stat")
        if "nr_periods" in stat:
            periods = (stat["nr_throttled"], stat["nr_periods"])
            if self._periods is not None and periods[1] > self._periods[1]:
                throttled = periods[0] - self._periods[0]
                found["proc.cpu.throttledPercent"] = (
                    100 * throttled / (periods[1] - self._periods[1])
                )
            self._periods = periods
        events = _fields(self._folder / "memory.events")
        if "oom_kill" in events:
            found["proc.memory.oomKills"] = float(events["oom_kill"])
        return found


@cache
def _groups(root: Path, process: Path) -> tuple[Path, ...]:
    """The process's group of version 2 and those around it, the innermost first."""
    try:
        lines = process.read_text().splitlines()
    except OSError:
        return ()
    name = next((line[3:] for line in lines if line.startswith("0::")), None)
    if name is None:
        return ()
    folder = root / name.lstrip("/")
    if ".." in folder.parts or not folder.is_dir():
        folder = root  # seen from inside a container, it is the root
    chain = [folder]
    while folder not in (root, folder.parent):
        folder = folder.parent
        chain.append(folder)
    return tuple(chain)


@cache
def _places(root: Path, process: Path) -> tuple[tuple[Path, tuple[str, str], str], ...]:
    second = ("memory.max", "memory.current")
    first = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    found = [
        (f, second, "inactive_file") for f in _groups(root, process) if (f / second[0]).exists()
    ]
    if (root / "memory" / first[0]).exists():
        found.append((root / "memory", first, "total_inactive_file"))
    return tuple(found)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max"
        return None


def _fields(path: Path) -> dict[str, int]:
    try:
        pairs = (line.split() for line in path.read_text().splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}
    except (OSError, ValueError):
        return {}
