"""Contents of artifacts that nothing refers to any more, and versions that never came.

A content is forgotten in one unit of work, which looks once more whether a version refers to it,
and its bytes go after that is durable. Contents have keys of their own for each arrival: the same
bytes may come again at any moment, and lie elsewhere then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from runstone.domain.artifact import ArtifactState, Content
from runstone.domain.ids import ArtifactId
from runstone.ports.blobs import BlobInfo, Blobs, UnfinishedUpload
from runstone.ports.clock import Clock
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.artifacts.arrivals import Arriving
from runstone.services.collection.garbage import GRACE, result_of

BLOBS_OF_CONTENTS: Final = "contents/"
ABANDONED_AFTER: Final = timedelta(days=7)
"""A client that comes back later finds its version gone, and uploads it anew."""
_VERSIONS_AT_ONCE: Final = 50
_AT_ONCE: Final = 200
_MAX_FOUND: Final = 100_000


async def drop_abandoned(store: Store, now: datetime) -> int:
    """Deletes versions whose upload was not finished for long; returns how many."""
    before = now - ABANDONED_AFTER
    num_dropped = 0
    while True:
        dropped = await result_of(store.write(lambda tx: _drop_some(tx, before)))
        num_dropped += len(dropped)
        if len(dropped) < _VERSIONS_AT_ONCE:
            return num_dropped


def _drop_some(tx: Transaction, before: datetime) -> Sequence[ArtifactId]:
    found = tx.artifacts.abandoned(before=before, limit=_VERSIONS_AT_ONCE)
    for artifact in found:
        tx.artifacts.delete_artifact(artifact)
    return found


async def find_unneeded(store: Store, now: datetime) -> Sequence[Content]:
    """Contents that no version refers to. Looking through all of them takes a while."""
    before = now - GRACE
    return await result_of(
        store.read(lambda s: s.artifacts.unneeded_contents(before=before, limit=_MAX_FOUND))
    )


async def forget_unneeded(store: Store, blobs: Blobs, now: datetime) -> AsyncIterator[Content]:
    """Deletes contents that no version refers to, a few at a time; tells of each."""
    while True:
        # Found beside the writer: it looks once more at those few that it is given.
        found = await find_unneeded(store, now)
        num_forgotten = 0
        for start in range(0, len(found), _AT_ONCE):
            for content in await _forget(store, found[start : start + _AT_ONCE]):
                await blobs.delete(content.blob)
                num_forgotten += 1
                yield content
        # What a version that is not wholly erased refers to waits for the next time.
        if len(found) < _MAX_FOUND or not num_forgotten:
            return


async def _forget(store: Store, contents: Sequence[Content]) -> Sequence[Content]:
    def unit(tx: Transaction) -> Sequence[Content]:
        return [content for content in contents if tx.artifacts.delete_content(content.md5)]

    return await result_of(store.write(unit))


async def contents_without_record(
    store: Store, blobs: Blobs, clock: Clock
) -> AsyncIterator[BlobInfo]:
    """Blobs of contents that no record names, and that are too old for one to be on its way."""
    some: list[BlobInfo] = []
    async for info in blobs.list_blobs(BLOBS_OF_CONTENTS):
        some.append(info)
        if len(some) == _AT_ONCE:
            for lost in await _without_record(store, some, clock):
                yield lost
            some = []
    for lost in await _without_record(store, some, clock):
        yield lost


async def _without_record(store: Store, infos: Sequence[BlobInfo], clock: Clock) -> list[BlobInfo]:
    # Read after they were listed, so that a record made meanwhile counts.
    keys = [info.key for info in infos]
    named = await result_of(store.read(lambda s: s.artifacts.blobs_with_content(keys)))
    lost = [i for i in infos if i.key not in named and i.stored_at < clock() - GRACE]
    awaited = await _awaited(store, [info.key for info in lost])
    return [info for info in lost if info.key not in awaited]


async def _awaited(store: Store, keys: Sequence[str]) -> set[str]:
    """Those that belong to pending versions: what clients send by themselves has no record yet."""
    places = {key: place for key in keys if (place := Arriving.of(key)) is not None}
    versions = {place.artifact for place in places.values()}

    def look(snapshot: Snapshot) -> set[ArtifactId]:
        found = map(snapshot.artifacts.artifact, versions)
        return {a.id for a in found if a is not None and a.state is ArtifactState.PENDING}

    pending = await result_of(store.read(look)) if versions else set()
    return {key for key, place in places.items() if place.artifact in pending}


async def uploads_given_up(
    store: Store, blobs: Blobs, clock: Clock
) -> AsyncIterator[UnfinishedUpload]:
    """Uploads in parts that were begun for a version which is pending no more."""
    found = [one async for one in blobs.list_uploads(BLOBS_OF_CONTENTS)]
    awaited = await _awaited(store, [one.key for one in found])
    for one in found:
        if one.key not in awaited and one.begun_at < clock() - GRACE:
            yield one
