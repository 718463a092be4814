"""Users, teams, organizations, memberships and API keys: what administrators do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from runstone.domain.access import (
    Action,
    Actor,
    Role,
    is_own_name,
    may,
    not_found,
    require,
    require_admin,
)
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Membership, Organization, User
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.ids import MIN_API_KEY_CHARS, ApiKeyId, EntityId, new_api_key
from runstone.domain.names import MAX_ENTITY_NAME_CHARS, check_entity_name, clean_text
from runstone.ports.store import Snapshot, Transaction
from runstone.services.registry.access import organization_role
from runstone.services.signin import hash_secret

_KEY_CHARS: Final = re.compile(r"[A-Za-z0-9_-]+")
_HINT_CHARS: Final = 13
_NO_NAME: Final = re.compile("[^a-z0-9]+")
FIRST_ORGANIZATION: Final = "home"
"""What a server begins with: registries belong to an organization, so there must be one."""
_MAX_SERVICE_NAME_CHARS: Final = 56
"""A number may come behind it."""


def create_first_user(tx: Transaction, username: str) -> User | None:
    """Makes the administrator of an empty server; None where there are users already."""
    if tx.accounts.users():
        return None
    made = tx.accounts.create_user(
        check_entity_name(username), full_name=username, email=None, is_admin=True
    )
    home = tx.accounts.create_organization(FIRST_ORGANIZATION)
    tx.accounts.create_organization_entity(home.id, _free_entity_name(tx, home.name))
    tx.accounts.set_organization_member(home.id, made.id, Role.ADMIN)
    return made


# Users


def create_user(
    tx: Transaction,
    actor: Actor,
    username: str,
    *,
    full_name: str | None = None,
    email: str | None = None,
    is_admin: bool = False,
) -> User:
    """A new user with a personal entity of the same name; in the organization, if there is one.

    Raises:
        PermissionDenied: Not an administrator.
        InvalidInput: Not a legal name.
        AlreadyExists: A user or team has it.
    """
    require_admin(actor, doing="create users")
    check_entity_name(username)
    made = tx.accounts.create_user(
        username, full_name=full_name or username, email=email, is_admin=is_admin
    )
    only = _only_organization(tx)
    if only is not None:
        tx.accounts.set_organization_member(only.id, made.id, Role.MEMBER)
    return made


def create_service_account(tx: Transaction, actor: Actor, team: str, description: str) -> User:
    """A new member of a team that is no person, for machines that log to its projects.

    It is called after the team and the description, which becomes its full name. Its keys are
    made by `create_key`.

    Raises:
        NotFound: No such team.
        PermissionDenied: Not its administrator.
        InvalidInput: No description.
    """
    found = _team(tx, team)
    require(actor, Action.ADMINISTER, found.id, what=f"team {team}")
    said = clean_text(description).strip()
    if not said:
        raise InvalidInput("Say what the service account is for: it is shown under that name.")
    user = tx.accounts.create_user(
        _free_name(tx, found.name, said),
        full_name=said,
        email=None,
        is_admin=False,
        is_service=True,
    )
    tx.accounts.set_member(found.id, user.id, Role.MEMBER)
    return user


def list_users(snapshot: Snapshot, actor: Actor) -> Sequence[User]:
    """All users, by name; everyone else but an administrator sees only themselves."""
    return [u for u in snapshot.accounts.users() if actor.is_admin or u.id == actor.user_id]


def delete_user(tx: Transaction, actor: Actor, username: str) -> None:
    """Removes a user with keys, sessions and memberships.

    Raises:
        PermissionDenied: Not an administrator.
        NotFound: No such user.
        Conflict: Projects or runs are left, or it is the last administrator.
    """
    require_admin(actor, doing="delete users")
    user = _user(tx, username)
    others = [u for u in tx.accounts.users() if u.is_admin and u.id != user.id]
    if user.is_admin and not others:
        raise Conflict(f"{username} is the last administrator of this server; make another first.")
    tx.accounts.delete_entity(user.id)


# Teams and organizations


def create_team(
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    organization: str | None = None,
    team_admin: str | None = None,
) -> Entity:
    """A new team.

    Args:
        organization: Which it belongs to; where none is named and there is one alone, to that.
        team_admin: Its first member, as its administrator; the actor where none is named.

    Raises:
        PermissionDenied: Not an administrator.
        NotFound: No such user or organization.
        AlreadyExists: A user or team has that name.
    """
    require_admin(actor, doing="create teams")
    above = _only_organization(tx) if organization is None else _organization(tx, organization)
    team = tx.accounts.create_team(check_entity_name(name), None if above is None else above.id)
    first = _user(tx, team_admin).id if team_admin else actor.user_id
    if first is not None:
        tx.accounts.set_member(team.id, first, Role.ADMIN)
    return team


def list_teams(snapshot: Snapshot, actor: Actor) -> Sequence[Entity]:
    """The teams that the actor may see, by name."""
    return [
        team
        for team in snapshot.accounts.entities(EntityKind.TEAM)
        if may(actor, Action.READ, team.id)
    ]


def delete_team(tx: Transaction, actor: Actor, name: str) -> None:
    """Removes a team that owns no projects.

    Raises:
        NotFound: No such team.
        PermissionDenied: Not its administrator.
        Conflict: It still owns projects.
    """
    team = _team(tx, name)
    require(actor, Action.ADMINISTER, team.id, what=f"team {name}")
    tx.accounts.delete_entity(team.id)


def add_member(tx: Transaction, actor: Actor, team: str, username: str, role: Role) -> None:
    """Adds someone to a team, or changes the role there.

    Raises:
        NotFound: No such team or user.
        PermissionDenied: Not the team's administrator; or a service account from elsewhere, and
            not an administrator.
    """
    found = _team(tx, team)
    require(actor, Action.ADMINISTER, found.id, what=f"team {team}")
    user = _user(tx, username)
    if user.is_service and found.id not in {t.id for t, _role in tx.accounts.teams_of(user.id)}:
        # Whoever administers its team makes its keys: it would be a way into its other teams.
        require_admin(actor, doing="add a service account to another team")
    tx.accounts.set_member(found.id, user.id, role)


def remove_member(tx: Transaction, actor: Actor, team: str, username: str) -> None:
    """Takes someone out of a team.

    Raises:
        NotFound: No such team or user.
        PermissionDenied: Neither the team's administrator nor that user.
    """
    found = _team(tx, team)
    if not is_own_name(actor, username):
        require(actor, Action.ADMINISTER, found.id, what=f"team {team}")
    tx.accounts.remove_member(found.id, _user(tx, username).id)


def list_members(snapshot: Snapshot, actor: Actor, team: str) -> Sequence[Membership]:
    """Who is in a team, by name.

    Raises:
        NotFound: No such team, or the actor may not see it.
    """
    found = _team(snapshot, team)
    require(actor, Action.READ, found.id, what=f"team {team}")
    return snapshot.accounts.members(found.id)


def create_organization(tx: Transaction, actor: Actor, name: str) -> Organization:
    """A new organization, with whoever makes it as its administrator.

    Raises:
        PermissionDenied: Not an administrator.
        AlreadyExists: The name is taken.
    """
    require_admin(actor, doing="create organizations")
    made = tx.accounts.create_organization(check_entity_name(name))
    tx.accounts.create_organization_entity(made.id, _free_entity_name(tx, made.name))
    if actor.user_id is not None:
        tx.accounts.set_organization_member(made.id, actor.user_id, Role.ADMIN)
    return made


def list_organizations(snapshot: Snapshot, actor: Actor) -> Sequence[Organization]:
    """All organizations for an administrator; for others those they are in."""
    return [
        organization
        for organization in snapshot.accounts.organizations()
        if organization_role(snapshot, actor, organization.id) is not None
    ]


def delete_organization(tx: Transaction, actor: Actor, name: str) -> None:
    """Removes an organization; its teams stay.

    Raises:
        PermissionDenied: Not an administrator.
        NotFound: No such organization.
        Conflict: It still has registries.
    """
    require_admin(actor, doing="delete organizations")
    tx.accounts.delete_organization(_organization(tx, name).id)


def add_organization_member(
    tx: Transaction, actor: Actor, organization: str, username: str, role: Role
) -> None:
    """Adds someone to an organization, or changes the role there.

    Raises:
        PermissionDenied: Not an administrator.
        NotFound: No such organization or user.
    """
    require_admin(actor, doing="change organizations")
    found = _organization(tx, organization)
    tx.accounts.set_organization_member(found.id, _user(tx, username).id, role)


# API keys


def create_key(
    tx: Transaction,
    actor: Actor,
    username: str,
    *,
    name: str = "",
    secret: str | None = None,
    lifetime: timedelta | None = None,
) -> tuple[ApiKey, str]:
    """A new API key of a user.

    Args:
        secret: A chosen value, which only an administrator may give (to move existing keys
            here); else one is made up.
        lifetime: After which it opens nothing; None means never.

    Returns:
        The key's record, and the secret: the only time it can be had.

    Raises:
        PermissionDenied: For someone else, or of a chosen value, and not an administrator (of
            this server; for a service account, of the teams that it is in).
        InvalidInput: A chosen value that the wandb client would refuse, or a lifetime that ends
            at once or beyond the year 9999.
        AlreadyExists: A chosen value that is registered already.
        NotFound: No such user.
    """
    if not _manages_keys_of(tx, actor, username):
        require_admin(actor, doing="create API keys for others")
    if secret is not None:
        require_admin(actor, doing="register an API key of a chosen value")
        _check_secret(secret)
    user = _user(tx, username)
    chosen = secret or new_api_key()
    expires_at = None if lifetime is None else _end_of(lifetime, tx.now)
    key = tx.accounts.create_key(
        user.id,
        name=name,
        secret_hash=hash_secret(chosen),
        hint=chosen[:_HINT_CHARS],
        expires_at=expires_at,
    )
    return key, chosen


def list_keys(snapshot: Snapshot, actor: Actor, username: str | None = None) -> Sequence[ApiKey]:
    """Keys, newest first: of one user, or of everyone the actor may ask about.

    Raises:
        PermissionDenied: Someone else's, and not an administrator (see `create_key`).
        NotFound: No such user.
    """
    if username is None:
        return snapshot.accounts.keys(None if actor.is_admin else actor.user_id)
    if not _manages_keys_of(snapshot, actor, username):
        require_admin(actor, doing="list others' API keys")
    return snapshot.accounts.keys(_user(snapshot, username).id)


def delete_key(tx: Transaction, actor: Actor, key: ApiKeyId) -> None:
    """Revokes a key.

    Raises:
        NotFound: No such key, or it is not one that the actor may make.
    """
    every = tx.accounts.keys(None)
    found = next((known for known in every if known.id == key), None)
    if found is None or not (actor.is_admin or _manages_keys_of(tx, actor, found.username)):
        raise NotFound(f"There is no API key number {key}; `runstone admin key list` shows them.")
    tx.accounts.delete_key(key)


# Look-ups


def entities_of(snapshot: Snapshot, actor: Actor) -> Sequence[Entity]:
    """Where the actor may put projects: the personal entity first, then the teams by name."""
    own = None if actor.user_id is None else snapshot.accounts.entity_by_id(actor.user_id)
    teams = [] if actor.user_id is None else snapshot.accounts.teams_of(actor.user_id)
    return [*([own] if own else []), *(team for team, _ in teams)]


def visible_entities(snapshot: Snapshot, actor: Actor) -> Sequence[EntityId] | None:
    """Whose projects the actor may see; None means everyone's."""
    if actor.is_admin:
        return None
    return [entity.id for entity in entities_of(snapshot, actor)]


