"""AMD GPUs as the kernel shows them below `/sys/class/drm`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from runstone.tracking.system import Source

ROOT: Final = Path("/sys/class/drm")
_VENDOR: Final = "0x1002"


class AmdGpus(Source):
    """Utilisation, memory, temperature and power of each card."""

    def __init__(self, root: Path = ROOT) -> None:
        self._cards = amd_cards(root)

    def measure(self) -> dict[str, float]:
        if not self._cards:
            raise FileNotFoundError("no AMD GPU")
        return {
            f"gpu.{index}.{name}": value
            for index, card in enumerate(self._cards)
            for name, value in _measured(card).items()
        }


def amd_cards(root: Path = ROOT) -> list[Path]:
    """Folders of the cards that say how busy they are, in the order of their numbers."""
    found = [
        path
        for path in root.glob("card*/device")
        if path.parent.name[4:].isdigit()
        and _text(path / "vendor") == _VENDOR
        and (path / "gpu_busy_percent").exists()
    ]
    return sorted(found, key=lambda path: int(path.parent.name[4:]))


def _measured(card: Path) -> dict[str, float]:
    hwmon = next(iter(sorted(card.glob("hwmon/hwmon*"))), card)
    used, total = _number(card / "mem_info_vram_used"), _number(card / "mem_info_vram_total")
    power = _number(hwmon / "power1_average")
    if power is None:
        power = _number(hwmon / "power1_input")
    cap = _number(hwmon / "power1_cap")
    clock = _number(hwmon / "freq1_input")
    temperature = _number(hwmon / "temp1_input")
    said = {
        "gpu": _number(card / "gpu_busy_percent"),
        "memory": _number(card / "mem_busy_percent"),
        "memoryAllocatedBytes": used,
        "memoryAllocated": 100 * used / total if used is not None and total else None,
        "temp": None if temperature is None else temperature / 1_000,
        "powerWatts": None if power is None else power / 1_000_000,
        "enforcedPowerLimitWatts": None if cap is None else cap / 1_000_000,
        "powerPercent": 100 * power / cap if power is not None and cap else None,
        "graphicsClock": None if clock is None else clock / 1_000_000,
    }
    return {name: value for name, value in said.items() if value is not None}


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _number(path: Path) -> float | None:
    text = _text(path)
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def card_name(card: Path) -> str:
    """What the card calls itself, else the number of its model."""
    return _text(card / "product_name") or f"AMD {_text(card / 'device') or 'GPU'}"
