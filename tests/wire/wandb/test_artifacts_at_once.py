"""Artifacts that several change at once, large ones, and ones that are deleted while in use."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.wire.wandb.conftest import Site
from tests.wire.wandb.test_artifacts import BODY, FILES, Upload, find, log, manifest, md5, said

from runstone.domain.access import OPERATOR
from runstone.domain.errors import Conflict
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Transaction
from runstone.services import artifacts
from runstone.services.collection import Collector
from runstone.storage.sqlite.database import FILE_NAME
from runstone.testing.orphans import orphans
from runstone.wire.wandb.ids import artifact_number

ADD = "mutation A($i: AddAliasesInput!) { addAliases(input: $i) { success } }"
DELETE = "mutation D($i: DeleteArtifactInput!) { deleteArtifact(input: $i) { artifact { id } } }"
USE = "mutation U($i: UseArtifactInput!) { useArtifact(input: $i) { artifact { id } } }"
VERSIONS = (
    "query V($after: String, $first: Int, $order: String, $filters: JSONString) { "
    'project(name: "p", entityName: "ada") { artifactType(name: "model") { '
    'artifactCollection(name: "c") { artifacts(after: $after, first: $first, order: $order, '
    "filters: $filters) { totalCount pageInfo { endCursor hasNextPage } edges { version cursor "
    "node { id state } } } } } } }"
)
MANY = 2_300


def at_once(*work: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]


def versions(site: Site, **asked: Any) -> Any:
    found = site.data(VERSIONS, **asked)["project"]["artifactType"]["artifactCollection"]
    return found["artifacts"]


def many_contents(site: Site, upload: Upload, salt: str = "") -> dict[str, dict[str, Any]]:
    """Contents of a large version as if they had been uploaded; entries of its manifest."""
    bodies = {f"many/{n:05}": f"{salt}{n}".encode() for n in range(MANY)}
    number = artifact_number(upload.id)

    def arrive(tx: Transaction) -> None:
        for name, body in bodies.items():
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            stored = StoredBlob(f"contents/{salt}x{name}", len(body), digest)
            artifacts.content_arrived(tx, number, digest, stored)

    site.write(arrive)
    return {name: {"digest": md5(body), "size": len(body)} for name, body in bodies.items()}


def test_two_finish_one_version_at_once(site: Site) -> None:
    upload = Upload(site)
    upload.send("f.bin", BODY)
    assert upload.describe(manifest(**{"f.bin": BODY})).status_code == 200
    answers = [answer.json() for answer in at_once(*[upload.commit] * 6)]
    assert [answer for answer in answers if answer != answers[0]] == []
    found = answers[0]["data"]["commitArtifact"]["artifact"]
    assert (found["state"], found["versionIndex"], found["fileCount"]) == ("COMMITTED", 0, 1)
    assert versions(site)["totalCount"] == 1


def test_writers_of_one_version_finish_at_once(site: Site) -> None:
    one, other = (Upload(site, distributedID="d", digest=name) for name in "ab")
    assert one.id == other.id
    for upload, name in ((one, "a"), (other, "b")):
        upload.send(name, name.encode())
        text = manifest(**{name: name.encode()})
        assert upload.describe(text, type="PATCH").status_code == 200
    answers = at_once(*[one.commit, other.commit] * 3)
    assert {answer.status_code for answer in answers} == {200}
    (edge,) = versions(site)["edges"]
    files = find(site, "c:latest")["artifact"]["files"]["edges"]
    assert (edge["version"], [file["node"]["name"] for file in files]) == ("v0", ["a", "b"])


def test_an_alias_that_many_move_at_once_stands_for_one(site: Site) -> None:
    made = [log(site, digest=f"d{n}")["id"] for n in range(6)]
    named = {"artifactCollectionName": "c", "entityName": "ada", "projectName": "p"}

    def move(artifact: str) -> Callable[[], Any]:
        given = {"artifactID": artifact, "aliases": [{**named, "alias": "prod"}]}
        return lambda: site.data(ADD, i=given)["addAliases"]["success"]

    assert at_once(*map(move, made)) == [True] * 6
    standing = find(site, "c:prod")["artifact"]["id"]
    assert standing in made

    def holders(tx: Transaction) -> list[int]:
        numbers = [artifact_number(one) for one in made]
        places = [place for n in numbers for place in tx.artifacts.memberships_of(n)]
        return [place.artifact_id for place in places if "prod" in place.aliases]

    assert site.write(holders) == [artifact_number(standing)]


def test_a_version_in_use_is_deleted(site: Site) -> None:
    site.begin("r1")
    used, kept = log(site, digest="d0"), log(site, "other", digest="d0")
    given = {"entityName": "ada", "projectName": "p", "runName": "r1", "artifactID": used["id"]}
    site.data(USE, i=given)
    url = find(site, "c:v0")["artifact"]["files"]["edges"][0]["node"]["directUrl"]
    text = find(site, "c:v0")["artifact"]["currentManifest"]["file"]["directUrl"]
    gone = {"artifactID": used["id"]}
    assert said(site.graphql(DELETE, i=gone)) == (409, "artifact-has-aliases")
    site.data(DELETE, i={**gone, "deleteAliases": True})
    for path in (url, text):
        assert site.ask("GET", urlsplit(path).path, user=None).status_code == 404
    assert find(site, "c:latest") is None
    inputs = (
        'query { project(name: "p", entityName: "ada") { run(name: "r1") { '
        "inputArtifacts { totalCount } } } }"
    )
    run = site.data(inputs)["project"]["run"]
    assert run["inputArtifacts"]["totalCount"] == 0
    # What another version holds stays, and one that is deleted twice was deleted.
    other = find(site, "other:v0")["artifact"]["files"]["edges"][0]["node"]["directUrl"]
    assert site.ask("GET", urlsplit(other).path, user=None).content == BODY
    assert kept["state"] == "COMMITTED"
    assert said(site.graphql(DELETE, i=gone)) == (404, "not-found")


def test_a_large_version_becomes_visible_in_its_last_unit(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(site)
    entries = many_contents(site, upload)
    second = Upload(site, digest="d1")
    files = [
        {"artifactID": second.id, "name": name, "md5": entry["digest"]}
        for name, entry in entries.items()
    ]
    write, seen = site.store.write, list[int]()

    def watched(unit: Callable[[Transaction], Any]) -> Future[Any]:
        def watching(tx: Transaction) -> Any:
            result = unit(tx)
            number = artifact_number(second.id)
            seen.append(len(tx.artifacts.memberships_of(number)))
            return result

        return write(watching)

    monkeypatch.setattr(site.store, "write", watched)
    found = site.data(FILES, i={"artifactFiles": files, "storageLayout": "V2"})
    nodes = [edge["node"] for edge in found["createArtifactFiles"]["files"]["edges"]]
    assert len(nodes) == MANY
    assert {node["uploadUrl"] for node in nodes} == {None}
    assert second.describe(manifest(**entries)).status_code == 200
    assert len(seen) >= 3 + 2
    done = second.commit().json()["data"]["commitArtifact"]["artifact"]
    assert (done["fileCount"], done["size"]) == (MANY, sum(e["size"] for e in entries.values()))
    assert seen[-1] == 1
    assert set(seen[:-1]) == {0}


def test_what_a_large_version_lacks_is_named_and_its_project_lends(site: Site) -> None:
    first = Upload(site)
    entries = many_contents(site, first)
    # Nothing was announced: what the project has is found at the commit.
    second = Upload(site, digest="d1")
    lacking = {"digest": md5(b"never sent"), "size": 10}
    text = manifest(**entries, **{"own/a": lacking, "own/b": lacking})
    assert second.describe(text).status_code == 200
    answer = second.commit()
    assert said(answer) == (409, "files-missing")
    assert "own/a, own/b" in answer.text
    assert find(site, "c:v0") is None
    second.send("own/a", b"never sent")
    done = second.commit().json()["data"]["commitArtifact"]["artifact"]
    assert (done["versionIndex"], done["fileCount"]) == (0, MANY + 2)


def test_what_changed_while_a_commit_was_prepared_counts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(site)
    for name in "ab":
        upload.send(name, name.encode())
    assert upload.describe(manifest(a=b"a")).status_code == 200
    write, changed = site.store.write, list[bool]()

    def meddling(unit: Callable[[Transaction], Any]) -> Future[Any]:
        if not changed:
            changed.append(True)
            other = ThreadPoolExecutor(1)
            text = manifest(a=b"a", b=b"b")
            assert other.submit(upload.describe, text).result().status_code == 200
        return write(unit)

    actor = OPERATOR
    monkeypatch.setattr(site.store, "write", meddling)
    number = artifact_number(upload.id)
    done = asyncio.run(artifacts.commit_apart(site.store, actor, number))
    assert (done.num_files, changed) == (2, [True])


def test_a_version_that_others_change_all_the_time_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(site)
    upload.send("a", b"a")
    assert upload.describe(manifest(a=b"a")).status_code == 200
    write, number = site.store.write, artifact_number(upload.id)
    sent = list[bytes]()

    def meddling(unit: Callable[[Transaction], Any]) -> Future[Any]:
        body = str(len(sent)).encode()
        sent.append(body)
        digest = hashlib.md5(body, usedforsecurity=False).digest()
        stored = StoredBlob(f"contents/{len(sent)}", len(body), digest)
        write(lambda tx: artifacts.content_arrived(tx, number, digest, stored)).result()
        return write(unit)

    monkeypatch.setattr(site.store, "write", meddling)
    with pytest.raises(Conflict, match="Others change this version"):
        asyncio.run(artifacts.commit_apart(site.store, OPERATOR, number))
    monkeypatch.undo()
    done = asyncio.run(artifacts.commit_apart(site.store, OPERATOR, number))
    assert done.num_files == 1
    # It refers to what its manifest names, and to nothing else that came.
    assert list(site.read(lambda s: s.artifacts.referred(number)).values()) == [1]


def test_pages_of_versions_go_on_below_a_number(site: Site) -> None:
    made = [log(site, digest=f"d{n}") for n in range(5)]
    committed = json.dumps({"state": "COMMITTED"})
    first = versions(site, first=2, filters=committed)
    assert [edge["version"] for edge in first["edges"]] == ["v4", "v3"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (5, True)
    # What goes or comes meanwhile moves nothing.
    site.data(DELETE, i={"artifactID": made[4]["id"], "deleteAliases": True})
    log(site, digest="d9")
    second = versions(site, first=2, after=first["pageInfo"]["endCursor"])
    assert [edge["version"] for edge in second["edges"]] == ["v2", "v1"]
    last = versions(site, first=2, after=second["edges"][-1]["cursor"])
    assert [edge["node"]["id"] for edge in last["edges"]] == [made[0]["id"]]
    assert not last["pageInfo"]["hasNextPage"]
    oldest = versions(site, first=2, order="version")
    assert [edge["version"] for edge in oldest["edges"]] == ["v0", "v1"]
    assert said(site.graphql(VERSIONS, after="nonsense"))[1] == "invalid-input"


def test_a_large_version_is_gone_at_once_and_erased_in_steps(site: Site) -> None:
    upload = Upload(site)
    entries = many_contents(site, upload)
    assert upload.describe(manifest(**entries)).status_code == 200
    assert upload.commit().status_code == 200
    number = artifact_number(upload.id)
    site.data(DELETE, i={"artifactID": upload.id, "deleteAliases": True})
    found = site.read(lambda s: (s.artifacts.artifact(number), len(s.artifacts.referred(number))))
    assert found == (None, 0)
    steps = 0
    while site.write(lambda tx: tx.garbage.erase_artifacts(max_bytes=64 * 1024)):
        steps += 1
    assert steps >= MANY * 128 // (64 * 1024)
    collector = Collector(site.store, site.context.blobs)
    done = asyncio.run(collector.tidy(wholly=False))
    assert done.num_contents == MANY


def test_what_is_left_over_of_artifacts_is_found(site: Site) -> None:
    """The trials with kills stand on this scan: it must see what they are to find."""

    def scan() -> list[str]:
        found = orphans(site.folder / FILE_NAME, site.folder / "blobs")
        return sorted(finding.split(" contents/")[0] for finding in found)

    made, other = log(site, digest="d0"), Upload(site, digest="d1")
    other.send("f.bin", b"on its way")
    assert scan() == []
    number = artifact_number(made["id"])
    contents = site.read(lambda s: s.artifacts.contents(s.artifacts.referred(number)))
    (kept,) = (site.folder / "blobs" / content.blob for content in contents.values())
    stray = kept.rename(kept.with_name("stray"))
    assert scan() == ["blob", "blob"]  # one is missing, one has no record
    stray.rename(kept)
    assert scan() == []
    site.data(DELETE, i={"artifactID": made["id"], "deleteAliases": True})
    left = ["1 deleted version(s) not erased", "1 manifest(s) of no version"]
    assert scan() == [*left, "1 reference(s) of no version"]
    site.write(lambda tx: tx.garbage.erase_artifacts(max_bytes=10**6))
    assert scan() == ["1 content(s) that no version refers to"]
