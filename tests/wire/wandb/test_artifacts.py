"""Artifacts that go wrong on their way in, and who may get at their bytes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.wire.wandb.conftest import Site

from runstone.domain.artifact import ArtifactUpdate
from runstone.services import artifacts
from runstone.wire.wandb.ids import artifact_number

CREATE = (
    "mutation C($i: CreateArtifactInput!) { createArtifact(input: $i) { artifact { id state "
    "artifactSequence { latestArtifact { id versionIndex } } } } }"
)
MANIFEST = (
    "mutation M($i: CreateArtifactManifestInput!) { createArtifactManifest(input: $i) { "
    "artifactManifest { id file { uploadUrl uploadHeaders } } } }"
)
FILES = (
    "mutation F($i: CreateArtifactFilesInput!) { createArtifactFiles(input: $i) { files { edges { "
    "node { storagePath uploadUrl uploadHeaders artifact { id } } } } } }"
)
COMMIT = (
    "mutation X($i: CommitArtifactInput!) { commitArtifact(input: $i) { artifact { id state "
    "versionIndex fileCount size digest aliases { alias } } } }"
)
LINK = "mutation L($i: LinkArtifactInput!) { linkArtifact(input: $i) { versionIndex } }"
FIND = (
    "query Q($p: String!, $e: String!, $n: String!) { project(name: $p, entityName: $e) { "
    "artifactCollectionMembership(name: $n) { versionIndex artifact { id files { edges { node { "
    "name directUrl sizeBytes } } } currentManifest { file { directUrl } } } } } }"
)
BODY = b"what the model learned"


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def manifest(**contents: Any) -> bytes:
    """A manifest as clients write it; values are bodies, or entries as they are."""
    entries = {
        name: {"digest": md5(value), "size": len(value)} if isinstance(value, bytes) else value
        for name, value in contents.items()
    }
    return json.dumps({"version": 1, "storagePolicyConfig": {}, "contents": entries}).encode()


def said(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error."""
    body = answer.json()
    found = body["errors"][0]["extensions"]["code"] if "errors" in body else body["code"]
    return answer.status_code, found


class Upload:
    """One version on its way in, in `ada`'s project `p`."""

    def __init__(self, site: Site, name: str = "c", *, project: str = "p", **given: Any) -> None:
        self.site = site
        values = {
            "entityName": "ada", "projectName": project, "artifactTypeName": "model",
            "artifactCollectionName": name, "digest": "d0", "digestAlgorithm": "MANIFEST_MD5",
            "aliases": [{"artifactCollectionName": name, "alias": "latest"}], **given,
        }  # fmt: skip
        self.made = site.data(CREATE, i=values)["createArtifact"]["artifact"]
        self.id = self.made["id"]

    def announce(self, name: str, body: bytes) -> dict[str, Any]:
        spec = {"artifactID": self.id, "name": name, "md5": md5(body)}
        given = {"artifactFiles": [spec], "storageLayout": "V2"}
        (edge,) = self.site.data(FILES, i=given)["createArtifactFiles"]["files"]["edges"]
        return dict(edge["node"])

    def put(self, url: str, body: bytes) -> httpx.Response:
        return self.site.ask("PUT", urlsplit(url).path, body, user=None)

    def send(self, name: str, body: bytes) -> None:
        url = self.announce(name, body)["uploadUrl"]
        if url is not None:
            assert self.put(url, body).status_code == 200

    def describe(self, text: bytes, **given: Any) -> httpx.Response:
        values = {
            "artifactID": self.id, "name": "wandb_manifest.json", "digest": md5(text),
            "entityName": "ada", "projectName": "p", "runName": "r", "type": "FULL", **given,
        }  # fmt: skip
        made = self.site.data(MANIFEST, i=values)["createArtifactManifest"]["artifactManifest"]
        return self.put(made["file"]["uploadUrl"], text)

    def commit(self, **more: Any) -> httpx.Response:
        return self.site.graphql(COMMIT, i={"artifactID": self.id, **more})


