"""Artifacts by our own client: found, compared, changed; tables; addresses."""

from __future__ import annotations

import math

import pytest
from tests.sdk.lab import Lab
from tests.sdk.trees import log

from runstone import Api, Artifact
from runstone.errors import (
    AlreadyExists,
    Conflict,
    InvalidInput,
    MissingPackage,
    NotFound,
)
from runstone.sdk.artifact_paths import read_collection_path, read_version_path


def test_lists(api: Api) -> None:
    project = "ada/lists"
    for name, kind, acc in (("net", "model", 0.1), ("net", "model", 0.9), ("set", "dataset", 0)):
        draft = Artifact(name, kind, metadata={"acc": acc})
        with draft.new_file("acc.txt", mode="xb") as file:
            file.write(str(acc).encode())
        api.log_artifact(draft, project)
    assert [(one.name, one.num_collections) for one in api.artifact_types("lists")] == [
        ("dataset", 1), ("model", 1),
    ]  # fmt: skip
    found = list(api.artifact_collections(project))
    assert [(one.name, one.num_versions, one.newest) for one in found] == [
        ("set", 1, "v0"), ("net", 2, "v1"),
    ]  # fmt: skip
    assert [one.name for one in api.artifact_collections(project, search="NE")] == ["net"]
    assert [one.name for one in api.artifacts(project, "model")] == ["net:v1", "net:v0"]
    good = api.artifacts(project + "/net", filter=lambda one: one.metadata["acc"] > 0.5)
    assert [one.name for one in good] == ["net:v1"]
    assert list(api.artifacts(project + "/net", "dataset")) == []
    with pytest.raises(Conflict, match="has the type 'model' already"):
        api.log_artifact(draft_of("net", "dataset"), project)


def test_what_differs(api: Api) -> None:
    before = log(api, "differs", {"same": b"s", "old": b"moved", "gone": b"g", "other": b"1"})
    after = log(api, "differs-too", {"same": b"s", "new": b"moved", "more": b"m", "other": b"22"})
    found = [(one.change, one.path) for one in after.changes_since(before)]
    assert sorted(found) == [
        ("added", "more"), ("changed", "other"), ("removed", "gone"), ("renamed", "new"),
    ]  # fmt: skip
    (moved,) = [one for one in after.changes_since(before) if one.change == "renamed"]
    assert moved.before is not None
    assert moved.before.path == "old"
    assert moved.before.read() == b"moved"


def draft_of(name: str, kind: str) -> Artifact:
    draft = Artifact(name, kind)
    with draft.new_file("a", mode="xb") as file:
        file.write(b"a")
    return draft


def test_changes(api: Api) -> None:
    first = log(api, "changing", {"a": b"1"}, aliases=["best"])
    second = log(api, "changing", {"a": b"2"})
    second.update(description="D", metadata={"n": math.inf}, tags=["x", "y"])
    assert second.add_aliases("best", "prod").aliases == ("best", "latest", "prod")
    assert second.remove_aliases("prod").aliases == ("best", "latest")
    found = api.artifact("arts/changing:best")
    assert found == second
    assert (found.description, found.metadata["n"], found.tags) == ("D", math.inf, ("x", "y"))
    assert first.reload().aliases == ()
    assert api.artifact(f"arts/changing:{first.digest}") == first
    assert api.artifact(found.url) == found

    collection = api.artifact_collection("arts/changing")
    assert dict(collection.aliases) == {"best": "v1", "latest": "v1"}
    log(api, "taken", {"a": b"1"})
    with pytest.raises(AlreadyExists):
        collection.update(name="taken")
    collection.update(name="changed", description="C", tags=["t"])
    assert api.artifact_collection("arts/changed").description == "C"
    with pytest.raises(NotFound):
        api.artifact_collection("arts/changing")
    with pytest.raises(Conflict, match="has the alias"):
        collection.version("best").delete()
    collection.version("best").delete(delete_aliases=True)
    assert [one.version for one in collection.versions()] == ["v0"]
    collection.delete()
    with pytest.raises(NotFound):
        collection.reload()


def test_runs_and_their_artifacts(lab: Lab, api: Api) -> None:
    lab.log("maker", "arts")
    run = api.run("ada/arts/maker")
    version = log(api, "made", {"a": b"a"}, run=run)
    assert run.logged_artifacts() == [version]
    assert run.used_artifacts() == []
    assert version.logged_by() == run
    with pytest.raises(NotFound, match="nobody"):
        log(api, "made", {"a": b"b"}, run="nobody")


def test_tables(api: Api) -> None:
    version = log(
        api,
        "tables",
        {
            "t.table.json": b'{"columns": ["a", "b"], "data": [[1, "x"], [NaN, null]]}',
            "t.csv": "a,b\n1,ü\n2\n".encode(),
            "other.json": b"[]",
        },
    )
    table = version.get_table("t")
    assert (table.columns, len(table), table.rows[0]) == (("a", "b"), 2, {"a": 1, "b": "x"})
    assert math.isnan(table.rows[1]["a"])
    assert table.to_pandas()["b"].isna().to_list() == [False, True]
    assert table.to_polars().columns == ["a", "b"]
    assert table.to_arrow().num_rows == 2
    assert version.get_table("t.csv").rows == [{"a": "1", "b": "ü"}, {"a": "2", "b": ""}]
    with pytest.raises(InvalidInput, match="is no table"):
        version.get_table("other.json")
    with pytest.raises(NotFound):
        version.get_table("nope")


def test_a_table_without_its_package(monkeypatch: pytest.MonkeyPatch, api: Api) -> None:
    version = log(api, "bare", {"t.csv": b"a\n1\n"})
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(MissingPackage, match=r"runstone\[polars\]"):
        version.get_table("t.csv").to_polars()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("lab/digits/net", "lab/digits/net:latest"),
        ("lab/digits/net:best", "lab/digits/net:best"),
        ("digits/net:v3", "ada/digits/net:v3"),
        ("https://runs.test/lab/digits/artifacts/model/net/v3", "lab/digits/net:v3"),
        ("https://runs.test/lab/digits/artifacts/model/a%20b", "lab/digits/a b:latest"),
        ("https://runs.test/lab/digits/artifacts/model/net/v3/files/a.txt", "lab/digits/net:v3"),
    ],
)
def test_addresses(text: str, path: str) -> None:
    assert str(read_version_path(text, lambda: "ada")) == path


@pytest.mark.parametrize("text", ["net", "a/b/c/d", "lab//net"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_version_path(text, lambda: "ada")
    with pytest.raises(InvalidInput, match="names a version"):
        read_collection_path("lab/digits/net:v1", lambda: "ada")
