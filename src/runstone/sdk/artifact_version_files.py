"""The files of a version: listed, opened, saved in a folder here, and compared with it."""

from __future__ import annotations

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runstone.domain.errors import CorruptData, InvalidInput, NotFound
from runstone.sdk.artifact_diffs import FileChange, list_changes
from runstone.sdk.artifact_downloads import WORKERS, Download, OnMissing
from runstone.sdk.artifact_files import ArtifactFile, find_file, list_files
from runstone.sdk.artifact_folders import PlacedPath, below, default_root, is_there
from runstone.sdk.artifact_paths import VersionPath
from runstone.sdk.artifact_references import can_fetch
from runstone.sdk.artifact_tables import ArtifactTable, read_table
from runstone.sdk.frames import Progress
from runstone.sdk.transport import Transport

_NAMED: Final = 5
_TABLE: Final = ".table.json"


class VersionFiles(ABC):
    """The part of a version that is its files.

    Args:
        path: By its number: an alias may move meanwhile.
    """

    def __init__(self, transport: Transport, path: VersionPath) -> None:
        self._transport = transport
        self._path = path

    @property
    def path(self) -> str:
        """`entity/project/collection:v3`."""
        return str(self._path)

    @property
    @abstractmethod
    def num_files(self) -> int:
        """References included."""

    def files(self, prefix: str = "") -> Iterator[ArtifactFile]:
        """Its files by path, read page by page.

        Args:
            prefix: Such as `images/`.
        """
        return list_files(self._transport, self._path, prefix)

    def entry(self, path: str) -> ArtifactFile:
        """One of its files.

        Raises:
            NotFound: It has none under that path.
        """
        return find_file(self._transport, self._path, path)

    def changes_since(self, before: VersionFiles) -> Iterator[FileChange]:
        """The files that it holds otherwise than another version of the same server, by path.

        Example:
            for one in version.changes_since(api.artifact("lab/digits/faces:v0")):
                print(one.change, one.path)
        """
        return list_changes(self._transport, before._path, self._path)

    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        path: str | None = None,
        prefix: str | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool = False,
        workers: int = WORKERS,
        progress: Progress | None = None,
        on_missing: OnMissing | None = None,
    ) -> Path:
        """Saves its files under their paths in a folder, and checks their bytes.

        Files that are there, byte for byte, are left as they are; others of their names are
        replaced. A download that is cut goes on where it was, here or at the next call. What is
        fetched is also kept in the user's cache, by its MD5, for the next version that holds it.

        Args:
            root: The folder; `artifacts/name-v3`, if left out.
            path: This file alone.
            prefix: Only paths that begin so, such as `images/`.
            allow_missing_references: Go on where a reference leads to nothing, or to what is not
                fetched, such as `s3://`.
            skip_cache: Neither look there nor keep anything.
            workers: How many files come side by side.
            progress: Called with the bytes so far and the share of all, from 0 to 1.
            on_missing: Told of each reference that was passed over, and why.

        Returns:
            The folder.

        Raises:
            CannotWrite: The disk is full, or does not let us.
            CorruptData: What came, or what a reference leads to, is not what was logged.
            InvalidInput: A path leads out of the folder, or a reference is of a kind that is not
                fetched.
            NotFound: There is no such file, or nothing where a reference leads.
            Unavailable: The connection was cut again and again.
        """
        folder = default_root(self._path) if root is None else Path(root)
        files = [self.entry(path)] if path is not None else list(self.files(prefix or ""))
        if not files and prefix:
            raise NotFound(
                f"{self.path} has no file below {prefix!r}; see files().", code="no-file"
            )
        Download(
            self._transport,
            self._path,
            folder,
            skip_cache=skip_cache,
            workers=workers,
            progress=progress,
            on_missing=(on_missing or _ignore) if allow_missing_references else None,
        ).fetch(files)
        return PlacedPath(folder)

    def checkout(
        self, root: str | os.PathLike[str] | None = None, *, progress: Progress | None = None
    ) -> Path:
        """Makes a folder hold this version and nothing else: what is not of it is removed.

        Returns:
            The folder.

        Raises:
            CannotWrite: The disk is full, or does not let us.
        """
        folder = default_root(self._path) if root is None else Path(root)
        names = {file.path for file in self.files()}
        for name, place in list(below(folder)):
            if name not in names or place.is_symlink():
                place.unlink()
        _remove_empty(folder)
        return self.download(folder, progress=progress)

    def verify(self, root: str | os.PathLike[str] | None = None) -> None:
        """Checks that a folder holds this version, whole and unchanged, and nothing else.

        Of references only that something is there; nothing, where they are not fetched.

        Raises:
            CorruptData: It does not; `details` has `missing`, `changed` and `surplus`.
        """
        folder = default_root(self._path) if root is None else Path(root)
        missing: list[str] = []
        changed: list[str] = []
        names: set[str] = set()
        for file in self.files():
            names.add(file.path)
            place = folder / file.path
            if not place.is_file():
                if file.reference is None or can_fetch(file.reference):
                    missing.append(file.path)
            elif file.md5 is not None and not is_there(place, file.md5, file.size_bytes):
                changed.append(file.path)
        surplus = sorted(name for name, _ in below(folder) if name not in names)
        told = [
            f"{what}: {len(found):,} ({', '.join(found[:_NAMED])}{', …' * (len(found) > _NAMED)})"
            for what, found in (("missing", missing), ("changed", changed), ("not of it", surplus))
            if found
        ]
        if told:
            raise CorruptData(
                f"{folder} is not {self.path}: {'; '.join(told)}. checkout(), in the shell "
                "`get --checkout`, makes it so.",
                code="not-verified",
                missing=missing,
                changed=changed,
                surplus=surplus,
            )

    def open(self, path: str) -> io.BufferedReader:
        """One of its files, read from the server as far as it is looked at; may be sought in.

        Raises:
            NotFound: It has none under that path.
            InvalidInput: It is a reference.
        """
        return self.entry(path).open()

    def file(self, root: str | os.PathLike[str] | None = None) -> Path:
        """Saves its only file; where it is then.

        Args:
            root: The folder; `artifacts/name-v3`, if left out.

        Raises:
            InvalidInput: It holds several.
        """
        if self.num_files != 1:
            raise InvalidInput(
                f"{self.path} holds {self.num_files:,} files: name one with entry(), or "
                "download() them all."
            )
        (only,) = self.files()
        return self.download(root) / only.path

    def get(self, name: str) -> ArtifactTable | None:
        """What was added under a name with `Artifact.add`; None where nothing was.

        Tables are read; other values are files, see `entry()`.
        """
        try:
            return self.get_table(name)
        except NotFound:
            return None

    def get_entry(self, name: str) -> ArtifactFile:
        """As wandb calls `entry()`."""
        return self.entry(name)

    def get_path(self, name: str) -> ArtifactFile:
        """As wandb called `entry()` before."""
        return self.entry(name)

    def get_table(self, path: str) -> ArtifactTable:
        """A table that is one of its files.

        Args:
            path: The file's; of what was added as `wandb.Table` its name will do.

        Raises:
            NotFound: It has none under that path.
            InvalidInput: It is no table.
        """
        try:
            file = self.entry(path)
        except NotFound:
            if path.endswith(_TABLE):
                raise
            file = self.entry(path + _TABLE)
        return read_table(file.path, file.read())


def _ignore(_file: object, _error: object) -> None:
    pass


def _remove_empty(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root and not os.listdir(folder):
            Path(folder).rmdir()
