"""Records of artifacts in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as SetOf
from datetime import datetime
from typing import Any, Final, TypeVar

import apsw
import orjson

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
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, to_micros
from runstone.storage.sqlite.manifest_cache import ManifestCache

T = TypeVar("T")

_SQL: Final = load("runstone.storage.sqlite", "queries/artifacts.sql")
_PAST_ALL: Final = 2**62


class SqliteArtifacts(Artifacts):
    """Artifacts within one open transaction."""

    def __init__(
        self, connection: apsw.Connection, now: datetime, cache: ManifestCache | None = None
    ) -> None:
        """Binds to a connection that is inside a transaction.

        Args:
            cache: What readers of committed snapshots share; never one that writes.
        """
        self._connection = connection
        self._now = now
        self._cache = cache

    # Types and collections

    def types(self, project: ProjectId) -> Sequence[ArtifactType]:
        return [_type(row) for row in self._rows("types", project)]

    def create_type(self, project: ProjectId, name: str, *, description: str = "") -> ArtifactType:
        if self._rows("type_by_name", project, name):
            raise AlreadyExists(f"There is a type {name} already.")
        rows = self._rows("insert_type", project, name, description, to_micros(self._now))
        return _type(self._rows("type", rows[0][0])[0])

    def collection(self, collection: CollectionId) -> Collection | None:
        return _first(_collection, self._rows("collection", collection))

    def collection_by_name(self, project: ProjectId, name: str) -> Collection | None:
        return _first(_collection, self._rows("collection_by_name", project, name))

    def collections(
        self, project: ProjectId, type_id: ArtifactTypeId | None = None
    ) -> Sequence[Collection]:
        bindings = {"project": project, "type": type_id}
        rows = self._connection.execute(_SQL["collections"], bindings).fetchall()
        return [_collection(row) for row in rows]

    def create_collection(
        self,
        project: ProjectId,
        type_id: ArtifactTypeId,
        name: str,
        kind: CollectionKind,
        *,
        description: str = "",
    ) -> Collection:
        self._require_free(project, name)
        now = to_micros(self._now)
        values = (project, type_id, name, kind.value, description, now, now)
        rows = self._rows("insert_collection", *values)
        return self._existing_collection(CollectionId(rows[0][0]))

    def update_collection(self, collection: CollectionId, update: CollectionUpdate) -> Collection:
        found = self._existing_collection(collection)
        name = _new(update.name, found.name)
        if name != found.name:
            self._require_free(found.project_id, name)
        self._rows(
            "update_collection",
            name,
            _new(update.type_id, found.type_id),
            _new(update.description, found.description),
            _list(_new(update.tags, found.tags)),
            to_micros(self._now),
            collection,
        )
        return self._existing_collection(collection)

    def delete_collection(self, collection: CollectionId) -> None:
        if not self._rows("delete_collection", collection):
            raise NotFound("The collection is gone already.")

    # Versions

    def artifact(self, artifact: ArtifactId) -> Artifact | None:
        return _first(_artifact, self._rows("artifact", artifact))

    def artifact_by_client_id(self, client_id: str) -> Artifact | None:
        return _first(_artifact, self._rows("artifact_by_client_id", client_id))

    def pending_of(self, collection: CollectionId, distributed_id: str) -> Artifact | None:
        return _first(_artifact, self._rows("pending_of", collection, distributed_id))

    def abandoned(self, *, before: datetime, limit: int) -> Sequence[ArtifactId]:
        rows = self._rows("abandoned", to_micros(before), max(limit, 0))
        return [row[0] for row in rows]

    def committed_with(self, collection: CollectionId, digest: str) -> Artifact | None:
        return _first(_artifact, self._rows("committed_with", collection, digest))

    def create_artifact(self, collection: CollectionId, new: NewArtifact) -> Artifact:
        now = to_micros(self._now)
        rows = self._rows(
            "insert_artifact",
            collection,
            new.digest,
            new.description,
            new.metadata,
            _list(new.tags),
            new.ttl_s,
            new.history_step,
            new.run_id,
            new.user_id,
            new.client_id,
            new.distributed_id,
            _list(new.wanted_aliases),
            now,
            now,
        )
        return self._existing(ArtifactId(rows[0][0]))

    def update_artifact(self, artifact: ArtifactId, update: ArtifactUpdate) -> Artifact:
        found = self._existing(artifact)
        self._rows(
            "update_artifact",
            _new(update.state, found.state).value,
            _new(update.digest, found.digest),
            _new(update.description, found.description),
            _new(update.metadata, found.metadata),
            _list(_new(update.tags, found.tags)),
            _new(update.manifest_id, found.manifest_id),
            _new(update.num_files, found.num_files),
            _new(update.size_bytes, found.size_bytes),
            _new(update.ttl_s, found.ttl_s),
            _list(_new(update.wanted_aliases, found.wanted_aliases)),
            to_micros(self._now),
            artifact,
        )
        return self._existing(artifact)

    def delete_artifact(self, artifact: ArtifactId) -> None:
        if not self._rows("delete_artifact", artifact):
            raise NotFound("The version is gone already.")

    # Places

    def memberships_of(self, artifact: ArtifactId) -> Sequence[Membership]:
        return [_member(row) for row in self._rows("memberships_of", artifact)]

    def members(
        self, collection: CollectionId, *, before: int | None = None, limit: int
    ) -> Sequence[Membership]:
        start = _PAST_ALL if before is None else before
        # SQLite takes a negative limit for none.
        return [_member(row) for row in self._rows("members", collection, start, max(limit, 0))]

    def count_members(self, collection: CollectionId) -> int:
        return int(self._rows("count_members", collection)[0][0])

    def member(self, collection: CollectionId, index: int) -> Membership | None:
        return _first(_member, self._rows("member", collection, index))

    def member_by_alias(self, collection: CollectionId, alias: str) -> Membership | None:
        bindings = {"collection": collection, "alias": alias}
        rows = self._connection.execute(_SQL["member_by_alias"], bindings).fetchall()
        return _first(_member, rows)

    def aliases(self, collection: CollectionId) -> Mapping[str, ArtifactId]:
        return dict(self._rows("aliases", collection))

    def add_member(self, collection: CollectionId, artifact: ArtifactId) -> Membership:
        found = _first(_member, self._rows("member_of", collection, artifact))
        if found is not None:
            return found
        now = to_micros(self._now)
        rows = self._rows("next_index", now, collection)
        if not rows:
            raise NotFound("The collection is gone.")
        self._rows("insert_member", collection, rows[0][0], artifact, now)
        return _member(self._rows("member_of", collection, artifact)[0])

    def remove_member(self, collection: CollectionId, artifact: ArtifactId) -> None:
        self._rows("delete_member", collection, artifact)

    def set_alias(self, collection: CollectionId, alias: str, artifact: ArtifactId) -> None:
        self._rows("set_alias", collection, alias, artifact)

    def remove_alias(self, collection: CollectionId, alias: str) -> None:
        self._rows("delete_alias", collection, alias)

    # What is in a version

    def manifest(self, manifest: ManifestId) -> ManifestRecord | None:
        return _first(_manifest, self._rows("manifest", manifest))

    def manifests_of(self, artifact: ArtifactId) -> Sequence[ManifestRecord]:
        return [_manifest(row) for row in self._rows("manifests_of", artifact)]

    def patch_named(self, name: str) -> ManifestRecord | None:
        return _first(_manifest, self._rows("patch_named", name))

    def manifest_text(self, manifest: ManifestId) -> bytes | None:
        rows = self._rows("manifest_text", manifest)
        return PackedText(rows[0][0]).text() if rows else None

    def entries(self, manifest: ManifestId) -> Entries | None:
        def read() -> Entries | None:
            text = self.manifest_text(manifest)
            return None if text is None else read_manifest(text)

        # That of a pending version may be announced anew, and another text come.
        is_final = self._cache is not None and bool(self._rows("is_final", manifest))
        return self._cache.get(manifest, read) if self._cache and is_final else read()

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
        rows = self._rows("insert_manifest", artifact, name, kind.value, digest, base_id)
        return _manifest(self._rows("manifest", rows[0][0])[0])

    def update_manifest(
        self, manifest: ManifestId, *, digest: str, base_id: ArtifactId | None
    ) -> ManifestRecord:
        if not self._rows("update_manifest", digest, base_id, manifest):
            raise NotFound("The manifest is gone.")
        return _manifest(self._rows("manifest", manifest)[0])

    def put_manifest_text(self, manifest: ManifestId, text: PackedText) -> None:
        if not self._rows("put_manifest_text", text.packed, manifest):
            raise NotFound("The manifest is gone.")

    def contents(self, md5s: Iterable[bytes]) -> Mapping[bytes, Content]:
        return {row[0]: _content(row) for row in self._rows("contents", _digests(md5s))}

    def contents_in_project(self, project: ProjectId, md5s: Iterable[bytes]) -> SetOf[bytes]:
        bindings = {"project": project, "md5s": _digests(md5s)}
        rows: list[Any] = self._connection.execute(_SQL["contents_in_project"], bindings).fetchall()
        return {row[0] for row in rows}

    def refers_to(self, artifact: ArtifactId, md5: bytes) -> bool:
        return bool(self._rows("refers_to", artifact, md5))

    def referred(self, artifact: ArtifactId) -> Mapping[bytes, int]:
        return dict(self._rows("referred", artifact))

    def mark_of_referred(self, artifact: ArtifactId) -> tuple[int, int]:
        count, total = self._rows("mark_of_referred", artifact)[0]
        return count, total

    def blobs_with_content(self, keys: Iterable[str]) -> SetOf[str]:
        return {key for key in keys if self._rows("blob_with_content", key)}

    def stored_bytes(self) -> int:
        return int(self._rows("stored_bytes")[0][0])

    def put_content(self, md5: bytes, size_bytes: int, blob: str) -> Content:
        self._rows("insert_content", md5, size_bytes, blob, to_micros(self._now))
        return _content(self._rows("content", md5)[0])

    def add_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        self._existing(artifact)
        bindings = {"artifact": artifact, "md5s": _digests(md5s)}
        self._connection.execute(_SQL["add_contents"], bindings).fetchall()

    def remove_contents(self, artifact: ArtifactId, md5s: Iterable[bytes]) -> None:
        bindings = {"artifact": artifact, "md5s": _digests(md5s)}
        self._connection.execute(_SQL["remove_contents"], bindings).fetchall()

    def unneeded_contents(self, *, before: datetime, limit: int) -> Sequence[Content]:
        rows = self._rows("unneeded_contents", to_micros(before), max(limit, 0))
        return [_content(row) for row in rows]

    def delete_content(self, md5: bytes) -> bool:
        return bool(self._rows("delete_content", md5))

    # Lineage

    def inputs(self, run: RunId) -> Sequence[ArtifactId]:
        return [row[0] for row in self._rows("inputs", run)]

    def outputs(self, run: RunId) -> Sequence[ArtifactId]:
        return [row[0] for row in self._rows("outputs", run)]

    def used_by(self, artifact: ArtifactId) -> Sequence[RunId]:
        return [row[0] for row in self._rows("used_by", artifact)]

    def add_input(self, run: RunId, artifact: ArtifactId, *, used_as: str = "") -> None:
        self._rows("add_input", run, artifact, used_as, to_micros(self._now))

    def add_output(self, run: RunId, artifact: ArtifactId) -> None:
        self._rows("add_output", run, artifact)

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

    def _require_free(self, project: ProjectId, name: str) -> None:
        if self.collection_by_name(project, name) is not None:
            raise AlreadyExists(f"There is a collection {name} already; choose another name.")

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _first(make: Callable[[Any], T], rows: list[Any]) -> T | None:
    return make(rows[0]) if rows else None


def _new(given: T | Unset, old: T) -> T:
    return old if isinstance(given, Unset) else given


def _digests(md5s: Iterable[bytes]) -> str:
    return orjson.dumps(sorted({md5.hex() for md5 in md5s})).decode()


def _list(texts: Sequence[str]) -> str:
    return orjson.dumps(list(texts)).decode()


def _type(row: Any) -> ArtifactType:
    identifier, project, name, description, created = row
    return ArtifactType(identifier, project, name, description, from_micros(created))


def _collection(row: Any) -> Collection:
    identifier, project, type_id, type_name, name, kind, description, tags, created, updated, at = (
        row
    )
    return Collection(
        identifier,
        project,
        type_id,
        type_name,
        name,
        CollectionKind(kind),
        description,
        tuple(orjson.loads(tags)),
        from_micros(created),
        from_micros(updated),
        at,
    )


def _artifact(row: Any) -> Artifact:
    values = list(row)
    values[2] = ArtifactState(values[2])
    values[6] = tuple(orjson.loads(values[6]))
    values[-3] = tuple(orjson.loads(values[-3]))
    values[-2:] = map(from_micros, values[-2:])
    return Artifact(*values)


def _member(row: Any) -> Membership:
    collection, artifact, index, created, aliases = row
    return Membership(
        collection, artifact, index, tuple(orjson.loads(aliases)), from_micros(created)
    )


def _manifest(row: Any) -> ManifestRecord:
    identifier, artifact, name, kind, digest, base, has_arrived = row
    return ManifestRecord(
        identifier, artifact, name, ManifestKind(kind), digest, base, bool(has_arrived)
    )


def _content(row: Any) -> Content:
    md5, size_bytes, blob, created = row
    return Content(md5, size_bytes, blob, from_micros(created))
