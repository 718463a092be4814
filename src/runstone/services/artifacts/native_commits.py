"""How uploads by our own client end: with their manifest, as a version or as a part of one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    Artifact,
    ArtifactState,
    ArtifactUpdate,
    Collection,
    ManifestKind,
    ManifestRecord,
    NewArtifact,
)
from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import Entries, digest_of, read_manifest
from runstone.ports.artifacts import PackedText
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.artifacts.committing import commit_apart, require_all
from runstone.services.artifacts.finding import find_artifact
from runstone.services.artifacts.native_uploads import (
    MANIFEST,
    UploadPath,
    UploadState,
    find_part,
    find_upload,
    state_of,
)
from runstone.services.artifacts.uploading import (
    announce_manifest,
    begin_artifact,
    manifest_arrived,
)


async def finish_upload(
    store: Store, actor: Actor, path: UploadPath, manifest: bytes
) -> tuple[Collection, UploadState]:
    """Commits an upload; one that is committed stays as it is. Returns its collection too.

    Where another upload of the same digest was faster, that version counts, as in `begin_upload`.
    A version that several write becomes what has arrived of all of them, this part included.

    Raises:
        NotFound: No such upload, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a manifest, or its digest is not the one that was announced.
        Conflict: It names contents that have not arrived (code `files-missing`).
    """
    given = await asyncio.to_thread(_given, manifest)

    def take(tx: Transaction) -> Artifact:
        found, part = find_upload(tx, actor, path), find_part(tx, path)
        if found.state is ArtifactState.PENDING:
            if part is None:
                _take_manifest(tx, actor, found, given)
            else:
                _take_part(tx, found, part, given)
        return found

    def faster(tx: Transaction, found: Artifact) -> Artifact | None:
        if _is_merged(tx, found):  # its digest is that of what it was begun with
            return None
        same = tx.artifacts.committed_with(found.collection_id, found.digest)
        return None if same is None else _give_way(tx, actor, path, found)

    taken = await asyncio.wrap_future(store.write(take))
    done = await commit_apart(store, actor, taken.id, instead=faster)
    return await asyncio.wrap_future(store.read(_telling(actor, done)))


async def add_part(
    store: Store, actor: Actor, path: UploadPath, manifest: bytes
) -> tuple[Collection, UploadState]:
    """Adds what an upload holds to a version that several write; again changes nothing.

    Raises:
        NotFound: No such upload, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a manifest; or nobody else writes this version (code `not-shared`).
        Conflict: It names contents that have not arrived (code `files-missing`), or another
            manifest has arrived before (code `manifest-changed`), or the version was finished
            without it (code `finished-without`).
    """
    given = await asyncio.to_thread(_given, manifest)

    def look(snapshot: Snapshot) -> None:
        found = find_upload(snapshot, actor, path)
        if found.state is ArtifactState.PENDING:
            require_all(given.entries, given.entries.md5s(), snapshot.artifacts.referred(found.id))

    def take(tx: Transaction) -> Artifact:
        found, part = find_upload(tx, actor, path), find_part(tx, path)
        if part is None:
            raise InvalidInput(
                "Nobody else writes this version: commit it, or begin with a distributed_id.",
                code="not-shared",
            )
        if found.state is ArtifactState.PENDING:
            _take_part(tx, found, part, given)
        return found

    await asyncio.wrap_future(store.read(look))
    taken = await asyncio.wrap_future(store.write(take))
    return await asyncio.wrap_future(store.read(_telling(actor, taken)))


def _is_merged(snapshot: Snapshot, found: Artifact) -> bool:
    kinds = {known.kind for known in snapshot.artifacts.manifests_of(found.id)}
    return not kinds <= {ManifestKind.FULL}


def _telling(
    actor: Actor, artifact: Artifact
) -> Callable[[Snapshot], tuple[Collection, UploadState]]:
    def tell(snapshot: Snapshot) -> tuple[Collection, UploadState]:
        found, collection = find_artifact(snapshot, actor, artifact.id)
        return collection, state_of(snapshot, found)

    return tell


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
    entries: Entries


def _given(manifest: bytes) -> _Given:
    md5 = hashlib.md5(manifest, usedforsecurity=False).digest()
    entries = read_manifest(manifest)
    return _Given(
        PackedText.of(manifest), base64.b64encode(md5).decode("ascii"), digest_of(entries), entries
    )


def _take_manifest(tx: Transaction, actor: Actor, found: Artifact, given: _Given) -> None:
    kind = ManifestKind.INCREMENTAL if _is_merged(tx, found) else ManifestKind.FULL
    if kind is ManifestKind.FULL and given.digest != found.digest:
        raise InvalidInput(
            "The manifest is not the one whose digest was announced when the upload began.",
            code="digest-mismatch",
        )
    announced = announce_manifest(
        tx, actor, found.id, MANIFEST, kind, digest=given.md5, base_id=None
    )
    manifest_arrived(tx, announced.id, given.packed, given.md5)


def _take_part(tx: Transaction, found: Artifact, part: ManifestRecord, given: _Given) -> None:
    manifest_arrived(tx, part.id, given.packed, given.md5)
    # It is abandoned so many days after the last part of it, and not after the first.
    tx.artifacts.update_artifact(found.id, ArtifactUpdate())


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
