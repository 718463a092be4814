"""Networks and servers on bad days: reads are tried again, changes are not, errors say why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.lab import Lab
from tests.sdk.scripted import HANG_UP, answer, scripted

from runstone.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    RunstoneError,
    ServerError,
    Unauthenticated,
    Unavailable,
)
from runstone.sdk import Api
from runstone.sdk.errors import refusal
from runstone.wire.rest.problems import STATUSES, problem_body, status_of

KEY = "k" * 40
ME = answer(body=b'{"user":{"username":"ada"}}')


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.mark.parametrize(
    "bad_day",
    [
        pytest.param(HANG_UP, id="hangs up"),
        pytest.param(answer(503, b"", "Retry-After: 1"), id="busy"),
        pytest.param(answer(502, b"<html>"), id="a proxy without its server"),
        pytest.param(answer(body=b'{"user":', length=40), id="cut"),
    ],
)
def test_reads_are_tried_again(bad_day: bytes) -> None:
    with scripted(bad_day, bad_day, ME) as server, Api(server.url, KEY) as api:
        assert api.user == "ada"
        assert len(server.requests) == 3


def test_changes_are_made_once() -> None:
    facts: dict[str, Any] = {"entity": "a", "name": "p", "description": "", "num_runs": 0}
    facts |= {"created_at": "2026-01-01T00:00:00Z", "last_activity_at": "2026-01-01T00:00:00Z"}
    body = json.dumps(facts | {"states": {}}).encode()
    with scripted(answer(body=body), HANG_UP, ME) as server, Api(server.url, KEY) as api:
        project = api.project("a/p")
        with pytest.raises(Unavailable, match=r"No answer from http://127\.0\.0\.1"):
            project.update(description="new")
        assert len(server.requests) == 2


def test_it_gives_up_in_the_end() -> None:
    busy = answer(503, b'{"detail":"The disk is full.","code":"disk-full"}', "Retry-After: 7")
    with scripted(*[busy] * 9) as server, Api(server.url, KEY) as api:
        with pytest.raises(Unavailable, match="The disk is full") as caught:
            _ = api.user
        assert (caught.value.code, caught.value.retry_after) == ("disk-full", 7)
        assert len(server.requests) == 5


def test_nobody_there() -> None:
    with scripted() as server:
        url = server.url
    with pytest.raises(Unavailable, match=r"Connection refused\)\. Is a server running there\?"):
        _ = Api(url, KEY).user


@pytest.mark.parametrize(
    "body", [b"<html>Welcome</html>", b"[]", b'{"user":7}', b"\xff", b"{}"], ids=repr
)
def test_other_servers(body: bytes) -> None:
    with (
        scripted(answer(body=body)) as server,
        Api(server.url, KEY) as api,
        pytest.raises(ServerError, match="is it a Runstone server"),
    ):
        _ = api.user


def test_redirects_are_not_followed_with_the_key() -> None:
    there = answer(301, b"", "Location: https://runs.org/api/v1/me")
    with (
        scripted(there, ME) as server,
        Api(server.url, KEY) as api,
        pytest.raises(ServerError, match=r"redirects to https://runs\.org/api/v1/me: give"),
    ):
        _ = api.user
    assert len(server.requests) == 1


def test_no_reason_given() -> None:
    with (
        scripted(answer(404, b"<html>")) as server,
        Api(server.url, KEY) as api,
        pytest.raises(ServerError, match="status 404 and no reason: is it a Runstone server"),
    ):
        _ = api.user


def test_a_table_that_is_cut_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    cut = answer(body=b'{"loss":1}\n', length=1000)
    chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + b'{"loss":1}\n\r\n'
    for broken in (cut, chunked):
        with scripted(broken, broken) as server, Api(server.url, KEY) as api:
            table = api.runs("a/p").table()
            with pytest.raises(Unavailable, match="was cut after") as caught:
                list(table)
            assert caught.value.code == "cut"
            with pytest.raises(Unavailable, match="was cut after"):
                table.export(tmp_path / "runs.jsonl")
            assert list(tmp_path.iterdir()) == []


def test_each_refusal_is_the_error_that_the_server_meant() -> None:
    """Over the server's own table: nothing that it says comes back as something else."""
    for kind in STATUSES:
        said = kind("Not so.", reason="why", position=3)
        heard = refusal("http://x", status_of(said), problem_body(said))
        assert type(heard) is kind, kind
        assert (heard.message, heard.code) == (said.message, said.code)
        assert heard.details.items() >= {"reason": "why", "position": 3}.items()
    for refined in ("method-not-allowed", "unsupported-media-type"):
        said = InvalidInput("Not so.", code=refined)
        assert isinstance(refusal("http://x", status_of(said), problem_body(said)), RunstoneError)


def test_errors_of_a_real_server(lab: Lab, api: Api) -> None:
    with pytest.raises(NotFound):
        api.run("ada/digits/none")
    with pytest.raises(InvalidInput):
        api.run("ada/digits/r1").update(name="x" * 2_000)
    with pytest.raises(Conflict):
        api.project("ada/digits").delete()
    with pytest.raises(Unauthenticated, match="API key is not known"):
        _ = Api(lab.url, "x" * 40).user


def test_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(ME) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "near.test")
        assert Api("http://far.test", KEY).user == "ada"
        assert proxy.requests[0].startswith("GET http://far.test/api/v1/me HTTP/1.1\r\n")


def test_what_is_sent() -> None:
    with scripted(ME) as server:
        assert Api(f"{server.url}/below/", KEY).user == "ada"
    (head,) = server.requests
    assert head.startswith("GET /below/api/v1/me HTTP/1.1\r\n")
    assert "user-agent: runstone-python/" in head.lower()
    assert "accept-encoding: gzip" in head.lower()
    assert KEY not in head
