"""Files on this machine: whole under their name, or not there; and never outside of a folder."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

from runstone.domain.errors import InvalidInput
from runstone.sdk.errors import CannotWrite


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when all of it was written, and leaves nothing otherwise.

    Folders on the way are made. A file of that name is replaced.

    Raises:
        CannotWrite: The disk is full (code `disk-full`), or does not let us.
    """
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with told_of(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                yield file
                settle(file)
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def told_of(target: Path) -> Iterator[None]:
    """Turns what the disk refuses into an error that says which file, and why."""
    try:
        yield
    except OSError as error:
        if isinstance(error, CannotWrite):
            raise
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if is_full:
            reason = "the disk is full"
        elif error.errno in (errno.EEXIST, errno.ENOTDIR):
            reason = f"{target.parent} is not a folder"
        else:
            reason = (error.strerror or str(error)).lower()
        raise CannotWrite(
            f"{target} cannot be written: {reason}.",
            code="disk-full" if is_full else None,
            path=str(target),
        ) from error


def settle(file: BinaryIO) -> None:
    """Waits until the disk has all of it."""
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        # Some file systems have no such thing; all else (no space, after all) is a refusal.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise


def place_within(folder: Path, name: str) -> Path:
    """Where a file of a run goes in a folder.

    Raises:
        InvalidInput: That would be outside of it, or is no name here.
    """
    parts = name.split("/")
    windows = PureWindowsPath(name)
    is_odd = any(part in ("", ".", "..") or "\0" in part for part in parts)
    if is_odd or (os.name == "nt" and (windows.drive or windows.root or "\\" in name)):
        raise InvalidInput(f"The file {name!r} has no place in {folder}: not saved.")
    target = folder.joinpath(*parts)
    # A link in the folder may lead out of it.
    root = folder.resolve()
    if not target.parent.resolve().is_relative_to(root) or target.is_symlink():
        raise InvalidInput(
            f"The file {name!r} would be saved outside of {folder}, through a link: not saved."
        )
    return target
