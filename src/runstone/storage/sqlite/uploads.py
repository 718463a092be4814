"""Upload cursors in SQLite."""

from __future__ import annotations

from typing import Any, Final

import apsw

from runstone.domain.ids import RunId, StreamId
from runstone.ports.uploads import UploadCursor, Uploads
from runstone.storage.sql.named import load

_SQL: Final = load("runstone.storage.sqlite", "queries/uploads.sql")


class SqliteUploads(Uploads):
    """Cursors within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def cursor(self, stream: StreamId) -> UploadCursor:
        for shift, reopened in self._rows("cursor", stream):
            return UploadCursor(shift, bool(reopened))
        return UploadCursor()

    def set_cursor(self, stream: StreamId, cursor: UploadCursor) -> None:
        self._rows("set_cursor", stream, cursor.shift, int(cursor.reopened))

    def reopen(self, run: RunId) -> None:
        self._rows("reopen", run)

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()
