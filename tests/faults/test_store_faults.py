"""Full disks, damaged files, killed processes and company on the same file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runstone.domain.errors import CorruptData, RunstoneError, Unavailable
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine
from runstone.ports.store import Snapshot, Transaction
from runstone.storage.localfs import LocalBlobs
from runstone.storage.sqlite import database
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.blobs import BIG, chunks_of, read_all, run
from runstone.testing.subject import ManualClock, Subject, make_world

WAIT_S = 60


def _subject(store: SqliteStore) -> Subject:
    return Subject(store, ManualClock())


def _say(run_id: RunId, number: int, size: int = 10_000) -> Callable[[Transaction], None]:
    """A unit that needs space: one long line of output."""
    line = ConsoleLine("", number, f"{number} ".ljust(size, "x"))
    return lambda tx: tx.console.put_lines(run_id, [line])


def _said(run_id: RunId) -> Callable[[Snapshot], list[int]]:
    return lambda s: [line.number for line in s.console.lines(run_id, limit=100_000)]


def _fill(store: SqliteStore, run_id: RunId) -> tuple[list[int], RunstoneError]:
    """Writes until it is refused; returns what was acknowledged, and the refusal."""
    acknowledged: list[int] = []
    for number in range(100_000):
        error = store.write(_say(run_id, number)).exception(WAIT_S)
        if error is not None:
            assert isinstance(error, RunstoneError), repr(error)
            return acknowledged, error
        acknowledged.append(number)
    raise AssertionError("the disk never filled up")


def _pages(store: SqliteStore, limit: int) -> None:
    store._write_connection(lambda c: c.execute(f"PRAGMA max_page_count = {limit}").fetchall())


def test_no_page_left_in_the_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, durability="process")
    try:
        world = make_world(_subject(store))
        _pages(store, 300)
        acknowledged, error = _fill(store, world.run.id)
        assert isinstance(error, Unavailable)
        assert (error.code, error.retry_after) == ("disk-full", 30.0)
        assert "free some space" in error.message
        assert len(acknowledged) > 10
        assert store.read(_said(world.run.id)).result(WAIT_S) == acknowledged
        # Units that need no space go on, and all do once there is some.
        store.write(lambda tx: tx.runs.beat(world.run.id)).result(WAIT_S)
        _pages(store, 1_000_000)
        for number in range(len(acknowledged), len(acknowledged) + 20):
            store.write(_say(world.run.id, number)).result(WAIT_S)
        expected = list(range(len(acknowledged) + 20))
        assert store.read(_said(world.run.id)).result(WAIT_S) == expected
    finally:
        store.close()
    _assert_sound(tmp_path)


def test_a_group_on_a_full_disk_is_refused_together(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, durability="process")
    try:
        world = make_world(_subject(store))
        _pages(store, 300)
        futures = [store.write(_say(world.run.id, number)) for number in range(400)]
        outcomes = [future.exception(WAIT_S) for future in futures]
        acknowledged = [i for i, outcome in enumerate(outcomes) if outcome is None]
        refusals = {(type(o), getattr(o, "code", None)) for o in outcomes if o is not None}
        assert refusals == {(Unavailable, "disk-full")}
        assert store.read(_said(world.run.id)).result(WAIT_S) == acknowledged
        _pages(store, 1_000_000)
        store.write(_say(world.run.id, 1_000)).result(WAIT_S)
    finally:
        store.close()
    _assert_sound(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_500_000)
    store = SqliteStore(small_disk)
    try:
        world = make_world(_subject(store))
        acknowledged, error = _fill(store, world.run.id)
        assert isinstance(error, Unavailable)
        assert error.code == "disk-full", error.message
        assert len(acknowledged) > 10
        assert store.read(_said(world.run.id)).result(WAIT_S) == acknowledged
        ballast.unlink()
        store.write(_say(world.run.id, len(acknowledged))).result(WAIT_S)
        expected = list(range(len(acknowledged) + 1))
        assert store.read(_said(world.run.id)).result(WAIT_S) == expected
    finally:
        store.close()
    again = SqliteStore(small_disk)
    try:
        assert again.read(_said(world.run.id)).result(WAIT_S) == expected
    finally:
        again.close()
    _assert_sound(small_disk)


def test_a_store_opened_on_a_full_disk_says_so(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65_536)
        except OSError:
            pass
    with pytest.raises(Unavailable) as caught:
        SqliteStore(small_disk)
    assert caught.value.code == "disk-full", caught.value.message
    ballast.unlink()
    SqliteStore(small_disk).close()
    _assert_sound(small_disk)


def test_an_upload_on_a_full_disk(small_disk: Path) -> None:
    blobs = LocalBlobs(small_disk)
    run(blobs.put("kept", chunks_of([b"kept"])))
    with pytest.raises(Unavailable) as caught:
        run(blobs.put("too/much", chunks_of([BIG, BIG])))
    assert (caught.value.code, caught.value.retry_after) == ("disk-full", 30.0)
    assert [p.name for p in small_disk.rglob("*") if p.is_file()] == ["kept"]
    assert run(read_all(blobs, "kept")) == b"kept"
    assert run(blobs.put("too/much", chunks_of([BIG]))).size_bytes == len(BIG)


def test_damage_in_the_middle_spoils_nothing_else(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, durability="process")
    world = make_world(_subject(store))
    for number in range(50):
        store.write(_say(world.run.id, number))
    store.close()
    path = tmp_path / database.FILE_NAME
    connection = database.connect(path)
    roots = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'console_line'")
    ((root,),) = roots.fetchall()
    assert isinstance(root, int)
    size = connection.pragma("page_size")
    assert isinstance(size, int)
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    damaged = path.read_bytes()

    store = SqliteStore(tmp_path, durability="process")
    try:
        for future in (
            store.read(_said(world.run.id)),
            store.write(_say(world.run.id, 50)),
            store.write(lambda tx: tx.runs.delete_run(world.run.id)),
        ):
            error = future.exception(WAIT_S)
            assert isinstance(error, CorruptData), repr(error)
            assert error.code == "damaged-database"
            assert str(path) in error.message
            assert "restore a backup" in error.message
        assert path.read_bytes() == damaged, "nothing is written over what is damaged"
        # All else is read and written as before.
        assert _subject(store).run_now(world.run) == world.run
        changed = _subject(store).update(world.run, notes="still here")
        assert _subject(store).run_now(world.run) == changed
    finally:
        store.close()


WRITER = """
    import sys
    from pathlib import Path
    from runstone.storage.sqlite.store import SqliteStore

    store = SqliteStore(Path(sys.argv[1]))
    side, num = sys.argv[2], int(sys.argv[3])
    print("ready", flush=True)
    sys.stdin.readline()
    futures = []
    for i in range(num):
        name = f"{side}-{i:06}"
        future = store.write(lambda tx, n=name: tx.accounts.create_team(n, None))
        future.add_done_callback(lambda f, n=name: print(n, f.exception() or "done", flush=True))
        futures.append(future)
        if len(futures) > 20:
            futures.pop(0).exception()
    store.close()
