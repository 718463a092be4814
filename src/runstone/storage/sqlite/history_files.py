"""Files of histories that clients were given, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import apsw

from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import RunId
from runstone.ports.history_files import HistoryFiles
from runstone.storage.sql.named import load

_SQL: Final = load("runstone.storage.sqlite", "queries/history_files.sql")


class SqliteHistoryFiles(HistoryFiles):
    """Files of histories within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def history_files(self, run: RunId) -> Sequence[HistoryFile]:
        return [HistoryFile(*row) for row in self._rows("files_of", run)]

    def owner_of(self, name: str) -> RunId | None:
        rows = self._rows("owner_of", name)
        return RunId(rows[0][0]) if rows else None

    def own(self, name: str, run: RunId) -> None:
        self._rows("own", name, run)

    def add(self, files: Sequence[HistoryFile]) -> None:
        for file in files:
            try:
                self._rows("add", file.run_id, file.number, *file.rows)
            except apsw.ConstraintError as error:
                raise AlreadyExists(f"The run has a file {file.number} already.") from error

    def made(self, run: RunId, number: int, *, blob: str, size_bytes: int) -> None:
        if not self._rows("made", blob, size_bytes, run, number):
            raise NotFound("The run's file is gone.")

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()
