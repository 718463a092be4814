"""Saved views and custom charts on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from runstone.domain.custom_chart import ChartAccess

Spec: TypeAlias = Annotated[
    Raw,
    Meta(
        description="JSON object; kept byte for byte, and read by nobody but who draws it.",
        extra_json_schema={"type": "object", "additionalProperties": True},
    ),
]
Kind: TypeAlias = Annotated[
    str,
    Meta(
        description="What the view is, and in whose format its spec is written: `table`, "
        "`workspace`, … are the web app's; `wandb/runs` (a report), `wandb/runs/draft` and "
        "`wandb/project-view` (a workspace) are the wandb client's."
    ),
]


class View(Struct, kw_only=True):
    """A saved view of a project, without its spec."""

    id: int
    kind: Kind
    name: Annotated[str, Meta(description="Unique among the project's views of that kind.")]
    display_name: str
    description: str
    author: Annotated[str | None, Meta(description="User name; null for one who is gone.")]
    created_at: datetime
    updated_at: datetime
    revision: Annotated[
        int,
        Meta(description='One more with every change; `ETag` and `If-Match` are it: `"3"`.'),
    ]
    draft_of: Annotated[int | None, Meta(description="The view that this one is a draft of.")]
    spec_bytes: Annotated[int, Meta(description="Size of the spec.")]


class ViewDetail(View, kw_only=True):
    """A saved view."""

    spec: Spec


class ViewList(Struct):
    """A project's views, the newest first."""

    views: list[View]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]


class CreateView(Struct, forbid_unknown_fields=True):
    """A view to be."""

    kind: Kind
    spec: Spec
    name: Annotated[str | None, Meta(description="Made up, if left out.")] = None
    display_name: str = ""
    description: str = ""
    draft_of: int | None = None


class UpdateView(Struct, forbid_unknown_fields=True):
    """What changes of a view; what is left out stays."""

    kind: Kind | UnsetType = UNSET
    spec: Spec | UnsetType = UNSET
    name: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class CustomChart(Struct):
    """A chart that a user or team has defined; runs refer to it as `entity/name`."""

    entity: str
    name: str
    display_name: str
    language: Annotated[str, Meta(description="What the spec is written in: `vega2`.")]
    access: Annotated[
        ChartAccess,
        Meta(description="`private`: for whoever may see the entity; `public`: for every user."),
    ]
    author: Annotated[str | None, Meta(description="User name; null for one who is gone.")]
    created_at: datetime
    spec: Spec


class CustomChartList(Struct):
    """An entity's charts, by name."""

    charts: list[CustomChart]


class CreateCustomChart(Struct, forbid_unknown_fields=True):
    """A chart to be."""

    name: str
    spec: Spec
    display_name: str = ""
    language: Literal["vega2"] = "vega2"
    access: ChartAccess = ChartAccess.PRIVATE
