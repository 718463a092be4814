"""What a run's own process says: taken whole, refused with a reason, or left to a newer server."""

from __future__ import annotations

from array import array
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
    ],
    ids=["bytes", "a list", "a type", "cut", "lengths", "config", "a gap"],
)
async def test_what_is_wrong_is_refused_whole(
    own: httpx.AsyncClient, body: bytes, code: str
) -> None:
    answered = await report(own, body)
    assert (answered.status_code // 100, answered.json()["code"]) == (4, code)
    assert (await own.put(RUN, json={"life": "one"})).json()["next_rows"] == {}
