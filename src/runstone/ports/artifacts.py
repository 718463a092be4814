"""Records of artifacts: types, collections, versions, aliases, manifests, lineage, contents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection as SetOf
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import zstandard

from runstone.domain.artifact import (
    Artifact,
    ArtifactType,
    ArtifactUpdate,
    Collection,
    CollectionKind,
    CollectionUpdate,
    Content,
    ManifestKind,
    ManifestRecord,
    Membership,
    NewArtifact,
)
from runstone.domain.ids import (
    ArtifactId,
    ArtifactTypeId,
    CollectionId,
    ManifestId,
    ProjectId,
    RunId,
)
from runstone.domain.manifest import Entries

_LEVEL: Final = 3


@dataclass(frozen=True, slots=True)
class PackedText:
    """A text as stores keep it; packing a long one takes long, and is done before the unit."""

    packed: bytes

    @classmethod
    def of(cls, text: bytes) -> PackedText:
        """Packs a text."""
        return cls(zstandard.compress(text, _LEVEL))

    def text(self) -> bytes:
        """What was packed."""
        return zstandard.decompress(self.packed)


class ArtifactsReader(ABC):
    """Look-ups answer None for what is absent; lists of what is absent are empty."""

    # Types and collections

    @abstractmethod
    def types(self, project: ProjectId) -> Sequence[ArtifactType]:
        """A project's types, by name."""

    @abstractmethod
    def collection(self, collection: CollectionId) -> Collection | None:
        """The collection with that id."""

    @abstractmethod
    def collection_by_name(self, project: ProjectId, name: str) -> Collection | None:
        """The project's collection of that exact name."""

    @abstractmethod
    def collections(
        self, project: ProjectId, type_id: ArtifactTypeId | None = None
    ) -> Sequence[Collection]:
        """A project's collections, or those of one type, in order of creation."""

    # Versions

    @abstractmethod
    def artifact(self, artifact: ArtifactId) -> Artifact | None:
        """The version with that id, pending or committed."""

    @abstractmethod
    def artifact_by_client_id(self, client_id: str) -> Artifact | None:
        """The version that its client called so; of several the newest."""

    @abstractmethod
    def pending_of(self, collection: CollectionId, distributed_id: str) -> Artifact | None:
        """The pending version that several writers of one `distributed_id` make together."""

    @abstractmethod
    def committed_with(self, collection: CollectionId, digest: str) -> Artifact | None:
        """The newest committed version of a sequence with that digest."""

    @abstractmethod
    def abandoned(self, *, before: datetime, limit: int) -> Sequence[ArtifactId]:
        """Pending versions that were last changed before then, the oldest first."""

    # Places

    @abstractmethod
    def memberships_of(self, artifact: ArtifactId) -> Sequence[Membership]:
        """All places of a version: that where it was logged first, then in order of linking."""

    @abstractmethod
    def members(
        self, collection: CollectionId, *, before: int | None = None, limit: int
    ) -> Sequence[Membership]:
        """A collection's versions, the highest number first, those below the number `before`."""

    @abstractmethod
    def count_members(self, collection: CollectionId) -> int:
        """How many versions the collection has."""

    @abstractmethod
    def member(self, collection: CollectionId, index: int) -> Membership | None:
        """The version of that number."""

    @abstractmethod
    def member_by_alias(self, collection: CollectionId, alias: str) -> Membership | None:
        """The version that the alias stands for."""

    @abstractmethod
    def aliases(self, collection: CollectionId) -> Mapping[str, ArtifactId]:
        """The collection's aliases, by name."""

    # What is in a version

    @abstractmethod
    def manifest(self, manifest: ManifestId) -> ManifestRecord | None:
        """The manifest with that id."""

    @abstractmethod
    def manifests_of(self, artifact: ArtifactId) -> Sequence[ManifestRecord]:
        """All that were announced for a version, in order."""

    @abstractmethod
    def patch_named(self, name: str) -> ManifestRecord | None:
        """One writer's part of a version, by what it was announced as; of several the newest."""

    @abstractmethod
    def manifest_text(self, manifest: ManifestId) -> bytes | None:
        """The manifest as it arrived; None before it did."""

    @abstractmethod
    def entries(self, manifest: ManifestId) -> Entries | None:
        """What the manifest says, read; None before it arrived.

        Shared among readers: the next page of a large manifest costs no reading of it.
        """

    @abstractmethod
    def contents(self, md5s: Iterable[bytes]) -> Mapping[bytes, Content]:
        """Those of the contents that are here, by MD5."""

    @abstractmethod
    def contents_in_project(self, project: ProjectId, md5s: Iterable[bytes]) -> SetOf[bytes]:
        """Those of the contents that some version of the project, pending or not, refers to."""

    @abstractmethod
    def refers_to(self, artifact: ArtifactId, md5: bytes) -> bool:
        """Whether the version refers to that content."""

    @abstractmethod
    def referred(self, artifact: ArtifactId) -> Mapping[bytes, int]:
        """All contents that the version refers to: their sizes, by MD5."""

    @abstractmethod
    def mark_of_referred(self, artifact: ArtifactId) -> tuple[int, int]:
        """Tells sets of contents that one version refers to apart: another set, another mark."""

    @abstractmethod
    def unneeded_contents(self, *, before: datetime, limit: int) -> Sequence[Content]:
        """Contents that arrived before then and that no version refers to."""

    @abstractmethod
    def blobs_with_content(self, keys: Iterable[str]) -> SetOf[str]:
        """Those of these blobs that a content is kept in."""

    @abstractmethod
    def stored_bytes(self) -> int:
        """Of all contents that are here, each once."""

    # Lineage

    @abstractmethod
    def inputs(self, run: RunId) -> Sequence[ArtifactId]:
        """Versions that a run used, in order of their first use."""

    @abstractmethod
    def outputs(self, run: RunId) -> Sequence[ArtifactId]:
        """Committed versions that a run logged, in order; those that were there already too."""

    @abstractmethod
    def used_by(self, artifact: ArtifactId) -> Sequence[RunId]:
        """Runs that used the version, in order of their first use."""


