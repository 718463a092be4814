"""A store under test, its clock, and the few records that most tests begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from runstone.domain.accounts import Entity, User
from runstone.domain.history import HistoryBatch, Numbers, StreamKind, ValueKind
from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import Project, Run, RunUpdate
from runstone.ports.clock import Clock
from runstone.ports.events import Events
from runstone.ports.store import Snapshot, Store, Transaction

T = TypeVar("T")

LOST: Any = 999_999_999
"""An id of anything that was never given out."""


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def advance(self, seconds: float = 1.0) -> datetime:
        """Goes on; returns the new instant."""
        self.now += timedelta(seconds=seconds)
        return self.now


class RecordedEvents(Events):
    """Notes what was published; nobody can listen."""

    def __init__(self) -> None:
        self.published: list[int] = []

    def publish(self, change_seq: int) -> None:
        """Notes it."""
        self.published.append(change_seq)

    def subscribe(self, *, interval_s: float = 0.25) -> AsyncIterator[int]:
        """Is not offered."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Subject:
    """A store under test, with short ways to use it."""

    store: Store
    clock: ManualClock

    def write(self, unit: Callable[[Transaction], T]) -> T:
        """Runs a unit and waits until it is durable."""
        return self.store.write(unit).result(timeout=30)

    def read(self, unit: Callable[[Snapshot], T]) -> T:
        """Runs a unit on a snapshot."""
        return self.store.read(unit).result(timeout=30)

    def user(self, name: str = "anna", *, is_admin: bool = False) -> User:
        """A new user."""
        return self.write(
            lambda tx: tx.accounts.create_user(
                name, full_name=name.title(), email=f"{name}@example.org", is_admin=is_admin
            )
        )

    def team(self, name: str = "lab") -> Entity:
        """A new team."""
        return self.write(lambda tx: tx.accounts.create_team(name, None))

    def project(self, owner: EntityId, name: str = "digits") -> Project:
        """A new project."""
        return self.write(lambda tx: tx.projects.create_project(owner, name))

    def run(self, project: ProjectId, user: EntityId, name: str = "r1") -> Run:
        """A new run."""
        return self.write(
            lambda tx: tx.runs.create_run(project, name, user=user, display_name=f"the {name}")
        )

    def update(self, run: Run, **values: Any) -> Run:
        """Changes a run."""
        return self.write(lambda tx: tx.runs.update_run(run.id, RunUpdate(**values)))

    def log(
        self,
        run: Run,
        columns: Mapping[str, Sequence[float | None]],
        *,
        kind: StreamKind = StreamKind.HISTORY,
        writer: str = "",
        time: float = 0.0,
    ) -> None:
        """Appends rows, None for what a row lacks, and gives a sign of life."""

        def append(tx: Transaction) -> None:
            stream = tx.history.open_stream(run.id, kind, writer)
            num = max(map(len, columns.values()))
            numbers: dict[str, Numbers] = {}
            for key, values in columns.items():
                rows = np.array([i for i, v in enumerate(values) if v is not None], np.uint32)
                if len(rows):
                    found = np.array([v for v in values if v is not None], np.float64)
                    numbers[key] = Numbers(
                        found, None if len(rows) == num else rows, ValueKind.FLOAT
                    )
            step = np.arange(stream.next_row, stream.next_row + num)
            batch = HistoryBatch(
                stream.next_row, step, step + np.float64(time), np.full(num, np.nan), numbers, {}
            )
            tx.history.append(stream.id, batch)
            tx.runs.beat(run.id)

        self.write(append)

    def run_now(self, run: Run) -> Run | None:
        """The run as it is."""
        return self.read(lambda s: s.runs.run_by_id(run.id))


class StoreFixtures:
    """Subclass, and give `open_store`."""

    def open_store(self, folder: Path, *, clock: Clock, events: Events | None = None) -> Store:
        """The store under test: what `folder` holds, or an empty one."""
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> ManualClock:
        """What the store takes for the time."""
        return ManualClock()

    @pytest.fixture
    def events(self) -> RecordedEvents:
        """Whom the store tells."""
        return RecordedEvents()

    @pytest.fixture
    def store(self, tmp_path: Path, clock: ManualClock, events: RecordedEvents) -> Iterator[Store]:
        """An empty store."""
        store = self.open_store(tmp_path, clock=clock, events=events)
        yield store
        store.close()

    @pytest.fixture
    def subject(self, store: Store, clock: ManualClock) -> Subject:
        """The same, with short ways to use it."""
        return Subject(store, clock)


@dataclass(frozen=True, slots=True)
class World:
    """One user with one project with one run."""

    user: User
    project: Project
    run: Run


def make_world(subject: Subject, name: str = "anna") -> World:
    """Makes one."""
    user = subject.user(name)
    project = subject.project(user.id)
    return World(user, project, subject.run(project.id, user.id))