def log(site: Site, name: str = "c", *, project: str = "p", **given: Any) -> dict[str, Any]:
    """A whole version with one file."""
    upload = Upload(site, name, project=project, **given)
    upload.send("f.bin", BODY)
    assert upload.describe(manifest(**{"f.bin": BODY})).status_code == 200
    found: dict[str, Any] = upload.commit().json()["data"]["commitArtifact"]["artifact"]
    return found


def find(site: Site, name: str, *, project: str = "p", user: str = "ada") -> Any:
    answer = site.graphql(FIND, user=user, p=project, e="ada", n=name).json()["data"]["project"]
    return None if answer is None else answer["artifactCollectionMembership"]


def log_reference(site: Site, name: str, ref: str) -> dict[str, Any]:
    """A whole version that holds one reference."""
    upload = Upload(site, name, digest=ref)
    assert upload.describe(manifest(there={"digest": "e", "ref": ref})).status_code == 200
    found: dict[str, Any] = upload.commit().json()["data"]["commitArtifact"]["artifact"]
    return found


def link(site: Site, artifact: str, entity: str = "ada", **given: Any) -> None:
    values = {"artifactPortfolioName": "best", "entityName": entity, "projectName": "shelf"}
    site.data(LINK, i={**values, "artifactID": artifact, **given})


def test_a_version_is_committed_once(site: Site) -> None:
    found = log(site)
    assert (found["state"], found["versionIndex"], found["fileCount"]) == ("COMMITTED", 0, 1)
    assert (found["size"], found["digest"]) == (len(BODY), "d0")
    assert [alias["alias"] for alias in found["aliases"]] == ["latest"]
    again = site.data(COMMIT, i={"artifactID": found["id"]})["commitArtifact"]["artifact"]
    assert again == found
    same = Upload(site).made
    assert (same["id"], same["state"]) == (found["id"], "COMMITTED")
    assert len(site.blobs()) == 1


def test_a_commit_before_its_time(site: Site) -> None:
    upload = Upload(site)
    assert said(upload.commit()) == (409, "manifest-missing")
    assert upload.describe(manifest(a=BODY, b=b"other")).status_code == 200
    upload.send("a", BODY)
    answer = upload.commit()
    assert said(answer) == (409, "files-missing")
    assert "have not arrived: b." in answer.json()["errors"][0]["message"]
    assert find(site, "c:latest") is None
    upload.send("b", b"other")
    assert upload.commit().status_code == 200
    assert find(site, "c:latest")["versionIndex"] == 0


def test_bytes_that_are_not_those_announced(site: Site) -> None:
    upload = Upload(site)
    url = upload.announce("a", BODY)["uploadUrl"]
    assert said(upload.put(url, b"others")) == (400, "digest-mismatch")
    assert site.blobs() == set()
    assert upload.put(url, BODY).status_code == 200
    assert upload.put(url, BODY).status_code == 200
    assert len(site.blobs()) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{", "malformed-manifest"),
        (b"[]", "malformed-manifest"),
        (b'{"version": 2, "contents": {}}', "malformed-manifest"),
        (manifest(**{"../etc/passwd": BODY}), "invalid-name"),
        (manifest(**{"/etc/passwd": BODY}), "invalid-name"),
        (manifest(**{"a/../../b": BODY}), "invalid-name"),
        (manifest(**{"": BODY}), "invalid-name"),
        (manifest(**{"C:x": BODY}), "invalid-name"),
        (manifest(a={"digest": "short", "size": 1}), "malformed-digest"),
        (manifest(a={"size": 1}), "malformed-manifest"),
        (manifest(a={"digest": "x", "ref": "s3://b/a", "size": -1}), "malformed-manifest"),
        (manifest(a={"digest": "x", "ref": "s3://b/a", "size": 10**30}), "malformed-manifest"),
    ],
)
def test_manifests_that_are_none(site: Site, text: bytes, code: str) -> None:
    upload = Upload(site)
    assert said(upload.describe(text)) == (400, code)
    assert said(upload.commit()) == (409, "manifest-missing")


