"""Bytes by key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What was written.

    Attributes:
        md5: 16 bytes.
    """

    key: str
    size_bytes: int
    md5: bytes


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """A blob that is there.

    Attributes:
        stored_at: When its bytes were complete, or shortly before; UTC.
    """

    key: str
    size_bytes: int
    stored_at: datetime


class Blobs(ABC):
    """A flat space of immutable byte strings.

    Keys are made by Runstone (letters, digits, `/`, `-`, `_`, `.`), never by users; none is another
    one's folder (`a` beside `a/b`). A blob is
    wholly there or absent: an upload that breaks off leaves nothing to read. `put` returns after
    the bytes are durable. Thread-safe.
    """

    supports_presigned_urls: ClassVar[bool] = False

    @abstractmethod
    async def put(
        self, key: str, chunks: AsyncIterator[bytes], *, max_bytes: int | None = None
    ) -> StoredBlob:
        """Stores the bytes under `key`, replacing what was there.

        Raises:
            QuotaExceeded: More than `max_bytes` came; nothing is stored.
            Unavailable: The store cannot take it now (disk full, code `disk-full`).
        """

    @abstractmethod
    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end` (exclusive; None: to the end), in chunks.

        Raises:
            NotFound: No such blob; raised when the iterator is first advanced.
        """

    @abstractmethod
    async def size(self, key: str) -> int | None:
        """Size in bytes; None for no such blob."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Removes a blob; nothing happens where there is none."""

    @abstractmethod
    def list_blobs(self, prefix: str) -> AsyncIterator[BlobInfo]:
        """All blobs whose key begins with `prefix`, which ends with `/` or is empty.

        Those of one folder come together. What is put or deleted meanwhile may be among them
        or not.
        """
