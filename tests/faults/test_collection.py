"""Collections beside a server that serves, on a full disk, and killed at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.faults.filled import LINES, PROJECT, ROWS, fill, values_of
from tests.server.processes import COMMAND, Server, runstone, wait_until
from tests.server.recording import authorization, begin_run

from runstone.domain.access import OPERATOR
from runstone.domain.errors import Unavailable
from runstone.domain.history import StreamKind
from runstone.ports.store import Snapshot
from runstone.services.collection import Collector
from runstone.services.runs import find_run
from runstone.storage.localfs import LocalBlobs
from runstone.storage.sqlite.database import FILE_NAME
from runstone.storage.sqlite.space import rebuild
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.orphans import orphans

TRIALS = int(os.environ.get("RUNSTONE_TEST_KILLS", "4"))
"""Kills in a test run; more are for a trial of its own (RUNSTONE_TEST_KILLS=100)."""


def disk_bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total


def prepare(data: Path) -> str:
    """A folder with an administrator; returns the key."""
    server = Server(data)
    try:
        return server.key
    finally:
        server.stop()


def remove(server: Server, key: str, entity: str, names: list[str]) -> None:
    base = f"/api/v1/projects/{entity}/{PROJECT}"
    body = json.dumps({"action": "delete", "runs": names}).encode()
    headers = authorization(key) | {"Content-Type": "application/json"}
    assert server.ask("POST", f"{base}/runs/bulk", body=body, headers=headers).status == 200
    assert server.ask("DELETE", f"{base}/trash", headers=headers).status == 200


def check_kept(folder: Path, entity: str, numbers: list[int]) -> None:
    """What stays is there to the last value."""
    store = SqliteStore(folder)

    def compare(s: Snapshot) -> None:
        for number in numbers:
            run = find_run(s, OPERATOR, entity, PROJECT, f"r{number}")
            (stream,) = s.history.streams([run.id], StreamKind.HISTORY)
            assert stream.next_row == ROWS
            batches = list(s.history.scan(stream.id))
            for key in range(6):
                found = np.concatenate([batch.numbers[f"key{key}"].values for batch in batches])
                assert np.array_equal(found, values_of(number, key))
            assert s.console.num_lines(run.id) == LINES
            assert s.files.count_files(run.id) == 2

    try:
        store.read(compare).result()
    finally:
        store.close()


@pytest.mark.timeout(300)
def test_nine_tenths_of_a_folder_go_while_the_server_serves(tmp_path: Path) -> None:
    data = tmp_path / "data"
    key = prepare(data)
    entity = fill(data, 30)
    before = disk_bytes(data)
    assert before > 50e6
    kept = [5, 15, 25]
    server = Server(data)
    failures: list[object] = []
    is_over = threading.Event()

    def read_and_log() -> None:
        offset = begin_run(server, key, "live", PROJECT)
        one = {"entity": entity, "project": PROJECT, "runs": [f"r{n}" for n in kept]}
        body = json.dumps({"requests": [{**one, "keys": ["key1"]}]}).encode()
        headers = authorization(key) | {"Content-Type": "application/json"}
        first = server.ask("POST", "/api/v1/series", body=body, headers=headers).body
        while not is_over.wait(0.05):
            row = json.dumps({"_step": offset, "_timestamp": 1.7e9, "loss": 1.0})
            file = {"wandb-history.jsonl": {"offset": offset, "content": [row]}}
            path = f"/files/{entity}/{PROJECT}/live/file_stream"
            said = server.ask(
                "POST", path, body=json.dumps({"files": file}).encode(), headers=headers
            )
            offset += said.status == 200
            read = server.ask("POST", "/api/v1/series", body=body, headers=headers)
            if (said.status, read.status, read.body) != (200, 200, first):
                failures.append((said.status, read.status))

    client = threading.Thread(target=read_and_log)
    try:
        client.start()
        remove(server, key, entity, [f"r{n}" for n in range(30) if n not in kept])
        # By itself it gives back all but some free pages and a short log.
        wait_until(lambda: disk_bytes(data) < before / 10 + 40e6, within_s=120)
        done = runstone("gc", "--data", data, "--json")
        assert done.returncode == 0, done.stderr
        assert disk_bytes(data) < before / 10 + 4e6
    finally:
        is_over.set()
        client.join(30)
        server.stop()
    assert failures == []
    # What was logged last has not been sealed; and once it is, nothing is left over.
    assert orphans(data / FILE_NAME, data / "blobs") == []
    check_kept(data, entity, kept)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_a_collection_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    data = tmp_path / "data"
    key = prepare(data)
    rng = random.Random(8)
    entity = fill(data, TRIALS + 2)
    names = [f"r{n}" for n in range(2, TRIALS + 2)]
    for turn, name in enumerate(names):
        server = Server(data)
        try:
            remove(server, key, entity, [name])
            asking = subprocess.Popen(
                [*COMMAND, "gc", "--data", str(data)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(rng.uniform(0.0, 0.6))
        finally:
            server.kill()
        asking.wait(60)
        if turn % 4 == 3 or turn == len(names) - 1:
            check_kept(data, entity, [0, 1])
    assert runstone("gc", "--data", data).returncode == 0
    # A blob may have outlived its record in a kill; it is young, so it has its grace.
    left = orphans(data / FILE_NAME, data / "blobs")
    assert [finding for finding in left if not finding.startswith("blob ")] == []
    age_blobs(data)
    assert runstone("gc", "--data", data).returncode == 0
    assert orphans(data / FILE_NAME, data / "blobs") == []
    check_kept(data, entity, [0, 1])


def age_blobs(data: Path) -> None:
    for path in (data / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, times=(time.time() - 7_200,) * 2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_collection_on_a_full_disk_says_so_and_goes_on_later(small_disk: Path) -> None:
    store = SqliteStore(small_disk)
    store.write(lambda tx: tx.accounts.create_user("ada", full_name="", email=None, is_admin=True))
    store.close()
    entity = fill(small_disk, 4)
    store = SqliteStore(small_disk)
    collector = Collector(store, LocalBlobs(small_disk / "blobs"))
    try:
        project = store.read(
            lambda s: s.projects.project(s.accounts.users()[0].id, PROJECT)
        ).result()
        assert project is not None
        for name in ("r1", "r2", "r3"):
            run = store.read(lambda s, n=name: s.runs.run(project.id, n)).result()  # type: ignore[misc]
            assert run is not None
            store.write(lambda tx, r=run.id: tx.runs.delete_run(r)).result()  # type: ignore[misc]
        ballast = small_disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4_096)
            except OSError:
                pass

        async def collect() -> None:
            async for _ in collector.collect(OPERATOR):
                pass

        with pytest.raises(Unavailable) as caught:
            asyncio.run(collect())
        assert caught.value.code == "disk-full", caught.value.message
        ballast.unlink()
        asyncio.run(collect())
    finally:
        store.close()
    assert orphans(small_disk / FILE_NAME, small_disk / "blobs") == []
    check_kept(small_disk, entity, [0])


def test_a_rebuild_on_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    store = SqliteStore(small_disk)
    store.write(lambda tx: tx.accounts.create_user("ada", full_name="", email=None, is_admin=True))
    store.close()
    entity = fill(small_disk, 4)
    (small_disk / "ballast").write_bytes(b"x" * (free_bytes(small_disk) - 2_000_000))
    there = {path.name for path in small_disk.iterdir()}
    with pytest.raises(Unavailable) as caught:
        rebuild(small_disk)
    assert caught.value.code == "disk-full", caught.value.message
    assert {path.name for path in small_disk.iterdir()} == there
    (small_disk / "ballast").unlink()
    check_kept(small_disk, entity, [0, 1, 2, 3])
    rebuild(small_disk)
    check_kept(small_disk, entity, [0, 1, 2, 3])


def free_bytes(folder: Path) -> int:
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize
