"""Registries in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from runstone.domain.accounts import EntityKind
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import EntityId, OrganizationId, ProjectId, RegistryChangeId
from runstone.domain.registry import (
    PREFIX,
    NewRegistryChange,
    Registry,
    RegistryChange,
    RegistryMember,
    RegistryRole,
    RegistryUpdate,
    RegistryVisibility,
)
from runstone.domain.run import Unset
from runstone.ports.registry import Registries

if TYPE_CHECKING:
    from runstone.storage.memory.tables import Tables


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """What a registry has beside its project."""

    visibility: RegistryVisibility
    allows_any_type: bool
    user_id: EntityId | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change, and whose registries' it is."""

    organization_id: OrganizationId
    change: RegistryChange


class MemoryRegistries(Registries):
    """Registries among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def registry(self, registry: ProjectId) -> Registry | None:
        row = self._tables.registries.get(registry)
        if row is None:
            return None
        project = self._tables.projects[registry]
        organization_id = self._tables.entities[project.entity_id].organization_id
        assert organization_id is not None
        user = row.user_id if row.user_id in self._tables.accounts else None
        return Registry(
            registry,
            project.entity_id,
            project.entity,
            organization_id,
            self._tables.organizations[organization_id].name,
            project.name.removeprefix(PREFIX),
            project.description,
            row.visibility,
            row.allows_any_type,
            user,
            project.created_at,
            project.updated_at,
        )

    def registry_by_name(self, organization: OrganizationId, name: str) -> Registry | None:
        return next((one for one in self.registries(organization) if one.name == name), None)

    def registries(self, organization: OrganizationId | None = None) -> Sequence[Registry]:
        found = (
            self.registry(key)
            for key in sorted(self._tables.registries)
            if self._tables.projects[key].deleted_at is None
        )
        return [
            one for one in found if one is not None and organization in (None, one.organization_id)
        ]

    def members(self, registry: ProjectId) -> Sequence[RegistryMember]:
        found = [
            (self._tables.entities[entity], role)
            for (of, entity), role in self._tables.registry_members.items()
            if of == registry and entity in self._tables.entities
        ]
        members = [
            RegistryMember(entity.id, entity.name, entity.kind is EntityKind.TEAM, role)
            for entity, role in found
        ]
        return sorted(members, key=lambda member: (member.is_team, member.name.lower()))

    def protected_aliases(self, registry: ProjectId) -> Sequence[str]:
        return sorted(alias for of, alias in self._tables.protected_aliases if of == registry)

    def changes(
        self,
        organization: OrganizationId,
        registry: ProjectId | None = None,
        *,
        before: int | None = None,
        limit: int,
    ) -> Sequence[RegistryChange]:
        found = [
            row.change
            for row in reversed(self._tables.registry_changes.values())
            if row.organization_id == organization
            and registry in (None, row.change.registry_id)
            and (before is None or row.change.id < before)
        ]
        return found[: max(limit, 0)]

    # Changes

    def create_registry(
        self,
        project: ProjectId,
        *,
        visibility: RegistryVisibility,
        allows_any_type: bool,
        user: EntityId | None,
    ) -> Registry:
        if project in self._tables.registries:
            raise AlreadyExists("The project is a registry already.")
        found = self._tables.projects.get(project)
        owner = None if found is None else self._tables.entities[found.entity_id]
        if owner is None or owner.kind is not EntityKind.ORGANIZATION:
            raise NotFound("There is no such project of an organization.")
        self._tables.registries[project] = RegistryRow(visibility, allows_any_type, user)
        return self._existing(project)

    def update_registry(self, registry: ProjectId, update: RegistryUpdate) -> Registry:
        old = self._existing(registry)
        name = old.name if isinstance(update.name, Unset) else update.name
        for other in self._tables.projects.values():
            address = (other.entity_id, other.name)
            if address == (old.entity_id, PREFIX + name) and other.id != registry:
                raise AlreadyExists(f"There is a registry {name} already; choose another name.")
        said = old.description if isinstance(update.description, Unset) else update.description
        self._tables.projects[registry] = replace(
            self._tables.projects[registry],
            name=PREFIX + name,
            description=said,
            updated_at=self._now,
        )
        row = self._tables.registries[registry]
        self._tables.registries[registry] = replace(
            row,
            visibility=row.visibility
            if isinstance(update.visibility, Unset)
            else update.visibility,
            allows_any_type=row.allows_any_type
            if isinstance(update.allows_any_type, Unset)
            else update.allows_any_type,
        )
        return self._existing(registry)

    def set_member(self, registry: ProjectId, entity: EntityId, role: RegistryRole) -> None:
        self._existing(registry)
        if entity not in self._tables.entities:
            raise NotFound("The user or team is gone.")
        self._tables.registry_members[registry, entity] = role

    def remove_member(self, registry: ProjectId, entity: EntityId) -> None:
        self._tables.registry_members.pop((registry, entity), None)

    def protect_alias(self, registry: ProjectId, alias: str) -> None:
        self._existing(registry)
        self._tables.protected_aliases[registry, alias] = True

    def unprotect_alias(self, registry: ProjectId, alias: str) -> None:
        self._tables.protected_aliases.pop((registry, alias), None)

    def add_change(self, registry: ProjectId, username: str, change: NewRegistryChange) -> None:
        found = self._existing(registry)
        identifier = RegistryChangeId(self._tables.next_id("registry change"))
        self._tables.registry_changes[identifier] = ChangeRow(
            found.organization_id,
            RegistryChange(identifier, registry, found.name, username, self._now, change),
        )

    def _existing(self, registry: ProjectId) -> Registry:
        found = self.registry(registry)
        if found is None:
            raise NotFound("The registry is gone.")
        return found


def forget_registry(tables: Tables, project: ProjectId) -> None:
    """Drops what is known of a registry with its project; its changes stay."""
    tables.registries.pop(project, None)
    tables.registry_members = {k: v for k, v in tables.registry_members.items() if k[0] != project}
    tables.protected_aliases = {
        k: v for k, v in tables.protected_aliases.items() if k[0] != project
    }
