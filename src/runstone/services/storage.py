"""What is stored costs: the whole server, an entity, a project, its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor, not_found, require_admin
from runstone.domain.errors import InvalidInput
from runstone.domain.storage import ProjectUsage, Removed, RunUsage, Usage
from runstone.ports.store import Snapshot
from runstone.services.projects import find_entity

MAX_RUNS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What a project's runs cost.

    Attributes:
        runs: The largest first, in the trash and outside.
        num_others: Runs that are not among them.
    """

    entity: str
    project: str
    num_runs: int
    usage: Usage
    num_trashed: int
    trash: Usage
    runs: Sequence[RunUsage]
    num_others: int


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What the whole server's records cost.

    Attributes:
        artifact_bytes: Of the contents of artifacts, each once.
        removed: Is still to be erased.
    """

    projects: Sequence[ProjectUsage]
    artifact_bytes: int
    removed: Removed


def server_usage(snapshot: Snapshot, actor: Actor) -> ServerReport:
    """All projects of the server, its artifacts, and what was removed.

    Raises:
        PermissionDenied: Only administrators may see it.
    """
    require_admin(actor, doing="see what the whole server stores")
    return ServerReport(
        snapshot.usage.projects(None), snapshot.artifacts.stored_bytes(), snapshot.usage.removed()
    )


def entity_usage(snapshot: Snapshot, actor: Actor, entity: str) -> Sequence[ProjectUsage]:
    """An entity's projects.

    Raises:
        NotFound: No such entity, or the actor may not see it.
    """
    return snapshot.usage.projects([find_entity(snapshot, actor, entity).id])


def project_usage(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    run: str | None = None,
    limit: int = 100,
) -> ProjectReport:
    """A project's runs; of a project that is in the trash itself, too.

    Args:
        run: This run alone is listed.
        limit: So many runs are listed at most.

    Raises:
        NotFound: No such project or run, or the actor may not see it.
        InvalidInput: `limit` is not 0 to 10,000.
    """
    if not 0 <= limit <= MAX_RUNS:
        raise InvalidInput(f"limit is {limit}; it must be 0 to {MAX_RUNS:,}.")
    owner = find_entity(snapshot, actor, entity, Action.READ)
    place = snapshot.projects.project(owner.id, project)
    place = place or snapshot.projects.trashed_project(owner.id, project)
    if place is None:
        raise not_found(f"project {owner.name}/{project}")
    every = snapshot.usage.runs(place.id)
    outside = [found.usage for found in every if not found.in_trash]
    trash = [found.usage for found in every if found.in_trash]
    listed = sorted(every, key=lambda found: (-found.usage.total, found.name))
    if run is not None:
        listed = [found for found in listed if found.name == run]
        if not listed:
            raise not_found(f"run {owner.name}/{project}/{run}")
    listed = listed[:limit]
    return ProjectReport(
        place.entity,
        place.name,
        len(outside),
        sum(outside, Usage()),
        len(trash),
        sum(trash, Usage()),
        listed,
        len(every) - len(listed),
    )
