"""What time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Answers the present instant, in UTC."""

    def __call__(self) -> datetime:
        """Now."""


def system_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)
