"""Contents that come by another way than in one piece through this server.

Large files come in parts, and where the blob store has URLs of its own clients send their bytes
straight to it. Such a content gets a key that names its version and its digest, so that nothing
needs to be remembered about it: what lies there is either a whole blob or nothing. It is believed
to be what its key says only after its MD5 was seen here: the store told it, or all of it was read.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import ArtifactId
from runstone.ports.blobs import BlobInfo, Blobs, Part, StoredBlob
from runstone.ports.store import Snapshot, Store
from runstone.services.artifacts.finding import find_artifact
from runstone.services.artifacts.uploading import content_arrived

_KEY: Final = re.compile(r"contents/v(\d+)/([0-9a-f]{32})-([0-9a-f]{8})")
_AT_ONCE: Final = 200
_READ_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Arriving:
    """The place of a content on its way to a pending version.

    Attributes:
        md5: 16 bytes, as the client announced it.
        attempt: Tells uploads of one content apart: none can spoil what another has brought.
    """

    artifact: ArtifactId
    md5: bytes
    attempt: str

    @staticmethod
    def new(artifact: ArtifactId, md5: bytes) -> Arriving:
        """A place where nothing is yet."""
        return Arriving(artifact, md5, secrets.token_hex(4))

    @staticmethod
    def of(key: str) -> Arriving | None:
        """The place that a key names; None for other keys."""
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        return Arriving(ArtifactId(int(match[1])), bytes.fromhex(match[2]), match[3])

    @property
    def key(self) -> str:
        """Of the blob."""
        return f"{folder_of(self.artifact)}{self.md5.hex()}-{self.attempt}"


def folder_of(artifact: ArtifactId) -> str:
    """What the keys of all contents on their way to a version begin with."""
    return f"contents/v{artifact}/"


@dataclass(frozen=True, slots=True)
class InParts:
    """An upload in parts that a client may go on with.

    Attributes:
        upload: The blob store's name of it.
    """

    place: Arriving
    upload: str


class Arrivals:
    """Takes in what has arrived; one of a server, since checking a content may take minutes."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self.store = store
        self.blobs = blobs
        self._completing: dict[str, asyncio.Task[None]] = {}
        self._reading = asyncio.Semaphore(_READ_AT_ONCE)

    async def begin(self, artifact: ArtifactId, md5: bytes, num_parts: int) -> InParts:
        """Begins an upload in parts, or finds the one that was begun before.

        The permission is the caller's to check.
        """
        begins = f"{folder_of(artifact)}{md5.hex()}-"
        async for found in self.blobs.list_uploads(begins):
            place = Arriving.of(found.key)
            if place is not None and found.num_parts in (None, num_parts):
                return InParts(place, found.upload)
        place = Arriving.new(artifact, md5)
        return InParts(place, await self.blobs.begin_upload(place.key, num_parts))

    async def complete(self, actor: Actor, upload: InParts, parts: Sequence[Part]) -> None:
        """Makes a content of its parts, reads it once to see that it is what was announced.

        Asked again meanwhile, it waits for the same; afterwards it does nothing.

        Raises:
            NotFound: No such version or upload, or the actor may not see it.
            PermissionDenied: The actor may not write there.
            Conflict: Parts are missing.
            InvalidInput: The content is not the one that was announced (code `digest-mismatch`).
        """
        if await asyncio.wrap_future(self.store.read(lambda s: _is_here(s, actor, upload.place))):
            return
        task = self._completing.get(upload.upload)
        if task is None:
            task = asyncio.create_task(self._complete(upload, parts))
            self._completing[upload.upload] = task
            task.add_done_callback(lambda _: self._completing.pop(upload.upload, None))
        # Whoever gives up waiting comes back, and finds it done.
        await asyncio.shield(task)

    async def _complete(self, upload: InParts, parts: Sequence[Part]) -> None:
        place = upload.place
        await self.blobs.complete_upload(place.key, upload.upload, parts)
        size, md5 = await self.blobs.md5_of(place.key)
        if md5 != place.md5:
            await self.blobs.delete(place.key)
            raise InvalidInput(
                "The parts that arrived do not make the file that the manifest announces; upload "
                "it again.",
                code="digest-mismatch",
            )
        await self._record(place.artifact, [StoredBlob(place.key, size, md5)])

    async def settle(self, artifact: ArtifactId) -> None:
        """Records the contents that clients have sent to the blob store for a version.

        Raises:
            NotFound: The version was deleted.
            Conflict: It is committed already.
            InvalidInput: Some are not those that were announced (code `digest-mismatch`); they are
                removed.
        """
        right: set[bytes] = set()
        wrong: set[bytes] = set()
        async for infos in self._unknown(artifact):
            checked = await asyncio.gather(*map(self._check, infos))
            stored = [blob for blob in checked if blob is not None]
            await self._record(artifact, stored)
            right |= {blob.md5 for blob in stored}
            wrong |= {md5 for key in infos if (md5 := _md5_in(key.key)) is not None}
        wrong -= right
        if wrong:
            raise InvalidInput(
                f"{len(wrong):,} file(s) arrived with other bytes than those that were announced, "
                "and were removed; upload them again.",
                code="digest-mismatch",
            )

    async def _unknown(self, artifact: ArtifactId) -> AsyncIterator[Sequence[BlobInfo]]:
        """Blobs on their way to a version that no content is kept in, some at a time."""
        some: list[BlobInfo] = []
        async for info in self.blobs.list_blobs(folder_of(artifact)):
            some.append(info)
            if len(some) == _AT_ONCE:
                yield await self._without_known(some)
                some = []
        yield await self._without_known(some)

    async def _without_known(self, infos: Sequence[BlobInfo]) -> Sequence[BlobInfo]:
        keys = [info.key for info in infos]
        known = await asyncio.wrap_future(
            self.store.read(lambda s: s.artifacts.blobs_with_content(keys))
        )
        return [info for info in infos if info.key not in known]

    async def _check(self, info: BlobInfo) -> StoredBlob | None:
        """The blob, if it is what its key says; another one is removed."""
        expected = _md5_in(info.key)
        size, md5 = info.size_bytes, info.md5
        if md5 != expected:
            # Of encrypted objects the store tells another number, and none of joined ones.
            async with self._reading:
                size, md5 = await self.blobs.md5_of(info.key)
        if md5 is not None and md5 == expected:
            return StoredBlob(info.key, size, md5)
        await self.blobs.delete(info.key)
        return None

    async def _record(self, artifact: ArtifactId, stored: Sequence[StoredBlob]) -> None:
        if not stored:
            return
        unneeded = await asyncio.wrap_future(
            self.store.write(
                lambda tx: [content_arrived(tx, artifact, one.md5, one) for one in stored]
            )
        )
        for key in unneeded:
            if key is not None:
                await self.blobs.delete(key)


def _is_here(snapshot: Snapshot, actor: Actor, place: Arriving) -> bool:
    find_artifact(snapshot, actor, place.artifact, Action.WRITE)
    return snapshot.artifacts.refers_to(place.artifact, place.md5)


def _md5_in(key: str) -> bytes | None:
    place = Arriving.of(key)
    return None if place is None else place.md5