def _manages_keys_of(snapshot: Snapshot, actor: Actor, username: str) -> bool:
    """Whether the keys are the actor's own, or of a service account whose teams are theirs."""
    if is_own_name(actor, username):
        return True
    entity = snapshot.accounts.entity(username)
    user = None if entity is None else snapshot.accounts.user(entity.id)
    return (
        user is not None
        and user.is_service
        and bool(teams := snapshot.accounts.teams_of(user.id))
        and all(may(actor, Action.ADMINISTER, team.id) for team, _role in teams)
    )


def _only_organization(snapshot: Snapshot) -> Organization | None:
    every = snapshot.accounts.organizations()
    return every[0] if len(every) == 1 else None


def _free_entity_name(snapshot: Snapshot, organization: str) -> str:
    """`organization-org`, which nobody else has: its teams may be called as it is."""
    base = organization[: MAX_ENTITY_NAME_CHARS - len("-org-999")]
    name, number = f"{base}-org", 1
    while snapshot.accounts.entity(name) is not None:
        number += 1
        name = f"{base}-org-{number}"
    return check_entity_name(name)


def _free_name(snapshot: Snapshot, team: str, description: str) -> str:
    """`team-description`, as far as names go, with a number where that is taken."""
    words = _NO_NAME.sub("-", description.lower()).strip("-") or "service"
    base = f"{team}-{words}"[:_MAX_SERVICE_NAME_CHARS].rstrip("-")
    name, number = base, 1
    while snapshot.accounts.entity(name) is not None:
        number += 1
        name = f"{base}-{number}"
    return check_entity_name(name)


