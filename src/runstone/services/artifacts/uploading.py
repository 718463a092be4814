"""How a version comes in: announced, its contents, its manifest, and the commit.

Nothing of a pending version is found by name. The commit is where everything is decided in one
transaction: all contents that the manifest names are here, then the version gets its number and
its aliases move.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    LATEST,
    Artifact,
    ArtifactState,
    ArtifactType,
    ArtifactUpdate,
    Collection,
    CollectionKind,
    ManifestKind,
    ManifestRecord,
    NewArtifact,
    check_alias,
    check_tags,
    check_type_name,
)
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.ids import ArtifactId, CollectionId, ManifestId, ProjectId
from runstone.domain.manifest import digest_of, merge_manifests, read_manifest
from runstone.domain.names import check_collection_name
from runstone.domain.run import UNSET
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.finding import find_artifact
from runstone.services.projects import ensure_project

_NAMED_AS_MISSING: Final = 5


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file that a client wants to upload.

    Attributes:
        name: Its path in the artifact.
        md5: 16 bytes, of its content.
    """

    artifact_id: ArtifactId
    name: str
    md5: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """What is to be done for one file.

    Attributes:
        is_wanted: Whether the bytes are to be sent; else they are here.
    """

    spec: FileSpec
    is_wanted: bool


def new_content_key() -> str:
    """A fresh key for a content's bytes.

    It is not made of the digest: while the collector deletes a content that nobody needed, the
    same bytes may arrive again.
    """
    name = secrets.token_hex(16)
    return f"contents/{name[:2]}/{name}"


def ensure_type(
    tx: Transaction, project: ProjectId, name: str, *, description: str = ""
) -> ArtifactType:
    """A project's type of that name, made when it is missing.

    Raises:
        InvalidInput: Not a legal name.
    """
    for known in tx.artifacts.types(project):
        if known.name == name:
            return known
    return tx.artifacts.create_type(project, check_type_name(name), description=description)


def begin_artifact(
    tx: Transaction,
    actor: Actor,
    entity: str | None,
    project: str,
    run: str | None,
    type_name: str,
    collection: str,
    new: NewArtifact,
) -> Artifact:
    """The version that a client is to upload, or the committed one of the same digest.

    The latter gets the new aliases too. Either counts as logged by `run`, and so does one that
    several write together by each of their runs.

    Raises:
        NotFound: No such entity or run, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name, alias or tag that is not legal.
        Conflict: The collection is of another type, or one of links.
    """
    place = ensure_project(tx, actor, entity, project)
    logging = None if run is None else tx.runs.run(place.id, run)
    if run is not None and logging is None:
        raise NotFound(f"The run {place.entity}/{place.name}/{run} was not found.")
    where = _ensure_collection(tx, place.id, type_name, collection, CollectionKind.SEQUENCE)
    aliases = tuple(dict.fromkeys(_checked(alias) for alias in new.wanted_aliases))
    tags = check_tags(new.tags)
    # The digest of one that several write is that of the first writer's part.
    is_shared = new.distributed_id is not None
    same = None if is_shared else tx.artifacts.committed_with(where.id, new.digest)
    if same is not None:
        for alias in aliases:
            tx.artifacts.set_alias(where.id, alias, same.id)
        if tags:
            update = ArtifactUpdate(tags=tuple(dict.fromkeys((*same.tags, *tags))))
            same = tx.artifacts.update_artifact(same.id, update)
        if logging is not None:
            tx.artifacts.add_output(logging.id, same.id)
        return same
    if new.distributed_id is not None:
        shared = tx.artifacts.pending_of(where.id, new.distributed_id)
        if shared is not None:
            if logging is not None:
                tx.artifacts.add_output(logging.id, shared.id)
            return shared
    created = tx.artifacts.create_artifact(
        where.id,
        replace(
            new,
            tags=tags,
            wanted_aliases=aliases,
            run_id=None if logging is None else logging.id,
            user_id=actor.user_id,
        ),
    )
    if logging is not None:
        tx.artifacts.add_output(logging.id, created.id)
    return created


def _checked(alias: str) -> str:
    return alias if alias == LATEST else check_alias(alias)


