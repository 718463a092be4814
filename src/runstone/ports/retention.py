"""Records of what keeps versions of artifacts, and of what deleted them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection as SetOf
from collections.abc import Iterable, Sequence
from datetime import datetime

from runstone.domain.ids import (
    ArtifactId,
    CollectionId,
    EntityId,
    ProjectId,
    RetentionRuleId,
)
from runstone.domain.retention import (
    Deletion,
    DeletionReason,
    Freed,
    RetentionRule,
    Scope,
    VersionFacts,
)


class RetentionReader(ABC):
    """Look-ups answer None for what is absent; lists of what is absent are empty."""

    @abstractmethod
    def rules(self, project: ProjectId | None = None) -> Sequence[RetentionRule]:
        """A project's rules, or those of all projects that are not in the trash, by id."""

    @abstractmethod
    def rule(self, rule: RetentionRuleId) -> RetentionRule | None:
        """The rule with that id."""

    @abstractmethod
    def rule_of(self, collection: CollectionId) -> RetentionRule | None:
        """The rule of one collection alone."""

    @abstractmethod
    def default_ttl(self, entity: EntityId, project: ProjectId | None = None) -> int | None:
        """Seconds that versions of the entity, or of its project, live; None where none is set."""

    @abstractmethod
    def inherited_ttl(self, collection: CollectionId) -> int | None:
        """Seconds that a version lives that says nothing itself: its project's, else its entity's.

        None where neither says anything, and of types that clients make by themselves.
        """

    @abstractmethod
    def facts(
        self,
        collection: CollectionId,
        *,
        with_metadata: bool,
        only: SetOf[ArtifactId] | None = None,
    ) -> Sequence[VersionFacts]:
        """The committed versions that were logged into a collection, the highest number first.

        Args:
            only: Those of them that are among these.
        """

    @abstractmethod
    def expired(
        self, now: datetime, *, after: ArtifactId | None = None, limit: int
    ) -> Sequence[tuple[ArtifactId, int]]:
        """Versions whose time to live is over, with the seconds that it was, by id.

        Their own, or else the one they inherit. None that is linked to another collection, of a
        type that clients make by themselves, or of a project in the trash.

        Args:
            after: Only those of a higher id.
        """

    @abstractmethod
    def freed(self, artifacts: Iterable[ArtifactId]) -> Freed:
        """What deleting these versions would free, all of them together."""

    @abstractmethod
    def versions_in(
        self, project: ProjectId, collections: Iterable[CollectionId] | None = None
    ) -> Sequence[ArtifactId]:
        """Versions, pending ones too, that were logged into a project, or into those of it."""

    @abstractmethod
    def deletions(
        self, project: ProjectId, *, before: int | None = None, limit: int
    ) -> Sequence[Deletion]:
        """What was deleted in a project without being asked for, the last first.

        Args:
            before: Only entries of a lower id.
        """


class Retention(RetentionReader):
    """Changes. Rules and settings go with the collection, project or entity that they are for."""

    @abstractmethod
    def add_rule(
        self, project: ProjectId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        """A new rule. AlreadyExists where the collection has one of its own."""

    @abstractmethod
    def change_rule(
        self, rule: RetentionRuleId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        """Says something else with a rule. NotFound for a lost one."""

    @abstractmethod
    def delete_rule(self, rule: RetentionRuleId) -> None:
        """Forgets a rule; nothing happens where there is none."""

    @abstractmethod
    def set_default_ttl(
        self, entity: EntityId, ttl_s: int | None, project: ProjectId | None = None
    ) -> None:
        """Sets how long versions live that say nothing themselves; None forgets it."""

    @abstractmethod
    def note_deletion(
        self,
        project: ProjectId,
        collection: str,
        index: int,
        size_bytes: int,
        reason: DeletionReason,
        why: str,
    ) -> None:
        """Adds to the log."""
