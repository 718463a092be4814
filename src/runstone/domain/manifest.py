"""What is in a version of an artifact: paths, and what stands behind each.

The JSON is that of the wandb client (protocol/wandb.md section 11, "Manifest JSON"), which reads
it back as it wrote it; other clients write the same.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias, overload

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


class _Entry(msgspec.Struct, gc=False):
    # What else clients write (`birthArtifactID`, `extra`) they read back from the text.
    digest: str
    size: _Size | _FloatSize | None = None
    ref: str | None = None


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


class Entries(Sequence[Entry]):
    """The entries of one manifest by path, in some seventy bytes each; immutable.

    An `Entry` is made when it is asked for.

    Attributes:
        size_bytes: The sum of all entries' sizes.
    """

    def __init__(self, contents: Mapping[str, _Entry]) -> None:
        self._offsets = array("Q", (0,))
        self._sizes = array("q")
        md5s = bytearray()
        # Digests that the MD5 does not tell: those of references, and odd ways to write one.
        self._told: dict[int, tuple[str, str | None]] = {}
        parts: list[bytes] = []
        end = 0
        for place, path in enumerate(sorted(contents)):
            given = contents[path]
            _check_path(path)
            if given.ref is None:
                md5s += read_digest(given.digest, path)
                if given.digest[21] not in _LAST_OF_MD5:
                    self._told[place] = (given.digest, None)
            else:
                md5s += _NO_MD5
                self._told[place] = (given.digest, given.ref)
            self._sizes.append(_size(given.size))
            part = path.encode()
            parts.append(part)
            end += len(part)
            self._offsets.append(end)
        self._paths = b"".join(parts)
        self._md5s = bytes(md5s)
        self.size_bytes = sum(self._sizes)

    @property
    def num_bytes(self) -> int:
        """What it takes in memory."""
        told = sum(200 + len(digest) + len(ref or "") for digest, ref in self._told.values())
        return len(self._paths) + len(self._md5s) + 16 * len(self._sizes) + told

    def find(self, path: str) -> Entry | None:
        """The entry of that path."""
        place = self.place_of(path)
        return self[place] if place < len(self) and self.path(place) == path else None

    def place_of(self, path: str) -> int:
        """Where the entry of that path stands, or would stand."""
        return bisect_left(range(len(self)), path.encode(errors="replace"), key=self._path)

    def path(self, place: int) -> str:
        """The path that stands there, without making its entry."""
        return self._path(place).decode()

    def paths(self, start: int = 0) -> Iterator[str]:
        """All paths from one place on."""
        return (self.path(place) for place in range(start, len(self)))

    def md5s(self) -> list[bytes]:
        """Of all contents, each once, in order."""
        found = {self._md5s[at : at + 16] for at in range(0, len(self._md5s), 16)}
        if any(ref is not None for _, ref in self._told.values()):
            found.discard(_NO_MD5)
        return sorted(found)

    def md5_at(self, place: int) -> bytes | None:
        """The MD5 of the content that stands there; None for a reference."""
        if place in self._told and self._told[place][1] is not None:
            return None
        return self._md5s[16 * place : 16 * place + 16]

    def size_at(self, place: int) -> int:
        """The size that the manifest says of the entry there."""
        return self._sizes[place]

    def __len__(self) -> int:
        return len(self._sizes)

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(place) for place in range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(place, slice):
            return [self._entry(each) for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._entry(place % len(self))

    def _path(self, place: int) -> bytes:
        return self._paths[self._offsets[place] : self._offsets[place + 1]]

    def _entry(self, place: int) -> Entry:
        path, size = self.path(place), self._sizes[place]
        md5 = self._md5s[16 * place : 16 * place + 16]
        told = self._told.get(place)
        if told is None:
            digest = binascii.b2a_base64(md5, newline=False).decode("ascii")
            return Entry(path, digest, md5, size, None)
        digest, ref = told
        return Entry(path, digest, md5 if ref is None else None, size, ref)


NOTHING: Final = Entries({})
"""Of a version that holds no files."""
_NO_MD5: Final = bytes(16)
_LAST_OF_MD5: Final = frozenset("AQgw")
"""What the 22nd character of an MD5 in base64 can be: four of its six bits are nothing."""


def read_manifest(text: bytes) -> Entries:
    """The entries of a manifest, by path.

    Raises:
        InvalidInput: Not a manifest, of a version that is not known, with a path that is absolute
            or climbs out, with a digest that is no MD5, or with sizes that cannot be.
    """
    try:
        parsed = msgspec.json.decode(text, type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
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
    entries = Entries(parsed.contents)
    if entries.size_bytes > _MAX_SIZE_BYTES:
        raise _too_large()
    return entries


_CODE: Final = "malformed-manifest"


def _too_large() -> InvalidInput:
    return InvalidInput(
        "The sizes in the manifest come to more bytes than there are anywhere.", code=_CODE
    )


def _size(given: float | None) -> int:
    size = int(given or 0)
    if size > _MAX_SIZE_BYTES:
        raise _too_large()
    return size


def _check_path(path: str) -> None:
    # Whoever downloads writes to this path.
    if not _PLAIN.fullmatch(path) and (
        _DRIVE.match(path) or normalize_file_name(path) != path.replace("\\", "/")
    ):
        raise InvalidInput(
            f"{path[:200]!r} is not a legal path in an artifact: use a relative one without '.', "
            "'..' and empty parts.",
            code="invalid-name",
        )


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
        md5 = binascii.a2b_base64(digest, strict_mode=True)
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
    merged: dict[str, msgspec.Raw] = {}
    last: dict[str, Any] = {}
    for text in texts:
        try:
            last = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
            contents = msgspec.json.decode(
                last.get("contents", msgspec.Raw(b"{}")), type=dict[str, msgspec.Raw]
            )
        except msgspec.DecodeError as error:
            raise InvalidInput(
                f"This is not an artifact's manifest: {error}.", code=_CODE
            ) from error
        merged.update(contents)
    return msgspec.json.encode({**last, "contents": merged})
