"""What a run's own process says, as Runstone's client sends it."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType


class BeginRun(Struct, forbid_unknown_fields=True):
    """A run that is about to report; what is left out stays as it is, or empty."""

    name: Annotated[
        str | UnsetType, Meta(description="Shown to people; a new run gets one invented.")
    ] = UNSET
    group: str | UnsetType = UNSET
    job_type: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    host: str | UnsetType = UNSET
    program: str | UnsetType = UNSET


class BegunRun(Struct):
    """Where it is, and how far it was."""

    entity: str
    project: str
    id: str
    name: str
    path: Annotated[str, Meta(description="Of its page, below the server's address.")]
    is_new: bool
    next_rows: Annotated[
        dict[str, int],
        Meta(description="By writer, how many rows of the history are durable already."),
    ]
    next_system_rows: Annotated[dict[str, int], Meta(description="Likewise of the system metrics.")]


class Rows(Struct, forbid_unknown_fields=True):
    """Rows of one writer as columns; arrays are little-endian.

    Attributes:
        row0: Number of the first row, counted by this writer from 0.
        steps: int64, one each row.
        times: float64, seconds since 1970 UTC, likewise.
        runtimes: float64, seconds since the run began, likewise.
        numbers: By key: positions of rows (uint32; nil: every row), values (float64), kinds
            (uint8: 0 float, 1 integer, 2 boolean; one for all, or one each).
        objects: By key: positions of rows, and a JSON text each.
    """

    row0: Annotated[int, Meta(ge=0, lt=2**62)]
    steps: bytes
    times: bytes
    runtimes: bytes
    numbers: dict[str, tuple[bytes | None, bytes, bytes]] = {}
    objects: dict[str, tuple[bytes | None, list[str]]] = {}


class Report(Struct, forbid_unknown_fields=True):
    """One report, in msgpack; everything may be missing.

    Attributes:
        writer: Which process of the run; empty for the only one.
        history: What was logged.
        system: System metrics.
        config: The whole config as a JSON object, where it changed; bare NaN and infinities, and
            integers of any size, are understood.
        summary: The whole summary, likewise.
        exit_code: The run has ended.
    """

    writer: str = ""
    history: Rows | None = None
    system: Rows | None = None
    config: str | None = None
    summary: str | None = None
    exit_code: Annotated[int, Meta(ge=-(2**31), lt=2**32)] | None = None


class Reported(Struct):
    """What was reported is durable."""

    stop_requested: Annotated[bool, Meta(description="Someone asked the run to stop.")]
