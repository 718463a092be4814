"""A file as the body of a request."""

from __future__ import annotations

from typing import BinaryIO

from runstone.domain.errors import InvalidInput


class Promised:
    """A file from where it stands, as a body of a length that was promised."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._start = file.tell()
        self._size_bytes = size_bytes

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many; none at the end.

        Raises:
            InvalidInput: The file has become shorter (code `digest-mismatch`, as if it had come).
        """
        left = self._start + self._size_bytes - self._file.tell()
        piece = self._file.read(left if size < 0 else min(size, left))
        if not piece and left:
            raise InvalidInput(
                f"The file became {left:,} bytes shorter while it was sent.",
                code="digest-mismatch",
            )
        return piece

    def tell(self) -> int:
        """Where it stands."""
        return self._file.tell()

    def seek(self, position: int) -> int:
        """For a request that is made again."""
        return self._file.seek(position)
