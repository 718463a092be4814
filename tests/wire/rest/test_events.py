"""Server-sent events, over a real server."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from tests.wire.rest.conftest import Site

from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.services.files import file_arrived
from runstone.services.ingest import Report, record
from runstone.services.signin import actor_for_key, sign_in_by_key, sign_out
from runstone.wire.rest.routes import events

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]

SOON_S = 20.0


@dataclass
class Live:
    """The site under uvicorn."""

    site: Site
    server: uvicorn.Server
    url: str

    def client(self, key: str | None = None, cookie: str | None = None) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        if cookie:
            headers["cookie"] = f"runstone_session={cookie}"
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=SOON_S)


@pytest.fixture
async def live(site: Site) -> AsyncIterator[Live]:
    config = uvicorn.Config(site.app, port=0, lifespan="off", log_level="error", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Live(site, server, f"http://127.0.0.1:{port}/api/v1")
    finally:
        site.app.close_streams()
        server.should_exit = True
        await asyncio.wait_for(serving, SOON_S)


class Heard:
    """Events of one stream, parsed by the book."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.comments = 0

    async def next(self) -> tuple[str, int, Any] | None:
        """Name, id and data of the next event; None at the end of the stream."""
        fields: dict[str, str] = {}
        with contextlib.suppress(StopAsyncIteration):
            while True:
                line = await asyncio.wait_for(anext(self._lines), SOON_S)
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    return fields["event"], int(fields["id"]), json.loads(fields["data"])
        return None


