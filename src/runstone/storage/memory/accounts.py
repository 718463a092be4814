"""Users, teams, keys and sessions in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from runstone.domain.access import Role
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Membership, Organization, User
from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.ids import ApiKeyId, EntityId, OrganizationId
from runstone.ports.accounts import Accounts
from runstone.storage.memory.tables import Account, Key, Tables, Token, text

Named = TypeVar("Named", Entity, User, Organization)
Id = TypeVar("Id")


class MemoryAccounts(Accounts):
    """Accounts among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    # Look-ups

    def entity(self, name: str) -> Entity | None:
        return _named(self._tables.entities, name)

    def entity_by_id(self, entity: EntityId) -> Entity | None:
        return self._tables.entities.get(entity)

    def entities(self, kind: EntityKind | None = None) -> Sequence[Entity]:
        return _by_name([e for e in self._tables.entities.values() if kind in (None, e.kind)])

    def user(self, user: EntityId) -> User | None:
        account = self._tables.accounts.get(user)
        if account is None:
            return None
        entity = self._tables.entities[user]
        return User(
            user,
            entity.name,
            account.full_name,
            account.email,
            account.is_admin,
            entity.created_at,
            account.is_service,
        )

    def users(self) -> Sequence[User]:
        return _by_name([u for i in self._tables.accounts if (u := self.user(i)) is not None])

    def password_hash(self, user: EntityId) -> str | None:
        account = self._tables.accounts.get(user)
        return None if account is None else account.password_hash

    def organization(self, name: str) -> Organization | None:
        return _named(self._tables.organizations, name)

    def organization_entity(self, organization: OrganizationId) -> Entity | None:
        for entity in self._tables.entities.values():
            address = (entity.kind, entity.organization_id)
            if address == (EntityKind.ORGANIZATION, organization):
                return entity
        return None

    def organizations(self) -> Sequence[Organization]:
        return _by_name(list(self._tables.organizations.values()))

    def members(self, team: EntityId) -> Sequence[Membership]:
        return self._memberships(self._tables.team_members, team)

    def teams_of(self, user: EntityId) -> Sequence[tuple[Entity, Role]]:
        roles = {t: role for (t, u), role in self._tables.team_members.items() if u == user}
        teams = _by_name([self._tables.entities[team] for team in roles])
        return [(team, roles[team.id]) for team in teams]

    def organization_members(self, organization: OrganizationId) -> Sequence[Membership]:
        return self._memberships(self._tables.organization_members, organization)

    def keys(self, user: EntityId | None = None) -> Sequence[ApiKey]:
        found = [
            self._key(identifier)
            for identifier, key in self._tables.keys.items()
            if user in (None, key.user_id)
        ]
        return sorted(found, key=lambda key: (key.created_at, key.id), reverse=True)

    def key_by_hash(self, secret_hash: bytes) -> ApiKey | None:
        for identifier, key in self._tables.keys.items():
            if key.secret_hash == secret_hash:
                return self._key(identifier)
        return None

    def session_user(self, token_hash: bytes) -> EntityId | None:
        session = self._tables.sessions.get(token_hash)
        return session.user_id if session and session.expires_at > self._now else None

    # Changes

    def create_user(
        self,
        username: str,
        *,
        full_name: str,
        email: str | None,
        is_admin: bool,
        is_service: bool = False,
    ) -> User:
        entity = self._create_entity(username, EntityKind.USER, None)
        self._tables.accounts[entity.id] = Account(text(full_name), email, is_admin, is_service)
        return User(entity.id, username, full_name, email, is_admin, self._now, is_service)

    def create_team(self, name: str, organization: OrganizationId | None) -> Entity:
        team = self._create_entity(name, EntityKind.TEAM, organization)
        if organization is not None:
            _require(self._tables.organizations, organization)
        return team

    def create_organization(self, name: str) -> Organization:
        if self.organization(name):
            raise AlreadyExists(f"There is an organization {name} already.")
        identifier = OrganizationId(self._tables.next_id("organization"))
        created = Organization(identifier, name, self._now)
        self._tables.organizations[identifier] = created
        return created

    def create_organization_entity(self, organization: OrganizationId, name: str) -> Entity:
        _require(self._tables.organizations, organization)
        if self.organization_entity(organization):
            raise AlreadyExists("The organization has an entity already.")
        return self._create_entity(name, EntityKind.ORGANIZATION, organization)

    def delete_entity(self, entity: EntityId) -> None:
        tables = self._tables
        if num := sum(p.entity_id == entity for p in tables.projects.values()):
            raise Conflict(f"It still owns {num} project(s).", num_projects=num)
        if num := sum(run.user_id == entity for run in tables.runs.values()):
            raise Conflict(f"{num} run(s) were made by this user.", num_runs=num)
        _require(tables.entities, entity)
        del tables.entities[entity]
        tables.accounts.pop(entity, None)
        tables.team_members = {k: v for k, v in tables.team_members.items() if entity not in k}
        tables.registry_members = {
            k: v for k, v in tables.registry_members.items() if k[1] != entity
        }
        tables.organization_members = {
            k: v for k, v in tables.organization_members.items() if k[1] != entity
        }
        tables.keys = {k: v for k, v in tables.keys.items() if v.user_id != entity}
        tables.sessions = {k: v for k, v in tables.sessions.items() if v.user_id != entity}
        tables.links = {k: v for k, v in tables.links.items() if v.user_id != entity}
        tables.custom_charts = {
            k: replace(v, user_id=None) if v.user_id == entity else v
            for k, v in tables.custom_charts.items()
            if v.entity_id != entity
        }
        tables.views = {
            k: replace(v, user_id=None) if v.user_id == entity else v
            for k, v in tables.views.items()
        }

    def delete_organization(self, organization: OrganizationId) -> None:
        tables = self._tables
        _require(tables.organizations, organization)
        own = self.organization_entity(organization)
        if own is not None:
            if num := sum(project.entity_id == own.id for project in tables.projects.values()):
                raise Conflict(f"It still has {num} registries.", num_registries=num)
            self.delete_entity(own.id)
        del tables.organizations[organization]
        tables.registry_changes = {
            k: v for k, v in tables.registry_changes.items() if v.organization_id != organization
        }
        tables.organization_members = {
            k: v for k, v in tables.organization_members.items() if k[0] != organization
        }
        for entity in tables.entities.values():
            if entity.organization_id == organization:
                tables.entities[entity.id] = replace(entity, organization_id=None)

    def set_password_hash(self, user: EntityId, password_hash: str | None) -> None:
        account = _require(self._tables.accounts, user)
        self._tables.accounts[user] = replace(account, password_hash=password_hash)

    def set_member(self, team: EntityId, user: EntityId, role: Role) -> None:
        _require(self._tables.entities, team)
        _require(self._tables.accounts, user)
        self._tables.team_members[team, user] = role

    def remove_member(self, team: EntityId, user: EntityId) -> None:
        self._tables.team_members.pop((team, user), None)

    def set_organization_member(
        self, organization: OrganizationId, user: EntityId, role: Role
    ) -> None:
        _require(self._tables.organizations, organization)
        _require(self._tables.accounts, user)
        self._tables.organization_members[organization, user] = role

    def create_key(
        self,
        user: EntityId,
        *,
        name: str,
        secret_hash: bytes,
        hint: str,
        expires_at: datetime | None,
    ) -> ApiKey:
        if self.key_by_hash(secret_hash):
            raise AlreadyExists("This API key is registered already.")
        _require(self._tables.accounts, user)
        identifier = ApiKeyId(self._tables.next_id("key"))
        self._tables.keys[identifier] = Key(
            user, text(name), secret_hash, hint, self._now, None, expires_at
        )
        return self._key(identifier)

    def delete_key(self, key: ApiKeyId) -> None:
        _require(self._tables.keys, key)
        del self._tables.keys[key]

    def touch_key(self, key: ApiKeyId) -> None:
        if key in self._tables.keys:
            self._tables.keys[key] = replace(self._tables.keys[key], last_used_at=self._now)

    def create_session(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        _require(self._tables.accounts, user)
        self._tables.sessions[token_hash] = Token(user, expires_at)

    def delete_session(self, token_hash: bytes) -> None:
        self._tables.sessions = {
            digest: session
            for digest, session in self._tables.sessions.items()
            if digest != token_hash and session.expires_at > self._now
        }

    def create_sign_in_link(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        _require(self._tables.accounts, user)
        self._tables.links[token_hash] = Token(user, expires_at)

    def use_sign_in_link(self, token_hash: bytes) -> EntityId | None:
        link = self._tables.links.pop(token_hash, None)
        return link.user_id if link and link.expires_at > self._now else None

    # Within

    def _create_entity(
        self, name: str, kind: EntityKind, organization: OrganizationId | None
    ) -> Entity:
        if self.entity(name):
            raise AlreadyExists(f"{name} is taken.")
        identifier = EntityId(self._tables.next_id("entity"))
        entity = Entity(identifier, name, kind, organization, self._now)
        self._tables.entities[identifier] = entity
        return entity

    def _memberships(self, roles: Mapping[tuple[Id, EntityId], Role], of: Id) -> list[Membership]:
        found = {user: role for (owner, user), role in roles.items() if owner == of}
        users = _by_name([self._tables.entities[user] for user in found])
        return [Membership(user.id, user.name, found[user.id]) for user in users]

    def _key(self, identifier: ApiKeyId) -> ApiKey:
        key = self._tables.keys[identifier]
        return ApiKey(
            identifier,
            key.user_id,
            self._tables.entities[key.user_id].name,
            key.name,
            key.hint,
            key.created_at,
            key.last_used_at,
            key.expires_at,
        )


Value = TypeVar("Value")


def _require(table: Mapping[Id, Value], identifier: Id) -> Value:
    found = table.get(identifier)
    if found is None:
        raise NotFound("It is gone already.")
    return found


def _named(table: Mapping[Id, Named], name: str) -> Named | None:
    wanted = text(name).lower()
    return next((found for found in table.values() if _name(found).lower() == wanted), None)


def _by_name(found: list[Named]) -> list[Named]:
    return sorted(found, key=lambda value: _name(value).lower())


def _name(value: Entity | User | Organization) -> str:
    return value.username if isinstance(value, User) else value.name
