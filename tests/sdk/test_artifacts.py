"""Artifacts by our own client: put together, uploaded, found, read, got, changed."""

from __future__ import annotations

import hashlib
import http.server
import math
import os
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.cutting import wire
from tests.sdk.lab import Lab
from tests.sdk.trees import PROJECT, log, read, write

from runstone import Api, Artifact, ArtifactTTL, ArtifactVersion
from runstone.errors import (
    CorruptData,
    InvalidInput,
    NotFound,
    Unavailable,
)
from runstone.sdk import ArtifactFile
from runstone.sdk.artifact_cache import ArtifactCache
from runstone.sdk.artifact_downloads import Download
from runstone.sdk.artifact_records import FileFacts
from runstone.sdk.settings import read_size

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


# How long it is kept


def test_how_long_it_is_kept(api: Api) -> None:
    """As wandb's scripts say it: None is for ever, and what is said of nothing is inherited."""
    draft = Artifact("kept", "dataset")
    with draft.new_file("a.txt") as file:
        file.write("a")
    assert draft.ttl is ArtifactTTL.INHERIT
    version = api.log_artifact(draft, PROJECT)
    assert (version.ttl, version.expires_at) == (ArtifactTTL.INHERIT, None)
    version.update(ttl=timedelta(days=2))
    assert version.ttl == timedelta(days=2)
    assert version.expires_at == version.created_at + timedelta(days=2)
    assert version.update(ttl=timedelta(0)).ttl is None
    assert version.update(ttl=ArtifactTTL.INHERIT).ttl is ArtifactTTL.INHERIT
    for number, ttl in enumerate((None, timedelta(hours=1)), 1):
        draft = Artifact("kept", "dataset")
        draft.ttl = ttl
        with draft.new_file("b.txt") as file:
            file.write(str(number))
        assert api.log_artifact(draft, PROJECT).ttl == ttl
    wrong: tuple[Any, ...] = (timedelta(-1), timedelta(milliseconds=1), 60)
    for ttl in wrong:
        with pytest.raises(InvalidInput, match="INHERIT"):
            draft.ttl = ttl


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
