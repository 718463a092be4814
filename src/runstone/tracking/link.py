"""A run's connection to the server that takes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from runstone.tracking.http import HttpClient

if TYPE_CHECKING:
    from runstone.sdk.transport import Transport


class Resumed(msgspec.Struct):
    """What a run is like that a process goes on with; documents are JSON texts."""

    config: str
    summary: str
    tags: list[str]
    notes: str
    group: str | None
    job_type: str | None
    metrics: str


class Begun(msgspec.Struct):
    """What the server says of the run when it is announced.

    Attributes:
        next_rows: By writer, how many rows of the history are durable.
        next_system_rows: Likewise of the system metrics.
        next_lines: By writer, the number after the last line of its console.
        is_new: It was not there before.
        is_resumed: There was something to go on with.
        first_step: Of the first row of this life that is not given one.
        earlier_s: What earlier lives took: the runtimes of this one go on from there.
        totals: By metric, how many values other lives logged, and their sum.
        replaced_writers: Whose rows a rewind took back.
        also_on: Another machine whose process logs to it now; None for none.
        resumed: What the run is like; None where it was not asked for.
    """

    entity: str
    project: str
    id: str
    name: str
    path: str
    next_rows: dict[str, int]
    next_system_rows: dict[str, int]
    next_lines: dict[str, int]
    is_new: bool = False
    is_resumed: bool = False
    first_step: int = 0
    earlier_s: float = 0.0
    totals: dict[str, tuple[int, float]] = {}
    replaced_writers: list[str] = []
    also_on: str | None = None
    resumed: Resumed | None = None

    @property
    def summary(self) -> dict[str, Any]:
        """As the run's lives left it so far; empty where it was not asked for.

        Without what the server adds of the last row: its step and time.
        """
        found = {} if self.resumed is None else _object(self.resumed.summary)
        return {key: value for key, value in found.items() if key not in _OF_LAST_ROW}

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """Definitions, likewise."""
        if self.resumed is None:
            return []
        found: list[dict[str, Any]] = json.loads(self.resumed.metrics)
        return found

    @property
    def config(self) -> dict[str, Any]:
        """Likewise."""
        return {} if self.resumed is None else _object(self.resumed.config)


_OF_LAST_ROW: Final = ("_step", "_timestamp", "_runtime")


def _object(text: str) -> dict[str, Any]:
    # Python's JSON knows NaN, and integers of any size.
    found: dict[str, Any] = json.loads(text)
    return found


class Link:
    """A run that the server knows, and the way there."""

    def __init__(self, client: HttpClient, begun: Begun) -> None:
        self.client = client
        self.begun = begun

    @property
    def transport(self) -> Transport:
        """For what the client does not do: artifacts."""
        return self.client.transport

    @property
    def route(self) -> tuple[str, ...]:
        """Of the run, below `/api/v1`."""
        return ("projects", self.begun.entity, self.begun.project, "runs", self.begun.id)

    @property
    def address(self) -> str:
        """Of the run's page."""
        return f"{self.client.server.url}{self.begun.path}"
