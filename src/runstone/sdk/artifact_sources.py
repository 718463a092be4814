"""Files of this machine as they were when they were added: read for their MD5, and read again.

A file may be written to between its adding and its sending: what is sent is what was added, or
nothing.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.sdk.artifact_walking import reading

_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A file on this machine as it was when it was read.

    Attributes:
        md5: Hexadecimal.
        changed_at: In nanoseconds, as the disk tells.
        is_fixed: Nobody writes to it any more: it was made for the version, or the user said so.
        is_lasting: It stays where it is; what was made for the version goes with the draft.
    """

    path: Path
    md5: str
    size_bytes: int
    changed_at: int
    is_fixed: bool = False
    is_lasting: bool = True


def read_source(path: Path, *, is_fixed: bool = False) -> Source:
    """A file as it is now.

    Raises:
        InvalidInput: It cannot be read, or is written to just now (code `file-changed`).
    """
    digest = hashlib.md5(usedforsecurity=False)
    with reading(path) as file:
        before = os.fstat(file.fileno())
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise changed(path)
    return Source(path, digest.hexdigest(), after.st_size, after.st_mtime_ns, is_fixed)


def made_source(path: Path) -> Source:
    """A file that was made for a version: nobody else writes to it, and it goes with the draft."""
    return replace(read_source(path, is_fixed=True), is_lasting=False)


def bytes_of(source: Source, start: int = 0, size: int | None = None) -> bytes:
    """Bytes of a file that is as it was when it was added.

    Raises:
        InvalidInput: It was changed (code `file-changed`), or cannot be read.
    """
    wanted = source.size_bytes if size is None else size
    with reading(source.path) as file:
        file.seek(start)
        parts: list[bytes] = []
        left = wanted
        while left and (piece := file.read(left)):
            parts.append(piece)
            left -= len(piece)
    data = b"".join(parts)
    is_same = not left
    if is_same and size is None:
        is_same = hashlib.md5(data, usedforsecurity=False).hexdigest() == source.md5
    elif is_same:
        is_same = source.path.stat().st_mtime_ns == source.changed_at
    if not is_same:
        raise changed(source.path)
    return data


def changed(path: Path) -> InvalidInput:
    """What a file that changes under our eyes is told as."""
    return InvalidInput(
        f"{path} was changed while it was read: log it when nobody writes to it.",
        code="file-changed",
        path=str(path),
    )
