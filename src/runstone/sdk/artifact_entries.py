"""A path of a version to be, and the list of all of them that is sent: the manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runstone.domain.errors import InvalidInput
from runstone.domain.names import normalize_file_name
from runstone.sdk.artifact_sources import Source


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """A path of the version to be.

    Attributes:
        digest: Base64 of the MD5; of a reference what its store calls it.
        source: Where the bytes are; None for a reference.
    """

    path: str
    digest: str
    size_bytes: int
    reference: str | None
    source: Source | None


def manifest_of(entries: Sequence[DraftEntry]) -> bytes:
    """A version's paths as JSON, in the words of the wandb client.

    Raises:
        InvalidInput: One of them is a file and a folder at once.
    """
    paths = {entry.path for entry in entries}
    folders = {folder for path in paths for folder in _folders(path)}
    if both := folders & paths:
        raise InvalidInput(
            f"{min(both)!r} cannot be a file and a folder at once: rename one of them.",
            code="name-taken",
        )
    contents = {
        entry.path: {"digest": entry.digest, "size": entry.size_bytes}
        | ({"ref": entry.reference} if entry.reference is not None else {})
        for entry in entries
    }
    return msgspec.json.encode(
        {
            "version": 1,
            "storagePolicy": "wandb-storage-policy-v1",
            "storagePolicyConfig": {"storageLayout": "V2"},
            "contents": contents,
        }
    )


def legal_path(name: str) -> str:
    """The path of a file in a version.

    Raises:
        InvalidInput: It leads out of it, or is no Unicode.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"The name {name!r} is not UTF-8: rename the file, or add it under a name.",
            code="invalid-name",
        ) from error
    return normalize_file_name(Path(name).as_posix() if os.name == "nt" else name)


def _folders(path: str) -> Iterator[str]:
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)
