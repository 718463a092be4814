"""What keeps versions of artifacts, and what would go, on the wire. Sizes are bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from runstone.domain.retention import MAX_TTL_S, DeletionReason, Reason
from runstone.domain.retention_text import MAX_RULE_CHARS
from runstone.services.retention.rules import MAX_SCOPE_CHARS

PartKind: TypeAlias = Literal["newest", "best", "younger", "alias", "tag", "where"]
_Text = Annotated[
    str,
    Meta(
        max_length=MAX_RULE_CHARS,
        description="Parts that each begin with keep: `keep newest 5`, `keep best 3 by "
        'min(summary["val/loss"])`, `keep younger than 30d`, `keep with alias`, `keep with tag`, '
        "`keep where metadata.acc > 0.9`; see docs/storage.md.",
    ),
]
_Scope = Annotated[str, Meta(min_length=1, max_length=MAX_SCOPE_CHARS)]
_Type = Annotated[_Scope | None, Meta(description="Only collections of this type.")]
_Name = Annotated[
    _Scope | None,
    Meta(description="Only collections in whose name this regular expression is found."),
]
_TtlSeconds = Annotated[
    Annotated[int, Meta(ge=0, le=MAX_TTL_S)] | None,
    Meta(description="0 is for ever; null says nothing."),
]


class RulePart(Struct):
    """A part of a rule, as it was understood."""

    kind: PartKind
    text: str


class RetentionRule(Struct, kw_only=True):
    """A rule."""

    id: int
    collection: Annotated[
        str | None, Meta(description="The one that it is for; null for several of the project.")
    ]
    type: _Type
    name: _Name
    text: _Text
    parts: list[RulePart]
    is_on: Annotated[bool, Meta(description="It deletes what it does not keep.")]
    set_by: str
    created_at: datetime
    updated_at: datetime


class SetRetentionRule(Struct, forbid_unknown_fields=True):
    """A rule for one collection. To turn it on, say which preview was looked at."""

    text: _Text
    is_on: bool = False
    seen: Annotated[str | None, Meta(description="`seen` of the preview.")] = None
    even_if_nothing_is_kept: Annotated[
        bool, Meta(description="Meant so, although no part keeps a version somewhere.")
    ] = False


class SetProjectRetentionRule(SetRetentionRule, forbid_unknown_fields=True):
    """A rule for collections of a project that have none of their own."""

    type: _Type = None
    name: _Name = None


class TryRetentionRule(Struct, forbid_unknown_fields=True):
    """A rule to be tried out on one collection."""

    text: _Text


class TryProjectRetentionRule(TryRetentionRule, forbid_unknown_fields=True):
    """A rule to be tried out on collections of a project that have none of their own."""

    type: _Type = None
    name: _Name = None


class JudgedVersion(Struct):
    """A version, and why it stays."""

    collection: str
    index: int
    aliases: list[str]
    size_bytes: int
    created_at: datetime
    reason: Annotated[
        Reason | None,
        Meta(
            description="Null: it goes. `rule`: `part` keeps it. `linked`: to another collection. "
            "`in-use`: by a run that is still going. `run-is-live`: that logged it, and the rule "
            "asks for its values. `no-values`: nothing here has what `part` wants the best of. "
            "`last`: nothing else would be left."
        ),
    ]
    part: Annotated[int | None, Meta(description="Which of `parts`, from 0.")]


class RetentionPreview(Struct, kw_only=True):
    """What a rule would do now."""

    parts: list[RulePart]
    num_collections: int
    num_going: int
    num_staying: int
    logical_bytes: Annotated[int, Meta(description="Sizes of the versions that go.")]
    freed_bytes: Annotated[
        int, Meta(description="Of their contents, those that no other version refers to.")
    ]
    going: Annotated[list[JudgedVersion], Meta(description="The newest first, as `limit` says.")]
    staying: Annotated[list[JudgedVersion], Meta(description="The newest first, as `limit` says.")]
    keeps_nothing: Annotated[
        bool, Meta(description="No part keeps a version of some collection that has several.")
    ]
    unknown: Annotated[
        list[str],
        Meta(description="Keys that no version has a number for; it cannot be turned on."),
    ]
    seen: Annotated[str, Meta(description="Stands for all of this when the rule is turned on.")]


class CollectionRetention(Struct):
    """What decides about a collection."""

    rule: Annotated[RetentionRule | None, Meta(description="Its own.")]
    project_rules: Annotated[
        list[RetentionRule],
        Meta(description="Of its project, for it: they count while its own is off or missing."),
    ]


class SetDefaultTtl(Struct, forbid_unknown_fields=True):
    """How long versions live that say nothing themselves."""

    default_ttl_s: _TtlSeconds


class DefaultTtl(Struct):
    """How long versions live that say nothing themselves."""

    default_ttl_s: _TtlSeconds


class ProjectRetention(Struct):
    """What decides about a project's versions."""

    default_ttl_s: _TtlSeconds
    inherited_ttl_s: Annotated[
        int | None,
        Meta(description="What its user or team says; counts where the project does not."),
    ]
    rules: Annotated[list[RetentionRule], Meta(description="Of its collections, too.")]


class RetentionDeletion(Struct):
    """A version that was deleted by a rule, or because its time was over."""

    id: int
    collection: str
    index: int
    size_bytes: int
    reason: DeletionReason
    why: Annotated[str, Meta(description="The rule's text, or its time to live in seconds.")]
    deleted_at: datetime


class RetentionDeletionList(Struct):
    """What was deleted without being asked for, the last first."""

    deletions: list[RetentionDeletion]
    next_cursor: str | None
