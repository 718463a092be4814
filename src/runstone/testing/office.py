"""A store in memory and the people who use it: where tests of services begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from runstone.domain.access import Actor, Role
from runstone.domain.history import HistoryBatch, Numbers
from runstone.domain.run import Run, RunUpdate
from runstone.ports.store import Snapshot, Transaction
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.memory.store import MemoryStore
from runstone.testing.subject import ManualClock

T = TypeVar("T")


@dataclass
class Office:
    """A server's records: `root` administers it, `anna` and `bert` are users, `lab` is a team."""

    store: MemoryStore
    clock: ManualClock
    ids: dict[str, Any] = field(default_factory=dict)

    def write(self, unit: Callable[[Transaction], T]) -> T:
        """Runs a writing unit."""
        return self.store.write(unit).result()

    def read(self, unit: Callable[[Snapshot], T]) -> T:
        """Runs a reading unit."""
        return self.store.read(unit).result()

    def actor(self, name: str) -> Actor:
        """Somebody, as they are now."""
        return self.read(lambda s: actor_for_user(s, self.ids[name]))

    def join(self, name: str, role: Role, team: str = "lab") -> Actor:
        """Puts somebody into a team; returns them as they then are."""
        self.write(lambda tx: tx.accounts.set_member(self.ids[team], self.ids[name], role))
        return self.actor(name)

    def begin(
        self, name: str | None = "r1", *, who: str = "anna", update: RunUpdate | None = None,
        **options: Any,
    ) -> Run:  # fmt: skip
        """A client of `who` announces a run of project `digits`."""
        actor = self.actor(who)
        run, _ = self.write(
            lambda tx: begin_run(tx, actor, None, "digits", name, update or RunUpdate(), **options)
        )
        return run

    def now(self, run: Run) -> Run:
        """The run as it is now."""
        found = self.read(lambda s: s.runs.run_by_id(run.id))
        assert found is not None
        return found


def make_office() -> Office:
    """An office with its people and without projects."""
    clock = ManualClock()
    office = Office(MemoryStore(clock=clock), clock)

    def people(tx: Transaction) -> None:
        for name in ("root", "anna", "bert"):
            user = tx.accounts.create_user(
                name, full_name=name, email=None, is_admin=name == "root"
            )
            office.ids[name] = user.id
        office.ids["lab"] = tx.accounts.create_team("lab", None).id

    office.write(people)
    return office


def make_rows(row0: int, num: int, *, first: int | None = None, life: int = 0) -> HistoryBatch:
    """Rows whose steps and values count from `first` on, as one life of a client logs them.

    Args:
        row0: As the client numbers the first of them.
        first: Step of the first; `row0` where it is not given.
        life: Rows of different lives differ in their times.
    """
    start = row0 if first is None else first
    step = np.arange(start, start + num, dtype=np.int64)
    value = step.astype(np.float64)
    time = 1.7e9 + 1e6 * life + value
    return HistoryBatch(row0, step, time, time - 1.7e9, {"loss": Numbers(value)})