"""


def _start_writer(folder: Path, side: str, num: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), side, str(num)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _teams(folder: Path) -> list[str]:
    store = SqliteStore(folder)
    try:
        return [e.name for e in store.read(lambda s: s.accounts.entities()).result(WAIT_S)]
    finally:
        store.close()


@pytest.mark.parametrize("trial", range(5))
def test_a_killed_writer_has_lost_nothing_it_acknowledged(tmp_path: Path, trial: int) -> None:
    process = _start_writer(tmp_path, "a", 1_000_000)
    assert process.stdout is not None
    _go(process)
    lines = [process.stdout.readline() for _ in range(150 + 37 * trial)]
    time.sleep(0.001 * trial)  # so that not every trial dies at the same point of a commit
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.wait(WAIT_S)
    process.stdout.close()
    assert process.stdin is not None
    process.stdin.close()
    # The last line may be cut off in the middle: then it was not heard.
    acknowledged = [line.split()[0] for line in lines if line.endswith(" done\n")]
    assert (tmp_path / f"{database.FILE_NAME}-wal").stat().st_size > 0
    found = _teams(tmp_path)
    assert found[: len(acknowledged)] == acknowledged
    # Units whose future was never resolved are wholly there or wholly absent, in order.
    assert found == [f"a-{i:06}" for i in range(len(found))]
    _assert_sound(tmp_path)


def test_two_processes_may_write_to_one_file(tmp_path: Path) -> None:
    writers = {side: _start_writer(tmp_path, side, 150) for side in "ab"}
    for process in writers.values():
        _go(process)
    for side, process in writers.items():
        out, _ = process.communicate(timeout=WAIT_S)
        assert out.splitlines() == [f"{side}-{i:06} done" for i in range(150)]
    assert _teams(tmp_path) == sorted(f"{side}-{i:06}" for side in "ab" for i in range(150))
    _assert_sound(tmp_path)


def _assert_sound(folder: Path) -> None:
    connection = database.connect(folder / database.FILE_NAME)
    try:
        assert database.check(connection) == []
    finally:
        connection.close()
