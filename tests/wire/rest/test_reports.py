"""What a run's own process says: taken whole, refused with a reason, or left to a newer server."""

from __future__ import annotations

from array import array
from math import inf, nan
from typing import Any

import httpx
import msgspec
import pytest
import zstandard

from runstone import __version__

pytestmark = pytest.mark.anyio

RUN = "/projects/ada/digits/runs/own"
BYTES = {"content-type": "application/octet-stream"}


def rows(row0: int, losses: list[float]) -> dict[str, Any]:
    num = len(losses)
    return {
        "row0": row0,
        "steps": array("q", range(row0, row0 + num)).tobytes(),
        "times": array("d", [1.7e9] * num).tobytes(),
        "runtimes": array("d", [0.0] * num).tobytes(),
        "numbers": {"loss": (None, array("d", losses).tobytes(), b"\0")},
    }


def packed(report: Any) -> bytes:
    return zstandard.compress(msgspec.msgpack.encode(report))


def column(places: list[int] | None, values: list[float], kinds: bytes = b"\0") -> dict[str, Any]:
    at = None if places is None else array("I", places).tobytes()
    return {"numbers": {"x": (at, array("d", values).tobytes(), kinds)}}


ALERT = {"type": "alerted", "title": "t", "text": "", "level": "INFO", "wait_s": 0.0}
# A frame says its size in eight bytes behind its sign and a byte of flags.
BOMB = b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\0" * 64
UNSIZED = zstandard.ZstdCompressor(write_content_size=False).compress(b"\x80")
_SIZED = zstandard.compress(b"\x80" + bytes(999))
UNDERSTATED = _SIZED[:5] + (10).to_bytes(2, "little") + _SIZED[7:]


@pytest.fixture
async def own(ada: httpx.AsyncClient) -> httpx.AsyncClient:
    begun = await ada.put(RUN, json={"life": "one"})
    assert begun.status_code == 200, begun.text
    return ada


