"""Deleting nine tenths of a data folder while the server serves: what comes back, what it costs.

Run: python bench/reclaim.py [--megabytes 2000]

A folder is filled with runs (histories, output, files) without a server. Then one serves it, a
client logs to it and another draws curves: first for a while with nothing else going on, then while
nine tenths of the runs are deleted, removed from the trash and collected. Both periods are measured
in the same run, so their ratio says what collecting costs others.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson

from bodies import lines, split_body
from harness import Server, percentile, print_table, server
from http_load import Connection
from runstone.domain.history import HistoryBatch, Numbers, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine, RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.services.files import file_arrived, new_blob_key
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.localfs.blobs import LocalBlobs
from runstone.storage.sqlite.store import SqliteStore

PROJECT = "reclaim"
RUN_MB = 10.0
ROWS, KEYS = 25_000, 20
LINES = 8_000
FILES, FILE_BYTES = 10, 550_000
PAUSE_S = 0.05
GIVE_UP_S = 600.0


@dataclass
class Load:
    """A client that logs and one that draws, until they are stopped."""

    acks: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    is_over: bool = False


def fill(folder: Path, num_runs: int) -> None:
    """Makes the runs, one after the other, so that their pages lie as they were written."""
    rng = np.random.default_rng(9)
    store = SqliteStore(folder, durability="process")
    blobs = LocalBlobs(folder / "blobs")
    user = store.read(lambda s: s.accounts.users()[0]).result()
    actor = store.read(lambda s: actor_for_user(s, user.id)).result()
    steps = np.arange(ROWS)
    times = 1.7e9 + steps.astype(np.float64)
    noise = rng.bytes(FILE_BYTES)

    async def content() -> AsyncIterator[bytes]:
        yield noise

    async def save(run: RunId) -> None:
        for i in range(FILES):
            stored = await blobs.put(new_blob_key(run), content())
            name = f"media/images/{i}.png" if i % 2 else f"model-{i}.bin"
            store.write(lambda tx, s=stored, n=name: file_arrived(tx, run, n, s)).result()  # type: ignore[misc]

    for number in range(num_runs):

        def begin(tx: Transaction, number: int = number) -> RunId:
            update = RunUpdate(config={"lr": 0.1, "seed": number}, state=RunState.FINISHED)
            run, _ = begin_run(tx, actor, None, PROJECT, f"r{number}", update)
            stream = tx.history.open_stream(run.id, StreamKind.HISTORY)
            columns = {f"metric_{k}": Numbers(rng.standard_normal(ROWS)) for k in range(KEYS)}
            tx.history.append(stream.id, HistoryBatch(0, steps, times, times - 1.7e9, columns))
            output = [ConsoleLine("", i, f"step {i}: {'x' * 60}") for i in range(LINES)]
            tx.console.put_lines(run.id, output)
            return run.id

        run = store.write(begin).result()
        store.seal_run(run)
        asyncio.run(save(run))
    store.close()


def disk_bytes(folder: Path) -> int:
    """What the folder takes on the file system."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                continue  # files come and go while a server works
    return total


async def log(s: Server, entity: str, load: Load) -> None:
    """Ten rows of fifty metrics, twenty times a second."""
    rng = np.random.default_rng(1)
    rows = lines(rng, first_step=0, num_rows=10, num_metrics=50, start=time.time())
    before, after = split_body(rows)
    with s.client() as client:
        offset = s.create_run(client, PROJECT, "live")
    connection = await Connection.open(s.address, s.api_key)
    connection.latencies = load.acks
    while not load.is_over:
        path = f"/files/{entity}/{PROJECT}/live/file_stream"
        status, said = await connection.post(path, before, str(offset).encode(), after)
        if status != 200:
            raise RuntimeError(f"{status}: {said[:300]!r}")
        offset += 10
        await asyncio.sleep(PAUSE_S)
    connection.close()


async def draw(s: Server, entity: str, runs: list[str], load: Load) -> None:
    """Curves of ten runs that stay, twenty times a second."""
    connection = await Connection.open(s.address, s.api_key)
    connection.latencies = load.reads
    turn = 0
    while not load.is_over:
        turn += 1
        one = {"entity": entity, "project": PROJECT, "runs": runs[:10]}
        body = orjson.dumps({"requests": [{**one, "keys": [f"metric_{turn % KEYS}"]}]})
        status, said = await connection.post("/api/v1/series", body)
        if status != 200:
            raise RuntimeError(f"{status}: {said[:300]!r}")
        await asyncio.sleep(PAUSE_S)
    connection.close()


