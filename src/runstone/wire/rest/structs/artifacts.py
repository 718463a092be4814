"""Artifacts on the wire: types, collections, versions, their files and lineage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain.artifact import ArtifactState, CollectionKind
from runstone.domain.file_kinds import Preview
from runstone.domain.run import RunState
from runstone.wire.rest.structs.documents import Document

_Cursor = Annotated[
    str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
]
_Aliases = Annotated[list[str], Meta(max_length=1_000)]


class ArtifactType(Struct):
    """What kind of thing some collections hold, such as `model`."""

    name: str
    description: str
    num_collections: int


class LatestVersion(Struct):
    """The version of the highest number in a collection."""

    index: Annotated[int, Meta(description="`v` and this number name it.")]
    aliases: list[str]
    size_bytes: Annotated[
        int, Meta(description="Of the contents behind its files, each as often as it is named.")
    ]
    num_files: int
    created_at: datetime


class ArtifactCollection(Struct, kw_only=True):
    """Versions under one name."""

    name: Annotated[str, Meta(description="Unique in the project.")]
    type: str
    kind: Annotated[
        CollectionKind,
        Meta(description="`sequence`: runs log to it; `portfolio`: versions are linked into it."),
    ]
    description: str
    tags: list[str]
    num_versions: int
    latest: Annotated[LatestVersion | None, Meta(description="Null where it has no version.")]
    created_at: datetime
    updated_at: datetime


class ArtifactCollectionList(Struct):
    """Collections of a project, by type and name."""

    types: Annotated[list[ArtifactType], Meta(description="All types of the project, by name.")]
    collections: list[ArtifactCollection]
    total: Annotated[int, Meta(description="Collections that match, on all pages.")]
    next_cursor: _Cursor


class ArtifactAlias(Struct):
    """A name that stands for a version, and can move to another."""

    name: str
    index: Annotated[int, Meta(description="Number of the version.")]


class ArtifactCollectionDetail(ArtifactCollection, kw_only=True):
    """A collection with its aliases."""

    aliases: Annotated[list[ArtifactAlias], Meta(description="By name.")]


class ArtifactRun(Struct):
    """A run that logged or used a version."""

    entity: str
    project: str
    id: Annotated[str, Meta(description="Part of the run's address.")]
    display_name: str
    state: RunState


class ArtifactVersion(Struct, kw_only=True):
    """A version in a collection."""

    entity: str
    project: str
    collection: str
    type: str
    index: Annotated[int, Meta(description="Its number there; `v` and this number name it.")]
    aliases: list[str]
    tags: list[str]
    state: ArtifactState
    digest: Annotated[str, Meta(description="What its client calls the sum of its contents.")]
    description: str
    metadata: Document
    size_bytes: Annotated[
        int, Meta(description="Of the contents behind its files, each as often as it is named.")
    ]
    num_files: Annotated[int, Meta(description="References included.")]
    created_at: datetime
    updated_at: datetime
    ttl_s: Annotated[
        int | None,
        Meta(description="Its own time to live, 0 for ever; null where it inherits one, or none."),
    ]
    expires_at: Annotated[
        datetime | None,
        Meta(
            description="When it is deleted, by its own time to live or an inherited one; null for "
            "never, and while it is linked to another collection."
        ),
    ]
    logged_by: Annotated[
        ArtifactRun | None,
        Meta(description="Null for none, or one that is deleted or not to be seen."),
    ]


class ArtifactVersionList(Struct):
    """Versions of a collection, the highest number first."""

    versions: list[ArtifactVersion]
    total: Annotated[int, Meta(description="Versions of the collection.")]
    next_cursor: _Cursor


class ArtifactLink(Struct):
    """Another place of a version: where it was logged, or where it is linked."""

    entity: str
    project: str
    collection: str
    kind: CollectionKind
    index: int
    aliases: list[str]


class ArtifactVersionDetail(ArtifactVersion, kw_only=True):
    """A version with its lineage, as far as who asks may see it."""

    kind: Annotated[CollectionKind, Meta(description="Of the collection.")]
    used_by: Annotated[list[ArtifactRun], Meta(description="The first ones first.")]
    links: list[ArtifactLink]


class ArtifactFile(Struct):
    """A path in a version, and what stands behind it."""

    path: Annotated[str, Meta(description="Relative; part of the file's address.")]
    size_bytes: int
    digest: Annotated[
        str, Meta(description="Base64 of the MD5, or what a reference's store calls it.")
    ]
    md5: Annotated[
        str | None,
        Meta(
            description="Hexadecimal; its ETag, and `md5` of an address that never changes. Null "
            "for a reference."
        ),
    ]
    reference: Annotated[
        str | None, Meta(description="Where a reference leads; null where the bytes are here.")
    ]
    mime_type: Annotated[
        str, Meta(description="Guessed from the name; not always the one it is sent with.")
    ]
    preview: Annotated[Preview, Meta(description="How it can be shown.")]
    language: Annotated[str | None, Meta(description="Of code, such as `python`.")]


class ArtifactFileList(Struct):
    """Files of a version, by path."""

    files: list[ArtifactFile]
    total: Annotated[int, Meta(description="Files of the version, whatever was searched for.")]
    next_cursor: _Cursor


class RunArtifacts(Struct):
    """What a run used and logged, in order, each in the collection it was logged to."""

    inputs: list[ArtifactVersion]
    outputs: list[ArtifactVersion]
    num_inputs: Annotated[int, Meta(description="All that may be seen, listed or not.")]
    num_outputs: Annotated[int, Meta(description="All that may be seen, listed or not.")]


class UpdateArtifactVersion(Struct, forbid_unknown_fields=True):
    """What changes of a version; what is left out stays."""

    add_aliases: Annotated[
        _Aliases, Meta(description="Each moves here from the version that it stands for.")
    ] = []
    remove_aliases: Annotated[
        _Aliases, Meta(description="Those of other versions are left alone.")
    ] = []
    description: str | UnsetType = UNSET
    metadata: Annotated[Document | UnsetType, Meta(description="All of it.")] = UNSET
    tags: Annotated[
        list[str] | UnsetType, Meta(description="All of them; others are taken off.")
    ] = UNSET
    ttl_s: Annotated[
        int | UnsetType | None,
        Meta(
            description="Seconds from its creation, 0 for ever; null inherits what its project or "
            "entity says."
        ),
    ] = UNSET


class UpdateArtifactCollection(Struct, forbid_unknown_fields=True):
    """What changes of a collection; what is left out stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    type: Annotated[str | UnsetType, Meta(description="A type that the project lacks is made.")] = (
        UNSET
    )
    tags: Annotated[
        list[str] | UnsetType, Meta(description="All of them; others are taken off.")
    ] = UNSET
