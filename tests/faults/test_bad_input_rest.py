"""What can be said wrongly to the native API: every operation, curves, event streams."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faults.victim import GIVES_UP, KEEPSAKE, PROJECT, Victim, refused
from tests.server.processes import Answer

from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_project_name, check_run_name

DIGITS = "9" * 5_000
REFUSALS = (*GIVES_UP, 405, 415)


HARD = (
    "nope", "..", ".", " ", "a/b", "%2e%2e", "\0", "x\ny", "😀", "\u202e", "'\"", "\\", "9" * 30,
    DIGITS, "-1", "n" * 1_025,
)  # fmt: skip
NO_BODY = (
    b"", b"null", b"[]", b'"x"', b"5", b"true", b"{", b"\xff\xfe", b'{"a":1}', b"NaN",
    b'{"\\ud800":1}', b'{"a":' * 2_000, b"[" * 100_000, DIGITS.encode(), b'{"a":1}{"b":2}',
    b'{"name":5,"username":5,"requests":5,"role":5,"password":5,"token":5,"tags":5}',
    b'{"name":null,"username":"\\u0000","requests":null,"role":"king","password":"","token":""}',
)  # fmt: skip


# Its names are legal, and it makes what is missing.
BEGINS_A_RUN = "/api/v1/me/projects/{project}/runs/{run}"


def operations(victim: Victim) -> Iterator[tuple[str, str, dict[str, Any]]]:
    document = victim.ask("GET", "/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield method.upper(), f"/api/v1{path}", operation


def filled(path: str, value: str) -> str:
    while "{" in path:
        head, _, rest = path.partition("{")
        path = head + quote(value, safe="") + rest.partition("}")[2]
    return path


def is_legal(name: str) -> bool:
    try:
        return bool(check_project_name(name) and check_run_name(name))
    except InvalidInput:
        return False


def says_no(answer: Answer) -> None:
    said = refused(answer, *REFUSALS)
    assert answer.json()["status"] == answer.status
    assert answer.json()["code"]
    assert len(said) <= 1_000


def test_every_operation_with_names_that_are_none(victim: Victim) -> None:
    num_asked = 0
    for method, path, operation in operations(victim):
        if "{" not in path:
            continue
        for name in HARD:
            if path == BEGINS_A_RUN and is_legal(name):
                continue
            body = b"{}" if "requestBody" in operation else None
            says_no(victim.ask(method, filled(path, name), body))
            num_asked += 1
    assert num_asked > 100


def test_every_operation_with_bodies_that_are_none(victim: Victim) -> None:
    num_asked = 0
    for method, path, operation in operations(victim):
        if "requestBody" not in operation:
            continue
        for body in NO_BODY:
            if path == BEGINS_A_RUN and not body:
                continue  # all is optional
            answer = victim.ask(method, filled(path, "nope"), body)
            if body or not path.endswith(("/sign-in-links", "/api-keys")):  # all is optional
                says_no(answer)
            num_asked += 1
    assert num_asked > 100


def test_every_operation_with_queries_that_are_none(victim: Victim) -> None:
    for method, path, operation in operations(victim):
        if method != "GET" or path.endswith("/events"):
            continue
        place = path.replace("{entity}", victim.entity).replace("{project}", PROJECT)
        place = filled(place, KEEPSAKE)
        declared = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
        for name in (*declared, "nope", ""):
            for value in (*HARD, "[", "{}", "NaN", "true", "%ff", "%00", "%ed%a0%80"):
                text = value if value.startswith("%") else quote(value, safe="")
                answer = victim.ask("GET", f"{place}?{quote(name)}={text}")
                if answer.status != 200:  # a search for anything finds nothing
                    says_no(answer)
        if declared:
            says_no(victim.ask("GET", f"{place}?" + "&".join(["a="] * 10_500)))


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=1e9", "limit=99999999999999999999", "cursor=x", "cursor=",
        "cursor=AAAA", "cursor=%00", "sort=", "sort=nope", "sort=-", "sort=" + "x," * 1_000,
        "filter=", "filter=(((((", "filter=" + "(" * 5_000, "filter=config.lr%20%3C",
        "filter=config.lr%3C" + DIGITS, "filter=state%3D%22", "filter=a%3D1%20and%20" * 500,
        "since_seq=-1", "since_seq=x", "since_seq=99999999999999999999", f"since_seq={DIGITS}",
        "since_seq=0&cursor=x", "search=" + "x" * 20_000,
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_lists_of_runs(victim: Victim, query: str) -> None:
    answer = victim.ask("GET", f"/api/v1/projects/{victim.entity}/{PROJECT}/runs?{query}")
    if answer.status != 200:
        says_no(answer)


# Curves


def series(victim: Victim, *requests: dict[str, Any], raw: bytes | None = None) -> Answer:
    base = {"entity": victim.entity, "project": PROJECT, "runs": [KEEPSAKE], "keys": ["loss"]}
    body = json.dumps({"requests": [base | request for request in requests]}).encode()
    return victim.ask("POST", "/api/v1/series", body if raw is None else raw)


@pytest.mark.parametrize(
    "request_",
    [
        {"buckets": 10**9}, {"buckets": 1}, {"buckets": -1}, {"buckets": 1.5}, {"buckets": "9"},
        {"buckets": 10**400}, {"lo": float("nan")}, {"hi": float("inf")}, {"lo": 10**400},
        {"lo": "1"}, {"axis": "nope"}, {"stream": "nope"}, {"stream": "console"}, {"runs": "x"},
        {"runs": [1]}, {"keys": None}, {"entity": 5}, {"nope": 1}, {"keys": ["\ud800"]},
        {"runs": [f"r{i}" for i in range(300_000)]},
    ],
    ids=lambda request: str(request)[:40],
)  # fmt: skip
def test_curves_that_cannot_be(victim: Victim, request_: dict[str, Any]) -> None:
    says_no(series(victim, request_))


@pytest.mark.parametrize(
    "request_",
    [
        {"lo": 5, "hi": 1}, {"lo": 1e308, "hi": -1e308}, {"entity": "nobody"}, {"project": "nope"},
        {"project": "\0"}, {"runs": [f"r{i}" for i in range(100_000)], "buckets": 2},
        {"runs": [f"r{i}" for i in range(900)], "keys": [f"k{i}" for i in range(900)],
         "buckets": 2},
    ],
    ids=lambda request: str(request)[:40],
)  # fmt: skip
def test_a_curve_that_fails_does_not_take_the_others(
    victim: Victim, request_: dict[str, Any]
) -> None:
    answer = series(victim, {}, request_, {})
    assert answer.status == 200
    size = int.from_bytes(answer.body[4:8], "little")
    header = json.loads(answer.body[8 : 8 + size])
    assert [error["request"] for error in header["errors"]] == [1]
    assert len(header["errors"][0]["message"]) < 1_000
    assert [entry["request"] for entry in header["series"]] == [0, 2]


@pytest.mark.parametrize(
    "request_",
    [
        {"lo": -1.7e308, "hi": 1.7e308, "buckets": 2}, {"lo": 1e308, "hi": 1.7e308},
        {"lo": 5e-324, "hi": 1e-323}, {"lo": 2**63, "hi": 2**64}, {"lo": 0, "hi": 0},
        {"buckets": 20_000}, {"runs": [KEEPSAKE] * 1_000}, {"keys": ["loss"] * 1_000},
        {"runs": []}, {"keys": []}, {"keys": ["", "\0", "_step", "n" * 10_000]},
        {"runs": ["", "\0", "..", "n" * 10_000]},
    ],
    ids=lambda request: str(request)[:40],
)  # fmt: skip
def test_odd_curves_are_answered(victim: Victim, request_: dict[str, Any]) -> None:
    for axis in ("step", "time", "relative"):
        answer = series(victim, request_ | {"axis": axis})
        assert answer.status == 200
        assert b'"errors":[]' in answer.body


def test_batches_have_an_end(victim: Victim) -> None:
    one = {"runs": [f"r{i}" for i in range(200)], "buckets": 20_000}
    says_no(series(victim, *[one] * 2))
    says_no(series(victim, *[{}] * 1_001))
    assert series(victim, *[{}] * 1_000).status == 200
    says_no(series(victim, raw=b'{"requests":[' + b'{"lo":-1e999},' * 3 + b"{}]}"))


# Event streams


def listen(victim: Victim, query: str = "", **headers: str) -> tuple[int, bytes]:
    """Status and beginning of an event stream."""
    connection = victim.server.connect()
    try:
        connection.request("GET", f"/api/v1/events{query}", headers=victim.headers | headers)
        answer: http.client.HTTPResponse = connection.getresponse()
        return answer.status, answer.read1(200)
    finally:
        connection.close()


def test_places_in_the_stream_that_are_none(victim: Victim) -> None:
    for last in ("", "x", "-1", "1e9", "1.5", "²", "0x10", "9" * 18, str(2**63), DIGITS, "\0x"[1:]):
        status, said = listen(victim, **{"Last-Event-ID": last})
        assert status == 200, last
        assert said.startswith(b"event: hello\n"), last


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?project=x", 400), ("?project=", 400), ("?project=/", 400), ("?project=a/", 400),
        ("?project=%ff", 400), ("?project=%ed%a0%80/x", 400), ("?nope=1", 400),
        ("?project=a/b", 404), ("?project=a/b/c", 404), ("?project=%00/%00", 404),
        ("?project=" + "n" * 5_000 + "/x", 404), ("?project=../..", 404),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_places_that_cannot_be_listened_to(victim: Victim, query: str, status: int) -> None:
    said, body = listen(victim, query)
    assert said == status
    assert json.loads(victim.ask("GET", f"/api/v1/events{query}").body)["status"] == status, body


def test_many_listeners_keep_nobody_waiting(victim: Victim) -> None:
    connections = [victim.server.connect() for _ in range(60)]
    try:
        for connection in connections:
            connection.request("GET", "/api/v1/events", headers=victim.headers)
        for connection in connections:
            assert connection.getresponse().status == 200
        began = time.monotonic()
        victim.new_run("heard-by-many")
        assert victim.ask("GET", "/api/v1/me").status == 200
        assert time.monotonic() - began < 5
    finally:
        for connection in connections:
            connection.close()


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip


def test_no_request_for_curves_breaks_it(victim: Victim) -> None:
    number = st.none() | st.floats() | st.integers()
    one = st.fixed_dictionaries(
        {"runs": st.lists(st.sampled_from([KEEPSAKE, "nope", "\0"]), max_size=3)},
        optional={
            "keys": st.lists(st.sampled_from(["loss", "_step", "x"]), max_size=3) | JSON,
            "lo": number,
            "hi": number,
            "buckets": st.integers(0, 5_000) | JSON,
            "axis": st.sampled_from(["step", "time", "relative"]) | JSON,
            "stream": st.sampled_from(["history", "system"]) | JSON,
        },
    )
    num_answered = 0

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(one, max_size=4))
    def post(requests: list[dict[str, Any]]) -> None:
        nonlocal num_answered
        answer = series(victim, *requests)
        num_answered += answer.status == 200
        assert answer.status in (200, 400), answer

    post()
    assert num_answered