@contextlib.asynccontextmanager
async def _listening(
    client: httpx.AsyncClient, query: str = "", **headers: str
) -> AsyncIterator[Heard]:
    async with client.stream("GET", f"/events{query}", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        yield Heard(response)


async def test_changes_are_heard_and_resumed(live: Live) -> None:
    site = live.site
    async with live.client(site.ada_key) as client:
        async with _listening(client) as heard:
            hello = await heard.next()
            assert hello is not None
            assert (hello[0], hello[2]) == ("hello", {"seq": hello[1], "gap": False})
            site.add_run("r1")
            event = await heard.next()
            assert event is not None
            name, seq, data = event
            assert name == "runs"
            assert seq > hello[1]
            assert data == {
                "seq": seq,
                "runs": [{"entity": "ada", "project": "digits", "run": "r1"}],
                "deleted": [],
                "gap": False,
            }
        site.add_run("r2")
        site.add_run("r3")
        async with _listening(client, **{"last-event-id": str(seq)}) as heard:
            assert await heard.next() == ("hello", seq, {"seq": seq, "gap": False})
            missed = await heard.next()
            assert missed is not None
            assert [run["run"] for run in missed[2]["runs"]] == ["r2", "r3"]


async def test_deletions_returns_output_and_files_are_heard(live: Live) -> None:
    site = live.site
    site.add_run("r1")
    address = {"entity": "ada", "project": "digits", "run": "r1"}
    runs = "/projects/ada/digits/runs"

    async def saved() -> None:
        async def content() -> AsyncIterator[bytes]:
            yield b"x"

        stored = await site.context.blobs.put("runs/1/x", content(), max_bytes=9)
        await asyncio.wrap_future(
            site.store.write(lambda tx: file_arrived(tx, RunId(1), "a.txt", stored))
        )

    async def printed() -> None:
        report = Report(console=[ConsoleLine("", 0, "hi")])
        actor = site.store.read(lambda s: actor_for_key(s, site.ada_key)).result()
        await asyncio.wrap_future(
            site.store.write(lambda tx: record(tx, actor, "ada", "digits", "r1", report))
        )

    async with live.client(site.ada_key) as client, _listening(client) as heard:
        assert await heard.next()

        async def told() -> Any:
            event = await heard.next()
            assert event is not None
            return event[2]["runs"], event[2]["deleted"], event[2]["gap"]

        await saved()
        assert await told() == ([address], [], False)
        await printed()
        assert await told() == ([address], [], False)
        await client.delete(f"{runs}/r1")
        assert await told() == ([], [address], False)
        await client.post(f"{runs}/r1/restore")
        assert await told() == ([address], [], False)


async def test_what_is_not_known_any_more_is_called_a_gap(live: Live) -> None:
    site = live.site
    site.add_run("r1")
    site.add_run("r2")
    async with live.client(site.ada_key) as client:
        seq = (await client.get("/projects/ada/digits/runs")).json()["seq"]
        await client.delete("/projects/ada/digits/runs/r1")
        async with _listening(client, **{"last-event-id": str(seq)}) as heard:
            hello, missed = await heard.next(), await heard.next()
            assert hello is not None
            assert missed is not None
            assert hello[2]["gap"] is False
            assert [run["run"] for run in missed[2]["deleted"]] == ["r1"]
        await client.delete("/projects/ada/digits/trash/r1")
        async with _listening(client, **{"last-event-id": str(missed[1])}) as heard:
            hello = await heard.next()
            assert hello is not None
            assert hello[2]["gap"] is False, "who heard of the deletion has missed nothing"
        async with _listening(client, **{"last-event-id": str(seq)}) as heard:
            hello = await heard.next()
            assert hello is not None
            assert hello[2] == {"seq": seq, "gap": True}
            site.add_run("r2")
            event = await heard.next()
            assert event is not None
            assert event[2]["gap"] is False, "it is said once"
        async with _listening(client, **{"last-event-id": "999999"}) as heard:
            hello = await heard.next()
            assert hello is not None
            assert hello[2]["gap"] is True


async def test_a_run_that_goes_at_once_for_good_leaves_a_gap(live: Live) -> None:
    site = live.site
    site.add_run("r1")
    async with live.client(site.ada_key) as client, _listening(client) as heard:
        assert await heard.next()
        site.store.write(lambda tx: tx.runs.delete_run(RunId(1))).result()
        event = await heard.next()
        assert event is not None
        assert (event[2]["runs"], event[2]["deleted"], event[2]["gap"]) == ([], [], True)


async def test_only_what_one_may_see_and_asked_for(live: Live) -> None:
    site = live.site
    site.add_run("r0", project="other")
    async with (
        live.client(site.ada_key) as client,
        live.client(site.bob_key) as stranger,
        _listening(client, "?project=ada%2Fother") as one,
        _listening(stranger) as theirs,
    ):
        assert await one.next()
        assert await theirs.next()
        site.add_run("r1", project="digits")
        site.add_run("r2", project="other")
        site.add_run("r3", project="bobs", key=site.bob_key)
        event, event_of_theirs = await one.next(), await theirs.next()
        assert event is not None
        assert [run["run"] for run in event[2]["runs"]] == ["r2"]
        assert event_of_theirs is not None
        assert [run["run"] for run in event_of_theirs[2]["runs"]] == ["r3"]


async def test_more_changes_than_fit_into_one_event(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_MAX_RUNS", 2)
    for number in range(5):
        live.site.add_run(f"r{number}")
    async with (
        live.client(live.site.ada_key) as client,
        _listening(client, **{"last-event-id": "0"}) as heard,
    ):
        assert await heard.next()
        runs: list[str] = []
        while len(runs) < 5:
            event = await heard.next()
            assert event is not None
            runs += [run["run"] for run in event[2]["runs"]]
        assert runs == ["r0", "r1", "r2", "r3", "r4"]


async def test_silence_is_filled_with_comments(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_HEARTBEAT_S", 0.05)
    async with live.client(live.site.ada_key) as client, _listening(client) as heard:
        assert await heard.next()
        await asyncio.sleep(0.2)
        live.site.add_run("r1")
        assert await heard.next()
        assert heard.comments >= 2


async def test_it_ends_with_the_session(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_PROOF_S", 0.0)
    site = live.site
    token = site.store.write(lambda tx: sign_in_by_key(tx, site.ada_key)).result()
    async with live.client(cookie=token) as browser, _listening(browser) as heard:
        assert await heard.next()
        site.store.write(lambda tx: sign_out(tx, token)).result()
        site.add_run("r1")
        while await heard.next():  # one that was on its way may still come
            pass


async def test_it_ends_when_the_server_does(live: Live) -> None:
    async with live.client(live.site.ada_key) as client, _listening(client) as heard:
        assert await heard.next()
        live.site.app.close_streams()
        assert await heard.next() is None
        # One that comes while the server shuts down ends at once.
        async with _listening(client) as late:
            while await late.next():
                pass


async def test_a_listener_that_leaves_is_forgotten(live: Live) -> None:
    async with live.client(live.site.ada_key) as client, _listening(client) as heard:
        assert await heard.next()
        assert len(live.site.app._streams) == 1
    async with asyncio.timeout(SOON_S):
        while live.site.app._streams:
            await asyncio.sleep(0.01)


async def test_asking_for_the_head_alone_does_not_wait(live: Live) -> None:
    async with live.client(live.site.ada_key) as client:
        answer = await client.head("/events")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")


@pytest.mark.parametrize("project", ["nothing", "/x", "x/", "ada/gone"])
async def test_what_cannot_be_listened_to(site: Site, ada: httpx.AsyncClient, project: str) -> None:
    answer = await ada.get("/events", params={"project": project})

    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"
