"""Projects: finding, making, listing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runstone.domain.access import Action, Actor, not_found, require
from runstone.domain.accounts import Entity, EntityKind
from runstone.domain.errors import Conflict, InvalidInput, PermissionDenied
from runstone.domain.names import check_project_name
from runstone.domain.registry import PREFIX, RegistryAction, is_registry_name
from runstone.domain.run import Project, ProjectOverview
from runstone.ports.store import Snapshot, Transaction
from runstone.services.accounts import visible_entities
from runstone.services.registry.access import (
    organization_role,
    registry_of,
    require_in_registry,
)


@dataclass(frozen=True, slots=True)
class TrashedProject:
    """A project in the trash, and how many runs are there with it."""

    project: Project
    num_runs: int


def find_entity(
    snapshot: Snapshot, actor: Actor, name: str | None, action: Action = Action.READ
) -> Entity:
    """The entity of that name; the actor's own where none is given.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    if not name:
        own = None if actor.user_id is None else snapshot.accounts.entity_by_id(actor.user_id)
        if own is None:
            raise InvalidInput("Say which user or team this is for: there is no default here.")
        return own
    entity = snapshot.accounts.entity(name)
    if entity is None:
        raise not_found(f"entity {name}")
    if entity.kind is EntityKind.ORGANIZATION:
        _require_organization(snapshot, actor, entity, action)
    else:
        require(actor, action, entity.id, what=f"entity {name}")
    return entity


def _require_organization(snapshot: Snapshot, actor: Actor, entity: Entity, action: Action) -> None:
    within = entity.organization_id
    if within is None or organization_role(snapshot, actor, within) is None:
        raise not_found(f"entity {entity.name}")
    if action is not Action.READ:
        raise PermissionDenied(
            f"{entity.name} stands for an organization, which owns registries and nothing else: "
            "log to a project of a team or of your own, and link from there.",
            code="registries-only",
        )


def find_project(
    snapshot: Snapshot,
    actor: Actor,
    entity: str | None,
    name: str,
    action: Action = Action.READ,
) -> Project:
    """The project at that address, or the one that had it before it was renamed.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    owner = find_entity(snapshot, actor, entity, action)
    project = _project(snapshot, owner, name)
    if project is None:
        raise not_found(f"project {owner.name}/{name}")
    registry = registry_of(snapshot, project)
    if registry is not None:
        require_in_registry(snapshot, actor, RegistryAction.SEE, registry)
    return project


def _check_name(name: str) -> str:
    if is_registry_name(name):
        raise InvalidInput(
            f"{name[:80]!r} cannot be a project: names that begin with {PREFIX!r} are for the "
            "registries of organizations.",
            code="invalid-name",
        )
    return check_project_name(name)


def _project(snapshot: Snapshot, owner: Entity, name: str) -> Project | None:
    found = snapshot.projects.project(owner.id, name)
    return found or snapshot.projects.renamed_project(owner.id, name)


def ensure_project(tx: Transaction, actor: Actor, entity: str | None, name: str) -> Project:
    """The project at that address, made when it is missing.

    One in the trash comes out of it; its runs stay there until they are restored. Under the former
    name of a project it is that one: scripts that know the old name go on as before.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    found = tx.projects.project(owner.id, name)
    if found is not None:
        return found
    in_trash = tx.projects.trashed_project(owner.id, name)
    if in_trash is not None:
        return tx.projects.restore_project(in_trash.id)
    renamed = tx.projects.renamed_project(owner.id, name)
    if renamed is not None:
        return renamed
    return tx.projects.create_project(owner.id, _check_name(name))


def create_project(
    tx: Transaction, actor: Actor, entity: str | None, name: str, *, description: str = ""
) -> Project:
    """A new project; one of that name in the trash comes out of it, without its runs.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name.
        AlreadyExists: The entity has a project of that name.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    in_trash = tx.projects.trashed_project(owner.id, name)
    if in_trash is not None:
        tx.projects.restore_project(in_trash.id)
        return tx.projects.update_project(in_trash.id, description=description)
    return tx.projects.create_project(owner.id, _check_name(name), description=description)


def describe_project(
    tx: Transaction, actor: Actor, entity: str | None, name: str, *, description: str
) -> Project:
    """Replaces a project's description.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    project = find_project(tx, actor, entity, name, Action.WRITE)
    return tx.projects.update_project(project.id, description=description)


def rename_project(
    tx: Transaction, actor: Actor, entity: str | None, name: str, *, new_name: str
) -> Project:
    """Gives a project another name. The old one leads to it until somebody makes a project of it.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name.
        AlreadyExists: The entity has a project of that name, in its trash or outside.
    """
    project = find_project(tx, actor, entity, name, Action.WRITE)
    return tx.projects.rename_project(project.id, _check_name(new_name))


def delete_project(
    tx: Transaction, actor: Actor, entity: str, name: str, *, with_runs: bool = False
) -> Project:
    """Moves a project to the trash, and with it, if asked, its runs.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: It has runs, and `with_runs` is not given (code `project-has-runs`).
    """
    project = find_project(tx, actor, entity, name, Action.WRITE)
    num_runs = tx.runs.count_runs(project.id)
    if num_runs and not with_runs:
        raise Conflict(
            f"The project {project.entity}/{project.name} has {num_runs:,} run(s). Delete them "
            "first, or say that they are to be deleted with it (runs=true).",
            code="project-has-runs",
            num_runs=num_runs,
        )
    tx.runs.trash_all_runs(project.id)
    return tx.projects.trash_project(project.id)


def restore_project(tx: Transaction, actor: Actor, entity: str, name: str) -> Project:
    """Takes a project out of the trash, with the runs that were deleted along with it.

    Raises:
        NotFound: No such project in the trash, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    project = tx.projects.trashed_project(owner.id, name)
    if project is None:
        raise not_found(f"project {owner.name}/{name} in the trash")
    if project.deleted_at is not None:
        # They went in one unit of work, so at one instant; those deleted before stay there.
        tx.runs.restore_all_runs(project.id, project.deleted_at)
    return tx.projects.restore_project(project.id)


def list_trashed_projects(snapshot: Snapshot, actor: Actor) -> Sequence[TrashedProject]:
    """The projects in the trash that the actor may see, those deleted last first."""
    return [
        TrashedProject(project, snapshot.runs.count_trash(project.id))
        for project in snapshot.projects.trashed_projects(visible_entities(snapshot, actor))
    ]


def project_overview(snapshot: Snapshot, actor: Actor, entity: str, name: str) -> ProjectOverview:
    """One project as lists show it.

    Raises:
        NotFound: No such project, or the actor may not see it.
    """
    place = find_project(snapshot, actor, entity, name)
    for overview in snapshot.projects.overviews([place.entity_id]):
        if overview.project.id == place.id:
            return overview
    raise not_found(f"project {entity}/{name}")


def list_projects(
    snapshot: Snapshot, actor: Actor, entity: str | None = None
) -> Sequence[ProjectOverview]:
    """The projects that the actor may see, the most recently active first; registries are none.

    Raises:
        NotFound: No such entity, or the actor may not see it.
    """
    owners = visible_entities(snapshot, actor)
    if entity is not None:
        owners = [find_entity(snapshot, actor, entity).id]
    return [
        overview
        for overview in snapshot.projects.overviews(owners)
        if not is_registry_name(overview.project.name)
    ]
