"""Uploads of artifacts by our own client: what is asked for, what is refused, what is kept."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, log_version

from runstone.services.collection import Collector
from runstone.services.collection.contents import ABANDONED_AFTER

pytestmark = pytest.mark.anyio

FILES = {"a.txt": b"hello", "sub/b.txt": b"b" * 1_000}
NAME = "client-made-name-0001"


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def manifest(files: Mapping[str, bytes]) -> bytes:
    contents = {
        path: {"digest": base64.b64encode(bytes.fromhex(md5(data))).decode(), "size": len(data)}
        for path, data in files.items()
    }
    return json.dumps({"version": 1, "contents": contents}).encode()


def digest(files: Mapping[str, bytes]) -> str:
    lines = [
        f"{path}:{base64.b64encode(bytes.fromhex(md5(files[path]))).decode()}\n"
        for path in sorted(files)
    ]
    return md5("".join(["wandb-artifact-manifest-v1\n", *lines]).encode())


def together(*contents: bytes) -> bytes:
    return b"".join(bytes.fromhex(md5(data)) + len(data).to_bytes(8) + data for data in contents)


class Upload:
    """One upload, as our client makes its requests."""

    def __init__(self, http: httpx.AsyncClient, name: str = NAME) -> None:
        self._http = http
        self._path = f"{ARTIFACTS}/uploads/{name}"

    async def begin(self, files: Mapping[str, bytes], **more: Any) -> httpx.Response:
        body = {"collection": "net", "type": "model", "digest": digest(files)} | more
        return await self._http.put(self._path, json=body)

    async def missing(self, *contents: bytes) -> list[bytes]:
        asked = {md5(data): data for data in contents}
        answer = await self._http.post(f"{self._path}/missing", json={"md5s": list(asked)})
        return [asked[one] for one in answer.json()["md5s"]]

    async def put(self, data: bytes, name: str | None = None) -> httpx.Response:
        return await self._http.put(f"{self._path}/contents/{name or md5(data)}", content=data)

    async def put_body(self, body: bytes) -> httpx.Response:
        return await self._http.post(f"{self._path}/contents", content=body)

    async def join(self, whole: str, *parts: bytes) -> httpx.Response:
        body = {"md5s": [md5(part) for part in parts]}
        return await self._http.post(f"{self._path}/contents/{whole}/parts", json=body)

    async def commit(self, files: Mapping[str, bytes]) -> httpx.Response:
        return await self._http.post(f"{self._path}/commit", content=manifest(files))

    async def add(self, files: Mapping[str, bytes]) -> httpx.Response:
        return await self._http.put(f"{self._path}/manifest", content=manifest(files))


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


def num_blobs(site: Site) -> int:
    folder: Path = site.context.blobs._folder  # type: ignore[attr-defined]  # what is on the disk
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_from_its_beginning_to_its_end(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    upload = Upload(ada)
    said = {"aliases": ["best"], "tags": ["x"], "description": "D", "run": "r1", "ttl_s": 60,
            "metadata": {"n": {"$float": "NaN"}}}  # fmt: skip
    pending = {"state": "pending", "collection": "net", "index": None}
    assert (await upload.begin(FILES, **said)).json() == pending
    assert (await upload.begin(FILES, **said)).json() == pending
    refused(await ada.get(f"{ARTIFACTS}/net/versions/latest"), 404, "not-found")

    assert await upload.missing(*FILES.values()) == list(FILES.values())
    assert (await upload.put(b"hello")).status_code == 204
    assert (await upload.put(b"hello")).status_code == 204
    assert await upload.missing(*FILES.values()) == [FILES["sub/b.txt"]]
    why = refused(await upload.commit(FILES), 409, "files-missing")
    assert "sub/b.txt" in why
    assert (await upload.put_body(together(*FILES.values()))).status_code == 204
    assert num_blobs(site) == 2

    done = {"state": "committed", "collection": "net", "index": 0}
    assert (await upload.commit(FILES)).json() == done
    # An answer that was lost is asked for again.
    assert (await upload.commit(FILES)).json() == done
    assert (await upload.begin(FILES, **said)).json() == done
    assert await upload.missing(*FILES.values()) == []
    version = (await ada.get(f"{ARTIFACTS}/net/versions/best")).json()
    assert (version["digest"], version["tags"], version["description"]) == (
        digest(FILES), ["x"], "D",
    )  # fmt: skip
    assert version["metadata"] == {"n": {"$float": "NaN"}}
    assert version["logged_by"]["id"] == "r1"
    content = await ada.get(f"{ARTIFACTS}/net/versions/v0/files/sub/b.txt")
    assert content.content == FILES["sub/b.txt"]


async def test_bytes_that_are_not_those_announced(ada: httpx.AsyncClient, site: Site) -> None:
    upload = Upload(ada)
    await upload.begin(FILES)
    why = refused(await upload.put(b"HELLO", md5(b"hello")), 400, "digest-mismatch")
    assert "changed on their way" in why
    wrong = bytes.fromhex(md5(b"hello")) + (5).to_bytes(8) + b"HELLO"
    refused(await upload.put_body(together(b"other") + wrong), 400, "digest-mismatch")
    refused(await upload.put_body(together(b"other")[:-1]), 400, "cut-body")
    refused(await upload.put_body(b"\0" * 16 + (5 << 20).to_bytes(8)), 413, "content-too-large")
    refused(await upload.put(b"x", "X" * 32), 400, "malformed-digest")
    assert await upload.missing(b"hello", b"other") == [b"hello", b"other"]
    assert num_blobs(site) == 0


async def test_parts(ada: httpx.AsyncClient, site: Site) -> None:
    upload = Upload(ada)
    one, two = b"1" * 100, b"2" * 50
    files = {"large.bin": one + two + one}
    whole = md5(files["large.bin"])
    await upload.begin(files)
    await upload.put(one)
    refused(await upload.join(whole, one, two, one), 409, "parts-missing")
    # Whoever comes back with another upload has that part, too.
    other = Upload(ada, "client-made-name-0002")
    await other.begin(files | {"x": b"x"})
    assert await other.missing(one, two) == [two]
    await upload.put(two)
    refused(await upload.join(whole, two, one), 400, "digest-mismatch")
    assert (await upload.join(whole, one, two, one)).status_code == 204
    assert (await upload.commit(files)).json()["index"] == 0
    # The part that the other upload waits with is still there; the one that nobody has is not.
    assert num_blobs(site) == 2
    assert await other.missing(one, two, files["large.bin"]) == [two]


async def test_two_that_commit_the_same(ada: httpx.AsyncClient) -> None:
    first, second = Upload(ada), Upload(ada, "client-made-name-0002")
    for upload, alias in ((first, "one"), (second, "two")):
        await upload.begin(FILES, aliases=[alias])
        await upload.put_body(together(*FILES.values()))
    done = await asyncio.gather(first.commit(FILES), second.commit(FILES))
    assert [answer.json()["index"] for answer in done] == [0, 0]
    version = (await ada.get(f"{ARTIFACTS}/net/versions/v0")).json()
    assert version["aliases"] == ["latest", "one", "two"]
    listed = (await ada.get(f"{ARTIFACTS}/net/versions")).json()
    assert listed["total"] == 1


PART, LAST = {"a.txt": b"one", "same.txt": b"one"}, {"b.txt": b"two", "same.txt": b"two"}


async def shared(ada: httpx.AsyncClient, name: str, files: Mapping[str, bytes], **more: Any) -> Any:
    """An upload of one of several writers, whose contents are there."""
    upload = Upload(ada, name)
    begun = await upload.begin(files, distributed_id="night", **more)
    assert begun.json()["state"] == "pending"
    await upload.put_body(together(*files.values()))
    return upload


async def test_several_write_one_version(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    site.add_run("r2")
    said = {"aliases": ["x"], "tags": ["t"], "metadata": {"a": 1, "n": 1}, "description": "D"}
    part = await shared(ada, "client-made-name-000a", PART, run="r1", **said)
    pending = {"state": "pending", "collection": "net", "index": None}
    for _ in range(2):
        assert (await part.add(PART)).json() == pending
        assert (await part.begin(PART, distributed_id="night")).json() == pending
    refused(await ada.get(f"{ARTIFACTS}/net/versions/latest"), 404, "not-found")
    more = {"aliases": ["y"], "tags": ["u"], "metadata": {"b": {"$float": "NaN"}, "n": 2}}
    last = await shared(ada, "client-made-name-000b", LAST, run="r2", **more)
    done = {"state": "committed", "collection": "net", "index": 0}
    for _ in range(2):
        assert (await last.commit(LAST)).json() == done
    # Answers that were lost are asked for again: nothing begins another version.
    assert (await part.begin(PART, distributed_id="night")).json() == done
    assert (await part.add(PART)).json() == done
    assert (await ada.get(f"{ARTIFACTS}/net/versions")).json()["total"] == 1
    version = (await ada.get(f"{ARTIFACTS}/net/versions/v0")).json()
    assert version["digest"] == digest(PART | LAST)
    assert (version["aliases"], version["tags"]) == (["latest", "x", "y"], ["t", "u"])
    assert version["metadata"] == {"a": 1, "n": 2, "b": {"$float": "NaN"}}
    assert version["description"] == "D"
    content = await ada.get(f"{ARTIFACTS}/net/versions/v0/files/same.txt")
    assert content.content == b"two", "the last part counts"
    for run in ("r1", "r2"):
        logged = (await ada.get(f"/projects/ada/digits/runs/{run}/artifacts")).json()
        assert [one["index"] for one in logged["outputs"]] == [0]
    # Under the same id, and with the digest that the first one began with: another version.
    again = await shared(ada, "client-made-name-000c", PART)
    assert (await again.commit(PART)).json()["index"] == 1


async def test_parts_that_are_refused(ada: httpx.AsyncClient) -> None:
    alone = Upload(ada)
    await alone.begin(FILES)
    await alone.put_body(together(*FILES.values()))
    refused(await alone.add(FILES), 400, "not-shared")
    refused(await alone.begin(FILES, distributed_id="night"), 409, "upload-differs")
    part = Upload(ada, "client-made-name-000a")
    await part.begin(PART, distributed_id="night")
    assert "a.txt" in refused(await part.add(PART), 409, "files-missing")
    refused(await part.begin(PART), 409, "upload-differs")
    refused(await part.begin(PART, distributed_id="day"), 409, "upload-differs")
    assert (
        await Upload(ada, "client-made-name-000d").begin(PART, distributed_id="")
    ).status_code == 400
    await part.put_body(together(*PART.values()))
    assert (await part.add(PART)).status_code == 200
    refused(await part.add(LAST), 409, "files-missing")
    await part.put_body(together(*LAST.values()))
    refused(await part.add(LAST), 409, "manifest-changed")
    late = await shared(ada, "client-made-name-000b", LAST)
    # Who finishes may add nothing.
    done = await shared(ada, "client-made-name-000c", {})
    assert (await done.commit({})).json()["index"] == 0
    for answer in (
        await late.add(LAST),
        await late.commit(LAST),
        await late.begin(LAST, distributed_id="night"),
        await late.put(b"two"),
    ):
        assert "wait()" in refused(answer, 409, "finished-without")
    listed = await ada.get(f"{ARTIFACTS}/net/versions/v0/files")
    assert [file["path"] for file in listed.json()["files"]] == ["a.txt", "same.txt"]


async def test_writers_that_end_at_once(ada: httpx.AsyncClient) -> None:
    uploads = [
        (await shared(ada, f"client-made-name-0{n:02}", {f"{n}": b"%d" % n}), {f"{n}": b"%d" % n})
        for n in range(8)
    ]
    added = await asyncio.gather(*(one.add(files) for one, files in uploads))
    assert {answer.status_code for answer in added} == {200}
    done = await asyncio.gather(*(one.commit(files) for one, files in uploads[:3]))
    assert [answer.json()["index"] for answer in done] == [0, 0, 0]
    version = (await ada.get(f"{ARTIFACTS}/net/versions/latest")).json()
    assert version["digest"] == digest({f"{n}": b"%d" % n for n in range(8)})


async def test_increments(ada: httpx.AsyncClient) -> None:
    """Each version holds what the newest one does when it is committed."""
    uploads = [Upload(ada, f"client-made-name-0{n:02}") for n in range(4)]
    files = [{f"{n}.txt": b"%d" % n} for n in range(4)]
    for upload, some in zip(uploads, files, strict=True):
        for _ in range(2):
            begun = await upload.begin(some, is_increment=True)
            assert begun.json()["state"] == "pending"
        await upload.put_body(together(*some.values()))
    assert (await uploads[0].commit(files[0])).json()["index"] == 0
    done = await asyncio.gather(
        *(one.commit(some) for one, some in zip(uploads[1:], files[1:], strict=True))
    )
    assert sorted(answer.json()["index"] for answer in done) == [1, 2, 3]
    newest = (await ada.get(f"{ARTIFACTS}/net/versions/latest")).json()
    assert newest["digest"] == digest({k: v for some in files for k, v in some.items()})
    for upload, some in zip(uploads, files, strict=True):
        assert (await upload.begin(some, is_increment=True)).json()["state"] == "committed"
        assert (await upload.commit(some)).status_code == 200
    assert (await ada.get(f"{ARTIFACTS}/net/versions")).json()["total"] == 4
    # The same as an older version, on top of the newest: another version all the same.
    again = Upload(ada, "client-made-name-000b")
    assert (await again.begin(files[0], is_increment=True)).json()["state"] == "pending"
    assert (await again.commit(files[0])).json()["index"] == 4
    assert (await ada.get(f"{ARTIFACTS}/net/versions/v4")).json()["digest"] == newest["digest"]
    both = await Upload(ada, "client-made-name-000a").begin(
        PART, distributed_id="night", is_increment=True
    )
    assert both.status_code == 400


async def test_what_is_refused(ada: httpx.AsyncClient) -> None:
    upload = Upload(ada)
    await upload.begin(FILES)
    refused(await upload.begin({"other": b""}), 409, "upload-differs")
    refused(await Upload(ada, "short").begin(FILES), 400, "invalid-name")
    refused(await Upload(ada, "never-begun-0000000").put(b"x"), 404, "upload-gone")
    refused(await Upload(ada, "never-begun-0000000").commit(FILES), 404, "upload-gone")
    await upload.put_body(together(*FILES.values()))
    refused(await upload.commit(FILES | {"more": b"hello"}), 400, "digest-mismatch")
    for path in ("../a.txt", "/a.txt", "a/../../b", "C:\\a"):
        out = {path: b"hello"}
        climbing = Upload(ada, f"climbing-{md5(path.encode())}")
        await climbing.begin(out)
        refused(await climbing.commit(out), 400, "invalid-name")
    await Upload(ada, "client-made-name-0003").begin(FILES, collection="set", type="dataset")
    refused(
        await Upload(ada, "client-made-name-0004").begin(FILES, type="dataset"), 409, "wrong-type"
    )
    bad = await Upload(ada, "client-made-name-0005").begin(FILES, metadata=[1])
    assert bad.status_code == 400


async def test_who_may(ada: httpx.AsyncClient, bob: httpx.AsyncClient, site: Site) -> None:
    await log_version(site, "net", FILES, type_name="model")
    mine = Upload(ada)
    files = FILES | {"more": b"more"}
    await mine.begin(files)
    for answer in (
        await Upload(bob).begin(files),
        await Upload(bob).put(b"more"),
        await Upload(bob).commit(files),
        await bob.post(f"{ARTIFACTS}/net/versions/v0/contents", json={"md5s": [md5(b"hello")]}),
    ):
        assert answer.status_code in (403, 404), answer.text
    # Nobody gets at bytes by naming their digest: another project is asked to send them.
    path = "/projects/bob/own/artifacts/uploads/" + "b" * 20
    body = {"collection": "net", "type": "model", "digest": digest(FILES)}
    assert (await bob.put(path, json=body)).json()["state"] == "pending"
    asked = await bob.post(f"{path}/missing", json={"md5s": [md5(b"hello")]})
    assert asked.json() == {"md5s": [md5(b"hello")]}


async def test_an_abandoned_upload_is_collected(ada: httpx.AsyncClient, site: Site) -> None:
    upload = Upload(ada)
    await upload.begin(FILES)
    await upload.put_body(together(*FILES.values()))

    later = datetime.now(UTC) + ABANDONED_AFTER + timedelta(hours=2)
    collector = Collector(site.store, site.context.blobs, clock=lambda: later)
    collected = await collector.tidy(wholly=False)
    assert collected.num_contents == 2
    assert num_blobs(site) == 0
    refused(await upload.put(b"hello"), 404, "upload-gone")


async def test_a_version_is_abandoned_after_its_last_part(
    ada: httpx.AsyncClient, site: Site
) -> None:
    part = await shared(ada, "client-made-name-000a", PART)
    begun = datetime.now(UTC)

    def num_abandoned() -> int:
        found = site.store.read(lambda s: s.artifacts.abandoned(before=begun, limit=9)).result()
        return len(found)

    assert num_abandoned() == 1
    await part.add(PART)
    assert num_abandoned() == 0


async def test_many_contents_at_once(ada: httpx.AsyncClient, site: Site) -> None:
    await log_version(site, "net", FILES, type_name="model")
    path = f"{ARTIFACTS}/net/versions/latest/contents"
    wanted = [FILES["sub/b.txt"], FILES["a.txt"], FILES["a.txt"]]
    answer = await ada.post(path, json={"md5s": [md5(data) for data in wanted]})
    assert answer.content == together(*wanted)
    refused(await ada.post(path, json={"md5s": [md5(b"nope")]}), 404, "no-such-content")
    assert (await ada.post(path, json={"md5s": []})).status_code == 400
    assert (await ada.post(path, json={"md5s": ["nope"]})).status_code == 400
