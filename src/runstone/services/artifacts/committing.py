"""The commit: a version becomes what its manifest says.

Everything is decided in one transaction, and that one is short however large the version is: what
takes long (reading the manifest, merging those of several writers, looking for each content) is
done before it, on snapshots and in small units. What was prepared counts only while it is still
so: the manifests are the same, and the version refers to the same contents. A pending version
keeps what it refers to, so a content that was found stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    LATEST,
    Artifact,
    ArtifactState,
    ArtifactUpdate,
    ManifestKind,
)
from runstone.domain.errors import Conflict
from runstone.domain.ids import ArtifactId, CollectionId, ManifestId, ProjectId
from runstone.domain.manifest import Entries, digest_of, merge_manifests, read_manifest
from runstone.domain.run import UNSET
from runstone.ports.artifacts import PackedText
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.artifacts.finding import find_artifact
from runstone.services.artifacts.uploading import FileSpec, Upload, announce_files

T = TypeVar("T")

_NAMED_AS_MISSING: Final = 5
_AT_ONCE: Final = 500
"""Contents that one unit of work looks for and refers to: less than ten milliseconds."""
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Sources:
    """Which manifests a version is made of, the first ones first.

    Attributes:
        is_merged: Several writers' or one on top of another version's, so it gets its own digest.
    """

    manifests: tuple[tuple[ManifestId, str], ...]
    is_merged: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a commit needs to know of a manifest, and of what it was found out.

    Attributes:
        mark: Of what the version referred to.
        merged: The text of a merged one.
        extra: Contents that the version refers to and the manifest does not name.
    """

    sources: _Sources
    mark: tuple[int, int]
    merged: PackedText | None
    digest: str
    num_files: int
    size_bytes: int
    extra: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Read:
    sources: _Sources
    entries: Entries
    wanted: Sequence[bytes]
    merged: PackedText | None
    digest: str


def commit_artifact(tx: Transaction, actor: Actor, artifact: ArtifactId) -> Artifact:
    """Makes a version what its manifest says, in one unit; a committed one stays as it is.

    For small versions: it holds all other writers up; `commit_apart` does not.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Its manifest has not arrived, or names contents that have not.
    """
    found, collection = find_artifact(tx, actor, artifact, Action.WRITE)
    if found.state is ArtifactState.COMMITTED:
        return found
    sources = _sources(tx, found)
    read = _read(sources, _texts(tx, sources))
    tx.artifacts.add_contents(
        found.id, tx.artifacts.contents_in_project(collection.project_id, read.wanted)
    )
    prepared = _prepared(read, tx.artifacts.referred(found.id), _mark(tx, found.id))
    return _commit(tx, actor, found, prepared)


async def commit_apart(
    store: Store,
    actor: Actor,
    artifact: ArtifactId,
    *,
    instead: Callable[[Transaction, Artifact], Artifact | None] = lambda _tx, _found: None,
) -> Artifact:
    """Like `commit_artifact`, in units of work that are short whatever the version holds.

    Args:
        instead: Asked in the last unit: a version that is to count in place of this one.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: Its manifest has not arrived, or names contents that have not; or others change
            the version all the time.
    """
    for _ in range(_TRIES):
        prepared = await _prepare(store, actor, artifact)

        def unit(tx: Transaction, prepared: _Prepared | None = prepared) -> Artifact | None:
            found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
            if found.state is ArtifactState.COMMITTED:
                return found
            other = instead(tx, found)
            if other is not None:
                return other
            if prepared is None or not _still_so(tx, found, prepared):
                return None
            return _commit(tx, actor, found, prepared)

        committed = await asyncio.wrap_future(store.write(unit))
        if committed is not None:
            if prepared is not None:
                await _drop(store, artifact, prepared.extra[_AT_ONCE:])
            return committed
    raise Conflict(
        "Others change this version while it is being committed; commit again when they are done.",
        code="artifact-busy",
    )


