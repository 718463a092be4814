"""How the line numbers of a client's upload relate to the rows of a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from runstone.domain.ids import RunId, StreamId


@dataclass(frozen=True, slots=True)
class UploadCursor:
    """Client offset minus `shift` is the row number.

    Attributes:
        reopened: The client has announced itself anew since the last batch: its next offset may
            count otherwise, and is to be compared with what is stored.
    """

    shift: int = 0
    reopened: bool = False


class UploadsReader(ABC):
    """Reading cursors."""

    @abstractmethod
    def cursor(self, stream: StreamId) -> UploadCursor:
        """The stream's cursor; a shift of 0 where none was set."""


class Uploads(UploadsReader):
    """Moving cursors."""

    @abstractmethod
    def set_cursor(self, stream: StreamId, cursor: UploadCursor) -> None:
        """Replaces the stream's cursor."""

    @abstractmethod
    def reopen(self, run: RunId) -> None:
        """Marks the cursors of all streams of a run as reopened; their shifts stay."""
