"""Artifacts over the native API: lists, versions by any name, bytes, changes, who may."""

from __future__ import annotations

import hashlib
import json

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, link_version, log_version, use_version

pytestmark = pytest.mark.anyio

DATA = f"{ARTIFACTS}/data"
TABLE = json.dumps(
    {"columns": ["n", "picture"], "data": [[1, {"_type": "image-file", "path": "m/a.png"}], [2, 0]]}
).encode()
FILES = {"a.txt": b"hello", "m/a.png": b"\x89PNG", "page.html": b"<b>", "t.table.json": TABLE}


@pytest.fixture
async def versions(site: Site) -> Site:
    """`data:v0` and `data:v1` (a run's), `net:v0`; v0 is used by a run, and linked."""
    site.add_run("r1")
    site.add_run("r2")
    first = await log_version(
        site, "data", {"old.txt": b"1"}, run="r1", wanted_aliases=("first",), description="one"
    )
    await log_version(
        site,
        "data",
        FILES,
        run="r1",
        metadata='{"n": NaN, "$x": [1]}',
        tags=("clean",),
        references={"ref.bin": "s3://bucket/key"},
    )
    await log_version(site, "net", {"w": b"w" * 10}, type_name="model")
    use_version(site, first, "r2")
    link_version(site, first, "chosen", "good")
    return site


async def test_collections_are_listed_by_type_and_name(
    ada: httpx.AsyncClient, versions: Site
) -> None:
    listed = (await ada.get(ARTIFACTS)).json()
    assert [(t["name"], t["num_collections"]) for t in listed["types"]] == [
        ("dataset", 2), ("model", 1),
    ]  # fmt: skip
    names = [(one["type"], one["name"], one["kind"]) for one in listed["collections"]]
    assert names == [
        ("dataset", "chosen", "portfolio"),
        ("dataset", "data", "sequence"),
        ("model", "net", "sequence"),
    ]
    assert (listed["total"], listed["next_cursor"]) == (3, None)
    data = listed["collections"][1]
    assert data["num_versions"] == 2
    latest = data["latest"]
    assert (latest["index"], latest["aliases"], latest["num_files"]) == (1, ["latest"], 5)
    assert latest["size_bytes"] == sum(map(len, FILES.values())) + 7

    models = (await ada.get(ARTIFACTS, params={"type": "model"})).json()
    assert [one["name"] for one in models["collections"]] == ["net"]
    found = (await ada.get(ARTIFACTS, params={"search": "AT"})).json()
    assert [one["name"] for one in found["collections"]] == ["data"]

    names, cursor = [], None
    for _ in range(3):
        query = {"limit": 1} if cursor is None else {"limit": 1, "cursor": cursor}
        page = (await ada.get(ARTIFACTS, params=query)).json()
        names += [one["name"] for one in page["collections"]]
        cursor = page["next_cursor"]
    assert (names, cursor) == (["chosen", "data", "net"], None)


