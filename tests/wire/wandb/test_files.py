"""Uploads by signed URL and downloads: ranges, broken uploads, odd names, nobody's HTML."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from tests.wire.wandb.conftest import Site

from runstone.wire.common.asgi import Message

ANNOUNCE = """mutation A($r: String!, $f: [String!]!) {
  createRunFiles(input: {entityName: "ada", projectName: "p", runName: $r, files: $f}) {
    runID uploadHeaders files { name uploadUrl }
  }
}"""
LIST = """query L($n: [String], $p: String, $a: String, $f: Int) {
  project(name: "p") { run(name: "r1") { files(names: $n, pattern: $p, after: $a, first: $f) {
    totalCount pageInfo { endCursor hasNextPage }
    edges { cursor node { id name sizeBytes md5 mimetype url directUrl updatedAt } }
  } } }
}"""


def upload_path(site: Site, name: str) -> str:
    files = site.data(ANNOUNCE, r="r1", f=[name])["createRunFiles"]["files"]
    assert files[0]["name"] == name
    url: str = files[0]["uploadUrl"]
    assert url.startswith("http://runs.test/uploads/")
    return url.removeprefix("http://runs.test")


def upload(site: Site, name: str, data: bytes, **headers: str) -> int:
    path = upload_path(site, name)
    return site.ask("PUT", path, data, user=None, headers=headers).status_code


def listed(site: Site, **variables: Any) -> list[dict[str, Any]]:
    files = site.data(LIST, **variables)["project"]["run"]["files"]
    return [edge["node"] for edge in files["edges"]]


@pytest.fixture
def run(site: Site) -> Site:
    site.begin()
    return site


def test_there_and_back(run: Site) -> None:
    for name in ("a.txt", "media/images/x y.png", "ünï/%41?#&✓.json", "html/evil.html"):
        data = name.encode() * 3
        assert upload(run, name, data) == 200
        (file,) = listed(run, n=[f"./{name}"])
        assert (file["name"], file["sizeBytes"]) == (name, len(data))
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        assert file["md5"] == base64.b64encode(digest).decode()
        by_key = run.ask("GET", file["url"].removeprefix("http://runs.test"))
        by_signature = run.ask("GET", file["directUrl"].removeprefix("http://runs.test"), user=None)
        for answer in (by_key, by_signature):
            assert (answer.status_code, answer.content) == (200, data)
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
    assert run.files().keys() == {f["name"] for f in listed(run)}


def test_only_those_who_may(run: Site) -> None:
    upload(run, "a.txt", b"x")
    (file,) = listed(run)
    path = file["url"].removeprefix("http://runs.test")
    assert run.ask("GET", path, user=None).status_code == 401
    assert run.ask("GET", path, user="bob").status_code == 404
    signed = file["directUrl"].removeprefix("http://runs.test")
    assert run.ask("GET", signed[:-2], user=None).status_code == 403
    token = upload_path(run, "b.txt").split("/")[2]
    assert run.ask("GET", f"{path}?signature={token}", user=None).status_code == 403
    assert (
        run.ask("PUT", f"/uploads/{signed.split('=')[1]}/a.txt", b"", user=None).status_code == 403
    )
    assert run.graphql(ANNOUNCE, user="bob", r="r1", f=["x"]).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=0-999", 206, b"0123456789"),
        ("bytes=10-", 416, None),
        ("bytes=5-2", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
def test_ranges(run: Site, wanted: str, status: int, content: bytes | None) -> None:
    upload(run, "a.bin", b"0123456789")
    answer = run.ask("GET", "/files/ada/p/r1/a.bin", headers={"range": wanted})
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
    if status == 206:
        assert answer.headers["content-range"].endswith("/10")


def test_empty_file_and_head_and_options(run: Site) -> None:
    assert upload(run, "empty", b"") == 200
    assert run.ask("GET", "/files/ada/p/r1/empty").content == b""
    upload(run, "a.txt", b"four")
    head = run.ask("HEAD", "/files/ada/p/r1/a.txt")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "4", b"")
    options = run.ask("OPTIONS", "/files/ada/p/r1/a.txt", user=None, headers={"origin": "http://x"})
    assert options.headers["access-control-allow-origin"] == "*"


def test_uploading_again_replaces_and_leaves_nothing(run: Site) -> None:
    upload(run, "a.txt", b"first")
    upload(run, "a.txt", b"second!")
    assert run.ask("GET", "/files/ada/p/r1/a.txt").content == b"second!"
    assert len(run.blobs()) == 1


def test_wrong_digest_and_too_large(run: Site) -> None:
    right = base64.b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
    assert upload(run, "a.txt", b"x", **{"content-md5": right}) == 200
    assert upload(run, "b.txt", b"y", **{"content-md5": right}) == 400
    assert upload(run, "b.txt", b"y", **{"content-md5": "?"}) == 400
    assert upload(run, "c.txt", b"z" * 100_001) == 413
    assert set(run.files()) == {"a.txt"}
    assert len(run.blobs()) == 1


def test_an_upload_that_is_cut_off_leaves_nothing(run: Site) -> None:
    path = upload_path(run, "a.txt")
    messages: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "path": path,
        "raw_path": path.encode(),
        "headers": [],
    }
    asyncio.run(run.app(scope, receive, send))
    assert sent == []
    assert run.files() == {}
    assert run.blobs() == set()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", ".", "a" * 1_025, "a\0b"])
def test_names_that_are_no_files(run: Site, name: str) -> None:
    answer = run.graphql(ANNOUNCE, r="r1", f=[name])
    assert answer.status_code == 400
    assert listed(run, n=[name]) == []


def test_lists(run: Site) -> None:
    for i in range(5):
        upload(run, f"d/{i}.txt", b"x")
    assert [f["name"] for f in listed(run, p="d/%.txt", f=2)] == ["d/0.txt", "d/1.txt"]
    page = run.data(LIST, f=2)["project"]["run"]["files"]
    assert page["pageInfo"] == {"endCursor": "d/1.txt", "hasNextPage": True}
    assert page["edges"][-1]["cursor"] == "d/1.txt"
    rest = listed(run, a="d/1.txt")
    assert [f["name"] for f in rest] == ["d/2.txt", "d/3.txt", "d/4.txt"]
    delete = "mutation D($f: [ID!]!) { deleteFiles(input: {files: $f}) { success } }"
    assert run.data(delete, f=[f["id"] for f in rest]) == {"deleteFiles": {"success": True}}
    assert set(run.files()) == {"d/0.txt", "d/1.txt"}
    assert len(run.blobs()) == 2
    assert run.graphql(delete, f=["nonsense"]).status_code == 400


def test_names_have_a_place_whether_the_file_is_there_or_not(run: Site) -> None:
    for name in ("b", "a"):
        upload(run, name, b"x")
    asked = ["b", "none/1", "./a", "b", "none/2", "../outside"]
    pages, after = [], None
    while True:
        files = run.data(LIST, n=asked, f=2, a=after)["project"]["run"]["files"]
        pages.append([edge["node"]["name"] for edge in files["edges"]])
        after = files["pageInfo"]["endCursor"]
        if not files["pageInfo"]["hasNextPage"]:
            break
    assert pages == [["b", "none/1"], ["a", "none/2"]]
    found = {f["name"]: f for f in listed(run, n=asked)}
    assert found["none/1"]["md5"] == "0", "by which clients know it"
    assert found["none/1"]["sizeBytes"] == 0
    assert found["a"]["sizeBytes"] == 1
    assert listed(run, n=asked, a="elsewhere") == []


def test_a_run_keeps_its_bytes_until_it_leaves_the_trash(run: Site) -> None:
    upload(run, "a.txt", b"x")
    path = upload_path(run, "late.txt")
    run_id = run.data('{ project(name: "p") { run(name: "r1") { id } } }')["project"]["run"]["id"]
    delete = "mutation D($i: ID!) { deleteRun(input: {id: $i}) { clientMutationId } }"
    for _ in range(2):  # the second time it is gone already, which is no error
        run.data(delete, i=run_id)
    assert run.data('{ project(name: "p") { run(name: "r1") { id } } }') == {
        "project": {"run": None}
    }
    assert len(run.blobs()) == 1
    assert run.ask("PUT", path, b"x", user=None).status_code == 200, "restoring brings it back"
    assert len(run.blobs()) == 2
    run.store.write(lambda tx: tx.runs.delete_run(tx.runs.trashed_before(tx.now, limit=1)[0].id))
    assert run.ask("PUT", path, b"x", user=None).status_code == 404
    assert len(run.blobs()) == 2, "those are for a collection to delete"
