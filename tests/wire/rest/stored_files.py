"""Putting files and console lines into a run, without a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from tests.wire.rest.conftest import Site

from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.store import Snapshot, Transaction
from runstone.services import files
from runstone.services.signin import actor_for_key

RUN = "/projects/ada/digits/runs/r1"


def run_id(site: Site, name: str = "r1") -> RunId:
    """The run of that name."""

    def find(snapshot: Snapshot) -> RunId:
        entity = snapshot.accounts.entity("ada")
        assert entity is not None
        project = snapshot.projects.project(entity.id, "digits")
        assert project is not None
        run = snapshot.runs.run(project.id, name)
        assert run is not None
        return run.id

    return site.store.read(find).result()


async def store_file(site: Site, name: str, content: bytes, *, run_name: str = "r1") -> None:
    """As if a client had uploaded it."""
    run = run_id(site, run_name)

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    stored = await site.context.blobs.put(files.new_blob_key(run), chunks())
    future = site.store.write(lambda tx: files.file_arrived(tx, run, name, stored))
    replaced = await asyncio.wrap_future(future)
    if replaced is not None:
        await site.context.blobs.delete(replaced)


def announce(site: Site, *names: str) -> None:
    """As if a client had said that it will upload them."""

    def unit(tx: Transaction) -> None:
        actor = actor_for_key(tx, site.ada_key)
        run = tx.runs.run_by_id(run_id_)
        assert run is not None
        files.announce_files(tx, actor, run, names)

    run_id_ = run_id(site)
    site.store.write(unit).result()


def print_lines(site: Site, lines: Iterable[ConsoleLine]) -> None:
    """As if the run had printed them."""
    run = run_id(site)
    site.store.write(lambda tx: tx.console.put_lines(run, list(lines))).result()
