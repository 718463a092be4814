"""Artifacts by the real clients: what one logs, all read back byte for byte."""

from __future__ import annotations

import pytest
from tests.compat.conftest import Client

pytestmark = pytest.mark.compat

WEIGHTS = (bytes(range(256)) * 4_000).hex()[:60]
TEXT = b"hello".hex()
ELSEWHERE = b"elsewhere".hex()
SIZE = 5 + 2 * 1_024_000 + 9


def test_artifacts(client: Client) -> None:
    facts = client.run("artifacts", f"artifacts-{client.line}").facts

    assert facts["logged"] == ["v0", ["best", "latest"], "COMMITTED", SIZE, "about"]
    assert facts["read"] == ["v0", {"n": 3, "x": [1, None]}, "dataset", SIZE, True]
    assert facts["whole"] == {
        "a.txt": TEXT,
        "ref.txt": ELSEWHERE,
        "sub/twin.bin": WEIGHTS,
        "sub/ä b.bin": WEIGHTS,
    }
    assert facts["one"] == {"a.txt": TEXT}
    assert facts["entry"]
    assert facts["files"] == [["a.txt", 5]]
    assert facts["verify"] == "no error: None"
    assert facts["table"] == [["i", "image"], 1, "Image"]
    assert facts["derived"] == ["other.table.json"]

    check_lineage(facts, client)

    paths = ["new.txt", "ref.txt", "sub/twin.bin", "sub/ä b.bin"]
    assert facts["draft"] == ["v1", ["best", "latest"], paths]
    # Logged again unchanged it is the version that was there, under its new name.
    assert facts["same"] == ["v0", ["latest"]]
    assert facts["model"] == "hello"
    assert facts["shared"] == {"part0.txt": b"0".hex(), "part1.txt": b"1".hex()}
    assert facts["edited"] == ["v1", 1, "other", ["best", "prod"]]
    assert facts["linked"] == ["data:v1", True]

    assert facts["collection"] == ["all data", ["best", "latest", "prod"]]
    assert facts["versions"] == ["v1", "v0"]
    growing = ["wandb-run-incremental-table"] if client.is_modern else []
    assert facts["types"] == ["code", "dataset", "evalset", "model", "run_table", *growing]
    assert "not found" in facts["absent"]
    assert facts["exists"] == [True, False, True]
    assert "The version has the alias(es) best, prod" in facts["kept"]
    assert facts["deleted"] == [False, True]
    assert facts["left"] == "v0"
    assert facts.get("gone", False) is False


def check_lineage(facts: dict, client: Client) -> None:
    growing = ["run-ID-incr-growing:v0", "run-ID-incr-growing:v1"] if client.is_modern else []
    assert [name for name in facts["outputs"] if "source" not in name] == sorted(
        ["data:v0", "derived:v0", "run-ID-table:v0", "tables:v0", *growing]
    )
    assert sum(name.startswith("source-") for name in facts["outputs"]) == 1
    # Each version of a table that grows holds all parts so far.
    assert facts["growing"] == ({"v0": 1, "v1": 2} if client.is_modern else {})
    assert facts["inputs"] == ["data:v0"]
    assert facts["lineage"] == [[True], True]
