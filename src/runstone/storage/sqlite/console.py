"""Console lines in SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        # Writer by writer: "every line with a number above" would read all the lines below, too.
        writers = self._writers(run) if writer is None else [writer]
        found: list[ConsoleLine] = []
        for name in writers:
            left = limit - len(found)
            if left <= 0:
                break
            found += [_line(row) for row in self._rows("lines_of", run, name, after, left)]
        return found

    def tail(self, run: RunId, limit: int) -> Sequence[ConsoleLine]:
        return [_line(row) for row in reversed(self._rows("tail", run, max(limit, 0)))]

    def num_lines(self, run: RunId, *, writer: str = "") -> int:
        rows = self._rows("num_lines", run, writer)
        return int(rows[0][0]) if rows else 0

    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        self._connection.executemany(
            _SQL["put_line"],
            (
                (run, line.writer, line.number, line.text, line.at, line.level, line.label)
                for line in lines
            ),
        )

    def _writers(self, run: RunId) -> Iterator[str]:
        rows = self._rows("first_writer", run)
        while rows:
            ((writer,),) = rows
            yield writer
            rows = self._rows("next_writer", run, writer)

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _line(row: Any) -> ConsoleLine:
    writer, number, text, at, level, label = row
    return ConsoleLine(writer, number, text, at, level, label)
