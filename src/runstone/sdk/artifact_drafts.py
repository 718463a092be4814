"""A version that is being put together on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

import msgspec

from runstone.domain.artifact import check_tags, check_type_name
from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import digest_of, read_manifest
from runstone.domain.names import check_collection_name, normalize_file_name
from runstone.sdk import artifact_references
from runstone.sdk.artifact_ttl import ArtifactTTL, TimeToLive, seconds_of, ttl_of
from runstone.sdk.artifact_walking import check_file, files_below, reading
from runstone.sdk.saving import told_of

if TYPE_CHECKING:
    from runstone.sdk.artifact_versions import ArtifactVersion

Policy: TypeAlias = Literal["mutable", "immutable"]

_PIECE_BYTES: Final = 1 << 20
_HASHERS: Final = 4
MAX_REFERENCES: Final = 10_000_000


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


class Saving(Protocol):
    """A draft on its way to the server."""

    def wait(self, timeout: float | None) -> ArtifactVersion | None:
        """The version, once it is there; None for a part of one, and where nothing is logged.

        Raises:
            Unavailable: It is not there in time, or is not sent before `runstone sync`.
            RunstoneError: The server refused it.
        """


class Addable(Protocol):
    """A value that is a document and files: a table, an image and the like."""

    def write_into(self, folder: Path) -> Mapping[str, Any]:
        """Writes its bytes below a folder; returns the document that names them.

        Raises:
            InvalidInput: There is something wrong with it.
            OSError: The bytes cannot be written.
        """


class Artifact:
    """A version to be logged: what it holds is put together here, and uploaded by `log_artifact`.

    Files are read when they are added, for their MD5. `run.log_artifact` takes copies of them, as
    they are then (docs/artifacts.md says when that costs nothing); `Api.log_artifact` reads them
    again, copies nothing, and refuses one that has changed in between.

    Example:
        model = runstone.Artifact("model", type="model", metadata={"acc": 0.97})
        model.add_dir("checkpoints/best")
        with model.new_file("notes.txt") as file:
            file.write("The one of figure 3.")
        run.log_artifact(model, aliases=["best"])
        model.wait().version  # "v3"; all that a version knows, from here on

    Attributes:
        description: What people are to read about it.
        metadata: Any JSON, to be found and compared by.
        tags: Words to sort versions by.
        ttl: How long to keep it, from its creation; None for ever.
        saving: Who sends it; None before it is logged.
        distributed_id: What the others that write the same version call it, too; None for one that
            is written at once.

    Args:
        name: Of the artifact in its project.
        type: Such as `model` or `dataset`; all versions of an artifact have the same.
        incremental: Accepted for wandb's sake: bytes that are on the server are never sent again,
            with it or without.
        use_as: Likewise; it means nothing in wandb any more either.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the word that people look for
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        *,
        tags: Sequence[str] = (),
        ttl: TimeToLive = ArtifactTTL.INHERIT,
    ) -> None:
        self._name = check_collection_name(name)
        self._type = check_type_name(type)
        self.saving: Saving | None = None
        self.distributed_id: str | None = None
        self._version: ArtifactVersion | None = None
        self.incremental = incremental
        self.use_as = use_as
        self.description = description or ""
        self.metadata = dict(metadata or {})
        self.tags = check_tags(tuple(tags))
        self._ttl_s = seconds_of(ttl)
        self._entries: dict[str, DraftEntry] = {}
        self._made: Path | None = None

    def __repr__(self) -> str:
        return f"<Artifact: {self.name} {self.type}, {len(self):,} files>"

    def __len__(self) -> int:
        """How many files it has, references included."""
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __getattr__(self, name: str) -> Any:
        # What only a version has: its number, its download, its lineage.
        if name.startswith("_"):
            raise AttributeError(name)
        if self._version is None:
            raise AttributeError(
                f"{self!r} has no {name!r} before it is on the server: log it, then wait() for it."
            )
        return getattr(self._version, name)

    # On its way

    def is_draft(self) -> bool:
        """Whether it is not known to be on the server; `wait()` finds out."""
        return self._version is None

    @property
    def state(self) -> str:
        """`PENDING`, or `COMMITTED` once it is known to be on the server."""
        return "PENDING" if self._version is None else "COMMITTED"

    def wait(self, timeout: float | None = None) -> Artifact:
        """Waits until it is on the server; then it knows what its version knows. Returns itself.

        A part of a version (`upsert_artifact`) is no version when it has arrived: one makes it one.

        Args:
            timeout: Seconds; without one, as long as it takes.

        Raises:
            InvalidInput: It was not logged.
            Unavailable: It is not there in time, or its run is offline.
            RunstoneError: The server refused it.
        """
        if self._version is None:
            if self.saving is None:
                raise InvalidInput(f"{self!r} is not logged: call run.log_artifact() first.")
            self._version = self.saving.wait(timeout)
        return self

    def hold(self, entry: DraftEntry) -> None:
        """Takes what another version of the project holds: its bytes are on the server."""
        self._set(entry)

    def replace_source(self, path: str, source: Source) -> None:
        """Takes a file of it as it is now, where it was changed after it was added."""
        self._add(path, source, overwrite=True)

    def finalize(self) -> None:
        """Nothing: what is logged is as it was when it was logged. For wandb's sake."""

    @property
    def name(self) -> str:
        """Of the artifact in its project; with its number (`model:v3`) once that is known."""
        return self._name if self._version is None else self._version.name

    @property
    def collection(self) -> str:
        """Of the artifact in its project, whatever the version."""
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
    def size(self) -> int:
        """As wandb calls `size_bytes`."""
        return self.size_bytes

    @property
    def digest(self) -> str:
        """Of all that it holds: versions with the same one hold the same, whoever logged them.

        Raises:
            InvalidInput: A path in it is not legal.
        """
        return digest_of(read_manifest(self.manifest()))

    @property
    def ttl(self) -> TimeToLive:
        """How long to keep it, from its creation: None for ever; inherited, where nothing was said.

        Raises:
            InvalidInput: What it is set to is no duration, and none of these.
        """
        return ttl_of(self._ttl_s)

    @ttl.setter
    def ttl(self, ttl: TimeToLive) -> None:
        self._ttl_s = seconds_of(ttl)

    # What it holds

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool = False,
        skip_cache: bool = False,
        policy: Policy = "mutable",
        overwrite: bool = False,
    ) -> DraftEntry:
        """Adds a file; of a link, what it leads to.

        Args:
            name: Its path in the version; the file's own name, if left out.
            is_tmp: Puts six digits of its MD5 before its name.
            skip_cache: For wandb's sake: nothing that is uploaded is put into the cache.
            policy: `immutable` says that nobody will write to it: then `run.log_artifact` copies
                nothing.
            overwrite: Takes the place of another file of that path.

        Raises:
            NotFound: There is none.
            InvalidInput: It is no file or cannot be read, or the version has another file there.
        """
        place = Path(local_path)
        check_file(place)
        source = read_source(place, is_fixed=_is_fixed(policy))
        path = _legal(name or place.name)
        if is_tmp:
            folder, _, last = path.rpartition("/")
            path = f"{folder}/{source.md5[:6]}-{last}".lstrip("/")
        return self._add(path, source, overwrite=overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool = False,
        policy: Policy = "mutable",
        merge: bool = False,
    ) -> list[DraftEntry]:
        """Adds all files below a folder, under their paths in it.

        Links to files are followed. Folders without files are not kept: a version holds files.

        Args:
            name: A path that they come below; none, if left out.
            skip_cache: As in `add_file`.
            policy: As in `add_file`.
            merge: Its files take the place of others of their paths.

        Returns:
            What was added, by path.

        Raises:
            InvalidInput: It is no folder or holds no file; or something in it is a link to a
                folder or to nothing, or cannot be read: then nothing is added.
        """
        folder = Path(local_path)
        if not folder.is_dir():
            what = "a file: add it with add_file()" if folder.exists() else "not there"
            raise InvalidInput(f"{folder} is {what}.", code="not-a-folder")
        prefix = f"{_legal(name)}/" if name else ""
        found = [(_legal(f"{prefix}{below}"), place) for below, place in files_below(folder)]
        if not found:
            raise InvalidInput(f"{folder} holds no file: there is nothing to add.", code="empty")
        read = partial(read_source, is_fixed=_is_fixed(policy))
        # Not above: where a script has ended already, its run is still sent, but this is no longer
        # imported.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_HASHERS, thread_name_prefix="runstone-hash") as pool:
            sources = list(pool.map(read, (place for _, place in found)))
        return [
            self._add(below, source, overwrite=merge)
            for (below, _), source in zip(found, sources, strict=True)
        ]

    def add_reference(
        self,
        uri: str,
        name: str | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> list[DraftEntry]:
        """Adds what lies elsewhere: the version names it, and its bytes stay where they are.

        Args:
            uri: `file:///…` (a folder: all files below it), `https://…`, `s3://…`, or any other.
            name: Its path in the version; the last part of the URI, if left out.
            checksum: Look at it now, to notice later when it was changed: files and what HTTP
                serves. Of other kinds only the address is noted.
            max_objects: A folder with more files is refused; ten million, if left out.

        Raises:
            NotFound: Nothing is there.
            InvalidInput: No URI.
        """
        noted = artifact_references.note(
            uri, checksum=checksum, max_objects=max_objects or MAX_REFERENCES
        )
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
    def new_file(
        self,
        name: str,
        mode: str = "x",
        encoding: str | None = None,
        policy: Policy = "mutable",
    ) -> Iterator[IO[Any]]:
        """A new file of the version, to be written now.

        Example:
            with artifact.new_file("config.json") as file:
                json.dump(config, file)
            with artifact.new_file("weights.bin", mode="wb") as file:
                file.write(weights)

        Args:
            mode: `x` or `w` for text, `xb` or `wb` for bytes; with `w` it takes the place of
                another file of that path.
            encoding: Of text; UTF-8, if left out.
            policy: For wandb's sake: nobody but the version has this file.

        Raises:
            CannotWrite: The disk is full, or does not let us.
            InvalidInput: The version has another file there, or no such mode.
        """
        path = _legal(name)
        _is_fixed(policy)
        letters = set(mode)
        if len(letters & {"x", "w"}) != 1 or letters - set("xwbt+") or letters >= {"b", "t"}:
            raise InvalidInput(f"mode is {mode!r}; it must be 'x' or 'w', 'xb' or 'wb' for bytes.")
        descriptor, place = tempfile.mkstemp(dir=self._folder())
        is_text = "b" not in letters
        with (
            told_of(Path(place)),
            open(
                descriptor,
                mode.replace("x", "w"),
                encoding=(encoding or "utf-8") if is_text else None,
            ) as file,
        ):
            yield file
        self._add(path, _made(Path(place)), overwrite="w" in letters)

    def add(self, obj: Addable, name: str, overwrite: bool = False) -> DraftEntry:
        """Adds a table, an image or another value; `ArtifactVersion.get` finds a table again.

        Example:
            artifact.add(runstone.Table(columns=["x"], data=[[1]]), "predictions")

        Args:
            name: Its path, to which its kind is added: `predictions.table.json`.
            overwrite: Takes the place of another value of that path.

        Raises:
            InvalidInput: No such value, or the version has another one there.
        """
        if not callable(getattr(obj, "write_into", None)):
            raise InvalidInput(
                f"{type(obj).__name__} cannot be added as it is: make it a runstone.Table, an "
                "Image or the like, or add a file of it."
            )
        folder = Path(tempfile.mkdtemp(dir=self._folder()))
        with told_of(folder):
            document = obj.write_into(folder)
        for below, place in files_below(folder):
            self._add(_legal(below), _made(place), overwrite=True)
        path = _legal(name)
        kind = f".{document['_type']}.json"
        with told_of(folder):
            descriptor, place_of_document = tempfile.mkstemp(dir=folder)
            with open(descriptor, "wb") as file:
                file.write(json.dumps(document).encode())
        source = _made(Path(place_of_document))
        return self._add(path.removesuffix(kind) + kind, source, overwrite=overwrite)

    def _folder(self) -> Path:
        """Where files are that are made for it; goes when it goes."""
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="runstone-artifact-"))
            weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
        return self._made

    def get_added_local_path_name(self, local_path: str) -> str | None:
        """The path under which a file of this machine was added; None where it was not."""
        for entry in self._entries.values():
            if entry.source is not None and entry.source.path == Path(local_path):
                return entry.path
        return None

    def remove(self, item: str | os.PathLike[str] | DraftEntry) -> None:
        """Takes a file out again, or all files below a folder; nothing happens to the originals.

        Raises:
            InvalidInput: It has none there.
        """
        path = item.path if isinstance(item, DraftEntry) else Path(item).as_posix()
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

    def _add(self, path: str, source: Source, *, overwrite: bool = False) -> DraftEntry:
        digest = base64.b64encode(bytes.fromhex(source.md5)).decode("ascii")
        entry = DraftEntry(path, digest, source.size_bytes, None, source)
        self._set(entry, overwrite=overwrite)
        return entry

    def _set(self, entry: DraftEntry, *, overwrite: bool = False) -> None:
        known = self._entries.get(entry.path)
        is_other = known is not None and (known.digest, known.reference) != (
            entry.digest,
            entry.reference,
        )
        if is_other and not overwrite:
            raise InvalidInput(
                f"{self!r} has another file at {entry.path!r} already: remove() it first, name "
                "this one otherwise, or say overwrite=True.",
                code="name-taken",
            )
        self._entries[entry.path] = entry


def _made(place: Path) -> Source:
    return replace(read_source(place, is_fixed=True), is_lasting=False)


def _is_fixed(policy: str) -> bool:
    if policy not in ("mutable", "immutable"):
        raise InvalidInput(f"policy is {policy!r}; it must be 'mutable' or 'immutable'.")
    return policy == "immutable"


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


def changed(path: Path) -> InvalidInput:
    """What a file that changes under our eyes is told as."""
    return InvalidInput(
        f"{path} was changed while it was read: log it when nobody writes to it.",
        code="file-changed",
        path=str(path),
    )
