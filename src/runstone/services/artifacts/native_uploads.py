"""Uploads by our own client: begun under a name of its own, in any order; see `native_commits`.

An upload is a pending version that its client can name, so what holds for those holds for it:
nothing of it is found before the commit, and one that is abandoned is collected. Large contents
come in parts, which are contents of the pending version themselves until they are joined: after a
cut, of whatever kind, only the parts that are not here are sent again.

A version that several write is the pending one of all their uploads: each is known by the manifest
that it announces under its name when it begins.
"""

from __future__ import annotations

import re
from collections.abc import Collection as SetOf
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    Artifact,
    ArtifactState,
    Content,
    ManifestKind,
    ManifestRecord,
    NewArtifact,
)
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.finding import home_of
from runstone.services.artifacts.reading import Address, find_version
from runstone.services.artifacts.uploading import (
    FileSpec,
    announce_files,
    begin_artifact,
    content_arrived,
)
from runstone.services.projects import find_project

MANIFEST: Final = "wandb_manifest.json"
"""As other clients call theirs."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class UploadPath:
    """How an upload is named.

    Attributes:
        upload: What its client calls it.
    """

    entity: str
    project: str
    upload: str


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload is.

    Attributes:
        index: The version's number in its collection, once it is committed.
    """

    artifact: Artifact
    index: int | None


def begin_upload(
    tx: Transaction,
    actor: Actor,
    path: UploadPath,
    run: str | None,
    type_name: str,
    collection: str,
    new: NewArtifact,
    *,
    is_increment: bool = False,
) -> UploadState:
    """Begins an upload, or finds the one of that name.

    Where the collection has a version of that digest already, it is the one: it gets the aliases
    and tags, and nothing is to be uploaded. One with a `distributed_id` is part of the pending
    version of that id, or begins it.

    Args:
        run: Which run logs it.
        is_increment: It holds what the newest version does when it is committed, too.

    Raises:
        NotFound: No such entity or run, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name, alias or tag that is not legal, also of the upload.
        Conflict: The collection is of another type, or one of links; or the name belongs to the
            upload of something else; or another writer has finished the version without this part.
    """
    if not _NAME.fullmatch(path.upload):
        raise InvalidInput(
            "An upload is named by 16 to 128 letters, digits, '-' and '_', drawn at random.",
            code="invalid-name",
        )
    is_shared = new.distributed_id is not None
    if _named(tx, path.upload) is not None:
        found = find_upload(tx, actor, path)
        where = tx.artifacts.collection(found.collection_id)
        is_same = where is not None and where.name == collection
        is_same = is_same and found.distributed_id == new.distributed_id
        # What is made of several manifests has a digest of its own once it is committed.
        is_own = not is_shared and not is_increment
        if not is_same or (is_own and found.digest != new.digest):
            raise Conflict(
                "An upload of that name is one of something else; draw another name.",
                code="upload-differs",
            )
        return state_of(tx, found)
    if is_shared:
        new = replace(new, client_id=None)
    made = begin_artifact(
        tx,
        actor,
        path.entity,
        path.project,
        run,
        type_name,
        collection,
        new,
        is_whole=not is_increment,
    )
    if is_shared:
        tx.artifacts.create_manifest(made.id, path.upload, ManifestKind.PATCH, digest="")
    elif is_increment:
        tx.artifacts.create_manifest(made.id, MANIFEST, ManifestKind.INCREMENTAL, digest="")
    return state_of(tx, made)


def find_upload(snapshot: Snapshot, actor: Actor, path: UploadPath) -> Artifact:
    """The version of an upload, pending or committed.

    Raises:
        NotFound: No such upload (code `upload-gone`), or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Another writer has finished the version without this part (code
            `finished-without`).
    """
    place = find_project(snapshot, actor, path.entity, path.project, Action.WRITE)
    known = _named(snapshot, path.upload)
    where = None if known is None else snapshot.artifacts.collection(known.collection_id)
    if known is None or where is None or where.project_id != place.id:
        raise NotFound(
            "There is no such upload: it was never begun, or nobody went on with it for days. "
            "Begin it anew; what is here of it is not sent again.",
            code="upload-gone",
        )
    part = find_part(snapshot, path)
    if part is not None and known.state is ArtifactState.COMMITTED and not part.has_arrived:
        raise Conflict(
            "The version was finished before this part of it had arrived, and does not hold it. "
            "Log the part again, for another version; wait() for each part before one finishes.",
            code="finished-without",
        )
    return known


