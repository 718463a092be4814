"""Bytes by key."""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime


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
        md5: What the store says without reading it; None where it does not say, and not always
            that of the bytes (of an encrypted blob it may be another number).
    """

    key: str
    size_bytes: int
    stored_at: datetime
    md5: bytes | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a blob that comes in pieces.

    Attributes:
        number: From 1.
        md5: 16 bytes.
    """

    number: int
    md5: bytes


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """A blob of which pieces may have come.

    Attributes:
        upload: The store's name of it.
        num_parts: How many pieces it will have; None where the store does not keep that.
    """

    key: str
    upload: str
    begun_at: datetime
    num_parts: int | None


class Blobs(ABC):
    """A flat space of immutable byte strings.

    Keys are made by Runstone (letters, digits, `/`, `-`, `_`, `.`), never by users; none is another
    one's folder (`a` beside `a/b`). A blob is
    wholly there or absent: an upload that breaks off leaves nothing to read. `put` returns after
    the bytes are durable. Thread-safe.

    Large blobs may come in parts: begun, each part in any order and many at once, completed. Until
    then there is no blob; what was begun and never completed stays until it is aborted.
    All parts but the last have one size, of 5 MiB at least.

    Every method may raise Unavailable: the store cannot be reached, or refuses us.
    """

    supports_presigned_urls: bool = False
    """Whether clients can talk to the store themselves, by URLs that it trusts."""

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

    # In parts

    @abstractmethod
    async def begin_upload(self, key: str, num_parts: int) -> str:
        """Begins a blob that will come in so many parts; returns the store's name of the upload."""

    @abstractmethod
    async def put_part(
        self,
        key: str,
        upload: str,
        part: Part,
        chunks: AsyncIterator[bytes],
        *,
        size_bytes: int,
    ) -> Part:
        """Takes in one part; returns when it is durable. Again replaces it.

        The answer is what `complete_upload` wants to hear: a store that encrypts may name a part
        by another number than its MD5.

        Raises:
            NotFound: No such upload: it was completed or aborted.
            InvalidInput: The bytes are not those of `part.md5` (code `digest-mismatch`), more or
                fewer than `size_bytes` (`wrong-size`), or the part cannot belong there.
        """

    @abstractmethod
    async def list_parts(self, key: str, upload: str) -> Sequence[Part]:
        """The parts that have arrived, by number.

        Raises:
            NotFound: No such upload.
        """

    @abstractmethod
    async def complete_upload(self, key: str, upload: str, parts: Sequence[Part]) -> None:
        """Makes a blob of these parts, in order. Of a completed upload it changes nothing.

        Raises:
            NotFound: No such upload, and no blob of that key.
            Conflict: A part has not arrived, or is another one (code `parts-missing`).
        """

    @abstractmethod
    async def abort_upload(self, key: str, upload: str) -> None:
        """Forgets an upload with its parts; nothing happens where there is none."""

    @abstractmethod
    def list_uploads(self, prefix: str) -> AsyncIterator[UnfinishedUpload]:
        """Uploads that were begun and neither completed nor aborted, of keys that begin so."""

    # Between client and store

    def upload_url(self, key: str, *, md5: bytes, lifetime_s: int) -> str:
        """Where a client may PUT the blob, with the header `Content-MD5`. Computed, not asked for.

        Stores that support it compare the bytes with the header, which is signed.
        """
        raise NotImplementedError

    def part_url(self, key: str, upload: str, part: Part, *, lifetime_s: int) -> str:
        """Where a client may PUT a part, with the header `Content-MD5`."""
        raise NotImplementedError

    def download_url(self, key: str, *, name: str, media_type: str, lifetime_s: int) -> str:
        """Where a client may GET the blob, as a file to be saved under `name`."""
        raise NotImplementedError

    # Conveniences

    def close(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Lets go of what it holds. Repeatable."""

    async def md5_of(self, key: str) -> tuple[int, bytes]:
        """Size and MD5 of a blob, by reading it.

        Raises:
            NotFound: No such blob.
        """
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        async for chunk in self.read(key):
            await asyncio.to_thread(digest.update, chunk)
            size += len(chunk)
        return size, digest.digest()
