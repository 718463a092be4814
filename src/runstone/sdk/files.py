"""Files of a run, and how their bytes come to this machine."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from runstone.domain.errors import CorruptData, NotFound, Unavailable
from runstone.sdk.frames import Progress
from runstone.sdk.paths import RunPath
from runstone.sdk.saving import place_within, settle, told_of
from runstone.sdk.transport import Transport

_PAGE: Final = 1_000
_TRIES: Final = 5
"""To go on after a connection was cut, as long as each brings something."""
_PAUSE_S: Final = 0.5


class RunFile:
    """A file saved with a run.

    Example:
        run.file("model.pt").download("models")
        run.file("notes.txt").read().decode()
    """

    def __init__(self, transport: Transport, path: RunPath, facts: FileFacts) -> None:
        self._transport = transport
        self._path = path
        self._facts = facts

    def __repr__(self) -> str:
        return f"<RunFile: {self.name!r} of {self._path}, {self.size_bytes:,} bytes>"

    @property
    def name(self) -> str:
        """Relative path, with `/` between folders."""
        return self._facts.name

    @property
    def size_bytes(self) -> int:
        """Its size."""
        return self._facts.size_bytes

    @property
    def md5(self) -> str | None:
        """Of its bytes, hexadecimal; None where it is not known."""
        return self._facts.md5

    @property
    def mime_type(self) -> str:
        """Guessed from its name."""
        return self._facts.mime_type

    @property
    def updated_at(self) -> datetime:
        """When its bytes came, UTC."""
        return self._facts.updated_at

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Its bytes, or a part of them.

        Args:
            end: The first byte that is not wanted; to its end, if left out.
        """
        if start >= self.size_bytes or (end is not None and end <= start):
            return b""
        last = "" if end is None else str(end - 1)
        headers = {**_AS_IT_IS, "range": f"bytes={start}-{last}"}
        with self._transport.stream(self._segments, headers=headers) as body:
            return b"".join(body.chunks())

    def download(
        self,
        folder: str | os.PathLike[str] = ".",
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Saves it under its name in a folder, never outside of it, and checks its bytes.

        One that is there already, byte for byte, is left as it is; another of its name is
        replaced when the new one is whole. A download that is cut goes on where it was, here or
        at the next call.

        Args:
            progress: Called with the bytes so far and the share of all, from 0 to 1.

        Returns:
            Where it is.

        Raises:
            CannotWrite: The disk is full, or does not let us.
            CorruptData: What came is not what was saved.
            InvalidInput: Its name leads out of the folder.
            Unavailable: The connection was cut again and again.
        """
        root = Path(folder)
        target = place_within(root, self.name)
        with told_of(target):
            if self._is_there(target):
                return target
            target.parent.mkdir(parents=True, exist_ok=True)
            self._fetch(target, progress)
        return target

    @property
    def _segments(self) -> tuple[str, ...]:
        return (*self._path.segments, "files", *self.name.split("/"))

    def _is_there(self, target: Path) -> bool:
        if self.md5 is None or not target.is_file():
            return False
        return target.stat().st_size == self.size_bytes and _md5_of(target) == self.md5

    def _fetch(self, target: Path, progress: Progress | None) -> None:
        # The name of what is left of a cut download says of which bytes it is a part.
        version = self.md5 or self.updated_at.strftime("%Y%m%dT%H%M%S%f")
        left = target.with_name(f".{target.name[:100]}.{version}.part")
        ours = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")
        # Taken by its name: of two who download the same, one goes on and one begins anew.
        with suppress(FileNotFoundError):
            left.replace(ours)
        try:
            self._fetch_rest(ours, progress)
        except (Unavailable, KeyboardInterrupt):
            with suppress(OSError):
                ours.replace(left)
            raise
        except BaseException:
            with suppress(OSError):
                ours.unlink()
            raise
        ours.replace(target)

    def _fetch_rest(self, ours: Path, progress: Progress | None) -> None:
        with ours.open("ab") as file:
            for attempt in range(_TRIES):
                began_at = file.tell()
                headers = dict(_AS_IT_IS)
                if began_at:
                    headers |= {"range": f"bytes={began_at}-", "if-range": f'"{self.md5}"'}
                if began_at and began_at >= self.size_bytes:
                    break
                try:
                    with self._transport.stream(self._segments, headers=headers) as body:
                        if body.status != 206 and began_at:
                            file.truncate(0)
                            file.seek(0)
                        for piece in body.chunks():
                            file.write(piece)
                            if progress is not None:
                                progress(file.tell(), file.tell() / max(1, self.size_bytes))
                    break
                except Unavailable:
                    if attempt == _TRIES - 1 or file.tell() <= began_at:
                        raise
                    time.sleep(_PAUSE_S)
            settle(file)
        if self.md5 is not None and _md5_of(ours) != self.md5:
            raise CorruptData(
                f"The bytes of {self.name} of {self._path} are not those that were saved: their "
                "MD5 differs. It may have been replaced meanwhile; ask for it again.",
                code="md5-differs",
            )


class FileFacts(Struct, frozen=True):
    """A file as it travels."""

    name: str
    size_bytes: int
    mime_type: str
    md5: str | None
    updated_at: datetime


class _FileList(Struct):
    files: list[FileFacts]
    next_after: str | None


# Positions in a file are those of its own bytes.
_AS_IT_IS: Final = {"accept-encoding": "identity"}


def list_files(transport: Transport, path: RunPath, prefix: str = "") -> Iterator[RunFile]:
    """A run's files by name, page by page."""
    after: str | None = None
    while True:
        query = [("limit", str(_PAGE)), *([("prefix", prefix)] if prefix else [])]
        if after is not None:
            query.append(("after", after))
        page = transport.get(_FileList, (*path.segments, "files"), query)
        for facts in page.files:
            yield RunFile(transport, path, facts)
        after = page.next_after
        if after is None:
            return


def find_file(transport: Transport, path: RunPath, name: str) -> RunFile:
    """A run's file of that name.

    Raises:
        NotFound: It has none.
    """
    # The first of all that begin with its name, in the order of names.
    query = [("prefix", name), ("limit", "1")]
    page = transport.get(_FileList, (*path.segments, "files"), query)
    for facts in page.files:
        if facts.name == name:
            return RunFile(transport, path, facts)
    raise NotFound(f"The run {path} has no file {name!r}; see files().", code="no-file")


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
