"""Projects in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import Project, ProjectOverview, Run
from runstone.ports.projects import Projects
from runstone.storage.memory.tables import Tables, text


class MemoryProjects(Projects):
    """Projects among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def project(self, entity: EntityId, name: str) -> Project | None:
        address = (entity, text(name))
        for project in self._tables.projects.values():
            if (project.entity_id, project.name) == address:
                return project
        return None

    def project_by_id(self, project: ProjectId) -> Project | None:
        return self._tables.projects.get(project)

    def projects(self, entity: EntityId) -> Sequence[Project]:
        found = [p for p in self._tables.projects.values() if p.entity_id == entity]
        return sorted(found, key=lambda p: (p.created_at, p.id), reverse=True)

    def overviews(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectOverview]:
        found = [
            self._overview(project)
            for project in self._tables.projects.values()
            if entities is None or project.entity_id in entities
        ]
        return sorted(found, key=lambda o: (o.last_activity_at, o.project.id), reverse=True)

    def create_project(self, entity: EntityId, name: str, *, description: str = "") -> Project:
        owner = self._tables.entities.get(entity)
        if owner is None:
            raise NotFound("The owner is gone.")
        if self.project(entity, name):
            raise AlreadyExists(f"There is a project {name} already.")
        identifier = ProjectId(self._tables.next_id("project"))
        project = Project(
            identifier, entity, owner.name, name, text(description), self._now, self._now
        )
        self._tables.projects[identifier] = project
        self._tables.num_runs_ever[identifier] = 0
        return project

    def update_project(self, project: ProjectId, *, description: str) -> Project:
        found = self._existing(project)
        updated = replace(found, description=text(description), updated_at=self._now)
        self._tables.projects[project] = updated
        return updated

    def delete_project(self, project: ProjectId) -> None:
        self._existing(project)
        if num := len(self._runs(project)):
            raise Conflict(f"The project still has {num} run(s).", num_runs=num)
        del self._tables.projects[project]

    def _existing(self, project: ProjectId) -> Project:
        found = self._tables.projects.get(project)
        if found is None:
            raise NotFound("The project is gone.")
        return found

    def _runs(self, project: ProjectId) -> list[Run]:
        return [run for run in self._tables.runs.values() if run.project_id == project]

    def _overview(self, project: Project) -> ProjectOverview:
        runs = self._runs(project.id)
        return ProjectOverview(
            project,
            len(runs),
            dict(Counter(run.state for run in runs)),
            max((run.heartbeat_at for run in runs), default=project.created_at),
        )
