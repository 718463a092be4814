"""After any logging, deleting, removing and collecting: what is left is what the model says."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain.access import OPERATOR
from runstone.domain.errors import NotFound
from runstone.domain.history import HistoryBatch, Numbers, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.blobs import StoredBlob
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.collection import Collector, Stage
from runstone.services.files import file_arrived
from runstone.storage.localfs import LocalBlobs
from runstone.storage.memory.store import MemoryStore
from runstone.storage.sqlite.database import FILE_NAME
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.orphans import orphans
from runstone.testing.subject import ManualClock

RUNS = st.integers(1, 5)
KEYS = st.sampled_from(["loss", "acc", "secret"])
NAMES = st.sampled_from(["model.bin", "media/a.png", "b"])


def op(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(name), st.tuples(*arguments))


OPERATIONS = st.one_of(
    op("run"),
    op("log", RUNS, st.sampled_from(["history", "system"]), KEYS, st.integers(1, 300)),
    op("log", RUNS, st.just("history"), KEYS, st.integers(1, 300)),
    op("print", RUNS, st.integers(0, 9), st.text(max_size=5)),
    op("upload", RUNS, NAMES, st.integers(0, 5_000)),
    op("lost upload", RUNS),
    op("forget file", RUNS, NAMES),
    op("seal", RUNS),
    op("remove", RUNS),
    op("erase a little"),
    op("collect", st.booleans()),
)


class World:
    """SQLite with blobs on disk, and the model beside it, which is told the same."""

    def __init__(self, folder: Path) -> None:
        clock = ManualClock()
        self.store = SqliteStore(folder, clock=clock, durability="process", linger_s=0.0)
        self.model = MemoryStore(clock=clock)
        self.folder = folder
        self.blobs = LocalBlobs(folder / "blobs")
        self.collector = Collector(self.store, self.blobs)
        self.num_runs = 0
        self.num_blobs = 0
        for store in (self.store, self.model):
            store.write(_begin).result()

    def both(self, unit: Any) -> None:
        outcomes = [store.write(unit).exception() for store in (self.store, self.model)]
        assert [type(o) for o in outcomes[:1]] == [type(o) for o in outcomes[1:]]
        assert isinstance(outcomes[0], (NotFound, type(None))), outcomes

    def perform(self, name: str, args: Any) -> None:
        match name:
            case "run":
                self.num_runs += 1
                self.both(_new_run(f"r{self.num_runs}"))
            case "log":
                self.both(_log(*args))
            case "print":
                run, number, text = args
                self.both(lambda tx: tx.console.put_lines(run, [ConsoleLine("", number, text)]))
            case "upload":
                run, file, size = args
                stored = self.put(run, size)
                self.both(lambda tx: file_arrived(tx, run, file, stored))
            case "lost upload":
                self.put(args[0], 10)
            case "forget file":
                self.both(lambda tx: tx.files.delete_file(*args))
            case "seal":
                self.store.seal_run(args[0])
            case "remove":
                self.both(lambda tx: tx.runs.delete_run(*args))
            case "erase a little":
                self.store.write(_erase_a_little).result()
            case _:
                asyncio.run(self.collect(wholly=args[0]))

    async def collect(self, *, wholly: bool) -> None:
        if wholly:
            async for _ in self.collector.collect(OPERATOR):
                pass
        else:
            assert (await self.collector.tidy(wholly=False)).stage is Stage.DONE

    def put(self, run: int, size: int, *, age_s: float = 7_200) -> StoredBlob:
        """Bytes that came some time ago. Those that a record gives up are never deleted here, as
        if the server had died just then."""
        self.num_blobs += 1
        key = f"runs/{run}/b{self.num_blobs}"
        stored = asyncio.run(self.blobs.put(key, _content(size)))
        os.utime(self.folder / "blobs" / key, times=(time.time() - age_s,) * 2)
        return stored


def _begin(tx: Transaction) -> None:
    user = tx.accounts.create_user("anna", full_name="", email=None, is_admin=True)
    tx.projects.create_project(user.id, "p")


def _new_run(name: str) -> Any:
    def unit(tx: Transaction) -> None:
        (user,) = tx.accounts.users()
        (project,) = tx.projects.projects(user.id)
        tx.runs.create_run(project.id, name, user=user.id, display_name=name)

    return unit


def _log(run: RunId, kind: str, key: str, num_rows: int) -> Any:
    def unit(tx: Transaction) -> None:
        if tx.runs.run_by_id(run) is None:
            raise NotFound("as services say it")
        stream = tx.history.open_stream(run, StreamKind(kind))
        rows = np.arange(stream.next_row, stream.next_row + num_rows)
        values = rows.astype(np.float64)
        batch = HistoryBatch(stream.next_row, rows, values, values, {key: Numbers(values)})
        tx.history.append(stream.id, batch)

    return unit


def _erase_a_little(tx: Transaction) -> None:
    for run in tx.garbage.removed_runs(limit=1):
        tx.garbage.erase_some(run, max_bytes=500)


async def _content(size: int) -> AsyncIterator[bytes]:
    yield b"x" * size


def _content_of(store: Store) -> Any:
    """All that people can reach, with what it costs."""

    def read(s: Snapshot) -> Any:
        (user,) = s.accounts.users()
        (project,) = s.projects.projects(user.id)
        runs = s.runs.list_runs(project.id, limit=99).runs
        costs = {run.id: run.usage for run in s.usage.runs(project.id)}
        return [
            (
                run.name,
                list(s.console.lines(run.id)),
                list(s.files.list_files(run.id)),
                (costs[run.id].console, costs[run.id].files, costs[run.id].media),
                [
                    (info.kind, info.next_row, _values(s, info.id))
                    for info in s.history.streams([run.id])
                ],
            )
            for run in runs
        ]

    return store.read(read).result()


def _values(s: Snapshot, stream: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for batch in s.history.scan(stream):
        for key, numbers in batch.numbers.items():
            found.setdefault(key, []).extend(numbers.values.tolist())
    return found


@given(st.lists(OPERATIONS, min_size=10, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_left_is_what_the_model_says(operations: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = World(folder)
        try:
            for what, args in [("run", ()), ("run", ()), *operations]:
                world.perform(what, args)
            assert _content_of(world.store) == _content_of(world.model)
            asyncio.run(world.collect(wholly=True))
            assert _content_of(world.store) == _content_of(world.model)
            assert world.store.footprint().free_bytes == 0
            # Rows in the journal keep their names to themselves: sealed, all names are in use.
            for run in range(1, world.num_runs + 1):
                world.store.seal_run(RunId(run))
            world.store.trim_log()
            asyncio.run(world.collect(wholly=True))
        finally:
            world.store.close()
        assert orphans(folder / FILE_NAME, folder / "blobs") == []


def test_an_upload_on_its_way_is_no_garbage(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.perform("run", ())
    young = world.put(1, 10, age_s=3_500).key
    old = world.put(1, 10, age_s=3_700).key
    asyncio.run(world.blobs.put("something/else", _content(5)))

    async def sizes() -> list[int | None]:
        found = await world.collector.look(OPERATOR)
        assert (found.num_blobs, found.blob_bytes) == (1, 10)
        await world.collect(wholly=True)
        return [await world.blobs.size(key) for key in (young, old, "something/else")]

    try:
        assert asyncio.run(sizes()) == [10, None, 5]
    finally:
        world.store.close()
