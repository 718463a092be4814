"""Users, teams, keys and sessions in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import apsw

from runstone.domain.access import Role
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Membership, Organization, User
from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.ids import ApiKeyId, EntityId, OrganizationId
from runstone.ports.accounts import Accounts
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, from_micros_or_none, to_micros
from runstone.storage.sql.values import to_micros_or_none as micros_or_none

T = TypeVar("T")

_SQL: Final = load("runstone.storage.sqlite", "queries/accounts.sql")


class SqliteAccounts(Accounts):
    """Accounts within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    # Look-ups

    def entity(self, name: str) -> Entity | None:
        return self._one(_entity, "entity_by_name", name.lower())

    def entity_by_id(self, entity: EntityId) -> Entity | None:
        return self._one(_entity, "entity_by_id", entity)

    def entities(self, kind: EntityKind | None = None) -> Sequence[Entity]:
        if kind is None:
            return [_entity(row) for row in self._rows("entities")]
        return [_entity(row) for row in self._rows("entities_of_kind", kind.value)]

    def user(self, user: EntityId) -> User | None:
        return self._one(_user, "user_by_id", user)

    def users(self) -> Sequence[User]:
        return [_user(row) for row in self._rows("users")]

    def password_hash(self, user: EntityId) -> str | None:
        rows = self._rows("password_hash", user)
        return rows[0][0] if rows else None

    def organization(self, name: str) -> Organization | None:
        return self._one(_organization, "organization_by_name", name.lower())

    def organization_entity(self, organization: OrganizationId) -> Entity | None:
        return self._one(_entity, "organization_entity", organization)

    def organizations(self) -> Sequence[Organization]:
        return [_organization(row) for row in self._rows("organizations")]

    def members(self, team: EntityId) -> Sequence[Membership]:
        return [_membership(row) for row in self._rows("members", team)]

    def teams_of(self, user: EntityId) -> Sequence[tuple[Entity, Role]]:
        return [(_entity(row[:5]), Role(row[5])) for row in self._rows("teams_of", user)]

    def organization_members(self, organization: OrganizationId) -> Sequence[Membership]:
        return [_membership(row) for row in self._rows("organization_members", organization)]

    def keys(self, user: EntityId | None = None) -> Sequence[ApiKey]:
        rows = self._rows("keys") if user is None else self._rows("keys_of", user)
        return [_key(row) for row in rows]

    def key_by_hash(self, secret_hash: bytes) -> ApiKey | None:
        return self._one(_key, "key_by_hash", secret_hash)

    def session_user(self, token_hash: bytes) -> EntityId | None:
        return self._one(
            lambda row: EntityId(row[0]), "session_user", token_hash, to_micros(self._now)
        )

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
        self._run("insert_user", entity.id, full_name, email, int(is_admin), int(is_service))
        return User(entity.id, username, full_name, email, is_admin, entity.created_at, is_service)

    def create_team(self, name: str, organization: OrganizationId | None) -> Entity:
        return self._create_entity(name, EntityKind.TEAM, organization)

    def create_organization(self, name: str) -> Organization:
        if self.organization(name):
            raise AlreadyExists(f"There is an organization {name} already; choose another name.")
        row = self._returned("insert_organization", name, name.lower(), to_micros(self._now))
        return Organization(OrganizationId(row[0]), name, self._now)

    def create_organization_entity(self, organization: OrganizationId, name: str) -> Entity:
        if self.organization_entity(organization):
            raise AlreadyExists("The organization has an entity already.")
        return self._create_entity(name, EntityKind.ORGANIZATION, organization)

    def delete_entity(self, entity: EntityId) -> None:
        if num := self._rows("count_projects_of", entity)[0][0]:
            raise Conflict(
                f"It still owns {num} project(s). Move or delete them first.", num_projects=num
            )
        if num := self._rows("count_runs_by", entity)[0][0]:
            raise Conflict(
                f"{num} run(s) in teams' projects were made by this user. Delete them first.",
                num_runs=num,
            )
        self._changed("delete_entity", entity)

    def delete_organization(self, organization: OrganizationId) -> None:
        own = self.organization_entity(organization)
        if own is not None:
            if num := self._rows("count_projects_of", own.id)[0][0]:
                raise Conflict(
                    f"It still has {num} registries. Delete them first.", num_registries=num
                )
            self._changed("delete_entity", own.id)
        self._changed("delete_organization", organization)

    def set_password_hash(self, user: EntityId, password_hash: str | None) -> None:
        self._changed("set_password_hash", password_hash, user)

    def set_member(self, team: EntityId, user: EntityId, role: Role) -> None:
        self._run("set_member", team, user, role.value)

    def remove_member(self, team: EntityId, user: EntityId) -> None:
        self._run("remove_member", team, user)

    def set_organization_member(
        self, organization: OrganizationId, user: EntityId, role: Role
    ) -> None:
        self._run("set_organization_member", organization, user, role.value)

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
            raise AlreadyExists("This API key is registered already; choose another value.")
        created, expires = to_micros(self._now), micros_or_none(expires_at)
        self._run("insert_key", user, name, secret_hash, hint, created, expires)
        key = self.key_by_hash(secret_hash)
        assert key is not None
        return key

    def delete_key(self, key: ApiKeyId) -> None:
        self._changed("delete_key", key)

    def touch_key(self, key: ApiKeyId) -> None:
        self._run("touch_key", to_micros(self._now), key)

    def create_session(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        self._run("insert_session", token_hash, user, to_micros(expires_at))

    def delete_session(self, token_hash: bytes) -> None:
        self._run("delete_session", token_hash, to_micros(self._now))

    def create_sign_in_link(self, user: EntityId, token_hash: bytes, expires_at: datetime) -> None:
        self._run("drop_expired_links", to_micros(self._now))
        self._run("insert_sign_in_link", token_hash, user, to_micros(expires_at))

    def use_sign_in_link(self, token_hash: bytes) -> EntityId | None:
        for user, expires_at in self._rows("take_sign_in_link", token_hash):
            if from_micros(expires_at) > self._now:
                return EntityId(user)
        return None

    # Statements

    def _create_entity(
        self, name: str, kind: EntityKind, organization: OrganizationId | None
    ) -> Entity:
        if taken := self.entity(name):
            raise AlreadyExists(
                f"{name} is taken by a {taken.kind}; users and teams share their names. "
                "Choose another."
            )
        row = self._returned(
            "insert_entity", name, name.lower(), kind.value, organization, to_micros(self._now)
        )
        return Entity(EntityId(row[0]), name, kind, organization, self._now)

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()

    def _one(self, build: Callable[[Any], T], statement: str, *bindings: Any) -> T | None:
        rows = self._rows(statement, *bindings)
        return build(rows[0]) if rows else None

    def _returned(self, statement: str, *bindings: Any) -> Any:
        return self._rows(statement, *bindings)[0]

    def _run(self, statement: str, *bindings: Any) -> None:
        self._connection.execute(_SQL[statement], bindings).fetchall()

    def _changed(self, statement: str, *bindings: Any) -> None:
        if not self._rows(statement, *bindings):
            raise NotFound("It is gone already.")


def _entity(row: Any) -> Entity:
    identifier, name, kind, organization, created = row
    return Entity(identifier, name, EntityKind(kind), organization, from_micros(created))


def _user(row: Any) -> User:
    identifier, name, full_name, email, is_admin, created, is_service = row
    return User(
        identifier, name, full_name, email, bool(is_admin), from_micros(created), bool(is_service)
    )


def _organization(row: Any) -> Organization:
    return Organization(row[0], row[1], from_micros(row[2]))


def _membership(row: Any) -> Membership:
    return Membership(row[0], row[1], Role(row[2]))


def _key(row: Any) -> ApiKey:
    identifier, user, username, name, hint, created, used, expires = row
    return ApiKey(
        identifier,
        user,
        username,
        name,
        hint,
        from_micros(created),
        from_micros_or_none(used),
        from_micros_or_none(expires),
    )
