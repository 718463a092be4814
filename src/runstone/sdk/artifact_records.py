"""Artifacts as they travel."""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw, Struct


class RunRef(Struct, frozen=True):
    """A run that logged or used a version."""

    entity: str
    project: str
    id: str


class LatestFacts(Struct, frozen=True):
    """The version of the highest number."""

    index: int
    aliases: tuple[str, ...]
    size_bytes: int
    num_files: int
    created_at: datetime


class CollectionFacts(Struct, frozen=True, kw_only=True):
    """A collection as lists bring it."""

    name: str
    type: str
    kind: str
    description: str
    tags: tuple[str, ...]
    num_versions: int
    latest: LatestFacts | None
    created_at: datetime
    updated_at: datetime


class TypeFacts(Struct, frozen=True):
    """A type."""

    name: str
    description: str
    num_collections: int


class CollectionPage(Struct, frozen=True):
    """Some collections of a project."""

    types: tuple[TypeFacts, ...]
    collections: tuple[CollectionFacts, ...]
    total: int
    next_cursor: str | None


class AliasFacts(Struct, frozen=True):
    """An alias."""

    name: str
    index: int


class CollectionDetail(CollectionFacts, frozen=True, kw_only=True):
    """A collection as it comes by itself."""

    aliases: tuple[AliasFacts, ...]


class VersionFacts(Struct, frozen=True, kw_only=True):
    """A version as lists bring it."""

    entity: str
    project: str
    collection: str
    type: str
    index: int
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    state: str
    digest: str
    description: str
    metadata: Raw
    size_bytes: int
    num_files: int
    created_at: datetime
    updated_at: datetime
    logged_by: RunRef | None
    expires_at: datetime | None = None
    ttl_s: int | None = None


class VersionDetail(VersionFacts, frozen=True, kw_only=True):
    """A version as it comes by itself."""

    used_by: tuple[RunRef, ...]


class VersionPage(Struct, frozen=True):
    """Some versions of a collection."""

    versions: tuple[VersionFacts, ...]
    total: int
    next_cursor: str | None


class FileFacts(Struct, frozen=True):
    """A path in a version."""

    path: str
    size_bytes: int
    digest: str
    md5: str | None
    reference: str | None
    mime_type: str


class FilePage(Struct, frozen=True):
    """Some files of a version."""

    files: tuple[FileFacts, ...]
    total: int
    next_cursor: str | None


class RunArtifactsFacts(Struct, frozen=True):
    """What a run used and logged."""

    inputs: tuple[VersionFacts, ...]
    outputs: tuple[VersionFacts, ...]
    num_inputs: int
    num_outputs: int


class UploadFacts(Struct, frozen=True):
    """How far an upload is."""

    state: str
    collection: str
    index: int | None


class Digests(Struct, frozen=True):
    """Contents by their MD5, hexadecimal."""

    md5s: tuple[str, ...]
