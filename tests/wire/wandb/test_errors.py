"""How this protocol fails: every domain error at every door, and never 500 for bad input."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.wire.wandb.conftest import Site

from runstone.domain import errors
from runstone.domain.errors import RunstoneError
from runstone.wire.wandb.errors import STATUSES, status_of

# What clients do with a status: give up at once, or keep what they have and send it again.
STOPS = {400, 401, 403, 404, 409, 410, 413, 422, 501}


def kinds(base: type[RunstoneError]) -> Iterator[type[RunstoneError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


ALL = [kind for kind in kinds(RunstoneError) if vars(errors).get(kind.__name__) is kind]
RETRIED = {errors.Unavailable, errors.CorruptData}


@pytest.mark.parametrize("kind", ALL)
def test_every_domain_error_has_a_status(kind: type[RunstoneError]) -> None:
    status = status_of(kind("what happened"))
    assert kind in STATUSES
    assert (status in STOPS) is (kind not in RETRIED)
    assert status != 500


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("door", ["graphql", "mutation", "file_stream", "download", "upload"])
def test_every_domain_error_at_every_door(
    site: Site, monkeypatch: pytest.MonkeyPatch, kind: type[RunstoneError], door: str
) -> None:
    site.begin()
    announce = (
        'mutation { createRunFiles(input: {entityName: "ada", projectName: "p", '
        'runName: "r1", files: ["a"]}) { files { uploadUrl } } }'
    )
    url = site.data(announce)["createRunFiles"]["files"][0]["uploadUrl"]

    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise kind("what happened and what to do")

    for place in ("ingest.record", "files.find_file", "files.file_arrived", "files.announce_files"):
        monkeypatch.setattr(f"runstone.services.{place}", fail)
    # Absent entities are null in this protocol; so the query fails by another way.
    monkeypatch.setattr("runstone.services.accounts.list_users", fail)
    answer = {
        "graphql": lambda: site.graphql("{ users { edges { node { id } } } }"),
        "mutation": lambda: site.graphql(announce),
        "file_stream": lambda: site.stream(),
        "download": lambda: site.ask("GET", "/files/ada/p/r1/a"),
        "upload": lambda: site.ask("PUT", url.removeprefix("http://runs.test"), b"x", user=None),
    }[door]()
    assert answer.status_code == STATUSES[kind]
    body = answer.json()
    if door in ("graphql", "mutation"):
        (entry,) = body["errors"]
        assert entry["message"] == "what happened and what to do"
        assert entry["extensions"]["code"] == kind.default_code
    else:
        assert body["error"] == "what happened and what to do"
    assert ("retry-after" in answer.headers) is (kind in RETRIED)
    assert "runs" not in site.blobs() or door != "upload"
    if door == "upload":
        assert site.blobs() == set()


def test_what_nobody_foresaw_is_logged_and_told_apart(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.begin()

    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("runstone.services.ingest.record", fail)
    monkeypatch.setattr("runstone.services.accounts.list_users", fail)
    for answer in (site.stream(), site.graphql("{ users { edges { node { id } } } }")):
        assert answer.status_code == 500
        assert "a secret detail" not in answer.text
        reference = answer.text.split("reference ")[1][:8]
        assert reference in caplog.text
    assert "a secret detail" in caplog.text


BAD_BODIES: list[Any] = [
    b"", b"nope", b"[]", b"1", b"{", b"\xff\xfe", b'"\\ud800"', b"[" * 100_000,
    {}, {"query": 1}, {"query": ""}, {"query": "{"}, {"query": "{ nothing }"},
    {"query": "{ viewer }"}, {"query": "query A { viewer { id } } query B { viewer { id } }"},
    {"query": "{ viewer { id } }", "operationName": "Other"},
    {"query": "{ viewer { id } }", "variables": []},
    {"query": "{" * 3_000}, {"query": "{ viewer { id } }" * 20_000},
    {"query": "subscription { x }"},
    {"query": "query Q($n: String!) { project(name: $n) { id } }", "variables": {}},
    {"query": "query Q($n: String!) { project(name: $n) { id } }", "variables": {"n": 5}},
    {"query": 'mutation { deleteRun(input: {id: "%%%"}) { clientMutationId } }'},
    {"query": 'mutation { upsertBucket(input: {name: "a", config: "[1]"}) { inserted } }'},
    {"query": 'mutation { upsertBucket(input: {name: "a", config: "nope"}) { inserted } }'},
    {"query": 'mutation { upsertBucket(input: {name: "a/b"}) { inserted } }'},
    {"query": 'mutation { upsertBucket(input: {name: "a", state: "odd"}) { inserted } }'},
    {"query": 'mutation { upsertBucket(input: {name: "a", modelName: "../x"}) { inserted } }'},
    {"query": 'mutation U($c: JSONString) { upsertBucket(input: {config: $c}) { inserted } }',
     "variables": {"c": {"lr": 1}}},
    {"query": 'query { project(name: "p") { run(name: "r1") { history(samples: -1) } } }'},
    {"query": '{ project(name: "p") { run(name: "r1") { files(first: -1) { totalCount } } } }'},
    {"query": 'query { project(name: "p") { run(name: "r1") { sampledHistory(specs: ["{"]) } } }'},
    {"query": 'query { project(name: "p") { run(name: "r1") { logLines(after: "x", first: 1) '
     "{ pageInfo { hasNextPage } } } } }"},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda b: str(b)[:50])
def test_bad_graphql(site: Site, body: Any) -> None:
    site.begin()
    answer = site.ask("POST", "/graphql", body)
    assert answer.status_code in (200, 400), answer.text
    assert answer.json()["errors"][0]["message"]
    assert site.data("{ viewer { username } }") == {"viewer": {"username": "ada"}}


BAD_STREAMS: list[Any] = [
    b"nope", b"[]", b"1", b'"x"', b"{", b"\xff", b"[" * 100_000, {"files": []}, {"files": {"a": 1}},
    {"files": {"wandb-history.jsonl": {"offset": -1, "content": ["{}"]}}},
    {"files": {"wandb-history.jsonl": {"offset": 2**63, "content": ["{}"]}}},
    {"files": {"wandb-history.jsonl": {"offset": "0", "content": ["{}"]}}},
    {"files": {"wandb-history.jsonl": {"offset": 0, "content": "{}"}}},
    {"files": {"wandb-history.jsonl": {"offset": 0, "content": [1]}}},
    {"files": {"wandb-history.jsonl": {"offset": 0, "content": ["nope"]}}},
    {"files": {"wandb-history.jsonl": {"offset": 0, "content": ["[1]"]}}},
    {"files": {"wandb-summary.json": {"offset": 0, "content": ["[1]"]}}},
    {"files": {"output.log": {"offset": 0, "content": [None]}}},
    {"exitcode": "zero"}, {"exitcode": 2**40}, {"complete": 3},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_STREAMS, ids=lambda b: str(b)[:50])
def test_bad_file_stream(site: Site, body: Any) -> None:
    site.begin()
    answer = site.ask("POST", "/files/ada/p/r1/file_stream", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert site.stream({"wandb-history.jsonl": {"offset": 0, "content": ['{"a":1}']}}).text == "{}"


def test_file_stream_of_a_gap_and_of_no_run(site: Site) -> None:
    assert site.stream(name="none").status_code == 404
    site.begin()
    assert site.stream({"wandb-history.jsonl": {"offset": 5, "content": ["{}"]}}).status_code == 409
    assert site.ask("POST", "/files/ada/p/r1/file_stream", {}, user="bob").status_code == 404


def test_too_large_and_compressed_bodies(site: Site) -> None:
    site.begin()
    path = "/files/ada/p/r1/file_stream"
    assert site.ask("POST", path, b" " * 2_000_001).status_code == 413
    bomb = gzip.compress(b" " * 100_000_000)
    assert site.ask("POST", path, bomb, headers={"content-encoding": "gzip"}).status_code == 413
    body = json.dumps({"files": {"wandb-history.jsonl": {"content": ['{"a":1}']}}}).encode()
    packed = {"content-encoding": "gzip"}
    assert site.ask("POST", path, gzip.compress(body), headers=packed).status_code == 200
    assert site.ask("POST", path, gzip.compress(body)[:-9], headers=packed).status_code == 400
    assert site.ask("POST", path, body, headers=packed).status_code == 400
    assert site.ask("POST", path, body, headers={"content-encoding": "br"}).status_code == 400


@pytest.mark.parametrize("user", [None, "x", "runstone-" + "0" * 48])
def test_without_a_valid_key(site: Site, user: str | None) -> None:
    site.begin()
    query = site.graphql("{ viewer { id } }", user=user)
    assert query.status_code == 401
    assert query.json()["errors"][0]["message"]
    for method, path in (("POST", "file_stream"), ("GET", "config.yaml")):
        answer = site.ask(method, f"/files/ada/p/r1/{path}", {}, user=user)
        assert answer.status_code == 401
        assert answer.json()["error"]


def test_odd_paths(site: Site) -> None:
    for method, path in (
        ("GET", "/graphql"), ("POST", "/files/ada/p/r1/x"), ("GET", "/files/ada/p/r1"),
        ("GET", "/uploads/x/y"), ("PUT", "/uploads/x/y"), ("GET", "/files/ada/p/r1/../../x"),
        ("GET", "/files/ada/p/r1/%2e%2e/%2e%2e/etc/passwd"), ("GET", "/files/a%2Fb/p/r/n"),
        ("GET", "/artifacts/ada/abc"), ("GET", "/artifactsV2/default/ada/p/c/1/2/x/y"),
        ("POST", "/oidc/token"), ("PATCH", "/uploads/x/y"),
    ):  # fmt: skip
        answer = site.ask(method, path, None)
        assert 400 <= answer.status_code <= 501, (path, answer.status_code)
        assert answer.status_code != 500, path
    assert site.ask("POST", "/sdk/otel/v1/metrics", b"").status_code == 404