async def report(own: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await own.post(f"{RUN}/report", content=body, headers=BYTES)


async def test_a_report_is_there_once_however_often_it_comes(own: httpx.AsyncClient) -> None:
    first = packed({"history": rows(0, [0.5, 0.25]), "summary": '{"best": NaN}'})
    for body in (first, first, packed({"history": rows(1, [0.25, 0.125]), "exit_code": 0})):
        answered = await report(own, body)
        assert (answered.status_code, answered.json()) == (200, {"stop_requested": False})
    begun = (await own.put(RUN, json={"life": "one"})).json()
    assert (begun["next_rows"], begun["is_new"]) == ({"": 3}, False)
    lines = (await own.get(f"{RUN}/history", params={"format": "jsonl"})).text.splitlines()
    assert [msgspec.json.decode(line)["loss"] for line in lines] == [0.5, 0.25, 0.125]
    assert (await own.get(RUN)).json()["state"] == "finished"


@pytest.mark.parametrize(
    "newer",
    [
        {"mood": "good"},
        {"history": rows(0, [1.0]) | {"pictures": {}}},
        {"said": {"by": "x", "first": 0, "items": [{"type": "sung"}]}},
    ],
    ids=["a field", "a field of rows", "a kind of saying"],
)
async def test_a_newer_client_is_told_who_is_old(own: httpx.AsyncClient, newer: Any) -> None:
    answered = await report(own, packed(newer))
    said = answered.json()
    assert (answered.status_code, said["code"]) == (501, "newer-client")
    assert f"Runstone {__version__}" in said["detail"]
    assert "Update the server" in said["detail"]
    answered = await own.put(RUN, json={"mood": "good"})
    assert answered.status_code == 400
    assert answered.json()["detail"].endswith(f"(This server is Runstone {__version__}.)")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"nothing of the kind", "malformed-report"),
        (packed([1]), "malformed-report"),
        (packed({"joins": "yes"}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | {"times": b"abc"}}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | {"steps": b""}}), "malformed-report"),
        (packed({"config": "[]"}), "malformed-report"),
        (packed({"history": rows(5, [1.0])}), "offset-gap"),
        (b"", "malformed-report"),
        (packed({"history": rows(0, [1.0])})[:-3], "malformed-report"),
        (packed({"exit_code": 0}) + packed({"exit_code": 1}), "malformed-report"),
        (UNSIZED, "malformed-report"),
        (BOMB, "report-too-large"),
        (UNDERSTATED, "malformed-report"),
        (packed({"history": rows(-1, [1.0])}), "malformed-report"),
        (packed({"history": rows(0, [1.0, 2.0]) | column(None, [1.0])}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | column([1], [1.0])}), "malformed-report"),
        (packed({"history": rows(0, [1.0, 2.0]) | column([1, 0], [1, 2])}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | column(None, [1.0], b"\3")}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | column(None, [1.0], b"\0\0")}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | column(None, [inf], b"\1")}), "malformed-report"),
        (
            packed({"history": rows(0, [1.0, 2.0]) | column(None, [1.0, 0.5], b"\0\1")}),
            "malformed-report",
        ),
        (packed({"history": rows(0, [1.0]) | {"objects": {"o": (None, [])}}}), "malformed-report"),
        (packed({"history": rows(0, [1.0]) | {"objects": {"o": (None, ["{"])}}}), "malformed-json"),
        (
            packed({"console": [{"writer": "", "lines": [(-1, 0.0, False, "x")]}]}),
            "malformed-report",
        ),
        (packed({"totals": {"loss": (-1, 0.0)}}), "malformed-report"),
        (packed({"said": {"by": "x", "first": -1, "items": []}}), "malformed-report"),
        (
            packed({"said": {"by": "x", "first": 0, "items": [ALERT | {"time": 1e300}]}}),
            "malformed-report",
        ),
        (packed({"summary": "[" * 5_000}), "malformed-json"),
        (packed({"exit_code": 2**40}), "malformed-report"),
    ],
    ids=[
        "bytes",
        "a list",
        "a type",
        "cut",
        "lengths",
        "config",
        "a gap",
        "nothing",
        "truncated",
        "two frames",
        "no size",
        "a bomb",
        "more than it says",
        "a negative row",
        "too few values",
        "a row beyond",
        "rows that descend",
        "a kind",
        "too many kinds",
        "an integer",
        "an integer among others",
        "too few objects",
        "JSON",
        "a negative line",
        "a negative count",
        "a negative saying",
        "an alert of no time",
        "nesting",
        "an exit code",
    ],
)
async def test_what_is_wrong_is_refused_whole(
    own: httpx.AsyncClient, body: bytes, code: str
) -> None:
    answered = await report(own, body)
    assert (answered.status_code // 100, answered.json()["code"]) == (4, code)
    assert (await own.put(RUN, json={"life": "one"})).json()["next_rows"] == {}


async def test_a_gap_says_what_is_expected_and_the_rest_goes_on(own: httpx.AsyncClient) -> None:
    assert (await report(own, packed({"history": rows(0, [4.0, 3.0])}))).status_code == 200
    refused = await report(own, packed({"history": rows(3, [1.0]), "summary": '{"a": 1}'}))
    assert (refused.status_code, refused.json()["code"]) == (409, "offset-gap")
    assert refused.json()["expected"] == 2
    assert (await own.get(f"{RUN}/summary")).json()["total"] == 3, "nothing of it was recorded"
    for late in (rows(1, [3.0, 2.0]), rows(3, [1.0])):
        assert (await report(own, packed({"history": late}))).status_code == 200
    assert await losses(own) == [4.0, 3.0, 2.0, 1.0]


async def test_of_two_that_say_the_same_rows_the_first_counts(own: httpx.AsyncClient) -> None:
    for name, value in (("", 1.0), ("", 2.0), ("other", 3.0)):
        body = packed({"writer": name, "history": rows(0, [value])})
        assert (await report(own, body)).status_code == 200
    assert sorted(await losses(own)) == [1.0, 3.0]


async def test_a_clock_that_is_wrong_harms_nothing_else(own: httpx.AsyncClient) -> None:
    odd = array("d", [1e300, inf, nan, -1e300]).tobytes()
    lines = [(number, time, False, f"at {time}") for number, time in enumerate((1e300, nan, -inf))]
    body = packed(
        {
            "history": rows(0, [4.0, 3.0, 2.0, 1.0]) | {"times": odd, "runtimes": odd},
            "console": [{"writer": "", "lines": lines}],
        }
    )
    assert (await report(own, body)).status_code == 200
    assert await losses(own) == [4.0, 3.0, 2.0, 1.0]
    for path in ("", "/history", "/console", "/summary"):
        answered = await own.get(f"{RUN}{path}")
        assert answered.status_code == 200, (path, answered.text)
    listed = (await own.get("/projects/ada/digits/runs")).json()["runs"]
    assert [run["id"] for run in listed] == ["own"]
    again = (await own.put(RUN, json={"life": "two", "resume": "must"})).json()
    assert again["earlier_s"] == 0.0, "no time runs backwards"


async def test_nobody_reports_of_runs_of_others(
    own: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    body = packed({"history": rows(0, [1.0]), "exit_code": 0})
    for stranger, status in ((bob, 404), (nobody, 401)):
        for answered in (
            await stranger.put(RUN, json={"life": "x", "rewind_to": 0}),
            await report(stranger, body),
        ):
            assert answered.status_code == status, answered.text
    assert await losses(own) == []
    assert (await own.get(RUN)).json()["state"] == "running"


async def test_what_is_reported_of_a_run_in_the_trash_is_kept(own: httpx.AsyncClient) -> None:
    assert (await own.delete(RUN)).status_code == 204
    answered = await report(own, packed({"history": rows(0, [1.0])}))
    assert (answered.status_code, answered.json()) == (200, {"stop_requested": True})
    refused = await own.put(RUN, json={"life": "two"})
    assert (refused.status_code, refused.json()["code"]) == (409, "run-in-trash")
    assert (await own.post(f"{RUN}/restore")).status_code == 200
    assert await losses(own) == [1.0]


async def test_what_is_reported_in_a_project_in_the_trash_is_kept(own: httpx.AsyncClient) -> None:
    project = "/projects/ada/digits"
    assert (await own.delete(project, params={"runs": "true"})).status_code == 204
    answered = await report(own, packed({"history": rows(0, [1.0]), "summary": '{"a": 1}'}))
    assert (answered.status_code, answered.json()) == (200, {"stop_requested": True})
    assert (await own.post(f"{project}/restore")).status_code == 200
    assert await losses(own) == [1.0]


async def test_a_run_that_is_gone_for_good_is_not_found(own: httpx.AsyncClient) -> None:
    await own.delete(RUN)
    assert (await own.delete("/projects/ada/digits/trash/own")).status_code == 204
    answered = await report(own, packed({"history": rows(0, [1.0])}))
    assert (answered.status_code, answered.json()["code"]) == (404, "not-found")
    assert "ada/digits/own" in answered.json()["detail"]


async def losses(own: httpx.AsyncClient) -> list[float]:
    answered = await own.get(f"{RUN}/history", params={"format": "jsonl"})
    assert answered.status_code == 200, answered.text
    return [msgspec.json.decode(line)["loss"] for line in answered.text.splitlines()]
