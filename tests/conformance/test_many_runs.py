"""Many runs that change at once, over each catalog."""

from __future__ import annotations

from pathlib import Path

from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Store
from runstone.storage.memory.store import MemoryStore
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.many_runs import ManyRunsConformance


class TestOnMemory(ManyRunsConformance):
    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return MemoryStore(clock=clock, events=events)


class TestOnSqlite(ManyRunsConformance):
    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return SqliteStore(folder, clock=clock, events=events, durability="process", linger_s=0.0)
