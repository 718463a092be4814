"""A run's connection to the server that takes it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from runstone.sdk.transport import Transport


class Begun(msgspec.Struct):
    """What the server says of the run when it is announced.

    Attributes:
        next_rows: By writer, how many rows of the history are durable.
        next_system_rows: Likewise of the system metrics.
        next_lines: By writer, the number after the last line of its console.
    """

    entity: str
    project: str
    id: str
    name: str
    path: str
    next_rows: dict[str, int]
    next_system_rows: dict[str, int]
    next_lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class Link:
    """A run that the server knows, and the way there."""

    transport: Transport
    begun: Begun

    @property
    def route(self) -> tuple[str, ...]:
        """Of the run, below `/api/v1`."""
        return ("projects", self.begun.entity, self.begun.project, "runs", self.begun.id)

    @property
    def address(self) -> str:
        """Of the run's page."""
        return f"{self.transport.server.url}{self.begun.path}"