def _ensure_collection(
    tx: Transaction, project: ProjectId, type_name: str, name: str, kind: CollectionKind
) -> Collection:
    found = tx.artifacts.collection_by_name(project, name)
    if found is None:
        its_type = ensure_type(tx, project, type_name)
        return tx.artifacts.create_collection(
            project, its_type.id, check_collection_name(name), kind
        )
    if found.kind is not kind:
        raise Conflict(
            f"{name} is a collection of links; log under another name, and link to it."
            if found.kind is CollectionKind.PORTFOLIO
            else f"{name} is a collection that runs log to; link into one of another name.",
            code="wrong-collection",
        )
    if found.type != type_name:
        raise Conflict(
            f"The artifact {name} has the type {found.type!r} already, so it cannot become a "
            f"{type_name!r}. Use another name, or that type.",
            code="wrong-type",
        )
    return found


# Contents


def announce_files(tx: Transaction, actor: Actor, specs: Sequence[FileSpec]) -> list[Upload]:
    """Which of the files are to be uploaded; those that the project has need not be.

    A content that only other projects have is asked for again: nobody gets at bytes by naming
    their digest.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version is committed already.
    """
    wanted: dict[FileSpec, bool] = {}
    for artifact_id in dict.fromkeys(spec.artifact_id for spec in specs):
        artifact, collection = find_artifact(tx, actor, artifact_id, Action.WRITE)
        _require_pending(artifact)
        mine = [spec for spec in specs if spec.artifact_id == artifact_id]
        here = tx.artifacts.contents_in_project(collection.project_id, (s.md5 for s in mine))
        tx.artifacts.add_contents(artifact.id, here)
        wanted |= {spec: spec.md5 not in here for spec in mine}
    return [Upload(spec, wanted[spec]) for spec in specs]


def content_arrived(
    tx: Transaction, artifact: ArtifactId, md5: bytes, stored: StoredBlob
) -> str | None:
    """Records an upload that a signed URL allowed; returns the blob no longer needed, if one is.

    Raises:
        NotFound: The version was deleted meanwhile.
        InvalidInput: The bytes are not those that were announced.
        Conflict: The version was committed without this content.
    """
    if stored.md5 != md5:
        raise InvalidInput(
            "The bytes that arrived are not those that the manifest announces; upload again.",
            code="digest-mismatch",
        )
    found = tx.artifacts.artifact(artifact)
    if found is None:
        raise NotFound("The artifact of this upload was deleted.")
    if not tx.artifacts.refers_to(artifact, md5):  # else it is here: the same bytes come again
        _require_pending(found)
    kept = tx.artifacts.put_content(md5, stored.size_bytes, stored.key)
    tx.artifacts.add_contents(artifact, [md5])
    return None if kept.blob == stored.key else stored.key


# The manifest


def announce_manifest(
    tx: Transaction,
    actor: Actor,
    artifact: ArtifactId,
    name: str,
    kind: ManifestKind,
    *,
    digest: str,
    base_id: ArtifactId | None,
) -> ManifestRecord:
    """Notes a manifest that will come; announced again under its name, it is the same one.

    Raises:
        NotFound: No such version or base, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version is committed already.
    """
    found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
    _require_pending(found)
    _require_base(tx, actor, base_id)
    if kind is not ManifestKind.PATCH:  # of those each writer has its own
        for known in tx.artifacts.manifests_of(artifact):
            if (known.name, known.kind) == (name, kind):
                base = known.base_id if base_id is None else base_id
                return tx.artifacts.update_manifest(known.id, digest=digest, base_id=base)
    return tx.artifacts.create_manifest(artifact, name, kind, digest=digest, base_id=base_id)


def change_manifest(
    tx: Transaction,
    actor: Actor,
    manifest: ManifestId,
    *,
    digest: str | None,
    base_id: ArtifactId | None,
) -> ManifestRecord:
    """Says what a manifest will be after all.

    Raises:
        NotFound: No such manifest or base, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version is committed already.
    """
    known = tx.artifacts.manifest(manifest)
    if known is None:
        raise NotFound("The manifest was not found, or you may not see it.")
    found, _ = find_artifact(tx, actor, known.artifact_id, Action.WRITE)
    _require_pending(found)
    _require_base(tx, actor, base_id)
    return tx.artifacts.update_manifest(
        manifest,
        digest=known.digest if digest is None else digest,
        base_id=known.base_id if base_id is None else base_id,
    )


def _require_base(tx: Transaction, actor: Actor, base: ArtifactId | None) -> None:
    # What the base holds becomes part of the new version, for all who read that.
    if base is not None:
        find_artifact(tx, actor, base)


