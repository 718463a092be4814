"""Lineage: which runs logged and used which versions of artifacts, as nodes of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.run import RunState


class Direction(StrEnum):
    """Where to go from a version or a run."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """A committed version at one of its places.

    Attributes:
        index: Its number in the collection.
        aliases: Those it has there, by name.
    """

    artifact_id: ArtifactId
    entity: str
    project: str
    collection: str
    type: str
    index: int
    aliases: tuple[str, ...]
    num_files: int
    size_bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunPlace:
    """A run that logged or used versions.

    Attributes:
        name: The id that users see.
    """

    run_id: RunId
    entity: str
    project: str
    name: str
    display_name: str
    job_type: str | None
    state: RunState
    created_at: datetime
