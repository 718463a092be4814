"""Lineage on the wire: a graph of runs and versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.run import RunState


class LineageVersion(Struct):
    """A version, at a place where it may be seen."""

    entity: str
    project: str
    collection: str
    type: str
    index: Annotated[int, Meta(description="`v` and this number name it.")]
    aliases: list[str]
    num_files: int
    size_bytes: int
    created_at: datetime


class LineageRun(Struct):
    """A run."""

    entity: str
    project: str
    id: Annotated[str, Meta(description="Part of the run's address.")]
    display_name: str
    job_type: str | None
    state: RunState
    created_at: datetime


class LineageNode(Struct):
    """A run or a version; where both are null, something that is hidden.

    Hidden is what is in the trash, and what who asks may not see. However much of it there is on
    one side of a node, it is one node there, and nothing beyond it is shown.
    """

    version: LineageVersion | None
    run: LineageRun | None
    level: Annotated[
        int, Meta(description="Steps from the start, which is 0; upstream they are negative.")
    ]
    num_more: Annotated[
        int,
        Meta(
            description="Neighbours, in the direction that was asked for, which `depth` or `limit` "
            "left out."
        ),
    ]


class LineageEdge(Struct, array_like=True):
    """From what something came out of to what came out of it, as places in `nodes`.

    From a run to a version that it logged, or from a version to a run that used it.
    """

    source: int
    target: int


class Lineage(Struct):
    """The graph around a version or a run."""

    nodes: Annotated[list[LineageNode], Meta(description="The start first, near ones first.")]
    edges: list[LineageEdge]
    is_whole: Annotated[bool, Meta(description="No node has anything more.")]
