"""A second reader at work beside a transaction, for statements that pass over whole tables.

Two connections never hold the same state for sure: the second one's is as old or later. So it says
which runs were changed in between, and the first reads those itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import apsw

from runstone.storage.sql.named import load

T = TypeVar("T")

_SQL: Final = load("runstone.storage.sqlite", "queries/beside.sql")

_MMAP_BYTES: Final = 2_147_418_112
"""The most that SQLite maps as it is built by default."""


@dataclass(frozen=True, slots=True)
class Later(Generic[T]):
    """What was read in a state as old as the transaction's, or later.

    Attributes:
        changed: Runs whose record, documents or rows may differ in the transaction. What is sealed
            meanwhile changes no run.
    """

    value: T
    changed: frozenset[int]


class Beside:
    """The reader. It serves one at a time; who finds it at work reads all by himself."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        """Starts nothing yet.

        Args:
            connect: Called in the reader's thread, gives a connection for that thread.
        """
        self._connect = connect
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="runstone-beside")
        self._turn = threading.Lock()

    def start(
        self, transaction: apsw.Connection, unit: Callable[[apsw.Connection], T]
    ) -> Future[Later[T] | None] | None:
        """Reads something beside a transaction.

        Returns:
            None where it is at work for somebody else. In the future, None where the states differ
            by more than changed runs.
        """
        if not self._turn.acquire(blocking=False):
            return None
        try:
            ((seen,),) = transaction.execute(_SQL["last_change"])
            return self._executor.submit(self._read, seen, unit)
        except BaseException as error:
            self._turn.release()
            if isinstance(error, RuntimeError):
                return None  # it is closed
            raise

    def close(self) -> None:
        """Waits for what it does; its connection is the caller's."""
        self._executor.shutdown(wait=True)

    def _read(self, seen: int, unit: Callable[[apsw.Connection], T]) -> Later[T] | None:
        try:
            connection = self._connect()
            map_file(connection)
            connection.execute("BEGIN")
            try:
                ((num_deletions,),) = connection.execute(_SQL["deletions_since"], (seen,))
                if num_deletions:
                    return None
                changed = frozenset(run for (run,) in connection.execute(_SQL["since"], (seen,)))
                return Later(unit(connection), changed)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        finally:
            self._turn.release()


def map_file(connection: apsw.Connection) -> None:
    """From now on this connection reads the file as memory.

    A whole column passes over hundreds of megabytes, which takes a third of the time so. Only
    connections that read columns do it: pages of a mapped file count as memory in what people
    look at (they are the system's cache, and it takes them back), and an error of the disk
    under them ends the process, which loses nothing that was acknowledged.
    """
    if connection.pragma("mmap_size") != _MMAP_BYTES:
        connection.pragma("mmap_size", _MMAP_BYTES)
