"""Everything the memory store holds. Values are immutable, so a copy is a copy of dictionaries."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from runstone.domain.access import Role
from runstone.domain.accounts import Entity, Organization
from runstone.domain.artifact import (
    Artifact,
    ArtifactType,
    Collection,
    Content,
    ManifestRecord,
    Membership,
)
from runstone.domain.console import TimedLine
from runstone.domain.custom_chart import CustomChart
from runstone.domain.errors import InvalidInput
from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import (
    ApiKeyId,
    ArtifactId,
    ArtifactTypeId,
    CollectionId,
    CustomChartId,
    EntityId,
    ManifestId,
    OrganizationId,
    ProjectId,
    RegistryChangeId,
    RetentionRuleId,
    RunId,
    StreamId,
    ViewId,
)
from runstone.domain.registry import RegistryRole
from runstone.domain.retention import Deletion, RetentionRule
from runstone.domain.run import Alert, Project, Run, RunFile
from runstone.domain.view import View
from runstone.ports.uploads import UploadCursor
from runstone.storage.memory.history import HistoryData
from runstone.storage.memory.registry import ChangeRow, RegistryRow


@dataclass(frozen=True, slots=True)
class Account:
    """What a user has beside the personal entity."""

    full_name: str
    email: str | None
    is_admin: bool
    is_service: bool
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key and the hash of its secret."""

    user_id: EntityId
    name: str
    secret_hash: bytes
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A session or a sign-in link."""

    user_id: EntityId
    expires_at: datetime


@dataclass(slots=True)
class Tables:
    """All records. A transaction changes a copy, which takes the original's place or is dropped."""

    entities: dict[EntityId, Entity] = field(default_factory=dict)
    accounts: dict[EntityId, Account] = field(default_factory=dict)
    organizations: dict[OrganizationId, Organization] = field(default_factory=dict)
    team_members: dict[tuple[EntityId, EntityId], Role] = field(default_factory=dict)
    organization_members: dict[tuple[OrganizationId, EntityId], Role] = field(default_factory=dict)
    keys: dict[ApiKeyId, Key] = field(default_factory=dict)
    sessions: dict[bytes, Token] = field(default_factory=dict)
    links: dict[bytes, Token] = field(default_factory=dict)
    projects: dict[ProjectId, Project] = field(default_factory=dict)
    former_names: dict[tuple[EntityId, str], ProjectId] = field(default_factory=dict)
    num_runs_ever: dict[ProjectId, int] = field(default_factory=dict)
    views: dict[ViewId, View] = field(default_factory=dict)
    view_specs: dict[ViewId, str] = field(default_factory=dict)
    custom_charts: dict[CustomChartId, CustomChart] = field(default_factory=dict)
    runs: dict[RunId, Run] = field(default_factory=dict)
    documents: dict[RunId, dict[str, str]] = field(default_factory=dict)
    """As JSON texts: what a caller does to a document it was given changes nothing here."""
    alerts: dict[RunId, tuple[Alert, ...]] = field(default_factory=dict)
    files: dict[tuple[RunId, str], RunFile] = field(default_factory=dict)
    artifact_types: dict[ArtifactTypeId, ArtifactType] = field(default_factory=dict)
    collections: dict[CollectionId, Collection] = field(default_factory=dict)
    artifacts: dict[ArtifactId, Artifact] = field(default_factory=dict)
    members: dict[tuple[CollectionId, int], Membership] = field(default_factory=dict)
    """By number. The aliases are in `aliases`."""
    aliases: dict[tuple[CollectionId, str], ArtifactId] = field(default_factory=dict)
    manifests: dict[ManifestId, ManifestRecord] = field(default_factory=dict)
    manifest_texts: dict[ManifestId, bytes] = field(default_factory=dict)
    contents: dict[bytes, Content] = field(default_factory=dict)
    artifact_contents: dict[ArtifactId, frozenset[bytes]] = field(default_factory=dict)
    artifact_inputs: dict[tuple[RunId, ArtifactId], str] = field(default_factory=dict)
    artifact_outputs: dict[tuple[RunId, ArtifactId], str] = field(default_factory=dict)
    history_files: dict[tuple[RunId, int], HistoryFile] = field(default_factory=dict)
    history_names: dict[str, RunId] = field(default_factory=dict)
    registries: dict[ProjectId, RegistryRow] = field(default_factory=dict)
    registry_members: dict[tuple[ProjectId, EntityId], RegistryRole] = field(default_factory=dict)
    protected_aliases: dict[tuple[ProjectId, str], bool] = field(default_factory=dict)
    registry_changes: dict[RegistryChangeId, ChangeRow] = field(default_factory=dict)
    retention_rules: dict[RetentionRuleId, RetentionRule] = field(default_factory=dict)
    default_ttls: dict[tuple[EntityId, ProjectId | None], int] = field(default_factory=dict)
    deletions: dict[int, Deletion] = field(default_factory=dict)
    console: dict[tuple[RunId, str, int], TimedLine] = field(default_factory=dict)
    cursors: dict[StreamId, UploadCursor] = field(default_factory=dict)
    removed: dict[RunId, bool] = field(default_factory=dict)
    """Runs that are gone and not yet erased."""
    last_ids: dict[str, int] = field(default_factory=dict)
    history: HistoryData = field(default_factory=HistoryData)

    def copy(self) -> Tables:
        """An independent copy."""
        parts: dict[str, Any] = {f.name: getattr(self, f.name).copy() for f in fields(self)}
        return Tables(**parts)

    def next_id(self, what: str) -> int:
        """A number that was never given to another `what`, deleted ones included."""
        self.last_ids[what] = self.last_ids.get(what, 0) + 1
        return self.last_ids[what]


def text(value: str) -> str:
    """Returns `value` if a database could hold it.

    Raises:
        InvalidInput: It holds a lone surrogate.
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("The text is no valid Unicode.", code="invalid-text") from error
    return value
