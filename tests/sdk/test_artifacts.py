"""Artifacts by our own client: put together, uploaded, found, read, got, changed."""

from __future__ import annotations

import hashlib
import http.server
import math
import os
import random
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.sdk.cutting import wire
from tests.sdk.lab import Lab

from runstone import Api, Artifact, ArtifactVersion
from runstone.errors import (
    AlreadyExists,
    Conflict,
    CorruptData,
    InvalidInput,
    MissingPackage,
    NotFound,
    Unavailable,
)
from runstone.sdk import ArtifactFile
from runstone.sdk.artifact_cache import ArtifactCache
from runstone.sdk.artifact_downloads import Download
from runstone.sdk.artifact_paths import read_collection_path, read_version_path
from runstone.sdk.artifact_records import FileFacts
from runstone.sdk.settings import read_size

PROJECT = "ada/arts"
ODD = {
    "a b/ü/漢字 🦊.txt": b"deep",
    "d/" * 30 + "deep.txt": b"deeper",
    "empty.bin": b"",
    "100%.txt": b"percent",
    "x?y#z.txt": b"marks",
    "-dash": b"dash",
    "twin/one.bin": bytes(range(256)) * 100,
    "twin/two.bin": bytes(range(256)) * 100,
    "middle.bin": bytes(range(256)) * 10_000,
}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def log(api: Api, name: str, files: Mapping[str, bytes], **more: object) -> ArtifactVersion:
    """One version of an artifact of the project."""
    draft = Artifact(name, "dataset", metadata=more.pop("metadata", None))  # type: ignore[arg-type]
    for path, data in files.items():
        with draft.new_file(path) as file:
            file.write(data)
    return api.log_artifact(draft, PROJECT, **more)  # type: ignore[arg-type]


# There and back


def test_a_tree_comes_back_byte_for_byte(api: Api, tmp_path: Path) -> None:
    draft = Artifact(
        "odd",
        "dataset",
        description="Odd names.",
        metadata={"acc": math.nan, "$x": [1, None]},
        tags=["a b"],
        ttl=timedelta(days=90),
    )
    added = draft.add_dir(write(tmp_path / "in", ODD))
    assert [one.path for one in added] == sorted(ODD)
    told: list[float | None] = []
    version = api.log_artifact(
        draft, PROJECT, aliases=["best"], progress=lambda _, share: told.append(share)
    )

    assert told[-1] == 1.0
    assert version.path == "ada/arts/odd:v0"
    assert (version.type, version.description, version.tags) == ("dataset", "Odd names.", ("a b",))
    assert version.aliases == ("best", "latest")
    assert (version.num_files, version.size_bytes) == (len(ODD), sum(map(len, ODD.values())))
    assert version.digest == draft.digest
    assert math.isnan(version.metadata["acc"])
    assert version.metadata["$x"] == [1, None]
    assert version.logged_by() is None
    assert version.used_by() == []
    assert {file.path: file.size_bytes for file in version.files()} == {
        name: len(data) for name, data in ODD.items()
    }

    folder = version.download(tmp_path / "out")
    assert read(folder) == ODD
    version.verify(folder)
    for name, data in ODD.items():
        assert version.entry(name).read() == data
    assert [file.path for file in version.files("twin/")] == ["twin/one.bin", "twin/two.bin"]
    with pytest.raises(NotFound, match="has no file 'twin'"):
        version.entry("twin")


def test_the_same_again_is_the_same_version(api: Api) -> None:
    files = {"a.txt": b"a", "b.txt": b"b"}
    first = log(api, "again", files)
    again = log(api, "again", files, aliases=["second"])
    assert again == first
    assert again.aliases == ("latest", "second")
    other = log(api, "again", files | {"b.txt": b"B"})
    assert other.version == "v1"
    assert [one.version for one in api.artifact_collection("arts/again").versions()] == ["v1", "v0"]


def test_a_thousand_small_files_and_a_few_that_change(lab: Lab, tmp_path: Path) -> None:
    made = random.Random(1)
    files = {f"{n // 100}/{n}.bin": made.randbytes(2_000) for n in range(1_000)}
    source = write(tmp_path / "in", files)

    def put(api: Api) -> ArtifactVersion:
        draft = Artifact("many", "dataset")
        draft.add_dir(source)
        return api.log_artifact(draft, PROJECT)

    with wire(lab.url) as line, Api(line.url, lab.key) as api:
        first = put(api)
        assert line.up > 2_000_000
        sent = line.up
        write(source, {"0/0.bin": b"changed", "new.bin": b"new"})
        second = put(api)
        # The manifest and the digests, not the contents.
        assert line.up - sent < 500_000

        assert read(first.download(tmp_path / "out")) == files
        came = line.down
        assert read(second.checkout(tmp_path / "out")) == read(source)
        # What is there is not fetched again.
        assert line.down - came < 1_000_000


