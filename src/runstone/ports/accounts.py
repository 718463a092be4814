"""Users, teams, organizations, their keys and sessions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from runstone.domain.access import Role
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Membership, Organization, User
from runstone.domain.ids import ApiKeyId, EntityId, OrganizationId


class AccountsReader(ABC):
    """Look-ups answer None for what is absent; lists are ordered by name."""

    @abstractmethod
    def entity(self, name: str) -> Entity | None:
        """The user or team of that name; names are compared without regard to case."""

    @abstractmethod
    def entity_by_id(self, entity: EntityId) -> Entity | None:
        """The user or team with that id."""

    @abstractmethod
    def entities(self, kind: EntityKind | None = None) -> Sequence[Entity]:
        """All users and teams, or one kind."""

    @abstractmethod
    def user(self, user: EntityId) -> User | None:
        """The user with that id."""

    @abstractmethod
    def users(self) -> Sequence[User]:
        """All users."""

    @abstractmethod
    def password_hash(self, user: EntityId) -> str | None:
        """The user's password hash; None where none was set."""

    @abstractmethod
    def organization(self, name: str) -> Organization | None:
        """The organization of that name."""

    @abstractmethod
    def organization_entity(self, organization: OrganizationId) -> Entity | None:
        """The entity that stands for an organization."""

    @abstractmethod
    def organizations(self) -> Sequence[Organization]:
        """All organizations."""

    @abstractmethod
    def members(self, team: EntityId) -> Sequence[Membership]:
        """Who is in a team."""

    @abstractmethod
    def teams_of(self, user: EntityId) -> Sequence[tuple[Entity, Role]]:
        """The teams a user is in, and as what."""

    @abstractmethod
    def organization_members(self, organization: OrganizationId) -> Sequence[Membership]:
        """Who is in an organization."""

    @abstractmethod
    def keys(self, user: EntityId | None = None) -> Sequence[ApiKey]:
        """Keys of one user or of all, newest first; deleted ones are gone."""

    @abstractmethod
    def key_by_hash(self, secret_hash: bytes) -> ApiKey | None:
        """The key whose secret has this hash."""

    @abstractmethod
    def session_user(self, token_hash: bytes) -> EntityId | None:
        """Whose unexpired session (as of the snapshot's `now`) has this hash."""


class Accounts(AccountsReader):
    """Changes raise AlreadyExists for a name or secret that is taken, NotFound for lost ids.

    No id is used again after what it stood for was deleted.
    """

    @abstractmethod
    def create_user(
        self,
        username: str,
        *,
        full_name: str,
        email: str | None,
        is_admin: bool,
        is_service: bool = False,
    ) -> User:
        """A new user and the personal entity of the same name."""

    @abstractmethod
    def create_team(self, name: str, organization: OrganizationId | None) -> Entity:
        """A new team without members."""

    @abstractmethod
    def create_organization(self, name: str) -> Organization:
        """A new organization without members."""

    @abstractmethod
    def create_organization_entity(self, organization: OrganizationId, name: str) -> Entity:
        """The entity that an organization's registries belong to.

        Raises:
            AlreadyExists: It has one, or a user, team or organization has that name.
        """

    @abstractmethod
    def delete_entity(self, entity: EntityId) -> None:
        """Removes a user or team with keys, sessions, sign-in links, memberships, custom charts.

        Raises:
            Conflict: It still owns projects, or (a user) still has runs in others' projects.
        """

    @abstractmethod
    def delete_organization(self, organization: OrganizationId) -> None:
        """Removes an organization with its own entity; its teams stay, outside of any.

        Raises:
            Conflict: It still has registries.
        """

    @abstractmethod
    def set_password_hash(self, user: EntityId, password_hash: str | None) -> None:
        """Replaces or clears the user's password."""

    @abstractmethod
    def set_member(self, team: EntityId, user: EntityId, role: Role) -> None:
        """Adds a member or changes the role."""

    @abstractmethod
    def remove_member(self, team: EntityId, user: EntityId) -> None:
        """Removes a member; nothing happens for someone who is none."""

    @abstractmethod
    def set_organization_member(
        self, organization: OrganizationId, user: EntityId, role: Role
    ) -> None:
        """Adds a member or changes the role."""

    @abstractmethod
    def create_key(
        self,
        user: EntityId,
        *,
        name: str,
        secret_hash: bytes,
        hint: str,
        expires_at: datetime | None,
    ) -> ApiKey:
        """A new key; AlreadyExists when that secret is registered already."""

    @abstractmethod
    def delete_key(self, key: ApiKeyId) -> None:
        """Removes a key: it opens nothing from the moment this is durable."""

    @abstractmethod
    def touch_key(self, key: ApiKeyId) -> None:
        """Notes that the key was used now; nothing happens for one that is gone."""

    @abstractmethod
    def create_session(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        """Opens a browser session."""

    @abstractmethod
    def delete_session(self, token_hash: bytes) -> None:
        """Ends a session; nothing happens where there is none. Expired ones go along."""

    @abstractmethod
    def create_sign_in_link(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        """Notes a one-time sign-in token."""

    @abstractmethod
    def use_sign_in_link(self, token_hash: bytes) -> EntityId | None:
        """Whose unexpired, unused token this is; it is used up by this call."""
