"""Which blob store a data folder belongs to, and starts that must fail for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.s3.moto import BUCKET, CREDENTIALS, empty, moto
from tests.server.processes import Server, runstone

from runstone.domain.errors import Conflict, Unavailable
from runstone.ports.blobs import Blobs
from runstone.server.blob_place import BucketPlace, read_place
from runstone.server.blob_store import open_blobs
from runstone.server.folder import hold
from runstone.server.settings import BadSetting, read_settings
from runstone.testing.blobs import chunks_of, read_all, run


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture
def endpoint(server_url: str) -> str:
    empty(server_url)
    return server_url


def place_at(endpoint: str, prefix: str = "a/") -> BucketPlace:
    return BucketPlace(BUCKET, prefix, endpoint_url=endpoint, addressing="path")


def opened(place: BucketPlace | None, path: Path) -> Blobs:
    with hold(path) as folder:
        return open_blobs(place, folder)


def refusal(place: BucketPlace | None, path: Path) -> str:
    with pytest.raises(Conflict) as caught:
        opened(place, path)
    assert caught.value.code == "other-blobs"
    return caught.value.message


def test_a_folder_keeps_to_its_bucket(endpoint: str, tmp_path: Path) -> None:
    for _ in range(2):
        blobs = opened(place_at(endpoint), tmp_path)
        run(blobs.put("runs/1/a", chunks_of([b"kept"])))
        assert run(read_all(blobs, "runs/1/a")) == b"kept"
        blobs.close()
    assert f"are in s3://{BUCKET}/a/, and the setting blobs" in refusal(None, tmp_path)
    assert "has no files of this server" in refusal(place_at(endpoint, "b/"), tmp_path)
    opened(place_at(endpoint, "b/"), tmp_path / "second").close()
    assert "has the files of another server" in refusal(place_at(endpoint, "b/"), tmp_path)


def test_a_bucket_is_not_shared(endpoint: str, tmp_path: Path) -> None:
    opened(place_at(endpoint), tmp_path / "first").close()
    said = refusal(place_at(endpoint), tmp_path / "second")
    assert "holds the files of another data folder" in said
    assert f"s3://{BUCKET}/a/second" in said
    assert not (tmp_path / "second" / "blobs.json").exists()


def test_files_on_the_disk_are_not_left_behind(endpoint: str, tmp_path: Path) -> None:
    blobs = opened(None, tmp_path)
    run(blobs.put("runs/1/a", chunks_of([b"kept"])))
    assert "copy all that is in" in refusal(place_at(endpoint), tmp_path)
    run(blobs.delete("runs/1/a"))
    opened(place_at(endpoint), tmp_path).close()


def test_a_bucket_that_was_moved_is_known_again(endpoint: str, tmp_path: Path) -> None:
    blobs = opened(place_at(endpoint), tmp_path)
    mark = run(read_all(blobs, "runstone.json"))
    blobs.close()
    assert json.loads(mark)["id"] == json.loads((tmp_path / "blobs.json").read_text())["id"]
    httpx.put(f"{endpoint}/{BUCKET}/moved/runstone.json", content=mark)
    opened(place_at(endpoint, "moved/"), tmp_path).close()


def test_a_first_start_that_was_cut_off(endpoint: str, tmp_path: Path) -> None:
    blobs = opened(place_at(endpoint), tmp_path)
    run(blobs.delete("runstone.json"))
    blobs.close()
    assert "has no files of this server" in refusal(place_at(endpoint, "b/"), tmp_path)
    blobs = opened(place_at(endpoint), tmp_path)
    assert run(blobs.size("runstone.json"))
    run(blobs.put("runs/1/a", chunks_of([b"kept"])))
    run(blobs.delete("runstone.json"))  # not by us: there are files
    blobs.close()
    assert "has no files of this server" in refusal(place_at(endpoint), tmp_path)


def test_a_bucket_that_refuses(endpoint: str, tmp_path: Path) -> None:
    missing = BucketPlace("no-such-bucket", "", endpoint_url=endpoint, addressing="path")
    with pytest.raises(Unavailable, match="There is no bucket no-such-bucket"):
        opened(missing, tmp_path)
    assert not (tmp_path / "blobs.json").exists()


def test_a_server_on_a_bucket(endpoint: str, tmp_path: Path) -> None:
    wrong = f"s3://no-such-bucket?endpoint_url={endpoint}&addressing=path"
    done = runstone(
        "up", "--data", tmp_path / "data", "--port", "0", "--blobs", wrong, environ=CREDENTIALS
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no bucket no-such-bucket")
    assert done.stderr.count("\n") == 1
    right = f"s3://{BUCKET}/here?endpoint_url={endpoint}&addressing=path"
    server = Server(tmp_path / "data", environ={**CREDENTIALS, "RUNSTONE_BLOBS": right})
    try:
        assert server.ask("GET", "/ready").status == 200
    finally:
        assert server.stop() == 0
    assert not (tmp_path / "data" / "blobs").exists()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("folder", None),
        ("s3://bucket", BucketPlace("bucket", "")),
        ("s3://bucket/", BucketPlace("bucket", "")),
        ("s3://my.bucket/a/b-c", BucketPlace("my.bucket", "a/b-c/")),
        (
            "s3://bucket/p?endpoint_url=http://minio:9000&client_endpoint_url=https://f.example"
            "&region=eu-west-1&addressing=path&profile=lab&presigned=off",
            BucketPlace(
                "bucket", "p/", "http://minio:9000", "https://f.example", "eu-west-1", "path",
                "lab", presigned=False,
            ),
        ),
    ],
)  # fmt: skip
def test_addresses(text: str, place: BucketPlace | None) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "", "s3:", "s3://", "s3://b/../c", "s3://bucket/a//b", "gs://bucket", "/folder", "bucket",
        "s3://key:secret@bucket", "s3://bucket?presigned=maybe", "s3://bucket?region=",
        "s3://bucket?addressing=dns", "s3://bucket?endpoint_url=minio:9000", "s3://bucket?regio=a",
        "s3://bucket?region=a&region=b", "s3://bucket#x", "s3://bucket/a b",
    ],
)  # fmt: skip
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^--blobs must be `folder`, or an address such as"):
        read_settings({"blobs": text}, {})


def test_who_keeps_files_on_the_disk_loads_no_boto3() -> None:
    loads = "import sys, runstone.server.serve; print('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
