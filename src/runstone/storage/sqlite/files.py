"""Records of run files in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain.ids import RunId
from runstone.domain.run import RunFile
from runstone.ports.files import Files, check_pattern
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, like_pattern, past_prefix, to_micros
from runstone.storage.sqlite.existing import require_run
from runstone.storage.sqlite.usage import note_file

_SQL: Final = load("runstone.storage.sqlite", "queries/files.sql")


class SqliteFiles(Files):
    """File records within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def file(self, run: RunId, name: str) -> RunFile | None:
        rows = self._rows("file", run, name)
        return _file(rows[0]) if rows else None

    def list_files(
        self,
        run: RunId,
        *,
        names: Sequence[str] | None = None,
        like: str | None = None,
        prefix: str = "",
        contains: str = "",
        after: str | None = None,
        limit: int = 1_000,
    ) -> Sequence[RunFile]:
        limit = max(limit, 0)  # SQLite takes a negative limit for none
        bindings = {
            "run": run,
            "like": None if like is None else check_pattern(like),
            # No name holds a NUL: this is the first text above `after`.
            "from": max(prefix, after + "\0" if after else ""),
            "past": past_prefix(prefix),
            "contains": like_pattern(contains) if contains else None,
            "limit": limit,
        }
        if names is None:
            rows = self._connection.execute(_SQL["list_files"], bindings).fetchall()
            return [_file(row) for row in rows]
        found: list[RunFile] = []
        for name in sorted(set(names)):
            if len(found) < limit:
                named = self._connection.execute(_SQL["named_file"], {**bindings, "name": name})
                found += [_file(row) for row in named.fetchall()]
        return found

    def count_files(self, run: RunId) -> int:
        return int(self._rows("count_files", run)[0][0])

    def announce(self, run: RunId, names: Sequence[str]) -> None:
        require_run(self._connection, run)
        now = to_micros(self._now)
        for name in names:
            self._rows("announce", run, name, now)

    def arrived(
        self, run: RunId, name: str, *, blob: str, size_bytes: int, md5: str, mime_type: str
    ) -> str | None:
        require_run(self._connection, run)
        before = self.file(run, name)
        note_file(self._connection, run, name, size_bytes - (before.size_bytes if before else 0))
        self._rows("put_file", run, name, blob, size_bytes, md5, mime_type, to_micros(self._now))
        # A client that repeats its upload under the same signed URL writes the same blob.
        return before.blob if before and before.blob != blob else None

    def delete_file(self, run: RunId, name: str) -> str | None:
        rows = self._rows("delete_file", run, name)
        if not rows:
            return None
        blob, size_bytes = rows[0]
        note_file(self._connection, run, name, -size_bytes)
        return None if blob is None else str(blob)

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _file(row: Any) -> RunFile:
    run, name, blob, size_bytes, md5, mime_type, updated = row
    return RunFile(run, name, blob, size_bytes, md5, mime_type, from_micros(updated))
