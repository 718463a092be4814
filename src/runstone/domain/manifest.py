"""What is in a version of an artifact: paths, and what stands behind each.

The JSON is that of the wandb client (protocol/wandb.md section 11, "Manifest JSON"), which reads
it back as it wrote it; other clients write the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from runstone.domain.errors import InvalidInput
from runstone.domain.names import normalize_file_name

MAX_ENTRIES: Final = 2_000_000
_MAX_SIZE_BYTES: Final = 2**62
_VERSION: Final = 1
_PLAIN: Final = re.compile(r"[\w-][\w.-]{0,99}(/[\w-][\w.-]{0,99}){0,9}", re.ASCII)
"""Paths that need no closer look: most."""
_DRIVE: Final = re.compile(r"[A-Za-z]:")
"""On Windows such a path leads out of any folder."""


_Size: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
_FloatSize: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class _Entry(msgspec.Struct):
    digest: str
    size: _Size | _FloatSize | None = None
    ref: str | None = None
    birthArtifactID: str | None = None  # noqa: N815 - the client's own word
    extra: dict[str, Any] = {}


class _Manifest(msgspec.Struct):
    version: int
    contents: dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class Entry:
    """One path.

    Attributes:
        md5: 16 bytes, of its content; None for a reference.
        digest: As the client wrote it: base64 of the MD5, or what a reference's store calls it.
        ref: Where a reference leads to.
    """

    path: str
    digest: str
    md5: bytes | None
    size_bytes: int
    ref: str | None


def read_manifest(text: bytes) -> Sequence[Entry]:
    """The entries of a manifest, by path.

    Raises:
        InvalidInput: Not a manifest, of a version that is not known, with a path that is absolute
            or climbs out, with a digest that is no MD5, or with sizes that cannot be.
    """
    try:
        parsed = msgspec.json.decode(text, type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"This is not an artifact's manifest: {error}.", code=_CODE) from error
    if parsed.version != _VERSION:
        raise InvalidInput(
            f"Manifests of version {parsed.version} are not known here; {_VERSION} is.", code=_CODE
        )
    if len(parsed.contents) > MAX_ENTRIES:
        raise InvalidInput(
            f"The manifest has {len(parsed.contents):,} entries; at most {MAX_ENTRIES:,} are "
            "allowed.",
            code="too-many-entries",
        )
    entries = [_entry(path, parsed.contents[path]) for path in sorted(parsed.contents)]
    if sum(entry.size_bytes for entry in entries) > _MAX_SIZE_BYTES:
        raise InvalidInput(
            "The sizes in the manifest come to more bytes than there are anywhere.", code=_CODE
        )
    return entries


_CODE: Final = "malformed-manifest"


def _entry(path: str, given: _Entry) -> Entry:
    # Whoever downloads writes to this path.
    if not _PLAIN.fullmatch(path) and (
        _DRIVE.match(path) or normalize_file_name(path) != path.replace("\\", "/")
    ):
        raise InvalidInput(
            f"{path[:200]!r} is not a legal path in an artifact: use a relative one without '.', "
            "'..' and empty parts.",
            code="invalid-name",
        )
    md5 = None if given.ref is not None else read_digest(given.digest, path)
    return Entry(path, given.digest, md5, int(given.size or 0), given.ref)


def digest_of(entries: Sequence[Entry]) -> str:
    """What clients call the sum of these contents: 32 hex digits."""
    text = "".join(f"{entry.path}:{entry.digest}\n" for entry in entries)
    return hashlib.md5(f"{_DIGEST_OF}{text}".encode(), usedforsecurity=False).hexdigest()


_DIGEST_OF: Final = "wandb-artifact-manifest-v1\n"


def read_digest(digest: str, what: str) -> bytes:
    """The 16 bytes of an MD5 in base64.

    Raises:
        InvalidInput: It is none.
    """
    try:
        md5 = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        md5 = b""
    if len(md5) != 16:
        raise InvalidInput(
            f"The digest of {what[:200]!r} is not the base64 of an MD5: {digest[:80]!r}.",
            code="malformed-digest",
        )
    return md5


def merge_manifests(texts: Sequence[bytes]) -> bytes:
    """One manifest with the entries of all; of one path the last counts.

    Everything beside the entries is that of the last one.

    Raises:
        InvalidInput: One of them is not a manifest.
    """
    merged: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for text in texts:
        try:
            last = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise InvalidInput(
                f"This is not an artifact's manifest: {error}.", code=_CODE
            ) from error
        contents = last.get("contents")
        if isinstance(contents, Mapping):
            merged.update(contents)
    return msgspec.json.encode({**last, "contents": merged})
