"""Who is told when something changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from runstone.domain.ids import ProjectId, RunId


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run's record or history is newer than before.

    Attributes:
        change_seq: The run's; larger is newer.
    """

    project_id: ProjectId
    run_id: RunId
    entity: str
    project: str
    name: str
    change_seq: int


class Events(ABC):
    """Says that something changed, not what to: whoever listens reads again.

    Delivery is at most once. A listener that is slow gets changes folded together, never late
    ones first and never an endless queue.
    """

    @abstractmethod
    def publish(self, changes: Sequence[RunChanged]) -> None:
        """Tells every listener. From any thread; never blocks, never raises."""

    @abstractmethod
    def subscribe(self, *, interval_s: float = 0.25) -> AsyncIterator[Sequence[RunChanged]]:
        """Changes from now on, the last one per run, at most one batch every `interval_s`."""
