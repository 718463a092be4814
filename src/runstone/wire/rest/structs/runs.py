"""Runs on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain.run import RunState
from runstone.wire.rest.structs.documents import Cells, Document
from runstone.wire.rest.structs.run_queries import QueryWarning


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
    archived: Annotated[
        bool, Meta(description="Lists leave it out unless they are asked for it.")
    ] = False
    values: Cells | UnsetType = UNSET


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
    deleted: Annotated[
        list[str],
        Meta(
            description="Of `since_seq`: ids of runs that went to the trash since, or that "
            "`archived` leaves out."
        ),
    ] = []
    warnings: Annotated[
        list[QueryWarning],
        Meta(
            description="What may not have been meant: a key that no run has, a text that is "
            "compared with numbers. Of `columns`, with the first page."
        ),
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
    job_type: Annotated[str, Meta(max_length=1_024)] | UnsetType | None = UNSET
    notes_before: Annotated[
        Annotated[str, Meta(max_length=1_000_000)] | UnsetType,
        Meta(
            description="The notes as you saw them. If they are others by now, someone else has "
            "edited them: nothing is changed, and the answer is a 409 `edited-meanwhile`."
        ),
    ] = UNSET


class RecentRuns(Struct):
    """Runs of all projects that one may see, the most recently active first."""

    runs: list[RunRow]
    seq: Annotated[int, Meta(description="All changes up to this number are in here.")]
