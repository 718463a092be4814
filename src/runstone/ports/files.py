"""Records of the files saved with runs. The bytes are in the blob store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import RunId
from runstone.domain.run import RunFile


class FilesReader(ABC):
    """Only files whose bytes have arrived are listed, unless said."""

    @abstractmethod
    def file(self, run: RunId, name: str) -> RunFile | None:
        """The file of that normalised name, arrived or only announced."""

    @abstractmethod
    def list_files(
        self,
        run: RunId,
        *,
        names: Sequence[str] | None = None,
        like: str | None = None,
        after: str | None = None,
        limit: int = 1_000,
    ) -> Sequence[RunFile]:
        """Files by name, ascending, after the name `after`.

        Args:
            names: Only these exact names.
            like: An SQL LIKE pattern (`%`, `_`).
        """

    @abstractmethod
    def count_files(self, run: RunId) -> int:
        """How many files have arrived."""


class Files(FilesReader):
    """Changes to file records."""

    @abstractmethod
    def announce(self, run: RunId, names: Sequence[str]) -> None:
        """Notes that these files will come; those known stay as they are."""

    @abstractmethod
    def arrived(
        self, run: RunId, name: str, *, blob: str, size_bytes: int, md5: str, mime_type: str
    ) -> str | None:
        """Records a file's bytes, replacing earlier ones; returns the blob no longer needed."""

    @abstractmethod
    def delete_file(self, run: RunId, name: str) -> str | None:
        """Forgets a file; returns the blob no longer needed."""
