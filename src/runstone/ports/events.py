"""Who is told when something changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator


class Events(ABC):
    """Says that runs changed, not what to: whoever listens reads what is newer than it knows.

    Delivery is at most once and folded together: a slow listener sees the newest number only,
    never a queue.
    """

    @abstractmethod
    def publish(self, change_seq: int) -> None:
        """Tells every listener that changes up to `change_seq` are durable.

        From any thread; never blocks, never raises.
        """

    @abstractmethod
    def subscribe(self, *, interval_s: float = 0.25) -> AsyncIterator[int]:
        """Change numbers from now on, rising, at most one every `interval_s`."""
