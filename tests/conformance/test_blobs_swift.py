"""The blob suite over a real S3 server: Swift, where it is installed (`make s3` installs it)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import boto3
import httpx
import pytest
from tests.s3.swift import ACCESS_KEY, REGION, SECRET_KEY, NoSwift, Swift

from runstone.ports.blobs import Blobs, Part
from runstone.storage.s3 import Bucket, S3Blobs
from runstone.testing.blobs import BlobsConformance, chunks_of, md5, run

pytestmark = [pytest.mark.slow, pytest.mark.s3]

BUCKET = "runstone-tests"
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    try:
        swift = Swift(tmp_path_factory.mktemp("swift"))
    except NoSwift:
        pytest.skip("needs Swift: make s3")
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            patched.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            client = boto3.client("s3", endpoint_url=swift.endpoint_url, region_name=REGION)
            client.create_bucket(Bucket=BUCKET)
            yield Bucket(BUCKET, swift.endpoint_url, region=REGION, addressing="path")
    finally:
        swift.stop()


@pytest.fixture(scope="module")
def only_blobs(bucket: Bucket) -> Iterator[S3Blobs]:
    blobs = S3Blobs(bucket)
    yield blobs
    blobs.close()


class TestBlobsOnSwift(BlobsConformance):
    @pytest.fixture
    def blobs(self, only_blobs: S3Blobs) -> Blobs:
        only_blobs._prefix = f"test/{next(_NUMBERS)}/"  # making one costs half a second
        return only_blobs

    def test_other_bytes_than_those_signed_are_refused(self, blobs: Blobs) -> None:
        url = blobs.upload_url("a", md5=md5(b"promised"), lifetime_s=60)
        sent = {"Content-MD5": "7Qdih1MuhjZehB6Sv8UNjA=="}
        assert httpx.put(url, content=b"promised", headers=sent).status_code == 403
        assert httpx.put(url, content=b"promised").status_code == 403
        sent = {"Content-MD5": "z7OZ2QKuq4xUGcLrxN3nqg=="}
        assert httpx.put(url, content=b"promised", headers=sent).status_code == 403
        assert run(blobs.size("a")) is None

    def test_urls_end(self, blobs: Blobs) -> None:
        run(blobs.put("a", chunks_of([b"x"])))
        url = blobs.download_url("a", name="a", media_type="text/plain", lifetime_s=60)
        assert httpx.get(url).content == b"x"
        assert httpx.get(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).status_code == 403
        upload = run(blobs.begin_upload("b", 1))
        url = blobs.part_url("b", upload, Part(1, md5(b"x")), lifetime_s=60)
        assert httpx.put(url.replace("partNumber=1", "partNumber=2")).status_code == 403
