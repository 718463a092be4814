"""ETags and compression: what is known already is not sent, the rest is made smaller."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import numpy as np
import pytest
import zstandard
from tests.wire.rest.conftest import Site

pytestmark = pytest.mark.anyio

RUNS = "/projects/ada/digits/runs"


async def test_what_is_known_is_not_sent_again(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    first = await ada.get(RUNS)
    etag = first.headers["etag"]
    assert etag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"

    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = await ada.get(RUNS, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert "content-length" not in again.headers
    other = await ada.get(RUNS, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)

    site.add_run("r2")
    changed = await ada.get(RUNS, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_the_same_address_has_another_tag_for_another_reader(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    etag = (await ada.get("/projects")).headers["etag"]
    theirs = await bob.get("/projects", headers={"if-none-match": etag})
    assert (theirs.status_code, theirs.json()) == (200, {"projects": []})


async def test_answers_to_changes_are_kept_by_nobody(ada: httpx.AsyncClient) -> None:
    made = await ada.post("/projects", json={"name": "p"})
    assert made.headers["cache-control"] == "no-store"
    assert "etag" not in made.headers
    problem = await ada.get("/projects/ada/nothing", headers={"if-none-match": "*"})
    assert problem.status_code == 404


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip", "gzip"),
        ("GZip ; q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("zstd;q=0, gzip;q=nonsense", None),
        ("*", "zstd"),
        ("zstd;q=0, *;q=0.1", "gzip"),
    ],
)
async def test_the_client_chooses_the_coding(
    ada: httpx.AsyncClient, site: Site, accepted: str, coding: str | None
) -> None:
    for number in range(10):
        site.add_run(f"r{number}")
    plain = await ada.get(RUNS, headers={"accept-encoding": "identity"})
    async with ada.stream("GET", RUNS, headers={"accept-encoding": accepted}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(raw)
    assert answer.headers["etag"] == plain.headers["etag"]
    assert _decoded(raw, coding) == plain.content
    assert coding is None or len(raw) < len(plain.content) / 2


async def test_small_answers_are_sent_as_they_are(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    answer = await ada.get("/projects", headers={"accept-encoding": "gzip"})
    assert len(answer.content) < 1_024
    assert "content-encoding" not in answer.headers


async def test_large_answers_are_compressed_all_the_same(
    ada: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    await ada.patch(f"{RUNS}/r1", json={"notes": "so many words " * 20_000})
    plain = await ada.get(f"{RUNS}/r1", headers={"accept-encoding": "identity"})
    small = await ada.get(f"{RUNS}/r1", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content


@pytest.mark.parametrize(
    ("client", "headers", "accepted", "coding"),
    [
        ("10.0.0.7", {}, "gzip, zstd", "zstd"),
        ("10.0.0.7", {}, "gzip", None),
        ("127.0.0.1", {}, "gzip, zstd", None),
        ("::1", {}, "gzip, zstd", None),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}, "zstd", "zstd"),
    ],
)
async def test_curves_are_compressed_for_other_machines(
    site: Site, client: str, headers: dict[str, str], accepted: str, coding: str | None
) -> None:
    noise = np.random.default_rng(0).standard_normal(8_000).round(3).tolist()
    site.add_run("r1", values={"loss": noise})
    body = {
        "requests": [
            {"entity": "ada", "project": "digits", "runs": ["r1"], "keys": ["loss"],
             "buckets": 10_000}
        ]
    }  # fmt: skip

    async def ask(**more: str) -> tuple[Any, bytes]:
        transport = httpx.ASGITransport(site.app, client=(client, 4_711))
        sent = {"authorization": f"Bearer {site.ada_key}", **more}
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://runs.test/api/v1") as asking,
            asking.stream("POST", "/series", json=body, headers=sent) as answer,
        ):
            return answer, b"".join([chunk async for chunk in answer.aiter_raw()])

    _, plain = await ask(**{"accept-encoding": "identity"})
    assert len(plain) > 64 * 1024
    answer, raw = await ask(**headers, **{"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert int(answer.headers["content-length"]) == len(raw)
    assert _decoded(raw, coding) == plain


def _decoded(raw: bytes, coding: str | None) -> bytes:
    match coding:
        case "gzip":
            return gzip.decompress(raw)
        case "zstd":
            return zstandard.decompress(raw)
        case _:
            return raw