def _user(snapshot: Snapshot, username: str) -> User:
    entity = snapshot.accounts.entity(username)
    user = None if entity is None else snapshot.accounts.user(entity.id)
    if user is None:
        raise NotFound(f"There is no user {username}; `runstone admin user list` shows them all.")
    return user


def _team(snapshot: Snapshot, name: str) -> Entity:
    entity = snapshot.accounts.entity(name)
    if entity is None or entity.kind is not EntityKind.TEAM:
        # The same text as for a team that the actor may not see.
        raise not_found(f"team {name}")
    return entity


def _organization(snapshot: Snapshot, name: str) -> Organization:
    organization = snapshot.accounts.organization(name)
    if organization is None:
        raise NotFound(
            f"There is no organization {name}; `runstone admin org list` shows them all."
        )
    return organization


def _end_of(lifetime: timedelta, now: datetime) -> datetime:
    try:
        end = now + lifetime
    except OverflowError:
        end = now
    if end <= now:
        raise InvalidInput(f"A key cannot live for {lifetime}; leave it out for one that stays.")
    return end


def _check_secret(secret: str) -> None:
    # The wandb client's own rule: what follows the first dash, or all, must be long enough.
    random_part = secret.split("-", 1)[-1]
    if not _KEY_CHARS.fullmatch(random_part) or len(random_part) < MIN_API_KEY_CHARS:
        raise InvalidInput(
            f"An API key needs at least {MIN_API_KEY_CHARS} letters, digits, '_' or '-' (after "
            f"its prefix, if it has one); this one has {len(random_part)}.",
            code="weak-api-key",
        )
