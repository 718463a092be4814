"""The blob suite over a bucket of moto's server, and what only a bucket can get wrong."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from moto.server import ThreadedMotoServer

from runstone.ports.blobs import Blobs
from runstone.storage.s3 import Bucket, S3Blobs
from runstone.testing.blobs import BlobsConformance

BUCKET = "blobs"


@pytest.fixture(scope="module")
def endpoint_url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "test:tester")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def only_blobs(endpoint_url: str) -> Iterator[S3Blobs]:
    # Making one costs half a second: boto3 reads what AWS has.
    blobs = S3Blobs(Bucket(BUCKET, endpoint_url, addressing="path"), "some/prefix/")
    yield blobs
    blobs.close()


@pytest.fixture
def blobs(only_blobs: S3Blobs, endpoint_url: str) -> S3Blobs:
    """A bucket with nothing in it."""
    httpx.post(f"{endpoint_url}/moto-api/reset")
    assert httpx.put(f"{endpoint_url}/{BUCKET}").status_code == 200
    return only_blobs


class TestS3Blobs(BlobsConformance):
    is_model = True

    @pytest.fixture
    def blobs(self, blobs: S3Blobs) -> Blobs:
        return blobs
