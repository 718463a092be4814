"""The trash on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.wire.rest.structs.runs import RunRow


class TrashedRun(RunRow, kw_only=True):
    """A run in the trash."""

    deleted_at: datetime
    removed_at: Annotated[
        datetime, Meta(description="When it is removed for good, or soon after; see `trash_days`.")
    ]


class TrashList(Struct):
    """Runs in the trash, those deleted last first."""

    runs: list[TrashedRun]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]
    total: int
    trash_days: Annotated[int, Meta(description="How many days what was deleted can be restored.")]


class TrashedProject(Struct):
    """A project in the trash."""

    entity: str
    name: str
    description: str
    num_runs: Annotated[int, Meta(description="Its runs in the trash, all of them.")]
    deleted_at: datetime
    removed_at: Annotated[datetime, Meta(description="When it is removed for good, or soon after.")]


class TrashedProjectList(Struct):
    """Projects in the trash, those deleted last first."""

    projects: list[TrashedProject]
    trash_days: Annotated[int, Meta(description="How many days what was deleted can be restored.")]


class Emptied(Struct):
    """What was removed for good."""

    num_runs: int
