"""Processor, memory and accelerators, in the words of `wandb-metadata.json`."""

from __future__ import annotations

import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from runstone.tracking.system.amd import amd_cards, card_name
from runstone.tracking.system.container import memory_limit
from runstone.tracking.system.nvidia import describe, load_nvml


def of_the_machine() -> dict[str, Any]:
    """What is built in; takes some milliseconds, and a second where a driver wakes up."""
    total = psutil.virtual_memory().total
    limit = memory_limit()
    found: dict[str, Any] = {
        "cpu_count": psutil.cpu_count(logical=False),
        "memory": {"total": str(total if limit is None else min(total, limit.limit_bytes))},
        "cpu": {"model": _processor()},
    }
    return found | _nvidia() | _amd()


def _processor() -> str | None:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("model name", "Model"):
                return value.strip()
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
