"""What every blob store must do: the docstrings of `runstone.ports.blobs` as tests.

A backend's test file subclasses `BlobsConformance` and gives the fixture `blobs`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from runstone.domain.errors import NotFound, QuotaExceeded
from runstone.ports.blobs import Blobs, StoredBlob

T = TypeVar("T")

BIG = bytes(range(256)) * 12_345
"""Three megabytes: more than any buffer on the way."""


async def chunks_of(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Parts as they would come from the network."""
    for part in parts:
        await asyncio.sleep(0)
        yield part


async def read_all(blobs: Blobs, key: str, **options: Any) -> bytes:
    """All the bytes of a read."""
    return b"".join([chunk async for chunk in blobs.read(key, **options)])


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs it in a loop of its own."""
    return asyncio.run(coroutine)


class BlobsConformance:
    """Subclass, and give `blobs`."""

    @pytest.fixture
    def blobs(self) -> Blobs:
        """An empty blob store."""
        raise NotImplementedError

    @pytest.mark.parametrize(
        "parts",
        [[], [b""], [b"a"], [b"ab", b"", b"c"], [BIG[:70_000], BIG[70_000:]], [BIG]],
        ids=["none", "empty", "one", "three", "stream", "big"],
    )  # fmt: skip
    def test_what_is_put_is_read(self, blobs: Blobs, parts: list[bytes]) -> None:
        async def scenario() -> tuple[StoredBlob, bytes, int | None]:
            stored = await blobs.put("runs/1/ab-C_9.x", chunks_of(parts))
            return stored, await read_all(blobs, stored.key), await blobs.size(stored.key)

        whole = b"".join(parts)
        digest = hashlib.md5(whole, usedforsecurity=False).digest()
        expected = StoredBlob("runs/1/ab-C_9.x", len(whole), digest)
        assert run(scenario()) == (expected, whole, len(whole))

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, None), (0, 0), (0, 1), (5, 5), (5, 4), (1, 300_000), (262_143, 262_145),
         (len(BIG) - 1, None), (len(BIG), None), (len(BIG) + 7, None), (3, len(BIG) + 9)],
    )  # fmt: skip
    def test_a_range_is_half_open(self, blobs: Blobs, start: int, end: int | None) -> None:
        async def scenario() -> bytes:
            await blobs.put("a", chunks_of([BIG]))
            return await read_all(blobs, "a", start=start, end=end)

        assert run(scenario()) == BIG[start:end]

    def test_putting_again_replaces(self, blobs: Blobs) -> None:
        async def scenario() -> tuple[bytes, int | None]:
            await blobs.put("a", chunks_of([b"longer than the next"]))
            await blobs.put("a", chunks_of([b"new"]))
            return await read_all(blobs, "a"), await blobs.size("a")

        assert run(scenario()) == (b"new", 3)

    def test_absent_blobs(self, blobs: Blobs) -> None:
        async def scenario() -> int | None:
            reading = blobs.read("runs/1/none")  # says nothing until it is advanced
            with pytest.raises(NotFound):
                await anext(reading)
            await blobs.delete("runs/1/none")
            return await blobs.size("runs/1/none")

        assert run(scenario()) is None

    def test_deleted_bytes_are_gone(self, blobs: Blobs) -> None:
        async def scenario() -> tuple[int | None, bytes]:
            for key in ("runs/1/a", "runs/1/b"):
                await blobs.put(key, chunks_of([b"x"]))
            await blobs.delete("runs/1/a")
            await blobs.delete("runs/1/a")
            with pytest.raises(NotFound):
                await read_all(blobs, "runs/1/a")
            return await blobs.size("runs/1/a"), await read_all(blobs, "runs/1/b")

        assert run(scenario()) == (None, b"x")

    @pytest.mark.parametrize("before", [None, b"old"])
    @pytest.mark.parametrize("how", ["breaks", "cancelled", "too large", "no disk error"])
    def test_an_upload_that_ends_early_leaves_what_was_there(
        self, blobs: Blobs, how: str, before: bytes | None
    ) -> None:
        class CutOffError(Exception):
            pass

        expected = {
            "breaks": CutOffError,
            "cancelled": asyncio.CancelledError,
            "too large": QuotaExceeded,
            # The network's errors are OSErrors too, and are not the disk's.
            "no disk error": ConnectionResetError,
        }[how]

        async def parts() -> AsyncIterator[bytes]:
            yield BIG
            if how != "too large":
                raise expected
            yield b"one byte more than allowed"

        async def scenario() -> bytes | None:
            if before is not None:
                await blobs.put("a", chunks_of([before]))
            with pytest.raises(expected):
                await blobs.put("a", parts(), max_bytes=len(BIG))
            return None if await blobs.size("a") is None else await read_all(blobs, "a")

        assert run(scenario()) == before

    def test_a_limit_is_inclusive(self, blobs: Blobs) -> None:
        async def scenario() -> int:
            stored = await blobs.put("a", chunks_of([b"ab", b"c"]), max_bytes=3)
            return stored.size_bytes

        assert run(scenario()) == 3

    def test_an_upload_is_not_readable_before_its_end(self, blobs: Blobs) -> None:
        async def scenario() -> list[int | None]:
            sizes: list[int | None] = []

            async def parts() -> AsyncIterator[bytes]:
                for _ in range(3):
                    yield BIG
                    sizes.append(await blobs.size("a"))

            await blobs.put("a", parts())
            return [*sizes, await blobs.size("a")]

        assert run(scenario()) == [None, None, None, 3 * len(BIG)]

    def test_a_reader_keeps_what_it_began_to_read(self, blobs: Blobs) -> None:
        async def scenario() -> bytes:
            await blobs.put("a", chunks_of([BIG]))
            reading = blobs.read("a")
            parts = [await anext(reading)]
            await blobs.put("a", chunks_of([b"new"]))
            await blobs.delete("a")
            parts += [part async for part in reading]
            return b"".join(parts)

        assert run(scenario()) == BIG

    def test_blobs_are_listed_by_prefix(self, blobs: Blobs) -> None:
        async def scenario() -> dict[str, list[tuple[str, int]]]:
            for key in ("runs/2/a", "runs/10/b", "runs/2/c.d", "other", "runs/x"):
                await blobs.put(key, chunks_of([key.encode()]))
            await blobs.delete("runs/10/b")
            found = {}
            for prefix in ("", "runs/", "runs/2/", "runs/10/", "none/"):
                infos = [info async for info in blobs.list_blobs(prefix)]
                age = [datetime.now(UTC) - info.stored_at for info in infos]
                assert all(abs(a) < timedelta(minutes=5) for a in age)
                found[prefix] = sorted((info.key, info.size_bytes) for info in infos)
            return found

        of_two = [("runs/2/a", 8), ("runs/2/c.d", 10)]
        assert run(scenario()) == {
            "": [("other", 5), *of_two, ("runs/x", 6)],
            "runs/": [*of_two, ("runs/x", 6)],
            "runs/2/": of_two,
            "runs/10/": [],
            "none/": [],
        }

    def test_many_at_once(self, blobs: Blobs) -> None:
        async def scenario() -> list[bytes]:
            keys = [f"runs/{i % 3}/{i}" for i in range(30)]
            await asyncio.gather(
                *(blobs.put(key, chunks_of([key.encode()] * 1_000)) for key in keys),
                *(blobs.put("same", chunks_of([b"x" * 10_000])) for _ in range(5)),
            )
            return await asyncio.gather(*(read_all(blobs, key) for key in (*keys, "same")))

        expected = [f"runs/{i % 3}/{i}".encode() * 1_000 for i in range(30)]
        assert run(scenario()) == [*expected, b"x" * 10_000]
