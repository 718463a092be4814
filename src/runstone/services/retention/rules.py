"""Rules that say which versions are kept: looked at, tried out, set, forgotten.

A collection's own rule stands in place of those of its project. Of several of the project that are
for a collection, each keeps what it keeps: what none of them keeps may go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.artifact import Collection, CollectionKind
from runstone.domain.errors import AlreadyExists, Conflict, InvalidInput
from runstone.domain.filter_printing import print_key
from runstone.domain.ids import CollectionId, RetentionRuleId
from runstone.domain.patterns import Pattern
from runstone.domain.retention import (
    Deletion,
    Freed,
    KeepBest,
    Part,
    Reason,
    RetentionRule,
    Scope,
    Verdict,
)
from runstone.domain.retention_text import parse_rule
from runstone.domain.run import Project
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.finding import find_collection
from runstone.services.projects import find_project
from runstone.services.retention.judging import Judge

MAX_RULES: Final = 100
MAX_DELETIONS: Final = 1_000
MAX_SCOPE_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class Place:
    """What a rule is for: a collection, or those of a project that its scope describes."""

    project: Project
    scope: Scope
    collection: Collection | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The versions of one collection, as `Judgement`."""

    collection: Collection
    verdicts: Sequence[Verdict]
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do now.

    Attributes:
        freed: By deleting those that go.
        keeps_nothing: In some collection of several versions no part keeps any.
        unknown: Keys that a part wants the best of, and no version has a number for.
        seen: Stands for all of it: a rule is turned on by who has seen what it does.
    """

    parts: Sequence[Part]
    judged: Sequence[Judged]
    freed: Freed
    keeps_nothing: bool
    unknown: Sequence[str]
    seen: str

    @property
    def num_going(self) -> int:
        """How many versions would go."""
        return sum(verdict.reason is None for one in self.judged for verdict in one.verdicts)


def place_of_collection(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    collection: str,
    action: Action = Action.READ,
) -> Place:
    """A collection as what a rule is for.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
        Conflict: It holds links, whose versions belong to others (code `wrong-collection`).
    """
    found = find_collection(snapshot, actor, entity, project, collection, action)
    if found.kind is not CollectionKind.SEQUENCE:
        raise Conflict(
            f"Versions are only linked to {found.name}; a rule is for the collection that they "
            "were logged to.",
            code="wrong-collection",
        )
    home = find_project(snapshot, actor, entity, project)
    return Place(home, Scope(collection_id=found.id), found)


def place_of_project(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    scope: Scope,
    action: Action = Action.READ,
) -> Place:
    """Some or all collections of a project as what a rule is for.

    Raises:
        NotFound: No such project, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
        InvalidInput: A type or a pattern that is not legal.
    """
    home = find_project(snapshot, actor, entity, project, action)
    for given in (scope.type, scope.name):
        if given is not None and not 1 <= len(given) <= MAX_SCOPE_CHARS:
            raise InvalidInput(
                f"A type or a pattern of names has 1 to {MAX_SCOPE_CHARS} characters; leave it out "
                "for any.",
                code="bad-scope",
            )
    if scope.name is not None:
        Pattern(scope.name)
    return Place(home, Scope(type=scope.type, name=scope.name))


def list_rules(
    snapshot: Snapshot, actor: Actor, entity: str, project: str
) -> tuple[Sequence[RetentionRule], Mapping[CollectionId, Collection]]:
    """A project's rules, by id, and those collections that have one of their own.

    Raises:
        NotFound: No such project, or the actor may not see it.
    """
    home = find_project(snapshot, actor, entity, project)
    collections = {found.id: found for found in snapshot.artifacts.collections(home.id)}
    return snapshot.retention.rules(home.id), collections


def rules_for(
    snapshot: Snapshot, place: Place
) -> tuple[RetentionRule | None, Sequence[RetentionRule]]:
    """A collection's own rule, and those of its project that are for it."""
    if place.collection is None:
        return None, []
    own = snapshot.retention.rule_of(place.collection.id)
    rules = snapshot.retention.rules(place.project.id)
    return own, [rule for rule in rules if _covers(rule.scope, place.collection)]


def preview(snapshot: Snapshot, place: Place, text: str) -> Preview:
    """What a rule would do now to the collections that it is for. Changes nothing.

    For collections of a project: those that have no rule of their own that is on.

    Raises:
        InvalidInput: The rule is not understood.
    """
    parts = parse_rule(text)
    judge = Judge(snapshot, place.project.id, parts)
    judged = []
    for one in _collections(snapshot, place):
        found = judge.judge(one.id)
        judged.append(Judged(one, found.verdicts, found.unknown))
    going = [v.version.id for one in judged for v in one.verdicts if v.reason is None]
    shown = "\n".join([text, *(str(artifact) for artifact in sorted(going))])
    return Preview(
        parts,
        judged,
        snapshot.retention.freed(going),
        any(_is_left_by_accident(one.verdicts) for one in judged),
        _unknown(parts, judged),
        hashlib.sha256(shown.encode()).hexdigest()[:32],
    )


