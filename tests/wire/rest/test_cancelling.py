"""A client that goes away while it is waited for: what was not begun is not done."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import Run
from runstone.ports.store import Snapshot

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

READERS = 4


class Caller:
    """One request by hand, whose client leaves when told to."""

    def __init__(self, site: Site, method: str, path: str, body: bytes = b"") -> None:
        self._gone = asyncio.Event()
        self._body: bytes | None = body
        self.sent: list[Any] = []
        scope = {
            "type": "http",
            "method": method,
            "path": f"/api/v1{path}",
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {site.ada_key}".encode())],
        }
        self.answering = asyncio.create_task(site.app(scope, self._receive, self._send))

    def leave(self) -> None:
        self._gone.set()

    async def _receive(self) -> Any:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


async def test_a_read_that_has_not_begun_is_not_run(site: Site) -> None:
    site.add_run("r1")
    await _warm(site)
    free = threading.Event()
    busy = [site.store.read(lambda _: free.wait(30)) for _ in range(READERS)]
    try:
        caller = Caller(site, "GET", "/projects/ada/digits/runs/r1")
        await asyncio.sleep(0.1)
        assert not caller.answering.done()
        caller.leave()
        await asyncio.wait_for(caller.answering, 10)
        assert caller.sent == []
    finally:
        free.set()
    assert all(one.result() for one in busy)


async def test_a_write_is_carried_out_all_the_same(site: Site) -> None:
    site.add_run("r1")
    await _warm(site)
    begun, free = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        begun.set()
        free.wait(30)

    site.store.write(hold)
    assert begun.wait(10)
    try:
        caller = Caller(
            site, "PATCH", "/projects/ada/digits/runs/r1", b'{"display_name": "renamed"}'
        )
        await asyncio.sleep(0.1)
        caller.leave()
        await asyncio.sleep(0.1)
        assert not caller.answering.done()
    finally:
        free.set()
    await asyncio.wait_for(caller.answering, 10)

    def renamed(snapshot: Snapshot) -> Run | None:
        user = snapshot.accounts.entity("ada")
        assert user is not None
        place = snapshot.projects.project(user.id, "digits")
        assert place is not None
        return snapshot.runs.run(place.id, "r1")

    run = site.store.read(renamed).result()
    assert run is not None
    assert run.display_name == "renamed"


async def _warm(site: Site) -> None:
    """Lets the key be proven once, so that no reading is needed for that."""
    async with site.client(site.ada_key) as client:
        assert (await client.get("/projects")).status_code == 200
