"""A run: one execution, what is recorded of it, and how its state moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from runstone.domain.documents import JsonValue
from runstone.domain.ids import EntityId, ProjectId, RunId

CRASH_AFTER: Final = timedelta(minutes=5)
"""Silence after which a running run counts as crashed; clients speak every 30 s at least."""


class RunState(StrEnum):
    """Where a run is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CRASHED = "crashed"
    KILLED = "killed"
    PREEMPTING = "preempting"
    PREEMPTED = "preempted"

    @property
    def is_live(self) -> bool:
        """Whether a process is believed to be behind it."""
        return self in (RunState.RUNNING, RunState.PREEMPTING)


EXIT_INTERRUPTED: Final = 255
"""What the wandb client reports after Ctrl-C or a stop from the server."""


def state_after_exit(exit_code: int, *, before: RunState) -> RunState:
    """The state of a run whose client said that it ended with `exit_code`."""
    if exit_code == 0:
        return RunState.FINISHED
    if before in (RunState.PREEMPTING, RunState.PREEMPTED):
        return RunState.PREEMPTED
    return RunState.KILLED if exit_code == EXIT_INTERRUPTED else RunState.FAILED


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, as recorded.

    Attributes:
        name: The id that users see, unique in the project; glossary word `run id`.
        heartbeat_at: When it last spoke.
        number: The n-th run of its project, from 1; never given to another.
        change_seq: Grows with every change anywhere in the catalog; orders what is new.
        deleted_at: When it was put into the trash; None outside of it.
        archived: Lists leave it out unless they are asked for it.
    """

    id: RunId
    project_id: ProjectId
    entity: str
    project: str
    name: str
    number: int
    display_name: str
    state: RunState
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    user_id: EntityId
    username: str
    group: str | None
    job_type: str | None
    tags: tuple[str, ...]
    notes: str
    host: str | None
    program: str | None
    commit: str | None
    remote: str | None
    sweep: str | None
    exit_code: int | None
    stop_requested: bool
    change_seq: int
    deleted_at: datetime | None = None
    archived: bool = False

    @property
    def path(self) -> str:
        """`entity/project/run`, for texts."""
        return f"{self.entity}/{self.project}/{self.name}"

    @property
    def duration_s(self) -> float:
        """Seconds from creation to the end, or to the last sign of life."""
        return ((self.finished_at or self.heartbeat_at) - self.created_at).total_seconds()


@dataclass(frozen=True, slots=True)
class RunDocuments:
    """What a run recorded as JSON; read apart, since lists of runs do without.

    Attributes:
        config: Inputs, `{key: value}`, without any protocol's wrapping.
        client_info: What the client says of itself beside the config (wandb: `_wandb`).
        summary: One current value per key.
    """

    config: dict[str, JsonValue]
    client_info: dict[str, JsonValue]
    summary: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class RunTexts:
    """`RunDocuments` as they are kept: texts of `domain.documents.encode`, one JSON object each."""

    config: str
    client_info: str
    summary: str


@dataclass(frozen=True, slots=True)
class RunChange:
    """That a run is newer than before, or in the trash now, and its address."""

    run_id: RunId
    project_id: ProjectId
    entity: str
    project: str
    name: str
    change_seq: int
    is_deleted: bool = False


class Unset:
    """Marks a field of an update that leaves what is stored as it is (None clears it)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class RunUpdate:
    """What changes in a run; every field left UNSET stays. Documents are replaced whole."""

    display_name: str | Unset = UNSET
    state: RunState | Unset = UNSET
    heartbeat_at: datetime | Unset = UNSET
    finished_at: datetime | Unset | None = UNSET
    group: str | Unset | None = UNSET
    job_type: str | Unset | None = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    notes: str | Unset = UNSET
    host: str | Unset | None = UNSET
    program: str | Unset | None = UNSET
    commit: str | Unset | None = UNSET
    remote: str | Unset | None = UNSET
    sweep: str | Unset | None = UNSET
    exit_code: int | Unset | None = UNSET
    stop_requested: bool | Unset = UNSET
    archived: bool | Unset = UNSET
    config: dict[str, JsonValue] | Unset = UNSET
    client_info: dict[str, JsonValue] | Unset = UNSET
    summary: dict[str, JsonValue] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Project:
    """A named set of runs.

    Attributes:
        deleted_at: When it was put into the trash with its runs; None outside of it.
    """

    id: ProjectId
    entity_id: EntityId
    entity: str
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """A project and what a list of projects shows of it."""

    project: Project
    num_runs: int
    states: dict[RunState, int]
    last_activity_at: datetime


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file saved with a run.

    Attributes:
        name: Normalised relative path within the run.
        blob: Key in the blob store; None until its bytes have arrived.
        size_bytes: 0 until then.
        md5: Base64 of the MD5 of its bytes.
    """

    run_id: RunId
    name: str
    blob: str | None
    size_bytes: int
    md5: str | None
    mime_type: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line of captured output; a later one with the same number replaces it.

    Attributes:
        writer: Which process of the run printed it; empty for the only one.
        number: Line number in that process's output, from 0.
        at: Timestamp as text in ISO 8601 UTC, as the client gave it; None where it gave none.
        level: `error` for stderr, else None.
        label: What the client calls the process (shared mode), else None.
    """

    writer: str
    number: int
    text: str
    at: str | None = None
    level: str | None = None
    label: str | None = None


class AlertLevel(StrEnum):
    """How urgent an alert is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that a training script raised."""

    run_id: RunId
    title: str
    text: str
    level: AlertLevel
    created_at: datetime