def set_rule(
    tx: Transaction,
    actor: Actor,
    place: Place,
    text: str,
    *,
    rule: RetentionRule | None,
    is_on: bool,
    seen: str | None = None,
    even_if_nothing_is_kept: bool = False,
) -> RetentionRule:
    """Writes a rule, or turns one on or off, for a place that the actor may write to.

    Args:
        rule: The one to change; None for a new one.
        is_on: It deletes from now on; needs `seen`.
        seen: Of the preview that was looked at.
        even_if_nothing_is_kept: That no part keeps anything is meant so.

    Raises:
        InvalidInput: The rule is not understood, or asks for the best of what no version has.
        Conflict: What it would delete is not what was seen (code `preview-outdated`), or it keeps
            nothing somewhere (code `rule-keeps-nothing`), or there are too many rules.
    """
    parse_rule(text)
    if is_on:
        _check_is_meant(preview(tx, place, text), seen, even_if_nothing_is_kept)
    if rule is not None:
        return tx.retention.change_rule(
            rule.id, place.scope, text, is_on=is_on, set_by=actor.username
        )
    rules = tx.retention.rules(place.project.id)
    if sum(rule.scope.collection_id is None for rule in rules) >= MAX_RULES:
        raise Conflict(f"A project has {MAX_RULES} rules at most.", code="too-many-rules")
    if place.collection is None and any(rule.scope == place.scope for rule in rules):
        raise AlreadyExists("There is a rule for these collections already; change that one.")
    return tx.retention.add_rule(
        place.project.id, place.scope, text, is_on=is_on, set_by=actor.username
    )


def find_rule(
    snapshot: Snapshot, actor: Actor, place: Place, rule: RetentionRuleId
) -> RetentionRule:
    """A rule of a project that is for several collections.

    Raises:
        NotFound: It has none with that id.
    """
    found = snapshot.retention.rule(rule)
    if (
        found is None
        or found.project_id != place.project.id
        or found.scope.collection_id is not None
    ):
        raise not_found(f"rule {rule}")
    return found


def forget_rule(tx: Transaction, actor: Actor, rule: RetentionRule | None) -> None:
    """Forgets a rule that was found for an actor who may write there.

    Raises:
        NotFound: There is none.
    """
    if rule is None:
        raise not_found("The rule")
    tx.retention.delete_rule(rule.id)


def list_deletions(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    *,
    before: int | None = None,
    limit: int,
) -> Sequence[Deletion]:
    """What rules and times to live deleted in a project, the last first.

    Raises:
        NotFound: No such project, or the actor may not see it.
    """
    home = find_project(snapshot, actor, entity, project)
    return snapshot.retention.deletions(home.id, before=before, limit=limit)


def parts_in_force(
    snapshot: Snapshot, rules: Sequence[RetentionRule], collection: Collection
) -> tuple[Sequence[RetentionRule], Sequence[Part]]:
    """Those of a project's rules that decide about a collection, and the parts of all of them."""
    if collection.kind is not CollectionKind.SEQUENCE:
        return [], []
    on = [rule for rule in rules if rule.is_on]
    deciding = [rule for rule in on if rule.scope.collection_id == collection.id]
    deciding = deciding or [rule for rule in on if _covers(rule.scope, collection)]
    return deciding, [part for rule in deciding for part in parse_rule(rule.text)]


def _check_is_meant(found: Preview, seen: str | None, even_if_nothing_is_kept: bool) -> None:
    if found.unknown:
        names = ", ".join(found.unknown)
        raise InvalidInput(
            f"No version here has a number for {names}, so none is the best. Check the name; "
            "metadata is written metadata.name, values of the run summary.name.",
            code="unknown-metric",
        )
    if found.keeps_nothing and not even_if_nothing_is_kept:
        raise Conflict(
            "The rule keeps no version of some collection, whose newest alone would be left. If "
            "that is meant, say so (even_if_nothing_is_kept).",
            code="rule-keeps-nothing",
        )
    if seen != found.seen:
        raise Conflict(
            f"Look at a preview first: this rule would delete {found.num_going:,} version(s) now, "
            "which is not what was seen.",
            code="preview-outdated",
            num_going=found.num_going,
        )


def _collections(snapshot: Snapshot, place: Place) -> Sequence[Collection]:
    if place.collection is not None:
        return [place.collection]
    rules = snapshot.retention.rules(place.project.id)
    own = {rule.scope.collection_id for rule in rules if rule.is_on}
    return [
        found
        for found in snapshot.artifacts.collections(place.project.id)
        if found.kind is CollectionKind.SEQUENCE
        and found.id not in own
        and _covers(place.scope, found)
    ]


def _covers(scope: Scope, collection: Collection) -> bool:
    return (
        scope.collection_id is None
        and (scope.type is None or scope.type == collection.type)
        and (scope.name is None or Pattern(scope.name).search(collection.name))
    )


def _is_left_by_accident(verdicts: Sequence[Verdict]) -> bool:
    return len(verdicts) > 1 and not any(
        verdict.reason in (Reason.RULE, Reason.NO_VALUES, Reason.RUN_IS_LIVE)
        for verdict in verdicts
    )


def _unknown(parts: Sequence[Part], judged: Sequence[Judged]) -> Sequence[str]:
    """What no version has a number for, anywhere, and no run that is still going may bring."""
    with_versions = [one for one in judged if one.verdicts]
    if any(verdict.version.run_is_live for one in with_versions for verdict in one.verdicts):
        return []
    return [
        print_key(part.keep.key)
        for place, part in enumerate(parts)
        if isinstance(part.keep, KeepBest)
        and with_versions
        and all(place in one.unknown for one in with_versions)
    ]
