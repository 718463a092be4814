"""How a version comes in: announced, its contents, its manifest.

Nothing of a pending version is found by name; see `committing` for how it becomes one that is.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runstone.domain import documents
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
from runstone.domain.ids import ArtifactId, ManifestId, ProjectId
from runstone.domain.names import check_collection_name
from runstone.ports.artifacts import PackedText
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Transaction
from runstone.services.artifacts.finding import find_artifact
from runstone.services.projects import ensure_project


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
    *,
    is_whole: bool = True,
) -> Artifact:
    """The version that a client is to upload, or the committed one of the same digest.

    The latter gets the new aliases too. Either counts as logged by `run`, and so does one that
    several write together by each of their runs. That one gets what each of them says of it.

    Args:
        is_whole: The digest is that of all that it will hold.

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
    is_whole = is_whole and not is_shared
    same = tx.artifacts.committed_with(where.id, new.digest) if is_whole else None
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
            shared = tx.artifacts.update_artifact(shared.id, _joined(shared, new, aliases, tags))
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


def _joined(
    shared: Artifact, new: NewArtifact, aliases: Sequence[str], tags: Sequence[str]
) -> ArtifactUpdate:
    """What is said of a version once another writer has joined: of what differs, the last word."""
    said = {**documents.loads(shared.metadata), **documents.loads(new.metadata)}
    return ArtifactUpdate(
        description=new.description or shared.description,
        metadata=json.dumps(said, separators=(",", ":")),
        tags=tuple(dict.fromkeys((*shared.tags, *tags))),
        ttl_s=shared.ttl_s if new.ttl_s is None else new.ttl_s,
        wanted_aliases=tuple(dict.fromkeys((*shared.wanted_aliases, *aliases))),
    )


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


def manifest_arrived(tx: Transaction, manifest: ManifestId, text: PackedText, md5: str) -> None:
    """Records a manifest that a signed URL allowed, and that `read_manifest` can read.

    Reading and packing a large one takes long, and is not for the one thread that writes.

    Args:
        md5: Base64 of the MD5 of what was packed.

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
    if known.digest != md5:  # whoever prepares a commit tells texts apart by it
        tx.artifacts.update_manifest(manifest, digest=md5, base_id=known.base_id)
    tx.artifacts.put_manifest_text(manifest, text)


def _require_pending(artifact: Artifact) -> None:
    if artifact.state is not ArtifactState.PENDING:
        raise Conflict(
            "This version is committed; changes make a new version.", code="already-committed"
        )
