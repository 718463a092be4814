"""Versions of artifacts: what is known of them, and how they are changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final
from urllib.parse import quote

from runstone.domain import documents
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_entries import DraftEntry
from runstone.sdk.artifact_paths import CollectionPath, VersionPath, read_link_target
from runstone.sdk.artifact_records import (
    RunArtifactsFacts,
    RunRef,
    VersionDetail,
    VersionFacts,
    VersionPage,
)
from runstone.sdk.artifact_ttl import ArtifactTTL, TimeToLive, seconds_of, ttl_of
from runstone.sdk.artifact_version_files import VersionFiles
from runstone.sdk.frames import Keys, several
from runstone.sdk.paths import RunPath
from runstone.sdk.projects import find_run
from runstone.sdk.records import Document, read_document
from runstone.sdk.run import Run
from runstone.sdk.transport import Transport

_PAGE: Final = 100
_MOST_OF_A_RUN: Final = 1_000


class ArtifactVersion(VersionFiles):
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
        collection = CollectionPath(facts.entity, facts.project, facts.collection)
        super().__init__(transport, collection.at(f"v{facts.index}"))
        self._facts = facts

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
