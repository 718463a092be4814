"""Export routes: streams with their headers, errors before the first byte, breaks after it."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pyarrow.parquet
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.errors import Conflict, Unavailable
from runstone.services.export import Stopped
from runstone.services.files import file_arrived, new_blob_key
from runstone.wire.common import pipes
from runstone.wire.common.pipes import MAX_PIPES, Pipe, Pipes

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

RUN = "/projects/ada/digits/runs/r1"


async def test_history_in_every_format(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=10)
    kinds = {
        "parquet": "application/vnd.apache.parquet",
        "arrow": "application/vnd.apache.arrow.stream",
        "csv": "text/csv; charset=utf-8",
        "jsonl": "application/x-ndjson; charset=utf-8",
    }
    found = {}
    for wanted, media_type in kinds.items():
        answer = await ada.get(f"{RUN}/history", params={"format": wanted})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        assert answer.headers["runstone-rows"] == "10"
        assert f'filename="r1-history.{wanted}"' in answer.headers["content-disposition"]
        found[wanted] = answer.content
    expected = [1 / (1 + i) for i in range(10)]
    table = pyarrow.parquet.read_table(io.BytesIO(found["parquet"]))
    assert table["loss"].to_pylist() == expected
    assert pyarrow.ipc.open_stream(found["arrow"]).read_all()["loss"].to_pylist() == expected
    assert [json.loads(line)["loss"] for line in found["jsonl"].splitlines()] == expected
    assert found["csv"].splitlines()[0] == b"_step,_timestamp,_runtime,loss"


async def test_both_ends_of_a_range_of_steps_are_in_it(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=10)
    query = {"format": "csv", "keys": "loss", "min_step": "3", "max_step": "4"}
    answer = await ada.get(f"{RUN}/history", params=query)
    assert "runstone-rows" not in answer.headers
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ["_step", "3", "4"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{RUN}/history?format=xml", 400, "invalid-input"),
        (f"{RUN}/history?keys=los", 400, "unknown-key"),
        (f"{RUN}/history?min_step=3&max_step=2", 400, "invalid-input"),
        ("/projects/ada/digits/runs/nope/history", 404, "not-found"),
        ("/projects/ada/digits/runs/nope/archive", 404, "not-found"),
        ("/projects/ada/nope/history", 404, "not-found"),
        ("/projects/ada/nope/table", 404, "not-found"),
        ("/projects/ada/nope/archive", 404, "not-found"),
        ("/projects/ada/digits/history?filter=(", 400, "bad-filter"),
        ("/projects/ada/digits/history?limit=0", 400, "invalid-input"),
        ("/projects/ada/digits/history?keys=nope", 400, "unknown-key"),
        ("/projects/ada/digits/table?columns=nope.x.y", 400, "bad-filter"),
    ],
)
async def test_what_cannot_be_exported_is_said_before_the_first_byte(
    site: Site, ada: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    site.add_run("r1", rows=2)
    answer = await ada.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_others_see_nothing(site: Site, bob: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=2)
    for path in (f"{RUN}/history", f"{RUN}/archive", "/projects/ada/digits/table"):
        assert (await bob.get(path)).status_code == 404


async def test_many_runs_and_their_table(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=2)
    site.add_run("r2", rows=1)
    answer = await ada.get("/projects/ada/digits/history?format=csv&keys=loss&sort=id")
    assert answer.headers["runstone-rows"] == "3"
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ["run", "r1", "r1", "r2"]
    query = "format=csv&columns=id&columns=state&sort=-id&limit=1"
    answer = await ada.get(f"/projects/ada/digits/table?{query}")
    assert answer.headers["runstone-rows"] == "1"
    assert answer.text == "id,state\nr2,running\n"


async def test_an_archive_has_the_files(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=2)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"weights"

    run = site.store.read(lambda s: s.runs.recent_runs(None, limit=1)[0]).result()
    stored = await site.context.blobs.put(new_blob_key(run.id), chunks())
    site.store.write(lambda tx: file_arrived(tx, run.id, "a/model:1.bin", stored)).result()
    answer = await ada.get(f"{RUN}/archive")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.testzip() is None
        assert zipped.read("runs/r1/files/a/model_1.bin") == b"weights"


async def test_a_head_writes_nothing(
    site: Site, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_run("r1", rows=3)
    begun: list[Any] = []
    monkeypatch.setattr("runstone.services.export.write", lambda *args: begun.append(args))
    answer = await ada.head(f"{RUN}/history")
    assert (answer.status_code, answer.headers["runstone-rows"]) == (200, "3")
    await ada.get(f"{RUN}/history")
    assert len(begun) == 1


async def test_a_failure_on_the_way_breaks_the_answer_off(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_run("r1", rows=3)

    def fail(_rows: Any, _store: Any, _format: Any, sink: Pipe) -> None:
        sink.write(b"x" * 300_000)
        raise Conflict("rows were taken back")

    monkeypatch.setattr("runstone.services.export.write", fail)
    sent = await _answer(site, f"{RUN}/history")
    assert [message["type"] for message in sent][:2] == [
        "http.response.start", "http.response.body",
    ]  # fmt: skip
    # The last message of a whole answer says that nothing follows; uvicorn cuts one without it.
    assert all(message.get("more_body") for message in sent[1:])


async def test_a_failure_before_the_first_byte_is_a_problem(
    site: Site, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_run("r1", rows=3)

    def fail(*_: Any) -> None:
        raise Conflict("rows were taken back", code="changed-meanwhile")

    monkeypatch.setattr("runstone.services.export.write", fail)
    answer = await ada.get(f"{RUN}/history")
    assert (answer.status_code, answer.json()["code"]) == (409, "changed-meanwhile")


async def test_a_client_that_leaves_stops_the_work(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_run("r1", rows=3)
    stopped = threading.Event()

    def endless(_rows: Any, _store: Any, _format: Any, sink: Pipe) -> None:
        try:
            while True:
                sink.check()
                sink.write(b"x" * 300_000)
        except Stopped:
            stopped.set()
            raise

    monkeypatch.setattr("runstone.services.export.write", endless)
    await _answer(site, f"{RUN}/history", leaves_after=3)
    assert await asyncio.to_thread(stopped.wait, 30)


# Pipes


async def test_bytes_come_in_order_and_wait_for_the_reader() -> None:
    written: list[int] = []

    def write(pipe: Pipe) -> None:
        for i in range(64):
            pipe.write(bytes([i]) * 256 * 1024)
            written.append(i)

    stream = Pipes().stream(write, name="test")
    first = await anext(stream)
    assert first[0] == 0
    await asyncio.sleep(0.3)
    assert len(written) < 40, "it waits while nobody reads"
    rest = b"".join([chunk async for chunk in stream])
    assert _runs(first + rest) == list(range(64))


async def test_a_client_that_stalls_is_given_up() -> None:
    ended = threading.Event()

    def write(pipe: Pipe) -> None:
        try:
            while True:
                pipe.write(bytes(1024 * 1024))
        except Stopped:
            ended.set()
            raise

    stream = Pipes(stalled_s=0.2).stream(write, name="test")
    assert await anext(stream)
    assert await asyncio.to_thread(ended.wait, 10)
    with pytest.raises(Unavailable):
        async for _ in stream:
            pass


async def test_one_that_waits_leaves_its_turn_to_others() -> None:
    open_pipes = Pipes()

    def endless(pipe: Pipe) -> None:
        while True:
            pipe.check()
            pipe.write(bytes(1024 * 1024))

    slow = [open_pipes.stream(endless, name="slow") for _ in range(5)]
    for stream in slow:
        assert await anext(stream)
    quick = open_pipes.stream(lambda pipe: _write(pipe, b"done"), name="quick")
    assert await asyncio.wait_for(anext(quick), 30) == b"done"
    for stream in slow:
        await stream.aclose()  # type: ignore[attr-defined]


async def test_too_many_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "MAX_PIPES", 2)
    assert MAX_PIPES > 2
    open_pipes = Pipes()
    streams = [open_pipes.stream(lambda pipe: _write(pipe, b"x"), name="test") for _ in range(3)]
    assert [await anext(stream) for stream in streams[:2]] == [b"x", b"x"]
    with pytest.raises(Unavailable) as caught:
        await anext(streams[2])
    assert caught.value.code == "too-many-exports"
    assert [chunk async for chunk in streams[0]] == []
    again = open_pipes.stream(lambda pipe: _write(pipe, b"y"), name="test")
    assert [chunk async for chunk in again] == [b"y"]


def _write(pipe: Pipe, data: bytes) -> None:
    pipe.write(data)


def _runs(data: bytes) -> list[int]:
    return [data[i] for i in range(0, len(data), 256 * 1024)]


async def _answer(site: Site, path: str, *, leaves_after: int | None = None) -> Sequence[Any]:
    """What is sent to a client that may leave after some messages."""
    sent: list[Any] = []
    gone = asyncio.Event()
    asked = False

    async def receive() -> Any:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if leaves_after is not None and len(sent) >= leaves_after:
            gone.set()

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/api/v1{path}",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {site.ada_key}".encode())],
    }
    await asyncio.wait_for(site.app(scope, receive, send), 60)
    return sent
