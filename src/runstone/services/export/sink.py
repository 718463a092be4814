"""Where an export's bytes go, and who decides whether it goes on."""

from __future__ import annotations

from typing import Protocol


class Stopped(Exception):
    """Nobody wants the rest."""


class Sink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes, /) -> int:
        """Takes all of them; may wait until there is room.

        Raises:
            Stopped: Nobody wants them.
        """

    def check(self) -> None:
        """Gives others their turn.

        Raises:
            Stopped: Nobody wants more.
        """
