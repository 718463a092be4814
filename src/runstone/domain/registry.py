"""Registries: where an organization keeps the versions that count, whoever logged them.

A registry holds collections of links to versions of any project. It is a project of the
organization's own entity, called `wandb-registry-<name>`, which holds no runs: so every client that
knows projects, collections and aliases knows registries. Who may do what in one is said by the
roles here, not by those of a team.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from runstone.domain.artifact import LATEST, check_alias
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import (
    EntityId,
    OrganizationId,
    ProjectId,
    RegistryChangeId,
)
from runstone.domain.names import MAX_NAME_CHARS, check_project_name
from runstone.domain.run import UNSET, Unset

PREFIX: Final = "wandb-registry-"
"""How the projects that are registries begin; no other project may be called so."""


class RegistryVisibility(StrEnum):
    """Who sees a registry without being added to it."""

    ORGANIZATION = "organization"
    RESTRICTED = "restricted"


class RegistryRole(StrEnum):
    """What a member may do in a registry."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    RESTRICTED_VIEWER = "restricted_viewer"


class RegistryAction(StrEnum):
    """What someone wants to do in a registry."""

    SEE = "see"
    USE = "use"
    LINK = "link"
    ADMINISTER = "administer"


_NEEDED: Final = {
    RegistryAction.SEE: RegistryRole.RESTRICTED_VIEWER,
    RegistryAction.USE: RegistryRole.VIEWER,
    RegistryAction.LINK: RegistryRole.MEMBER,
    RegistryAction.ADMINISTER: RegistryRole.ADMIN,
}
_FROM_HIGH_TO_LOW: Final = tuple(RegistryRole)


def role_allows(role: RegistryRole, action: RegistryAction) -> bool:
    """Whether whoever has `role` may do `action`."""
    return _FROM_HIGH_TO_LOW.index(role) <= _FROM_HIGH_TO_LOW.index(_NEEDED[action])


def highest(roles: list[RegistryRole]) -> RegistryRole | None:
    """The one that allows most; None of none."""
    return min(roles, key=_FROM_HIGH_TO_LOW.index, default=None)


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry.

    Attributes:
        id: Of the project that it is.
        name: Without the prefix of the project's name.
        allows_any_type: Links of any type are taken; else those of the project's types alone.
        user_id: Who made it; None for the operator, or someone who is gone.
    """

    id: ProjectId
    entity_id: EntityId
    entity: str
    organization_id: OrganizationId
    organization: str
    name: str
    description: str
    visibility: RegistryVisibility
    allows_any_type: bool
    user_id: EntityId | None
    created_at: datetime
    updated_at: datetime

    @property
    def project_name(self) -> str:
        """What it is called as a project."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class RegistryUpdate:
    """What changes in a registry; UNSET stays."""

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    visibility: RegistryVisibility | Unset = UNSET
    allows_any_type: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class RegistryMember:
    """A user or a team in a registry."""

    entity_id: EntityId
    name: str
    is_team: bool
    role: RegistryRole


class RegistryChangeKind(StrEnum):
    """What happened in a registry."""

    CREATED = "created"
    RENAMED = "renamed"
    DESCRIBED = "described"
    VISIBILITY_CHANGED = "visibility_changed"
    TYPES_CHANGED = "types_changed"
    DELETED = "deleted"
    LINKED = "linked"
    UNLINKED = "unlinked"
    ALIAS_SET = "alias_set"
    ALIAS_MOVED = "alias_moved"
    ALIAS_REMOVED = "alias_removed"
    ALIAS_PROTECTED = "alias_protected"
    ALIAS_UNPROTECTED = "alias_unprotected"
    MEMBER_ADDED = "member_added"
    MEMBER_CHANGED = "member_changed"
    MEMBER_REMOVED = "member_removed"
    COLLECTION_CREATED = "collection_created"
    COLLECTION_CHANGED = "collection_changed"
    COLLECTION_DELETED = "collection_deleted"


@dataclass(frozen=True, slots=True)
class NewRegistryChange:
    """What is written down of a change: names as they were then.

    Attributes:
        version: Its number in the collection.
        before: Where a moved alias stood.
        source: Where a linked version was logged: `entity/project/collection:v3`.
        member: The user or team.
        detail: What else there is to say: the new name, the role, the types.
    """

    kind: RegistryChangeKind
    collection: str | None = None
    version: int | None = None
    before: int | None = None
    alias: str | None = None
    source: str | None = None
    member: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryChange:
    """A change as it was written down; it outlives the registry.

    Attributes:
        registry: What it was called then.
        username: Who did it.
    """

    id: RegistryChangeId
    registry_id: ProjectId
    registry: str
    username: str
    at: datetime
    change: NewRegistryChange


def is_registry_name(project: str) -> bool:
    """Whether only a registry may have this name as a project."""
    return project.startswith(PREFIX)


def check_registry_name(name: str) -> str:
    """Returns `name` if a registry may be called so.

    Raises:
        InvalidInput: Not a legal name of a project, or too long with the prefix.
    """
    if name.startswith(PREFIX):
        raise InvalidInput(
            f"{name[:80]!r} cannot be a registry: leave out {PREFIX!r}, which comes before its "
            "name by itself.",
            code="invalid-name",
        )
    if len(PREFIX) + len(name) > MAX_NAME_CHARS:
        raise InvalidInput(
            f"{name[:60]!r}… cannot be a registry: it has {len(name):,} characters, at most "
            f"{MAX_NAME_CHARS - len(PREFIX)} are allowed.",
            code="invalid-name",
        )
    check_project_name(name)
    return name


def check_protectable(alias: str) -> str:
    """Returns `alias` if it may be protected.

    Raises:
        InvalidInput: Not a legal alias, or `latest`, which every link moves.
    """
    if alias == LATEST:
        raise InvalidInput(
            "latest cannot be protected: it moves with every version that is linked. Protect an "
            "alias that people set, such as production.",
            code="invalid-name",
        )
    return check_alias(alias)
