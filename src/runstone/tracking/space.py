"""Files of a journal: taken from the disk whole, mapped, and touched before they are needed.

Space is taken from the disk before it is mapped: a full disk is an error when a file is made, where
a mapped file with holes would end the process. Zeros are written into it, and then each page is
touched by way of the map: the first touch of a page that was never written costs more than ten
records, and that of one in the page cache still as much as one.
"""

from __future__ import annotations

import errno
import mmap
import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Final

_ZEROS: Final = bytes(1 << 18)
_NO_ROOM: Final = {
    errno.ENOSPC,
    errno.EFBIG,
    getattr(errno, "EDQUOT", errno.ENOSPC),
}
"""The disk, the process's limit of a file's size, or the user's quota."""
_UNKNOWN_HERE: Final = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}
"""The file system takes no space ahead; zeros take it, too."""


class Space:
    """A file, mapped for writing."""

    def __init__(self, path: Path, size: int) -> None:
        """Makes it.

        Raises:
            OSError: It is there already, or cannot be made; then it is not there.
        """
        self.path = path
        self.size = size
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        try:
            _take(descriptor, size)
            self.map = mmap.mmap(descriptor, size)
            for page in range(0, size, mmap.PAGESIZE):
                self.map[page] = 0
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
        finally:
            os.close(descriptor)

    def rename(self, path: Path) -> None:
        """Gives it another name.

        Raises:
            OSError: It keeps the one that it has: Windows renames no file that is mapped.
        """
        os.rename(self.path, path)
        self.path = path

    def cut(self, size: int) -> None:
        """Ends it there, and gives the rest back; nothing where the disk does not let us."""
        self.map.close()
        with suppress(OSError):
            os.truncate(self.path, size)

    def drop(self) -> None:
        """Gives all of it back."""
        self.map.close()
        with suppress(OSError):
            self.path.unlink()


def make(path: Path, wanted: int, least: int) -> Space:
    """A file of the size that is wanted, or of what the disk has, but not below `least`.

    Raises:
        OSError: There is not even that, or the file cannot be made.
    """
    size = max(wanted, least)
    while True:
        try:
            return Space(path, size)
        except OSError as error:
            if error.errno not in _NO_ROOM or size == least:
                raise
            size = max(size // 4, least)


_BINARY: Final = getattr(os, "O_BINARY", 0)


def _take(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in _UNKNOWN_HERE:
                raise
    left = size
    while left:
        left -= os.write(descriptor, _ZEROS[:left])