def test_a_manifest_that_was_changed_on_the_way(site: Site) -> None:
    upload = Upload(site)
    assert said(upload.describe(manifest(a=BODY), digest=md5(b"x"))) == (400, "digest-mismatch")


def test_a_manifest_that_was_announced_anew(site: Site) -> None:
    upload = Upload(site)
    old, new = manifest(a=BODY), manifest(b=BODY)
    values = {
        "artifactID": upload.id, "name": "wandb_manifest.json", "digest": md5(old),
        "entityName": "ada", "projectName": "p", "runName": "r", "type": "FULL",
    }  # fmt: skip
    made = site.data(MANIFEST, i=values)["createArtifactManifest"]["artifactManifest"]
    assert upload.describe(new).status_code == 200
    assert said(upload.put(made["file"]["uploadUrl"], old)) == (409, "manifest-changed")
    upload.send("b", BODY)
    assert upload.commit().status_code == 200


def test_nothing_is_added_to_a_committed_version(site: Site) -> None:
    log(site)
    upload = Upload(site)
    spec = {"artifactFiles": [{"artifactID": upload.id, "name": "n", "md5": md5(b"n")}]}
    assert said(site.graphql(FILES, i=spec)) == (409, "already-committed")


def test_an_upload_that_comes_after_the_commit(site: Site) -> None:
    upload = Upload(site)
    named, unnamed = (upload.announce(name, name.encode())["uploadUrl"] for name in ("a", "b"))
    assert upload.put(named, b"a").status_code == 200
    assert upload.describe(manifest(a=b"a")).status_code == 200
    assert upload.commit().status_code == 200
    assert upload.put(named, b"a").status_code == 200  # sent again: the answer was lost
    assert said(upload.put(unnamed, b"b")) == (409, "already-committed")
    assert len(site.blobs()) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"artifactTypeName": "a/b"}, "invalid-name"),
        ({"artifactTypeName": ""}, "invalid-name"),
        ({"artifactTypeName": "a" * 100 + "/"}, "invalid-name"),
        ({"artifactCollectionName": "a:b"}, "invalid-name"),
        ({"aliases": [{"artifactCollectionName": "c", "alias": "v3"}]}, "invalid-name"),
        ({"aliases": [{"artifactCollectionName": "c", "alias": "a/b"}]}, "invalid-name"),
        ({"tags": [{"tagName": "a!"}]}, "invalid-name"),
        ({"metadata": "[1]"}, "malformed-request"),
        ({"storageRegion": "mars"}, "unknown-region"),
    ],
)
def test_names_that_are_not_legal(site: Site, given: dict[str, Any], code: str) -> None:
    values = {
        "entityName": "ada", "projectName": "p", "artifactTypeName": "model",
        "artifactCollectionName": "c", "digest": "d", "digestAlgorithm": "MANIFEST_MD5", **given,
    }  # fmt: skip
    assert said(site.graphql(CREATE, i=values)) == (400, code)


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ('{"alias": {"$in": 5}}', "malformed-filter"),
        ('{"alias": {"$nin": "latest"}}', "malformed-filter"),
        ('{"$and": ["x"]}', "malformed-filter"),
        ('{"$not": 3}', "malformed-filter"),
        ('{"alias": {"$near": 3}}', "unknown-operator"),
    ],
)
def test_filters_that_are_none(site: Site, filters: str, code: str) -> None:
    log(site)
    query = (
        'query F($f: JSONString) { project(name: "p", entityName: "ada") { artifactType(name: '
        '"model") { artifactCollection(name: "c") { artifacts(filters: $f) { edges { '
        "version } } } } } }"
    )
    assert said(site.graphql(query, f=filters))[1] == code
    found = site.data(query, f='{"alias": {"$in": ["latest"]}}')["project"]["artifactType"]
    assert found["artifactCollection"]["artifacts"]["edges"] == [{"version": "v0"}]


