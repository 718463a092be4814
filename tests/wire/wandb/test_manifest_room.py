"""Large manifests share some memory: they wait for each other, and not for ever."""

from __future__ import annotations

import asyncio

import pytest
from tests.wire.wandb.conftest import Site
from tests.wire.wandb.test_artifacts import Upload, manifest, said

from runstone.domain.errors import Unavailable
from runstone.wire.common.room import Room


async def hold(room: Room, size: int, log: list[str], name: str, until: asyncio.Event) -> None:
    async with room.take(size):
        log.append(name)
        await until.wait()


def test_who_comes_first_is_served_first() -> None:
    async def scene() -> list[str]:
        room, log, ends = Room(10), list[str](), [asyncio.Event() for _ in range(4)]
        tasks = []
        # The third one is larger than the room; the last one would fit, and does not pass it.
        for name, size, end in zip("abcd", (6, 4, 99, 1), ends, strict=True):
            tasks.append(asyncio.create_task(hold(room, size, log, name, end)))
            await asyncio.sleep(0)
        for end in ends:
            log.append("-")
            end.set()
            for _ in range(5):
                await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return log

    assert asyncio.run(scene()) == ["a", "b", "-", "-", "c", "-", "d", "-"]


def test_who_gives_up_takes_no_room() -> None:
    async def scene() -> None:
        room, end, log = Room(10, patience_s=0.01), asyncio.Event(), list[str]()
        first = asyncio.create_task(hold(room, 10, log, "a", end))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as caught:
            await hold(room, 1, log, "b", end)
        assert caught.value.code == "too-many-large-bodies"
        impatient = asyncio.create_task(hold(room, 5, log, "c", end))
        await asyncio.sleep(0)
        impatient.cancel()
        end.set()
        await asyncio.gather(first, impatient, return_exceptions=True)
        await asyncio.wait_for(hold(room, 10, log, "d", end), 5)
        assert log == ["a", "d"]

    asyncio.run(scene())


def test_a_manifest_that_waits_too_long_is_refused_and_comes_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(site)
    room = site.context.manifest_room
    monkeypatch.setattr(room, "_patience_s", 0.01)
    monkeypatch.setattr(room, "_free", 0)
    answer = upload.describe(manifest())
    assert said(answer) == (503, "too-many-large-bodies")
    assert int(answer.headers["retry-after"]) > 0
    monkeypatch.undo()
    assert upload.describe(manifest()).status_code == 200
    assert upload.commit().status_code == 200