# Cuts


@pytest.fixture(scope="module")
def large() -> bytes:
    return random.Random(2).randbytes(50_000_000)


def test_an_upload_that_is_cut_goes_on(lab: Lab, tmp_path: Path, large: bytes) -> None:
    draft = Artifact("cut-up", "model")
    draft.add_file(write(tmp_path, {"large.bin": large}) / "large.bin")
    with (
        wire(lab.url, cut_up=40_000_000) as line,
        Api(line.url, lab.key) as api,
        pytest.raises(Unavailable),
    ):
        api.log_artifact(draft, PROJECT, workers=1)
    with lab.api() as api, pytest.raises(NotFound):
        api.artifact("arts/cut-up")

    with wire(lab.url) as line, Api(line.url, lab.key) as api:
        version = api.log_artifact(draft, PROJECT)
        assert line.up < 25_000_000
        assert (
            hashlib.md5(version.entry("large.bin").read()).digest() == hashlib.md5(large).digest()
        )


def test_a_download_that_is_cut_goes_on(lab: Lab, tmp_path: Path, large: bytes) -> None:
    target = tmp_path / "out" / "large.bin"
    with lab.api() as api:
        version = log(api, "cut-down", {"large.bin": large})
    with (
        wire(lab.url, cut_down=30_000_000) as line,
        Api(line.url, lab.key) as api,
        pytest.raises(Unavailable),
    ):
        api.artifact(version.path).download(tmp_path / "out")
    assert not target.exists()

    with wire(lab.url) as line, Api(line.url, lab.key) as api:
        found = api.artifact(version.path)
        found.download(tmp_path / "out")
        assert line.down < 35_000_000
        assert target.read_bytes() == large
        assert os.listdir(tmp_path / "out") == ["large.bin"]

        with found.open("large.bin") as file:
            assert file.seek(-10, os.SEEK_END) == len(large) - 10
            assert file.read() == large[-10:]
            file.seek(20_000_000)
            assert file.read(5) == large[20_000_000:20_000_005]
        # A large content of another version and place comes from the cache.
        came = line.down
        found.download(tmp_path / "other")
        assert line.down - came < 100_000
        assert (tmp_path / "other" / "large.bin").read_bytes() == large


def test_a_connection_that_drops_is_no_matter(lab: Lab, tmp_path: Path) -> None:
    """Also small files, of which many come and go in one request."""
    made = random.Random(3)
    files = {"large.bin": made.randbytes(20_000_000)} | {
        str(n): made.randbytes(20_000) for n in range(300)
    }
    draft = Artifact("dropped", "model")
    draft.add_dir(write(tmp_path / "in", files))
    with (
        wire(lab.url, cut_up=13_000_000, heals=True) as line,
        Api(line.url, lab.key) as api,
    ):
        version = api.log_artifact(draft, PROJECT)
        assert line.up > 13_000_000
    with (
        wire(lab.url, cut_down=13_000_000, heals=True) as line,
        Api(line.url, lab.key) as api,
    ):
        found = api.artifact(version.path)
        assert read(found.download(tmp_path / "out", skip_cache=True)) == files
        assert line.down > 26_000_000


def test_a_large_file_of_equal_parts(api: Api, tmp_path: Path) -> None:
    """Its parts are one content, and another file of it is that content, too."""
    zeros = bytes(16 << 20)
    files = {"part.bin": zeros, "whole.bin": zeros * 2 + b"1"}
    version = log(api, "zeros", files)
    assert read(version.download(tmp_path, skip_cache=True)) == files


# The cache


def test_the_cache_is_checked_and_kept_small(api: Api, tmp_path: Path) -> None:
    files = {"small.txt": b"small", "large.bin": bytes(2_000_000)}
    version = log(api, "cached", files)
    cache = ArtifactCache()
    version.download(tmp_path / "without", skip_cache=True)
    assert cache.state().num_files == 0
    version.download(tmp_path / "one")
    assert (cache.state().num_files, cache.state().size_bytes) == (2, 2_000_005)

    # What was downloaded can be changed without harm to what is kept.
    (tmp_path / "one" / "small.txt").write_bytes(b"SMALL")
    assert read(version.download(tmp_path / "two")) == files
    for path in cache.folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"x" * path.stat().st_size)
    assert read(version.download(tmp_path / "three")) == files
    assert cache.clean(2_000_000) == 5
    assert cache.clean() == 2_000_000
    assert cache.state().num_files == 0


