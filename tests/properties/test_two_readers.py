"""Two readers of one pass over a table find what one finds alone, whatever happens between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain.filters import Aggregate, Key, Source
from runstone.domain.history import StreamKind
from runstone.domain.ids import ProjectId
from runstone.domain.run import Run
from runstone.ports.store import Transaction
from runstone.storage.sqlite import history_columns
from runstone.storage.sqlite.beside import Beside
from runstone.storage.sqlite.database import FILE_NAME, connect
from runstone.storage.sqlite.run_columns import SqliteRunColumns
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.subject import ManualClock, Subject

NUM_RUNS: Final = 8
KEYS: Final = [
    Key(Source.CONFIG, "lr"),
    Key(Source.SUMMARY, "loss"),
    *(Key(Source.HISTORY, "m", aggregate) for aggregate in Aggregate),
]
COMMON: Final = ("configure", "log", "seal", "rewind")
RARE: Final = ("trash", "restore", "leave", "join", "create", "delete")


class Scene:
    """A project and its neighbour, whose runs many things happen to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.subject = Subject(
            SqliteStore(folder, durability="process", linger_s=0.0), ManualClock()
        )
        self.user = self.subject.user()
        self._number = 0

    def begin(self) -> None:
        """Anew, for the next example."""
        self._number += 1
        self.project = self.subject.project(self.user.id, f"p{self._number}")
        self.other = self.subject.project(self.user.id, f"other{self._number}")
        self.runs = [self._run(self.project.id) for _ in range(NUM_RUNS)]

    def happen(self, what: str, which: int, value: float) -> None:
        """Something happens to a run."""
        run = self.runs[which % len(self.runs)]
        write, subject = self.subject.write, self.subject
        deeds: dict[str, Callable[[], Any]] = {
            "configure": lambda: subject.update(run, config={"lr": value}, summary={"loss": value}),
            "log": lambda: subject.log(run, {"m": [value, value / 2]}),
            "seal": lambda: subject.store.seal_run(run.id),
            "rewind": lambda: write(lambda tx: self._take_back(tx, run)),
            "trash": lambda: write(lambda tx: tx.runs.trash_runs([run.id])),
            "restore": lambda: write(lambda tx: tx.runs.restore_runs([run.id])),
            "leave": lambda: write(lambda tx: tx.runs.move_runs([run.id], self.other.id)),
            "join": lambda: write(lambda tx: tx.runs.move_runs([run.id], self.project.id)),
            "create": lambda: self.runs.append(self._run(self.project.id)),
            "delete": lambda: self._delete(run),
        }
        deeds[what]()

    def _run(self, project: ProjectId) -> Run:
        self._number += 1
        return self.subject.run(project, self.user.id, f"r{self._number}")

    def _take_back(self, tx: Transaction, run: Run) -> None:
        stream = tx.history.stream(run.id, StreamKind.HISTORY)
        if stream is not None:
            tx.history.truncate(stream.id, stream.next_row // 2)
            tx.runs.beat(run.id)

    def _delete(self, run: Run) -> None:
        if len(self.runs) > 1:
            self.runs.remove(run)
            self.subject.write(lambda tx: tx.runs.trash_runs([run.id]))
            self.subject.write(lambda tx: tx.runs.delete_run(run.id))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Scene(tmp_path_factory.mktemp("two-readers"))
    with pytest.MonkeyPatch.context() as patched:
        # Few of the runs that the store has had by then are looked at; they pass over all.
        patched.setattr(history_columns, "_SPARSE", 10**9)
        yield made
    made.subject.store.close()


def events(*kinds: str, min_size: int = 0, max_size: int = 8) -> Any:
    event = st.tuples(
        st.sampled_from(kinds), st.integers(0, NUM_RUNS - 1), st.sampled_from([1.0, 2.5, 9.0])
    )
    return st.lists(event, min_size=min_size, max_size=max_size)


@given(
    before=events("configure", "log", "log", "seal", "trash"),
    common=events(*COMMON, min_size=1),
    rare=events(*RARE, max_size=1),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_two_readers_find_what_one_finds(scene: Scene, before: Any, common: Any, rare: Any) -> None:
    scene.begin()
    for event in before:
        scene.happen(*event)
    opened: list[apsw.Connection] = []

    def another() -> apsw.Connection:
        opened.append(connect(scene.path, durability="process"))
        return opened[-1]

    transaction = another()
    beside = Beside(another)
    try:
        transaction.execute("BEGIN")
        alone = SqliteRunColumns(transaction)
        wanted = _by_run(alone, scene.project.id)
        for event in (*common, *rare):
            scene.happen(*event)
        assert _by_run(alone, scene.project.id) == wanted
        shared = SqliteRunColumns(transaction, None, beside, large=2)
        assert _by_run(shared, scene.project.id) == wanted
    finally:
        beside.close()
        for connection in opened:
            connection.close()


def test_the_second_reader_is_asked(scene: Scene) -> None:
    scene.begin()
    asked: list[apsw.Connection] = []

    def another() -> apsw.Connection:
        asked.append(connect(scene.path, durability="process"))
        return asked[-1]

    transaction = connect(scene.path, durability="process")
    beside = Beside(another)
    transaction.execute("BEGIN")
    SqliteRunColumns(transaction, None, beside, large=2).values(scene.project.id, KEYS[:1], after=0)
    beside.close()
    transaction.close()
    (connection,) = asked
    # Like the first, it reads the file as memory.
    assert connection.pragma("mmap_size") > 0
    connection.close()


def test_the_second_reader_of_a_history_reads_it_as_memory(scene: Scene) -> None:
    scene.begin()
    scene.happen("log", 0, 1.0)
    scene.happen("seal", 0, 1.0)
    with closing(connect(scene.path, durability="process")) as opened:
        beside = Beside(lambda: opened)
        with closing(connect(scene.path, durability="process")) as transaction:
            transaction.execute("BEGIN")
            shared = SqliteRunColumns(transaction, None, beside, large=2)
            shared.values(scene.project.id, [Key(Source.HISTORY, "m", Aggregate.MIN)], after=0)
            beside.close()
        assert opened.pragma("mmap_size") > 0


def _by_run(columns: SqliteRunColumns, project: ProjectId) -> dict[int, list[str]]:
    # Key by key: each is a pass of its own.
    found: dict[int, list[str]] = {}
    for key in KEYS:
        values = columns.values(project, [key], after=0)
        assert len(set(values.ids)) == len(values.ids)
        for run, value in zip(values.ids, values.columns[0], strict=True):
            found.setdefault(run, []).append(repr(value))
    return found
