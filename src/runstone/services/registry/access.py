"""Who may do what in a registry, and in an organization: decided here and nowhere else.

An administrator of the server or of the organization is one of each of its registries. Others have
the highest of the roles that were given to them and to their teams; where the organization sees the
registry, whoever is in it is a viewer at least.
"""

from __future__ import annotations

from runstone.domain.access import Action, Actor, Role, may, not_found, require
from runstone.domain.errors import PermissionDenied
from runstone.domain.ids import OrganizationId
from runstone.domain.registry import (
    Registry,
    RegistryAction,
    RegistryRole,
    RegistryVisibility,
    highest,
    is_registry_name,
    role_allows,
)
from runstone.domain.run import Project
from runstone.ports.store import Snapshot

_NEEDED = {
    Action.READ: RegistryAction.SEE,
    Action.WRITE: RegistryAction.LINK,
    Action.ADMINISTER: RegistryAction.ADMINISTER,
}
_WORDS = {
    RegistryAction.SEE: "see",
    RegistryAction.USE: "use or download what is linked in",
    RegistryAction.LINK: "link to or change collections of",
    RegistryAction.ADMINISTER: "administer",
}


def organization_role(
    snapshot: Snapshot, actor: Actor, organization: OrganizationId
) -> Role | None:
    """What the actor is in an organization: the role there, else that of one of its teams.

    Who administers a team is a member of the organization, not its administrator.
    """
    if actor.is_admin:
        return Role.ADMIN
    for member in snapshot.accounts.organization_members(organization):
        if member.user_id == actor.user_id:
            return member.role
    roles = set()
    for team, role in actor.roles.items():
        entity = snapshot.accounts.entity_by_id(team)
        if entity is not None and entity.organization_id == organization:
            roles.add(role)
    if not roles:
        return None
    return Role.VIEWER if roles == {Role.VIEWER} else Role.MEMBER


def role_in(snapshot: Snapshot, actor: Actor, registry: Registry) -> RegistryRole | None:
    """The actor's role in a registry; None for someone who may not know of it."""
    if actor.is_admin:
        return RegistryRole.ADMIN
    within = organization_role(snapshot, actor, registry.organization_id)
    if within is Role.ADMIN:
        return RegistryRole.ADMIN
    roles = [
        member.role
        for member in snapshot.registries.members(registry.id)
        if member.entity_id == actor.user_id or member.entity_id in actor.roles
    ]
    if within is not None and registry.visibility is RegistryVisibility.ORGANIZATION:
        roles.append(RegistryRole.VIEWER)
    return highest(roles)


def require_in_registry(
    snapshot: Snapshot, actor: Actor, action: RegistryAction, registry: Registry
) -> RegistryRole:
    """The actor's role in a registry.

    Raises:
        NotFound: The actor may not know of it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    role = role_in(snapshot, actor, registry)
    what = f"registry {registry.organization}/{registry.name}"
    if role is None:
        raise not_found(what)
    if not role_allows(role, action):
        raise PermissionDenied(
            f"{actor.username} may not {_WORDS[action]} {what}, being a "
            f"{role.value.replace('_', ' ')} of it. Ask an administrator of the registry."
        )
    return role


def registry_of(snapshot: Snapshot, project: Project) -> Registry | None:
    """The registry that a project is; None for any other project."""
    return snapshot.registries.registry(project.id) if is_registry_name(project.name) else None


def require_in_project(
    snapshot: Snapshot, actor: Actor, action: Action, project: Project, *, what: str
) -> None:
    """Raises unless the actor may do `action` to what is in a project, which may be a registry.

    Raises:
        NotFound: The actor may not know of it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    registry = registry_of(snapshot, project)
    if registry is None:
        require(actor, action, project.entity_id, what=what)
    else:
        require_in_registry(snapshot, actor, _NEEDED[action], registry)


def may_in_project(snapshot: Snapshot, actor: Actor, action: Action, project: Project) -> bool:
    """Whether `require_in_project` would let it pass."""
    registry = registry_of(snapshot, project)
    if registry is None:
        return may(actor, action, project.entity_id)
    role = role_in(snapshot, actor, registry)
    return role is not None and role_allows(role, _NEEDED[action])


def may_use_in_project(snapshot: Snapshot, actor: Actor, project: Project) -> bool:
    """Whether the actor may have the bytes of what is in a project, which may be a registry."""
    registry = registry_of(snapshot, project)
    if registry is None:
        return may(actor, Action.READ, project.entity_id)
    role = role_in(snapshot, actor, registry)
    return role is not None and role_allows(role, RegistryAction.USE)
