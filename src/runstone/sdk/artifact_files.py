"""Files of a version, and their bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from runstone.domain.errors import InvalidInput, NotFound
from runstone.sdk import artifact_references
from runstone.sdk.artifact_paths import VersionPath
from runstone.sdk.artifact_records import FileFacts, FilePage
from runstone.sdk.transport import Transport

_PAGE: Final = 5_000
_AHEAD_BYTES: Final = 1 << 20
AS_IT_IS: Final = {"accept-encoding": "identity"}
"""Positions in a file are those of its own bytes."""


class ArtifactFile:
    """A path in a version, and what stands behind it.

    Example:
        for file in version.files(prefix="images/"):
            print(file.path, file.size_bytes)
        version.entry("notes.txt").read().decode()
    """

    def __init__(self, transport: Transport, version: VersionPath, facts: FileFacts) -> None:
        self._transport = transport
        self._version = version
        self._facts = facts

    def __repr__(self) -> str:
        return f"<ArtifactFile: {self.path!r} of {self._version}, {self.size_bytes:,} bytes>"

    @property
    def path(self) -> str:
        """Relative, with `/` between folders."""
        return self._facts.path

    @property
    def size_bytes(self) -> int:
        """Its size; of a reference as far as it was known, else 0."""
        return self._facts.size_bytes

    @property
    def digest(self) -> str:
        """Base64 of its MD5; of a reference what its store calls it."""
        return self._facts.digest

    @property
    def md5(self) -> str | None:
        """Of its bytes, hexadecimal; None for a reference."""
        return self._facts.md5

    @property
    def reference(self) -> str | None:
        """Where a reference leads; None where the bytes are on the server."""
        return self._facts.reference

    @property
    def mime_type(self) -> str:
        """Guessed from its name."""
        return self._facts.mime_type

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Its bytes, or a part of them.

        Args:
            end: The first byte that is not wanted; to its end, if left out.

        Raises:
            InvalidInput: It refers to something that is not fetched.
        """
        if self.reference is not None:
            whole = io.BytesIO()
            artifact_references.fetch(self.reference, self.digest, whole)
            return whole.getvalue()[start:end]
        if start >= self.size_bytes or (end is not None and end <= start):
            return b""
        last = "" if end is None else str(end - 1)
        headers = {**AS_IT_IS, "range": f"bytes={start}-{last}"}
        with self._transport.stream(self.segments, headers=headers) as body:
            return b"".join(body.chunks())

    def open(self) -> io.BufferedReader:
        """Its bytes as a file that is read from the server as far as it is looked at.

        Example:
            with version.open("big.zip") as file:
                zipfile.ZipFile(file).namelist()

        Raises:
            InvalidInput: It is a reference: nothing of it is on the server.
        """
        if self.reference is not None:
            raise InvalidInput(
                f"{self.path} of {self._version} refers to {self.reference}: open that, or "
                "download() it.",
                code="file-is-reference",
            )
        return io.BufferedReader(_Remote(self), _AHEAD_BYTES)

    def download(
        self, root: str | os.PathLike[str] | None = None, *, skip_cache: bool = False
    ) -> Path:
        """Saves it under its path in a folder; see `ArtifactVersion.download`.

        Returns:
            Where it is.
        """
        from runstone.sdk.artifact_downloads import Download
        from runstone.sdk.artifact_folders import PlacedPath, default_root

        folder = default_root(self._version) if root is None else Path(root)
        Download(self._transport, self._version, folder, skip_cache=skip_cache).fetch([self])
        return PlacedPath(folder / self.path)

    @property
    def segments(self) -> tuple[str, ...]:
        """Its path in the API."""
        return (*self._version.segments, "files", *self.path.split("/"))


class _Remote(io.RawIOBase):
    """A file on the server; each read is a request, so it is to be read in large pieces."""

    def __init__(self, file: ArtifactFile) -> None:
        super().__init__()
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._file.size_bytes}
        at = base[whence] + offset
        if at < 0:
            raise ValueError(f"There is nothing before the file's first byte: {at}.")
        self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(self._at, self._at + len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def list_files(
    transport: Transport, version: VersionPath, prefix: str = ""
) -> Iterator[ArtifactFile]:
    """A version's files by path, page by page."""
    cursor: str | None = None
    while True:
        query = [("limit", str(_PAGE)), *([("prefix", prefix)] if prefix else [])]
        if cursor is not None:
            query.append(("cursor", cursor))
        page = transport.get(FilePage, (*version.segments, "files"), query)
        for facts in page.files:
            yield ArtifactFile(transport, version, facts)
        cursor = page.next_cursor
        if cursor is None:
            return


def find_file(transport: Transport, version: VersionPath, path: str) -> ArtifactFile:
    """A version's file under that path.

    Raises:
        NotFound: It has none.
    """
    # The first of all that begin so, in the order of paths.
    query = [("prefix", path), ("limit", "1")]
    page = transport.get(FilePage, (*version.segments, "files"), query)
    for facts in page.files:
        if facts.path == path:
            return ArtifactFile(transport, version, facts)
    raise NotFound(f"{version} has no file {path!r}; see files().", code="no-file")
