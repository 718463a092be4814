"""What only the process that leads a run says of it."""

from __future__ import annotations

from typing import Any

from runstone.tracking.link import Begun
from runstone.tracking.parts import Part
from runstone.tracking.parts.summary import Summary
from runstone.tracking.records import Record


class LeftToLeader(Part):
    """Passes over what a process that joined a run says, where the leading one has the word."""

    def take(self, writer: str, record: Record) -> None:
        pass

    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        return False

    def acknowledge(self) -> None:
        pass


class JoinedSummary(Summary):
    """Sums up what a process logs that joined a run; what it says of the summary is passed over.

    The server takes of it what the leading process does not log itself.
    """

    def take(self, writer: str, record: Record) -> None:
        pass
