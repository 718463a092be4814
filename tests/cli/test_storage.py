"""`runstone du` and `runstone gc`: through a running server and in a stopped one's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from tests.faults.filled import fill
from tests.server.processes import Server, runstone_here
from tests.server.recording import authorization

from runstone.domain.artifact import ArtifactState, ArtifactUpdate, CollectionKind, NewArtifact
from runstone.ports.store import Transaction
from runstone.storage.sqlite.database import FILE_NAME
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.orphans import orphans


@pytest.fixture
def filled(start: Callable[..., Server]) -> tuple[Path, str]:
    """A folder with four runs, and its administrator's key."""
    server = start()
    key = server.key
    server.stop()
    fill(server.data, 4, keys=1)
    return server.data, key


def say(*arguments: str | Path, code: int = 0) -> str:
    done = runstone_here(*arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize("is_running", [True, False])
def test_du_and_gc(
    filled: tuple[Path, str], start: Callable[..., Server], is_running: bool
) -> None:
    data, key = filled
    server = start(data)
    entity = json.loads(server.ask("GET", "/api/v1/me", headers=authorization(key)).body)
    place = f"{entity['user']['username']}/p"
    base = f"/api/v1/projects/{place}"
    for name in ("r0", "r1"):
        path = f"{base}/runs/{name}"
        assert server.ask("DELETE", path, headers=authorization(key)).status == 204
    assert server.ask("DELETE", f"{base}/trash/r0", headers=authorization(key)).status == 204
    if not is_running:
        server.stop()
    folder = ("--data", data)
    text = say("du", *folder)
    assert "Database" in text
    assert place in text
    facts = json.loads(say("du", place, *folder, "--json"))
    assert (facts["num_runs"], facts["num_trashed"]) == (2, 1)
    assert facts["sizes"]["media"] == 2 * 500_000
    text = say("du", place, *folder, "--top", "1")
    assert "2 smaller ones are not shown" in text
    one = say("du", f"{place}/r1", *folder)
    assert "in the trash" in one
    assert "500 KB" in one
    assert "r3" in say("du", *folder, "--depth", "2")
    for wrong, words, code in (
        (f"{place}/none", "was not found", 1),
        ("nobody/p", "was not found", 1),
        ("a//b", "is no place", 2),
        ("a/b/c/d", "is no place", 2),
    ):
        assert words in say("du", wrong, *folder, code=code)
    assert "Nothing was changed" in say("gc", "--dry-run", *folder)
    say("gc", *folder)
    found = json.loads(say("gc", "--dry-run", "--json", *folder))
    assert (found["num_runs"], found["num_orphans"], found["num_keys"]) == (0, 0, 0)
    if is_running:
        assert "runstone down" in say("gc", "--full", *folder, code=1)
        server.stop()
    assert orphans(data / FILE_NAME, data / "blobs") == []
    assert "contradict" in say("gc", "--full", "--dry-run", *folder, code=2)
    assert "takes no --url" in say("gc", "--full", "--url", "http://x", "--key", "k", code=2)


def test_a_folder_of_an_early_version_says_what_to_do(filled: tuple[Path, str]) -> None:
    data, _ = filled
    connection = apsw.Connection(str(data / FILE_NAME))
    connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    connection.execute("PRAGMA auto_vacuum = NONE").fetchall()
    connection.execute("VACUUM")
    connection.close()
    folder = ("--data", data)
    assert "runstone gc --full" in say("du", *folder)
    assert "runstone gc --full" in say("gc", *folder)
    before = json.loads(say("du", *folder, "--json"))
    assert not before["can_shrink"]
    assert "The database went from" in say("gc", "--full", *folder)
    after = json.loads(say("du", *folder, "--json"))
    assert after["can_shrink"]
    assert after["projects"] == before["projects"]
    assert orphans(data / FILE_NAME, data / "blobs") == []


def test_who_is_no_administrator_is_told_so(start: Callable[..., Server]) -> None:
    server = start()
    where = ("--data", server.data)
    say("admin", "user", "create", "bob", *where)
    key = say("admin", "key", "create", "--user", "bob", "--quiet", *where).strip()
    there = ("--url", server.url, "--key", key)
    for command in (("gc",), ("gc", "--dry-run"), ("du",)):
        assert "Only an administrator" in say(*command, *there, code=1)
    assert "bob has no projects" in say("du", "bob", *there)


def test_artifacts_have_a_column_and_a_table(filled: tuple[Path, str]) -> None:
    data, _ = filled

    def log(tx: Transaction) -> str:
        (project,) = tx.usage.projects(None)
        kind = tx.artifacts.create_type(project.id, "model")
        home = tx.artifacts.create_collection(project.id, kind.id, "net", CollectionKind.SEQUENCE)
        tx.artifacts.put_content(b"m" * 16, 2_000_000, "contents/m")
        for digest in ("one", "two"):
            made = tx.artifacts.create_artifact(home.id, NewArtifact(digest))
            tx.artifacts.add_contents(made.id, [b"m" * 16])
            committed = ArtifactUpdate(state=ArtifactState.COMMITTED, size_bytes=2_000_000)
            tx.artifacts.update_artifact(made.id, committed)
        return f"{project.entity}/{project.name}"

    store = SqliteStore(data)
    place = store.write(log).result()
    store.close()
    folder = ("--data", data)
    (project,) = [line for line in say("du", *folder).splitlines() if line.startswith(place)]
    assert "2 MB" in project
    (line,) = [one for one in say("du", place, *folder).splitlines() if one.startswith("net")]
    assert line.split() == ["net", "model", "2", "4", "MB", "2", "MB", "2", "MB"]
    sums = say("du", place, *folder, "--depth", "0").splitlines()
    assert [one.split()[:2] for one in sums if "collection(s)" in one] == [["all", "1"]]
    facts = json.loads(say("du", place, *folder, "--json"))
    assert facts["artifacts"]["unique_bytes"] == 2_000_000
