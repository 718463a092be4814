"""Real clients, their artifacts in a bucket; and large files in parts, over a server that dies."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from tests.compat.conftest import SCRIPTS, Client, finish, of_line
from tests.compat.live import LiveServer
from tests.compat.test_artifacts import test_artifacts as check_artifacts
from tests.s3.moto import BUCKET, empty, moto
from tests.s3.swift import ACCESS_KEY, REGION, SECRET_KEY, NoSwift, Swift

pytestmark = pytest.mark.compat

SIZE = 31_000_000
"""Six parts."""


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto() as url:
        empty(url)
        yield url


@pytest.fixture(scope="module")
def on_moto(moto_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    yield from live(moto_url, tmp_path_factory.mktemp("moto"))


@pytest.fixture(scope="module")
def on_swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
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
            yield from live(swift.endpoint_url, tmp_path_factory.mktemp("on-swift"))
    finally:
        swift.stop()


def live(endpoint_url: str, folder: Path) -> Iterator[LiveServer]:
    address = f"s3://{BUCKET}/lab?endpoint_url={endpoint_url}&addressing=path&region=us-east-1"
    server = LiveServer(folder / "data", "--blobs", address)
    server.start()
    yield server
    server.stop()
    assert "unexpected error" not in server.log(), server.log()
    assert not (folder / "data" / "blobs").exists()


def test_artifacts_in_a_bucket(on_moto: LiveServer, tmp_path: Path) -> None:
    check_artifacts(of_line("0.31", on_moto, tmp_path / "home"))


@pytest.mark.s3
@pytest.mark.slow
@pytest.mark.parametrize("line", ["0.31", "0.25", "0.19"])
def test_artifacts_on_a_real_s3_server(on_swift: LiveServer, tmp_path: Path, line: str) -> None:
    check_artifacts(of_line(line, on_swift, tmp_path / "home"))


def in_parts(client: Client) -> dict[str, str]:
    small = str(SCRIPTS / "small_parts")
    assert client.line == "0.19"
    return {"PYTHONPATH": small, "WANDB_X_REQUIRE_LEGACY_SERVICE": "true"}


@pytest.mark.s3
@pytest.mark.slow
def test_a_large_file_on_a_real_s3_server(on_swift: LiveServer, tmp_path: Path) -> None:
    client = of_line("0.19", on_swift, tmp_path / "home")
    file = str(client.home / "f.bin")
    facts = client.run("large", file, str(SIZE), **in_parts(client)).facts
    assert facts == {"version": "v0", "size": SIZE, "same": True}


def test_a_large_file_over_a_server_that_is_killed(tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "data")
    server.start()
    client = of_line("0.19", server, tmp_path / "home")
    blobs = tmp_path / "data" / "blobs"
    process = client.start("large", str(client.home / "f.bin"), str(SIZE), **in_parts(client))
    try:
        give_up = time.monotonic() + 90
        while not [*blobs.glob(".uploads/*/part.*"), *blobs.glob("contents/v1/*")]:
            assert time.monotonic() < give_up
            assert process.poll() is None
            time.sleep(0.002)
        # Not just while that part is answered: this client takes half an answer for a refusal.
        time.sleep(0.1 * random.random())
        server.kill()
        server.start()
        outcome = finish(process, within_s=200)
        assert outcome.code == 0, outcome.output
        assert outcome.facts == {"version": "v0", "size": SIZE, "same": True}
        assert len(list(blobs.glob("contents/v1/*"))) == 1, "it came in parts"
        assert list(blobs.glob(".uploads/*")) == []
    finally:
        process.kill()
        server.kill()