def test_manifests_count_in_what_a_document_asks_for(site: Site) -> None:
    found = log(site)
    files = " ".join(f"f{i}: files(first: 1) {{ edges {{ cursor }} }}" for i in range(6))
    asked = f"query A($i: ID!) {{ artifact(id: $i) {{ {files} }} }}"
    assert len(site.data(asked, i=found["id"])["artifact"]) == 6
    large = ArtifactUpdate(num_files=1_000_000)
    site.write(lambda tx: tx.artifacts.update_artifact(artifact_number(found["id"]), large))
    assert said(site.graphql(asked, i=found["id"])) == (400, "query-too-large")


def test_a_version_of_several_writers_is_logged_by_each_of_their_runs(site: Site) -> None:
    writers = []
    for name in ("r1", "r2"):
        site.begin(name)
        upload = Upload(site, runName=name, distributedID="together")
        text = manifest(**{name: {"digest": name, "ref": f"s3://{name}"}})
        patch = {"type": "PATCH", "name": "wandb_manifest.patch.json"}
        assert upload.describe(text, **patch).status_code == 200
        writers.append(upload)
    first, second = writers
    assert first.id == second.id
    made = first.commit().json()["data"]["commitArtifact"]["artifact"]
    assert made["fileCount"] == 2
    asked = (
        '{ project(name: "p", entityName: "ada") { run(name: "%s") { outputArtifacts { edges { '
        "node { id } } } } } }"
    )
    for name in ("r1", "r2"):
        (edge,) = site.data(asked % name)["project"]["run"]["outputArtifacts"]["edges"]
        assert edge["node"]["id"] == first.id


def test_a_collection_keeps_its_type(site: Site) -> None:
    log(site)
    values = {
        "entityName": "ada", "projectName": "p", "artifactTypeName": "dataset",
        "artifactCollectionName": "c", "digest": "d", "digestAlgorithm": "MANIFEST_MD5",
    }  # fmt: skip
    assert said(site.graphql(CREATE, i=values)) == (409, "wrong-type")


def test_a_content_is_stored_once_for_all_projects(site: Site) -> None:
    log(site)
    second = Upload(site, "other", digest="d1")
    assert second.announce("g.bin", BODY)["uploadUrl"] is None
    # Another project must show that it has the bytes: a digest alone gets nobody at them.
    third = Upload(site, project="q", digest="d2")
    node = third.announce("f.bin", BODY)
    assert node["uploadUrl"] is not None
    assert third.describe(manifest(**{"f.bin": BODY})).status_code == 200
    assert said(third.commit()) == (409, "files-missing")
    assert third.put(node["uploadUrl"], BODY).status_code == 200
    assert third.commit().status_code == 200
    assert len(site.blobs()) == 1


def test_downloads(site: Site) -> None:
    log(site)
    found = find(site, "c:v0")["artifact"]
    (edge,) = found["files"]["edges"]
    assert (edge["node"]["name"], edge["node"]["sizeBytes"]) == ("f.bin", len(BODY))
    path = urlsplit(edge["node"]["directUrl"]).path
    assert site.ask("GET", path, user=None).content == BODY
    part = site.ask("GET", path, user=None, headers={"range": "bytes=5-7"})
    assert (part.status_code, part.content) == (206, BODY[5:8])
    assert site.ask("GET", path.replace("downloads/", "downloads/x"), user=None).status_code == 403
    text = site.ask("GET", urlsplit(found["currentManifest"]["file"]["directUrl"]).path, user=None)
    assert text.json()["contents"]["f.bin"]["digest"] == md5(BODY)


