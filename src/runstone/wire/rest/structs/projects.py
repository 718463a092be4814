"""Projects on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType


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


class UpdateProject(Struct, forbid_unknown_fields=True):
    """What to change in a project; what is left out stays."""

    name: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=128,
                description="Another name. The old one leads to the project, in addresses and for "
                "whoever logs to it, until somebody makes a project of that name.",
            ),
        ]
        | UnsetType
    ) = UNSET
    description: Annotated[str, Meta(max_length=65_536)] | UnsetType = UNSET
