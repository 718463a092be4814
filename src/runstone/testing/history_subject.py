"""A history under test, and the states that must not make a difference to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypeVar

import pytest

from runstone.domain.history import AppendResult, HistoryBatch, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.ports.history import History, HistoryReader

T = TypeVar("T")
RUN: Final = RunId(7)
OTHER: Final = RunId(8)
HISTORY: Final = StreamKind.HISTORY
SYSTEM: Final = StreamKind.SYSTEM

Settle: TypeAlias = Callable[[Sequence[HistoryBatch]], StreamId]
"""Appends batches to the history of `RUN` and brings them into some state."""


class HistorySubject(ABC):
    """A history under test, with a way to make it seal."""

    @abstractmethod
    def write(self, unit: Callable[[History], T]) -> T:
        """Runs a unit in a transaction of its own and makes it durable."""

    @abstractmethod
    def read(self, unit: Callable[[HistoryReader], T]) -> T:
        """Runs a unit on a snapshot."""

    # What follows does nothing where a backend has no such thing; it must never be noticed.

    def seal_run(self, run: RunId) -> int:
        """Packs everything; returns how many rows."""
        del run
        return 0

    def seal_due(self) -> int:
        """Packs what is due."""
        return 0

    def compact(self) -> int:
        """Merges what was packed."""
        return 0

    def reopen(self) -> bool:
        """Lets go of everything in memory and opens the store again."""
        return False

    def open(self, run: RunId = RUN, kind: StreamKind = HISTORY, writer: str = "") -> StreamId:
        """A stream's id, made when missing."""
        return self.write(lambda h: h.open_stream(run, kind, writer)).id

    def append(self, stream: StreamId, batch: HistoryBatch) -> AppendResult:
        """Appends a batch."""
        return self.write(lambda h: h.append(stream, batch))

    def erase(self, run: RunId, *, max_bytes: int = 2_000) -> int:
        """Erases all streams of a run, in steps; returns how many it took."""
        num_steps = 1
        while not self.write(lambda h: h.erase_some(run, max_bytes=max_bytes))[1]:
            num_steps += 1
        return num_steps

    def scan(self, stream: StreamId, **options: object) -> list[HistoryBatch]:
        """All batches of a scan."""
        return self.read(lambda h: list(h.scan(stream, **options)))  # type: ignore[arg-type]


class HistorySuite:
    """What the parts of the suite share: subclasses give `subject`."""

    @pytest.fixture
    def subject(self) -> HistorySubject:
        """The history under test, empty."""
        raise NotImplementedError

    @pytest.fixture(params=["journal", "sealed", "half", "reopened"])
    def settle(self, subject: HistorySubject, request: pytest.FixtureRequest) -> Settle:
        """Appends batches and brings them into each state that must not make a difference."""

        def run(batches: Sequence[HistoryBatch]) -> StreamId:
            stream = subject.open()
            for i, batch in enumerate(batches):
                subject.append(stream, batch)
                if request.param == "half" and i == len(batches) // 2:
                    subject.seal_run(RUN)
                if request.param == "reopened":
                    subject.seal_due()
            if request.param == "sealed":
                subject.seal_run(RUN)
            if request.param == "reopened":
                subject.compact()
                subject.reopen()
            return stream

        return run
