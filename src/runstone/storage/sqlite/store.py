"""The store on one SQLite file: readers side by side, one writer, background sealing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from runstone.domain.cancellation import never
from runstone.domain.errors import Unavailable
from runstone.domain.ids import RunId
from runstone.domain.storage import Footprint
from runstone.ports.clock import Clock, system_clock
from runstone.ports.events import Events
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.sqlite.accounts import SqliteAccounts
from runstone.storage.sqlite.artifacts import SqliteArtifacts
from runstone.storage.sqlite.beside import Beside
from runstone.storage.sqlite.committer import Committer
from runstone.storage.sqlite.console import SqliteConsole
from runstone.storage.sqlite.custom_charts import SqliteCustomCharts
from runstone.storage.sqlite.database import (
    FILE_NAME,
    Durability,
    connect,
    errors_in_our_words,
    prepare,
)
from runstone.storage.sqlite.files import SqliteFiles
from runstone.storage.sqlite.garbage import SqliteGarbage
from runstone.storage.sqlite.history import SqliteHistory
from runstone.storage.sqlite.history_files import SqliteHistoryFiles
from runstone.storage.sqlite.lineage import SqliteLineage
from runstone.storage.sqlite.manifest_cache import ManifestCache
from runstone.storage.sqlite.projects import SqliteProjects
from runstone.storage.sqlite.registry import SqliteRegistries
from runstone.storage.sqlite.retention import SqliteRetention
from runstone.storage.sqlite.run_columns import SqliteRunColumns
from runstone.storage.sqlite.runs import SqliteRuns
from runstone.storage.sqlite.sealing import SqliteSealer
from runstone.storage.sqlite.space import footprint, give_back, put_in_place, shorten_log
from runstone.storage.sqlite.uploads import SqliteUploads
from runstone.storage.sqlite.usage import SqliteUsage
from runstone.storage.sqlite.views import SqliteViews

T = TypeVar("T")

_READERS: Final = 4
_LINGER_S: Final = 0.005


class SqliteTransaction(Transaction):
    """A unit of work on one connection that is inside a transaction."""

    def __init__(
        self,
        connection: apsw.Connection,
        clock: Clock,
        cache: ReadCache | None = None,
        manifests: ManifestCache | None = None,
        beside: Beside | None = None,
    ) -> None:
        """Binds to a connection that is inside a transaction.

        Args:
            cache: What reading transactions share; never one that writes.
            manifests: Likewise.
            beside: Likewise.
        """
        self.now = clock()
        self.change_seq: int | None = None
        self._actions: list[Callable[[], None]] = []
        self.accounts = SqliteAccounts(connection, self.now)
        self.projects = SqliteProjects(connection, self.now)
        self.views = SqliteViews(connection, self.now)
        self.custom_charts = SqliteCustomCharts(connection, self.now)
        self.runs = SqliteRuns(connection, self.now, self._note_change)
        self.artifacts = SqliteArtifacts(connection, self.now, manifests)
        self.retention = SqliteRetention(connection, self.now)
        self.registries = SqliteRegistries(connection, self.now)
        self.lineage = SqliteLineage(connection)
        self.files = SqliteFiles(connection, self.now)
        self.console = SqliteConsole(connection)
        self.history = SqliteHistory(connection, cache)
        self.history_files = SqliteHistoryFiles(connection)
        self.uploads = SqliteUploads(connection)
        self.run_columns = SqliteRunColumns(connection, cache, beside)
        self.garbage = SqliteGarbage(connection)
        self.usage = SqliteUsage(connection)

    def after_commit(self, action: Callable[[], None]) -> None:
        self._actions.append(action)

    def run_after_commit_actions(self) -> None:
        """What was asked for with `after_commit`, in order."""
        for action in self._actions:
            action()

    def _note_change(self, change_seq: int) -> None:
        self.change_seq = change_seq


class SqliteStore(Store):
    """All records in `runstone.db` of a folder."""

    def __init__(
        self,
        folder: Path,
        *,
        events: Events | None = None,
        clock: Clock = system_clock,
        durability: Durability = "power",
        linger_s: float = _LINGER_S,
    ) -> None:
        """Opens the folder's database, building or migrating it where needed.

        Args:
            folder: Must exist.
            events: Told of every change once it is durable.
            linger_s: See `Committer`.

        Raises:
            CorruptData: The file is damaged, foreign, or of a newer Runstone.
            Unavailable: It cannot be opened or written now.
        """
        self._path = folder / FILE_NAME
        self._events = events
        self._clock = clock
        self._durability: Durability = durability
        connection = connect(self._path, durability=durability)
        try:
            prepare(connection, self._path)
        except BaseException:
            connection.close()
            raise
        self._committer = Committer(connection, self._path, linger_s=linger_s)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="runstone-read")
        self._local = threading.local()
        self._cache = ReadCache()
        self._manifests = ManifestCache()
        self._beside = Beside(self._reading_connection)
        self._open_readers: list[apsw.Connection] = []
        self._lock = threading.Condition()
        self._num_working = 0
        self._closed = False
        self._sealer = SqliteSealer(self._reading_connection, self._write_connection)

    def read(self, unit: Callable[[Snapshot], T]) -> Future[T]:
        try:
            return self._readers.submit(self._read, unit)
        except RuntimeError:  # the pool takes nothing after `close`
            refused: Future[T] = Future()
            refused.set_exception(_closing())
            return refused

    def write(self, unit: Callable[[Transaction], T]) -> Future[T]:
        transactions: list[SqliteTransaction] = []

        def run(connection: apsw.Connection) -> T:
            transaction = SqliteTransaction(connection, self._clock)
            transactions.append(transaction)
            return unit(transaction)

        def after() -> None:
            (transaction,) = transactions
            transaction.run_after_commit_actions()
            if self._events is not None and transaction.change_seq is not None:
                self._events.publish(transaction.change_seq)

        return self._committer.submit(run, after=after)

    def seal_idle(self, *, is_cancelled: Callable[[], bool] = never) -> int:
        with self._working(), errors_in_our_words(self._path):
            return self._sealer.seal_due(is_cancelled=is_cancelled)

    def seal_run(self, run: RunId) -> int:
        with self._working(), errors_in_our_words(self._path):
            return self._sealer.seal_run(run)

    def footprint(self) -> Footprint:
        with self._working(), errors_in_our_words(self._path):
            return footprint(self._reading_connection(), self._path)

    def give_back(self, max_bytes: int) -> int:
        return int(self._write_connection(lambda connection: give_back(connection, max_bytes)))

    def trim_log(self) -> int:
        # First beside the writer, who then has little left to wait for.
        with self._working(), errors_in_our_words(self._path):
            put_in_place(self._reading_connection())
        return int(self._committer.submit_between(shorten_log).result())

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            # A working thread's connection must not be closed under it.
            self._lock.wait_for(lambda: self._num_working == 0)
        self._readers.shutdown(wait=True)
        self._beside.close()
        for connection in self._open_readers:
            connection.close()
        self._committer.close()

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise _closing()
            self._num_working += 1
        try:
            yield
        finally:
            with self._lock:
                self._num_working -= 1
                self._lock.notify_all()

    def _read(self, unit: Callable[[Snapshot], T]) -> T:
        connection = self._reading_connection()
        with errors_in_our_words(self._path):
            connection.execute("BEGIN")
            try:
                return unit(
                    SqliteTransaction(
                        connection, self._clock, self._cache, self._manifests, self._beside
                    )
                )
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _reading_connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect(self._path, durability=self._durability)
            connection.execute("PRAGMA query_only = ON").fetchall()
            self._local.connection = connection
            with self._lock:
                self._open_readers.append(connection)
        return connection

    def _write_connection(self, unit: Callable[[apsw.Connection], Any]) -> Any:
        return self._committer.submit(unit, after=lambda: None).result()


def _closing() -> Unavailable:
    return Unavailable("The server is shutting down.", retry_after=10.0)
