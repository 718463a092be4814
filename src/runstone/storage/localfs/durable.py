"""What makes a file stay: written, synced, then moved to its name; and what a disk may say."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from runstone.domain.errors import Unavailable

T = TypeVar("T")

FOLDERS: Final = threading.Lock()
"""Held while a folder is made and used, or found empty and removed. (One process has a folder.)"""

_KEEP_SIZE: Final = 1
_PUNCH_HOLE: Final = 2


async def on_disk(work: Callable[[], T], root: Path) -> T:
    """Runs `work` on a thread. Its disk errors are ours; those of what it is given are not.

    Raises:
        Unavailable: The disk is full or gives an error.
    """
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise unavailable(error, root) from error


def move_durably(partial: Path, target: Path, root: Path) -> None:
    """Moves a file that is synced, and closed (Windows moves no open one), to its name for good."""
    with FOLDERS:
        # A name is durable only when its folder is, and a new folder is such a name itself.
        folders = [target.parent]
        while folders[-1] != root and not folders[-1].exists():
            folders.append(folders[-1].parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(target)
    with contextlib.suppress(FileNotFoundError):  # deleted again already
        for folder in folders:
            sync_folder(folder)


def give_back(descriptor: int, start: int, num_bytes: int) -> None:
    """Frees the space of a range of a file, where the file system can; it reads as zeros then.

    Source: fallocate(2), FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.fallocate64(
        descriptor, _KEEP_SIZE | _PUNCH_HOLE, ctypes.c_int64(start), ctypes.c_int64(num_bytes)
    )


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable; Windows opens no folder, and its journal keeps them."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unavailable(error: OSError, folder: Path) -> Unavailable:
    """What is said for a disk's error."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            f"The disk that holds {folder} is full; nothing stored before is harmed. Free some "
            "space, and upload again.",
            code="disk-full",
            retry_after=30.0,
        )
    return Unavailable(f"The disk that holds {folder} gave an error: {error}.", code="disk-error")
