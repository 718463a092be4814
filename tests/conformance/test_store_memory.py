"""The store's suite over the memory store."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Store
from runstone.storage.memory.store import MemoryStore
from runstone.testing.store import StoreConformance


class TestMemoryStore(StoreConformance):
    is_durable: ClassVar[bool] = False

    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return MemoryStore(clock=clock, events=events)
