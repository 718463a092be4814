"""The blob suite over a folder, and what only a folder can get wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runstone.domain.errors import Unavailable
from runstone.ports.blobs import Blobs
from runstone.storage.localfs import LocalBlobs, durable
from runstone.testing.blobs import BIG, BlobsConformance, chunks_of, run


class TestLocalBlobs(BlobsConformance):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> Blobs:
        return LocalBlobs(tmp_path / "blobs")


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".incoming/x", "a/.b", "a\0", "é"]
)
def test_nothing_outside_the_folder_can_be_named(tmp_path: Path, key: str) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    for work in (blobs.put(key, chunks_of([b"x"])), blobs.size(key), blobs.delete(key)):
        with pytest.raises(ValueError, match="not a blob key"):
            run(work)
    assert files_in(tmp_path) == []


def test_what_a_crash_left_half_uploaded_is_removed_at_the_next_start(tmp_path: Path) -> None:
    run(LocalBlobs(tmp_path).put("a", chunks_of([b"kept"])))
    (tmp_path / ".incoming" / "half").write_bytes(b"half")
    LocalBlobs(tmp_path)
    assert files_in(tmp_path) == ["a"]


def test_an_upload_cut_off_leaves_no_file(tmp_path: Path) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield BIG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        run(LocalBlobs(tmp_path).put("runs/1/a", parts()))
    assert files_in(tmp_path) == []


def test_empty_folders_go_and_come_back(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    (tmp_path / "runs" / "7").mkdir(parents=True)  # a crash between a deletion and this

    async def scenario() -> list[str]:
        assert [info async for info in blobs.list_blobs("runs/")] == []
        await blobs.put("runs/7/a", chunks_of([b"x"]))
        await blobs.put("runs/8/a", chunks_of([b"x"]))
        await blobs.delete("runs/7/a")
        return [info.key async for info in blobs.list_blobs("")]

    assert run(scenario()) == ["runs/8/a"]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["8"]


def test_uploads_race_with_folders_that_go(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)

    async def come_and_go(number: int) -> None:
        for turn in range(100):
            await blobs.put(f"runs/1/{number}-{turn}", chunks_of([b"x"]))
            await blobs.delete(f"runs/1/{number}-{turn}")

    async def scenario() -> None:
        await asyncio.gather(*map(come_and_go, range(4)))

    run(scenario())
    assert files_in(tmp_path) == []


def test_new_folders_are_made_durable_up_to_one_that_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    blobs = LocalBlobs(tmp_path)
    run(blobs.put("runs/1/a", chunks_of([b"x"])))
    assert synced == [tmp_path / "runs" / "1", tmp_path / "runs", tmp_path]
    synced.clear()
    run(blobs.put("runs/2/a", chunks_of([b"x"])))
    assert synced == [tmp_path / "runs" / "2", tmp_path / "runs"]


def test_a_disk_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    (tmp_path / "runs").write_bytes(b"a file where a folder should be")
    with pytest.raises(Unavailable) as caught:
        run(blobs.put("runs/1/a", chunks_of([b"x"])))
    assert caught.value.code == "disk-error"
    assert os.listdir(tmp_path / ".incoming") == []
