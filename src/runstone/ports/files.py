"""Records of the files saved with runs. The bytes are in the blob store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import RunId
from runstone.domain.run import RunFile

MAX_PATTERN_CHARS: Final = 4_096


def check_pattern(like: str) -> str:
    """Returns `like` if it is short enough for every database.

    Raises:
        InvalidInput: Longer than 4,096 characters.
    """
    if len(like) > MAX_PATTERN_CHARS:
        raise InvalidInput(
            f"The file name pattern has {len(like):,} characters; at most "
            f"{MAX_PATTERN_CHARS:,} are allowed.",
            code="pattern-too-long",
        )
    return like


class FilesReader(ABC):
    """Only files whose bytes have arrived are listed and counted; a limit below 1 gives none."""

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
        prefix: str = "",
        contains: str = "",
        after: str | None = None,
        limit: int = 1_000,
    ) -> Sequence[RunFile]:
        """Files by name, ascending by code point, after the name `after`.

        Args:
            names: Only these exact names.
            like: Only names of this SQL LIKE pattern (`%`, `_`), whatever the case of ASCII
                letters.
            prefix: Only names that begin so.
            contains: Only names that hold this, whatever the case of ASCII letters.

        Raises:
            InvalidInput: The pattern is longer than 4,096 characters.
        """

    @abstractmethod
    def count_files(self, run: RunId) -> int:
        """How many files have arrived."""


class Files(FilesReader):
    """Changes to file records; NotFound for a lost run."""

    @abstractmethod
    def announce(self, run: RunId, names: Sequence[str]) -> None:
        """Notes that these files will come; those known stay as they are."""

    @abstractmethod
    def arrived(
        self, run: RunId, name: str, *, blob: str, size_bytes: int, md5: str, mime_type: str
    ) -> str | None:
        """Records a file's bytes, replacing earlier ones; returns the blob no longer needed.

        Repeating it with the same blob returns None: that blob is needed.
        """

    @abstractmethod
    def delete_file(self, run: RunId, name: str) -> str | None:
        """Forgets a file; returns the blob no longer needed. None where there was none."""
