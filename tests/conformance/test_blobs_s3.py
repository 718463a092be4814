"""The blob suite over a bucket of moto's server, and what a bucket may say instead."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.s3.moto import BUCKET, empty, moto

from runstone.domain.errors import Unavailable
from runstone.ports.blobs import Blobs
from runstone.storage.s3 import Bucket, S3Blobs
from runstone.testing.blobs import BIG, BlobsConformance, chunks_of, md5, read_all, run


@pytest.fixture(scope="module")
def endpoint_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture(scope="module")
def only_blobs(endpoint_url: str) -> Iterator[S3Blobs]:
    # Making one costs half a second: boto3 reads what AWS has.
    blobs = S3Blobs(Bucket(BUCKET, endpoint_url, addressing="path"), "some/prefix/")
    yield blobs
    blobs.close()


@pytest.fixture
def blobs(only_blobs: S3Blobs, endpoint_url: str) -> S3Blobs:
    """A bucket with nothing in it."""
    empty(endpoint_url)
    return only_blobs


class TestS3Blobs(BlobsConformance):
    is_model = True

    @pytest.fixture
    def blobs(self, blobs: S3Blobs) -> Blobs:
        return blobs


def test_large_blobs_go_in_pieces(blobs: S3Blobs) -> None:
    stored = run(blobs.put("large", chunks_of([BIG] * 8)))
    assert (stored.size_bytes, stored.md5) == (8 * len(BIG), md5(BIG * 8))
    assert run(read_all(blobs, "large")) == BIG * 8

    async def unfinished() -> list[str]:
        return [one.key async for one in blobs.list_uploads("")]

    assert run(unfinished()) == []


def test_what_breaks_off_leaves_no_pieces(blobs: S3Blobs) -> None:
    async def scenario() -> list[str]:
        async def breaks():  # type: ignore[no-untyped-def]
            for _ in range(4):
                yield BIG
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await blobs.put("large", breaks())
        return [one.key async for one in blobs.list_uploads("")]

    assert run(scenario()) == []


def test_how_clients_reach_it(blobs: S3Blobs, endpoint_url: str) -> None:
    def address(bucket: Bucket) -> str:
        made = S3Blobs(bucket)
        url = urlsplit(made.upload_url("a/b", md5=bytes(16), lifetime_s=60))
        made.close()
        assert "content-md5" in url.query
        return f"{url.scheme}://{url.netloc}{url.path}"

    assert address(Bucket("files", "http://s3.local:9000", addressing="path")) == (
        "http://s3.local:9000/files/a/b"
    )
    assert address(Bucket("files", "http://s3.local:9000", addressing="virtual")) == (
        "http://files.s3.local:9000/a/b"
    )
    inside = Bucket(
        "files", endpoint_url, client_endpoint_url="https://files.example.com", addressing="path"
    )
    assert address(inside) == "https://files.example.com/files/a/b"
    assert address(Bucket("files", region="eu-central-1")) == (
        "https://files.s3.eu-central-1.amazonaws.com/a/b"
    )


def test_a_bucket_that_is_not_there(endpoint_url: str) -> None:
    blobs = S3Blobs(Bucket("no-such-bucket", endpoint_url, addressing="path"))
    for work in (
        blobs.put("a", chunks_of([b"x"])),
        read_all(blobs, "a"),
        blobs.begin_upload("a", 1),
    ):
        with pytest.raises(Unavailable) as caught:
            run(work)
        assert caught.value.code == "bucket-missing"
        assert "There is no bucket no-such-bucket" in caught.value.message
    blobs.close()


def test_a_bucket_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch, endpoint_url: str
) -> None:
    monkeypatch.setattr("runstone.storage.s3.bucket._ATTEMPTS", 1)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        blobs = S3Blobs(Bucket("files", f"http://127.0.0.1:{port}", addressing="path"))
        with pytest.raises(Unavailable) as caught:
            run(blobs.size("a"))
        blobs.close()
    assert caught.value.code == "bucket-unreachable"
    assert f"http://127.0.0.1:{port}" in caught.value.message


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, endpoint_url: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    blobs = S3Blobs(Bucket(BUCKET, endpoint_url, addressing="path"))
    with pytest.raises(Unavailable) as caught:
        run(blobs.size("a"))
    blobs.close()
    assert caught.value.code == "bucket-no-credentials"
    assert "AWS_ACCESS_KEY_ID" in caught.value.message
