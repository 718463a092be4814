"""What a run's own process says, as Runstone's client sends it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

WriterName: TypeAlias = Annotated[str, Meta(max_length=512)]


class ForkOf(Struct, forbid_unknown_fields=True):
    """Whose history a new run begins with."""

    run: Annotated[str, Meta(description="The id of a run of the same project.")]
    step: Annotated[
        int, Meta(ge=-1, lt=2**62, description="The last of its steps that is taken over.")
    ]


class BeginRun(Struct, forbid_unknown_fields=True):
    """A run that is about to report; what is left out stays as it is, or empty."""

    name: Annotated[
        str | UnsetType, Meta(description="Shown to people; a new run gets one invented.")
    ] = UNSET
    group: str | UnsetType = UNSET
    job_type: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    joins: Annotated[
        bool,
        Meta(
            description="Another process leads the run: one that has ended stays so, whatever "
            "this one adds to it."
        ),
    ] = False
    host: str | UnsetType = UNSET
    program: str | UnsetType = UNSET
    life: Annotated[
        str,
        Meta(
            max_length=128,
            description="Names this process of the run: what it wishes is done once, however often "
            "it is announced.",
        ),
    ] = ""
    resume: Annotated[
        Literal["allow", "must", "never"],
        Meta(description="Whether the run may be there, must be, or must not be."),
    ] = "allow"
    rewind_to: Annotated[
        Annotated[int, Meta(ge=-1, lt=2**62)] | None,
        Meta(description="The last step that stays; what follows is kept in an archived run."),
    ] = None
    fork_of: ForkOf | None = None
    tells: Annotated[
        bool, Meta(description="Answer with what the run is like, its documents included.")
    ] = False


class Resumed(Struct):
    """What a run is like that a process goes on with; documents are JSON objects."""

    config: str
    summary: str
    tags: list[str]
    notes: str
    group: str | None
    job_type: str | None
    metrics: Annotated[str, Meta(description="A JSON array of definitions, as reports hold them.")]


class BegunRun(Struct):
    """Where it is, and how far it was."""

    entity: str
    project: str
    id: str
    name: str
    path: Annotated[str, Meta(description="Of its page, below the server's address.")]
    is_new: bool
    is_resumed: Annotated[bool, Meta(description="There was something to go on with.")]
    first_step: Annotated[
        int, Meta(description="Of the first row of this life that is not given one.")
    ]
    totals: Annotated[
        dict[str, tuple[int, float]],
        Meta(description="By metric, how many values other lives logged, and their sum."),
    ]
    replaced_writers: Annotated[
        list[str], Meta(description="Whose rows a rewind took back: they are not wanted any more.")
    ]
    next_rows: Annotated[
        dict[str, int],
        Meta(description="By writer, how many rows of the history are durable already."),
    ]
    next_system_rows: Annotated[dict[str, int], Meta(description="Likewise of the system metrics.")]
    next_lines: Annotated[
        dict[str, int],
        Meta(description="By writer, the number after the last line of its output."),
    ]
    earlier_s: Annotated[
        float,
        Meta(description="Seconds that earlier lives took: runtimes of this one go on from there."),
    ] = 0.0
    also_on: Annotated[
        str | None, Meta(description="Another machine whose process logs to the run now.")
    ] = None
    resumed: Annotated[Resumed | None, Meta(description="Where it was asked for.")] = None


class Rows(Struct, forbid_unknown_fields=True):
    """Rows of one writer as columns; arrays are little-endian.

    Attributes:
        row0: Number of the first row, counted by this writer from 0.
        steps: int64, one each row.
        times: float64, seconds since 1970 UTC, likewise.
        runtimes: float64, seconds since the run began, without what was between its lives,
            likewise.
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


class PrintedLine(Struct, array_like=True, forbid_unknown_fields=True):
    """A line of output; one whose number is there already replaces it.

    Attributes:
        number: Among all lines of its writer, from 0.
        time: When it was printed, in seconds since 1970 UTC.
        is_error: It went to stderr.
        text: Without its end; colours are ANSI escape sequences.
    """

    number: Annotated[int, Meta(ge=0, lt=2**53)]
    time: float
    is_error: bool
    text: str


class Output(Struct, forbid_unknown_fields=True):
    """What one process of a run printed."""

    writer: WriterName
    lines: list[PrintedLine]
    label: Annotated[
        Annotated[str, Meta(max_length=512)] | None,
        Meta(description="What people call the process."),
    ] = None


class MetricDefined(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """How a metric wants to be drawn and summed up; `name`, or `glob` with `*` in it."""

    name: str | None = None
    glob: str | None = None
    x: Annotated[str | None, Meta(description="The metric to draw it over.")] = None
    hidden: bool = False
    summary: list[Literal["min", "max", "mean", "best", "last", "first", "none"]] = []
    goal: Literal["minimize", "maximize"] | None = None


class Renamed(Struct, tag="renamed", forbid_unknown_fields=True):
    """Other names of a run; what is left out stays."""

    name: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    group: str | UnsetType = UNSET
    job_type: str | UnsetType = UNSET


class Alerted(Struct, tag="alerted", forbid_unknown_fields=True):
    """An alert that the script raised."""

    title: str
    text: str
    level: Literal["INFO", "WARN", "ERROR"]
    time: Annotated[float, Meta(description="Seconds since 1970 UTC.")]
    wait_s: Annotated[float, Meta(ge=0, le=1e9, description="Not again for so long.")]


class SaidOnce(Struct, forbid_unknown_fields=True):
    """What a process says once, in order.

    Attributes:
        by: Who says it.
        first: The number of the first item, counted by them from 0; what is recorded already is
            passed over.
    """

    by: Annotated[str, Meta(max_length=256)]
    first: Annotated[int, Meta(ge=0, lt=2**53)]
    items: list[Renamed | Alerted]


class Report(Struct, forbid_unknown_fields=True):
    """One report, in msgpack; everything may be missing.

    Attributes:
        writer: Which process of the run; empty for the only one.
        history: What was logged.
        system: System metrics.
        life: As it was announced.
        config: Entries of the config that changed, as a JSON object; others stay. Bare NaN and
            infinities, and integers of any size, are understood.
        summary: Entries of the summary, likewise. Of one that joins, only those count which the
            leading process does not say.
        removed: Keys that leave the summary.
        metrics: Definitions of metrics; each takes the place of the one of that name.
        totals: By metric, how many values this life logged so far, and their sum.
        said: What is said once.
        preempting: The machine is about to be taken away.
        console: Output, by process.
        environment: By writer, the surroundings of that process as a JSON object; what it says
            takes the place of what that process said before.
        charts: By key, how the table of a custom chart is drawn, as a JSON object.
        exit_code: The run has ended.
        joins: Another process leads the run: one that has ended does not go on by this report.
    """

    writer: WriterName = ""
    history: Rows | None = None
    system: Rows | None = None
    life: Annotated[str, Meta(max_length=128)] = ""
    config: str | None = None
    summary: str | None = None
    removed: list[str] = []
    metrics: list[MetricDefined] = []
    totals: dict[str, tuple[Annotated[int, Meta(ge=0, lt=2**53)], float]] = {}
    said: SaidOnce | None = None
    preempting: bool = False
    console: list[Output] = []
    environment: dict[str, str] = {}
    charts: dict[str, str] = {}
    exit_code: Annotated[int, Meta(ge=-(2**31), lt=2**32)] | None = None
    joins: bool = False


class Reported(Struct):
    """What was reported is durable."""

    stop_requested: Annotated[bool, Meta(description="Someone asked the run to stop.")]
