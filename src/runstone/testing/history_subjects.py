"""The histories that Runstone has, ready for the suite: in memory, and SQLite in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from runstone.domain.ids import RunId
from runstone.ports.history import History, HistoryReader
from runstone.storage.chunks.arrays import ArrayCodec
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.policy import SealPolicy
from runstone.storage.memory.history import HistoryData, MemoryHistory
from runstone.storage.sql.named import read
from runstone.storage.sqlite.history import SqliteHistory, SqliteHistoryReader
from runstone.storage.sqlite.sealing import SqliteSealer
from runstone.testing.history_subject import HistorySubject

T = TypeVar("T")

TINY = SealPolicy(
    rows=64,
    points=128,
    points_min_rows=64,
    max_entries=4,
    segment_rows=1_536,
    merge_count=3,
    unit_chunks=2,
    unit_bytes=1_000,
)
"""Seals after a handful of rows and merges all the time, in the smallest write units."""


class MemoryHistorySubject(HistorySubject):
    """The model."""

    def __init__(self) -> None:
        self._data = HistoryData()

    def write(self, unit: Callable[[History], T]) -> T:
        data = self._data.copy()
        found = unit(MemoryHistory(data))
        self._data = data
        return found

    def read(self, unit: Callable[[HistoryReader], T]) -> T:
        return unit(MemoryHistory(self._data))


class SqliteHistorySubject(HistorySubject):
    """A database file with the history's tables alone, one writing and one reading connection."""

    def __init__(
        self,
        path: Path,
        *,
        policy: SealPolicy | None = None,
        codec: ArrayCodec | None = None,
    ) -> None:
        self._path = path
        self._policy = policy or SealPolicy()
        self._codec = codec or ArrayCodec()
        self._open()

    def _open(self) -> None:
        self.writer = apsw.Connection(str(self._path))
        self.writer.execute("PRAGMA journal_mode = WAL").fetchall()
        if not self.writer.execute("SELECT 1 FROM sqlite_schema").fetchall():
            schema = read("runstone.storage.sqlite", "schema/history.sql")
            self.writer.execute(schema).fetchall()
        self.reader = apsw.Connection(str(self._path))
        self.sealer = SqliteSealer(
            lambda: self.reader, self._write, policy=self._policy, codec=self._codec
        )
        self.cache = ReadCache()

    def close(self) -> None:
        """Lets go of the file."""
        self.reader.close()
        self.writer.close()

    def write(self, unit: Callable[[History], T]) -> T:
        return self._write(lambda connection: unit(SqliteHistory(connection)))

    def _write(self, unit: Callable[[apsw.Connection], T]) -> T:
        self.writer.execute("BEGIN IMMEDIATE")
        try:
            found = unit(self.writer)
        except BaseException:
            self.writer.execute("ROLLBACK")
            raise
        self.writer.execute("COMMIT")
        return found

    def read(self, unit: Callable[[HistoryReader], T]) -> T:
        self.reader.execute("BEGIN")
        try:
            return unit(SqliteHistoryReader(self.reader, self.cache))
        finally:
            self.reader.execute("ROLLBACK")

    def seal_run(self, run: RunId) -> int:
        return self.sealer.seal_run(run)

    def seal_due(self) -> int:
        return self.sealer.seal_due()

    def compact(self) -> int:
        return self.sealer.compact_due()

    def reopen(self) -> bool:
        self.close()
        self._open()
        return True