def test_the_cache_has_a_limit(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = log(api, "limited", {str(n): bytes([n]) * 1_000 for n in range(20)})
    monkeypatch.setenv("RUNSTONE_CACHE_SIZE", "10kB")
    version.download(tmp_path / "one")
    assert 0 < ArtifactCache().state().size_bytes <= 10_000
    monkeypatch.setenv("RUNSTONE_CACHE_SIZE", "0")
    ArtifactCache().clean()
    version.download(tmp_path / "two")
    assert ArtifactCache().state().num_files == 0


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("12", 12), ("20GB", 20_000_000_000), ("1.5 MiB", 1_572_864), ("2k", 2_000)],
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "1 XB", "ten"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no size"):
        read_size(text)


# Folders that should hold a version


def test_verify_and_checkout(api: Api, tmp_path: Path) -> None:
    files = {"a.txt": b"a", "sub/b.txt": b"b", "sub/c.txt": b"c"}
    version = log(api, "checked", files)
    root = version.checkout(tmp_path / "out")
    version.verify(root)
    write(root, {"a.txt": b"A", "more/deep/x.txt": b"x"})
    (root / "sub/b.txt").unlink()
    (root / "sub/link").symlink_to("/etc")
    with pytest.raises(CorruptData) as caught:
        version.verify(root)
    assert caught.value.details == {
        "missing": ["sub/b.txt"],
        "changed": ["a.txt"],
        "surplus": ["more/deep/x.txt", "sub/link"],
    }
    version.checkout(root)
    version.verify(root)
    assert sorted(path.name for path in root.iterdir()) == ["a.txt", "sub"]


def test_a_path_that_leads_out_is_refused(api: Api, tmp_path: Path) -> None:
    version = log(api, "inside", {"a.txt": b"a"})
    facts = FileFacts("../evil.txt", 1, "", hashlib.md5(b"a").hexdigest(), None, "")
    file = ArtifactFile(api._transport, version._path, facts)
    with pytest.raises(InvalidInput, match="has no place"):
        Download(api._transport, version._path, tmp_path / "out").fetch([file])
    # Nor through a link that lies in the folder.
    (tmp_path / "outside").mkdir()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "sub").symlink_to(tmp_path / "outside")
    deep = log(api, "deep", {"sub/a.txt": b"a"})
    with pytest.raises(InvalidInput, match="through a link"):
        deep.download(tmp_path / "linked")
    assert list(tmp_path.rglob("*.txt")) == []


def test_parts_of_a_version(api: Api, tmp_path: Path) -> None:
    version = log(api, "parts", {"a.txt": b"a", "sub/b.txt": b"b", "subway.txt": b"c"})
    assert read(version.download(tmp_path / "one", path="sub/b.txt")) == {"sub/b.txt": b"b"}
    assert read(version.download(tmp_path / "some", prefix="sub/")) == {"sub/b.txt": b"b"}
    assert version.entry("a.txt").download(tmp_path / "entry").read_bytes() == b"a"
    for wanted in ({"path": "sub"}, {"prefix": "nope/"}):
        with pytest.raises(NotFound):
            version.download(tmp_path / "none", **wanted)  # type: ignore[arg-type]


