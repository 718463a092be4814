"""Users, teams, organizations, keys and sessions on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.access import Role
from runstone.domain.accounts import EntityKind


class SignIn(Struct, forbid_unknown_fields=True):
    """One way to prove who you are: a sign-in link's token, an API key, or name and password."""

    token: str | None = None
    api_key: str | None = None
    username: str | None = None
    password: str | None = None


class User(Struct):
    """A person, or a service that acts like one."""

    username: str
    name: str
    email: str | None
    is_admin: bool


class SignedIn(Struct):
    """Who the new session stands for."""

    user: User


class Entity(Struct):
    """An owner of projects."""

    name: str
    kind: EntityKind


class Server(Struct):
    """The server that answers."""

    base_url: Annotated[str, Meta(description="How clients reach it; what WANDB_BASE_URL is.")]
    version: str


class Me(Struct):
    """Who the request acts for, and where that user may put projects."""

    user: User
    entities: list[Entity]
    server: Server


class UserList(Struct):
    """Users by name."""

    users: list[User]


class CreateUser(Struct, forbid_unknown_fields=True):
    """A user to be."""

    username: str
    name: str | None = None
    email: str | None = None
    is_admin: bool = False


class SetPassword(Struct, forbid_unknown_fields=True):
    """A new password."""

    password: Annotated[str, Meta(max_length=1024)]


class Team(Struct):
    """An entity that users share."""

    name: str
    organization: Annotated[
        str | None, Meta(description="The organization above it, where you may see that one.")
    ]
    created_at: datetime


class TeamList(Struct):
    """Teams by name."""

    teams: list[Team]


class CreateTeam(Struct, forbid_unknown_fields=True):
    """A team to be."""

    name: str
    organization: str | None = None
    admin: Annotated[
        str | None, Meta(description="User name of its first administrator; you, if left out.")
    ] = None


class Member(Struct):
    """A user's place in a team or organization."""

    username: str
    role: Role


class MemberList(Struct):
    """Members by name."""

    members: list[Member]


class SetRole(Struct, forbid_unknown_fields=True):
    """What a member may do."""

    role: Role


class Organization(Struct):
    """Holds teams and users together."""

    name: str
    created_at: datetime


class OrganizationList(Struct):
    """Organizations by name."""

    organizations: list[Organization]


class CreateOrganization(Struct, forbid_unknown_fields=True):
    """An organization to be."""

    name: str


class ApiKey(Struct):
    """A key as it may be shown: never its secret."""

    id: int
    username: str
    name: str
    hint: Annotated[str, Meta(description="First characters of the secret.")]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class ApiKeyList(Struct):
    """Keys, newest first."""

    keys: list[ApiKey]


class CreateApiKey(Struct, forbid_unknown_fields=True):
    """A key to be."""

    user: Annotated[str | None, Meta(description="Whom it acts for; you, if left out.")] = None
    name: Annotated[str, Meta(max_length=256)] = ""
    secret: Annotated[
        str | None,
        Meta(description="A chosen value, for administrators who move existing keys here."),
    ] = None
    lifetime_days: Annotated[
        Annotated[float, Meta(gt=0, le=36_500)] | None,
        Meta(description="Never expires, if left out."),
    ] = None


class NewApiKey(Struct):
    """A key that was just made, with its secret: the only time that it is shown."""

    key: ApiKey
    secret: str


class CreateSignInLink(Struct, forbid_unknown_fields=True):
    """Whom a link shall sign in."""

    user: Annotated[str | None, Meta(description="You, if left out.")] = None


class SignInLink(Struct):
    """A link that signs someone in, once, within a day."""

    token: str
    url: str
