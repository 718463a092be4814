"""Locks of the operating system that end with the process that holds them, however it ends.

They hold among processes of one machine. On a network file system they cross machines only where
it is mounted so (NFS: by default; Lustre: with `-o flock`): nobody may rely on it. A fork shares
the lock of its parent, and keeps it until it ends as well. Where there are none, everybody gets
what he takes.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def take(path: Path) -> int | None:
    """Takes the lock that a file stands for; makes the file where there is none.

    Returns:
        What to `release`; None where another process has it.

    Raises:
        OSError: The file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if not _try_lock(descriptor):
        os.close(descriptor)
        return None
    return descriptor


def take_there(path: Path) -> int | None:
    """Takes the lock of a file that is there and may only be read; None where another has it.

    Raises:
        OSError: There is no such file.
    """
    descriptor = os.open(path, os.O_RDONLY)
    if not _try_lock(descriptor):
        os.close(descriptor)
        return None
    return descriptor


def release(descriptor: int) -> None:
    """Lets go of it. A fork that shares it holds it on."""
    with suppress(OSError):
        os.close(descriptor)


def hold_at(path: Path) -> bool:
    """Whether locks mean anything for such a file: not on every file system are there any.

    Raises:
        OSError: The file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return _has_locks(descriptor)
    finally:
        os.close(descriptor)


def is_taken(path: Path) -> bool:
    """Whether a process has it now."""
    try:
        # Who may not write it, as in somebody else's folder, may ask all the same.
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False  # no such file, or one that we may not read: nothing is known of it
    try:
        # Two who ask at once do not take each other for whom they ask about.
        return not _try_lock(descriptor, is_shared=True)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int, *, is_shared: bool = False) -> bool:
        # All locks of Windows are for one alone: who asks there may see another one who asks.
        # One byte far behind the end: locks are mandatory there, and the file stays readable.
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _has_locks(descriptor: int) -> bool:
        return True

else:
    try:
        from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock

        _ARE_THERE = True
    except ImportError:  # a Python without them, such as in a browser
        _ARE_THERE = False

    def _try_lock(descriptor: int, *, is_shared: bool = False) -> bool:
        if not _ARE_THERE:
            return True
        try:
            flock(descriptor, (LOCK_SH if is_shared else LOCK_EX) | LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # a file system without locks: nobody is kept out
        return True

    def _has_locks(descriptor: int) -> bool:
        if not _ARE_THERE:
            return False
        try:
            flock(descriptor, LOCK_SH | LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True
