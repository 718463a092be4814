"""The words of artifacts that few use, by the real client: each once, contents byte for byte."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.compat.conftest import Client, of_line
from tests.compat.live import LiveServer
from tests.s3.moto import BUCKET, empty, moto

pytestmark = pytest.mark.compat


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with moto() as url:
        empty(url)
        yield url


@pytest.fixture
def newest(server: LiveServer, tmp_path: Path) -> Client:
    return of_line("0.31", server, tmp_path / "home")


def test_words_of_the_python_api(newest: Client, bucket: str) -> None:
    packages = Path(boto3.__file__).parent.parent
    facts = newest.run(
        "artifact_rest", "rest", BUCKET, str(packages), AWS_S3_ENDPOINT_URL=bucket,
        AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="us-east-1",
    ).facts  # fmt: skip

    assert facts["tags"] == [["raw", "to check"], ["checked", "to check"]]
    assert facts["by tag"] == [["files:v0"], []]
    assert facts["whole"]
    assert facts["in parts"]
    assert facts["prefix"] == ["train/0.bin", "train/1.bin", "train/2.bin"]
    assert facts["nothing there"] == {}
    assert (facts["listed"], facts["count"]) == (True, 9)
    assert facts["by path"] == ["0.bin", "1.bin", "2.bin"]
    assert facts["by default"] == ["run-ID-2.bin:v0", "unspecified"]
    assert facts["one file"]
    assert "more than one file" in facts["many files"]
    assert "extra.txt which is not a member" in facts["extra"]
    assert facts["checked out"] == [True, "no error: None"]
    assert "Digest mismatch for file: test/1.bin" in facts["changed"]

    check_references(facts)
    assert facts["partitioned"] == [[0], [10], [1], [11]]
    assert (facts["picture"], facts["page"], facts["picture in table"]) == (True, True, True)
    assert facts["table"] == [["x"], ["y"]]
    assert facts["table in the summary"] == "table-file"
    assert facts["code"] == ["code", {"train.py": "print('train')\n"}]
    assert facts["job"] == {"image": "ghcr.io/lab/train:1", "args": ["--lr", "1"]}
    check_lineage(facts)

    assert facts["collections"] == ["by-path", "cloud", "far", "files", "local", "refs"]
    assert facts["retyped"] == ["corpus", ["public", "small"], "Numbers"]
    assert facts["untagged"] == [["small"], ["files:v0"]]
    assert facts["exists"] == [True, False]
    assert "'files:v0' not found" in facts["deleted"]


def check_references(facts: dict[str, Any]) -> None:
    assert facts["references"] == {"kept.bin": bytes(range(256)).hex(), "a/lost.bin": b"lost".hex()}
    assert facts["uri"] == "THERE/kept.bin"
    assert "Failed to find file" in facts["reference lost"]
    assert facts["bucket"] == {"kept.bin": "kept.bin", "lost.bin": "lost.bin"}
    assert (
        facts["lost"]
        == f"FileNotFoundError: Unable to find lost.bin at s3://{BUCKET}/refs/lost.bin"
    )
    assert facts["without lost"] == ["kept.bin"]
    assert facts["far"] == {"other": "nfs://disk/other"}


def check_lineage(facts: dict[str, Any]) -> None:
    assert facts["inputs"] == ["files:v0"]
    assert dict(facts["outputs"]) == {
        "by-path:v0": "dataset",
        "cloud:v0": "dataset",
        "far:v0": "dataset",
        "files:v0": "dataset",
        "job-ghcr.io_lab_train_1:v0": "job",
        "parts:v0": "tables",
        "refs:v0": "dataset",
        "run-ID-2.bin:v0": "unspecified",
        "run-ID-plain:v0": "run_table",
        "run-ID-shown:v0": "run_table",
        "source-rest-None:v0": "code",
    }
    assert "this artifact is of type 'dataset'" in facts["type refused"]
    assert facts["used by"] == [True, True]
    assert facts["not logged"] == [True, [True]]
    assert facts["by api"] == ["files:v0", "local:v0", "refs:v0"]
    assert facts["logged by api"] == [["api", "latest"], True]


def test_words_of_the_shell(newest: Client, tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("one")
    (source / "sub" / "b.bin").write_bytes(bytes(range(256)) * 100)
    name = "ada/shell/faces"

    put = newest.cli(
        "artifact", "put", str(source), "-n", name, "-t", "images", "-a", "best", "-d", "about"
    )
    assert f'run.use_artifact("{name}:v0")' in put.output
    got = newest.cli("artifact", "get", f"{name}:best", "--root", str(copy))
    assert (put.code, got.code) == (0, 0), got.output
    compared = filecmp.cmpfiles(source, copy, ["a.txt", "sub/b.bin"], shallow=False)
    assert compared == (["a.txt", "sub/b.bin"], [], [])
    listed = newest.cli("artifact", "ls", "-t", "images", "ada/shell")
    assert (listed.code, "faces:v0" in listed.output) == (0, True), listed.output
    cleaned = newest.cli("artifact", "cache", "cleanup", "0B")
    assert (cleaned.code, "Reclaimed" in cleaned.output) == (0, True), cleaned.output
