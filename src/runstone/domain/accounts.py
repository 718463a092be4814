"""Users, teams, organizations, keys and sessions as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runstone.domain.access import Role
from runstone.domain.ids import ApiKeyId, EntityId, OrganizationId


class EntityKind(StrEnum):
    """What owns projects."""

    USER = "user"
    TEAM = "team"
    ORGANIZATION = "organization"
    """Stands for an organization as the owner of its registries, and owns nothing else."""


@dataclass(frozen=True, slots=True)
class Organization:
    """Holds teams and users together; its registries belong to an entity of its own."""

    id: OrganizationId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Entity:
    """A user or a team: the owner of projects, the first part of a run's address."""

    id: EntityId
    name: str
    kind: EntityKind
    organization_id: OrganizationId | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """A person, or a service that acts like one. `id` is also that of the personal entity.

    Attributes:
        is_service: No person: it has keys, which the administrators of its team make.
    """

    id: EntityId
    username: str
    full_name: str
    email: str | None
    is_admin: bool
    created_at: datetime
    is_service: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place in a team or organization."""

    user_id: EntityId
    username: str
    role: Role


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: never the secret, of which only a hash is kept."""

    id: ApiKeyId
    user_id: EntityId
    username: str
    name: str
    hint: str
    """First characters of the secret, enough to recognise it."""
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