def manifest_arrived(tx: Transaction, manifest: ManifestId, text: bytes, md5: str) -> None:
    """Records a manifest that a signed URL allowed, and that `read_manifest` can read.

    Reading a large one takes long, and is not for the one thread that writes.

    Args:
        md5: Base64 of the MD5 of `text`.

    Raises:
        NotFound: Its version was deleted meanwhile.
        Conflict: Its version is committed already, or another text was announced since.
    """
    known = tx.artifacts.manifest(manifest)
    artifact = None if known is None else tx.artifacts.artifact(known.artifact_id)
    if known is None or artifact is None:
        raise NotFound("The artifact of this upload was deleted.")
    _require_pending(artifact)
    if known.digest not in ("", md5):
        raise Conflict(
            "The manifest was announced anew meanwhile; upload the one that was announced last.",
            code="manifest-changed",
        )
    tx.artifacts.put_manifest_text(manifest, text)


# The commit


def commit_artifact(tx: Transaction, actor: Actor, artifact: ArtifactId) -> Artifact:
    """Makes a version what its manifest says; a committed one stays as it is.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Its manifest has not arrived, or names contents that have not.
    """
    found, collection = find_artifact(tx, actor, artifact, Action.WRITE)
    if found.state is ArtifactState.COMMITTED:
        return found
    text, manifest, is_merged = _settled(tx, found)
    entries = read_manifest(text)
    wanted = {entry.md5: entry.path for entry in entries if entry.md5 is not None}
    here = tx.artifacts.contents_in_project(collection.project_id, wanted)
    missing = sorted(path for md5, path in wanted.items() if md5 not in here)
    if missing:
        raise Conflict(
            f"{len(missing):,} file(s) that the manifest names have not arrived: "
            f"{', '.join(missing[:_NAMED_AS_MISSING])}{', …' * (len(missing) > _NAMED_AS_MISSING)}."
            " Upload them, then commit again.",
            code="files-missing",
        )
    contents = tx.artifacts.contents(wanted)
    sizes = {md5: content.size_bytes for md5, content in contents.items()}
    tx.artifacts.set_contents(found.id, wanted)
    committed = tx.artifacts.update_artifact(
        found.id,
        ArtifactUpdate(
            state=ArtifactState.COMMITTED,
            digest=digest_of(entries) if is_merged else UNSET,
            manifest_id=manifest,
            num_files=len(entries),
            size_bytes=sum(
                entry.size_bytes if entry.md5 is None else sizes[entry.md5] for entry in entries
            ),
        ),
    )
    tx.artifacts.add_member(collection.id, found.id)
    for alias in (*found.wanted_aliases, LATEST):
        tx.artifacts.set_alias(collection.id, alias, found.id)
    return committed


def _settled(tx: Transaction, artifact: Artifact) -> tuple[bytes, ManifestId, bool]:
    """The manifest that counts: a full one, or those of all writers merged on top of the base."""
    arrived = [known for known in tx.artifacts.manifests_of(artifact.id) if known.has_arrived]
    if not arrived:
        raise Conflict(
            "The manifest of this artifact has not arrived; upload it, then commit.",
            code="manifest-missing",
        )
    texts = [_text(tx, known.id) for known in arrived]
    kinds = {known.kind for known in arrived}
    if kinds == {ManifestKind.FULL}:
        return texts[-1], arrived[-1].id, False
    if ManifestKind.INCREMENTAL in kinds:
        base = arrived[-1].base_id or _newest(tx, artifact.collection_id)
        texts = [*_base_texts(tx, base), *texts]
    merged = merge_manifests(texts)
    settled = tx.artifacts.create_manifest(
        artifact.id, arrived[-1].name, ManifestKind.FULL, digest=""
    )
    tx.artifacts.put_manifest_text(settled.id, merged)
    return merged, settled.id, True


def _newest(snapshot: Snapshot, collection: CollectionId) -> ArtifactId | None:
    newest = snapshot.artifacts.members(collection, limit=1)
    return newest[0].artifact_id if newest else None


def _base_texts(tx: Transaction, base: ArtifactId | None) -> list[bytes]:
    found = None if base is None else tx.artifacts.artifact(base)
    if found is None or found.manifest_id is None:
        return []
    return [_text(tx, found.manifest_id)]


def _text(tx: Transaction, manifest: ManifestId) -> bytes:
    text = tx.artifacts.manifest_text(manifest)
    assert text is not None
    return text


def _require_pending(artifact: Artifact) -> None:
    if artifact.state is not ArtifactState.PENDING:
        raise Conflict(
            "This version is committed; changes make a new version.", code="already-committed"
        )
