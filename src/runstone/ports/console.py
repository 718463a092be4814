"""Console output of runs, by line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.console import ConsoleWriter, TimedLine
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

    @abstractmethod
    def writers(self, run: RunId) -> Sequence[ConsoleWriter]:
        """Who printed, by name. One look for each, however many lines there are."""

    @abstractmethod
    def time_of(self, run: RunId, writer: str, number: int) -> int:
        """Time of the first line of `writer` numbered `number` or above, in the run's order.

        Never decreases with the number, and never changes once the line is there.

        Raises:
            NotFound: There is no such line.
        """

    @abstractmethod
    def timed_lines(
        self, run: RunId, writer: str, *, start: int, stop: int, limit: int
    ) -> Sequence[TimedLine]:
        """The first `limit` lines numbered `start` to `stop` (exclusive), with their times."""

    @abstractmethod
    def joined_texts(
        self, run: RunId, writer: str, *, start: int, stop: int, level: str | None = None
    ) -> str | None:
        """Texts of the lines numbered `start` to `stop` (exclusive), with NUL between them.

        For looking through many lines at once. None where there is no line.

        Args:
            level: Only lines of that level.
        """


class Console(ConsoleReader):
    """Writing lines; NotFound for a lost run."""

    @abstractmethod
    def put_lines(self, run: RunId, lines: Sequence[ConsoleLine]) -> None:
        """Stores lines; one with a (writer, number) that exists replaces it.

        A new line's time in the run's order is its timestamp, or that of the line before it of
        the same writer where this is later or it has none (0 for a first line without); one that
        fills a gap takes the time of the line after it. A line that is replaced keeps its time.
        """
