"""Artifacts: collections of versions, each a set of files under paths, found by alias or number.

A version is logged into one collection (a sequence) and may be linked into others (portfolios):
each place gives it a number and aliases of its own there, which is a membership. What is in a
version is said by its manifest: paths, with the digest of the content behind each, or a reference
to something elsewhere. Contents are stored once, whoever refers to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import (
    ArtifactId,
    ArtifactTypeId,
    CollectionId,
    EntityId,
    ManifestId,
    ProjectId,
    RunId,
)
from runstone.domain.run import UNSET, Unset

LATEST: Final = "latest"
MAX_TYPE_CHARS: Final = 128
MAX_ALIAS_CHARS: Final = 128
MAX_DESCRIPTION_CHARS: Final = 65_536
NUMBERED: Final = re.compile(r"v(\d{1,9})")
"""How a version is called by its number; no alias may look so."""
_TYPE: Final = re.compile(r"[-\w]([-.\w ]*[-.\w])?")
_TAG: Final = re.compile(r"[-\w]+([ ]+[-\w]+)*")


class CollectionKind(StrEnum):
    """How versions come into a collection."""

    SEQUENCE = "sequence"
    PORTFOLIO = "portfolio"


class ArtifactState(StrEnum):
    """Where a version is in its life; a deleted one is gone."""

    PENDING = "pending"
    COMMITTED = "committed"


class ManifestKind(StrEnum):
    """What a manifest says: all of a version, what is added to a base, or one writer's part."""

    FULL = "full"
    INCREMENTAL = "incremental"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """What kind of thing some collections of a project hold, such as `model`."""

    id: ArtifactTypeId
    project_id: ProjectId
    name: str
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Collection:
    """Versions under one name in a project.

    Attributes:
        latest_index: The highest number given so far, deleted versions included; None before any.
    """

    id: CollectionId
    project_id: ProjectId
    type_id: ArtifactTypeId
    type: str
    name: str
    kind: CollectionKind
    description: str
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    latest_index: int | None


@dataclass(frozen=True, slots=True)
class CollectionUpdate:
    """What changes in a collection; UNSET stays."""

    name: str | Unset = UNSET
    type_id: ArtifactTypeId | Unset = UNSET
    description: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Artifact:
    """One version.

    Attributes:
        collection_id: The sequence it was logged into.
        digest: What its client calls the sum of its contents.
        metadata: A JSON object as text.
        manifest_id: What it holds; None while that is not settled.
        num_files: Entries of the manifest, references included.
        size_bytes: Of the contents behind them, each as often as it is named.
        ttl_s: Seconds to keep it, 0 for ever; None where what its project or entity says counts.
        run_id: Which run logged it; None for none, or one that is gone.
        client_id: What its client called it before it had an id here.
        distributed_id: Writers that give the same one write one version together.
        wanted_aliases: What it is to be called once it is committed.
    """

    id: ArtifactId
    collection_id: CollectionId
    state: ArtifactState
    digest: str
    description: str
    metadata: str
    tags: tuple[str, ...]
    manifest_id: ManifestId | None
    num_files: int
    size_bytes: int
    ttl_s: int | None
    history_step: int | None
    run_id: RunId | None
    user_id: EntityId | None
    client_id: str | None
    distributed_id: str | None
    wanted_aliases: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """What a client says of a version that it begins to upload; see `Artifact`."""

    digest: str
    description: str = ""
    metadata: str = "{}"
    tags: tuple[str, ...] = ()
    ttl_s: int | None = None
    history_step: int | None = None
    run_id: RunId | None = None
    user_id: EntityId | None = None
    client_id: str | None = None
    distributed_id: str | None = None
    wanted_aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArtifactUpdate:
    """What changes in a version; UNSET stays."""

    state: ArtifactState | Unset = UNSET
    digest: str | Unset = UNSET
    description: str | Unset = UNSET
    metadata: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    manifest_id: ManifestId | Unset = UNSET
    num_files: int | Unset = UNSET
    size_bytes: int | Unset = UNSET
    ttl_s: int | Unset | None = UNSET
    wanted_aliases: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Membership:
    """A version's place in one collection.

    Attributes:
        index: Its number there: `v0`, `v1`, … Never given to another.
        aliases: In order of their names.
    """

    collection_id: CollectionId
    artifact_id: ArtifactId
    index: int
    aliases: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ManifestRecord:
    """A manifest that a client announced.

    Attributes:
        name: As the client calls the file.
        digest: Base64 of the MD5 of its bytes; empty while the client does not know it.
        base_id: The version that an incremental one adds to.
        has_arrived: Whether its text is here.
    """

    id: ManifestId
    artifact_id: ArtifactId
    name: str
    kind: ManifestKind
    digest: str
    base_id: ArtifactId | None
    has_arrived: bool


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that versions refer to by their MD5.

    Attributes:
        md5: 16 bytes.
        blob: Key in the blob store.
    """

    md5: bytes
    size_bytes: int
    blob: str
    created_at: datetime


def check_type_name(name: str) -> str:
    """Returns `name` if a type may be called so.

    Raises:
        InvalidInput: Not 1 to 128 word characters, dashes, dots and inner spaces.
    """
    if len(name) > MAX_TYPE_CHARS or not _TYPE.fullmatch(name):
        raise InvalidInput(
            f"{name[:80]!r} cannot be the type of an artifact: use 1 to {MAX_TYPE_CHARS} letters, "
            "digits, '_', '-', and '.' or spaces within.",
            code="invalid-name",
        )
    return name


def check_alias(alias: str) -> str:
    """Returns `alias` if a version may be called so.

    Raises:
        InvalidInput: Empty, too long, with `/` or `:`, or like a version's number (`v3`).
    """
    if not 1 <= len(alias) <= MAX_ALIAS_CHARS or set("/:") & set(alias) or not alias.isprintable():
        raise InvalidInput(
            f"{alias[:80]!r} cannot be an alias: use 1 to {MAX_ALIAS_CHARS} characters without "
            "'/' and ':'.",
            code="invalid-name",
        )
    if NUMBERED.fullmatch(alias):
        raise InvalidInput(
            f"{alias!r} cannot be an alias: versions are numbered so.", code="invalid-name"
        )
    return alias


def check_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Returns `tags`, each once, if versions and collections may have them.

    Raises:
        InvalidInput: One is not 1 to 128 word characters, dashes and inner spaces.
    """
    for tag in tags:
        if len(tag) > MAX_ALIAS_CHARS or not _TAG.fullmatch(tag):
            raise InvalidInput(
                f"{tag[:80]!r} cannot be a tag: use 1 to {MAX_ALIAS_CHARS} letters, digits, '_', "
                "'-', and spaces within.",
                code="invalid-name",
            )
    return tuple(dict.fromkeys(tags))