def find_part(snapshot: Snapshot, path: UploadPath) -> ManifestRecord | None:
    """What an upload adds to a version that several write; None for one that makes a version."""
    return snapshot.artifacts.patch_named(path.upload)


def _named(snapshot: Snapshot, upload: str) -> Artifact | None:
    part = snapshot.artifacts.patch_named(upload)
    if part is None:
        return snapshot.artifacts.artifact_by_client_id(upload)
    return snapshot.artifacts.artifact(part.artifact_id)


def missing_contents(
    tx: Transaction, actor: Actor, path: UploadPath, md5s: Iterable[bytes]
) -> Sequence[bytes]:
    """Those of the contents, or parts, that are to be sent; what is here is kept for the upload.

    Raises:
        NotFound: No such upload, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    found = find_upload(tx, actor, path)
    if found.state is ArtifactState.COMMITTED:
        return []
    specs = [FileSpec(found.id, "", md5) for md5 in dict.fromkeys(md5s)]
    return [one.spec.md5 for one in announce_files(tx, actor, specs) if one.is_wanted]


def contents_arrived(
    tx: Transaction, actor: Actor, path: UploadPath, arrived: Sequence[StoredBlob]
) -> Sequence[str]:
    """Records contents, or parts, whose bytes were checked; returns the blobs no longer needed.

    Raises:
        NotFound: No such upload any more, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version was committed without them.
    """
    found = find_upload(tx, actor, path)
    kept = (content_arrived(tx, found.id, stored.md5, stored) for stored in arrived)
    return [key for key in kept if key is not None]


def find_parts(
    snapshot: Snapshot, actor: Actor, path: UploadPath, md5s: Sequence[bytes]
) -> Sequence[Content]:
    """The parts of a content, in the order given.

    Raises:
        NotFound: No such upload, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Some have not arrived (code `parts-missing`).
    """
    found = find_upload(snapshot, actor, path)
    here = snapshot.artifacts.contents(md5s)
    mine = {md5 for md5 in here if snapshot.artifacts.refers_to(found.id, md5)}
    missing = sum(md5 not in mine for md5 in md5s)
    if missing:
        raise Conflict(
            f"{missing:,} of the {len(md5s):,} parts have not arrived; send them, then join again.",
            code="parts-missing",
        )
    return [here[md5] for md5 in md5s]


def parts_joined(
    tx: Transaction, actor: Actor, path: UploadPath, whole: StoredBlob, parts: SetOf[bytes]
) -> Sequence[str]:
    """Records a content that was made of parts, which go; returns the blobs no longer needed.

    Raises:
        NotFound: No such upload any more, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version was committed without it.
    """
    unneeded = list(contents_arrived(tx, actor, path, [whole]))
    found = find_upload(tx, actor, path)
    if found.state is ArtifactState.COMMITTED:
        return unneeded
    gone = set(parts) - {whole.md5}
    known = tx.artifacts.contents(gone)
    tx.artifacts.remove_contents(found.id, gone)
    # Others that have a part, as a file of theirs or on its way, keep it.
    return unneeded + [one.blob for one in known.values() if tx.artifacts.delete_content(one.md5)]


def state_of(snapshot: Snapshot, artifact: Artifact) -> UploadState:
    """How far an upload is whose version that is."""
    home = home_of(snapshot, artifact)
    return UploadState(artifact, None if home is None else home.index)


def contents_of(
    snapshot: Snapshot, actor: Actor, address: Address, md5s: Sequence[bytes]
) -> Sequence[Content]:
    """Contents of a version, in the order given.

    Raises:
        NotFound: No such version, or the actor may not see it; or a content that is not of it.
    """
    artifact = find_version(snapshot, actor, address).place.artifact
    for md5 in md5s:
        if not snapshot.artifacts.refers_to(artifact.id, md5):
            raise NotFound(
                f"The version holds no file with the MD5 {md5.hex()}; list its files.",
                code="no-such-content",
            )
    found = snapshot.artifacts.contents(md5s)
    return [found[md5] for md5 in md5s]
