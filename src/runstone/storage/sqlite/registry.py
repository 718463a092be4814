"""Registries in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain.accounts import EntityKind
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import EntityId, OrganizationId, ProjectId
from runstone.domain.registry import (
    PREFIX,
    NewRegistryChange,
    Registry,
    RegistryChange,
    RegistryChangeKind,
    RegistryMember,
    RegistryRole,
    RegistryUpdate,
    RegistryVisibility,
)
from runstone.domain.run import Unset
from runstone.ports.registry import Registries
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, to_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/registry.sql")
_PAST_ALL: Final = 2**62


class SqliteRegistries(Registries):
    """Registries within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def registry(self, registry: ProjectId) -> Registry | None:
        rows = self._rows("registry", registry)
        return _registry(rows[0]) if rows else None

    def registry_by_name(self, organization: OrganizationId, name: str) -> Registry | None:
        rows = self._rows("registry_by_name", organization, PREFIX + name)
        return _registry(rows[0]) if rows else None

    def registries(self, organization: OrganizationId | None = None) -> Sequence[Registry]:
        if organization is None:
            return [_registry(row) for row in self._rows("registries")]
        return [_registry(row) for row in self._rows("registries_of", organization)]

    def members(self, registry: ProjectId) -> Sequence[RegistryMember]:
        return [
            RegistryMember(entity, name, EntityKind(kind) is EntityKind.TEAM, RegistryRole(role))
            for entity, name, kind, role in self._rows("members", registry)
        ]

    def protected_aliases(self, registry: ProjectId) -> Sequence[str]:
        return [alias for (alias,) in self._rows("protected_aliases", registry)]

    def changes(
        self,
        organization: OrganizationId,
        registry: ProjectId | None = None,
        *,
        before: int | None = None,
        limit: int,
    ) -> Sequence[RegistryChange]:
        start = _PAST_ALL if before is None else before
        if registry is None:
            rows = self._rows("changes_of_organization", organization, start, max(limit, 0))
        else:
            rows = self._rows("changes_of_registry", registry, start, max(limit, 0))
        return [_change(row) for row in rows]

    # Changes

    def create_registry(
        self,
        project: ProjectId,
        *,
        visibility: RegistryVisibility,
        allows_any_type: bool,
        user: EntityId | None,
    ) -> Registry:
        if self.registry(project) is not None:
            raise AlreadyExists("The project is a registry already.")
        if self._rows("owner_of_project", project) != [(EntityKind.ORGANIZATION.value,)]:
            raise NotFound("There is no such project of an organization.")
        self._rows("insert_registry", project, visibility.value, int(allows_any_type), user)
        return self._existing(project)

    def update_registry(self, registry: ProjectId, update: RegistryUpdate) -> Registry:
        old = self._existing(registry)
        name = old.project_name if isinstance(update.name, Unset) else PREFIX + update.name
        taken = self._rows("project_called", old.entity_id, name)
        if taken and taken[0][0] != registry:
            raise AlreadyExists(
                f"There is a registry {name.removeprefix(PREFIX)} already; choose another name."
            )
        said = old.description if isinstance(update.description, Unset) else update.description
        seen = old.visibility if isinstance(update.visibility, Unset) else update.visibility
        any_type = (
            old.allows_any_type
            if isinstance(update.allows_any_type, Unset)
            else update.allows_any_type
        )
        self._rows("update_registry", seen.value, int(any_type), registry)
        self._rows("update_project", name, said, to_micros(self._now), registry)
        return self._existing(registry)

    def set_member(self, registry: ProjectId, entity: EntityId, role: RegistryRole) -> None:
        self._rows("set_member", registry, entity, role.value)

    def remove_member(self, registry: ProjectId, entity: EntityId) -> None:
        self._rows("remove_member", registry, entity)

    def protect_alias(self, registry: ProjectId, alias: str) -> None:
        self._rows("protect_alias", registry, alias)

    def unprotect_alias(self, registry: ProjectId, alias: str) -> None:
        self._rows("unprotect_alias", registry, alias)

    def add_change(self, registry: ProjectId, username: str, change: NewRegistryChange) -> None:
        found = self._existing(registry)
        self._rows(
            "insert_change",
            found.organization_id,
            registry,
            found.name,
            username,
            to_micros(self._now),
            change.kind.value,
            change.collection,
            change.version,
            change.before,
            change.alias,
            change.source,
            change.member,
            change.detail,
        )

    def _existing(self, registry: ProjectId) -> Registry:
        found = self.registry(registry)
        if found is None:
            raise NotFound("The registry is gone.")
        return found

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _registry(row: Any) -> Registry:
    (
        identifier,
        entity_id,
        entity,
        organization_id,
        organization,
        name,
        description,
        visibility,
        allows_any_type,
        user,
        created,
        updated,
    ) = row
    return Registry(
        identifier,
        entity_id,
        entity,
        organization_id,
        organization,
        name.removeprefix(PREFIX),
        description,
        RegistryVisibility(visibility),
        bool(allows_any_type),
        user,
        from_micros(created),
        from_micros(updated),
    )


def _change(row: Any) -> RegistryChange:
    identifier, registry_id, registry, username, at, kind, *more = row
    change = NewRegistryChange(RegistryChangeKind(kind), *more)
    return RegistryChange(identifier, registry_id, registry, username, from_micros(at), change)
