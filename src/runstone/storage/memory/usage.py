"""What records cost, in memory: histories are free, the rest is counted the long way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from runstone.domain.artifact import ArtifactState, CollectionKind
from runstone.domain.ids import CollectionId, EntityId, ProjectId, RunId
from runstone.domain.storage import (
    MEDIA_PREFIX,
    ArtifactUsage,
    CollectionUsage,
    ProjectUsage,
    Removed,
    RunUsage,
    Usage,
)
from runstone.ports.usage import UsageReader
from runstone.storage.memory.tables import Tables


class MemoryUsage(UsageReader):
    """Sums over some `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def runs(self, project: ProjectId) -> Sequence[RunUsage]:
        return [
            RunUsage(
                run.id,
                run.name,
                run.display_name,
                run.deleted_at is not None,
                usage_of(self._tables, run.id),
            )
            for run in self._tables.runs.values()
            if run.project_id == project
        ]

    def projects(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectUsage]:
        found = []
        for project in sorted(self._tables.projects.values(), key=lambda p: p.id):
            if entities is not None and project.entity_id not in entities:
                continue
            runs = self.runs(project.id)
            outside = [run.usage for run in runs if not run.in_trash]
            trash = [run.usage for run in runs if run.in_trash]
            found.append(
                ProjectUsage(
                    project.id,
                    project.entity,
                    project.name,
                    len(outside),
                    sum(outside, Usage()),
                    len(trash),
                    sum(trash, Usage()),
                )
            )
        return found

    def collections(self, project: ProjectId) -> Sequence[CollectionUsage]:
        return [
            CollectionUsage(found.id, found.name, found.type, self._held_by({found.id}))
            for found in self._tables.collections.values()
            if found.project_id == project and found.kind is CollectionKind.SEQUENCE
        ]

    def artifacts(self, projects: Iterable[ProjectId]) -> Mapping[ProjectId, ArtifactUsage]:
        homes: dict[ProjectId, set[CollectionId]] = {}
        for artifact in self._tables.artifacts.values():
            home = self._tables.collections[artifact.collection_id]
            homes.setdefault(home.project_id, set()).add(home.id)
        return {project: self._held_by(homes[project]) for project in projects if project in homes}

    def _held_by(self, collections: set[CollectionId]) -> ArtifactUsage:
        tables = self._tables
        here: set[bytes] = set()
        elsewhere: set[bytes] = set()
        committed = []
        for artifact in tables.artifacts.values():
            is_here = artifact.collection_id in collections
            contents = tables.artifact_contents.get(artifact.id, frozenset())
            (here if is_here else elsewhere).update(contents)
            if is_here and artifact.state is ArtifactState.COMMITTED:
                committed.append(artifact.size_bytes)
        sizes = {md5: tables.contents[md5].size_bytes for md5 in here}
        unique = sum(size for md5, size in sizes.items() if md5 not in elsewhere)
        return ArtifactUsage(len(committed), sum(committed), sum(sizes.values()), unique)

    def removed(self) -> Removed:
        removed = self._tables.removed
        return Removed(len(removed), sum((usage_of(self._tables, run) for run in removed), Usage()))


def usage_of(tables: Tables, run: RunId) -> Usage:
    """What one run costs."""
    sizes = {name: file.size_bytes for (owner, name), file in tables.files.items() if owner == run}
    media = sum(size for name, size in sizes.items() if name.startswith(MEDIA_PREFIX))
    return Usage(
        console=sum(
            len(timed.line.text.encode())
            for (owner, *_), timed in tables.console.items()
            if owner == run
        ),
        files=sum(sizes.values()) - media,
        media=media,
        documents=sum(len(text.encode()) for text in tables.documents.get(run, {}).values()),
    )
