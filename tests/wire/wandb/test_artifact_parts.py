"""Contents in parts, on the disk and in a bucket, and contents that go to the bucket directly."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.s3.moto import BUCKET, empty, moto
from tests.wire.wandb.conftest import Site
from tests.wire.wandb.test_artifacts import Upload, find, manifest, md5, said

from runstone.services.collection import Collector
from runstone.storage.s3 import Bucket, S3Blobs
from runstone.testing.blobs import LARGE, PART_BYTES
from runstone.wire.common.context import Limits
from runstone.wire.wandb import create_app

FILES = (
    "mutation F($i: CreateArtifactFilesInput!) { createArtifactFiles(input: $i) { files { edges { "
    "node { storagePath uploadUrl uploadHeaders uploadMultipartUrls { uploadID uploadUrlParts { "
    "partNumber uploadUrl } } } } } } }"
)
COMPLETE = (
    "mutation C($i: CompleteMultipartUploadArtifactInput!) { "
    "completeMultipartUploadArtifact(input: $i) { digest } }"
)


@pytest.fixture(scope="module")
def endpoint_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(scope="module")
def bucket_blobs(endpoint_url: str) -> Iterator[S3Blobs]:
    blobs = S3Blobs(Bucket(BUCKET, endpoint_url, addressing="path"), "r/")
    yield blobs
    blobs.close()


def on(site: Site, blobs: Any) -> Site:
    """The same site with another blob store, and room for large files."""
    context = dataclasses.replace(
        site.context,
        blobs=blobs,
        collector=Collector(site.context.store, blobs),
        limits=Limits(max_upload_bytes=20_000_000),
    )
    changed = dataclasses.replace(site, context=context, app=create_app(context))
    changed.keys.update(site.keys)
    return changed


@pytest.fixture
def local(site: Site) -> Site:
    return on(site, site.context.blobs)


@pytest.fixture
def bucket(site: Site, bucket_blobs: S3Blobs, endpoint_url: str) -> Site:
    empty(endpoint_url)
    return on(site, bucket_blobs)


@pytest.fixture(params=["local", "bucket", "bucket by way of the server"])
def either(request: pytest.FixtureRequest) -> Iterator[Site]:
    site = request.getfixturevalue("local" if request.param == "local" else "bucket")
    blobs = site.context.blobs
    before = blobs.supports_presigned_urls
    blobs.supports_presigned_urls = request.param == "bucket"
    yield site
    blobs.supports_presigned_urls = before


def hex_md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


class InParts(Upload):
    """A version with one large file, sent as clients do."""

    def ask(self, body: bytes, *, size: int = PART_BYTES, name: str = "f") -> dict[str, Any]:
        self.pieces = [body[start : start + size] for start in range(0, len(body), size)]
        self.wanted = [
            {"partNumber": number, "hexMD5": hex_md5(piece)}
            for number, piece in enumerate(self.pieces, start=1)
        ]
        spec = {
            "artifactID": self.id, "name": name, "md5": md5(body), "uploadPartsInput": self.wanted,
        }  # fmt: skip
        given = {"artifactFiles": [spec], "storageLayout": "V2"}
        (edge,) = self.site.data(FILES, i=given)["createArtifactFiles"]["files"]["edges"]
        self.node = dict(edge["node"])
        return self.node

    def part(self, number: int, body: bytes | None = None) -> httpx.Response:
        urls = self.node["uploadMultipartUrls"]["uploadUrlParts"]
        assert urls[number - 1]["partNumber"] == number
        expected = self.pieces[number - 1]
        return self.send_to(
            urls[number - 1]["uploadUrl"], expected if body is None else body, md5(expected)
        )

    def send_to(self, url: str, body: bytes, digest: str) -> httpx.Response:
        headers = {"Content-MD5": digest, "Content-Length": str(len(body))}
        if url.startswith("http://127.0.0.1"):
            return httpx.put(url, content=body, headers=headers)
        return self.site.ask("PUT", urlsplit(url).path, body, user=None, headers=headers)

    def complete(self, **changed: Any) -> httpx.Response:
        etags = [{**one, "hexMD5": f'"{one["hexMD5"]}"'} for one in self.wanted]
        values = {
            "completeMultipartAction": "Complete", "completedParts": etags, "artifactID": self.id,
            "storagePath": self.node["storagePath"],
            "uploadID": self.node["uploadMultipartUrls"]["uploadID"], **changed,
        }  # fmt: skip
        return self.site.graphql(COMPLETE, i=values)


def download(site: Site, name: str = "c:latest") -> bytes:
    (edge,) = find(site, name)["artifact"]["files"]["edges"]
    answer = site.ask("GET", urlsplit(edge["node"]["directUrl"]).path, user=None)
    if answer.status_code == 302:
        answer = httpx.get(answer.headers["location"])
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''f"
    assert answer.status_code == 200
    return answer.content


def keys_in(endpoint_url: str) -> list[str]:
    text = httpx.get(f"{endpoint_url}/{BUCKET}?list-type=2").text
    return [part.split("</Key>")[0] for part in text.split("<Key>")[1:]]


def test_a_large_file_comes_in_parts(either: Site) -> None:
    upload = InParts(either)
    node = upload.ask(LARGE)
    assert node["uploadUrl"]
    for number in (3, 1, 2):
        answer = upload.part(number)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{hex_md5(upload.pieces[number - 1])}"'
    for _ in range(2):  # the second time its answer was lost
        done = upload.complete().json()["data"]["completeMultipartUploadArtifact"]
        assert done == {"digest": md5(LARGE)}
    assert upload.describe(manifest(f=LARGE)).status_code == 200
    assert upload.commit().json()["data"]["commitArtifact"]["artifact"]["size"] == len(LARGE)
    assert download(either) == LARGE
    # The project has it now.
    assert InParts(either, digest="d1").ask(LARGE)["uploadUrl"] is None


def test_an_upload_is_gone_on_with(either: Site) -> None:
    upload = InParts(either)
    first = upload.ask(LARGE)
    for number in (1, 2):
        assert upload.part(number).status_code == 200
    assert said(upload.complete()) == (409, "parts-missing")
    again = upload.ask(LARGE)  # the client was started anew
    assert again["storagePath"] == first["storagePath"]
    assert again["uploadMultipartUrls"]["uploadID"] == first["uploadMultipartUrls"]["uploadID"]
    assert upload.part(3).status_code == 200
    assert upload.complete().status_code == 200
    assert upload.describe(manifest(f=LARGE)).status_code == 200
    assert upload.commit().status_code == 200
    assert download(either) == LARGE


def test_parts_that_do_not_make_the_file(either: Site) -> None:
    upload = InParts(either)
    upload.ask(LARGE)
    # What a client promises of parts and of the whole need not agree.
    other = LARGE[:-1] + b"?"
    spec = {
        "artifactID": upload.id,
        "name": "f",
        "md5": md5(other),
        "uploadPartsInput": upload.wanted,
    }
    given = {"artifactFiles": [spec], "storageLayout": "V2"}
    (edge,) = either.data(FILES, i=given)["createArtifactFiles"]["files"]["edges"]
    upload.node = dict(edge["node"])
    for number in (1, 2, 3):
        assert upload.part(number).status_code == 200
    assert said(upload.complete()) == (400, "digest-mismatch")
    assert upload.describe(manifest(f=other)).status_code == 200
    assert said(upload.commit()) == (409, "files-missing")


def test_a_wrong_part_is_refused(local: Site) -> None:
    upload = InParts(local)
    upload.ask(LARGE)
    right, wrong = upload.pieces[0], bytes(PART_BYTES)
    assert said(upload.part(1, wrong)) == (400, "digest-mismatch")
    assert said(upload.part(1, right[:-1])) == (400, "digest-mismatch")
    assert upload.part(1).status_code == 200
    assert said(upload.part(2, upload.pieces[1][:-1])) == (400, "wrong-size")
    url = upload.node["uploadMultipartUrls"]["uploadUrlParts"][0]["uploadUrl"]
    path = urlsplit(url).path
    assert said(local.ask("PUT", path.replace("/parts/", "/parts/x"), right, user=None)) == (
        403, "bad-signature",
    )  # fmt: skip
    assert said(local.ask("GET", path, user=None))[0] == 400


def test_what_is_asked_for_wrongly(local: Site) -> None:
    upload = InParts(local)
    upload.ask(LARGE)
    assert said(upload.complete(storagePath="wandb_artifacts/../x")) == (
        400,
        "unknown-storage-path",
    )
    other = Upload(local, "other").id
    assert said(upload.complete(artifactID=other)) == (400, "unknown-storage-path")
    assert said(upload.complete(uploadID="../../etc")) == (404, "no-such-upload")
    assert said(upload.complete(uploadID="0" * 32 + "-3")) == (404, "no-such-upload")
    wrong = [{"partNumber": 2, "hexMD5": "0" * 32}]
    assert said(upload.complete(completedParts=wrong)) == (400, "malformed-parts")
    wrong = [{"partNumber": 1, "hexMD5": "zz"}]
    assert said(upload.complete(completedParts=wrong)) == (400, "malformed-digest")
    assert upload.site.graphql(
        COMPLETE,
        user="bob",
        i={
            "completeMultipartAction": "Complete", "completedParts": upload.wanted,
            "artifactID": upload.id, "storagePath": upload.node["storagePath"],
            "uploadID": upload.node["uploadMultipartUrls"]["uploadID"],
        },
    ).status_code == 404  # fmt: skip


def test_a_file_larger_than_allowed(local: Site) -> None:
    upload = InParts(local)
    body = bytes(21_000_000)
    upload.ask(body)
    for number in (1, 2, 3):
        assert upload.part(number).status_code == 200
    assert said(upload.part(4)) == (413, "upload-too-large")


# Straight to the bucket


def put(upload: Upload, name: str, body: bytes, *, sent: bytes | None = None) -> None:
    node = upload.announce(name, body)
    assert node["uploadHeaders"] == [f"Content-MD5:{md5(body)}"]
    data = body if sent is None else sent
    # Moto believes any Content-MD5; a real server refuses other bytes.
    answer = httpx.put(node["uploadUrl"], content=data, headers={"Content-MD5": md5(body)})
    assert answer.status_code == 200


def test_files_go_to_the_bucket_and_come_from_it(bucket: Site, endpoint_url: str) -> None:
    upload = Upload(bucket)
    put(upload, "f", b"what was learned")
    assert upload.announce("f", b"what was learned")["uploadUrl"].startswith(endpoint_url)
    assert upload.describe(manifest(f=b"what was learned")).status_code == 200
    assert upload.commit().status_code == 200
    assert download(bucket) == b"what was learned"
    assert not list((bucket.folder / "blobs").rglob("v*"))


def test_one_content_is_kept_once(bucket: Site, endpoint_url: str) -> None:
    uploads = [Upload(bucket, "c"), Upload(bucket, "d", project="q")]
    for upload in uploads:  # at once: neither is known when the other is sent
        put(upload, "f", b"same")
        put(upload, "f", b"same")  # sent again by a client that starts anew
    for upload in uploads:
        assert upload.describe(manifest(f=b"same")).status_code == 200
        assert upload.commit().status_code == 200
    assert (download(bucket), len(keys_in(endpoint_url))) == (b"same", 1)


def test_other_bytes_than_announced_are_refused_and_removed(
    bucket: Site, endpoint_url: str
) -> None:
    upload = Upload(bucket)
    put(upload, "good", b"right")
    put(upload, "f", b"promised", sent=b"delivered")
    assert upload.describe(manifest(f=b"promised", good=b"right")).status_code == 200
    answer = upload.commit()
    assert said(answer) == (400, "digest-mismatch")
    assert "1 file(s) arrived with other bytes" in answer.json()["errors"][0]["message"]
    assert len(keys_in(endpoint_url)) == 1
    put(upload, "f", b"promised")
    assert upload.commit().status_code == 200


def test_a_store_that_tells_no_md5_is_read(bucket: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = Upload(bucket)
    put(upload, "f", b"encrypted")
    listing = S3Blobs.list_blobs

    async def listed(self: S3Blobs, prefix: str) -> Any:
        async for info in listing(self, prefix):
            yield dataclasses.replace(info, md5=bytes(16))

    monkeypatch.setattr(S3Blobs, "list_blobs", listed)
    assert upload.describe(manifest(f=b"encrypted")).status_code == 200
    assert upload.commit().status_code == 200
    assert download(bucket) == b"encrypted"


def test_whoever_has_a_key_reads_through_the_server(bucket: Site) -> None:
    # A client would send its key to the bucket along with the signature, which S3 refuses.
    upload = Upload(bucket)
    put(upload, "f", b"by key")
    assert upload.describe(manifest(f=b"by key")).status_code == 200
    assert upload.commit().status_code == 200
    answer = bucket.ask("GET", f"/artifactsV2/default/ada/p/{hex_md5(b'by key')}/f")
    assert (answer.status_code, answer.content) == (200, b"by key")
    (edge,) = find(bucket, "c:latest")["artifact"]["files"]["edges"]
    path = urlsplit(edge["node"]["directUrl"]).path
    assert bucket.ask("GET", path).content == b"by key"
    assert bucket.ask("HEAD", path, user=None).headers["content-length"] == "6"
