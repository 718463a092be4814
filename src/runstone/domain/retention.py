"""Which versions of artifacts are kept: time to live, and rules that say what to keep.

A rule is a list of parts, each of which keeps some versions; what no part keeps may be deleted,
unless something else speaks for it (`Reason`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.domain.filters import Filter, Key
from runstone.domain.grouping import Goal
from runstone.domain.ids import ArtifactId, CollectionId, ProjectId, RetentionRuleId, RunId
from runstone.domain.patterns import Pattern

FOREVER: Final = 0
"""A time to live that never ends."""
MAX_TTL_S: Final = 100 * 365 * 86_400
_MADE_BY_CLIENTS: Final = frozenset({"code", "job", "run_table"})


def is_made_by_clients(type_name: str) -> bool:
    """Whether versions of that type are made by clients without being asked: they never expire.

    Source: https://docs.wandb.ai/guides/artifacts/ttl, "Auto-generated Artifacts".
    """
    return type_name in _MADE_BY_CLIENTS or type_name.startswith("wandb-")


def check_ttl(ttl_s: int) -> int:
    """Returns `ttl_s` if versions may be kept so long; 0 is for ever.

    Raises:
        InvalidInput: Negative, or more than 100 years.
    """
    if not FOREVER <= ttl_s <= MAX_TTL_S:
        raise InvalidInput(
            f"A time to live of {ttl_s:,} s is none: use 1 to {MAX_TTL_S:,} (100 years), or 0 for "
            "ever.",
            code="bad-ttl",
        )
    return ttl_s


@dataclass(frozen=True, slots=True)
class TimeToLive:
    """How long a version is kept.

    Attributes:
        seconds: None for ever.
        is_inherited: It is the project's or the entity's, not the version's own.
    """

    seconds: int | None
    is_inherited: bool

    def expires_at(self, created_at: datetime) -> datetime | None:
        """When a version of that age ends; None for never."""
        return None if self.seconds is None else created_at + timedelta(seconds=self.seconds)


# What a rule says


@dataclass(frozen=True, slots=True)
class KeepNewest:
    """The versions of the highest numbers."""

    count: int


@dataclass(frozen=True, slots=True)
class KeepBest:
    """Those with the lowest or highest number under a key; the newer of equals goes first."""

    count: int
    key: Key
    goal: Goal


@dataclass(frozen=True, slots=True)
class KeepYoung:
    """Those that were begun less than so long ago."""

    seconds: float


@dataclass(frozen=True, slots=True)
class KeepNamed:
    """Those with an alias (or a tag), with one of these, or one in which a pattern is found."""

    by_tags: bool
    names: tuple[str, ...] = ()
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class KeepWhere:
    """Those that a filter lets through."""

    filter: Filter


Keep: TypeAlias = KeepNewest | KeepBest | KeepYoung | KeepNamed | KeepWhere


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a rule keeps, and how it was written."""

    keep: Keep
    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which collections a rule is for.

    Attributes:
        collection_id: This one alone; then nothing else is given.
        type: Collections of this type; None for any.
        name: Collections in whose name this pattern is found; None for any.
    """

    collection_id: CollectionId | None = None
    type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A rule as it is kept.

    Attributes:
        text: As its author wrote it.
        is_on: It deletes.
        set_by: Who wrote it last.
    """

    id: RetentionRuleId
    project_id: ProjectId
    scope: Scope
    text: str
    is_on: bool
    set_by: str
    created_at: datetime
    updated_at: datetime


# What is judged


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """All that a rule can be about, of one committed version in the collection it was logged to.

    Attributes:
        metadata: A JSON object as text; empty where it was not asked for.
        num_links: Other collections that it is linked to.
        run_id: Which run logged it.
        run_is_live: That run is still going.
        is_in_use: A run that is still going has used it.
    """

    id: ArtifactId
    index: int
    created_at: datetime
    size_bytes: int
    num_files: int
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    description: str
    user: str | None
    metadata: str
    num_links: int
    run_id: RunId | None
    run_is_live: bool
    is_in_use: bool


class Reason(StrEnum):
    """Why a version stays.

    Attributes:
        RULE: A part of the rule keeps it.
        LINKED: It is linked to another collection, such as one of a registry.
        IN_USE: A run that is still going has used it.
        RUN_IS_LIVE: The run that logged it is still going, and a part asks for that run's values.
        NO_VALUES: A part asks for the best, and no version here has a number there.
        LAST: Nothing else would be left.
    """

    RULE = "rule"
    LINKED = "linked"
    IN_USE = "in-use"
    RUN_IS_LIVE = "run-is-live"
    NO_VALUES = "no-values"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a version.

    Attributes:
        reason: Why it stays; None for one that goes.
        part: Of RULE and NO_VALUES, which part, from 0.
    """

    version: VersionFacts
    reason: Reason | None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Freed:
    """What deleting some versions would free.

    Attributes:
        logical_bytes: Their sizes as they say themselves, shared contents counted each time.
        bytes: Of the contents that no other version refers to, each once.
    """

    num_versions: int = 0
    logical_bytes: int = 0
    num_contents: int = 0
    bytes: int = 0


class DeletionReason(StrEnum):
    """What deleted a version without a person asking at that moment."""

    EXPIRED = "expired"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Deletion:
    """An entry of the log of what was deleted so.

    Attributes:
        why: The rule's text, or the time to live in seconds.
    """

    id: int
    project_id: ProjectId
    collection: str
    index: int
    size_bytes: int
    reason: DeletionReason
    why: str
    deleted_at: datetime
