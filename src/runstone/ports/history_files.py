"""Files of histories that clients were given and may have kept, and under which names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import RunId


class HistoryFilesReader(ABC):
    """Look-ups answer None for what is absent."""

    @abstractmethod
    def history_files(self, run: RunId) -> Sequence[HistoryFile]:
        """A run's files by number."""

    @abstractmethod
    def owner_of(self, name: str) -> RunId | None:
        """Which run's files clients may have kept under a name; the run may be long gone."""


class HistoryFiles(HistoryFilesReader):
    """Recording them. The files of a run go with it; whose a name is stays for ever."""

    @abstractmethod
    def own(self, name: str, run: RunId) -> None:
        """Makes a name the run's, unless it is somebody's already."""

    @abstractmethod
    def add(self, files: Sequence[HistoryFile]) -> None:
        """New files, not made yet.

        Raises:
            AlreadyExists: The run has a file of that number.
        """

    @abstractmethod
    def made(self, run: RunId, number: int, *, blob: str, size_bytes: int) -> None:
        """Notes where a file's bytes are.

        Raises:
            NotFound: No such file.
        """
