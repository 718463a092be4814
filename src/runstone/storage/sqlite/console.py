"""Console lines in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import apsw

from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.console import Console
from runstone.storage.sql.named import load

_SQL: Final = load("runstone.storage.sqlite", "queries/console.sql")


class SqliteConsole(Console):
    """Console lines within one open transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def lines(
        self, run: RunId, *, writer: str | None = None, after: int = -1, limit: int = 1_000
    ) -> Sequence[ConsoleLine]:
        if writer is None:
            rows = self._rows("lines", run, after, limit)
        else:
            rows = self._rows("lines_of", run, writer, after, limit)
        return [_line(row) for row in rows]

    def tail(self, run: RunId, limit: int) -> Sequence[ConsoleLine]:
        return [_line(row) for row in reversed(self._rows("tail", run, limit))]

    def num_lines(self, run: RunId, *, writer: str = "") -> int:
        return int(self._rows("num_lines", run, writer)[0][0])

    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        self._connection.executemany(
            _SQL["put_line"],
            (
                (run, line.writer, line.number, line.text, line.at, line.level, line.label)
                for line in lines
            ),
        )

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _line(row: Any) -> ConsoleLine:
    writer, number, text, at, level, label = row
    return ConsoleLine(writer, number, text, at, level, label)
