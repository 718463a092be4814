"""What was downloaded, kept on this machine by its MD5, up to a size.

A file that is taken from here is a copy of its own: where the file system shares the space of
copies (btrfs, XFS, APFS) it costs nothing. Hard links would cost nothing anywhere, but whoever
edits a downloaded file would then edit it here, and in every other folder that holds it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from runstone.sdk.settings import cache_folder, cache_limit

_FICLONE: Final = 0x40049409
_PIECE_BYTES: Final = 1 << 20
_STALE_AFTER_S: Final = 24 * 3_600.0
"""What a process that died was writing goes after so long."""
_NOTED_EVERY_S: Final = 3_600.0
_ROOM: Final = 0.9
"""A cache that is full is emptied to this share, so that not every download clears it up."""


@dataclass(frozen=True, slots=True)
class CacheState:
    """What is kept.

    Attributes:
        limit_bytes: How much may be kept.
    """

    folder: Path
    num_files: int
    size_bytes: int
    limit_bytes: int


class ArtifactCache:
    """Contents of artifacts by MD5; may be shared by threads and processes.

    Nothing here ever fails a download: what cannot be kept is not.

    Args:
        folder: The user's own, if left out.
        limit_bytes: What the settings say, if left out.
    """

    def __init__(self, folder: Path | None = None, limit_bytes: int | None = None) -> None:
        self.folder = (cache_folder() if folder is None else folder) / "artifacts"
        self.limit_bytes = cache_limit() if limit_bytes is None else limit_bytes
        self._folders: set[Path] = set()

    def take(self, md5: str, size_bytes: int, target: Path) -> bool:
        """Puts a copy of a content at `target`, which is not there; False where none is kept.

        Its bytes are checked: one that was damaged is dropped.
        """
        kept = self._place(md5)
        try:
            with kept.open("rb") as source:
                if not self._is_wanted(source, size_bytes):
                    return False
                with target.open("xb") as copy:
                    is_right = _copied(source, copy) == md5
        except OSError:
            target.unlink(missing_ok=True)
            return False
        if not is_right:
            target.unlink()
            self._drop(kept)
        return is_right

    def read(self, md5: str, size_bytes: int) -> bytes | None:
        """A content that is small enough to be held; None where it is not kept."""
        kept = self._place(md5)
        try:
            with kept.open("rb", buffering=0) as source:
                if not self._is_wanted(source, size_bytes):
                    return None
                data = source.read()
        except OSError:
            return None
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
            self._drop(kept)
            return None
        return data

    def keep(self, md5: str, source: Path) -> None:
        """Keeps a copy of a file whose MD5 was checked."""
        try:
            size = source.stat().st_size
            with source.open("rb") as file:
                self._keep(md5, size, lambda copy: fill(file, copy))
        except OSError:
            return

    def keep_bytes(self, md5: str, data: bytes) -> None:
        """Keeps bytes whose MD5 was checked."""
        with suppress(OSError):
            self._keep(md5, len(data), lambda copy: _write(copy, data))

    def state(self) -> CacheState:
        """What is kept now."""
        sizes = [size for _, size, _ in self._kept()]
        return CacheState(self.folder, len(sizes), sum(sizes), self.limit_bytes)

    def clean(self, down_to_bytes: int = 0) -> int:
        """Drops what was not needed for the longest time; returns how many bytes that were."""
        kept = sorted(self._kept())
        size = sum(one_size for _, one_size, _ in kept)
        freed = 0
        for _, one_size, path in kept:
            if size - freed <= down_to_bytes:
                break
            with suppress(OSError):
                path.unlink()
                freed += one_size
        return freed

    def keep_to_limit(self) -> None:
        """Makes room, if more is kept than may be."""
        if sum(size for _, size, _ in self._kept()) > self.limit_bytes:
            self.clean(int(self.limit_bytes * _ROOM))

    def _keep(self, md5: str, size_bytes: int, fill: Callable[[BinaryIO], None]) -> None:
        kept = self._place(md5)
        if size_bytes > self.limit_bytes or kept.exists():
            return
        if kept.parent not in self._folders:
            kept.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(kept.parent)
        coming = kept.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with coming.open("xb") as copy:
                fill(copy)
            coming.replace(kept)
        except BaseException:
            coming.unlink(missing_ok=True)
            raise

    @staticmethod
    def _is_wanted(kept: BinaryIO, size_bytes: int) -> bool:
        """Whether an opened file has the right size; notes that it was needed, then."""
        facts = os.fstat(kept.fileno())
        if facts.st_size != size_bytes:
            return False
        if facts.st_mtime < time.time() - _NOTED_EVERY_S:
            with suppress(OSError):
                os.utime(kept.fileno())
        return True

    @staticmethod
    def _drop(kept: Path) -> None:
        with suppress(OSError):
            kept.unlink()

    def _place(self, md5: str) -> Path:
        return self.folder / "md5" / md5[:2] / md5[2:]

    def _kept(self) -> Iterator[tuple[float, int, Path]]:
        """When each was last needed, its size, its place."""
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = Path(folder, name)
                with suppress(OSError):
                    facts = path.stat()
                    if not name.startswith("."):
                        yield facts.st_mtime, facts.st_size, path
                    elif facts.st_mtime < time.time() - _STALE_AFTER_S:
                        path.unlink()


def _copied(source: BinaryIO, copy: BinaryIO) -> str:
    """Copies a file; returns the MD5 of what was copied."""
    digest = hashlib.md5(usedforsecurity=False)
    is_shared = _shares(source, copy)
    while piece := source.read(_PIECE_BYTES):
        digest.update(piece)
        if not is_shared:
            copy.write(piece)
    return digest.hexdigest()


def fill(source: BinaryIO, copy: BinaryIO) -> None:
    """Makes a new file a copy of another one, which takes no space where the disk can do that."""
    if not _shares(source, copy):
        shutil.copyfileobj(source, copy, _PIECE_BYTES)


def _write(copy: BinaryIO, data: bytes) -> None:
    copy.write(data)


def _shares(source: BinaryIO, copy: BinaryIO) -> bool:
    """Lets a new file share its space with another one, where the file system can do that."""
    if sys.platform == "linux":
        from fcntl import ioctl

        with suppress(OSError):
            ioctl(copy.fileno(), _FICLONE, source.fileno())
            return True
    return False