async def idle(s: Server, entity: str, kept: list[str], seconds: float) -> Load:
    """The two clients alone."""
    load = Load()
    clients = asyncio.gather(log(s, entity, load), draw(s, entity, kept, load))
    await asyncio.sleep(seconds)
    load.is_over = True
    await clients
    return load


async def reclaim(
    s: Server, entity: str, kept: list[str], gone: list[str], target: int
) -> tuple[Load, float, float]:
    """The two clients, while `gone` goes; returns seconds until removed, and until it is free."""
    load = Load()
    clients = asyncio.gather(log(s, entity, load), draw(s, entity, kept, load))
    begin = time.monotonic()
    await asyncio.to_thread(remove, s, entity, gone)
    removed_s = time.monotonic() - begin
    while await asyncio.to_thread(disk_bytes, s.folder) > target:
        if time.monotonic() - begin > GIVE_UP_S:
            print("gave up waiting")
            break
        await asyncio.sleep(0.5)
    freed_s = time.monotonic() - begin
    load.is_over = True
    await clients
    return load, removed_s, freed_s


def remove(s: Server, entity: str, names: list[str]) -> None:
    """To the trash, and out of it for good."""
    base = f"/api/v1/projects/{entity}/{PROJECT}"
    with s.client() as client:
        for start in range(0, len(names), 1_000):
            body = {"action": "delete", "runs": names[start : start + 1_000]}
            client.post(f"{base}/runs/bulk", json=body).raise_for_status()
        client.delete(f"{base}/trash").raise_for_status()


def p95_ratio(busy: list[float], alone: list[float]) -> str:
    """Both p95 in ms, and how they compare."""
    with_it, without = percentile(busy, 95) * 1e3, percentile(alone, 95) * 1e3
    return f"{with_it:.1f} / {without:.1f} = {with_it / without:.2f}"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=2_000.0)
    parser.add_argument("--idle-seconds", type=float, default=15.0)
    options = parser.parse_args()
    num_runs = max(10, round(options.megabytes / RUN_MB))
    folder = Path(tempfile.mkdtemp(prefix="runstone-reclaim-"))
    try:
        with server(folder) as s, s.client() as client:
            entity = s.entity(client)
        fill(folder, num_runs)
        before = disk_bytes(folder)
        names = [f"r{i}" for i in range(num_runs)]
        kept = names[::10]
        gone = [name for name in names if name not in set(kept)]
        with server(folder) as s:
            alone = asyncio.run(idle(s, entity, kept, options.idle_seconds))
            used = disk_bytes(folder) * len(kept) / num_runs
            # A server keeps some pages free, and a log of 64 MB at most.
            target = int(used + 100e6)
            busy, removed_s, freed_s = asyncio.run(reclaim(s, entity, kept, gone, target))
            after = disk_bytes(folder)
            with s.client() as client:
                client.timeout = 300
                client.delete("/api/v1/storage/garbage").raise_for_status()
            wholly = disk_bytes(folder)
            later = asyncio.run(idle(s, entity, kept, options.idle_seconds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(
        f"Deleting nine tenths of {num_runs} runs while the server serves",
        [
            ("bytes before, MB", f"{before / 1e6:,.0f}", ""),
            ("bytes after, the server's own doing, MB", f"{after / 1e6:,.0f}", ""),
            ("bytes after `runstone gc`, MB", f"{wholly / 1e6:,.0f}", "~ a tenth"),
            ("until the runs are removed, s", f"{removed_s:.1f}", ""),
            ("until the bytes are back, s", f"{freed_s:.1f}", ""),
            ("ack p95 while collecting / before, ms", p95_ratio(busy.acks, alone.acks), ""),
            ("read p95 while collecting / before, ms", p95_ratio(busy.reads, alone.reads), ""),
            ("read p95 afterwards / before, ms", p95_ratio(later.reads, alone.reads), ""),
            (
                "longest ack while collecting / before, ms",
                f"{max(busy.acks) * 1e3:.0f} / {max(alone.acks) * 1e3:.0f}",
                "",
            ),
        ],
    )


if __name__ == "__main__":
    main()
