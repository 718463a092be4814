"""What a run says, by kind: each part gathers its records and puts them into reports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from runstone.tracking.link import Begun, Link
from runstone.tracking.records import Record


class Part(ABC):
    """One kind of what a run says, on its way from the journals to the server.

    Records come in the order in which their process wrote them. What a part has gathered stays with
    it until the server has it: a report that failed is filled anew.
    """

    @abstractmethod
    def take(self, writer: str, record: Record) -> None:
        """A record of this part's kinds, by a writer of the run."""

    @abstractmethod
    def fill(self, report: dict[str, Any], begun: Begun) -> bool:
        """Adds to a report (`wire.rest.structs.reports.Report`) what the server lacks.

        Returns:
            Whether anything was added. It is asked until nothing is.
        """

    @abstractmethod
    def acknowledge(self) -> None:
        """The report that was filled last is durable."""

    def set_aside(self) -> bool:
        """The report that was filled last, of this part alone, is refused, and would be again.

        What comes behind it is not to wait for ever: it counts as sent, and stays in the folder.

        Returns:
            Whether something was given up; else less of it is to be tried first.
        """
        self.acknowledge()
        return True

    @property
    def has_left_out(self) -> bool:
        """Whether the server does not get all of it, which was said: some stays in the folder."""
        return False

    def has_lost(self, begun: Begun) -> bool:
        """Whether a server that says this has less than was acknowledged here, of what is counted.

        So it is where it was restored from a backup.
        """
        return False

    @property
    def is_in_trouble(self) -> bool:
        """Whether an errand failed that is run again later, while reports go on."""
        return False

    def is_full(self) -> bool:
        """Whether nothing more should be read before something was sent."""
        return False

    def has_more(self) -> bool:
        """Whether the report that was filled last leaves something, or something is to be run."""
        return False

    def end(self) -> None:  # noqa: B027 - most hold nothing back
        """No record comes any more: what was held back for more is to go with the next report."""

    def run_errands(self, link: Link) -> bool:
        """What needs requests of its own (bytes of files); after the reports.

        Returns:
            Whether anything was done.

        Raises:
            RunstoneError: The server says no, or nothing; it is asked again later.
        """
        return False

    def raise_refused(self) -> None:  # noqa: B027 - most ask for nothing that may be refused
        """Tells, once the rest is sent, what the server would not take, however often asked.

        Raises:
            RunstoneError: There was such; it stays in the run's folder.
        """
