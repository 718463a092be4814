"""What every store must do with units of work: the docstrings of `runstone.ports.store` as tests.

A backend's test file subclasses `StoreConformance` and gives `open_store`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from runstone.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from runstone.domain.history import HistoryBatch, StreamKind
from runstone.domain.run import RunUpdate
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.testing.subject import (
    ManualClock,
    RecordedEvents,
    StoreFixtures,
    Subject,
    make_world,
)

WAIT_S = 30


def _name(i: int) -> str:
    return f"user-{i:04}"


def _add(i: int) -> Callable[[Transaction], int]:
    def unit(tx: Transaction) -> int:
        return tx.accounts.create_user(_name(i), full_name="", email=None, is_admin=False).id

    return unit


def _names(snapshot: Snapshot) -> list[str]:
    return [user.username for user in snapshot.accounts.users()]


class Refusal(Exception):
    """What a unit raises in these tests: no domain error."""


class StoreConformance(StoreFixtures):
    """Subclass, and give `open_store`."""

    is_durable: ClassVar[bool] = True
    """Whether another store opened on the same folder finds what was written."""

    def test_results_and_exceptions_are_the_futures(self, store: Store) -> None:
        def fail(unit: object) -> int:
            raise Refusal("no")

        assert store.read(lambda s: 7).result(WAIT_S) == 7
        assert store.write(lambda tx: 8).result(WAIT_S) == 8
        for future in (store.read(fail), store.write(fail)):
            with pytest.raises(Refusal, match="no"):
                future.result(WAIT_S)

    def test_a_unit_has_one_instant(self, subject: Subject) -> None:
        def unit(tx: Transaction) -> None:
            before = tx.now
            subject.clock.advance()
            user = tx.accounts.create_user("a", full_name="", email=None, is_admin=False)
            assert before == tx.now == user.created_at

        subject.write(unit)
        assert subject.read(lambda s: s.now) == subject.clock.now

    def test_reads_see_writes_whose_future_is_resolved(self, store: Store) -> None:
        for i in range(20):
            store.write(_add(i)).result(WAIT_S)
            assert len(store.read(_names).result(WAIT_S)) == i + 1

    def test_a_unit_sees_its_own_changes_and_those_before(self, store: Store) -> None:
        store.write(_add(0))

        def unit(tx: Transaction) -> list[str]:
            _add(1)(tx)
            return _names(tx)

        assert store.write(unit).result(WAIT_S) == [_name(0), _name(1)]

    def test_units_run_in_the_order_they_were_given(self, store: Store) -> None:
        order: list[int] = []
        futures = [store.write(lambda tx, i=i: order.append(i)) for i in range(300)]  # type: ignore[misc]
        wait_for(futures, WAIT_S)
        assert order == list(range(300))

    def test_a_unit_that_raises_leaves_nothing(self, subject: Subject) -> None:
        world = make_world(subject)
        stream = subject.write(lambda tx: tx.history.open_stream(world.run.id, StreamKind.HISTORY))
        batch = HistoryBatch(0, np.arange(3), np.zeros(3), np.zeros(3))

        def everything(tx: Transaction) -> None:
            tx.accounts.create_team("lab", None)
            tx.projects.update_project(world.project.id, description="x")
            tx.runs.update_run(world.run.id, RunUpdate(notes="x", config={"a": 1}))
            tx.files.announce(world.run.id, ["a"])
            tx.history.append(stream.id, batch)
            tx.uploads.reopen(world.run.id)
            raise Refusal

        def all_of_it(s: Snapshot) -> object:
            return (
                list(s.accounts.entities()),
                s.projects.project_by_id(world.project.id),
                s.runs.run_by_id(world.run.id),
                s.runs.documents(world.run.id),
                s.runs.last_change_seq(),
                s.files.file(world.run.id, "a"),
                s.history.stream(world.run.id, StreamKind.HISTORY),
                s.uploads.cursor(stream.id),
            )

        before = subject.read(all_of_it)
        with pytest.raises(Refusal):
            subject.write(everything)
        assert subject.read(all_of_it) == before

    def test_units_that_fail_among_many_take_only_themselves_back(self, store: Store) -> None:
        """Five hundred units at once, every third of which fails after it has written."""

        def unit(i: int) -> Callable[[Transaction], int]:
            def run(tx: Transaction) -> int:
                _add(i)(tx)
                if i % 3 == 0:
                    raise (Refusal, Conflict, NotFound, InvalidInput)[i % 4]("no")
                return i

            return run

        futures = [store.write(unit(i)) for i in range(500)]
        outcomes = [future.exception(WAIT_S) for future in futures]
        good = [i for i in range(500) if i % 3]
        assert [i for i, outcome in enumerate(outcomes) if outcome is None] == good
        assert [futures[i].result() for i in good] == good
        assert store.read(_names).result(WAIT_S) == [_name(i) for i in good]

    def test_many_threads_may_submit(self, store: Store) -> None:
        def submit(worker: int) -> list[Future[int]]:
            return [store.write(_add(worker * 100 + i)) for i in range(50)]

        with ThreadPoolExecutor(8) as pool:
            futures = [future for found in pool.map(submit, range(8)) for future in found]
        ids = [future.result(WAIT_S) for future in futures]
        assert len(set(ids)) == 400
        for worker in range(8):
            mine = ids[worker * 50 : worker * 50 + 50]
            assert mine == sorted(mine), "a thread's units keep their order"

    def test_a_snapshot_stands_still_while_others_write(self, store: Store) -> None:
        store.write(_add(0)).result(WAIT_S)
        written = threading.Event()

        def write() -> None:
            store.write(_add(1)).result(WAIT_S)
            written.set()

        def look_twice(s: Snapshot) -> tuple[list[str], list[str]]:
            before = _names(s)
            # Reads run side by side with everything: the write finishes while this one is open.
            helper = threading.Thread(target=write)
            helper.start()
            assert written.wait(WAIT_S)
            helper.join()
            return before, _names(s)

        assert store.read(look_twice).result(WAIT_S) == ([_name(0)], [_name(0)])
        assert store.read(_names).result(WAIT_S) == [_name(0), _name(1)]

    def test_reads_run_while_a_unit_writes(self, store: Store) -> None:
        started, go_on = threading.Event(), threading.Event()

        def slow(tx: Transaction) -> None:
            _add(0)(tx)
            started.set()
            assert go_on.wait(WAIT_S)

        writer = threading.Thread(target=lambda: store.write(slow).result(WAIT_S))
        writer.start()
        try:
            assert started.wait(WAIT_S)
            assert store.read(_names).result(WAIT_S) == []
        finally:
            go_on.set()
            writer.join()
        assert store.read(_names).result(WAIT_S) == [_name(0)]

    def test_actions_after_commit_run_once_and_only_on_success(self, store: Store) -> None:
        done: list[str] = []

        def unit(tx: Transaction) -> None:
            tx.after_commit(lambda: done.append("first"))
            tx.after_commit(lambda: done.append("second"))
            assert done == []

        def failing(tx: Transaction) -> None:
            tx.after_commit(lambda: done.append("never"))
            raise Refusal

        store.write(unit).result(WAIT_S)
        with pytest.raises(Refusal):
            store.write(failing).result(WAIT_S)
        assert done == ["first", "second"]

    def test_actions_after_commit_find_the_unit_durable(self, store: Store) -> None:
        seen: list[list[str]] = []

        def unit(tx: Transaction) -> None:
            _add(0)(tx)
            tx.after_commit(lambda: seen.append(store.read(_names).result(WAIT_S)))

        store.write(unit).result(WAIT_S)
        assert seen == [[_name(0)]]

    def test_changes_of_runs_are_published_once_durable(
        self, subject: Subject, events: RecordedEvents
    ) -> None:
        world = make_world(subject)
        assert events.published == [world.run.change_seq]

        def failing(tx: Transaction) -> None:
            tx.runs.beat(world.run.id)
            raise Refusal

        with pytest.raises(Refusal):
            subject.write(failing)
        subject.user("bert")
        assert events.published == [world.run.change_seq]
        changed = subject.update(world.run, notes="x")
        assert events.published == [world.run.change_seq, changed.change_seq]

    def test_a_closed_store_has_finished_its_work_and_refuses_more(
        self, store: Store, tmp_path: Path, clock: ManualClock
    ) -> None:
        futures = [store.write(_add(i)) for i in range(100)]
        store.close()
        store.close()
        assert all(future.done() and future.exception() is None for future in futures)
        for refused in (store.write(_add(100)), store.read(_names)):
            assert isinstance(refused.exception(WAIT_S), Unavailable)
        if self.is_durable:
            again = self.open_store(tmp_path, clock=clock)
            try:
                assert again.read(_names).result(WAIT_S) == [_name(i) for i in range(100)]
            finally:
                again.close()

    def test_closing_while_others_submit_resolves_every_future(self, store: Store) -> None:
        futures: list[Future[int]] = []
        begun = threading.Event()

        def submit() -> None:
            for i in range(2_000):
                futures.append(store.write(_add(i)))
                if i == 20:
                    begun.set()

        submitter = threading.Thread(target=submit)
        submitter.start()
        assert begun.wait(WAIT_S)
        store.close()
        submitter.join()
        outcomes = [future.exception(WAIT_S) for future in futures]
        assert {type(outcome) for outcome in outcomes} <= {type(None), Unavailable}
        num_written = outcomes.index(next(filter(None, outcomes), None))
        assert all(outcomes[num_written:]), "after the first refusal comes no acceptance"

    def test_sealing_an_empty_store_packs_nothing(self, subject: Subject) -> None:
        world = make_world(subject)
        assert subject.store.seal_idle() == 0
        assert subject.store.seal_run(world.run.id) == 0
