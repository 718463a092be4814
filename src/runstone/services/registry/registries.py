"""Registries: making, finding, changing and deleting them, who is in them, what happened there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Actor, Role
from runstone.domain.accounts import Entity, EntityKind, Organization
from runstone.domain.artifact import MAX_DESCRIPTION_CHARS, check_type_name
from runstone.domain.errors import InvalidInput, NotFound, PermissionDenied
from runstone.domain.names import clean_text
from runstone.domain.registry import (
    PREFIX,
    NewRegistryChange,
    Registry,
    RegistryAction,
    RegistryChange,
    RegistryChangeKind,
    RegistryMember,
    RegistryRole,
    RegistryUpdate,
    RegistryVisibility,
    check_protectable,
    check_registry_name,
)
from runstone.domain.run import UNSET, Unset
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.uploading import ensure_type
from runstone.services.registry.access import organization_role, role_in
from runstone.services.registry.finding import (
    find_organization,
    find_registry,
    visible_registries,
)
from runstone.services.registry.recording import note

MAX_CHANGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class RegistryOverview:
    """A registry with what a list says of it.

    Attributes:
        role: The actor's.
        types: What may be linked, or, where anything may, what has been.
    """

    registry: Registry
    role: RegistryRole
    types: Sequence[str]
    protected_aliases: Sequence[str]
    num_collections: int
    num_versions: int


# Finding


def list_registries(
    snapshot: Snapshot, actor: Actor, organization: str | None = None
) -> Sequence[RegistryOverview]:
    """The registries that the actor may know of, by organization and name.

    Raises:
        NotFound: No such organization, or the actor is not in it.
    """
    place = None if organization is None else find_organization(snapshot, actor, organization)
    found = visible_registries(snapshot, actor, place)
    found.sort(key=lambda one: (one.organization.lower(), one.name.lower()))
    return [_overview(snapshot, actor, one) for one in found]


def registry_overview(
    snapshot: Snapshot, actor: Actor, organization: str, name: str
) -> RegistryOverview:
    """One registry.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
    """
    return _overview(snapshot, actor, find_registry(snapshot, actor, organization, name))


def list_homes(snapshot: Snapshot, actor: Actor) -> Sequence[tuple[Organization, bool]]:
    """The organizations that the actor is in, and whether new registries may be made there."""
    return [
        (one, role is not Role.VIEWER)
        for one in snapshot.accounts.organizations()
        if (role := organization_role(snapshot, actor, one.id)) is not None
    ]


def _overview(snapshot: Snapshot, actor: Actor, registry: Registry) -> RegistryOverview:
    role = role_in(snapshot, actor, registry)
    assert role is not None, "found for this actor"
    collections = snapshot.artifacts.collections(registry.id)
    return RegistryOverview(
        registry,
        role,
        [its_type.name for its_type in snapshot.artifacts.types(registry.id)],
        snapshot.registries.protected_aliases(registry.id),
        len(collections),
        sum(snapshot.artifacts.count_members(one.id) for one in collections),
    )


# Making and changing


def create_registry(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    *,
    description: str = "",
    visibility: RegistryVisibility = RegistryVisibility.ORGANIZATION,
    types: Sequence[str] = (),
) -> Registry:
    """A new registry, with whoever makes it as its administrator.

    Args:
        types: What may be linked; anything, where none are named.

    Raises:
        NotFound: No such organization, or the actor is not in it.
        PermissionDenied: The actor only looks on in the organization.
        InvalidInput: A name or type that is not legal, or a description that is too long.
        AlreadyExists: The organization has a registry of that name.
    """
    place = find_organization(tx, actor, organization)
    if organization_role(tx, actor, place.id) is Role.VIEWER:
        raise PermissionDenied(
            f"{actor.username} may not make registries in {place.name}, being a viewer there. Ask "
            "an administrator of the organization."
        )
    check_registry_name(name)
    checked = [check_type_name(one) for one in types]
    project = tx.projects.create_project(
        _owner(tx, place).id,
        PREFIX + name,
        description=_described(description),
    )
    made = tx.registries.create_registry(
        project.id,
        visibility=visibility,
        allows_any_type=not checked,
        user=actor.user_id,
    )
    for one in checked:
        ensure_type(tx, made.id, one)
    if actor.user_id is not None:
        tx.registries.set_member(made.id, actor.user_id, RegistryRole.ADMIN)
    created = NewRegistryChange(RegistryChangeKind.CREATED, detail=", ".join(checked) or None)
    note(tx, actor, made.id, created)
    return made


def change_registry(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    *,
    new_name: str | Unset = UNSET,
    description: str | Unset = UNSET,
    visibility: RegistryVisibility | Unset = UNSET,
    allows_any_type: bool | Unset = UNSET,
    add_types: Iterable[str] = (),
) -> Registry:
    """Renames or describes a registry, or changes who sees it and what it takes.

    Types are only added: what is linked already stays legal.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor does not administer it.
        InvalidInput: A name or type that is not legal, or a description that is too long.
        AlreadyExists: The new name is taken.
    """
    old = find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    if not isinstance(new_name, Unset):
        check_registry_name(new_name)
    if not isinstance(description, Unset):
        description = _described(description)
    new = tx.registries.update_registry(
        old.id,
        RegistryUpdate(
            name=new_name,
            description=description,
            visibility=visibility,
            allows_any_type=allows_any_type,
        ),
    )
    known = {its_type.name for its_type in tx.artifacts.types(old.id)}
    added = [one for one in add_types if check_type_name(one) not in known]
    for one in added:
        ensure_type(tx, old.id, one)
    if new.name != old.name:
        change = NewRegistryChange(RegistryChangeKind.RENAMED, detail=f"{old.name} → {new.name}")
        note(tx, actor, new.id, change)
    if new.description != old.description:
        note(tx, actor, new.id, NewRegistryChange(RegistryChangeKind.DESCRIBED))
    if new.visibility is not old.visibility:
        change = NewRegistryChange(
            RegistryChangeKind.VISIBILITY_CHANGED, detail=new.visibility.value
        )
        note(tx, actor, new.id, change)
    if added or new.allows_any_type is not old.allows_any_type:
        types = [its_type.name for its_type in tx.artifacts.types(new.id)]
        detail = None if new.allows_any_type else ", ".join(types)
        note(tx, actor, new.id, NewRegistryChange(RegistryChangeKind.TYPES_CHANGED, detail=detail))
    return new


def delete_registry(tx: Transaction, actor: Actor, organization: str, name: str) -> Registry:
    """Deletes a registry with its collections; the versions stay where they were logged.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor does not administer it.
    """
    found = find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    num = len(tx.artifacts.collections(found.id))
    gone = NewRegistryChange(RegistryChangeKind.DELETED, detail=f"{num}" if num else None)
    note(tx, actor, found.id, gone)
    tx.projects.delete_project(found.id)
    return found


# Members


def list_registry_members(
    snapshot: Snapshot, actor: Actor, organization: str, name: str
) -> Sequence[RegistryMember]:
    """Who was added to a registry: users first, then teams, each by name.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
    """
    found = find_registry(snapshot, actor, organization, name)
    return snapshot.registries.members(found.id)


def set_registry_member(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    member: str,
    role: RegistryRole | None = None,
) -> RegistryMember:
    """Adds a user or team to a registry, or changes the role.

    Args:
        role: Where none is named: viewer, for a service account member; a member's stays.

    Raises:
        NotFound: No such registry, or the actor may not know of it; or no such user or team.
        PermissionDenied: The actor does not administer it.
        InvalidInput: The user or team is not in the organization, or may not have that role.
    """
    found = find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    entity = _member_to_be(tx, found, member)
    user = tx.accounts.user(entity.id)
    is_service = user is not None and user.is_service
    before = {one.entity_id: one for one in tx.registries.members(found.id)}.get(entity.id)
    if role is None:
        new = RegistryRole.MEMBER if is_service else RegistryRole.VIEWER
        role = new if before is None else before.role
    if before is None or before.role is not role:
        tx.registries.set_member(found.id, entity.id, role)
        kind = (
            RegistryChangeKind.MEMBER_ADDED if before is None else RegistryChangeKind.MEMBER_CHANGED
        )
        note(tx, actor, found.id, NewRegistryChange(kind, member=entity.name, detail=role.value))
    return RegistryMember(entity.id, entity.name, entity.kind is EntityKind.TEAM, role)


def remove_registry_member(
    tx: Transaction, actor: Actor, organization: str, name: str, member: str
) -> None:
    """Takes a user or team out of a registry; whoever is in it may leave.

    Raises:
        NotFound: No such registry, or the actor may not know of it; or no such member.
        PermissionDenied: The actor neither administers it nor is that member.
    """
    found = find_registry(tx, actor, organization, name)
    entity = tx.accounts.entity(member)
    if entity is None or entity.id != actor.user_id:
        find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    if entity is None or all(one.entity_id != entity.id for one in tx.registries.members(found.id)):
        raise NotFound(f"{member} is no member of the registry {found.organization}/{found.name}.")
    tx.registries.remove_member(found.id, entity.id)
    change = NewRegistryChange(RegistryChangeKind.MEMBER_REMOVED, member=entity.name)
    note(tx, actor, found.id, change)


def _member_to_be(snapshot: Snapshot, registry: Registry, name: str) -> Entity:
    entity = snapshot.accounts.entity(name)
    if entity is None or entity.kind is EntityKind.ORGANIZATION:
        raise NotFound(f"There is no user or team {name}.")
    if entity.kind is EntityKind.TEAM:
        is_within = entity.organization_id == registry.organization_id
    else:
        direct = snapshot.accounts.organization_members(registry.organization_id)
        is_within = any(one.user_id == entity.id for one in direct) or any(
            team.organization_id == registry.organization_id
            for team, _role in snapshot.accounts.teams_of(entity.id)
        )
    if not is_within:
        raise InvalidInput(
            f"{entity.name} is not in the organization {registry.organization}, whose registry "
            "this is; an administrator of the server can add them to it first.",
            code="not-in-organization",
        )
    return entity


# Protected aliases and the change log


def protect_alias(
    tx: Transaction, actor: Actor, organization: str, name: str, alias: str
) -> Sequence[str]:
    """Lets only administrators set an alias in a registry; returns all that are protected.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor does not administer it.
        InvalidInput: Not a legal alias, or `latest`.
    """
    found = find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    if check_protectable(alias) not in tx.registries.protected_aliases(found.id):
        tx.registries.protect_alias(found.id, alias)
        note(
            tx, actor, found.id, NewRegistryChange(RegistryChangeKind.ALIAS_PROTECTED, alias=alias)
        )
    return tx.registries.protected_aliases(found.id)


def unprotect_alias(
    tx: Transaction, actor: Actor, organization: str, name: str, alias: str
) -> Sequence[str]:
    """Lets every member set an alias again; returns those that are still protected.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor does not administer it.
    """
    found = find_registry(tx, actor, organization, name, RegistryAction.ADMINISTER)
    if alias in tx.registries.protected_aliases(found.id):
        tx.registries.unprotect_alias(found.id, alias)
        note(
            tx,
            actor,
            found.id,
            NewRegistryChange(RegistryChangeKind.ALIAS_UNPROTECTED, alias=alias),
        )
    return tx.registries.protected_aliases(found.id)


def list_changes(
    snapshot: Snapshot,
    actor: Actor,
    organization: str,
    name: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Sequence[RegistryChange], bool]:
    """What happened in a registry, the newest first, and whether more follows.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    found = find_registry(snapshot, actor, organization, name)
    _check_limit(limit)
    page = snapshot.registries.changes(
        found.organization_id, found.id, before=before, limit=limit + 1
    )
    return page[:limit], len(page) > limit


