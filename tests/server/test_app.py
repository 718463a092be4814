"""The composed app without a process: health, dispatch, the web app's files."""

from __future__ import annotations

import gzip
import shutil
from collections import namedtuple
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from runstone.server.app import App
from runstone.server.folder import hold
from runstone.server.settings import Settings
from runstone.server.static import WebApp
from runstone.server.wiring import Parts, assemble
from runstone.wire.common.asgi import Receive, Scope, Send

PAGE = b"<!doctype html><title>Runstone</title>"
NEW_PAGE = PAGE + b"<p>new</p>"
SCRIPT = b"console.log('runs')" * 100
LARGE = b"console.log('charts')" * 9_000
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(data=tmp_path / "data")
    with hold(settings.data) as folder:
        made = assemble(settings, folder)
        yield made
        made.close()


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "assets" / "app-4f2a.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-4f2a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "large-77aa.js.gz").write_bytes(gzip.compress(LARGE))
    (folder / "favicon.svg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / ".sources").write_text("abc")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
async def client(parts: Parts, web: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = App(parts.context, web.parent / "data", web=WebApp(web))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://runs.test") as made:
        yield made


pytestmark = pytest.mark.anyio


async def test_every_door_is_behind_its_path(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json()["status"] == "ok"
    assert (await client.get("/ready")).json()["status"] == "ready"
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/openapi.json")).json()["openapi"].startswith("3.")
    assert (await client.post("/graphql", json={"query": "{ x }"})).status_code in (200, 400, 401)
    assert (await client.get("/", headers=HTML)).content == PAGE


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/signin?token=x", "/ada/digits/runs/4k2x", "/a/b%2Fc", "/graphqlish"],
)
async def test_navigations_get_the_page(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=HTML)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    again = await client.get(path, headers=HTML | {"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_hashed_files_never_change(client: httpx.AsyncClient) -> None:
    plain = await client.get("/assets/app-4f2a.js", headers={"Accept-Encoding": "identity"})
    assert (plain.status_code, plain.content) == (200, SCRIPT)
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    packed = await client.get("/assets/app-4f2a.js", headers={"Accept-Encoding": "br;q=0, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert packed.content == SCRIPT
    head = await client.head("/assets/app-4f2a.js", headers={"Accept-Encoding": "identity"})
    assert (head.content, head.headers["content-length"]) == (b"", str(len(SCRIPT)))


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_large_files_lie_there_compressed_only(
    client: httpx.AsyncClient, encoding: str
) -> None:
    answer = await client.get("/assets/large-77aa.js", headers={"Accept-Encoding": encoding})
    assert (answer.status_code, answer.content) == (200, LARGE)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert (await client.get("/assets/large-77aa.js.gz")).status_code == 404


async def test_a_new_build_is_served_at_once(client: httpx.AsyncClient, web: Path) -> None:
    before = await client.get("/", headers=HTML)
    fresh = web.with_name("web.new")
    (fresh / "assets").mkdir(parents=True)
    (fresh / "index.html").write_bytes(NEW_PAGE)
    (fresh / "assets" / "new-9c1d.js").write_bytes(b"new()")
    web.rename(web.with_name("web.old"))
    assert (await client.get("/", headers=HTML)).status_code == 503
    fresh.rename(web)
    assert (await client.get("/assets/new-9c1d.js")).content == b"new()"
    assert (await client.get("/assets/app-4f2a.js")).status_code == 404
    after = await client.get("/", headers=HTML | {"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.content) == (200, NEW_PAGE)


async def test_other_files_are_checked_each_time(client: httpx.AsyncClient) -> None:
    answer = await client.get("/favicon.svg")
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/assets/gone-1.js", HTML),
        ("/api/v2/me", HTML),
        ("/favicon.ico", {"Accept": "image/*"}),
        ("/assets/..%2f..%2fsecret.txt", {}),
        ("/..%2fsecret.txt", {}),
        ("/.sources", {}),
        ("/assets/app-4f2a.js.gz", {}),
    ],
)
async def test_what_is_not_there(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(path, headers={"Accept": "*/*"} | headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"


async def test_pages_are_only_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/ada/digits", headers=HTML)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_page_that_was_not_built(parts: Parts, tmp_path: Path) -> None:
    app = App(parts.context, tmp_path, web=WebApp(tmp_path / "nothing"))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://runs.test") as client:
        answer = await client.get("/", headers=HTML)
        assert answer.status_code == 503
        assert "make web" in answer.text
        assert (await client.get("/ready")).status_code == 200


async def test_not_ready_with_a_full_disk(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 100, 1_000_000))
    answer = await client.get("/ready")
    assert answer.status_code == 503
    assert "has 0 MiB left; free some space" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    assert (await client.get("/healthz")).status_code == 200


async def test_not_ready_without_a_store(client: httpx.AsyncClient, parts: Parts) -> None:
    parts.store.close()
    answer = await client.get("/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")


async def test_mistakes_of_ours_are_answered(parts: Parts, web: Path) -> None:
    class Broken(WebApp):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise RuntimeError("a secret detail")

    app = App(parts.context, web, web=Broken(web))
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://runs.test") as client:
        answer = await client.get("/")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal-error"
    assert "secret" not in answer.text
