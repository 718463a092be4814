"""The store's suite over SQLite, and what only its group commit can get wrong."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import apsw
import numpy as np
import pytest

from runstone.domain.errors import Conflict, CorruptData, InvalidInput, Unavailable
from runstone.domain.history import HistoryBatch, Numbers, StreamKind
from runstone.domain.run import ConsoleLine
from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.storage.sqlite import database
from runstone.storage.sqlite.space import rebuild
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.reading import content_of_store
from runstone.testing.store import StoreConformance
from runstone.testing.subject import Subject, make_world

WAIT_S = 30
HISTORY = StreamKind.HISTORY


class TestSqliteStore(StoreConformance):
    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        return SqliteStore(folder, clock=clock, events=events, durability="process")


def _add(name: str, tx: Transaction) -> None:
    tx.accounts.create_team(name, None)


def _names(snapshot: Snapshot) -> list[str]:
    return [entity.name for entity in snapshot.accounts.entities()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path, durability="process")
    yield store
    store.close()


class Gate:
    """Holds the commit thread, so that what is submitted meanwhile shares one commit."""

    def __init__(self, store: SqliteStore) -> None:
        self._open = threading.Event()
        reached = threading.Event()

        def wait(tx: Transaction) -> None:
            reached.set()
            assert self._open.wait(WAIT_S)

        self._held = store.write(wait)
        assert reached.wait(WAIT_S)

    def open(self) -> None:
        self._open.set()
        self._held.result(WAIT_S)


def test_a_unit_that_is_unavailable_fails_its_group_and_not_the_store(store: SqliteStore) -> None:
    gate = Gate(store)
    done: list[str] = []

    def good(tx: Transaction) -> None:
        _add("good", tx)
        tx.after_commit(lambda: done.append("good"))

    def refused(tx: Transaction) -> None:
        _add("refused", tx)
        raise Conflict("mine alone")

    def full(tx: Transaction) -> None:
        raise Unavailable("the disk is full", code="disk-full")

    futures = [store.write(unit) for unit in (good, refused, full, good)]
    gate.open()
    outcomes = [future.exception(WAIT_S) for future in futures]
    assert [type(outcome) for outcome in outcomes] == [
        Unavailable, Conflict, Unavailable, Unavailable,
    ]  # fmt: skip
    assert done == []
    assert store.read(_names).result(WAIT_S) == []
    store.write(good).result(WAIT_S)
    assert (done, store.read(_names).result(WAIT_S)) == (["good"], ["good"])


def test_a_cancelled_unit_is_left_out(store: SqliteStore) -> None:
    gate = Gate(store)
    futures: list[Future[None]] = [
        store.write(lambda tx, n=name: _add(n, tx))  # type: ignore[misc]
        for name in ("a", "b", "c")
    ]
    assert futures[1].cancel()
    gate.open()
    futures[2].result(WAIT_S)
    assert store.read(_names).result(WAIT_S) == ["a", "c"]


def test_a_unit_that_exits_harms_nobody(store: SqliteStore) -> None:
    gate = Gate(store)

    def leave(tx: Transaction) -> None:
        _add("never", tx)
        raise SystemExit

    left = store.write(leave)
    stayed = store.write(lambda tx: _add("stayed", tx))
    gate.open()
    assert isinstance(left.exception(WAIT_S), SystemExit)
    stayed.result(WAIT_S)
    assert store.read(_names).result(WAIT_S) == ["stayed"]


def test_an_action_that_raises_is_logged_and_the_unit_acknowledged(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    def unit(tx: Transaction) -> str:
        _add("kept", tx)
        tx.after_commit(broken)
        return "done"

    with caplog.at_level(logging.ERROR):
        assert store.write(unit).result(WAIT_S) == "done"
    assert "ZeroDivisionError" in caplog.text
    store.write(lambda tx: _add("next", tx)).result(WAIT_S)
    assert store.read(_names).result(WAIT_S) == ["kept", "next"]


def test_what_the_database_cannot_hold_is_invalid_input(store: SqliteStore) -> None:
    subject = Subject(store, clock=None)  # type: ignore[arg-type]  # the system's own
    world = make_world(subject)
    with pytest.raises(InvalidInput) as caught:
        subject.update(world.run, exit_code=2**70)
    assert caught.value.code == "number-too-large"
    with pytest.raises(InvalidInput):
        subject.read(lambda s: s.accounts.entity("\udcff"))


def test_a_reading_unit_cannot_write(store: SqliteStore) -> None:
    outcome = store.read(lambda s: _add("x", s)).exception(WAIT_S)  # type: ignore[arg-type]
    assert isinstance(outcome, Unavailable)
    assert store.read(_names).result(WAIT_S) == []


def test_two_stores_on_one_file_see_each_other(tmp_path: Path, store: SqliteStore) -> None:
    other = SqliteStore(tmp_path, durability="process")
    try:
        futures = [
            s.write(lambda tx, n=f"{side}-{i:02}": _add(n, tx))  # type: ignore[misc]
            for i in range(50)
            for side, s in (("a", store), ("b", other))
        ]
        for future in futures:
            future.result(WAIT_S)
        expected = sorted(f"{side}-{i:02}" for i in range(50) for side in "ab")
        assert store.read(_names).result(WAIT_S) == expected
        assert other.read(_names).result(WAIT_S) == expected
    finally:
        other.close()


def test_many_may_open_an_empty_folder_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    stores: list[SqliteStore] = []
    errors: list[BaseException] = []

    def open_one() -> None:
        try:
            stores.append(SqliteStore(folder))
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=open_one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in stores:
        opened.close()
    assert (errors, len(stores)) == ([], 6)


def test_foreign_and_newer_databases_are_refused_unchanged(tmp_path: Path) -> None:
    def make(folder: str, *statements: str) -> Path:
        (tmp_path / folder).mkdir()
        connection = apsw.Connection(str(tmp_path / folder / database.FILE_NAME))
        for statement in statements:
            connection.execute(statement)
        connection.close()
        return tmp_path / folder

    newest = database.latest_version()
    cases = {
        "foreign-database": ("CREATE TABLE mine (a)", "PRAGMA user_version = 1"),
        "newer-schema": (
            "CREATE TABLE mine (a)",
            f"PRAGMA user_version = {newest + 1}",
            f"PRAGMA application_id = {database.APPLICATION_ID}",
        ),
    }
    for code, statements in cases.items():
        folder = make(code, *statements)
        with pytest.raises(CorruptData) as caught:
            SqliteStore(folder)
        assert caught.value.code == code
        connection = apsw.Connection(str(folder / database.FILE_NAME))
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("mine",)]
        connection.close()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / database.FILE_NAME).write_bytes(b"not a database at all\n" * 500)
    with pytest.raises(CorruptData) as caught:
        SqliteStore(tmp_path / "text")
    assert caught.value.code == "damaged-database"
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "no such folder")


def test_the_integrity_check_finds_a_healthy_file_healthy(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    connection = database.connect(tmp_path / database.FILE_NAME)
    assert database.check(connection) == []
    connection.close()


def test_closing_waits_for_whoever_seals(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, durability="process")
    subject = Subject(store, clock=None)  # type: ignore[arg-type]  # the system's own
    world = make_world(subject)
    streams = [
        subject.write(lambda tx, w=str(i): tx.history.open_stream(world.run.id, HISTORY, w)).id  # type: ignore[misc]
        for i in range(20)
    ]
    rows = np.arange(2_000)
    values = rows.astype(np.float64)
    batch = HistoryBatch(0, rows, values, values, {"loss": Numbers(values)})
    for stream in streams:
        subject.write(lambda tx, s=stream: tx.history.append(s, batch))  # type: ignore[misc]
    outcomes: list[object] = []
    begun = threading.Event()

    def seal() -> None:
        begun.set()
        try:
            outcomes.append(store.seal_run(world.run.id))
        except Unavailable as error:
            outcomes.append(error)

    sealer = threading.Thread(target=seal)
    sealer.start()
    assert begun.wait(WAIT_S)
    store.close()
    sealer.join(WAIT_S)
    # It was finished, or had not begun.
    assert outcomes == [40_000] or isinstance(outcomes[0], Unavailable)
    with pytest.raises(Unavailable):
        store.seal_idle()
    again = SqliteStore(tmp_path, durability="process")
    try:
        found = again.read(lambda s: s.history.stats([world.run.id])).result(WAIT_S)
        assert found.num_rows == 40_000
    finally:
        again.close()


def test_a_long_read_keeps_the_log_and_holds_nobody_up(store: SqliteStore) -> None:
    store.write(lambda tx: _add("before", tx)).result(WAIT_S)
    begun, go_on = threading.Event(), threading.Event()

    def read_long(snapshot: Snapshot) -> list[str]:
        names = _names(snapshot)
        begun.set()
        assert go_on.wait(WAIT_S)
        return names

    reading = store.read(read_long)
    assert begun.wait(WAIT_S)
    try:
        store.write(lambda tx: _add("meanwhile", tx)).result(WAIT_S)
        assert store.trim_log() > 0
        store.write(lambda tx: _add("next", tx)).result(WAIT_S)
    finally:
        go_on.set()
    assert reading.result(WAIT_S) == ["before"]
    assert store.trim_log() == 0
    assert store.footprint().log_bytes == 0
    assert store.read(_names).result(WAIT_S) == ["before", "meanwhile", "next"]


def test_what_is_done_between_commits_finds_no_transaction(store: SqliteStore) -> None:
    gate = Gate(store)
    order: list[str] = []
    first = store.write(lambda tx: order.append("first"))
    between = store._committer.submit_between(
        lambda connection: order.append(f"between, {connection.in_transaction}")
    )
    failing = store._committer.submit_between(lambda connection: connection.execute("nonsense"))
    second = store.write(lambda tx: order.append("second"))
    gate.open()
    for future in (first, between, second):
        future.result(WAIT_S)
    assert order == ["first", "between, False", "second"]
    assert isinstance(failing.exception(WAIT_S), apsw.SQLError)
    store.close()
    assert isinstance(store._committer.submit_between(lambda c: c).exception(WAIT_S), Unavailable)


def test_a_rebuilt_database_is_the_same_without_gaps(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, durability="process")
    subject = Subject(store, clock=None)  # type: ignore[arg-type]  # the system's own
    world = make_world(subject)
    lines = [ConsoleLine("", number, "x" * 1_000) for number in range(3_000)]
    subject.write(lambda tx: tx.console.put_lines(world.run.id, lines))
    subject.write(lambda tx: tx.runs.delete_run(world.run.id))
    while subject.read(lambda s: s.garbage.removed_runs(limit=1)):
        subject.write(lambda tx: tx.garbage.erase_some(world.run.id, max_bytes=10**9))
    before = content_of_store(store)
    store.close()
    # Left by one that was killed.
    (tmp_path / f"{database.FILE_NAME}.rebuilt").write_bytes(b"half")
    size, smaller = rebuild(tmp_path)
    assert smaller < 1_000_000 < size
    assert [path.name for path in tmp_path.iterdir()] == [database.FILE_NAME]
    again = SqliteStore(tmp_path)
    try:
        assert content_of_store(again) == before
        assert again.footprint().can_shrink
    finally:
        again.close()
