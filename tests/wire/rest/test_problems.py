"""How the API says no."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain import errors
from runstone.domain.errors import RunstoneError
from runstone.wire.rest.problems import STATUSES, problem_body, status_of

pytestmark = pytest.mark.anyio

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, RunstoneError) and kind is not RunstoneError
]


def _all_codes() -> list[tuple[type[RunstoneError], int]]:
    return [
        (errors.InvalidInput, 400),
        (errors.Unauthenticated, 401),
        (errors.PermissionDenied, 403),
        (errors.NotFound, 404),
        (errors.AlreadyExists, 409),
        (errors.Conflict, 409),
        (errors.QuotaExceeded, 413),
        (errors.CorruptData, 500),
        (errors.NotBuilt, 501),
        (errors.Unavailable, 503),
    ]


def test_every_domain_error_has_a_status() -> None:
    assert {kind: int(status) for kind, status in STATUSES.items()} == dict(_all_codes())
    assert set(STATUSES) == set(KINDS)


@pytest.mark.parametrize(("kind", "status"), _all_codes())
async def test_every_domain_error_becomes_a_problem(
    site: Site,
    ada: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[RunstoneError],
    status: int,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise kind("It is so. Do this.", expected=3, status="a detail may not hide the status")

    monkeypatch.setattr("runstone.services.projects.list_projects", fail)

    answer = await ada.get("/projects")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {k: problem[k] for k in ("type", "status", "detail", "code", "expected")} == {
        "type": f"urn:runstone:problem:{kind.default_code}",
        "status": status,
        "detail": "It is so. Do this.",
        "code": kind.default_code,
        "expected": 3,
    }
    assert ("retry-after" in answer.headers) is (kind is errors.Unavailable)
    assert ("www-authenticate" in answer.headers) is (kind is errors.Unauthenticated)


async def test_a_fault_of_ours_has_a_reference(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("runstone.services.projects.list_projects", fail)

    with caplog.at_level(logging.ERROR):
        answer = await ada.get("/projects")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal-error")
    assert problem["reference"] in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/", "/projects/", "/projects//x", "/projects/a", "/session/x"),
        *("/projects/a/b/runs/c/d", "/../session", "/api-keys/1/2"),
    ],
)
async def test_unknown_routes(nobody: httpx.AsyncClient, path: str) -> None:
    answer = await nobody.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-route")


async def test_wrong_methods(ada: httpx.AsyncClient) -> None:
    answer = await ada.request("PUT", "/projects")

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST, HEAD"
    assert (await ada.head("/projects")).status_code == 200


@pytest.mark.parametrize(
    ("body", "position"),
    [(b'{"name": }', 9), (b'{"name": "p"', None), (b"\xff", 0), (b'{"name": "\xff"}', None)],
)
async def test_malformed_json(ada: httpx.AsyncClient, body: bytes, position: int | None) -> None:
    answer = await ada.post("/projects", content=body)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "malformed-json")
    if position is not None:
        assert problem["position"] == position


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name"),
        ({"name": 3}, "`name` must be a text, got a whole number"),
        ([], "object"),
        ({"name": "p", "nmae": 1}, "nmae"),
        ({"name": "a/b"}, "not allowed"),
        ({"name": "x" * 10_000}, "10,000 characters"),
        ({"name": ".."}, "folders"),
    ],
)
async def test_bodies_that_are_not_what_is_asked_for(
    ada: httpx.AsyncClient, body: Any, told: str
) -> None:
    answer = await ada.post("/projects", json=body)

    assert answer.status_code == 400
    assert told in answer.json()["detail"]


async def test_bodies_that_are_too_large_or_broken(ada: httpx.AsyncClient) -> None:
    large = await ada.post("/projects", content=b" " * (4 * 1024 * 1024 + 1))
    assert (large.status_code, large.json()["code"]) == (413, "body-too-large")
    deep = await ada.post("/projects", content=b'{"x":' + b"[" * 200_000)
    assert deep.status_code == 400
    broken = await ada.post("/projects", content=b"not gzip", headers={"content-encoding": "gzip"})
    assert (broken.status_code, broken.json()["code"]) == (400, "broken-encoding")
    unknown = await ada.post("/projects", content=b"x", headers={"content-encoding": "br"})
    assert unknown.status_code == 415


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "since_seq=-1", "lmit=5"])
async def test_queries_that_make_no_sense(site: Site, ada: httpx.AsyncClient, query: str) -> None:
    site.add_run("r1")

    answer = await ada.get(f"/projects/ada/digits/runs?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")


@pytest.mark.parametrize("place", ["runs", "columns", "trash", "views", "artifacts"])
@pytest.mark.parametrize("cursor", ["x", "-1", "!!"])
async def test_cursors_that_are_none(
    site: Site, ada: httpx.AsyncClient, place: str, cursor: str
) -> None:
    site.add_run("r1")

    answer = await ada.get(f"/projects/ada/digits/{place}", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")
    assert answer.json()["detail"].startswith("The cursor was not given out for this list")


@pytest.mark.parametrize(
    "authorization",
    [
        *("Basic !!!", "Basic " + "A" * 40, "Bearer nope", "Bearer operator.forged", "Digest x"),
        *("", "Basic", "Bearer"),
    ],
)
async def test_credentials_that_open_nothing(nobody: httpx.AsyncClient, authorization: str) -> None:
    answer = await nobody.get("/me", headers={"authorization": authorization})

    assert answer.status_code in (401, 403)
    assert answer.headers["content-type"] == "application/problem+json"


def test_long_messages_are_cut() -> None:
    assert len(problem_body(errors.NotFound("x" * 100_000))) < 2_000


def test_errors_that_are_not_in_the_table_are_ours() -> None:
    class New(RunstoneError):
        pass

    assert status_of(New("?")) == 500
