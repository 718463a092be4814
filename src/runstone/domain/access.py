"""Who acts, and what they may do: authorisation is decided here and nowhere else.

The rules of today: an administrator may do everything; a member of an entity may read and write
its projects; nobody sees anything else. The finer rules (roles, visibility) replace the body of
`may` and leave its callers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from runstone.domain.errors import NotFound, PermissionDenied
from runstone.domain.ids import ApiKeyId, EntityId


class Role(StrEnum):
    """What a member may do in a team or organization."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Action(StrEnum):
    """What someone wants to do with an entity or what it owns."""

    READ = "read"
    WRITE = "write"
    ADMINISTER = "administer"


_NO_ROLES: Final[Mapping[EntityId, Role]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a request acts for, as its key, session or the operator of the folder proved.

    Attributes:
        user_id: The user; None only for the operator, who holds the data folder itself.
        username: For texts and records.
        is_admin: Administrator of the server.
        roles: Role in each team the user belongs to, by the team's id.
        key_id: The API key that was used, if one was.
    """

    user_id: EntityId | None
    username: str
    is_admin: bool = False
    roles: Mapping[EntityId, Role] = field(default_factory=lambda: _NO_ROLES)
    key_id: ApiKeyId | None = None


OPERATOR: Final = Actor(user_id=None, username="operator", is_admin=True)
"""Whoever can read the data folder's secret: the command line beside the server."""


def may(actor: Actor, action: Action, entity: EntityId) -> bool:
    """Whether `actor` may do `action` to `entity` and what it owns."""
    if actor.is_admin or entity == actor.user_id:
        return True
    role = actor.roles.get(entity)
    if role is None:
        return False
    match action:
        case Action.READ:
            return True
        case Action.WRITE:
            return role in (Role.ADMIN, Role.MEMBER)
        case Action.ADMINISTER:
            return role is Role.ADMIN


def require(actor: Actor, action: Action, entity: EntityId, *, what: str) -> None:
    """Raises unless `actor` may do `action` to what belongs to `entity`.

    Args:
        what: Names the thing for the message, such as `project lab/digits`.

    Raises:
        NotFound: The actor may not even know that it exists.
        PermissionDenied: The actor may see it, not do this.
    """
    if may(actor, action, entity):
        return
    if not may(actor, Action.READ, entity):
        raise not_found(what)
    raise PermissionDenied(
        f"{actor.username} may not {action} {what}. Ask an administrator of its team."
    )


def require_read(actor: Actor, entity: EntityId, *, is_public: bool, what: str) -> None:
    """Raises unless `actor`, some user of the server, may read what may be public.

    Raises:
        NotFound: It is not public, and the actor may not know that it exists.
    """
    if not is_public:
        require(actor, Action.READ, entity, what=what)


def require_admin(actor: Actor, *, doing: str) -> None:
    """Raises unless `actor` administers the server.

    Raises:
        PermissionDenied: Not an administrator.
    """
    if not actor.is_admin:
        raise PermissionDenied(
            f"Only an administrator of this server may {doing}; {actor.username} is not one."
        )


def is_own_name(actor: Actor, username: str) -> bool:
    """Whether `username` is the actor's own; user names are compared without regard to case."""
    return actor.user_id is not None and username.lower() == actor.username.lower()


def not_found(what: str) -> NotFound:
    """The one text for what is absent and for what must not be known to exist."""
    return NotFound(f"{what} was not found, or you may not see it.")
