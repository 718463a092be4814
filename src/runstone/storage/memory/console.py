"""Console lines in memory."""

from __future__ import annotations

from collections.abc import Sequence

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
        for line in lines:
            text(line.text)
            self._tables.console[run, line.writer, line.number] = line

    def _of(self, run: RunId) -> list[ConsoleLine]:
        found = self._tables.console
        return [found[address] for address in sorted(found) if address[0] == run]
