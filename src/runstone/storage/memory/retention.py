"""Retention in memory: counted the long way."""

from __future__ import annotations

from collections.abc import Collection as SetOf
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from runstone.domain.artifact import Artifact, ArtifactState
from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.ids import (
    ArtifactId,
    CollectionId,
    EntityId,
    ProjectId,
    RetentionRuleId,
    RunId,
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
from runstone.storage.memory.tables import Tables, text


class MemoryRetention(Retention):
    """Retention over some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def rules(self, project: ProjectId | None = None) -> Sequence[RetentionRule]:
        found = [rule for rule in self._tables.retention_rules.values() if self._is_there(rule)]
        if project is not None:
            return [rule for rule in found if rule.project_id == project]
        projects = self._tables.projects
        return [rule for rule in found if projects[rule.project_id].deleted_at is None]

    def _is_there(self, rule: RetentionRule) -> bool:
        collection = rule.scope.collection_id
        return rule.project_id in self._tables.projects and (
            collection is None or collection in self._tables.collections
        )

    def rule(self, rule: RetentionRuleId) -> RetentionRule | None:
        found = self._tables.retention_rules.get(rule)
        return found if found is not None and self._is_there(found) else None

    def rule_of(self, collection: CollectionId) -> RetentionRule | None:
        for rule in self._tables.retention_rules.values():
            if rule.scope.collection_id == collection and self._is_there(rule):
                return rule
        return None

    def add_rule(
        self, project: ProjectId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        if scope.collection_id is not None and self.rule_of(scope.collection_id) is not None:
            raise AlreadyExists("The collection has a rule of its own already.")
        made = RetentionRule(
            RetentionRuleId(self._tables.next_id("retention_rule")),
            project,
            scope,
            text,
            is_on,
            set_by,
            self._now,
            self._now,
        )
        return self._put(made)

    def change_rule(
        self, rule: RetentionRuleId, scope: Scope, text: str, *, is_on: bool, set_by: str
    ) -> RetentionRule:
        found = self.rule(rule)
        if found is None:
            raise NotFound("The rule is gone.")
        return self._put(
            replace(found, scope=scope, text=text, is_on=is_on, set_by=set_by, updated_at=self._now)
        )

    def _put(self, rule: RetentionRule) -> RetentionRule:
        for given in (rule.text, rule.scope.type or "", rule.scope.name or ""):
            text(given)
        self._tables.retention_rules[rule.id] = rule
        return rule

    def delete_rule(self, rule: RetentionRuleId) -> None:
        self._tables.retention_rules.pop(rule, None)

    def default_ttl(self, entity: EntityId, project: ProjectId | None = None) -> int | None:
        return self._tables.default_ttls.get((entity, project))

    def set_default_ttl(
        self, entity: EntityId, ttl_s: int | None, project: ProjectId | None = None
    ) -> None:
        self._tables.default_ttls.pop((entity, project), None)
        if ttl_s is not None:
            self._tables.default_ttls[entity, project] = ttl_s

    def inherited_ttl(self, collection: CollectionId) -> int | None:
        found = self._tables.collections.get(collection)
        if found is None or is_made_by_clients(found.type):
            return None
        project = self._tables.projects[found.project_id]
        own = self.default_ttl(project.entity_id, project.id)
        return self.default_ttl(project.entity_id) if own is None else own

    def facts(
        self,
        collection: CollectionId,
        *,
        with_metadata: bool,
        only: SetOf[ArtifactId] | None = None,
    ) -> Sequence[VersionFacts]:
        found = []
        for member in self._tables.members.values():
            artifact = self._tables.artifacts[member.artifact_id]
            if (
                member.collection_id == collection == artifact.collection_id
                and artifact.state is ArtifactState.COMMITTED
                and (only is None or artifact.id in only)
            ):
                found.append(self._facts(artifact, member.index, with_metadata))
        return sorted(found, key=lambda facts: -facts.index)

    def _facts(self, artifact: Artifact, index: int, with_metadata: bool) -> VersionFacts:
        tables, home = self._tables, artifact.collection_id
        user = None if artifact.user_id is None else tables.entities.get(artifact.user_id)
        return VersionFacts(
            artifact.id,
            index,
            artifact.created_at,
            artifact.size_bytes,
            artifact.num_files,
            tuple(
                sorted(
                    alias
                    for (place, alias), of in tables.aliases.items()
                    if of == artifact.id and place == home
                )
            ),
            artifact.tags,
            artifact.description,
            None if user is None else user.name,
            artifact.metadata if with_metadata else "",
            sum(
                member.artifact_id == artifact.id and member.collection_id != home
                for member in tables.members.values()
            ),
            artifact.run_id,
            self._is_live(artifact.run_id),
            any(used == artifact.id and self._is_live(run) for run, used in tables.artifact_inputs),
        )

    def _is_live(self, run: RunId | None) -> bool:
        found = None if run is None else self._tables.runs.get(run)
        return found is not None and found.deleted_at is None and found.state.is_live

    def expired(
        self, now: datetime, *, after: ArtifactId | None = None, limit: int
    ) -> Sequence[tuple[ArtifactId, int]]:
        found = []
        for artifact in sorted(self._tables.artifacts.values(), key=lambda one: one.id):
            home = self._tables.collections[artifact.collection_id]
            ttl = artifact.ttl_s
            ttl = self.inherited_ttl(home.id) if ttl is None else ttl
            if (
                ttl
                and artifact.state is ArtifactState.COMMITTED
                and not is_made_by_clients(home.type)
                and self._tables.projects[home.project_id].deleted_at is None
                and artifact.created_at + timedelta(seconds=ttl) <= now
                and (after is None or artifact.id > after)
                and not self._facts(artifact, 0, False).num_links
            ):
                found.append((artifact.id, ttl))
        return found[:limit]

    def freed(self, artifacts: Iterable[ArtifactId]) -> Freed:
        tables = self._tables
        gone = {artifact for artifact in artifacts if artifact in tables.artifacts}
        held: set[bytes] = set()
        needed: set[bytes] = set()
        for artifact, contents in tables.artifact_contents.items():
            (held if artifact in gone else needed).update(contents)
        freed = held - needed
        return Freed(
            len(gone),
            sum(tables.artifacts[artifact].size_bytes for artifact in gone),
            len(freed),
            sum(tables.contents[md5].size_bytes for md5 in freed),
        )

    def versions_in(
        self, project: ProjectId, collections: Iterable[CollectionId] | None = None
    ) -> Sequence[ArtifactId]:
        wanted = None if collections is None else set(collections)
        return [
            artifact.id
            for artifact in self._tables.artifacts.values()
            if self._tables.collections[artifact.collection_id].project_id == project
            and (wanted is None or artifact.collection_id in wanted)
        ]

    def note_deletion(
        self,
        project: ProjectId,
        collection: str,
        index: int,
        size_bytes: int,
        reason: DeletionReason,
        why: str,
    ) -> None:
        number = self._tables.next_id("retention_deletion")
        self._tables.deletions[number] = Deletion(
            number, project, collection, index, size_bytes, reason, why, self._now
        )

    def deletions(
        self, project: ProjectId, *, before: int | None = None, limit: int
    ) -> Sequence[Deletion]:
        found = [
            entry
            for entry in reversed(self._tables.deletions.values())
            if entry.project_id == project and (before is None or entry.id < before)
        ]
        return found[: max(limit, 0)]
