"""A data folder with runs of all kinds of data, made quickly, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from runstone.domain.history import HistoryBatch, Numbers, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine, RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.services.files import file_arrived, new_blob_key
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.localfs import LocalBlobs
from runstone.storage.sqlite.store import SqliteStore

PROJECT = "p"
ROWS = 20_000
LINES = 3_000
FILE_BYTES = 500_000


def values_of(number: int, key: int) -> np.ndarray:
    """What run `number` has logged under `key{key}`."""
    return np.random.default_rng(number * 100 + key).standard_normal(ROWS)


def fill(folder: Path, num_runs: int, *, keys: int = 6) -> str:
    """Makes runs `r0`, `r1`, … of the one user's project; returns the entity.

    Each has some 2 MB: 1 MB of history, 200 KB of output, 1 MB of files.
    """
    store = SqliteStore(folder, durability="process")
    blobs = LocalBlobs(folder / "blobs")
    user = store.read(lambda s: s.accounts.users()[0]).result()
    actor = store.read(lambda s: actor_for_user(s, user.id)).result()
    steps = np.arange(ROWS)
    times = 1.7e9 + steps.astype(np.float64)

    async def content() -> AsyncIterator[bytes]:
        yield bytes(FILE_BYTES)

    def begin(number: int) -> RunId:
        def unit(tx: Transaction) -> RunId:
            update = RunUpdate(state=RunState.FINISHED, config={"number": number})
            run, _ = begin_run(tx, actor, None, PROJECT, f"r{number}", update)
            stream = tx.history.open_stream(run.id, StreamKind.HISTORY)
            columns = {f"key{k}": Numbers(values_of(number, k)) for k in range(keys)}
            tx.history.append(stream.id, HistoryBatch(0, steps, times, times, columns))
            output = [ConsoleLine("", i, f"line {i} {'x' * 60}") for i in range(LINES)]
            tx.console.put_lines(run.id, output)
            return run.id

        return store.write(unit).result()

    try:
        for number in range(num_runs):
            run = begin(number)
            store.seal_run(run)
            for name in ("model.bin", "media/a.png"):
                stored = asyncio.run(blobs.put(new_blob_key(run), content()))
                store.write(lambda tx, n=name, r=run, s=stored: file_arrived(tx, r, n, s)).result()  # type: ignore[misc]
    finally:
        store.close()
    return user.username
