"""Background jobs: they do their work, survive their errors, and stop."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from runstone.domain.artifact import CollectionKind, NewArtifact
from runstone.domain.ids import RunId
from runstone.domain.run import RunState, RunUpdate
from runstone.ports.store import Transaction
from runstone.server import jobs
from runstone.server.jobs import Jobs
from runstone.services.accounts import create_first_user
from runstone.services.collection import Collector
from runstone.services.files import file_arrived
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.localfs.blobs import LocalBlobs
from runstone.storage.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path)
    yield made
    made.close()


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def begin(tx: Transaction) -> RunId:
    user = create_first_user(tx, "ada")
    assert user is not None
    actor = actor_for_user(tx, user.id)
    run, *_ = begin_run(tx, actor, None, "p", "r", RunUpdate(state=RunState.RUNNING))
    return run.id


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_silent_runs_crash_after_the_grace(store: SqliteStore, blobs: LocalBlobs) -> None:
    run = store.write(begin).result()

    def state() -> RunState:
        found = store.read(lambda snapshot: snapshot.runs.run_by_id(run)).result()
        assert found is not None
        return found.state

    working = Jobs(store, Collector(store, blobs), crash_after_s=0.3, trash_days=30)
    working.start()
    assert state() is RunState.RUNNING
    await until(lambda: state() is RunState.CRASHED)
    await working.stop()


async def test_jobs_survive_their_errors(
    store: SqliteStore,
    blobs: LocalBlobs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(jobs, "SEAL_BUSY_S", 0.01)
    monkeypatch.setattr(jobs, "SEAL_IDLE_S", 0.02)
    calls: list[str] = []

    def broken_seal(**_: object) -> int:
        calls.append("seal")
        raise OSError("the disk is gone")

    def broken_write(unit: Callable[[Transaction], Any]) -> Future[Any]:
        calls.append("write")
        raise OSError("the disk is gone")

    monkeypatch.setattr(store, "seal_idle", broken_seal)
    monkeypatch.setattr(store, "write", broken_write)
    working = Jobs(store, Collector(store, blobs), crash_after_s=0.01, trash_days=30)
    working.start()
    await until(lambda: calls.count("seal") >= 3 and calls.count("write") >= 3)
    await working.stop()
    assert "job-failed" in caplog.text


async def test_stopping_waits_for_what_is_being_sealed(
    store: SqliteStore, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SEAL_BUSY_S", 0.01)
    began, finished = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def slow_seal(**_: object) -> int:
        import time

        loop.call_soon_threadsafe(began.set)
        time.sleep(0.3)
        finished.append(1)
        return 0

    monkeypatch.setattr(store, "seal_idle", slow_seal)
    working = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    working.start()
    await began.wait()
    await working.stop()
    assert finished


async def test_stopping_calls_off_what_is_being_sealed(
    store: SqliteStore, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SEAL_BUSY_S", 0.01)
    began, called_off = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def endless_seal(*, is_cancelled: Callable[[], bool]) -> int:
        loop.call_soon_threadsafe(began.set)
        while not is_cancelled():
            time.sleep(0.01)
        called_off.set()
        return 0

    monkeypatch.setattr(store, "seal_idle", endless_seal)
    working = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    working.start()
    await began.wait()
    await working.stop()
    assert called_off.is_set()


async def test_large_summaries_are_put_in_place(
    store: SqliteStore, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SUMMARY_CHECK_S", 0.01)
    run = store.write(begin).result()
    large = {f"key {i}": i for i in range(10_000)}
    store.write(lambda tx: tx.runs.merge_summary(run, large)).result()
    store.write(lambda tx: tx.runs.merge_summary(run, {"key 1": None})).result()

    def unmerged() -> list[RunId]:
        return list(store.read(lambda s: s.runs.unmerged_summaries()).result())

    assert unmerged() == [run], "it is kept beside"
    working = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    working.start()
    await until(lambda: not unmerged())
    await working.stop()
    assert store.read(lambda s: s.runs.documents(run).summary).result() == large | {"key 1": None}


async def test_the_old_trash_is_emptied(
    store: SqliteStore, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TRASH_CHECK_S", 0.01)
    run = store.write(begin).result()

    async def bytes_of_a_file() -> AsyncIterator[bytes]:
        yield b"x"

    stored = await blobs.put("runs/1/a", bytes_of_a_file(), max_bytes=9)
    store.write(lambda tx: file_arrived(tx, run, "a.txt", stored)).result()
    store.write(lambda tx: tx.runs.trash_run(run)).result()

    def is_there() -> bool:
        return store.read(lambda s: s.runs.run_by_id(run)).result() is not None

    patient = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=1)
    patient.start()
    await asyncio.sleep(0.1)
    await patient.stop()
    assert is_there()
    at_once = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=0)
    at_once.start()
    await until(lambda: not is_there())
    async with asyncio.timeout(20):
        while await blobs.size("runs/1/a") is not None:
            await asyncio.sleep(0.01)
    await at_once.stop()


async def test_what_an_earlier_process_left_is_collected(
    store: SqliteStore, blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.write(begin).result()
    store.write(lambda tx: tx.files.announce(run, ["a.txt"])).result()
    store.write(lambda tx: tx.runs.delete_run(run)).result()

    async def bytes_of_a_file() -> AsyncIterator[bytes]:
        yield b"x"

    for key, age_s in (("runs/1/old", 7_200), ("runs/1/young", 0)):
        await blobs.put(key, bytes_of_a_file())
        os.utime(tmp_path / "blobs" / key, times=(time.time() - age_s,) * 2)

    def is_left() -> bool:
        return bool(store.read(lambda s: s.garbage.removed_runs(limit=1)).result())

    working = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    working.start()
    await until(lambda: not is_left())
    assert await blobs.size("runs/1/old") == 1
    await working.stop()

    monkeypatch.setattr(jobs, "LOOK_AFTER_S", 0.01)
    looking = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    looking.start()
    async with asyncio.timeout(20):
        while await blobs.size("runs/1/old") is not None:
            await asyncio.sleep(0.01)
    await looking.stop()
    assert await blobs.size("runs/1/young") == 1


async def test_a_collection_that_fails_is_tried_again(
    store: SqliteStore,
    blobs: LocalBlobs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(jobs, "TRASH_CHECK_S", 0.01)
    run = store.write(begin).result()
    store.write(lambda tx: tx.runs.delete_run(run)).result()
    trim = store.trim_log
    failures = [OSError("the disk is gone")]

    def fails_once() -> int:
        if failures:
            raise failures.pop()
        return trim()

    monkeypatch.setattr(store, "trim_log", fails_once)
    collector = Collector(store, blobs)
    working = Jobs(store, collector, crash_after_s=100, trash_days=30)
    working.start()
    await until(lambda: not failures)
    await until(lambda: not store.read(lambda s: s.garbage.removed_runs(limit=1)).result())
    await working.stop()
    assert "job-failed" in caplog.text


async def test_deleted_versions_of_artifacts_are_erased(
    store: SqliteStore, blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TRASH_CHECK_S", 0.01)
    working = Jobs(store, Collector(store, blobs), crash_after_s=100, trash_days=30)
    working.start()

    def log_and_delete(tx: Transaction) -> None:
        found = tx.runs.run_by_id(run)
        assert found is not None
        its_type = tx.artifacts.create_type(found.project_id, "model")
        place = tx.artifacts.create_collection(
            found.project_id, its_type.id, "c", CollectionKind.SEQUENCE
        )
        made = tx.artifacts.create_artifact(place.id, NewArtifact("d"))
        tx.artifacts.delete_artifact(made.id)

    run = store.write(begin).result()
    store.write(log_and_delete).result()
    await until(lambda: not store.read(lambda s: s.garbage.removed_artifacts(limit=1)).result())
    await working.stop()
