"""Projects: finding, making, listing them."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.domain.access import Action, Actor, not_found, require
from runstone.domain.accounts import Entity
from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_project_name
from runstone.domain.run import Project, ProjectOverview
from runstone.ports.store import Snapshot, Transaction
from runstone.services.accounts import visible_entities


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
    require(actor, action, entity.id, what=f"entity {name}")
    return entity


def find_project(
    snapshot: Snapshot,
    actor: Actor,
    entity: str | None,
    name: str,
    action: Action = Action.READ,
) -> Project:
    """The project at that address.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    owner = find_entity(snapshot, actor, entity, action)
    project = snapshot.projects.project(owner.id, name)
    if project is None:
        raise not_found(f"project {owner.name}/{name}")
    return project


def ensure_project(tx: Transaction, actor: Actor, entity: str | None, name: str) -> Project:
    """The project at that address, made when it is missing.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    return tx.projects.project(owner.id, name) or tx.projects.create_project(
        owner.id, check_project_name(name)
    )


def create_project(
    tx: Transaction, actor: Actor, entity: str | None, name: str, *, description: str = ""
) -> Project:
    """A new project.

    Raises:
        NotFound: No such entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: Not a legal name.
        AlreadyExists: The entity has a project of that name.
    """
    owner = find_entity(tx, actor, entity, Action.WRITE)
    return tx.projects.create_project(owner.id, check_project_name(name), description=description)


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
    """The projects that the actor may see, the most recently active first.

    Raises:
        NotFound: No such entity, or the actor may not see it.
    """
    if entity is None:
        return snapshot.projects.overviews(visible_entities(snapshot, actor))
    return snapshot.projects.overviews([find_entity(snapshot, actor, entity).id])
