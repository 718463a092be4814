"""Versions of artifacts: what is known of them, their files, and how they are changed."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any, Final
from urllib.parse import quote

from runstone.domain import documents
from runstone.domain.errors import CorruptData, InvalidInput, NotFound
from runstone.sdk.artifact_diffs import FileChange, list_changes
from runstone.sdk.artifact_downloads import (
    WORKERS,
    Download,
    OnMissing,
    below,
    default_root,
    is_there,
)
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_entries import DraftEntry
from runstone.sdk.artifact_files import ArtifactFile, find_file, list_files
from runstone.sdk.artifact_paths import CollectionPath, VersionPath, read_link_target
from runstone.sdk.artifact_records import (
    RunArtifactsFacts,
    RunRef,
    VersionDetail,
    VersionFacts,
    VersionPage,
)
from runstone.sdk.artifact_references import can_fetch
from runstone.sdk.artifact_tables import ArtifactTable, read_table
from runstone.sdk.artifact_ttl import ArtifactTTL, TimeToLive, seconds_of, ttl_of
from runstone.sdk.frames import Keys, Progress, several
from runstone.sdk.paths import RunPath
from runstone.sdk.projects import find_run
from runstone.sdk.records import Document, read_document
from runstone.sdk.run import Run
from runstone.sdk.transport import Transport

_PAGE: Final = 100
_MOST_OF_A_RUN: Final = 1_000
_NAMED: Final = 5
_TABLE: Final = ".table.json"


class ArtifactVersion:
    """One version of an artifact, as it was when it was read; `reload()` reads it anew.

    What it holds never changes; aliases, tags, description and metadata may.

    Example:
        version = api.artifact("lab/digits/model:best")
        version.metadata["acc"], version.aliases, version.logged_by()
        folder = version.download()
        with version.open("weights.bin") as file:
            header = file.read(64)
    """

    def __init__(self, transport: Transport, facts: VersionFacts) -> None:
        self._transport = transport
        self._facts = facts
        collection = CollectionPath(facts.entity, facts.project, facts.collection)
        self._path = collection.at(f"v{facts.index}")

    def __repr__(self) -> str:
        return f"<ArtifactVersion: {self.path} {self.type} {', '.join(self.aliases)}>"

    def __eq__(self, other: object) -> bool:
        """The same version of the same server, whatever is known of it."""
        if not isinstance(other, ArtifactVersion):
            return NotImplemented
        return (self._path, self._transport.server.url) == (
            other._path,
            other._transport.server.url,
        )

    def __hash__(self) -> int:
        return hash(self._path)

    # Facts

    @property
    def entity(self) -> str:
        """Whose project it is in."""
        return self._facts.entity

    @property
    def project(self) -> str:
        """The project's name."""
        return self._facts.project

    @property
    def collection(self) -> str:
        """The artifact's name, without the version."""
        return self._facts.collection

    @property
    def name(self) -> str:
        """`collection:v3`."""
        return f"{self.collection}:{self.version}"

    @property
    def version(self) -> str:
        """Its number in the collection, as `v3`."""
        return self._path.version

    @property
    def path(self) -> str:
        """`entity/project/collection:v3`."""
        return str(self._path)

    @property
    def qualified_name(self) -> str:
        """As wandb calls `path`."""
        return self.path

    @property
    def type(self) -> str:
        """Such as `model`."""
        return self._facts.type

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names that stand for it now, by name."""
        return self._facts.aliases

    @property
    def tags(self) -> tuple[str, ...]:
        """In the order in which they were set."""
        return self._facts.tags

    @property
    def description(self) -> str:
        """What people wrote about it."""
        return self._facts.description

    @property
    def metadata(self) -> Document:
        """What was logged along with it; read-only, values as they were."""
        return read_document(self._facts.metadata)

    @property
    def size_bytes(self) -> int:
        """Of its files, each as often as it is named."""
        return self._facts.size_bytes

    @property
    def num_files(self) -> int:
        """References included."""
        return self._facts.num_files

    @property
    def size(self) -> int:
        """As wandb calls `size_bytes`."""
        return self.size_bytes

    @property
    def file_count(self) -> int:
        """As wandb calls `num_files`."""
        return self.num_files

    @property
    def digest(self) -> str:
        """Of all that it holds; two versions with the same one hold the same."""
        return self._facts.digest

    @property
    def created_at(self) -> datetime:
        """When it was logged, UTC."""
        return self._facts.created_at

    @property
    def updated_at(self) -> datetime:
        """When something about it last changed, UTC."""
        return self._facts.updated_at

    @property
    def expires_at(self) -> datetime | None:
        """When it goes by its time to live, UTC; None where nothing says so."""
        return self._facts.expires_at

    @property
    def ttl(self) -> TimeToLive:
        """How long it is kept, from its creation, by what was said of it alone; None for ever."""
        return ttl_of(self._facts.ttl_s)

    @property
    def url(self) -> str:
        """Its page."""
        parts = (self.entity, self.project, "artifacts", self.type, self.collection, self.version)
        return "/".join([self._transport.server.url, *(quote(part, safe="") for part in parts)])

    # Lineage

    def logged_by(self) -> Run | None:
        """The run that logged it; None for none, or one that is gone or not for the key to see."""
        ref = self._facts.logged_by
        return None if ref is None else self._run(ref)

    def used_by(self) -> list[Run]:
        """The runs that used it, the first ones first."""
        return [self._run(ref) for ref in self._detail().used_by]

    # Files

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

    def changes_since(self, before: ArtifactVersion) -> Iterator[FileChange]:
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
        return folder

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

    # Changes

    def update(
        self,
        *,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Keys = None,
        ttl: timedelta | ArtifactTTL | None = None,
    ) -> ArtifactVersion:
        """Changes what is given, and returns the version.

        Args:
            metadata: All of it; `{**version.metadata, "checked": True}` adds to it.
            tags: All of them.
            ttl: How long to keep it, from its creation; `timedelta(0)` for ever,
                `ArtifactTTL.INHERIT` for what its project or entity says.
        """
        wanted: dict[str, Any] = {}
        if description is not None:
            wanted["description"] = description
        if metadata is not None:
            wanted["metadata"] = encoded(metadata)
        if tags is not None:
            wanted["tags"] = several(tags)
        if ttl is not None:
            wanted["ttl_s"] = seconds_of(ttl)
        return self._change(wanted)

    def add_aliases(self, *aliases: str) -> ArtifactVersion:
        """Lets these stand for it, and for no other version any more; returns it."""
        return self._change({"add_aliases": aliases})

    def remove_aliases(self, *aliases: str) -> ArtifactVersion:
        """Takes aliases away from it; returns it."""
        return self._change({"remove_aliases": aliases})

    def delete(self, *, delete_aliases: bool = False) -> None:
        """Deletes it everywhere; from a collection of links it is only taken out. No undo.

        Args:
            delete_aliases: Although it has aliases.

        Raises:
            Conflict: It has aliases (code `artifact-has-aliases`).
        """
        query = [("aliases", "true")] if delete_aliases else []
        self._transport.send(NoneType, "DELETE", self._path.segments, query=query)

    def link(self, target_path: str, aliases: Keys = None) -> None:
        """Links it into a collection, which is made where it is missing.

        Args:
            target_path: `wandb-registry-NAME/collection`, with an organization before it where it
                is not the only one; or `entity/project/collection`.
            aliases: Of the link, beside `latest`.

        Raises:
            InvalidInput: No such path or alias can be.
            NotFound: No such registry, or the key may not see it.
            PermissionDenied: The key may not link there.
            Conflict: The registry or the collection does not take the type.
        """
        target = read_link_target(target_path, self.project)
        if target.entity is None and not target.is_registry:
            target = replace(target, entity=self.entity)
        self._transport.put(
            NoneType, "POST", (*self._path.segments, "links"), target.asked(several(aliases))
        )

    def new_draft(self) -> Artifact:
        """A version to be, which holds what this one does, to be logged in the same project.

        Example:
            draft = version.new_draft()
            draft.remove("old.txt")
            draft.add_file("new.txt")
            run.log_artifact(draft)
        """
        draft = Artifact(self.collection, self.type, self.description, self.metadata)
        for file in self.files():
            draft.hold(DraftEntry(file.path, file.digest, file.size_bytes, file.reference, None))
        return draft

    def is_draft(self) -> bool:
        """Whether it is still to be logged: no."""
        return False

    @property
    def state(self) -> str:
        """`COMMITTED`: it is on the server."""
        return "COMMITTED"

    def wait(self, timeout: float | None = None) -> ArtifactVersion:
        """Itself: it is on the server. For scripts that wait for what they logged."""
        return self

    def reload(self) -> ArtifactVersion:
        """Reads what is known of it anew, and returns it."""
        self._facts = self._transport.get(VersionDetail, self._path.segments)
        return self

    # Within

    def _change(self, wanted: Mapping[str, Any]) -> ArtifactVersion:
        self._facts = self._transport.send(VersionDetail, "PATCH", self._path.segments, body=wanted)
        return self

    def _detail(self) -> VersionDetail:
        if not isinstance(self._facts, VersionDetail):
            self.reload()
        assert isinstance(self._facts, VersionDetail), "a version that was read by itself"
        return self._facts

    def _run(self, ref: RunRef) -> Run:
        return find_run(self._transport, RunPath(ref.entity, ref.project, ref.id))


def find_version(transport: Transport, path: VersionPath) -> ArtifactVersion:
    """One version.

    Raises:
        NotFound: There is none, or the key may not see it.
    """
    return ArtifactVersion(transport, transport.get(VersionDetail, path.segments))


def list_versions(transport: Transport, path: CollectionPath) -> Iterator[ArtifactVersion]:
    """The versions of an artifact, the newest first, read page by page."""
    cursor: str | None = None
    while True:
        query = [("limit", str(_PAGE)), *([("cursor", cursor)] if cursor else [])]
        page = transport.get(VersionPage, (*path.segments, "versions"), query)
        for facts in page.versions:
            yield ArtifactVersion(transport, facts)
        cursor = page.next_cursor
        if cursor is None:
            return


def run_artifacts(
    transport: Transport, run: RunPath
) -> tuple[list[ArtifactVersion], list[ArtifactVersion]]:
    """What a run used, and what it logged."""
    query = [("limit", str(_MOST_OF_A_RUN))]
    found = transport.get(RunArtifactsFacts, (*run.segments, "artifacts"), query)
    used, logged = (
        [ArtifactVersion(transport, facts) for facts in some]
        for some in (found.inputs, found.outputs)
    )
    return used, logged


def encoded(metadata: Mapping[str, Any]) -> Any:
    """Metadata as it travels, NaN and infinities included."""
    from msgspec import Raw

    return Raw(documents.encode(dict(metadata)).encode())


def _ignore(_file: object, _error: object) -> None:
    pass


def _remove_empty(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root and not os.listdir(folder):
            Path(folder).rmdir()