async def test_a_project_without_artifacts(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    assert (await ada.get(ARTIFACTS)).json() == {
        "types": [], "collections": [], "total": 0, "next_cursor": None,
    }  # fmt: skip
    answer = (await ada.get("/projects/ada/digits/runs/r1/artifacts")).json()
    assert answer == {"inputs": [], "outputs": [], "num_inputs": 0, "num_outputs": 0}


async def test_a_collection_knows_its_aliases(ada: httpx.AsyncClient, versions: Site) -> None:
    found = (await ada.get(DATA)).json()
    assert found["aliases"] == [{"name": "first", "index": 0}, {"name": "latest", "index": 1}]
    assert (await ada.get(f"{ARTIFACTS}/never")).status_code == 404


async def test_versions_are_listed_newest_first(ada: httpx.AsyncClient, versions: Site) -> None:
    listed = (await ada.get(f"{DATA}/versions")).json()
    assert (listed["total"], listed["next_cursor"]) == (2, None)
    new, old = listed["versions"]
    assert (new["index"], old["index"], old["aliases"]) == (1, 0, ["first"])
    assert (new["state"], new["tags"], new["logged_by"]["id"]) == ("committed", ["clean"], "r1")
    assert new["metadata"] == {"n": {"$float": "NaN"}, "$$x": [1]}
    page = (await ada.get(f"{DATA}/versions", params={"limit": 1})).json()
    assert [one["index"] for one in page["versions"]] == [1]
    query = {"limit": 1, "cursor": page["next_cursor"]}
    page = (await ada.get(f"{DATA}/versions", params=query)).json()
    assert ([one["index"] for one in page["versions"]], page["next_cursor"]) == ([0], None)


async def test_a_pending_version_is_not_found(ada: httpx.AsyncClient, versions: Site) -> None:
    await log_version(versions, "data", {"z": b"z"}, run="r1", is_pending=True)
    assert (await ada.get(f"{DATA}/versions")).json()["total"] == 2
    assert (await ada.get(f"{DATA}/versions/v2")).status_code == 404
    outputs = (await ada.get("/projects/ada/digits/runs/r1/artifacts")).json()
    assert outputs["num_outputs"] == 2


async def test_a_version_by_each_of_its_names(ada: httpx.AsyncClient, versions: Site) -> None:
    by_number = (await ada.get(f"{DATA}/versions/v0")).json()
    for name in ("first", by_number["digest"]):
        assert (await ada.get(f"{DATA}/versions/{name}")).json() == by_number
    assert by_number["description"] == "one"
    assert by_number["kind"] == "sequence"
    assert [run["id"] for run in by_number["used_by"]] == ["r2"]
    (link,) = by_number["links"]
    assert (link["collection"], link["kind"], link["index"]) == ("chosen", "portfolio", 0)
    assert link["aliases"] == ["good", "latest"]
    linked = (await ada.get(f"{ARTIFACTS}/chosen/versions/good")).json()
    assert [one["collection"] for one in linked["links"]] == ["data"]
    assert (linked["digest"], linked["kind"]) == (by_number["digest"], "portfolio")


@pytest.mark.parametrize("version", ["v7", "v1x", "nope", "v99999999999", "x" * 1_024, "a:b"])
async def test_versions_that_are_none(ada: httpx.AsyncClient, versions: Site, version: str) -> None:
    for path in ("", "/files", "/files/a.txt", "/table?path=t.table.json"):
        answer = await ada.get(f"{DATA}/versions/{version}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert "v0" in answer.json()["detail"]


async def test_lineage_of_a_run(ada: httpx.AsyncClient, versions: Site) -> None:
    logged = (await ada.get("/projects/ada/digits/runs/r1/artifacts")).json()
    assert [(one["collection"], one["index"]) for one in logged["outputs"]] == [
        ("data", 0), ("data", 1),
    ]  # fmt: skip
    assert logged["inputs"] == []
    used = (await ada.get("/projects/ada/digits/runs/r2/artifacts")).json()
    assert [(one["collection"], one["index"]) for one in used["inputs"]] == [("data", 0)]
    few = (await ada.get("/projects/ada/digits/runs/r1/artifacts", params={"limit": 1})).json()
    assert (len(few["outputs"]), few["num_outputs"]) == (1, 2)
    await ada.delete("/projects/ada/digits/runs/r2")
    assert (await ada.get(f"{DATA}/versions/v0")).json()["used_by"] == []


async def test_files_are_listed_with_what_they_are(ada: httpx.AsyncClient, versions: Site) -> None:
    listed = (await ada.get(f"{DATA}/versions/latest/files")).json()
    assert (listed["total"], listed["next_cursor"]) == (5, None)
    kinds = {one["path"]: (one["preview"], one["reference"]) for one in listed["files"]}
    assert kinds == {
        "a.txt": ("text", None),
        "m/a.png": ("image", None),
        "page.html": ("html", None),
        "ref.bin": ("none", "s3://bucket/key"),
        "t.table.json": ("table", None),
    }
    assert listed["files"][0]["md5"] == hashlib.md5(b"hello", usedforsecurity=False).hexdigest()
    page = (await ada.get(f"{DATA}/versions/v1/files", params={"limit": 3})).json()
    query = {"limit": 3, "cursor": page["next_cursor"]}
    rest = (await ada.get(f"{DATA}/versions/v1/files", params=query)).json()
    paths = [one["path"] for one in (*page["files"], *rest["files"])]
    assert paths == list(kinds)
    for query, wanted in (({"prefix": "m/"}, ["m/a.png"]), ({"search": "A.T"}, ["a.txt"])):
        found = (await ada.get(f"{DATA}/versions/v1/files", params=query)).json()
        assert [one["path"] for one in found["files"]] == wanted


async def test_bytes_go_out_as_those_of_runs(ada: httpx.AsyncClient, versions: Site) -> None:
    files = f"{DATA}/versions/v1/files"
    answer = await ada.get(f"{files}/a.txt")
    assert answer.content == b"hello"
    assert answer.headers["content-disposition"].startswith("attachment")
    etag = answer.headers["etag"]
    assert (await ada.get(f"{files}/a.txt", headers={"if-none-match": etag})).status_code == 304
    part = await ada.get(f"{files}/a.txt", headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"ell")
    kept = await ada.get(f"{files}/a.txt", params={"md5": etag.strip('"')})
    assert "immutable" in kept.headers["cache-control"]
    shown = await ada.get(f"{files}/m/a.png", params={"inline": True})
    assert shown.headers["content-type"] == "image/png"
    page = await ada.get(f"{files}/page.html", params={"sandbox": True})
    assert "sandbox allow-scripts" in page.headers["content-security-policy"]
    both = await ada.get(f"{files}/page.html", params={"sandbox": True, "inline": True})
    assert both.status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("ref.bin", 404, "file-is-reference"),
        ("never", 404, "not-found"),
        ("..%2Fa.txt", 400, "invalid-name"),
        ("%2Fa.txt", 400, "invalid-name"),
    ],
)
async def test_files_without_bytes(
    ada: httpx.AsyncClient, versions: Site, path: str, status: int, code: str
) -> None:
    answer = await ada.get(f"{DATA}/versions/v1/files/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_rows_of_a_table(ada: httpx.AsyncClient, versions: Site) -> None:
    query = {"path": "t.table.json"}
    table = (await ada.get(f"{DATA}/versions/v1/table", params=query)).json()
    assert ([one["name"] for one in table["columns"]], table["total_rows"]) == (["n", "picture"], 2)
    (cell,) = table["media"]
    assert cell["media"]["items"][0]["file"]["name"] == "m/a.png"
    answer = await ada.get(f"{DATA}/versions/v1/table", params={"path": "a.txt"})
    assert answer.json()["code"] == "bad-table"


async def test_a_version_is_called_described_and_tagged(
    ada: httpx.AsyncClient, versions: Site
) -> None:
    change = {
        "add_aliases": ["best", "latest"], "remove_aliases": ["first"],
        "description": "é", "tags": ["a", "b"],
    }  # fmt: skip
    changed = (await ada.patch(f"{DATA}/versions/first", json=change)).json()
    assert changed["aliases"] == ["best", "latest"]
    assert (changed["description"], changed["tags"], changed["index"]) == ("é", ["a", "b"], 0)
    assert (await ada.get(f"{DATA}/versions/v0")).json() == changed
    assert (await ada.get(f"{DATA}/versions/v1")).json()["aliases"] == []
    same = (await ada.patch(f"{DATA}/versions/v0", json={})).json()
    assert same["updated_at"] == changed["updated_at"]


@pytest.mark.parametrize(
    "change",
    [
        {"add_aliases": ["v3"]}, {"add_aliases": ["a/b"]}, {"add_aliases": [""]},
        {"tags": ["a/b"]}, {"description": "x" * 65_537}, {"metadata": []}, {"tags": None},
        {"add_aliases": ["x"] * 1_001},
    ],
)  # fmt: skip
async def test_changes_that_are_refused_change_nothing(
    ada: httpx.AsyncClient, versions: Site, change: dict[str, object]
) -> None:
    before = (await ada.get(f"{DATA}/versions/v0")).json()
    answer = await ada.patch(f"{DATA}/versions/v0", json={"remove_aliases": ["first"], **change})
    assert answer.status_code == 400
    assert (await ada.get(f"{DATA}/versions/v0")).json() == before


async def test_a_version_is_deleted(ada: httpx.AsyncClient, versions: Site) -> None:
    refused = await ada.delete(f"{DATA}/versions/v1")
    assert (refused.status_code, refused.json()["code"]) == (409, "artifact-has-aliases")
    deleted = await ada.delete(f"{DATA}/versions/v1", params={"aliases": True})
    assert deleted.status_code == 204
    assert (await ada.get(f"{DATA}/versions/v1")).status_code == 404
    assert (await ada.get(f"{DATA}/versions/latest")).json()["index"] == 0


async def test_a_link_is_taken_away_alone(ada: httpx.AsyncClient, versions: Site) -> None:
    assert (await ada.delete(f"{ARTIFACTS}/chosen/versions/v0")).status_code == 204
    assert (await ada.get(f"{ARTIFACTS}/chosen/versions/v0")).status_code == 404
    assert (await ada.get(f"{DATA}/versions/v0")).json()["links"] == []


async def test_a_collection_is_changed_and_deleted(ada: httpx.AsyncClient, versions: Site) -> None:
    change = {"name": "numbers", "description": "d", "type": "corpus", "tags": ["x"]}
    changed = (await ada.patch(DATA, json=change)).json()
    assert {key: changed[key] for key in change} == change
    assert (await ada.get(DATA)).status_code == 404
    assert (await ada.patch(f"{ARTIFACTS}/net", json={"name": "numbers"})).status_code == 409
    assert (await ada.patch(f"{ARTIFACTS}/net", json={"name": "a/b"})).status_code == 400
    assert (await ada.delete(f"{ARTIFACTS}/numbers")).status_code == 204
    listed = (await ada.get(ARTIFACTS)).json()
    counts = {one["name"]: one["num_versions"] for one in listed["collections"]}
    assert counts == {"chosen": 0, "net": 1}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (ARTIFACTS, {"limit": 5_001}),
        (ARTIFACTS, {"limit": 0}),
        (ARTIFACTS, {"cursor": "x"}),
        (f"{DATA}/versions", {"limit": 1_001}),
        (f"{DATA}/versions", {"cursor": "-1"}),
        (f"{DATA}/versions/v1/files", {"limit": 5_001}),
        ("/projects/ada/digits/runs/r1/artifacts", {"limit": 10**9}),
    ],
)
async def test_pages_that_are_refused(
    ada: httpx.AsyncClient, versions: Site, path: str, query: dict[str, object]
) -> None:
    assert (await ada.get(path, params=query)).status_code == 400


async def test_only_those_who_may(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient, versions: Site
) -> None:
    paths = [
        ARTIFACTS, DATA, f"{DATA}/versions", f"{DATA}/versions/v1", f"{DATA}/versions/v1/files",
        f"{DATA}/versions/v1/files/a.txt", f"{DATA}/versions/v1/table?path=t.table.json",
        "/projects/ada/digits/runs/r1/artifacts",
    ]  # fmt: skip
    for path in paths:
        assert (await bob.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 401
    for path in (DATA, f"{DATA}/versions/v1"):
        assert (await bob.patch(path, json={"description": "mine"})).status_code == 404
        assert (await bob.delete(path, params={})).status_code == 404
        assert (await nobody.delete(path)).status_code == 401
    assert (await ada.get(f"{DATA}/versions/v1")).json()["description"] == ""
    deleted = await bob.delete(f"{DATA}/versions/v1", params={"aliases": True})
    assert deleted.status_code == 404
    assert (await ada.get(f"{DATA}/versions/v1/files/a.txt")).content == b"hello"