async def announce_apart(store: Store, actor: Actor, specs: Sequence[FileSpec]) -> list[Upload]:
    """Like `announce_files`, in units of work that are short however many files there are.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: The version is committed already.
    """
    announced: list[Upload] = []
    for start in range(0, len(specs), _AT_ONCE):
        part = specs[start : start + _AT_ONCE]
        unit = _announcing(actor, part)
        announced += await asyncio.wrap_future(store.write(unit))
    return announced


def _announcing(actor: Actor, specs: Sequence[FileSpec]) -> Callable[[Transaction], list[Upload]]:
    return lambda tx: announce_files(tx, actor, specs)


# Before the commit


async def _prepare(store: Store, actor: Actor, artifact: ArtifactId) -> _Prepared | None:
    """What the commit is to do; None for a version that is committed."""

    def begin(snapshot: Snapshot) -> tuple[ProjectId, _Sources, list[bytes]] | None:
        found, collection = find_artifact(snapshot, actor, artifact, Action.WRITE)
        if found.state is ArtifactState.COMMITTED:
            return None
        sources = _sources(snapshot, found)
        return collection.project_id, sources, _texts(snapshot, sources)

    begun = await asyncio.wrap_future(store.read(begin))
    if begun is None:
        return None
    project, sources, texts = begun
    read = await asyncio.to_thread(_read, sources, texts)
    del texts

    def look(snapshot: Snapshot) -> tuple[Mapping[bytes, int], tuple[int, int]]:
        return snapshot.artifacts.referred(artifact), _mark(snapshot, artifact)

    referred, mark = await asyncio.wrap_future(store.read(look))
    lacking = [md5 for md5 in read.wanted if md5 not in referred]
    if lacking:
        await _refer(store, actor, artifact, project, lacking)
        referred, mark = await asyncio.wrap_future(store.read(look))
    return await asyncio.to_thread(_prepared, read, referred, mark)


async def _refer(
    store: Store, actor: Actor, artifact: ArtifactId, project: ProjectId, md5s: Sequence[bytes]
) -> None:
    """Lets the version refer to those of the contents that its project has."""

    def unit_of(part: Sequence[bytes]) -> Callable[[Transaction], None]:
        def unit(tx: Transaction) -> None:
            found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
            if found.state is ArtifactState.PENDING:
                tx.artifacts.add_contents(artifact, tx.artifacts.contents_in_project(project, part))

        return unit

    for start in range(0, len(md5s), _AT_ONCE):
        await asyncio.wrap_future(store.write(unit_of(md5s[start : start + _AT_ONCE])))


async def _drop(store: Store, artifact: ArtifactId, md5s: Sequence[bytes]) -> None:
    # Should we die in between, they stay until the version is deleted.
    for start in range(0, len(md5s), _AT_ONCE):
        part = md5s[start : start + _AT_ONCE]
        await asyncio.wrap_future(store.write(_dropping(artifact, part)))


def _dropping(artifact: ArtifactId, md5s: Sequence[bytes]) -> Callable[[Transaction], None]:
    return lambda tx: tx.artifacts.remove_contents(artifact, md5s)


def _sources(snapshot: Snapshot, artifact: Artifact) -> _Sources:
    """The manifest that counts: a full one, or those of all writers merged on top of the base."""
    arrived = [known for known in snapshot.artifacts.manifests_of(artifact.id) if known.has_arrived]
    if not arrived:
        raise Conflict(
            "The manifest of this artifact has not arrived; upload it, then commit.",
            code="manifest-missing",
        )
    kinds = {known.kind for known in arrived}
    last = arrived[-1]
    if kinds == {ManifestKind.FULL}:
        return _Sources(((last.id, last.digest),), False, last.name)
    manifests = [(known.id, known.digest) for known in arrived]
    if ManifestKind.INCREMENTAL in kinds:
        base = last.base_id or _newest(snapshot, artifact.collection_id)
        found = None if base is None else snapshot.artifacts.artifact(base)
        if found is not None and found.manifest_id is not None:
            manifests.insert(0, (found.manifest_id, ""))
    return _Sources(tuple(manifests), True, last.name)


