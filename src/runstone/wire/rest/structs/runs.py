"""Projects, runs and keys on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from runstone.domain.run import RunState

Document: TypeAlias = Annotated[
    Raw,
    Meta(
        description='JSON object, in which `{"$float": "NaN" | "Infinity" | "-Infinity"}` is a '
        "float that JSON lacks, and a key of the user's that begins with `$` has one `$` more.",
        extra_json_schema={"type": "object", "additionalProperties": True},
    ),
]


class Project(Struct):
    """A named set of runs."""

    entity: str
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    num_runs: int
    states: Annotated[
        dict[str, int], Meta(description="How many runs are in each state; none is left out.")
    ]


class ProjectList(Struct):
    """Projects, the most recently active first."""

    projects: list[Project]


class CreateProject(Struct, forbid_unknown_fields=True):
    """A project to be."""

    name: str
    entity: Annotated[str | None, Meta(description="Your own, if left out.")] = None
    description: Annotated[str, Meta(max_length=65_536)] = ""


class RunRow(Struct, kw_only=True):
    """What a list of runs shows of one."""

    id: Annotated[str, Meta(description="Unique in the project; part of the run's URL.")]
    entity: str
    project: str
    number: Annotated[
        int, Meta(description="The n-th run of its project, from 1; never given to another.")
    ]
    display_name: str
    state: RunState
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    duration_s: Annotated[
        float, Meta(description="From creation to the end or to the last sign of life.")
    ]
    username: str
    group: str | None
    job_type: str | None
    tags: list[str]
    num_rows: Annotated[int, Meta(description="Rows of history, of all its writers.")]
    last_step: int | None
    seq: Annotated[int, Meta(description="Number of its last change; grows over the server.")]


class Git(Struct):
    """The commit that a run was started from."""

    commit: str | None
    remote: str | None


class RunDetail(RunRow, kw_only=True):
    """All that is recorded of a run, but for what it logged over time."""

    notes: str
    host: str | None
    program: str | None
    git: Git | None
    config: Document
    summary: Document
    exit_code: int | None
    sweep: str | None


class RunList(Struct):
    """A page of runs, in the order asked for; with `since_seq`, those that changed since."""

    runs: list[RunRow]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: Annotated[int, Meta(description="Runs of the project under the same filter and search.")]
    seq: Annotated[int, Meta(description="Pass as `since_seq` to hear what changed after this.")]
    warnings: Annotated[
        list[str], Meta(description="What may not have been meant: a key that no run has.")
    ] = []


class UpdateRun(Struct, forbid_unknown_fields=True):
    """What to change in a run; what is left out stays."""

    display_name: str | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=1_000_000)] | UnsetType = UNSET
    tags: (
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=256)]], Meta(max_length=1_000)]
        | UnsetType
    ) = UNSET
    group: Annotated[str, Meta(max_length=1_024)] | UnsetType | None = UNSET


class KeyInfo(Struct):
    """One key that runs have logged."""

    name: str
    kind: Literal["number", "json", "mixed"]
    num_runs: int
    num_values: int
    x: Annotated[
        str | None, Meta(description="The key it asks to be drawn over, by define_metric.")
    ]
    hidden: Annotated[bool, Meta(description="It asked not to be drawn, by define_metric.")]


class KeyList(Struct):
    """Keys by name."""

    keys: list[KeyInfo]


class ChangedRun(Struct):
    """The address of a run that changed."""

    entity: str
    project: str
    run: str


class HelloEvent(Struct):
    """Data of the event `hello`: the change number from which this stream goes on."""

    seq: int


class RunsEvent(Struct):
    """Data of the event `runs`: these runs changed, up to that change number."""

    seq: int
    runs: list[ChangedRun]
