"""What is stored costs: the whole server, an entity, a project, its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor, not_found, require_admin
from runstone.domain.artifact import Collection, CollectionKind
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Filter, keys_of
from runstone.domain.ids import ArtifactId, CollectionId, ProjectId, RunId
from runstone.domain.registry import is_registry_name
from runstone.domain.retention import Freed
from runstone.domain.run import Project
from runstone.domain.storage import (
    ArtifactUsage,
    CollectionUsage,
    ProjectUsage,
    Removed,
    RunUsage,
    Usage,
)
from runstone.ports.store import Snapshot
from runstone.services.artifacts.finding import member_called
from runstone.services.projects import find_entity
from runstone.services.run_index.evaluation import passing
from runstone.services.run_index.index import RunIndex

MAX_RUNS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What a project's runs cost.

    Attributes:
        runs: The largest first, in the trash and outside.
        num_others: Runs that are not among them.
        artifacts: Of all the project's versions.
        collections: The largest first.
    """

    entity: str
    project: str
    num_runs: int
    usage: Usage
    num_trashed: int
    trash: Usage
    runs: Sequence[RunUsage]
    num_others: int
    artifacts: ArtifactUsage
    collections: Sequence[CollectionUsage]


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What the whole server's records cost.

    Attributes:
        artifacts: By project; contents that several projects refer to count in each.
        artifact_bytes: Of the contents of artifacts, each once.
        removed: Is still to be erased.
    """

    projects: Sequence[ProjectUsage]
    artifacts: Mapping[ProjectId, ArtifactUsage]
    artifact_bytes: int
    removed: Removed


def server_usage(snapshot: Snapshot, actor: Actor) -> ServerReport:
    """All projects of the server but registries, its artifacts, and what was removed.

    Raises:
        PermissionDenied: Only administrators may see it.
    """
    require_admin(actor, doing="see what the whole server stores")
    projects = _without_registries(snapshot.usage.projects(None))
    return ServerReport(
        projects,
        snapshot.usage.artifacts(project.id for project in projects),
        snapshot.artifacts.stored_bytes(),
        snapshot.usage.removed(),
    )


def entity_usage(
    snapshot: Snapshot, actor: Actor, entity: str
) -> tuple[Sequence[ProjectUsage], Mapping[ProjectId, ArtifactUsage]]:
    """An entity's projects, registries apart, and what their artifacts cost.

    Raises:
        NotFound: No such entity, or the actor may not see it.
    """
    of_entity = snapshot.usage.projects([find_entity(snapshot, actor, entity).id])
    projects = _without_registries(of_entity)
    return projects, snapshot.usage.artifacts(project.id for project in projects)


def _without_registries(projects: Sequence[ProjectUsage]) -> Sequence[ProjectUsage]:
    """Registries hold links alone: what these lead to is stored, and counted, elsewhere."""
    return [project for project in projects if not is_registry_name(project.name)]


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
    place = _find_place(snapshot, actor, entity, project)
    every = snapshot.usage.runs(place.id)
    outside = [found.usage for found in every if not found.in_trash]
    trash = [found.usage for found in every if found.in_trash]
    listed = sorted(every, key=lambda found: (-found.usage.total, found.name))
    if run is not None:
        listed = [found for found in listed if found.name == run]
        if not listed:
            raise not_found(f"run {place.entity}/{project}/{run}")
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
        snapshot.usage.artifacts([place.id]).get(place.id, ArtifactUsage()),
        sorted(
            snapshot.usage.collections(place.id),
            key=lambda found: (-found.usage.stored_bytes, found.name),
        ),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some of what a project holds.

    Attributes:
        everything: The whole project, in the trash and outside; then nothing else counts.
        collections: By name: all of their versions.
        versions: Collection and alias or number (`v3`).
        runs: By id.
        filter: Runs that it finds.
    """

    everything: bool = False
    collections: Sequence[str] = ()
    versions: Sequence[tuple[str, str]] = ()
    runs: Sequence[str] = ()
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Freeing:
    """What deleting some of a project would free, once the trash is emptied and collected.

    Attributes:
        unlinked: Versions that are only linked where they were chosen: nothing of them is freed.
    """

    artifacts: Freed
    num_runs: int
    runs: Usage
    unlinked: int

    @property
    def total(self) -> int:
        """All bytes."""
        return self.artifacts.bytes + self.runs.total


def would_free(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, chosen: Chosen
) -> Freeing:
    """What would be freed if all of it were deleted now.

    Deleting a run does not delete what it logged; so a run frees nothing of artifacts.

    Raises:
        NotFound: No such project, or the actor may not see it; or it has not what was chosen.
    """
    place = _find_place(snapshot, actor, entity, project)
    every = snapshot.usage.runs(place.id)
    if chosen.everything:
        versions: Sequence[ArtifactId] = snapshot.retention.versions_in(place.id)
        return Freeing(
            snapshot.retention.freed(versions),
            len(every),
            sum((found.usage for found in every), Usage()),
            0,
        )
    ids, num_unlinked = _chosen_versions(snapshot, place, chosen)
    runs = _chosen_runs(snapshot, place, chosen, every)
    return Freeing(
        snapshot.retention.freed(ids),
        len(runs),
        sum((r.usage for r in runs), Usage()),
        num_unlinked,
    )


def _chosen_versions(
    snapshot: Snapshot, place: Project, chosen: Chosen
) -> tuple[set[ArtifactId], int]:
    def collection_of(name: str) -> Collection:
        found = snapshot.artifacts.collection_by_name(place.id, name)
        if found is None:
            raise not_found(f"artifact {place.entity}/{place.name}/{name}")
        return found

    num_unlinked = 0
    whole: list[CollectionId] = []
    ids: set[ArtifactId] = set()
    for name in chosen.collections:
        found = collection_of(name)
        if found.kind is CollectionKind.SEQUENCE:
            whole.append(found.id)
        else:
            num_unlinked += snapshot.artifacts.count_members(found.id)
    if whole:
        ids.update(snapshot.retention.versions_in(place.id, whole))
    for name, alias in chosen.versions:
        found = collection_of(name)
        member = member_called(snapshot, found, alias)
        if member is None:
            raise not_found(f"version {name}:{alias}")
        if found.kind is CollectionKind.SEQUENCE:
            ids.add(member.artifact_id)
        else:
            num_unlinked += 1
    return ids, num_unlinked


def _chosen_runs(
    snapshot: Snapshot, place: Project, chosen: Chosen, every: Sequence[RunUsage]
) -> Sequence[RunUsage]:
    by_name = {found.name: found for found in every}
    missing = [name for name in chosen.runs if name not in by_name]
    if missing:
        raise not_found(f"run {place.entity}/{place.name}/{missing[0]}")
    ids = {by_name[name].id for name in chosen.runs}
    if chosen.filter is not None:
        # An index of its own: what is asked rarely need not be remembered.
        keys = list(keys_of(chosen.filter))
        view = RunIndex().view(snapshot.run_columns, place.id, keys)
        found = view.ids[passing(chosen.filter, view, snapshot.now)]
        ids.update(RunId(run) for run in found.tolist())
    return [found for found in every if found.id in ids]


def _find_place(snapshot: Snapshot, actor: Actor, entity: str, project: str) -> Project:
    owner = find_entity(snapshot, actor, entity, Action.READ)
    place = snapshot.projects.project(owner.id, project)
    place = place or snapshot.projects.trashed_project(owner.id, project)
    if place is None:
        raise not_found(f"project {owner.name}/{project}")
    return place
