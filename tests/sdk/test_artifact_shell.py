"""`runstone artifact`: for people, and for programs in a pipe."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet
import pytest
from tests.sdk.lab import Lab
from tests.sdk.test_shell import Shell, shell

__all__ = ["shell"]

FILES = {"a.txt": b"a", "sub/ü b.txt": b"b"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in") / "tree"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_there_and_back(shell: Shell, tree: Path, tmp_path: Path) -> None:
    put = ("artifact", "put", tree, "-n", "ada/cmd/there", "-t", "model")
    assert shell(*put, "-a", "best", "--metadata", '{"acc": 0.5}') == "ada/cmd/there:v0\n"
    assert "2 files, 2 B: http://" in shell.err
    assert shell(*put) == "ada/cmd/there:v0\n"

    root = tmp_path / "out"
    assert shell("artifact", "get", "cmd/there:best", "--root", root) == f"{root}\n"
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert found == FILES
    assert "2 files are as they were logged" in shell(
        "artifact", "verify", "cmd/there", "--root", root
    )
    (root / "a.txt").write_bytes(b"A")
    (root / "surplus").write_bytes(b"")
    shell("artifact", "verify", "cmd/there", "--root", root, code=1)
    assert "changed: 1 (a.txt); not of it: 1 (surplus)" in shell.err
    shell("artifact", "get", "cmd/there", "--root", root, "--checkout")
    shell("artifact", "verify", "cmd/there", "--root", root)

    one = tmp_path / "one"
    said = shell("artifact", "get", "cmd/there:v0", "--root", one, "--path", "sub/ü b.txt")
    assert Path(said.strip()).read_bytes() == b"b"
    shell("artifact", "get", "cmd/there", "--root", one, "--type", "dataset", code=2)
    assert "is of the type 'model', not 'dataset'" in shell.err
    shell("artifact", "get", "cmd/nope", code=1)
    assert "was not found" in shell.err


def test_several_paths_and_what_is_only_said(shell: Shell, tree: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("note")
    put = ("artifact", "put", tree, note, "-n", "ada/cmd/several")
    assert shell(*put, "--dry-run") == "note.txt\ntree/a.txt\ntree/sub/ü b.txt\n"
    assert "Nothing was uploaded." in shell.err
    shell("artifact", "info", "ada/cmd/several", code=1)
    done = shell.json(*put, "--tag", "x", "--ttl", "90d", "-d", "Several.")
    assert (done["path"], done["tags"], done["description"]) == (
        "ada/cmd/several:v0", ["x"], "Several.",
    )  # fmt: skip
    said = shell.json(*put, "--dry-run")
    assert (said["same_as"], said["digest"], said["num_files"]) == ("v0", done["digest"], 3)

    shell("artifact", "put", tree, "-n", "ada/cmd/named", "--reference")
    files = shell.json("artifact", "files", "cmd/named")["files"]
    assert [one["reference"] for one in files] == [
        (tree / "a.txt").as_uri(),
        f"{tree.as_uri()}/sub/ü b.txt",
    ]

    shell("artifact", "put", "s3://bucket/some/key", tree / "a.txt", "-n", "ada/cmd/far")
    files = shell.json("artifact", "files", "cmd/far")["files"]
    assert [(one["path"], one["reference"]) for one in files] == [
        ("a.txt", None),
        ("key", "s3://bucket/some/key"),
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["/nope", "-n", "ada/cmd/x"], 1, "There is no file /nope"),
        (["TREE", "-n", "ada/cmd/x:v1"], 2, "names a version"),
        (["TREE", "-n", "x"], 2, "names no artifact"),
        (["TREE", "-n", "ada/cmd/x", "--metadata", "{"], 2, "cannot be read as JSON"),
        (["TREE", "-n", "ada/cmd/x", "--metadata", "[]"], 2, "must be a JSON object"),
        (["TREE", "-n", "ada/cmd/x", "--ttl", "soon"], 2, "is no duration"),
        (["TREE", "-n", "ada/cmd/x", "-a", "a/b"], 2, "cannot be an alias"),
        (["TREE", "-n", "ada/cmd/x", "-t", "/"], 2, "cannot be the type"),
        (["TREE"], 2, "Missing option '-n'"),
    ],
)
def test_what_cannot_be_put(
    shell: Shell, tree: Path, words: list[str], code: int, said: str
) -> None:
    shell("artifact", "put", *(tree if word == "TREE" else word for word in words), code=code)
    assert said in shell.err


def test_lists(shell: Shell, tree: Path, tmp_path: Path) -> None:
    for kind, name in (("model", "net"), ("dataset", "faces")):
        shell("artifact", "put", tree, "-n", f"ada/cmdls/{name}", "-t", kind, "--metadata",
              '{"n": NaN}')  # fmt: skip
    shell("artifact", "put", tree / "a.txt", "-n", "ada/cmdls/net", "-t", "model", "-a", "best")
    lines = shell("artifact", "ls", "ada/cmdls").splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["NAME", "TYPE", "NEWEST", "VERSIONS"],
        ["faces", "dataset", "v0", "1"],
        ["net", "model", "v1", "2"],
    ]
    assert shell("artifact", "ls", "ada/cmdls", "--type", "sweep") == (
        "There are no such artifacts.\n"
    )
    found = shell.json("artifact", "ls", "ada/cmdls", "--filter", "FAC")["artifacts"]
    assert [one["path"] for one in found] == ["ada/cmdls/faces"]
    versions = shell.json("artifact", "ls", "ada/cmdls/net")["versions"]
    assert [(one["name"], one["aliases"]) for one in versions] == [
        ("net:v1", ["best", "latest"]), ("net:v0", []),
    ]  # fmt: skip
    assert versions[1]["metadata"] == {"n": {"$float": "NaN"}}
    rows = list(csv.DictReader(io.StringIO(shell("artifact", "ls", "ada/cmdls/net", "--csv"))))
    assert [row["path"] for row in rows] == ["ada/cmdls/net:v1", "ada/cmdls/net:v0"]
    shell("artifact", "ls", "ada/cmdls/net", "--parquet", tmp_path / "x.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "x.parquet")
    assert table["num_files"].to_pylist() == [1, 2]
    assert "--limit says how many" not in shell.err
    shell("artifact", "ls", "ada/cmdls/net", "--limit", "1")
    assert "--limit says how many" in shell.err
    shell("artifact", "ls", "ada/cmdls", "--csv", "--json", code=2)

    said = shell("artifact", "info", "ada/cmdls/net:v0")
    assert "digest" in said
    assert "metadata\n  n  nan" in said
    assert shell("artifact", "files", "ada/cmdls/net:v0") == "a.txt\nsub/ü b.txt\n"
    assert "1 B" in shell("artifact", "files", "ada/cmdls/net:v0", "-l", "--prefix", "sub/")

    lines = shell("artifact", "diff", "ada/cmdls/net:v0", "ada/cmdls/net:v1").splitlines()
    assert lines == ["- sub/ü b.txt  1 B", "- metadata.n  nan"]
    found = shell.json("artifact", "diff", "ada/cmdls/net:v1", "ada/cmdls/net:v0")
    assert [(one["path"], one["change"]) for one in found["files"]] == [("sub/ü b.txt", "added")]


def test_changes(shell: Shell, tree: Path) -> None:
    shell("artifact", "put", tree, "-n", "ada/cmdch/net")
    shell("artifact", "put", tree / "a.txt", "-n", "ada/cmdch/net")
    said = shell("artifact", "alias", "add", "ada/cmdch/net:v0", "best", "prod")
    assert said == "ada/cmdch/net:v0: best, prod\n"
    assert shell("artifact", "alias", "add", "ada/cmdch/net:v1", "best").endswith("best, latest\n")
    assert shell("artifact", "alias", "rm", "ada/cmdch/net:v0", "prod").endswith("no alias\n")
    assert shell("artifact", "tag", "add", "ada/cmdch/net:v0", "a b", "c").endswith("a b, c\n")
    assert shell("artifact", "tag", "rm", "ada/cmdch/net:v0", "c").endswith("a b\n")

    shell("artifact", "rm", "ada/cmdch/net", "-y", code=2)
    assert "Say which version: ada/cmdch/net:v3" in shell.err
    shell("artifact", "rm", "ada/cmdch/net:best", "-y", code=1)
    assert "ada/cmdch/net:v1 has the alias(es) best, latest" in shell.err
    shell("artifact", "rm", "ada/cmdch/net:best", "-y", "--with-aliases")
    assert [one["name"] for one in shell.json("artifact", "ls", "ada/cmdch/net")["versions"]] == [
        "net:v0"
    ]
    shell("artifact", "rm", "ada/cmdch/net", "--all", "-y")
    assert shell.json("artifact", "ls", "ada/cmdch") == {"artifacts": []}


def test_cache(shell: Shell, tree: Path, tmp_path: Path, lab: Lab) -> None:
    shell("artifact", "put", tree, "-n", "ada/cmd/kept")
    shell("artifact", "get", "ada/cmd/kept", "--root", tmp_path / "out")
    state = shell.json("artifact", "cache", "info")
    assert (state["num_files"], state["size_bytes"]) == (2, 2)
    assert state["folder"] == str(tmp_path / "home" / ".cache" / "runstone" / "artifacts")
    assert "20 GB" in shell("artifact", "cache", "info")
    assert shell("artifact", "cache", "clean", "1") == "Freed 1 B.\n"
    assert shell("artifact", "cache", "clean") == "Freed 1 B.\n"
    shell("artifact", "cache", "clean", "much", code=2)
    assert "is no size" in shell.err
