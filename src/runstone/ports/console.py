"""Console output of runs, by line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine


class ConsoleReader(ABC):
    """Lines in order of their number, per writer; a limit below 1 gives none."""

    @abstractmethod
    def lines(
        self, run: RunId, *, writer: str | None = None, after: int = -1, limit: int = 1_000
    ) -> Sequence[ConsoleLine]:
        """Lines with a number above `after`, by (writer, number); None means every writer."""

    @abstractmethod
    def tail(self, run: RunId, limit: int) -> Sequence[ConsoleLine]:
        """The last `limit` lines by (writer, number)."""

    @abstractmethod
    def num_lines(self, run: RunId, *, writer: str = "") -> int:
        """The number after the highest line number of `writer`; 0 where there is none."""


class Console(ConsoleReader):
    """Writing lines; NotFound for a lost run."""

    @abstractmethod
    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        """Stores lines; one with a (writer, number) that exists replaces it."""
