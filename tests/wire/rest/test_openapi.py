"""The OpenAPI document: committed, true, and the map of everything that needs credentials."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.wire.rest.breaking_changes import breaking_changes
from tests.wire.rest.conftest import Site

from runstone.wire.rest import openapi_document
from runstone.wire.rest.openapi import committed_text

pytestmark = pytest.mark.anyio

COMMITTED = Path(__file__).parents[3] / "openapi" / "openapi.json"
DOCUMENT = openapi_document()
OPERATIONS = [
    (path, method.upper(), operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_committed_document_is_the_one_that_the_routes_say() -> None:
    assert COMMITTED.read_text() == committed_text(), (
        "openapi/openapi.json is out of date: run `make openapi` and commit what changed."
    )


def test_nothing_that_is_committed_breaks() -> None:
    """Where the document changes on purpose, the step before is compared in CI (see the script)."""
    assert breaking_changes(json.loads(COMMITTED.read_text()), DOCUMENT) == []


def test_every_operation_is_told() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
    for path, method, operation in OPERATIONS:
        assert operation["summary"], f"{method} {path}"
        assert {"4XX", "5XX"} <= operation["responses"].keys()
    for reference in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)):
        assert reference in DOCUMENT["components"]["schemas"]


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{m} {p}" for p, m, _ in OPERATIONS]
)
async def test_every_route_refuses_without_credentials(
    nobody: httpx.AsyncClient, path: str, method: str, operation: dict[str, Any]
) -> None:
    concrete = re.sub(r"\{\w+\}", "x", path)

    answer = await nobody.request(method, concrete)

    if (method, path) == ("POST", "/session"):
        assert answer.status_code == 400  # the one way in: it asks for a proof
        return
    assert (answer.status_code, answer.json()["code"]) == (401, "no-credentials")
    assert operation.get("security") != [] or path == "/session"


@pytest.mark.parametrize(
    ("path", "method"),
    [(p, m) for p, m, _ in OPERATIONS if m != "GET" and p != "/session"],
)
async def test_every_change_by_cookie_needs_the_csrf_header(
    site: Site, nobody: httpx.AsyncClient, path: str, method: str
) -> None:
    cookie = (await nobody.post("/session", json={"api_key": site.ada_key})).cookies
    async with site.client(cookie=cookie["runstone_session"]) as browser:
        answer = await browser.request(method, re.sub(r"\{\w+\}", "x", path))
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_the_server_gives_it_out(nobody: httpx.AsyncClient) -> None:
    assert (await nobody.get("/openapi.json")).json() == DOCUMENT


def _without(document: Any, *place: str) -> Any:
    copy = json.loads(json.dumps(document))
    node = copy
    for step in place[:-1]:
        node = node[step]
    del node[place[-1]]
    return copy


SCHEMAS = ("components", "schemas")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (("paths", "/me"), "/me is gone"),
        (("paths", "/session", "delete"), "DELETE /session is gone"),
        ((*SCHEMAS, "Me"), "Me is gone"),
        ((*SCHEMAS, "RunRow", "properties", "num_rows"), "RunRow.num_rows is gone"),
    ],
)
def test_what_is_gone_breaks(place: tuple[str, ...], told: str) -> None:
    assert any(told in line for line in breaking_changes(DOCUMENT, _without(DOCUMENT, *place)))
    assert breaking_changes(_without(DOCUMENT, *place), DOCUMENT) == []


def test_what_is_newly_asked_for_or_of_another_type_breaks() -> None:
    new = json.loads(json.dumps(DOCUMENT))
    schemas = new["components"]["schemas"]
    schemas["CreateUser"]["required"].append("email")
    schemas["User"]["required"].remove("email")
    schemas["RunRow"]["properties"]["num_rows"] = {"type": "string"}
    schemas["StreamKind"]["enum"].remove("system")
    new["paths"]["/api-keys"]["get"]["parameters"][0]["required"] = True

    assert breaking_changes(DOCUMENT, new) == [
        "CreateUser.email is required now",
        "RunRow.num_rows has another type",
        "StreamKind has another type",
        "User.email may be missing now",
        "GET /api-keys needs the parameter user now",
    ]