def _newest(snapshot: Snapshot, collection: CollectionId) -> ArtifactId | None:
    newest = snapshot.artifacts.members(collection, limit=1)
    return newest[0].artifact_id if newest else None


def _texts(snapshot: Snapshot, sources: _Sources) -> list[bytes]:
    texts = [snapshot.artifacts.manifest_text(manifest) for manifest, _ in sources.manifests]
    return [text for text in texts if text is not None]


def _read(sources: _Sources, texts: Sequence[bytes]) -> _Read:
    text = merge_manifests(texts) if sources.is_merged else texts[-1]
    entries = read_manifest(text)
    merged = PackedText.of(text) if sources.is_merged else None
    digest = digest_of(entries) if sources.is_merged else ""
    return _Read(sources, entries, entries.md5s(), merged, digest)


def _mark(snapshot: Snapshot, artifact: ArtifactId) -> tuple[int, int]:
    return snapshot.artifacts.mark_of_referred(artifact)


def _prepared(read: _Read, referred: Mapping[bytes, int], mark: tuple[int, int]) -> _Prepared:
    entries = read.entries
    require_all(entries, read.wanted, referred)
    size_bytes = 0
    for place in range(len(entries)):
        md5 = entries.md5_at(place)
        size_bytes += entries.size_at(place) if md5 is None else referred[md5]
    extra = sorted(referred.keys() - set(read.wanted)) if len(referred) > len(read.wanted) else []
    return _Prepared(read.sources, mark, read.merged, read.digest, len(entries), size_bytes, extra)


def require_all(entries: Entries, wanted: Sequence[bytes], referred: Mapping[bytes, int]) -> None:
    """Refuses a manifest of which contents have not arrived.

    Args:
        wanted: Contents that it names.
        referred: Those that its version refers to.

    Raises:
        Conflict: Some are missing (code `files-missing`).
    """
    missing = {md5 for md5 in wanted if md5 not in referred}
    if missing:
        paths = (entry.path for entry in entries if entry.md5 in missing)
        named = list(islice(paths, _NAMED_AS_MISSING))
        raise Conflict(
            f"{len(missing):,} file(s) that the manifest names have not arrived: "
            f"{', '.join(named)}{', …' * (len(missing) > _NAMED_AS_MISSING)}."
            " Upload them, then commit again.",
            code="files-missing",
        )


# The commit itself


def _still_so(tx: Transaction, artifact: Artifact, prepared: _Prepared) -> bool:
    return (_sources(tx, artifact), _mark(tx, artifact.id)) == (prepared.sources, prepared.mark)


def _commit(tx: Transaction, actor: Actor, artifact: Artifact, prepared: _Prepared) -> Artifact:
    _, collection = find_artifact(tx, actor, artifact.id, Action.WRITE)
    manifest = prepared.sources.manifests[-1][0]
    if prepared.merged is not None:
        settled = tx.artifacts.create_manifest(
            artifact.id, prepared.sources.name, ManifestKind.FULL, digest=""
        )
        tx.artifacts.put_manifest_text(settled.id, prepared.merged)
        manifest = settled.id
    tx.artifacts.remove_contents(artifact.id, prepared.extra[:_AT_ONCE])
    committed = tx.artifacts.update_artifact(
        artifact.id,
        ArtifactUpdate(
            state=ArtifactState.COMMITTED,
            digest=prepared.digest or UNSET,
            manifest_id=manifest,
            num_files=prepared.num_files,
            size_bytes=prepared.size_bytes,
        ),
    )
    tx.artifacts.add_member(collection.id, artifact.id)
    for alias in (*artifact.wanted_aliases, LATEST):
        tx.artifacts.set_alias(collection.id, alias, artifact.id)
    return committed
