"""What a version to be holds, by path: files, references, and values that are written for it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import digest_of, read_manifest
from runstone.sdk import artifact_references
from runstone.sdk.artifact_entries import DraftEntry, legal_path, manifest_of
from runstone.sdk.artifact_sources import Source, made_source, read_source
from runstone.sdk.artifact_walking import check_file, files_below
from runstone.sdk.saving import told_of

Policy: TypeAlias = Literal["mutable", "immutable"]

_HASHERS: Final = 4
MAX_REFERENCES: Final = 10_000_000


class Addable(Protocol):
    """A value that is a document and files: a table, an image and the like."""

    def write_into(self, folder: Path) -> Mapping[str, Any]:
        """Writes its bytes below a folder; returns the document that names them.

        Raises:
            InvalidInput: There is something wrong with it.
            OSError: The bytes cannot be written.
        """


class Contents:
    """The part of an artifact that knows what it holds; how it says its name is the artifact's."""

    def __init__(self) -> None:
        self._entries: dict[str, DraftEntry] = {}
        self._made: Path | None = None

    def __len__(self) -> int:
        """How many files it has, references included."""
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    # What is there

    @property
    def entries(self) -> tuple[DraftEntry, ...]:
        """What it holds so far, by path."""
        return tuple(self._entries[path] for path in sorted(self._entries))

    def get_added_local_path_name(self, local_path: str) -> str | None:
        """The path under which a file of this machine was added; None where it was not."""
        for entry in self._entries.values():
            if entry.source is not None and entry.source.path == Path(local_path):
                return entry.path
        return None

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

    def manifest(self) -> bytes:
        """What it holds as JSON, in the words of the wandb client.

        Raises:
            InvalidInput: A file of it is also a folder of it.
        """
        return manifest_of(self.entries)

    # Adding and removing

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
        path = legal_path(name or place.name)
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
        prefix = f"{legal_path(name)}/" if name else ""
        found = [(legal_path(f"{prefix}{below}"), place) for below, place in files_below(folder)]
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
            path = legal_path(below)
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
        path = legal_path(name)
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
        self._add(path, made_source(Path(place)), overwrite="w" in letters)

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
            self._add(legal_path(below), made_source(place), overwrite=True)
        path = legal_path(name)
        kind = f".{document['_type']}.json"
        with told_of(folder):
            descriptor, place_of_document = tempfile.mkstemp(dir=folder)
            with open(descriptor, "wb") as file:
                file.write(json.dumps(document).encode())
        source = made_source(Path(place_of_document))
        return self._add(path.removesuffix(kind) + kind, source, overwrite=overwrite)

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

    def hold(self, entry: DraftEntry) -> None:
        """Takes what another version of the project holds: its bytes are on the server."""
        self._set(entry)

    def replace_source(self, path: str, source: Source) -> None:
        """Takes a file of it as it is now, where it was changed after it was added."""
        self._add(path, source, overwrite=True)

    # Within

    def _folder(self) -> Path:
        """Where files are that are made for it; goes when it goes."""
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="runstone-artifact-"))
            weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
        return self._made

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


def _is_fixed(policy: str) -> bool:
    if policy not in ("mutable", "immutable"):
        raise InvalidInput(f"policy is {policy!r}; it must be 'mutable' or 'immutable'.")
    return policy == "immutable"