@pytest.mark.parametrize(
    "form", ["/artifactsV2/default/ada/p/c/ID/ID/{md5}/f.bin", "/artifactsV2/default/ada/ID/{md5}"]
)
def test_downloads_by_digest(site: Site, form: str) -> None:
    log(site)
    if "/p/" not in form:
        form = "/artifacts/ada/{md5}"
    hexed = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    assert site.ask("GET", form.format(md5=hexed)).content == BODY
    assert site.ask("GET", form.format(md5=hexed), user="bob").status_code == 404
    assert site.ask("GET", form.format(md5=hexed), user=None).status_code == 401
    assert site.ask("GET", form.format(md5="0" * 32)).status_code == 404
    assert site.ask("GET", form.format(md5="nothing")).status_code == 400


def test_others_see_nothing(site: Site) -> None:
    found = log(site)
    assert find(site, "c:v0", user="bob") is None
    answer = site.graphql("query A($i: ID!) { artifact(id: $i) { id } }", user="bob", i=found["id"])
    assert answer.json()["data"] == {"artifact": None}
    change = (
        "mutation D($i: DeleteArtifactInput!) { deleteArtifact(input: $i) { artifact { id } } }"
    )
    answer = site.graphql(change, user="bob", i={"artifactID": found["id"], "deleteAliases": True})
    assert answer.status_code == 404
    assert find(site, "c:v0") is not None


def test_a_base_that_the_writer_may_not_see_adds_nothing(site: Site) -> None:
    secret = log_reference(site, "c", "s3://secret/place")
    values = {
        "entityName": "bob", "projectName": "p", "artifactTypeName": "model",
        "artifactCollectionName": "c", "digest": "d", "digestAlgorithm": "MANIFEST_MD5",
    }  # fmt: skip
    made = site.graphql(CREATE, user="bob", i=values).json()["data"]["createArtifact"]["artifact"]
    given = {
        "artifactID": made["id"], "name": "wandb_manifest.incremental.json", "digest": "",
        "entityName": "bob", "projectName": "p", "runName": "r", "type": "INCREMENTAL",
    }  # fmt: skip
    based = {**given, "baseArtifactID": secret["id"]}
    assert site.graphql(MANIFEST, user="bob", i=based).status_code == 404
    answer = site.graphql(MANIFEST, user="bob", i=given).json()["data"]["createArtifactManifest"]
    change = {"artifactManifestID": answer["artifactManifest"]["id"], "digest": ""}
    changed = (
        "mutation U($i: UpdateArtifactManifestInput!) { updateArtifactManifest(input: $i) { "
        "artifactManifest { id } } }"
    )
    based = {**change, "baseArtifactID": secret["id"]}
    assert site.graphql(changed, user="bob", i=based).status_code == 404
    assert site.graphql(changed, user="bob", i=change).status_code == 200


