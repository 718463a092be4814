"""Uploads by our own client: begun under a name of its own, in any order, committed at once.

An upload is a pending version that its client can name, so what holds for those holds for it:
nothing of it is found before the commit, and one that is abandoned is collected. Large contents
come in parts, which are contents of the pending version themselves until they are joined: after a
cut, of whatever kind, only the parts that are not here are sent again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Collection as SetOf
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    Artifact,
    ArtifactState,
    Collection,
    Content,
    ManifestKind,
    NewArtifact,
)
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.manifest import digest_of, read_manifest
from runstone.ports.artifacts import PackedText
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.artifacts.committing import commit_apart
from runstone.services.artifacts.finding import find_artifact, home_of
from runstone.services.artifacts.reading import Address, find_version
from runstone.services.artifacts.uploading import (
    FileSpec,
    announce_files,
    announce_manifest,
    begin_artifact,
    content_arrived,
    manifest_arrived,
)
from runstone.services.projects import find_project

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_MANIFEST: Final = "wandb_manifest.json"
"""As other clients call theirs."""


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
) -> UploadState:
    """Begins an upload, or finds the one of that name.

    Where the collection has a version of that digest already, it is the one: it gets the aliases
    and tags, and nothing is to be uploaded.

    Args:
        run: Which run logs it.

    Raises:
        NotFound: No such entity or run, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name, alias or tag that is not legal, also of the upload.
        Conflict: The collection is of another type, or one of links; or the name belongs to the
            upload of something else.
    """
    if not _NAME.fullmatch(path.upload):
        raise InvalidInput(
            "An upload is named by 16 to 128 letters, digits, '-' and '_', drawn at random.",
            code="invalid-name",
        )
    known = tx.artifacts.artifact_by_client_id(path.upload)
    if known is not None:
        found = find_upload(tx, actor, path)
        where = tx.artifacts.collection(found.collection_id)
        if where is None or (found.digest, where.name) != (new.digest, collection):
            raise Conflict(
                "An upload of that name is one of something else; draw another name.",
                code="upload-differs",
            )
        return _state(tx, found)
    made = begin_artifact(tx, actor, path.entity, path.project, run, type_name, collection, new)
    return _state(tx, made)


def find_upload(snapshot: Snapshot, actor: Actor, path: UploadPath) -> Artifact:
    """The version of an upload, pending or committed.

    Raises:
        NotFound: No such upload (code `upload-gone`), or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    place = find_project(snapshot, actor, path.entity, path.project, Action.WRITE)
    known = snapshot.artifacts.artifact_by_client_id(path.upload)
    where = None if known is None else snapshot.artifacts.collection(known.collection_id)
    if known is None or where is None or where.project_id != place.id:
        raise NotFound(
            "There is no such upload: it was never begun, or nobody went on with it for days. "
            "Begin it anew; what is here of it is not sent again.",
            code="upload-gone",
        )
    return known


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


async def finish_upload(
    store: Store, actor: Actor, path: UploadPath, manifest: bytes
) -> tuple[Collection, UploadState]:
    """Commits an upload; one that is committed stays as it is. Returns its collection too.

    Where another upload of the same digest was faster, that version counts, as in `begin_upload`.

    Raises:
        NotFound: No such upload, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a manifest, or its digest is not the one that was announced.
        Conflict: It names contents that have not arrived (code `files-missing`).
    """
    given = await asyncio.to_thread(_given, manifest)

    def take(tx: Transaction) -> Artifact:
        found = find_upload(tx, actor, path)
        if found.state is ArtifactState.PENDING:
            _take_manifest(tx, actor, found, given)
        return found

    def faster(tx: Transaction, found: Artifact) -> Artifact | None:
        same = tx.artifacts.committed_with(found.collection_id, found.digest)
        return None if same is None else _give_way(tx, actor, path, found)

    taken = await asyncio.wrap_future(store.write(take))
    done = await commit_apart(store, actor, taken.id, instead=faster)

    def tell(snapshot: Snapshot) -> tuple[Collection, UploadState]:
        found, collection = find_artifact(snapshot, actor, done.id)
        return collection, _state(snapshot, found)

    return await asyncio.wrap_future(store.read(tell))


@dataclass(frozen=True, slots=True)
class _Given:
    """A manifest as its client sent it.

    Attributes:
        md5: In base64.
        digest: What clients call the sum of its contents.
    """

    packed: PackedText
    md5: str
    digest: str


def _given(manifest: bytes) -> _Given:
    md5 = hashlib.md5(manifest, usedforsecurity=False).digest()
    digest = digest_of(read_manifest(manifest))
    return _Given(PackedText.of(manifest), base64.b64encode(md5).decode("ascii"), digest)


def _take_manifest(tx: Transaction, actor: Actor, found: Artifact, given: _Given) -> None:
    if given.digest != found.digest:
        raise InvalidInput(
            "The manifest is not the one whose digest was announced when the upload began.",
            code="digest-mismatch",
        )
    announced = announce_manifest(
        tx, actor, found.id, _MANIFEST, ManifestKind.FULL, digest=given.md5, base_id=None
    )
    manifest_arrived(tx, announced.id, given.packed, given.md5)


def _give_way(tx: Transaction, actor: Actor, path: UploadPath, mine: Artifact) -> Artifact:
    """Lets the committed version of the same digest have what mine was to have."""
    _, where = find_artifact(tx, actor, mine.id, Action.WRITE)
    run = None if mine.run_id is None else tx.runs.run_by_id(mine.run_id)
    new = NewArtifact(digest=mine.digest, tags=mine.tags, wanted_aliases=mine.wanted_aliases)
    same = begin_artifact(
        tx,
        actor,
        path.entity,
        path.project,
        None if run is None else run.name,
        where.type,
        where.name,
        new,
    )
    tx.artifacts.delete_artifact(mine.id)
    return same


def _state(snapshot: Snapshot, artifact: Artifact) -> UploadState:
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
