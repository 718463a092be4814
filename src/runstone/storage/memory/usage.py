"""What records cost, in memory: histories are free, the rest is counted the long way."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.domain.ids import EntityId, ProjectId, RunId
from runstone.domain.storage import MEDIA_PREFIX, ProjectUsage, Removed, RunUsage, Usage
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
