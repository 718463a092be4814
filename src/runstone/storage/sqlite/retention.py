"""Retention in SQLite."""

from __future__ import annotations

import json
from collections.abc import Collection as SetOf
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import apsw
import orjson

from runstone.domain.errors import AlreadyExists, NotFound
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
    is_made_by_clients,
)
from runstone.ports.retention import Retention
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, to_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/retention.sql")
_PAST_ALL: Final = 2**62


class SqliteRetention(Retention):
    """Retention within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def rules(self, project: ProjectId | None = None) -> Sequence[RetentionRule]:
        return [_rule(row) for row in self._rows("rules", {"project": project})]

    def rule(self, rule: RetentionRuleId) -> RetentionRule | None:
        rows = self._rows("rule", (rule,))
        return _rule(rows[0]) if rows else None

    def rule_of(self, collection: CollectionId) -> RetentionRule | None:
        rows = self._rows("rule_of", (collection,))
        return _rule(rows[0]) if rows else None

    def add_rule(
        self, project: ProjectId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        if scope.collection_id is not None and self.rule_of(scope.collection_id) is not None:
            raise AlreadyExists("The collection has a rule of its own already.")
        now = to_micros(self._now)
        places = (scope.collection_id, scope.type, scope.name)
        rows = self._rows("insert_rule", (project, *places, text, is_on, set_by, now, now))
        return self._existing(RetentionRuleId(rows[0][0]))

    def change_rule(
        self, rule: RetentionRuleId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        places = (scope.collection_id, scope.type, scope.name)
        self._rows("update_rule", (*places, text, is_on, set_by, to_micros(self._now), rule))
        return self._existing(rule)

    def delete_rule(self, rule: RetentionRuleId) -> None:
        self._rows("delete_rule", (rule,))

    def default_ttl(self, entity: EntityId, project: ProjectId | None = None) -> int | None:
        rows = self._rows("default_ttl", {"entity": entity, "project": project})
        return rows[0][0] if rows else None

    def set_default_ttl(
        self, entity: EntityId, ttl_s: int | None, project: ProjectId | None = None
    ) -> None:
        place = {"entity": entity, "project": project}
        self._rows("delete_default_ttl", place)
        if ttl_s is not None:
            self._rows("insert_default_ttl", place | {"ttl": ttl_s})

    def inherited_ttl(self, collection: CollectionId) -> int | None:
        rows = self._rows("inherited_ttl", (collection,))
        if not rows or is_made_by_clients(rows[0][1]):
            return None
        ttl: int | None = rows[0][0]
        return ttl

    def facts(
        self,
        collection: CollectionId,
        *,
        with_metadata: bool,
        only: SetOf[ArtifactId] | None = None,
    ) -> Sequence[VersionFacts]:
        wanted = None if only is None else json.dumps(sorted(only))
        bindings = {"collection": collection, "with_metadata": with_metadata, "only": wanted}
        return [_facts(row) for row in self._rows("facts", bindings)]

    def expired(
        self, now: datetime, *, after: ArtifactId | None = None, limit: int
    ) -> Sequence[tuple[ArtifactId, int]]:
        bindings = {"now": to_micros(now), "after": -1 if after is None else after}
        found: list[tuple[ArtifactId, int]] = []
        for artifact, ttl, type_name in self._connection.execute(_SQL["expired"], bindings):
            if len(found) == limit:
                break
            if not is_made_by_clients(str(type_name)):
                found.append((ArtifactId(int(str(artifact))), int(str(ttl))))
        return found

    def freed(self, artifacts: Iterable[ArtifactId]) -> Freed:
        gone = {"gone": json.dumps(sorted(set(artifacts)))}
        ((num_versions, logical),) = self._rows("logical", gone)
        ((num_contents, freed),) = self._rows("freed", gone)
        return Freed(num_versions, logical, num_contents, freed)

    def versions_in(
        self, project: ProjectId, collections: Iterable[CollectionId] | None = None
    ) -> Sequence[ArtifactId]:
        wanted = None if collections is None else json.dumps(sorted(set(collections)))
        rows = self._rows("versions_in", {"project": project, "collections": wanted})
        return [row[0] for row in rows]

    def note_deletion(
        self,
        project: ProjectId,
        collection: str,
        index: int,
        size_bytes: int,
        reason: DeletionReason,
        why: str,
    ) -> None:
        entry = (project, collection, index, size_bytes, reason.value, why, to_micros(self._now))
        self._rows("insert_deletion", entry)

    def deletions(
        self, project: ProjectId, *, before: int | None = None, limit: int
    ) -> Sequence[Deletion]:
        start = _PAST_ALL if before is None else before
        return [
            Deletion(
                number,
                place,
                collection,
                index,
                size_bytes,
                DeletionReason(reason),
                why,
                from_micros(deleted),
            )
            for number, place, collection, index, size_bytes, reason, why, deleted in self._rows(
                "deletions", (project, start, max(limit, 0))
            )
        ]

    def _existing(self, rule: RetentionRuleId) -> RetentionRule:
        found = self.rule(rule)
        if found is None:
            raise NotFound("The rule is gone.")
        return found

    def _rows(self, statement: str, bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _rule(row: Any) -> RetentionRule:
    identifier, project, collection, type_name, name, text, is_on, set_by, created, updated = row
    return RetentionRule(
        identifier,
        project,
        Scope(collection, type_name, name),
        text,
        bool(is_on),
        set_by,
        from_micros(created),
        from_micros(updated),
    )


def _facts(row: Any) -> VersionFacts:
    (
        identifier, index, created, size_bytes, num_files, aliases, tags, description, user,
        metadata, num_links, run, run_is_live, is_in_use,
    ) = row  # fmt: skip
    return VersionFacts(
        identifier,
        index,
        from_micros(created),
        size_bytes,
        num_files,
        tuple(orjson.loads(aliases)),
        tuple(orjson.loads(tags)),
        description,
        user,
        metadata,
        num_links,
        run,
        bool(run_is_live),
        bool(is_in_use),
    )
