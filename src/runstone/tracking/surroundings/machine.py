"""Processor, memory and accelerators, in the words of `wandb-metadata.json`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from runstone.tracking.system.amd import amd_cards, card_name
from runstone.tracking.system.container import memory_limit
from runstone.tracking.system.nvidia import describe, load_nvml


def of_the_machine() -> dict[str, Any]:
    """What is built in; takes some milliseconds, and a second where a driver wakes up."""
    total, num_cores = _memory_and_cores()
    limit = memory_limit()
    found: dict[str, Any] = {
        "cpu_count": num_cores,
        "memory": {"total": str(total if limit is None else min(total, limit.limit_bytes))},
        "cpu": {"model": _processor()},
    }
    return found | _nvidia() | _amd()


def _memory_and_cores() -> tuple[int, int | None]:
    """Bytes of the machine's memory, and its processors without their second threads."""
    if sys.platform == "linux":
        # What psutil would read there; it takes longer to import than all of this takes.
        cores: dict[str, int] = {}
        said: dict[str, str] = {}
        for name, value in [*_processors(), ("", "")]:
            if name:
                said[name] = value
            elif "physical id" in said and "cpu cores" in said:
                cores[said["physical id"]] = int(said["cpu cores"])
                said = {}
        if cores:
            total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
            return total, sum(cores.values())
    import psutil

    return psutil.virtual_memory().total, psutil.cpu_count(logical=False)


def _processors() -> list[tuple[str, str]]:
    """Lines of what Linux says of them; an empty one between two."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        parts = (line.partition(":") for line in lines)
        return [(name.strip(), value.strip()) for name, _, value in parts]
    return []


def _processor() -> str | None:
    for name, value in _processors():
        if name in ("model name", "Model"):
            return value
    import platform

    return platform.processor() or None


def _nvidia() -> dict[str, Any]:
    nvml = load_nvml()
    if nvml is None:
        return {}
    try:
        return describe(nvml)
    finally:
        with suppress(Exception):
            nvml.nvmlShutdown()


def _amd() -> dict[str, Any]:
    cards = amd_cards()
    if not cards:
        return {}
    names = [card_name(card) for card in cards]
    return {
        "gpu": names[0],
        "gpu_count": len(cards),
        "gpu_amd": [{"model": name} for name in names],
    }
