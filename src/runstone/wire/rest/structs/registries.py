"""Registries on the wire: what they are, who is in them, what is linked, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain.registry import RegistryChangeKind, RegistryRole, RegistryVisibility
from runstone.domain.stage import Stage

_Cursor = Annotated[
    str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
]
_Name = Annotated[str, Meta(min_length=1, max_length=256)]
_Description = Annotated[str, Meta(max_length=65_536, description="Markdown.")]
_Types = Annotated[list[_Name], Meta(max_length=1_000)]
_Aliases = Annotated[list[_Name], Meta(max_length=1_000)]


class Registry(Struct, kw_only=True):
    """Where an organization keeps the versions that count."""

    organization: str
    name: Annotated[str, Meta(description="Unique in the organization.")]
    entity: Annotated[
        str, Meta(description="The entity that stands for the organization in the wandb client.")
    ]
    project: Annotated[
        str, Meta(description="What the wandb client calls the registry: `wandb-registry-…`.")
    ]
    description: str
    visibility: Annotated[
        RegistryVisibility,
        Meta(description="`organization`: all of it may look on; `restricted`: who was added."),
    ]
    allows_any_type: bool
    types: Annotated[
        list[str],
        Meta(description="What may be linked; where any type may, what has been. By name."),
    ]
    protected_aliases: Annotated[
        list[str], Meta(description="Only administrators of the registry set these.")
    ]
    role: Annotated[RegistryRole, Meta(description="Yours.")]
    num_collections: int
    num_versions: int
    created_at: datetime
    updated_at: datetime


class RegistryHome(Struct):
    """An organization that you are in."""

    organization: str
    can_create: Annotated[bool, Meta(description="Whether you may make registries there.")]


class RegistryList(Struct):
    """Registries by organization and name."""

    registries: list[Registry]
    organizations: list[RegistryHome]


class CreateRegistry(Struct, forbid_unknown_fields=True):
    """A new registry."""

    organization: _Name
    name: _Name
    description: _Description = ""
    visibility: RegistryVisibility = RegistryVisibility.ORGANIZATION
    types: Annotated[
        _Types, Meta(description="What may be linked; anything, where none are named.")
    ] = []


class UpdateRegistry(Struct, forbid_unknown_fields=True):
    """What changes; the rest stays. Types are added, never taken away."""

    name: _Name | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    visibility: RegistryVisibility | UnsetType = UNSET
    allows_any_type: bool | UnsetType = UNSET
    add_types: _Types = []


class RegistryAlias(Struct):
    """A name that stands for a version, and can move to another."""

    name: str
    index: Annotated[int, Meta(description="Number of the version.")]
    is_protected: Annotated[bool, Meta(description="Only administrators of the registry move it.")]


class RegistryCollection(Struct, kw_only=True):
    """Versions under one name, each linked from where it was logged."""

    organization: str
    registry: str
    name: str
    type: str
    description: str
    tags: list[str]
    num_versions: int
    latest: Annotated[int | None, Meta(description="Number of the version linked last.")]
    aliases: Annotated[list[RegistryAlias], Meta(description="By name.")]
    created_at: datetime
    updated_at: datetime


class RegistryCollectionList(Struct):
    """Collections by name."""

    collections: list[RegistryCollection]


class CreateRegistryCollection(Struct, forbid_unknown_fields=True):
    """A new, empty collection."""

    name: _Name
    type: _Name
    description: _Description = ""


class UpdateRegistryCollection(Struct, forbid_unknown_fields=True):
    """What changes; the rest stays."""

    name: _Name | None = None
    description: _Description | None = None
    tags: Annotated[_Aliases | None, Meta(description="All of them.")] = None


class RegistrySource(Struct):
    """Where a linked version was logged."""

    entity: str
    project: str
    collection: str
    index: int
    run: Annotated[
        str | None, Meta(description="Name of the run that logged it; null for none to be seen.")
    ]
    run_display_name: str | None


class RegistryVersion(Struct, kw_only=True):
    """A version in a collection of a registry."""

    index: Annotated[int, Meta(description="`v` and this number name it here.")]
    aliases: list[RegistryAlias]
    tags: list[str]
    stage: Annotated[Stage, Meta(description="Of MLflow's registry, as the aliases say.")]
    description: str
    digest: str
    size_bytes: int
    num_files: int
    created_at: Annotated[datetime, Meta(description="When it was logged.")]
    linked_at: datetime
    source: Annotated[
        RegistrySource | None,
        Meta(description="Null where it was logged to a project that you may not see."),
    ]


class RegistryVersionList(Struct):
    """Versions of a collection, the highest number first."""

    versions: list[RegistryVersion]
    next_cursor: _Cursor


class LinkVersion(Struct, forbid_unknown_fields=True):
    """The version to link, by its address."""

    entity: _Name
    project: _Name
    collection: _Name
    version: Annotated[_Name, Meta(description="A number such as `v3`, an alias or a digest.")]
    aliases: _Aliases = []


class SetVersionAlias(Struct, forbid_unknown_fields=True):
    """Which version an alias is to stand for."""

    version: Annotated[
        _Name | None, Meta(description="A number such as `v3`, or an alias; null takes it away.")
    ]
    expected: Annotated[
        str | None,
        Meta(
            description="What it stands for as far as you know (`v2`, or empty for none): where "
            "it is another by now, the answer is 409 (code `alias-moved`)."
        ),
    ] = None


class SetVersionStage(Struct, forbid_unknown_fields=True):
    """The stage a version is to be in."""

    stage: Stage
    archive_existing_versions: Annotated[
        bool, Meta(description="What was in that stage is archived, as in MLflow.")
    ] = False


class RegistryMember(Struct):
    """A user or team in a registry."""

    name: str
    is_team: bool
    role: RegistryRole


class RegistryMemberList(Struct):
    """Users first, then teams, each by name."""

    members: list[RegistryMember]


class SetRegistryRole(Struct, forbid_unknown_fields=True):
    """The role that a user or team is to have."""

    role: RegistryRole


class ProtectedAliasList(Struct):
    """Aliases that only administrators of the registry set, by name."""

    aliases: list[str]


class RegistryChange(Struct, kw_only=True):
    """Something that happened, with names as they were then."""

    id: int
    registry: str
    kind: RegistryChangeKind
    username: Annotated[str, Meta(description="Who did it.")]
    at: datetime
    collection: str | None
    version: int | None
    before: Annotated[int | None, Meta(description="Where a moved or removed alias stood.")]
    alias: str | None
    source: Annotated[
        str | None, Meta(description="Where a linked version was logged: `lab/digits/net:v3`.")
    ]
    member: str | None
    detail: Annotated[
        str | None, Meta(description="What else there is to say: a new name, a role, types.")
    ]


class RegistryChangeList(Struct):
    """The newest first."""

    changes: list[RegistryChange]
    next_cursor: _Cursor
