"""Processes below one, and their CPU time, out of /proc. Standard library only."""

from __future__ import annotations

import os
from pathlib import Path


def descendants(top: int) -> list[int]:
    """Processes that this one began, and that those began."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _stat(int(entry))):
            parents[int(entry)] = int(fields[1])
    found: list[int] = []
    fresh = [top]
    while fresh:
        fresh = [pid for pid, parent in parents.items() if parent in fresh]
        found += fresh
    return found


def cpu_s(*pids: int) -> float:
    """CPU seconds, in user and kernel, of these and of the children that they waited for."""
    ticks = sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid)))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
