"""Records of artifacts in memory."""

from __future__ import annotations

from collections.abc import Collection as SetOf
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from runstone.domain.artifact import (
    Artifact,
    ArtifactState,
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
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import (
    ArtifactId,
    ArtifactTypeId,
    CollectionId,
    ManifestId,
    ProjectId,
    RunId,
)
from runstone.domain.manifest import Entries, read_manifest
from runstone.domain.run import Unset
from runstone.ports.artifacts import Artifacts, PackedText
from runstone.storage.memory.tables import Tables, text


class MemoryArtifacts(Artifacts):
    """Artifacts among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    # Types and collections

    def types(self, project: ProjectId) -> Sequence[ArtifactType]:
        found = (t for t in self._tables.artifact_types.values() if t.project_id == project)
        return sorted(found, key=lambda one: one.name)

    def create_type(self, project: ProjectId, name: str, *, description: str = "") -> ArtifactType:
        if project not in self._tables.projects:
            raise NotFound("The project is gone.")
        if any(found.name == name for found in self.types(project)):
            raise AlreadyExists(f"There is a type {name} already.")
        identifier = ArtifactTypeId(self._tables.next_id("artifact type"))
        created = ArtifactType(identifier, project, text(name), text(description), self._now)
        self._tables.artifact_types[identifier] = created
        return created

    def collection(self, collection: CollectionId) -> Collection | None:
        return self._tables.collections.get(collection)

    def collection_by_name(self, project: ProjectId, name: str) -> Collection | None:
        for found in self._tables.collections.values():
            if (found.project_id, found.name) == (project, name):
                return found
        return None

    def collections(
        self, project: ProjectId, type_id: ArtifactTypeId | None = None
    ) -> Sequence[Collection]:
        return [
            found
            for found in self._tables.collections.values()
            if found.project_id == project and type_id in (None, found.type_id)
        ]

    def create_collection(
        self,
        project: ProjectId,
        type_id: ArtifactTypeId,
        name: str,
        kind: CollectionKind,
        *,
        description: str = "",
    ) -> Collection:
        its_type = self._tables.artifact_types.get(type_id)
        if its_type is None or project not in self._tables.projects:
            raise NotFound("The project is gone.")
        self._require_free(project, name)
        identifier = CollectionId(self._tables.next_id("collection"))
        created = Collection(
            identifier,
            project,
            type_id,
            its_type.name,
            text(name),
            kind,
            text(description),
            (),
            self._now,
            self._now,
            None,
        )
        self._tables.collections[identifier] = created
        return created

    def update_collection(self, collection: CollectionId, update: CollectionUpdate) -> Collection:
        found = self._existing_collection(collection)
        changes = _changes(update)
        if changes.get("name", found.name) != found.name:
            self._require_free(found.project_id, changes["name"])
        if "type_id" in changes:
            changes["type"] = self._tables.artifact_types[changes["type_id"]].name
        updated = replace(found, **changes, updated_at=self._now)
        self._tables.collections[collection] = updated
        return updated

    def delete_collection(self, collection: CollectionId) -> None:
        self._existing_collection(collection)
        for artifact in list(self._tables.artifacts.values()):
            if artifact.collection_id == collection:
                self.delete_artifact(artifact.id)
        for member in self.members(collection, limit=len(self._tables.members)):
            self.remove_member(collection, member.artifact_id)
        del self._tables.collections[collection]

    # Versions

    def artifact(self, artifact: ArtifactId) -> Artifact | None:
        return self._tables.artifacts.get(artifact)

    def artifact_by_client_id(self, client_id: str) -> Artifact | None:
        found = [a for a in self._tables.artifacts.values() if a.client_id == client_id]
        return found[-1] if found else None

    def pending_of(self, collection: CollectionId, distributed_id: str) -> Artifact | None:
        for found in self._tables.artifacts.values():
            place = (found.collection_id, found.distributed_id)
            if place == (collection, distributed_id) and found.state is ArtifactState.PENDING:
                return found
        return None

    def abandoned(self, *, before: datetime, limit: int) -> Sequence[ArtifactId]:
        found = [
            a.id
            for a in self._tables.artifacts.values()
            if a.state is ArtifactState.PENDING and a.updated_at < before
        ]
        return found[: max(limit, 0)]

    def committed_with(self, collection: CollectionId, digest: str) -> Artifact | None:
        found = [
            a
            for a in self._tables.artifacts.values()
            if (a.collection_id, a.digest) == (collection, digest)
            and a.state is ArtifactState.COMMITTED
        ]
        return found[-1] if found else None

    def create_artifact(self, collection: CollectionId, new: NewArtifact) -> Artifact:
        self._existing_collection(collection)
        if new.run_id is not None and new.run_id not in self._tables.runs:
            raise NotFound("The run is gone.")
        identifier = ArtifactId(self._tables.next_id("artifact"))
        created = Artifact(
            id=identifier,
            collection_id=collection,
            state=ArtifactState.PENDING,
            digest=text(new.digest),
            description=text(new.description),
            metadata=text(new.metadata),
            tags=new.tags,
            manifest_id=None,
            num_files=0,
            size_bytes=0,
            ttl_s=new.ttl_s,
            history_step=new.history_step,
            run_id=new.run_id,
            user_id=new.user_id,
            client_id=new.client_id,
            distributed_id=new.distributed_id,
            wanted_aliases=new.wanted_aliases,
            created_at=self._now,
            updated_at=self._now,
        )
        self._tables.artifacts[identifier] = created
        return created

    def update_artifact(self, artifact: ArtifactId, update: ArtifactUpdate) -> Artifact:
        found = self._existing(artifact)
        updated = replace(found, **_changes(update), updated_at=self._now)
        self._tables.artifacts[artifact] = updated
        return updated

    def delete_artifact(self, artifact: ArtifactId) -> None:
        self._existing(artifact)
        tables = self._tables
        for member in self.memberships_of(artifact):
            self.remove_member(member.collection_id, artifact)
        for manifest in self.manifests_of(artifact):
            del tables.manifests[manifest.id]
            tables.manifest_texts.pop(manifest.id, None)
        tables.artifact_contents.pop(artifact, None)
        for lineage in (tables.artifact_inputs, tables.artifact_outputs):
            for pair in [pair for pair in lineage if pair[1] == artifact]:
                del lineage[pair]
        del tables.artifacts[artifact]

    # Places

    def memberships_of(self, artifact: ArtifactId) -> Sequence[Membership]:
        found = self._tables.artifacts.get(artifact)
        home = None if found is None else found.collection_id
        places = [m for m in self._tables.members.values() if m.artifact_id == artifact]
        places.sort(key=lambda m: (m.collection_id != home, m.created_at, m.collection_id))
        return [self._with_aliases(place) for place in places]

    def members(
        self, collection: CollectionId, *, before: int | None = None, limit: int
    ) -> Sequence[Membership]:
        found = [
            m
            for m in self._tables.members.values()
            if m.collection_id == collection and (before is None or m.index < before)
        ]
        found.sort(key=lambda m: -m.index)
        return [self._with_aliases(place) for place in found[: max(limit, 0)]]

    def count_members(self, collection: CollectionId) -> int:
        return sum(m.collection_id == collection for m in self._tables.members.values())

    def member(self, collection: CollectionId, index: int) -> Membership | None:
        found = self._tables.members.get((collection, index))
        return None if found is None else self._with_aliases(found)

    def member_by_alias(self, collection: CollectionId, alias: str) -> Membership | None:
        artifact = self._tables.aliases.get((collection, alias))
        return None if artifact is None else self._member_of(collection, artifact)

    def aliases(self, collection: CollectionId) -> Mapping[str, ArtifactId]:
        found = [(a, v) for (where, a), v in self._tables.aliases.items() if where == collection]
        return dict(sorted(found))

    def add_member(self, collection: CollectionId, artifact: ArtifactId) -> Membership:
        self._existing(artifact)
        place = self._existing_collection(collection)
        found = self._member_of(collection, artifact)
        if found is not None:
            return found
        index = 0 if place.latest_index is None else place.latest_index + 1
        self._tables.collections[collection] = replace(
            place, latest_index=index, updated_at=self._now
        )
        member = Membership(collection, artifact, index, (), self._now)
        self._tables.members[collection, index] = member
        return member

    def remove_member(self, collection: CollectionId, artifact: ArtifactId) -> None:
        found = self._member_of(collection, artifact)
        if found is None:
            return
        for alias in found.aliases:
            del self._tables.aliases[collection, alias]
        del self._tables.members[collection, found.index]

    def set_alias(self, collection: CollectionId, alias: str, artifact: ArtifactId) -> None:
        if self._member_of(collection, artifact) is None:
            raise NotFound("The version is not in this collection.")
        self._tables.aliases[collection, text(alias)] = artifact

    def remove_alias(self, collection: CollectionId, alias: str) -> None:
        self._tables.aliases.pop((collection, alias), None)

    # What is in a version

    def manifest(self, manifest: ManifestId) -> ManifestRecord | None:
        return self._tables.manifests.get(manifest)

    def manifests_of(self, artifact: ArtifactId) -> Sequence[ManifestRecord]:
        return [m for m in self._tables.manifests.values() if m.artifact_id == artifact]

    def patch_named(self, name: str) -> ManifestRecord | None:
        found = [
            m
            for m in self._tables.manifests.values()
            if (m.name, m.kind) == (name, ManifestKind.PATCH)
        ]
        return found[-1] if found else None

    def manifest_text(self, manifest: ManifestId) -> bytes | None:
        return self._tables.manifest_texts.get(manifest)

    def entries(self, manifest: ManifestId) -> Entries | None:
        text = self.manifest_text(manifest)
        return None if text is None else read_manifest(text)

    def create_manifest(
        self,
        artifact: ArtifactId,
        name: str,
        kind: ManifestKind,
        *,
        digest: str,
        base_id: ArtifactId | None = None,
    ) -> ManifestRecord:
        self._existing(artifact)
        identifier = ManifestId(self._tables.next_id("manifest"))
        created = ManifestRecord(
            identifier, artifact, text(name), kind, text(digest), base_id, has_arrived=False
        )
        self._tables.manifests[identifier] = created
        return created

    def update_manifest(
        self, manifest: ManifestId, *, digest: str, base_id: ArtifactId | None
    ) -> ManifestRecord:
        found = self._existing_manifest(manifest)
        updated = replace(found, digest=text(digest), base_id=base_id, has_arrived=False)
        self._tables.manifests[manifest] = updated
        self._tables.manifest_texts.pop(manifest, None)
        return updated

    def put_manifest_text(self, manifest: ManifestId, text: PackedText) -> None:
        found = self._existing_manifest(manifest)
        self._tables.manifests[manifest] = replace(found, has_arrived=True)
        self._tables.manifest_texts[manifest] = text.text()

    def contents(self, md5s: Iterable[bytes]) -> Mapping[bytes, Content]:
        known = self._tables.contents
        return {md5: known[md5] for md5 in set(md5s) if md5 in known}

    def contents_in_project(self, project: ProjectId, md5s: Iterable[bytes]) -> SetOf[bytes]:
        tables = self._tables
        inside: set[bytes] = set()
        for artifact, referred in tables.artifact_contents.items():
            collection = tables.collections[tables.artifacts[artifact].collection_id]
            if collection.project_id == project:
                inside |= referred
        return inside & set(md5s)

    def refers_to(self, artifact: ArtifactId, md5: bytes) -> bool:
        return md5 in self._tables.artifact_contents.get(artifact, frozenset())

    def referred(self, artifact: ArtifactId) -> Mapping[bytes, int]:
        md5s = self._tables.artifact_contents.get(artifact, frozenset())
        return {md5: self._tables.contents[md5].size_bytes for md5 in md5s}

    def mark_of_referred(self, artifact: ArtifactId) -> tuple[int, int]:
        md5s = self._tables.artifact_contents.get(artifact, frozenset())
        return len(md5s), sum(int.from_bytes(md5, "big") for md5 in md5s)

    def blobs_with_content(self, keys: Iterable[str]) -> SetOf[str]:
        kept = {content.blob for content in self._tables.contents.values()}
        return kept.intersection(keys)

    def stored_bytes(self) -> int:
        return sum(content.size_bytes for content in self._tables.contents.values())

    def put_content(self, md5: bytes, size_bytes: int, blob: str) -> Content:
        return self._tables.contents.setdefault(md5, Content(md5, size_bytes, blob, self._now))

    def add_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        self._existing(artifact)
        before = self._tables.artifact_contents.get(artifact, frozenset())
        here = frozenset(md5s) & self._tables.contents.keys()
        self._tables.artifact_contents[artifact] = before | here

    def remove_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        before = self._tables.artifact_contents.get(artifact, frozenset())
        self._tables.artifact_contents[artifact] = before - frozenset(md5s)

    def unneeded_contents(self, *, before: datetime, limit: int) -> Sequence[Content]:
        found = [
            content
            for content in self._tables.contents.values()
            if content.created_at < before and not self._is_needed(content.md5)
        ]
        return found[: max(limit, 0)]

    def delete_content(self, md5: bytes) -> bool:
        if self._is_needed(md5):
            return False
        return self._tables.contents.pop(md5, None) is not None

    # Lineage

    def inputs(self, run: RunId) -> Sequence[ArtifactId]:
        return [artifact for of, artifact in self._tables.artifact_inputs if of == run]

    def outputs(self, run: RunId) -> Sequence[ArtifactId]:
        return [
            artifact
            for of, artifact in self._tables.artifact_outputs
            if of == run and self._tables.artifacts[artifact].state is ArtifactState.COMMITTED
        ]

    def used_by(self, artifact: ArtifactId) -> Sequence[RunId]:
        return [run for run, of in self._tables.artifact_inputs if of == artifact]

    def add_input(self, run: RunId, artifact: ArtifactId, *, used_as: str = "") -> None:
        self._note(self._tables.artifact_inputs, run, artifact, used_as)

    def add_output(self, run: RunId, artifact: ArtifactId) -> None:
        self._note(self._tables.artifact_outputs, run, artifact, "")

    def forget_run(self, run: RunId) -> None:
        """What is left of a run that is deleted: the versions that it logged, without it."""
        tables = self._tables
        for artifact in [a for a in tables.artifacts.values() if a.run_id == run]:
            tables.artifacts[artifact.id] = replace(artifact, run_id=None)
        for lineage in (tables.artifact_inputs, tables.artifact_outputs):
            for pair in [pair for pair in lineage if pair[0] == run]:
                del lineage[pair]

    def _note(
        self,
        lineage: dict[tuple[RunId, ArtifactId], str],
        run: RunId,
        artifact: ArtifactId,
        how: str,
    ) -> None:
        self._existing(artifact)
        if run not in self._tables.runs:
            raise NotFound("The run is gone.")
        lineage.setdefault((run, artifact), how)

    def _member_of(self, collection: CollectionId, artifact: ArtifactId) -> Membership | None:
        for member in self._tables.members.values():
            if (member.collection_id, member.artifact_id) == (collection, artifact):
                return self._with_aliases(member)
        return None

    def _with_aliases(self, member: Membership) -> Membership:
        aliases = self.aliases(member.collection_id)
        mine = tuple(alias for alias, of in aliases.items() if of == member.artifact_id)
        return replace(member, aliases=mine)

    def _is_needed(self, md5: bytes) -> bool:
        return any(md5 in referred for referred in self._tables.artifact_contents.values())

    def _existing_collection(self, collection: CollectionId) -> Collection:
        found = self.collection(collection)
        if found is None:
            raise NotFound("The collection is gone.")
        return found

    def _existing(self, artifact: ArtifactId) -> Artifact:
        found = self.artifact(artifact)
        if found is None:
            raise NotFound("The version is gone.")
        return found

    def _existing_manifest(self, manifest: ManifestId) -> ManifestRecord:
        found = self.manifest(manifest)
        if found is None:
            raise NotFound("The manifest is gone.")
        return found

    def _require_free(self, project: ProjectId, name: str) -> None:
        if self.collection_by_name(project, text(name)) is not None:
            raise AlreadyExists(f"There is a collection {name} already; choose another name.")


def _changes(update: ArtifactUpdate | CollectionUpdate) -> dict[str, Any]:
    values = {name: getattr(update, name) for name in type(update).__slots__}
    return {name: value for name, value in values.items() if not isinstance(value, Unset)}
