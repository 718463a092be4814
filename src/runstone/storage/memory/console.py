"""Console lines in memory."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.domain.console import ConsoleWriter, TimedLine, times_of
from runstone.domain.errors import NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.console import Console
from runstone.storage.memory.tables import Tables, text


class MemoryConsole(Console):
    """Console lines among some `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def lines(
        self, run: RunId, *, writer: str | None = None, after: int = -1, limit: int = 1_000
    ) -> Sequence[ConsoleLine]:
        found = [
            line
            for line in self._of(run)
            if line.number > after and (writer is None or line.writer == writer)
        ]
        return found[: max(limit, 0)]

    def tail(self, run: RunId, limit: int) -> Sequence[ConsoleLine]:
        lines = self._of(run)
        return lines[max(len(lines) - max(limit, 0), 0) :]

    def num_lines(self, run: RunId, *, writer: str = "") -> int:
        numbers = (line.number for line in self._of(run) if line.writer == writer)
        return max(numbers, default=-1) + 1

    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        if run not in self._tables.runs:
            raise NotFound("The run is gone.")
        for writer in dict.fromkeys(line.writer for line in lines):
            numbered = {line.number: line for line in lines if line.writer == writer}
            own = [numbered[number] for number in sorted(numbered)]
            stored = self._timed(run, writer)
            times = times_of(
                own,
                stored[-1] if stored else None,
                lambda number, w=writer: self.time_of(run, w, number),  # type: ignore[misc]
            )
            for time, line in zip(times, own, strict=True):
                text(line.text)
                self._tables.console[run, writer, line.number] = TimedLine(time, line)

    def writers(self, run: RunId) -> Sequence[ConsoleWriter]:
        last = {line.writer: line for line in self._of(run)}
        return [ConsoleWriter(writer, line.label, line.number + 1) for writer, line in last.items()]

    def time_of(self, run: RunId, writer: str, number: int) -> int:
        for timed in self._timed(run, writer):
            if timed.line.number >= number:
                return timed.time
        raise NotFound(f"The run has no line {number} or above of {writer!r}.")

    def timed_lines(
        self, run: RunId, writer: str, *, start: int, stop: int, limit: int
    ) -> Sequence[TimedLine]:
        found = [t for t in self._timed(run, writer) if start <= t.line.number < stop]
        return found[: max(limit, 0)]

    def joined_texts(
        self, run: RunId, writer: str, *, start: int, stop: int, level: str | None = None
    ) -> str | None:
        lines = [timed.line for timed in self._timed(run, writer)]
        texts = [
            line.text
            for line in lines
            if start <= line.number < stop and level in (None, line.level)
        ]
        return "\0".join(texts) if texts else None

    def _timed(self, run: RunId, writer: str) -> list[TimedLine]:
        found = self._tables.console
        return [found[a] for a in sorted(found) if a[:2] == (run, writer)]

    def _of(self, run: RunId) -> list[ConsoleLine]:
        found = self._tables.console
        return [found[address].line for address in sorted(found) if address[0] == run]
