"""Files of a run: lists, ranges, conditions, and bytes that must never run here."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import RUN, announce, run_id, store_file

pytestmark = pytest.mark.anyio

FILES = f"{RUN}/files"
HOSTILE = b"<!doctype html><script>fetch('/api/v1/session')</script>"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def run(site: Site) -> Site:
    site.add_run("r1")
    return site


async def test_files_are_listed_with_what_they_are(ada: httpx.AsyncClient, run: Site) -> None:
    names = {
        "code/train.py": ("code", "python"), "media/a.table.json": ("table", None),
        "media/b.png": ("image", None), "media/c.plotly.json": ("plotly", "json"),
        "notes.txt": ("text", None), "weights.pt": ("none", None), "x.SVG": ("svg", None),
    }  # fmt: skip
    assert (await ada.get(FILES)).json() == {"files": [], "next_after": None, "total": 0}
    for name in names:
        await store_file(run, name, name.encode())
    announce(run, "late.bin")
    listed = (await ada.get(FILES)).json()
    assert (listed["total"], listed["next_after"]) == (7, None)
    found = {file["name"]: (file["preview"], file["language"]) for file in listed["files"]}
    assert found == names
    assert list(found) == sorted(names)
    (picture,) = (await ada.get(FILES, params={"search": "B.p"})).json()["files"]
    assert (picture["size_bytes"], picture["mime_type"]) == (11, "image/png")
    assert picture["md5"] == md5(b"media/b.png")
    page = (await ada.get(FILES, params={"prefix": "media/", "limit": 2})).json()
    assert [file["name"] for file in page["files"]] == ["media/a.table.json", "media/b.png"]
    page = (await ada.get(FILES, params={"prefix": "media/", "after": page["next_after"]})).json()
    assert [file["name"] for file in page["files"]] == ["media/c.plotly.json"]
    assert page["next_after"] is None


@pytest.mark.parametrize(
    "name",
    [
        "a.txt", "media/images/x y.png", "ünï/%41?#&✓.json", "a;b=c,d.txt", 'quo"te\\n.txt',
        "line\nbreak\r\nX-Evil: 1.txt", "\u202egnp.exe", "x" * 1_000, "...", "con", "a%2fb", "'",
        "%00.txt", "~/.ssh", "<script>.html",
    ],
)  # fmt: skip
async def test_there_and_back_whatever_the_name(
    ada: httpx.AsyncClient, run: Site, name: str
) -> None:
    stored = name.replace("\\", "/")
    await store_file(run, stored, b"content")
    for path in (quote(name, safe=""), quote(name)):
        answer = await ada.get(f"{FILES}/{path}")
        assert (answer.status_code, answer.content) == (200, b"content"), answer.text
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment; filename=")
        assert disposition.isascii()
        assert disposition.isprintable()
        assert "x-evil" not in answer.headers
        base = stored.rsplit("/", 1)[-1]
        assert disposition.endswith(f"filename*=UTF-8''{quote(base, safe='')}")
    (listed,) = (await ada.get(FILES)).json()["files"]
    assert listed["name"] == stored


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("..%2F..%2Fsecret", 400, "invalid-name"),
        ("a/%2e%2e/b", 400, "invalid-name"),
        ("%2Fetc%2Fpasswd", 400, "invalid-name"),
        ("a%00b", 400, "invalid-name"),
        ("x" * 4_000, 400, "invalid-name"),
        ("/".join(["x" * 900] * 2), 400, "invalid-name"),
        ("%FF", 400, "invalid-name"),
        ("never.txt", 404, "not-found"),
        ("late.bin", 404, "file-not-arrived"),
        ("", 404, "unknown-route"),
        ("/", 404, "unknown-route"),
    ],
)
async def test_names_that_are_none(
    ada: httpx.AsyncClient, run: Site, path: str, status: int, code: str
) -> None:
    announce(run, "late.bin")
    for method in ("GET", "DELETE"):
        answer = await ada.request(method, f"http://runs.test/api/v1{FILES}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_only_those_who_may(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient, run: Site
) -> None:
    await store_file(run, "a.txt", b"x")
    for path in (FILES, f"{FILES}/a.txt", f"{FILES}/never"):
        assert (await bob.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 401
    assert (await bob.delete(f"{FILES}/a.txt")).status_code == 404
    assert (await nobody.delete(f"{FILES}/a.txt")).status_code == 401
    assert (await ada.get(f"{FILES}/a.txt")).content == b"x"


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=90-", 206, slice(90, 100)),
        ("bytes=-5", 206, slice(95, 100)),
        ("bytes=-500", 206, slice(0, 100)),
        ("bytes=50-5000", 206, slice(50, 100)),
        ("bytes=99-99", 206, slice(99, 100)),
        ("bytes=100-", 416, None),
        ("bytes=5-4", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,5-6", 200, slice(0, 100)),
        ("bytes=-", 200, slice(0, 100)),
        ("bytes=x-y", 200, slice(0, 100)),
        ("items=0-1", 200, slice(0, 100)),
        ("bytes=" + "9" * 5_000 + "-", 200, slice(0, 100)),
    ],
)
async def test_ranges(
    ada: httpx.AsyncClient, run: Site, wanted: str, status: int, part: slice | None
) -> None:
    content = bytes(range(100))
    await store_file(run, "film.mp4", content)
    got = await ada.get(f"{FILES}/film.mp4", headers={"range": wanted})
    head = await ada.head(f"{FILES}/film.mp4", headers={"range": wanted})
    assert (got.status_code, head.status_code, head.content) == (status, status, b"")
    assert dict(head.headers) == dict(got.headers)
    assert got.headers["accept-ranges"] == "bytes"
    if part is None:
        assert (got.content, got.headers["content-range"]) == (b"", "bytes */100")
        return
    assert got.content == content[part]
    assert int(got.headers["content-length"]) == len(got.content)
    if status == 206:
        assert got.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/100"


async def test_an_empty_file(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "empty", b"")
    answer = await ada.get(f"{FILES}/empty")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
    answer = await ada.get(f"{FILES}/empty", headers={"range": "bytes=0-"})
    assert answer.status_code == 416


async def test_what_a_browser_has_is_not_sent_again(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "a.png", b"one")
    first = await ada.get(f"{FILES}/a.png")
    tag = first.headers["etag"]
    assert tag == f'"{md5(b"one")}"'
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await ada.get(f"{FILES}/a.png", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    part = {"range": "bytes=0-0"}
    for condition, status in ((tag, 206), ('"old"', 200), (f"W/{tag}", 200)):
        answer = await ada.get(f"{FILES}/a.png", headers={**part, "if-range": condition})
        assert answer.status_code == status
    await store_file(run, "a.png", b"two")
    anew = await ada.get(f"{FILES}/a.png", headers={"if-none-match": tag})
    assert (anew.status_code, anew.content) == (200, b"two")


async def test_an_address_with_the_version_may_be_kept(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "a.png", b"one")
    for version, kept in ((md5(b"one"), True), (md5(b"two"), False)):
        answer = await ada.get(f"{FILES}/a.png", params={"version": version})
        assert ("immutable" in answer.headers["cache-control"]) is kept
        assert "private" in answer.headers["cache-control"]
        assert answer.content == b"one"


# What people logged never runs on this origin.

SAFE = {
    "a.png": "image/png", "a.jpg": "image/jpeg", "a.webp": "image/webp", "a.mp4": "video/mp4",
    "a.wav": "audio/wav", "a.webm": "video/webm",
}  # fmt: skip
TEXTS = ("a.html", "a.htm", "a.svg", "a.js", "a.css", "a.json", "a.txt", "a.xml", "a.py", "a.md")
BYTES = ("a.pdf", "a.bin", "a.wasm", "a", "a.swf", "a.xhtml", "a.zip")


@pytest.mark.parametrize("options", [{}, {"inline": "true"}, {"sandbox": "true"}])
@pytest.mark.parametrize("name", [*SAFE, *TEXTS, *BYTES])
async def test_types_are_harmless(
    ada: httpx.AsyncClient, run: Site, name: str, options: dict[str, str]
) -> None:
    await store_file(run, name, HOSTILE)
    answer = await ada.get(f"{FILES}/{name}", params=options)
    is_page = name in ("a.html", "a.htm", "a.svg")
    if (options and name in BYTES) or ("sandbox" in options and not is_page):
        assert (answer.status_code, answer.json()["code"]) == (400, "not-shown-inline")
        return
    assert (answer.status_code, answer.content) == (200, HOSTILE)
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    policy = directives(headers["content-security-policy"])
    assert "sandbox" in policy
    assert policy["default-src"] == "'none'"
    assert headers["content-disposition"].split(";")[0] == ("inline" if options else "attachment")
    if "sandbox" in options:
        kind = "image/svg+xml" if name == "a.svg" else "text/html; charset=utf-8"
        assert headers["content-type"] == kind
        assert policy["sandbox"] == "allow-scripts"
        return
    assert policy == {"sandbox": "", "default-src": "'none'"}
    text = "text/plain; charset=utf-8"
    kind = SAFE.get(name) or (text if name in TEXTS else "application/octet-stream")
    assert headers["content-type"] == kind


async def test_a_page_in_the_sandbox_has_no_network(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "a.html", HOSTILE)
    answer = await ada.get(f"{FILES}/a.html", params={"sandbox": "true"})
    policy = directives(answer.headers["content-security-policy"])
    assert policy == {
        "sandbox": "allow-scripts",
        "default-src": "'none'",
        "script-src": "'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "media-src": "data: blob:",
        "font-src": "data:",
        "worker-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    both = await ada.get(f"{FILES}/a.html", params={"sandbox": "true", "inline": "true"})
    assert both.status_code == 400


def directives(policy: str) -> dict[str, str]:
    pairs = (one.strip().partition(" ") for one in policy.split(";"))
    return {name: value for name, _, value in pairs}


async def test_deleting(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "a/b.txt", b"x")
    blob = await _blob(run, "a/b.txt")
    assert await run.context.blobs.size(blob) == 1
    answer = await ada.delete(f"{FILES}/a/b.txt")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await run.context.blobs.size(blob) is None
    for again in (await ada.delete(f"{FILES}/a/b.txt"), await ada.get(f"{FILES}/a/b.txt")):
        assert (again.status_code, again.json()["code"]) == (404, "not-found")
    assert (await ada.get(FILES)).json()["files"] == []


async def test_lost_bytes_are_not_found(ada: httpx.AsyncClient, run: Site) -> None:
    await store_file(run, "a.txt", b"x")
    await run.context.blobs.delete(await _blob(run, "a.txt"))
    assert (await ada.get(f"{FILES}/a.txt")).status_code == 404


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "prefix=" + "x" * 1_025, "misspelt=1"]
)
async def test_bad_queries(ada: httpx.AsyncClient, run: Site, query: str) -> None:
    answer = await ada.get(f"{FILES}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


async def _blob(site: Site, name: str) -> str:
    run = run_id(site)
    file: Any = site.store.read(lambda s: s.files.file(run, name)).result()
    assert file.blob is not None
    blob: str = file.blob
    return blob
