"""Contents of artifacts that nothing refers to go, with their bytes; all others stay."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from runstone.domain.access import Actor
from runstone.domain.artifact import Artifact, NewArtifact
from runstone.ports.blobs import Part, StoredBlob
from runstone.ports.store import Transaction
from runstone.services import artifacts
from runstone.services.artifacts.arrivals import Arriving
from runstone.services.collection import Collector
from runstone.storage.localfs.blobs import LocalBlobs
from runstone.testing.blobs import chunks_of
from runstone.testing.office import Office, make_office


class Shelf:
    """Artifacts of `anna`, their bytes in a folder, and the collector of both."""

    def __init__(self, folder: Path) -> None:
        self.office: Office = make_office()
        self.office.clock.advance(3_600 * 24 * 365)
        self.folder = folder
        self.blobs = LocalBlobs(folder)
        self.actor: Actor = self.office.actor("anna")
        self.collector = Collector(
            self.office.store, self.blobs, clock=lambda: self.office.clock.now
        )

    def keys(self) -> int:
        """How many blobs there are."""
        return sum(path.is_file() for path in (self.folder / "contents").rglob("*"))

    def put(self, body: bytes) -> StoredBlob:
        async def chunks() -> AsyncIterator[bytes]:
            yield body

        return asyncio.run(self.blobs.put(artifacts.new_content_key(), chunks()))

    def begin(self, name: str, digest: str) -> Artifact:
        new = NewArtifact(digest)
        return self.office.write(
            lambda tx: artifacts.begin_artifact(
                tx, self.actor, "anna", "p", None, "model", name, new
            )
        )

    def arrive(self, artifact: Artifact, body: bytes) -> None:
        stored = self.put(body)
        unneeded = self.office.write(
            lambda tx: artifacts.content_arrived(tx, artifact.id, stored.md5, stored)
        )
        if unneeded is not None:
            asyncio.run(self.blobs.delete(unneeded))

    def delete(self, artifact: Artifact) -> None:
        def unit(tx: Transaction) -> None:
            artifacts.delete_artifact(tx, self.actor, artifact.id, with_aliases=True)

        self.office.write(unit)

    def collect(self) -> tuple[int, int, int]:
        """Contents, their bytes, and blobs without a record that went."""
        done = asyncio.run(self.collector.tidy(wholly=True))
        return done.num_contents, done.content_bytes, done.num_blobs


def test_what_only_a_deleted_version_held_goes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = shelf.begin("a", "d1"), shelf.begin("b", "d2")
    shelf.arrive(first, b"shared")
    shelf.arrive(first, b"own")
    shelf.arrive(second, b"shared")
    assert shelf.keys() == 2
    shelf.delete(first)
    assert shelf.collect() == (0, 0, 0)  # too young to be sure
    shelf.office.clock.advance(3_601)
    assert shelf.collect() == (1, 3, 0)
    assert shelf.keys() == 1
    shelf.delete(second)
    assert shelf.collect() == (1, 6, 0)
    assert shelf.keys() == 0


def test_an_upload_that_nobody_finishes_is_dropped(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    version = shelf.begin("a", "d1")
    shelf.arrive(version, b"bytes")
    shelf.office.clock.advance(timedelta(days=6).total_seconds())
    assert shelf.collect() == (0, 0, 0)
    shelf.office.clock.advance(timedelta(days=2).total_seconds())
    assert shelf.collect() == (1, 5, 0)
    assert shelf.office.read(lambda s: s.artifacts.artifact(version.id)) is None
    assert shelf.keys() == 0


def test_bytes_whose_record_a_crash_prevented_go(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    version = shelf.begin("a", "d1")
    shelf.arrive(version, b"kept")
    shelf.put(b"lost")
    assert shelf.keys() == 2
    # What lies in the folder has the real clock's age.
    shelf.office.clock.now = datetime.now(UTC)
    assert shelf.collect() == (0, 0, 0)
    shelf.office.clock.advance(3_700)
    assert shelf.collect() == (0, 0, 1)
    assert shelf.keys() == 1


def test_what_a_client_sent_by_itself_waits_for_its_version(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    artifact = shelf.begin("a", "d1")
    place = Arriving.new(artifact.id, bytes(16))

    async def send() -> None:
        await shelf.blobs.put(place.key, chunks_of([b"sent"]))
        for key in (place.key, "contents/v999/" + "0" * 32 + "-00000000"):
            upload = await shelf.blobs.begin_upload(key, 2)
            part = Part(1, hashlib.md5(b"part", usedforsecurity=False).digest())
            await shelf.blobs.put_part(key, upload, part, chunks_of([b"part"]), size_bytes=4)

    async def unfinished() -> list[str]:
        return [one.key async for one in shelf.blobs.list_uploads("")]

    asyncio.run(send())
    assert len(asyncio.run(unfinished())) == 2
    shelf.office.clock.advance(24 * 3_600)
    shelf.collect()
    assert (shelf.keys(), asyncio.run(unfinished())) == (1, [place.key])
    shelf.office.clock.advance(7 * 24 * 3_600)  # its client never came back
    shelf.collect()
    assert (shelf.keys(), asyncio.run(unfinished())) == (0, [])
