"""Moto's S3 as a server in this process, with one empty bucket: quick, and only a model of S3."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "blobs"


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """Its address; the environment has credentials for it meanwhile."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in CREDENTIALS.items():
                patched.setenv(name, value)
            yield f"http://{host}:{port}"
    finally:
        server.stop()


CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "testing"}


def empty(endpoint_url: str) -> None:
    """Forgets all that is there, and makes the bucket."""
    httpx.post(f"{endpoint_url}/moto-api/reset")
    assert httpx.put(f"{endpoint_url}/{BUCKET}").status_code == 200
