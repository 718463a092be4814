"""The blob port on a folder of the local disk."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Final, TypeVar

from runstone.domain.errors import NotFound, QuotaExceeded
from runstone.ports.blobs import BlobInfo, Blobs, Part, StoredBlob, UnfinishedUpload
from runstone.storage.localfs.durable import FOLDERS, move_durably, on_disk
from runstone.storage.localfs.uploads import LocalUploads

T = TypeVar("T")

_KEY: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_CHUNK_BYTES: Final = 256 * 1024
_FLUSH_BYTES: Final = 1024 * 1024


class LocalBlobs(Blobs):
    """Each blob is the file `folder/key`; what is being written lies in `folder/.incoming`.

    What comes in parts lies in `folder/.uploads` until it is whole.
    """

    def __init__(self, folder: Path) -> None:
        """Uses `folder`, made when it is missing; uploads that a crash cut off are removed."""
        self._folder = folder
        self._incoming = folder / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for leftover in self._incoming.iterdir():
            leftover.unlink(missing_ok=True)
        self._uploads = LocalUploads(folder, folder / ".uploads")

    async def put(
        self, key: str, chunks: AsyncIterator[bytes], *, max_bytes: int | None = None
    ) -> StoredBlob:
        target = self._path(key)
        partial = self._incoming / secrets.token_hex(16)
        digest = hashlib.md5(usedforsecurity=False)
        size = 0
        file = await self._on_disk(lambda: partial.open("wb", buffering=0))

        def keep() -> None:
            os.fsync(file.fileno())
            file.close()
            move_durably(partial, target, self._folder)

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
                    full, pending = pending, bytearray()
                    await self._on_disk(_writing(file, digest, full))
            await self._on_disk(_writing(file, digest, pending))
            await self._on_disk(keep)
        finally:
            file.close()
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
        await self._on_disk(lambda: _remove(self._path(key), self._folder))

    async def list_blobs(self, prefix: str) -> AsyncIterator[BlobInfo]:
        # Folder by folder: the whole of a large store would be too much at once.
        folders = [self._path(prefix.removesuffix("/")) if prefix else self._folder]
        while folders:
            files, below = await asyncio.to_thread(_look_into, folders.pop(), self._folder)
            folders += reversed(below)
            for info in files:
                yield info

    async def begin_upload(self, key: str, num_parts: int) -> str:
        self._path(key)
        return await self._uploads.begin(key, num_parts)

    async def put_part(
        self,
        key: str,
        upload: str,
        part: Part,
        chunks: AsyncIterator[bytes],
        *,
        size_bytes: int,
    ) -> Part:
        await self._uploads.put_part(key, upload, part, chunks, size_bytes=size_bytes)
        return part

    async def list_parts(self, key: str, upload: str) -> Sequence[Part]:
        return await self._uploads.list_parts(key, upload)

    async def complete_upload(self, key: str, upload: str, parts: Sequence[Part]) -> None:
        await self._uploads.complete(key, upload, parts, self._path(key))

    async def abort_upload(self, key: str, upload: str) -> None:
        await self._uploads.abort(key, upload)

    async def list_uploads(self, prefix: str) -> AsyncIterator[UnfinishedUpload]:
        for found in await self._on_disk(lambda: self._uploads.all(prefix)):
            yield found

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await on_disk(work, self._folder)

    def _path(self, key: str) -> Path:
        # Keys are ours; this guards against a mistake of ours ever reaching outside the folder.
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a blob key: {key!r}")
        return self._folder / key


def _writing(file: FileIO, digest: hashlib._Hash, data: bytearray) -> Callable[[], None]:
    def write() -> None:
        digest.update(data)
        left = memoryview(data)
        while left:  # an unbuffered file may take less than it is given
            left = left[file.write(left) :]

    return write


def _remove(path: Path, root: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_empty(path.parent, root)


def _remove_empty(folder: Path, root: Path) -> None:
    """Removes a folder, and those above it, up to one that is not empty."""
    with FOLDERS, contextlib.suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _look_into(folder: Path, root: Path) -> tuple[list[BlobInfo], list[Path]]:
    """Blobs that lie in a folder, and the folders in it, by name; nothing where there is none.

    An empty folder, which a crash may leave, goes.
    """
    files: list[BlobInfo] = []
    below: list[Path] = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                below += [path] if not entry.name.startswith(".") else []
                continue
            with contextlib.suppress(FileNotFoundError):
                facts = entry.stat(follow_symlinks=False)
                stored_at = datetime.fromtimestamp(facts.st_mtime, UTC)
                key = path.relative_to(root).as_posix()
                files.append(BlobInfo(key, facts.st_size, stored_at))
    if not files and not below:
        _remove_empty(folder, root)
    return files, below
