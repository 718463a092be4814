"""Organizations and registries by name, as far as the actor may know of them."""

from __future__ import annotations

from runstone.domain.access import Actor, not_found
from runstone.domain.accounts import EntityKind, Organization
from runstone.domain.errors import NotFound
from runstone.domain.registry import PREFIX, Registry, RegistryAction
from runstone.ports.store import Snapshot
from runstone.services.registry.access import organization_role, require_in_registry, role_in


def find_organization(snapshot: Snapshot, actor: Actor, name: str) -> Organization:
    """The organization of that name, or whose entity has it.

    Raises:
        NotFound: No such organization, or the actor is not in it.
    """
    found = snapshot.accounts.organization(name)
    if found is None:
        entity = snapshot.accounts.entity(name)
        if entity is not None and entity.kind is EntityKind.ORGANIZATION:
            found = next(
                one for one in snapshot.accounts.organizations() if one.id == entity.organization_id
            )
    if found is None or organization_role(snapshot, actor, found.id) is None:
        raise not_found(f"organization {name}")
    return found


def find_registry(
    snapshot: Snapshot,
    actor: Actor,
    organization: str,
    name: str,
    action: RegistryAction = RegistryAction.SEE,
) -> Registry:
    """A registry by its address.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    place = find_organization(snapshot, actor, organization)
    found = snapshot.registries.registry_by_name(place.id, name)
    if found is None:
        raise not_found(f"registry {place.name}/{name}")
    require_in_registry(snapshot, actor, action, found)
    return found


def find_registry_to_link_into(
    snapshot: Snapshot, actor: Actor, entity: str | None, project: str
) -> Registry:
    """The registry that clients name as a project of the organization's entity.

    Some clients name the team of the run instead, and mean its organization.

    Raises:
        NotFound: No such registry or entity, or the actor may not know of it.
        PermissionDenied: The actor may see it, not link to it.
    """
    owner = snapshot.accounts.entity(entity) if entity else None
    within = None if owner is None else owner.organization_id
    name = project.removeprefix(PREFIX)
    found = None if within is None else snapshot.registries.registry_by_name(within, name)
    if found is None or role_in(snapshot, actor, found) is None:
        raise NotFound(
            f"There is no registry {name} in {entity or 'your own space'}, or you may not see it. "
            "Registries belong to organizations; make one in the web app or with "
            "wandb.Api().create_registry().",
            code="registry-not-found",
        )
    require_in_registry(snapshot, actor, RegistryAction.LINK, found)
    return found


def visible_registries(
    snapshot: Snapshot, actor: Actor, organization: Organization | None = None
) -> list[Registry]:
    """The registries that the actor may know of, of all organizations or one, the oldest first."""
    every = snapshot.registries.registries(None if organization is None else organization.id)
    return [one for one in every if role_in(snapshot, actor, one) is not None]
