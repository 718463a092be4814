"""Console lines in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import apsw

from runstone.domain.console import ConsoleWriter, TimedLine, times_of
from runstone.domain.errors import NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.console import Console
from runstone.storage.sql.named import load
from runstone.storage.sqlite.existing import require_run
from runstone.storage.sqlite.usage import note_lines

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

    def writers(self, run: RunId) -> Sequence[ConsoleWriter]:
        lasts = (self._last(run, writer) for writer in self._writers(run))
        return [
            ConsoleWriter(last.line.writer, last.line.label, last.line.number + 1)
            for last in lasts
            if last is not None
        ]

    def time_of(self, run: RunId, writer: str, number: int) -> int:
        rows = self._rows("time_of", run, writer, number)
        if not rows:
            raise NotFound(f"The run has no line {number} or above of {writer!r}.")
        return int(rows[0][0])

    def timed_lines(
        self, run: RunId, writer: str, *, start: int, stop: int, limit: int
    ) -> Sequence[TimedLine]:
        rows = self._rows("timed_lines", run, writer, start, stop, max(limit, 0))
        return [TimedLine(row[0], _line(row[1:])) for row in rows]

    def joined_texts(
        self, run: RunId, writer: str, *, start: int, stop: int, level: str | None = None
    ) -> str | None:
        bindings = {"run": run, "writer": writer, "start": start, "stop": stop, "level": level}
        rows: list[Any] = self._connection.execute(_SQL["joined_texts"], bindings).fetchall()
        texts: str | None = rows[0][0]
        return texts

    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        require_run(self._connection, run)
        grown = 0
        for writer in dict.fromkeys(line.writer for line in lines):
            numbered = {line.number: line for line in lines if line.writer == writer}
            own = [numbered[number] for number in sorted(numbered)]
            last = self._last(run, writer)
            if last is not None and own[0].number <= last.line.number:
                grown -= self._replaced_bytes(run, writer, own)
            grown += sum(len(line.text.encode()) for line in own)
            times = times_of(
                own,
                last,
                lambda number, w=writer: self.time_of(run, w, number),  # type: ignore[misc]
            )
            self._connection.executemany(
                _SQL["put_line"],
                (
                    (run, writer, line.number, line.text, line.at, line.level, line.label, time)
                    for line, time in zip(own, times, strict=True)
                ),
            )
        note_lines(self._connection, run, grown)

    def _replaced_bytes(self, run: RunId, writer: str, lines: Sequence[ConsoleLine]) -> int:
        numbers = json.dumps([line.number for line in lines])
        return int(self._rows("bytes_of", run, writer, numbers)[0][0])

    def _last(self, run: RunId, writer: str) -> TimedLine | None:
        rows = self._rows("last_line", run, writer)
        return TimedLine(rows[0][0], _line(rows[0][1:])) if rows else None

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