# References


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A web server, and what it serves."""
    served: dict[str, bytes] = {"/data.bin": b"from the web"}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = served.get(self.path)
            self.send_response(404 if data is None else 200)
            if data is not None:
                self.send_header("ETag", f'"{hashlib.md5(data).hexdigest()}"')
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", served
        server.shutdown()
        thread.join()


def test_references(api: Api, tmp_path: Path, site: tuple[str, dict[str, bytes]]) -> None:
    url, served = site
    here = write(tmp_path / "here", {"a b.txt": b"a", "sub/b.txt": b"b"})
    draft = Artifact("refs", "dataset")
    draft.add_reference(here.as_uri(), "folder")
    draft.add_reference(f"{url}/data.bin?version=1".split("?")[0])
    draft.add_reference("s3://bucket/key.bin")
    version = api.log_artifact(draft, PROJECT)
    assert {file.path: file.reference for file in version.files()} == {
        "data.bin": f"{url}/data.bin",
        "folder/a b.txt": f"{here.as_uri()}/a b.txt",
        "folder/sub/b.txt": f"{here.as_uri()}/sub/b.txt",
        "key.bin": "s3://bucket/key.bin",
    }

    with pytest.raises(InvalidInput, match=r"such as key.bin to s3://bucket/key.bin"):
        version.download(tmp_path / "all")
    missing: list[str] = []
    whole = {"data.bin": b"from the web", "folder/a b.txt": b"a", "folder/sub/b.txt": b"b"}
    version.download(
        tmp_path / "some",
        allow_missing_references=True,
        on_missing=lambda file, _: missing.append(file.path),
    )
    assert read(tmp_path / "some") == whole
    assert missing == ["key.bin"]
    version.verify(tmp_path / "some")
    assert version.entry("data.bin").read() == b"from the web"
    with pytest.raises(InvalidInput, match="open that"):
        version.open("data.bin")

    served["/data.bin"] = b"something else"
    with pytest.raises(CorruptData, match="something else than when it was logged"):
        version.download(tmp_path / "changed", path="data.bin")
    write(here, {"a b.txt": b"A"})
    with pytest.raises(CorruptData, match="something else than when it was logged"):
        version.download(tmp_path / "changed", path="folder/a b.txt")
    del served["/data.bin"]
    with pytest.raises(NotFound, match="answers with status 404"):
        version.download(tmp_path / "gone", path="data.bin")
    assert list((tmp_path / "gone").iterdir()) == []
    for uri in (f"{url}/data.bin", (tmp_path / "nope").as_uri()):
        with pytest.raises(NotFound):
            Artifact("refs", "dataset").add_reference(uri)
    for uri in ("data/faces", "file://elsewhere/data"):
        with pytest.raises(InvalidInput):
            Artifact("refs", "dataset").add_reference(uri)


# What is put together


def test_files_that_cannot_be_added(tmp_path: Path) -> None:
    draft = Artifact("bad", "dataset")
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    write(tmp_path / "good", {"a.txt": b"a"})
    for name, target in (("broken", "/nowhere"), ("folder", "/etc"), ("file", "../good/a.txt")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "link").symlink_to(target)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "p")
    for name, said in (
        ("empty", "holds no file"),
        ("broken", "is a link to /nowhere, where nothing is"),
        ("folder", "is a link to the folder /etc"),
        ("pipe", "is no file but a pipe"),
        ("good/a.txt", "is a file: add it with add_file"),
        ("nope", "is not there"),
    ):
        with pytest.raises(InvalidInput, match=said):
            draft.add_dir(tmp_path / name)
    with pytest.raises(InvalidInput, match="is a folder: add it with add_dir"):
        draft.add_file(tmp_path / "good")
    with pytest.raises(NotFound, match="There is no file"):
        draft.add_file(tmp_path / "nope")
    with pytest.raises(InvalidInput, match="/proc/self/mem cannot be read: input/output error"):
        draft.add_file("/proc/self/mem")  # also root may not
    with pytest.raises(InvalidInput, match="not a legal file name"):
        draft.add_file(tmp_path / "good" / "a.txt", "../a.txt")
    with pytest.raises(InvalidInput, match="is not UTF-8"):
        draft.add_file(tmp_path / "good" / "a.txt", "\udcff.txt")
    assert len(draft) == 0
    assert draft.add_dir(tmp_path / "file")[0].size_bytes == 1


def test_names_that_clash(api: Api, tmp_path: Path) -> None:
    draft = Artifact("clash", "dataset")
    write(tmp_path, {"a.txt": b"a", "b.txt": b"b"})
    draft.add_file(tmp_path / "a.txt", "x")
    draft.add_file(tmp_path / "a.txt", "x")
    with pytest.raises(InvalidInput, match="has another file at 'x'"):
        draft.add_file(tmp_path / "b.txt", "x")
    draft.add_file(tmp_path / "b.txt", "x/y")
    with pytest.raises(InvalidInput, match="a file and a folder at once"):
        api.log_artifact(draft, PROJECT)
    draft.remove("x")
    assert len(draft) == 0
    with pytest.raises(InvalidInput, match="holds nothing"):
        api.log_artifact(draft, PROJECT)
    for name, kind in (("a:b", "dataset"), ("a", "/")):
        with pytest.raises(InvalidInput):
            Artifact(name, kind)


@pytest.mark.parametrize("size", [10, 2_000_000, 40_000_000])
def test_a_file_that_changes_before_it_is_sent(api: Api, tmp_path: Path, size: int) -> None:
    path = tmp_path / "moving.bin"
    path.write_bytes(b"before".ljust(size, b"."))
    draft = Artifact(f"moving-{size}", "dataset")
    draft.add_file(path)
    path.write_bytes(b"after".ljust(size, b"."))
    os.utime(path, ns=(0, 0))
    with pytest.raises(InvalidInput, match="was changed while it was read") as caught:
        api.log_artifact(draft, PROJECT)
    assert caught.value.code == "file-changed"
    with pytest.raises(NotFound):
        api.artifact(f"arts/moving-{size}")


# Found, and changed


def test_lists(api: Api) -> None:
    project = "ada/lists"
    for name, kind, acc in (("net", "model", 0.1), ("net", "model", 0.9), ("set", "dataset", 0)):
        draft = Artifact(name, kind, metadata={"acc": acc})
        with draft.new_file("acc.txt") as file:
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
    with draft.new_file("a") as file:
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
