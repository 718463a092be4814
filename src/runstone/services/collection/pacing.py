"""How fast a collection goes: in steps that are short whatever the disk, with rests between."""

from __future__ import annotations

import asyncio
import time
from typing import Final

_MIN_BYTES: Final = 256 * 1024
_MAX_BYTES: Final = 2 * 1024 * 1024
_SHORT_S: Final = 0.006
_LONG_S: Final = 0.015
_SHARE: Final = 1.0
"""Rests for each second of work: half of the writer's time at most is taken from others."""


class Pace:
    """The size of the next step, learned from how long the last ones took."""

    def __init__(self) -> None:
        self.step_bytes = 512 * 1024
        self._began = 0.0

    def begin(self) -> None:
        """A step begins."""
        self._began = time.perf_counter()

    async def end(self) -> None:
        """It has ended: learns from it, and rests."""
        took_s = time.perf_counter() - self._began
        if took_s > _LONG_S:
            self.step_bytes = max(_MIN_BYTES, self.step_bytes // 2)
        elif took_s < _SHORT_S:
            self.step_bytes = min(_MAX_BYTES, self.step_bytes * 2)
        await asyncio.sleep(took_s * _SHARE)
