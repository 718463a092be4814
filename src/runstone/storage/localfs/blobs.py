"""The blob port on a folder of the local disk."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

from runstone.domain.errors import NotFound, QuotaExceeded, Unavailable
from runstone.ports.blobs import Blobs, StoredBlob

_KEY: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_CHUNK_BYTES: Final = 256 * 1024
_FLUSH_BYTES: Final = 1024 * 1024


class LocalBlobs(Blobs):
    """Each blob is the file `folder/key`; what is being written lies in `folder/.incoming`."""

    def __init__(self, folder: Path) -> None:
        """Uses `folder`, made when it is missing; uploads that a crash cut off are removed."""
        self._folder = folder
        self._incoming = folder / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            leftover.unlink(missing_ok=True)

    async def put(
        self, key: str, chunks: AsyncIterator[bytes], *, max_bytes: int | None = None
    ) -> StoredBlob:
        target = self._path(key)
        partial = self._incoming / secrets.token_hex(16)
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        try:
            file = await asyncio.to_thread(partial.open, "wb")
            try:
                pending = bytearray()
                async for chunk in chunks:
                    size += len(chunk)
                    if max_bytes is not None and size > max_bytes:
                        raise QuotaExceeded(
                            f"The upload is larger than the {max_bytes:,} bytes allowed.",
                            code="upload-too-large",
                        )
                    pending += chunk
                    if len(pending) >= _FLUSH_BYTES:
                        await asyncio.to_thread(_write, file, digest, bytes(pending))
                        pending.clear()
                await asyncio.to_thread(_write, file, digest, bytes(pending))
                await asyncio.to_thread(_make_durable, file, partial, target)
            finally:
                file.close()
        except OSError as error:
            raise _unavailable(error, self._folder) from error
        finally:
            partial.unlink(missing_ok=True)
        return StoredBlob(key, size, digest.digest())

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError as error:
            raise NotFound("The file's bytes are gone.", key=key) from error
        try:
            await asyncio.to_thread(file.seek, start)
            left = None if end is None else end - start
            while left is None or left > 0:
                size = _CHUNK_BYTES if left is None else min(left, _CHUNK_BYTES)
                chunk = await asyncio.to_thread(file.read, size)
                if not chunk:
                    return
                if left is not None:
                    left -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def size(self, key: str) -> int | None:
        try:
            return (await asyncio.to_thread(self._path(key).stat)).st_size
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def _path(self, key: str) -> Path:
        # Keys are ours; this guards against a mistake of ours ever reaching outside the folder.
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a blob key: {key!r}")
        return self._folder / key


def _write(file: BinaryIO, digest: object, data: bytes) -> None:
    digest.update(data)  # type: ignore[attr-defined]  # hashlib's own type has no public name
    file.write(data)


def _make_durable(file: BinaryIO, partial: Path, target: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(target)
    # The name is durable only when its folder is.
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unavailable(error: OSError, folder: Path) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            f"The disk that holds {folder} is full; nothing stored before is harmed. Free some "
            "space, and upload again.",
            code="disk-full",
            retry_after=30.0,
        )
    return Unavailable(f"The disk that holds {folder} gave an error: {error}.", code="disk-error")