def test_a_link_shows_the_version_and_nothing_else_of_its_home(site: Site) -> None:
    first = log_reference(site, "c", "s3://a")
    linked = log_reference(site, "c", "s3://b")
    link(site, linked["id"], "bob")
    asked = (
        '{ project(name: "shelf", entityName: "bob") { artifactCollectionMembership(name: '
        '"best:latest") { versionIndex artifact { id versionIndex artifactSequence { name '
        "project { name } aliases { edges { node { alias } } } artifacts { edges { node { id } } } "
        'latestArtifact { id } artifactMembership(aliasName: "v0") { versionIndex } } } } } }'
    )

    def seen(user: str) -> Any:
        found = site.graphql(asked, user=user).json()["data"]["project"]
        artifact = found["artifactCollectionMembership"]["artifact"]
        assert (artifact["id"], artifact["versionIndex"]) == (linked["id"], 1)
        return artifact["artifactSequence"]

    assert seen("bob") == {
        "name": "c", "project": None, "aliases": {"edges": []}, "artifacts": {"edges": []},
        "latestArtifact": None, "artifactMembership": None,
    }  # fmt: skip
    assert len(seen("ada")["artifacts"]["edges"]) == 2

    def by_id(artifact: str) -> Any:
        query = "query A($i: ID!) { artifact(id: $i) { currentManifest { file { directUrl } } } }"
        return site.graphql(query, user="bob", i=artifact).json()["data"]["artifact"]

    assert by_id(first["id"]) is None
    url = by_id(linked["id"])["currentManifest"]["file"]["directUrl"]
    text = site.ask("GET", urlsplit(url).path, user=None).json()
    assert text["contents"]["there"]["ref"] == "s3://b"
    described = (
        "mutation U($i: UpdateArtifactInput!) { updateArtifact(input: $i) { artifact { id } } }"
    )
    change = {"artifactID": linked["id"], "description": "mine"}
    refused = site.graphql(described, user="bob", i=change)
    # He sees the version, so he is told why; not where it comes from.
    assert refused.status_code == 403
    assert "belongs to another project" in refused.text
    assert "ada" not in refused.text


def test_latest_moves_to_the_newest_that_is_left_in_each_place(site: Site) -> None:
    first, second, third = (log_reference(site, "c", f"s3://{name}") for name in "abc")
    for found in (first, second, third):
        link(site, found["id"], aliases=[])

    def latest(name: str, project: str) -> Any:
        return find(site, f"{name}:latest", project=project)["artifact"]["id"]

    delete = (
        "mutation D($i: DeleteArtifactInput!) { deleteArtifact(input: $i) { artifact { id } } }"
    )
    site.data(delete, i={"artifactID": third["id"], "deleteAliases": True})
    assert (latest("c", "p"), latest("best", "shelf")) == (second["id"], second["id"])
    asked = (
        '{ project(name: "shelf", entityName: "ada") { artifactCollection(name: "best") { id } } }'
    )
    portfolio = site.data(asked)["project"]["artifactCollection"]["id"]
    unlink = "mutation U($i: UnlinkArtifactInput!) { unlinkArtifact(input: $i) { success } }"
    site.data(unlink, i={"artifactID": second["id"], "artifactPortfolioID": portfolio})
    assert (latest("c", "p"), latest("best", "shelf")) == (second["id"], first["id"])


def test_an_upload_that_is_broken_off_while_it_is_recorded_keeps_its_bytes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(site)
    url = upload.announce("f.bin", BODY)["uploadUrl"]
    is_recording, may_go_on = threading.Event(), threading.Event()
    record = artifacts.content_arrived

    def slowly(*args: Any) -> str | None:
        is_recording.set()
        assert may_go_on.wait(10)
        return record(*args)

    monkeypatch.setattr(artifacts, "content_arrived", slowly)

    async def break_off() -> None:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://runs.test") as client:
            sending = asyncio.create_task(client.put(urlsplit(url).path, content=BODY))
            assert await asyncio.to_thread(is_recording.wait, 10)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
        may_go_on.set()

    asyncio.run(break_off())
    assert upload.describe(manifest(**{"f.bin": BODY})).status_code == 200
    assert upload.commit().status_code == 200
    (edge,) = find(site, "c:v0")["artifact"]["files"]["edges"]
    assert site.ask("GET", urlsplit(edge["node"]["directUrl"]).path, user=None).content == BODY


def test_versions_of_a_project_in_the_trash_are_out_of_sight(site: Site) -> None:
    found = log(site)
    (project,) = site.read(lambda s: [place.id for place in s.projects.all_projects(None)])
    site.write(lambda tx: tx.projects.trash_project(project))
    asked = "query A($i: ID!) { artifact(id: $i) { id } }"
    assert site.data(asked, i=found["id"]) == {"artifact": None}
    site.write(lambda tx: tx.projects.restore_project(project))
    assert find(site, "c:v0") is not None
