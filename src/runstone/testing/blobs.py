"""What every blob store must do: the docstrings of `runstone.ports.blobs` as tests.

A backend's test file subclasses `BlobsConformance` and gives the fixture `blobs`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import pytest

from runstone.domain.errors import Conflict, InvalidInput, NotFound, QuotaExceeded
from runstone.ports.blobs import Blobs, Part, StoredBlob

T = TypeVar("T")

BIG = bytes(range(256)) * 12_345
"""Three megabytes: more than any buffer on the way."""


LARGE = bytes(range(251)) * 43_000
"""Three parts."""
PART_BYTES = 5 * 1024 * 1024
"""The least that all parts but the last may have."""


def md5(data: bytes) -> bytes:
    """As blobs are compared."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def in_parts(whole: bytes, size: int = PART_BYTES) -> list[tuple[Part, bytes]]:
    """Bytes cut into parts."""
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    return [(Part(number, md5(piece)), piece) for number, piece in enumerate(pieces, start=1)]


async def put_part(blobs: Blobs, key: str, upload: str, part: Part, data: bytes) -> Part:
    """Sends one part, in two chunks."""
    chunks = chunks_of([data[:1_000_000], data[1_000_000:]])
    return await blobs.put_part(key, upload, part, chunks, size_bytes=len(data))


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

    is_model = False
    """Moto only resembles S3: it makes up when uploads began, and breaks where there is none."""

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

    # In parts

    @pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
    def test_parts_may_come_in_any_order(self, blobs: Blobs, order: tuple[int, ...]) -> None:
        parts = in_parts(LARGE)

        async def scenario() -> tuple[Any, ...]:
            upload = await blobs.begin_upload("a/b", 3)
            given = {}
            for number in order:
                given[number] = await put_part(blobs, "a/b", upload, *parts[number - 1])
            before = await blobs.size("a/b")
            here = await blobs.list_parts("a/b", upload)
            await blobs.complete_upload("a/b", upload, [given[n] for n in (1, 2, 3)])
            return before, list(here), await read_all(blobs, "a/b"), await blobs.md5_of("a/b")

        assert run(scenario()) == (
            None,
            [part for part, _ in parts],
            LARGE,
            (len(LARGE), md5(LARGE)),
        )

    def test_parts_may_come_all_at_once_and_again(self, blobs: Blobs) -> None:
        parts = in_parts(LARGE)

        async def scenario() -> bytes:
            upload = await blobs.begin_upload("a", 3)
            await asyncio.gather(*(put_part(blobs, "a", upload, *one) for one in [*parts, *parts]))
            await blobs.complete_upload("a", upload, [part for part, _ in parts])
            return await read_all(blobs, "a")

        assert run(scenario()) == LARGE

    def test_one_part_is_enough(self, blobs: Blobs) -> None:
        async def scenario() -> bytes:
            upload = await blobs.begin_upload("a", 1)
            part = await put_part(blobs, "a", upload, Part(1, md5(b"small")), b"small")
            await blobs.complete_upload("a", upload, [part])
            return await read_all(blobs, "a")

        assert run(scenario()) == b"small"

    def test_completing_again_changes_nothing(self, blobs: Blobs) -> None:
        async def scenario() -> bytes:
            upload = await blobs.begin_upload("a", 1)
            part = await put_part(blobs, "a", upload, Part(1, md5(b"x")), b"x")
            for _ in range(3):
                await blobs.complete_upload("a", upload, [part])
            await blobs.abort_upload("a", upload)  # too late
            return await read_all(blobs, "a")

        assert run(scenario()) == b"x"

    @pytest.mark.parametrize("wrong", ["missing", "another", "bytes", "more", "fewer"])
    def test_wrong_parts_are_refused_and_may_be_mended(self, blobs: Blobs, wrong: str) -> None:
        parts = in_parts(LARGE)
        (_, first), (second, second_bytes), (third, _) = parts

        async def scenario() -> bytes:
            upload = await blobs.begin_upload("a", 3)
            for one in (parts[0], parts[2]):
                await put_part(blobs, "a", upload, *one)
            wanted = [part for part, _ in parts]
            match wrong:
                case "another":
                    other = Part(2, md5(first))
                    await put_part(blobs, "a", upload, other, first)
                case "bytes" | "more" | "fewer":
                    sent = {"bytes": first, "more": second_bytes + b"x", "fewer": b"few"}[wrong]
                    with pytest.raises(InvalidInput) as refused:
                        await blobs.put_part(
                            "a", upload, second, chunks_of([sent]), size_bytes=PART_BYTES
                        )
                    code = "digest-mismatch" if wrong == "bytes" else "wrong-size"
                    assert refused.value.code == code
                case _:
                    pass
            with pytest.raises(Conflict) as caught:
                await blobs.complete_upload("a", upload, wanted)
            assert caught.value.code == "parts-missing"
            assert await blobs.size("a") is None
            await put_part(blobs, "a", upload, second, second_bytes)
            await blobs.complete_upload("a", upload, wanted)
            return await read_all(blobs, "a")

        assert run(scenario()) == LARGE
        assert third.number == 3

    def test_a_part_that_breaks_off_has_not_arrived(self, blobs: Blobs) -> None:
        async def breaks() -> AsyncIterator[bytes]:
            yield b"x" * 100_000
            raise ConnectionResetError

        async def scenario() -> tuple[list[Part], bytes]:
            upload = await blobs.begin_upload("a", 1)
            part = Part(1, md5(b"whole"))
            with pytest.raises(ConnectionResetError):
                await blobs.put_part("a", upload, part, breaks(), size_bytes=1_000_000)
            here = list(await blobs.list_parts("a", upload))
            await put_part(blobs, "a", upload, part, b"whole")
            await blobs.complete_upload("a", upload, [part])
            return here, await read_all(blobs, "a")

        assert run(scenario()) == ([], b"whole")

    def test_unfinished_uploads_are_listed_and_aborted(self, blobs: Blobs) -> None:
        async def listed(prefix: str) -> list[tuple[str, str]]:
            found = [one async for one in blobs.list_uploads(prefix)]
            age = [datetime.now(UTC) - one.begun_at for one in found]
            if not self.is_model:
                assert all(abs(a) < timedelta(minutes=5) for a in age)
            assert all(one.num_parts in (None, 2) for one in found)
            return sorted((one.key, one.upload) for one in found)

        async def scenario() -> None:
            uploads = {}
            for key in ("contents/a", "contents/b", "other/c"):
                uploads[key] = await blobs.begin_upload(key, 2)
            some = sorted(item for item in uploads.items() if item[0] < "contents/c")
            assert await listed("contents/") == some
            assert await listed("contents/a") == some[:1]
            assert await listed("") == sorted(uploads.items())
            await blobs.abort_upload("contents/a", uploads["contents/a"])
            await blobs.abort_upload("contents/a", uploads["contents/a"])
            assert await listed("contents/") == some[1:]
            assert [info async for info in blobs.list_blobs("")] == []
            part = Part(1, md5(b"x"))
            if not self.is_model:
                with pytest.raises(NotFound):
                    await blobs.complete_upload("contents/a", uploads["contents/a"], [part])
                with pytest.raises(NotFound):
                    await blobs.list_parts("contents/a", uploads["contents/a"])
                with pytest.raises(NotFound):
                    await put_part(blobs, "contents/a", uploads["contents/a"], part, b"x")

        run(scenario())

    # Between client and store

    def test_clients_upload_and_download_by_url(self, blobs: Blobs) -> None:
        if not blobs.supports_presigned_urls:
            with pytest.raises(NotImplementedError):
                blobs.upload_url("a", md5=md5(b"x"), lifetime_s=60)
            return
        key, data = "contents/v7/a-1", LARGE[:100_000]
        headers = {"Content-MD5": base64.b64encode(md5(data)).decode()}
        url = blobs.upload_url(key, md5=md5(data), lifetime_s=60)
        assert httpx.put(url, content=data, headers=headers).status_code == 200

        async def listed() -> list[tuple[str, int, bytes | None]]:
            return [(i.key, i.size_bytes, i.md5) async for i in blobs.list_blobs("contents/v7/")]

        assert run(listed()) == [(key, len(data), md5(data))]
        url = blobs.download_url(
            key, name='modèle/"best" \u2713.bin', media_type="text/x-own", lifetime_s=60
        )
        got = httpx.get(url, headers={"Range": "bytes=10-19"})
        assert (got.status_code, got.content) == (206, data[10:20])
        assert got.headers["content-type"] == "text/x-own"
        assert got.headers["content-disposition"] == (
            "attachment; filename*=UTF-8''%22best%22%20%E2%9C%93.bin"
        )

    def test_clients_upload_parts_by_url(self, blobs: Blobs) -> None:
        if not blobs.supports_presigned_urls:
            with pytest.raises(NotImplementedError):
                blobs.part_url("a", "u", Part(1, md5(b"x")), lifetime_s=60)
            return
        parts = in_parts(LARGE)
        upload = run(blobs.begin_upload("a", 3))
        for part, data in parts:
            url = blobs.part_url("a", upload, part, lifetime_s=60)
            headers = {"Content-MD5": base64.b64encode(part.md5).decode()}
            answer = httpx.put(url, content=data, headers=headers)
            assert (answer.status_code, answer.headers["etag"].strip('"')) == (200, part.md5.hex())
        run(blobs.complete_upload("a", upload, [part for part, _ in parts]))
        assert run(blobs.md5_of("a")) == (len(LARGE), md5(LARGE))
