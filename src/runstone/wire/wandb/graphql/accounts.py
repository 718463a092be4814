"""Users, teams, organizations and API keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson

from runstone.domain.access import Action, Role, may
from runstone.domain.accounts import ApiKey, Entity, EntityKind, Organization, User
from runstone.domain.errors import InvalidInput, NotBuilt, NotFound, RunstoneError
from runstone.domain.ids import EntityId
from runstone.services import accounts, projects
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.paging import whole
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.translate import instant

_ENTITY_TYPES: Final = {
    EntityKind.USER: "personal",
    EntityKind.TEAM: "team",
    EntityKind.ORGANIZATION: "organization",
}
_FLAGS: Final = orjson.dumps({"code_saving_enabled": True}).decode()


# Queries


def _viewer(_root: Any, info: Info) -> User | None:
    request = info.context
    return _user(request, request.actor.user_id)


def _users(_root: Any, info: Info, query: str | None = None) -> dict[str, Any]:
    request = info.context
    wanted = (query or "").lower()
    found = [
        user
        for user in accounts.list_users(request.snapshot, request.actor)
        if wanted in user.username.lower()
        or wanted in user.full_name.lower()
        or wanted in (user.email or "").lower()
    ]
    return whole(found, totalCount=len(found))


def _entity(_root: Any, info: Info, name: str | None = None) -> Entity | None:
    request = info.context
    try:
        return projects.find_entity(request.snapshot, request.actor, name)
    except NotFound:
        return None  # what is absent is null to this protocol, not an error


def _organization(_root: Any, info: Info, name: str) -> Organization | None:
    request = info.context
    visible = accounts.list_organizations(request.snapshot, request.actor)
    return next((found for found in visible if found.name == name), None)


# Mutations


def _generate_api_key(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    key, secret = accounts.create_key(
        request.tx, request.actor, request.actor.username, name=input.get("description") or ""
    )
    # The only time that the whole secret is shown: clients take it from `name`.
    return {
        "apiKey": {
            "id": ids.api_key_id(key.id),
            "name": secret,
            "description": key.name or None,
        }
    }


def _delete_api_key(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    accounts.delete_key(request.tx, request.actor, ids.api_key_number(input["id"]))
    request.changes_accounts = True
    return {"success": True}


def _create_user(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    email = str(input["email"])
    user = accounts.create_user(
        request.tx,
        request.actor,
        email.partition("@")[0],
        email=email,
        is_admin=bool(input.get("admin")),
    )
    return {"user": user}


def _create_team(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    team = accounts.create_team(
        request.tx, request.actor, input["teamName"], team_admin=input.get("teamAdminUserName")
    )
    request.changes_accounts = True
    return {"entity": team}


def _create_service_account(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    user = accounts.create_service_account(
        request.tx, request.actor, input["entityName"], input["description"]
    )
    request.changes_accounts = True
    return {"user": user}


def _create_invite(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    """Adds someone who has an account; there is no mail to ask others by."""
    request = info.context
    user = _invited(request, input.get("username"), input.get("email"))
    role = Role.ADMIN if input.get("admin") else Role.MEMBER
    accounts.add_member(request.tx, request.actor, input["entityName"], user.username, role)
    request.changes_accounts = True
    return {
        "invite": {
            "id": ids.user_id(user.id),
            "name": user.username,
            "email": user.email,
            "createdAt": instant(request.snapshot.now),
            "toUser": user,
        }
    }


def _delete_invite(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    team, member = input.get("entityName"), input.get("id")
    if not team or not member:
        raise InvalidInput("Say which member of which team is to leave: id and entityName.")
    user = request.snapshot.accounts.user(ids.user_number(member))
    if user is None:
        raise NotFound(f"There is no such member of team {team}.")
    accounts.remove_member(request.tx, request.actor, team, user.username)
    request.changes_accounts = True
    return {"success": True}


# Fields


def _user(request: Request, user: EntityId | None) -> User | None:
    return None if user is None else request.snapshot.accounts.user(user)


def _api_keys(user: User, info: Info) -> dict[str, Any] | None:
    request = info.context
    try:
        return whole(accounts.list_keys(request.snapshot, request.actor, user.username))
    except RunstoneError:
        return None  # someone else's


def _teams(user: User, info: Info) -> dict[str, Any]:
    snapshot = info.context.snapshot
    own = snapshot.accounts.entity_by_id(user.id)
    return whole([own, *(team for team, _role in snapshot.accounts.teams_of(user.id))])


def _user_projects(user: User, info: Info, **args: Any) -> dict[str, Any]:
    from runstone.wire.wandb.graphql.projects import project_page

    return project_page(info.context, user.username, args)


def _members(entity: Entity, info: Info) -> Sequence[dict[str, Any]]:
    request = info.context
    if entity.kind is not EntityKind.TEAM or not may(request.actor, Action.READ, entity.id):
        return []
    found = [
        (request.runs.user(member.user_id), member)
        for member in accounts.list_members(request.snapshot, request.actor, entity.name)
    ]
    # Whoever makes a service account takes the last member for it: they come last, the newest
    # behind the others.
    found.sort(key=lambda pair: pair[1].user_id if pair[0] and pair[0].is_service else 0)
    return [
        {
            "id": ids.user_id(member.user_id),
            "name": user.full_name if user else member.username,
            "role": str(member.role),
            "admin": member.role is Role.ADMIN,
            "pending": False,
            "email": user.email if user else None,
            "username": member.username,
            "photoUrl": None,
            "accountType": "SERVICE" if user and user.is_service else "MEMBER",
            "apiKey": None,
        }
        for user, member in found
    ]


def _entity_organization(entity: Entity, info: Info) -> Organization | None:
    request = info.context
    visible = accounts.list_organizations(request.snapshot, request.actor)
    if entity.kind is EntityKind.USER and entity.id == request.actor.user_id:
        # 0.19 looks here alone, so where there is no doubt it is told.
        return visible[0] if len(visible) == 1 else None
    return next((found for found in visible if found.id == entity.organization_id), None)


def _entity_user(entity: Entity, info: Info) -> User | None:
    return _user(info.context, entity.id) if entity.kind is EntityKind.USER else None


def _read_only(entity: Entity, info: Info) -> bool:
    return not may(info.context.actor, Action.WRITE, entity.id)


def _invited(request: Request, username: str | None, email: str | None) -> User:
    for user in request.snapshot.accounts.users():
        if (username and user.username == username) or (email and user.email == email):
            return user
    if username:
        raise NotFound(f"There is no user {username}.")
    raise NotBuilt(
        f"Nobody here has the address {email}, and invitations by mail are not built yet in "
        "Runstone 0.1; create the user first with `runstone admin user create`.",
    )


RESOLVERS: Final[Resolvers] = {
    "Query": {
        "viewer": _viewer,
        "users": _users,
        "entity": _entity,
        "organization": _organization,
    },
    "Mutation": {
        "generateApiKey": _generate_api_key,
        "deleteApiKey": _delete_api_key,
        "createUser": _create_user,
        "createTeam": _create_team,
        "createServiceAccount": _create_service_account,
        "createInvite": _create_invite,
        "deleteInvite": _delete_invite,
    },
    "User": {
        "id": lambda user, _: ids.user_id(user.id),
        "name": lambda user, _: user.full_name or user.username,
        "username": lambda user, _: user.username,
        "email": lambda user, _: user.email,
        "admin": lambda user, _: user.is_admin,
        "flags": lambda _user, _: _FLAGS,
        "entity": lambda user, _: user.username,
        "photoUrl": lambda _user, _: None,
        "deletedAt": lambda _user, _: None,
        "apiKeys": _api_keys,
        "teams": _teams,
        "organizations": lambda _user, info: accounts.list_organizations(
            info.context.snapshot, info.context.actor
        ),
        "projects": _user_projects,
    },
    "ApiKey": {
        "id": lambda key, _: ids.api_key_id(key.id) if isinstance(key, ApiKey) else key["id"],
        # A beginning of the key, by which its owner knows it; never the whole.
        "name": lambda key, _: key.hint if isinstance(key, ApiKey) else key["name"],
        "description": lambda key, _: (
            key.name or None if isinstance(key, ApiKey) else key["description"]
        ),
    },
    "Entity": {
        "id": lambda entity, _: ids.entity_id(entity.id),
        "name": lambda entity, _: entity.name,
        "available": lambda _entity, _: False,
        "photoUrl": lambda _entity, _: None,
        "limits": lambda _entity, _: None,
        "readOnly": _read_only,
        "readOnlyAdmin": lambda _entity, _: False,
        "isTeam": lambda entity, _: entity.kind is EntityKind.TEAM,
        "entityType": lambda entity, _: _ENTITY_TYPES[entity.kind],
        "isPaid": lambda _entity, _: True,
        "privateOnly": lambda _entity, _: True,
        "storageBytes": lambda _entity, _: 0,
        "codeSavingEnabled": lambda _entity, _: True,
        "defaultAccess": lambda _entity, _: "PRIVATE",
        "members": _members,
        "organization": _entity_organization,
        "user": _entity_user,
        "xxhashDigestsEnabled": lambda _entity, _: False,
    },
    "Organization": {
        "id": lambda organization, _: f"Organization:{organization.id}",
        "name": lambda organization, _: organization.name,
        # Weave is not built: no id, no flags.
        "coreWeaveOrganizationId": lambda _organization, _: None,
        "featureFlags": lambda _organization, _info, **_args: [],
    },
}
