"""Uploads and downloads that go wrong: cut off, not allowed, too late, too large, out of range.

A file is there whole or not at all, and what was there before stays until all of the new is here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner
from tests.faults.victim import KEEPSAKE, MAX_UPLOAD_MB, PROJECT, Victim, refused
from tests.server.processes import wait_until

from runstone.wire.common.signing import DOWNLOAD_LIFETIME_S, UPLOAD_LIFETIME_S, Signer

KEPT = f"{PROJECT}/{KEEPSAKE}/kept/model.bin"
DELETE_RUN = "mutation($i:ID!){deleteRun(input:{id:$i}){clientMutationId}}"


@pytest.fixture
def blobs(victim: Victim) -> Iterator[Path]:
    """The folder of blobs: nothing half done may be left in it."""
    folder = victim.server.data / "blobs"
    yield folder
    wait_until(lambda: not list((folder / ".incoming").iterdir()))


def whole_blobs(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def put_head(victim: Victim, url: str, *headers: str) -> bytes:
    host = victim.server.url.removeprefix("http://")
    return "\r\n".join([f"PUT {url} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(["Content-Length: 1000000"], b"x" * 10, id="early"),
        pytest.param(["Content-Length: 1000000"], b"x" * 900_000, id="late"),
        pytest.param(["Content-Length: 1000000"], b"", id="before the first byte"),
        pytest.param(["Transfer-Encoding: chunked"], b"5\r\nhello\r\n", id="between chunks"),
        pytest.param(["Transfer-Encoding: chunked"], b"5000\r\nhel", id="within a chunk"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "replacing"])
def test_clients_that_vanish(
    victim: Victim,
    blobs: Path,
    request: pytest.FixtureRequest,
    headers: list[str],
    body: bytes,
    is_new: bool,
) -> None:
    run = victim.new_run(re.sub(r"\W+", "-", request.node.name))
    name = f"{is_new}.bin"
    url = victim.upload_urls(run, [name])[0]
    if not is_new:
        assert victim.ask("PUT", url, b"before").status == 200
    before = whole_blobs(blobs)
    for hang_up in (True, False):
        with victim.socket() as connection:
            connection.sendall(put_head(victim, url, *headers) + body)
            time.sleep(0.02)
            if hang_up:
                connection.shutdown(1)
                assert connection.recv(1_000) == b""
    wait_until(lambda: whole_blobs(blobs) == before)
    answer = victim.ask("GET", f"/files/{victim.entity}/{PROJECT}/{run}/{name}")
    assert (answer.status, answer.body) == (200, b"before") if not is_new else answer.status == 404
    # The same URL is good for another try.
    assert victim.ask("PUT", url, b"whole").status == 200
    again = victim.ask("GET", f"/files/{victim.entity}/{PROJECT}/{run}/{name}")
    assert again.body == b"whole"
    victim.graphql(DELETE_RUN, {"i": victim.read_run(run)["id"]})


@pytest.mark.parametrize(
    "headers", [["Content-Length: 2000000"], ["Transfer-Encoding: chunked"]], ids=["said", "unsaid"]
)
def test_too_large(victim: Victim, blobs: Path, headers: list[str]) -> None:
    url = victim.upload_urls(victim.new_run("large"), ["large.bin"])[0]
    before = whole_blobs(blobs)
    body = b"x" * 2_000_000
    if "chunked" in headers[0]:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    said = victim.send_raw(put_head(victim, url, *headers, "Connection: close") + body)
    assert said.startswith(b"HTTP/1.1 413")
    assert f"{MAX_UPLOAD_MB * 1024 * 1024:,} bytes".encode() in said
    assert whole_blobs(blobs) == before


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("zzz", "invalid-input"),
        ("ü", "invalid-input"),
        ("", "digest-mismatch"),
        (base64.b64encode(b"0" * 16).decode(), "digest-mismatch"),
        (hashlib.md5(b"hello", usedforsecurity=False).hexdigest(), "digest-mismatch"),
    ],
)
def test_other_bytes_than_announced(victim: Victim, blobs: Path, digest: str, code: str) -> None:
    url = victim.upload_urls(victim.new_run("digest"), ["d.bin"])[0]
    before = whole_blobs(blobs)
    answer = victim.ask("PUT", url, b"hello", {"Content-MD5": digest})
    refused(answer, 400)
    assert answer.json()["code"] == code
    assert whole_blobs(blobs) == before


def test_tokens_that_open_nothing(
    victim: Victim, blobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = victim.new_run("tokens")
    token = victim.upload_urls(run, ["t.bin"])[0].split("/")[2]
    signer = Signer((victim.server.data / "secret").read_text().strip())
    number = signer.verify("upload", token, max_age_s=60)[0]
    monkeypatch.setattr(
        TimestampSigner, "get_timestamp", lambda _: int(time.time()) - UPLOAD_LIFETIME_S - 60
    )
    old_upload = signer.sign("upload", [number, "t.bin"])
    old_download = signer.sign("download", [number, "t.bin"])
    monkeypatch.undo()
    head, stamp, signature = token.split(".")
    other = base64.urlsafe_b64encode(b'[1,"kept/model.bin"]').rstrip(b"=").decode()
    before = whole_blobs(blobs)
    for bad in (
        "x", "", ".", "..", "...", "%00", "😀".encode().hex(), "%F0%9F%98%80.a.b", "a" * 30_000,
        old_upload, signer.sign("download", [number, "t.bin"]), signer.sign("operator", "operator"),
        Signer("another server's").sign("upload", [number, "t.bin"]),
        f"{other}.{stamp}.{signature}", f"{head}.{stamp}.", f"{head}.{stamp}.{signature[:-2]}",
        f"{head}.{stamp[:-1]}Z.{signature}", token.swapcase(), token + "A" * 40,
    ):  # fmt: skip
        # With a key, too: it is the URL alone that permits.
        answer = victim.ask("PUT", f"/uploads/{bad}/t.bin", b"evil")
        refused(answer, 403)
    assert "expired" in refused(victim.ask("PUT", f"/uploads/{old_upload}/t.bin", b"x"), 403)
    assert whole_blobs(blobs) == before
    for bad in ("x", "%00", "%ff", token, old_download, signer.sign("operator", "operator")):
        path = f"/files/{victim.entity}/{KEPT}?signature={bad}"
        refused(victim.ask("GET", path), 403)
    assert DOWNLOAD_LIFETIME_S < UPLOAD_LIFETIME_S


def test_the_run_was_deleted_meanwhile(victim: Victim, blobs: Path) -> None:
    run = victim.new_run("deleted")
    early, late = victim.upload_urls(run, ["early.bin", "late.bin"])
    assert victim.ask("PUT", early, b"early").status == 200
    run_id = victim.read_run(run)["id"]
    query = '{project(name:"p"){run(name:"deleted"){files{edges{node{directUrl}}}}}}'
    node = victim.graphql(query).json()["data"]["project"]["run"]["files"]["edges"][0]["node"]
    link = node["directUrl"].removeprefix(victim.server.url)
    before = whole_blobs(blobs)
    # One upload is under way when the run goes.
    with victim.socket() as connection:
        connection.sendall(put_head(victim, late, "Content-Length: 8") + b"half")
        assert victim.graphql(DELETE_RUN, {"i": run_id}).status == 200
        # For good: a run in the trash still takes what comes.
        trash = f"/api/v1/projects/{victim.entity}/{PROJECT}/trash/{run}"
        assert victim.ask("DELETE", trash).status == 204
        connection.sendall(b"half")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 404")
    refused(victim.ask("PUT", late, b"x"), 404)
    refused(victim.ask("GET", link), 404)
    refused(victim.ask("POST", victim.stream_path(run), b"{}"), 404)
    assert whole_blobs(blobs) < before
    # A new run of that name has nothing to do with the old one's URLs.
    victim.new_run(run)
    refused(victim.ask("PUT", late, b"x"), 404)
    assert victim.read_run(run)["files"]["edges"] == []


def test_not_arrived_yet(victim: Victim) -> None:
    run = victim.new_run("waiting")
    victim.create_files(run, ["later.txt"])
    place = f"/files/{victim.entity}/{PROJECT}/{run}"
    for name in ("later.txt", "never.txt", "later.txt/more", "later"):
        for method in ("GET", "HEAD"):
            assert victim.ask(method, f"{place}/{name}").status == 404
    mark = "mutation($i:MarkRunFilesUploadedInput!){markRunFilesUploaded(input:$i){success}}"
    given = {"entityName": victim.entity, "projectName": PROJECT, "runName": run}
    assert victim.graphql(mark, {"i": given | {"files": ["later.txt", "../x"]}}).status == 200
    assert victim.ask("GET", f"{place}/later.txt").status == 404  # saying so brings no bytes


RANGES: dict[str, tuple[int, str | None]] = {
    "bytes=0-3": (206, "bytes 0-3/4000"),
    "bytes=-4": (206, "bytes 3996-3999/4000"),
    "bytes=-99999999999": (206, "bytes 0-3999/4000"),
    "bytes=3990-": (206, "bytes 3990-3999/4000"),
    "bytes=3990-99999999999999999": (206, "bytes 3990-3999/4000"),
    "bytes=4000-": (416, "bytes */4000"),
    "bytes=5-2": (416, "bytes */4000"),
    "bytes=-0": (416, "bytes */4000"),
    "bytes=99999999999999999-": (416, "bytes */4000"),
    # Not understood, or several at once: the whole file, as HTTP has it.
    **dict.fromkeys(
        ["", "bytes", "bytes=", "bytes=-", "bytes=0-0,5-6", "bytes=abc", "lines=0-3", "bytes = 0-3",
         "bytes=--5", "bytes=1-2-3", "bytes=²-³", "bytes=1.5-2", "bytes=0x1-", "bytes=+1-2",
         f"bytes={'9' * 5_000}-", f"bytes=-{'9' * 5_000}", f"bytes=0-{'9' * 5_000}"],
        (200, None),
    ),
}  # fmt: skip


def test_ranges(victim: Victim) -> None:
    whole = b"kept" * 1_000
    for wanted, (status, content_range) in RANGES.items():
        answer = victim.ask("GET", f"/files/{victim.entity}/{KEPT}", None, {"Range": wanted})
        assert (answer.status, answer.headers.get("content-range")) == (status, content_range)
        if status == 416:
            refused(answer, 416)
        elif content_range:
            first, last = (int(n) for n in content_range[6:].split("/")[0].split("-"))
            assert answer.body == whole[first : last + 1]
        else:
            assert answer.body == whole


def test_a_client_that_leaves_during_a_download(victim: Victim) -> None:
    run = victim.new_run("download")
    url = victim.upload_urls(run, ["d.bin"])[0]
    assert victim.ask("PUT", url, b"x" * 1_000_000).status == 200
    path = f"/files/{victim.entity}/{PROJECT}/{run}/d.bin"
    for _ in range(5):
        with victim.socket() as connection:
            head = [f"GET {path} HTTP/1.1", "Host: x", *map(": ".join, victim.headers.items())]
            connection.sendall("\r\n".join([*head, "", ""]).encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert len(victim.ask("GET", path).body) == 1_000_000


def test_an_empty_file_is_one(victim: Victim) -> None:
    run = victim.new_run("empty")
    url = victim.upload_urls(run, ["e.txt"])[0]
    assert victim.ask("PUT", url, b"").status == 200
    path = f"/files/{victim.entity}/{PROJECT}/{run}/e.txt"
    assert victim.ask("GET", path).body == b""
    assert victim.ask("GET", path, None, {"Range": "bytes=0-3"}).status == 416


def test_lists_of_files_of_a_wrong_shape(victim: Victim) -> None:
    for names in ([None], [5], [["a"]], [{"a": 1}]):
        refused(victim.create_files(KEEPSAKE, names), 400)
    body = json.dumps({"entityName": victim.entity, "projectName": PROJECT, "runName": KEEPSAKE})
    refused(victim.graphql("mutation($i:CreateRunFilesInput!){createRunFiles(input:$i){runID}}",
                           {"i": json.loads(body)}), 400)  # fmt: skip
