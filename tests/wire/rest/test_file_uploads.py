"""Files that a run's own process saves: asked for, sent, sent again, refused."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import RUN, announce, run_id

from runstone.domain.errors import Unavailable
from runstone.ports.blobs import StoredBlob
from runstone.services.runs import delete_run
from runstone.services.signin import actor_for_key

pytestmark = pytest.mark.anyio

FILES = f"{RUN}/files"


@pytest.fixture
def run(site: Site) -> Site:
    site.add_run("r1")
    return site


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def put(http: httpx.AsyncClient, name: str, content: bytes, **query: str) -> httpx.Response:
    return await http.put(f"{FILES}/{quote(name, safe='')}", content=content, params=query)


async def known(http: httpx.AsyncClient, *names: str) -> dict[str, str | None]:
    answer = await http.post(f"{RUN}/known-files", json={"names": names})
    assert answer.status_code == 200, answer.text
    found: dict[str, str | None] = answer.json()["md5s"]
    return found


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


def num_blobs(site: Site) -> int:
    folder: Path = site.context.blobs._folder  # type: ignore[attr-defined]  # what is on the disk
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_saved_found_again_and_replaced(ada: httpx.AsyncClient, run: Site) -> None:
    name = "media/images/ünï %41?_0.png"
    announce(run, "late.bin")
    assert await known(ada, name, "late.bin") == {}
    for content in (b"one", b"one", b"", b"another"):
        assert (await put(ada, name, content, md5=md5(content))).status_code == 204
        assert (await ada.get(f"{FILES}/{quote(name)}")).content == content
        assert await known(ada, name, "late.bin") == {name: md5(content)}
    assert (await put(ada, "known", b"a file of that name")).status_code == 204
    assert num_blobs(run) == 2
    # Asked for under the name that the client has, whatever it is normalised to.
    assert await known(ada, "./known", "media\\images\\x") == {
        "./known": md5(b"a file of that name")
    }


async def test_several_at_once_leave_one(ada: httpx.AsyncClient, run: Site) -> None:
    contents = [bytes([i]) * 1_000 for i in range(8)]
    answers = await asyncio.gather(*(put(ada, "a.bin", content) for content in contents))
    assert {answer.status_code for answer in answers} == {204}
    assert (await ada.get(f"{FILES}/a.bin")).content in contents
    assert num_blobs(run) == 1


async def test_what_is_not_right_leaves_nothing(ada: httpx.AsyncClient, run: Site) -> None:
    assert (await put(ada, "a.bin", b"first")).status_code == 204
    refused(await put(ada, "a.bin", b"second", md5=md5(b"else")), 400, "digest-mismatch")
    assert (await put(ada, "a.bin", b"second", md5="x")).status_code == 400
    for name in ("../a", "a/../../b", "/etc/passwd", "a\0b"):
        assert (await put(ada, name, b"x")).status_code == 400, name
    bad: list[dict[str, list[str]]] = [{"names": []}, {"names": ["a"] * 1_001}, {}]
    for body in (*bad, {"names": ["../a"]}):
        assert (await ada.post(f"{RUN}/known-files", json=body)).status_code == 400, body

    assert await known(ada, "a.bin") == {"a.bin": md5(b"first")}
    assert num_blobs(run) == 1


async def test_a_full_disk_is_said_as_such(
    ada: httpx.AsyncClient, run: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> StoredBlob:
        raise Unavailable("The disk is full.", code="disk-full", retry_after=30)

    monkeypatch.setattr(run.context.blobs, "put", full)
    answer = await put(ada, "a.bin", b"x")
    refused(answer, 503, "disk-full")
    assert answer.headers["retry-after"] == "30"


async def test_only_who_may_write_and_only_runs_that_are_there(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, run: Site
) -> None:
    nowhere = f"{RUN}x"
    assert (await ada.put(f"{nowhere}/files/a.bin", content=b"x")).status_code == 404
    assert (await ada.post(f"{nowhere}/known-files", json={"names": ["a"]})).status_code == 404
    assert (await put(bob, "a.bin", b"x")).status_code in (403, 404)
    assert (await bob.post(f"{RUN}/known-files", json={"names": ["a"]})).status_code in (403, 404)
    assert num_blobs(run) == 0


async def test_a_run_in_the_trash_keeps_what_its_process_still_sends(
    ada: httpx.AsyncClient, run: Site
) -> None:
    number = run_id(run)
    run.store.write(lambda tx: delete_run(tx, actor_for_key(tx, run.ada_key), number)).result()
    assert (await put(ada, "a.bin", b"x", md5=md5(b"x"))).status_code == 204
    assert await known(ada, "a.bin") == {"a.bin": md5(b"x")}
