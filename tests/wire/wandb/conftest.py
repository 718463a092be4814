"""The dialect's application on a real store in a temporary folder, asked without a network."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from runstone.domain.access import OPERATOR
from runstone.domain.run import Run, RunFile
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.accounts import create_first_user, create_key, create_user
from runstone.services.collection import Collector
from runstone.storage.localfs.blobs import LocalBlobs
from runstone.storage.memory.events import LocalEvents
from runstone.storage.sqlite.store import SqliteStore
from runstone.wire.common.asgi import AsgiApp
from runstone.wire.common.auth import Authenticator
from runstone.wire.common.context import Limits, ServerContext
from runstone.wire.common.signing import Signer
from runstone.wire.wandb import create_app

T = TypeVar("T")

BEGIN = datetime(2026, 11, 22, 2, 15, 18, tzinfo=UTC)


@dataclass
class SteppingClock:
    """Time that passes by one second with every unit of work."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Site:
    """A server's inside, with an administrator `ada` and a user `bob`."""

    context: ServerContext
    app: AsgiApp
    folder: Path
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.context.store

    def read(self, unit: Callable[[Snapshot], T]) -> T:
        return self.store.read(unit).result()

    def write(self, unit: Callable[[Transaction], T]) -> T:
        return self.store.write(unit).result()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = "ada",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request; a body that is no bytes goes as JSON."""
        sent = dict(headers or {})
        if user is not None:
            secret = self.keys.get(user, user)
            sent["authorization"] = "Basic " + base64.b64encode(f"api:{secret}".encode()).decode()
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://runs.test"
            ) as client:
                return await client.request(method, path, content=content, headers=sent)

        return asyncio.run(send())

    def graphql(self, query: str, *, user: str | None = "ada", **variables: Any) -> httpx.Response:
        return self.ask("POST", "/graphql", {"query": query, "variables": variables}, user=user)

    def data(self, query: str, **variables: Any) -> Any:
        """What a query answers; it must not have errors."""
        answer = self.graphql(query, **variables)
        body = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body
        return body["data"]

    def begin(self, name: str = "r1", **given: Any) -> str:
        """Announces a run as clients do; returns its storage id."""
        given = {"name": name, "modelName": "p", "displayName": name, **given}
        upsert = "mutation U($i: UpsertBucketInput!) { upsertBucket(input: $i) { bucket { id } } }"
        return str(self.data(upsert, i=given)["upsertBucket"]["bucket"]["id"])

    def stream(self, files: Any = None, *, name: str = "r1", **more: Any) -> httpx.Response:
        """Posts to a run's file_stream."""
        body = more if files is None else {"files": files, **more}
        return self.ask("POST", f"/files/ada/p/{name}/file_stream", body)

    def run(self, name: str = "r1", project: str = "p") -> Run:
        def unit(snapshot: Snapshot) -> Run:
            entity = snapshot.accounts.entity("ada")
            assert entity is not None
            place = snapshot.projects.project(entity.id, project)
            assert place is not None
            run = snapshot.runs.run(place.id, name)
            assert run is not None
            return run

        return self.read(unit)

    def files(self, name: str = "r1") -> dict[str, RunFile]:
        run = self.run(name)
        return {file.name: file for file in self.read(lambda s: s.files.list_files(run.id))}

    def blobs(self) -> set[str]:
        """Every file that lies in the blob folder, half-written ones too."""
        folder = self.folder / "blobs"
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    store = SqliteStore(tmp_path, clock=SteppingClock())
    signer = Signer("a secret for tests")
    blobs = LocalBlobs(tmp_path / "blobs")
    context = ServerContext(
        store=store,
        blobs=blobs,
        collector=Collector(store, blobs),
        events=LocalEvents(),
        authenticator=Authenticator(store, signer),
        signer=signer,
        limits=Limits(max_body_bytes=2_000_000, max_upload_bytes=100_000),
    )
    site = Site(context, create_app(context), tmp_path)

    def people(tx: Transaction) -> None:
        create_first_user(tx, "ada")
        create_user(tx, OPERATOR, "bob")
        for name in ("ada", "bob"):
            _, site.keys[name] = create_key(tx, OPERATOR, name)

    site.write(people)
    yield site
    store.close()
