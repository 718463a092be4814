"""The store in memory: the model that other stores are compared with, and quick for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from runstone.domain.cancellation import never
from runstone.domain.errors import Unavailable
from runstone.domain.ids import RunId
from runstone.domain.storage import Footprint
from runstone.ports.clock import Clock, system_clock
from runstone.ports.events import Events
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.storage.memory.accounts import MemoryAccounts
from runstone.storage.memory.artifacts import MemoryArtifacts
from runstone.storage.memory.console import MemoryConsole
from runstone.storage.memory.custom_charts import MemoryCustomCharts
from runstone.storage.memory.files import MemoryFiles
from runstone.storage.memory.garbage import MemoryGarbage
from runstone.storage.memory.history import MemoryHistory
from runstone.storage.memory.history_files import MemoryHistoryFiles
from runstone.storage.memory.lineage import MemoryLineage
from runstone.storage.memory.projects import MemoryProjects
from runstone.storage.memory.registry import MemoryRegistries
from runstone.storage.memory.retention import MemoryRetention
from runstone.storage.memory.run_columns import MemoryRunColumns
from runstone.storage.memory.runs import MemoryRuns
from runstone.storage.memory.tables import Tables
from runstone.storage.memory.uploads import MemoryUploads
from runstone.storage.memory.usage import MemoryUsage
from runstone.storage.memory.views import MemoryViews

T = TypeVar("T")


class MemoryTransaction(Transaction):
    """A unit of work on some `Tables`."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self.now = clock()
        self.change_seq: int | None = None
        self.actions: list[Callable[[], None]] = []
        self.accounts = MemoryAccounts(tables, self.now)
        self.projects = MemoryProjects(tables, self.now)
        self.views = MemoryViews(tables, self.now)
        self.custom_charts = MemoryCustomCharts(tables, self.now)
        self.runs = MemoryRuns(tables, self.now, self._note_change)
        self.artifacts = MemoryArtifacts(tables, self.now)
        self.retention = MemoryRetention(tables, self.now)
        self.registries = MemoryRegistries(tables, self.now)
        self.lineage = MemoryLineage(tables, self.artifacts)
        self.files = MemoryFiles(tables, self.now)
        self.console = MemoryConsole(tables)
        self.history = MemoryHistory(tables.history)
        self.history_files = MemoryHistoryFiles(tables)
        self.uploads = MemoryUploads(tables)
        self.run_columns = MemoryRunColumns(self.runs, self.history)
        self.garbage = MemoryGarbage(tables)
        self.usage = MemoryUsage(tables)

    def after_commit(self, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def _note_change(self, change_seq: int) -> None:
        self.change_seq = change_seq


class MemoryStore(Store):
    """All records in this process; gone with it.

    Units run on the caller's thread, before `read` and `write` return. A writing unit works on a
    copy, so whoever reads meanwhile sees none of it, and one that fails leaves nothing.
    """

    def __init__(self, *, events: Events | None = None, clock: Clock = system_clock) -> None:
        self._events = events
        self._clock = clock
        self._tables = Tables()
        self._writing = threading.RLock()
        self._closed = False

    def read(self, unit: Callable[[Snapshot], T]) -> Future[T]:
        # A copy too: a unit that writes where it should only read must harm nobody.
        return self._answer(lambda: unit(MemoryTransaction(self._tables.copy(), self._clock)))

    def write(self, unit: Callable[[Transaction], T]) -> Future[T]:
        def run() -> T:
            with self._writing:
                tables = self._tables.copy()
                transaction = MemoryTransaction(tables, self._clock)
                result = unit(transaction)
                self._tables = tables
                for action in transaction.actions:
                    action()
                if self._events is not None and transaction.change_seq is not None:
                    self._events.publish(transaction.change_seq)
                return result

        return self._answer(run)

    def seal_idle(self, *, is_cancelled: Callable[[], bool] = never) -> int:
        return 0

    def seal_run(self, run: RunId) -> int:
        return 0

    def footprint(self) -> Footprint:
        return Footprint(0, 0, 0, can_shrink=True)

    def give_back(self, max_bytes: int) -> int:
        return 0

    def trim_log(self) -> int:
        return 0

    def close(self) -> None:
        self._closed = True

    def _answer(self, run: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(Unavailable("The store is closed.", retry_after=10.0))
            return future
        try:
            future.set_result(run())
        except Exception as error:  # noqa: BLE001 - it is the future's
            future.set_exception(error)
        return future
