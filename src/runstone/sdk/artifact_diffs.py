"""What differs between two versions, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from runstone.sdk.artifact_files import ArtifactFile
from runstone.sdk.artifact_paths import VersionPath
from runstone.sdk.artifact_records import FileFacts
from runstone.sdk.transport import Transport

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not the same in both versions.

    Attributes:
        change: `added`, `removed`, `changed` or `renamed`.
        before: None for an added one.
        after: None for a removed one.
    """

    change: str
    before: ArtifactFile | None
    after: ArtifactFile | None

    @property
    def path(self) -> str:
        """As it is afterwards; of a removed file, as it was."""
        file = self.after or self.before
        assert file is not None, "it is in one of them"
        return file.path


class _Change(Struct):
    change: str
    before: FileFacts | None
    after: FileFacts | None


class _Diff(Struct):
    changes: list[_Change]
    next_cursor: str | None


def list_changes(
    transport: Transport, before: VersionPath, after: VersionPath
) -> Iterator[FileChange]:
    """What differs, by path, read page by page."""
    cursor: str | None = None
    while True:
        query = [("from", str(before)), ("to", after.version), ("limit", str(_PAGE))]
        if cursor is not None:
            query.append(("cursor", cursor))
        page = transport.get(_Diff, (*after.collection.segments, "diff"), query)
        for one in page.changes:
            yield FileChange(
                one.change,
                None if one.before is None else ArtifactFile(transport, before, one.before),
                None if one.after is None else ArtifactFile(transport, after, one.after),
            )
        cursor = page.next_cursor
        if cursor is None:
            return