def list_organization_changes(
    snapshot: Snapshot,
    actor: Actor,
    organization: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Sequence[RegistryChange], bool]:
    """What happened in all registries of an organization, deleted ones too, the newest first.

    Raises:
        NotFound: No such organization, or the actor is not in it.
        PermissionDenied: The actor does not administer the organization.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    place = find_organization(snapshot, actor, organization)
    if organization_role(snapshot, actor, place.id) is not Role.ADMIN:
        raise PermissionDenied(
            f"Only administrators of {place.name} see what happened in all of its registries; "
            "each registry has a list of its own."
        )
    _check_limit(limit)
    page = snapshot.registries.changes(place.id, before=before, limit=limit + 1)
    return page[:limit], len(page) > limit


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MAX_CHANGES:
        raise InvalidInput(f"A page has 1 to {MAX_CHANGES:,} changes, not {limit}.")


def _owner(snapshot: Snapshot, organization: Organization) -> Entity:
    found = snapshot.accounts.organization_entity(organization.id)
    if found is None:
        raise NotFound(f"The organization {organization.name} has no entity for registries.")
    return found


def _described(description: str) -> str:
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidInput(
            f"The description has {len(description):,} characters; at most "
            f"{MAX_DESCRIPTION_CHARS:,} are allowed.",
            code="description-too-long",
        )
    return clean_text(description)