class Artifacts(ArtifactsReader):
    """Changes to artifacts. NotFound for lost ids; no id is used again.

    All of a project's artifacts go with it, a run's uses with the run; a version that a lost run
    logged stays.
    """

    @abstractmethod
    def create_type(self, project: ProjectId, name: str, *, description: str = "") -> ArtifactType:
        """A new type. AlreadyExists where the project has one of that name."""

    @abstractmethod
    def create_collection(
        self,
        project: ProjectId,
        type_id: ArtifactTypeId,
        name: str,
        kind: CollectionKind,
        *,
        description: str = "",
    ) -> Collection:
        """A new, empty collection. AlreadyExists where the project has one of that name."""

    @abstractmethod
    def update_collection(self, collection: CollectionId, update: CollectionUpdate) -> Collection:
        """Changes a collection. AlreadyExists where the new name is taken."""

    @abstractmethod
    def delete_collection(self, collection: CollectionId) -> None:
        """Removes a collection with its places, and a sequence's versions from everywhere.

        What it takes is that of as many `delete_artifact`.
        """

    @abstractmethod
    def create_artifact(self, collection: CollectionId, new: NewArtifact) -> Artifact:
        """A new pending version; it has no place before it is given one."""

    @abstractmethod
    def update_artifact(self, artifact: ArtifactId, update: ArtifactUpdate) -> Artifact:
        """Changes a version."""

    @abstractmethod
    def delete_artifact(self, artifact: ArtifactId) -> None:
        """Removes a version from every collection.

        Nobody finds anything of it from then on. Manifests and references to contents may be
        erased later (`Garbage.erase_artifacts`): it takes as long for a large version as for a
        small one.
        """

    @abstractmethod
    def add_member(self, collection: CollectionId, artifact: ArtifactId) -> Membership:
        """Gives a version the collection's next number; the one it has, where it has one."""

    @abstractmethod
    def remove_member(self, collection: CollectionId, artifact: ArtifactId) -> None:
        """Takes a version out of a collection, with its aliases there."""

    @abstractmethod
    def set_alias(self, collection: CollectionId, alias: str, artifact: ArtifactId) -> None:
        """Lets an alias stand for a version of the collection, and for no other one any more."""

    @abstractmethod
    def remove_alias(self, collection: CollectionId, alias: str) -> None:
        """Forgets an alias; nothing happens where there is none."""

    @abstractmethod
    def create_manifest(
        self,
        artifact: ArtifactId,
        name: str,
        kind: ManifestKind,
        *,
        digest: str,
        base_id: ArtifactId | None = None,
    ) -> ManifestRecord:
        """Announces a manifest."""

    @abstractmethod
    def update_manifest(
        self, manifest: ManifestId, *, digest: str, base_id: ArtifactId | None
    ) -> ManifestRecord:
        """Changes what was announced; what arrived before counts no longer."""

    @abstractmethod
    def put_manifest_text(self, manifest: ManifestId, text: PackedText) -> None:
        """Keeps a manifest's bytes."""

    @abstractmethod
    def put_content(self, md5: bytes, size_bytes: int, blob: str) -> Content:
        """Records bytes that arrived; the answer names the blob that is kept.

        Where the content was here already, that is the older one, and the new one is not needed.
        """

    @abstractmethod
    def add_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        """Lets a version refer to contents that are here, beside those it refers to."""

    @abstractmethod
    def remove_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        """Lets a version refer to these no more; those it does not refer to are passed over."""

    @abstractmethod
    def delete_content(self, md5: bytes) -> bool:
        """Forgets a content that no version refers to; False where one does, or none is here."""

    @abstractmethod
    def add_input(self, run: RunId, artifact: ArtifactId, *, used_as: str = "") -> None:
        """Notes that a run used a version; again changes nothing."""

    @abstractmethod
    def add_output(self, run: RunId, artifact: ArtifactId) -> None:
        """Notes that a run logged a version; again changes nothing."""
