"""A server's context on a real store in a temporary folder, and clients of its native API."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest

from runstone.domain.access import OPERATOR
from runstone.domain.history import HistoryBatch, Numbers
from runstone.domain.run import RunUpdate
from runstone.ports.store import Store, Transaction
from runstone.services.accounts import create_first_user, create_key, create_user
from runstone.services.collection import Collector
from runstone.services.ingest import Report, record
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_key
from runstone.storage.localfs.blobs import LocalBlobs
from runstone.storage.memory.events import LocalEvents
from runstone.storage.sqlite.store import SqliteStore
from runstone.wire.common.auth import Authenticator
from runstone.wire.common.context import Limits, ServerContext
from runstone.wire.common.signing import Signer
from runstone.wire.rest import RestApp, create_app


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Site:
    """A server's inside, with an administrator `ada` and a user `bob`."""

    context: ServerContext
    app: RestApp
    ada_key: str
    bob_key: str

    @property
    def store(self) -> Store:
        return self.context.store

    def client(self, key: str | None = None, cookie: str | None = None) -> httpx.AsyncClient:
        """A client with that API key, with that session, or with nothing."""
        headers = {}
        if key is not None:
            headers["authorization"] = "Basic " + base64.b64encode(f"api:{key}".encode()).decode()
        if cookie is not None:
            headers["cookie"] = f"runstone_session={cookie}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        return httpx.AsyncClient(
            transport=transport, base_url="http://runs.test/api/v1", headers=headers
        )

    def add_run(
        self,
        name: str,
        *,
        project: str = "digits",
        rows: int = 0,
        key: str | None = None,
        update: RunUpdate | None = None,
        values: dict[str, list[float]] | None = None,
    ) -> None:
        """A run of Ada's (or of the key's owner) that has logged `loss`, or `values`."""

        def add(tx: Transaction) -> None:
            actor = actor_for_key(tx, key or self.ada_key)
            begin_run(tx, actor, None, project, name, update or RunUpdate())
            columns = values or {"loss": [1 / (1 + i) for i in range(rows)]}
            length = max(map(len, columns.values()))
            if length:
                batch = HistoryBatch(
                    row0=0,
                    step=np.arange(length, dtype=np.int64),
                    time=1e9 + np.arange(length, dtype=np.float64),
                    runtime=np.arange(length, dtype=np.float64),
                    numbers={k: Numbers(np.array(v, dtype=float)) for k, v in columns.items()},
                )
                record(tx, actor, actor.username, project, name, Report(history=batch))

        self.store.write(add).result()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    events = LocalEvents()
    store = SqliteStore(tmp_path, events=events, durability="process")
    try:
        yield make_site(store, events, tmp_path)
    finally:
        store.close()


def make_site(store: Store, events: LocalEvents, folder: Path) -> Site:
    """A server's inside over a store that is there."""

    def people(tx: Transaction) -> tuple[str, str]:
        create_first_user(tx, "ada")
        create_user(tx, OPERATOR, "bob", full_name="Bob", email="bob@lab.test")
        return create_key(tx, OPERATOR, "ada")[1], create_key(tx, OPERATOR, "bob")[1]

    ada_key, bob_key = store.write(people).result()
    signer = Signer("a secret of this test")
    blobs = LocalBlobs(folder / "blobs")
    context = ServerContext(
        store=store,
        blobs=blobs,
        collector=Collector(store, blobs),
        events=events,
        authenticator=Authenticator(store, signer),
        signer=signer,
        limits=Limits(),
    )
    return Site(context, create_app(context), ada_key, bob_key)


@pytest.fixture
async def ada(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(site.ada_key) as client:
        yield client


@pytest.fixture
async def bob(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(site.bob_key) as client:
        yield client


@pytest.fixture
async def nobody(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client() as client:
        yield client
