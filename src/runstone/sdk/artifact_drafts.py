"""A version that is being put together on this machine."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from runstone.domain.artifact import check_tags, check_type_name
from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import digest_of, read_manifest
from runstone.domain.names import check_collection_name, normalize_file_name
from runstone.sdk import artifact_references
from runstone.sdk.artifact_walking import check_file, files_below, reading
from runstone.sdk.saving import told_of

_PIECE_BYTES: Final = 1 << 20
_HASHERS: Final = 4
MAX_REFERENCES: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file on this machine as it was when it was read.

    Attributes:
        md5: Hexadecimal.
        changed_at: In nanoseconds, as the disk tells.
    """

    path: Path
    md5: str
    size_bytes: int
    changed_at: int


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


class Artifact:
    """A version to be logged: what it holds is put together here, and uploaded by `log_artifact`.

    Files are read when they are added, for their MD5, and again when they are uploaded; one that
    changes in between is refused. Nothing is copied.

    Example:
        model = runstone.Artifact("model", type="model", metadata={"acc": 0.97})
        model.add_dir("checkpoints/best")
        with model.new_file("notes.txt") as file:
            file.write(b"The one of figure 3.")
        version = runstone.Api().log_artifact(model, project="lab/digits", aliases=["best"])

    Attributes:
        description: What people are to read about it.
        metadata: Any JSON, to be found and compared by.
        tags: Words to sort versions by.
        ttl: How long to keep it; None for as long as the project's rules say.

    Args:
        name: Of the artifact in its project.
        type: Such as `model` or `dataset`; all versions of an artifact have the same.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the word that people look for
        *,
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
        tags: tuple[str, ...] | list[str] = (),
        ttl: timedelta | None = None,
    ) -> None:
        self._name = check_collection_name(name)
        self._type = check_type_name(type)
        self.description = description
        self.metadata = dict(metadata or {})
        self.tags = check_tags(tuple(tags))
        self.ttl = ttl
        self._entries: dict[str, DraftEntry] = {}
        self._made: Path | None = None

    def __repr__(self) -> str:
        return f"<Artifact: {self.name} {self.type}, {len(self):,} files>"

    def __len__(self) -> int:
        """How many files it has, references included."""
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    @property
    def name(self) -> str:
        """Of the artifact in its project."""
        return self._name

    @property
    def type(self) -> str:
        """Such as `model`."""
        return self._type

    @property
    def entries(self) -> tuple[DraftEntry, ...]:
        """What it holds so far, by path."""
        return tuple(self._entries[path] for path in sorted(self._entries))

    @property
    def size_bytes(self) -> int:
        """Of its files, each as often as it is named."""
        return sum(entry.size_bytes for entry in self._entries.values())

    @property
    def digest(self) -> str:
        """Of all that it holds: versions with the same one hold the same, whoever logged them.

        Raises:
            InvalidInput: A path in it is not legal.
        """
        return digest_of(read_manifest(self.manifest()))

    # What it holds

    def add_file(self, path: str | os.PathLike[str], name: str | None = None) -> DraftEntry:
        """Adds a file; of a link, what it leads to.

        Args:
            name: Its path in the version; the file's own name, if left out.

        Raises:
            NotFound: There is none.
            InvalidInput: It is no file or cannot be read, or the version has another file there.
        """
        place = Path(path)
        check_file(place)
        return self._add(_legal(name or place.name), _read(place))

    def add_dir(self, path: str | os.PathLike[str], name: str | None = None) -> list[DraftEntry]:
        """Adds all files below a folder, under their paths in it.

        Links to files are followed. Folders without files are not kept: a version holds files.

        Args:
            name: A path that they come below; none, if left out.

        Returns:
            What was added, by path.

        Raises:
            InvalidInput: It is no folder or holds no file; or something in it is a link to a
                folder or to nothing, or cannot be read: then nothing is added.
        """
        folder = Path(path)
        if not folder.is_dir():
            what = "a file: add it with add_file()" if folder.exists() else "not there"
            raise InvalidInput(f"{folder} is {what}.", code="not-a-folder")
        prefix = f"{_legal(name)}/" if name else ""
        found = [(_legal(f"{prefix}{below}"), place) for below, place in files_below(folder)]
        if not found:
            raise InvalidInput(f"{folder} holds no file: there is nothing to add.", code="empty")
        with ThreadPoolExecutor(_HASHERS, thread_name_prefix="runstone-hash") as pool:
            sources = list(pool.map(_read, (place for _, place in found)))
        return [self._add(below, source) for (below, _), source in zip(found, sources, strict=True)]

    def add_reference(
        self,
        uri: str,
        name: str | None = None,
        *,
        checksum: bool = True,
        max_objects: int = MAX_REFERENCES,
    ) -> list[DraftEntry]:
        """Adds what lies elsewhere: the version names it, and its bytes stay where they are.

        Args:
            uri: `file:///…` (a folder: all files below it), `https://…`, `s3://…`, or any other.
            name: Its path in the version; the last part of the URI, if left out.
            checksum: Look at it now, to notice later when it was changed: files and what HTTP
                serves. Of other kinds only the address is noted.
            max_objects: A folder with more files is refused.

        Raises:
            NotFound: Nothing is there.
            InvalidInput: No URI.
        """
        noted = artifact_references.note(uri, checksum=checksum, max_objects=max_objects)
        base = name or uri.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        added: list[DraftEntry] = []
        for one in noted:
            # The files of a folder come below a name only where one is given, as with add_dir().
            below = f"{name}/{one.name}" if name and one.name else one.name or base
            path = _legal(below)
            entry = DraftEntry(path, one.digest, one.size_bytes, one.uri, None)
            self._set(entry)
            added.append(entry)
        return added

    @contextmanager
    def new_file(self, name: str) -> Iterator[BinaryIO]:
        """A new file of the version, to be written now.

        Example:
            with artifact.new_file("config.json") as file:
                file.write(json.dumps(config).encode())

        Raises:
            CannotWrite: The disk is full, or does not let us.
            InvalidInput: The version has another file there.
        """
        path = _legal(name)
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="runstone-artifact-"))
            weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
        descriptor, place = tempfile.mkstemp(dir=self._made)
        with told_of(Path(place)), open(descriptor, "wb") as file:
            yield file
        self._add(path, _read(Path(place)))

    def remove(self, path: str) -> None:
        """Takes a file out again, or all files below a folder; nothing happens to the originals.

        Raises:
            InvalidInput: It has none there.
        """
        gone = [known for known in self._entries if f"{known}/".startswith(f"{path}/")]
        if not gone:
            raise InvalidInput(f"{self!r} has no {path!r}.", code="no-file")
        for known in gone:
            del self._entries[known]

    def manifest(self) -> bytes:
        """What it holds as JSON, in the words of the wandb client.

        Raises:
            InvalidInput: A file of it is also a folder of it.
        """
        folders = {folder for path in self._entries for folder in _folders(path)}
        if both := folders & self._entries.keys():
            raise InvalidInput(
                f"{min(both)!r} cannot be a file and a folder at once: rename one of them.",
                code="name-taken",
            )
        contents = {
            entry.path: {"digest": entry.digest, "size": entry.size_bytes}
            | ({"ref": entry.reference} if entry.reference is not None else {})
            for entry in self.entries
        }
        return msgspec.json.encode(
            {
                "version": 1,
                "storagePolicy": "wandb-storage-policy-v1",
                "storagePolicyConfig": {"storageLayout": "V2"},
                "contents": contents,
            }
        )

    # Within

    def _add(self, path: str, source: Source) -> DraftEntry:
        digest = base64.b64encode(bytes.fromhex(source.md5)).decode("ascii")
        entry = DraftEntry(path, digest, source.size_bytes, None, source)
        self._set(entry)
        return entry

    def _set(self, entry: DraftEntry) -> None:
        known = self._entries.get(entry.path)
        if known is not None and (known.digest, known.reference) != (entry.digest, entry.reference):
            raise InvalidInput(
                f"{self!r} has another file at {entry.path!r} already: remove() it first, or name "
                "this one otherwise.",
                code="name-taken",
            )
        self._entries[entry.path] = entry


def _folders(path: str) -> Iterator[str]:
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _legal(name: str) -> str:
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


def _read(path: Path) -> Source:
    digest = hashlib.md5(usedforsecurity=False)
    with reading(path) as file:
        before = os.fstat(file.fileno())
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise changed(path)
    return Source(path, digest.hexdigest(), after.st_size, after.st_mtime_ns)


def changed(path: Path) -> InvalidInput:
    """What a file that changes under our eyes is told as."""
    return InvalidInput(
        f"{path} was changed while it was read: log it when nobody writes to it.",
        code="file-changed",
        path=str(path),
    )
