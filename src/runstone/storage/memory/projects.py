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
from runstone.storage.memory.artifacts import MemoryArtifacts
from runstone.storage.memory.registry import forget_registry
from runstone.storage.memory.tables import Tables, text


class MemoryProjects(Projects):
    """Projects among some `Tables`."""

    def __init__(self, tables: Tables, now: datetime) -> None:
        self._tables = tables
        self._now = now

    def project(self, entity: EntityId, name: str) -> Project | None:
        found = self._any_project(entity, name)
        return None if found is None or found.deleted_at else found

    def renamed_project(self, entity: EntityId, name: str) -> Project | None:
        project = self._tables.former_names.get((entity, text(name)))
        found = None if project is None else self._tables.projects.get(project)
        return None if found is None or found.deleted_at else found

    def project_by_id(self, project: ProjectId) -> Project | None:
        return self._tables.projects.get(project)

    def projects(self, entity: EntityId) -> Sequence[Project]:
        found = [p for p in self._outside() if p.entity_id == entity]
        return sorted(found, key=lambda p: (p.created_at, p.id), reverse=True)

    def all_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        return [p for p in self._outside() if entities is None or p.entity_id in entities]

    def overviews(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectOverview]:
        found = [
            self._overview(project)
            for project in self._outside()
            if entities is None or project.entity_id in entities
        ]
        return sorted(found, key=lambda o: (o.last_activity_at, o.project.id), reverse=True)

    def create_project(self, entity: EntityId, name: str, *, description: str = "") -> Project:
        owner = self._tables.entities.get(entity)
        if owner is None:
            raise NotFound("The owner is gone.")
        if self._any_project(entity, name):
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

    def rename_project(self, project: ProjectId, name: str) -> Project:
        found = self._existing(project)
        if name == found.name:
            return found
        if self._any_project(found.entity_id, name):
            raise AlreadyExists(f"There is a project {name} already.")
        self._tables.former_names.pop((found.entity_id, name), None)
        self._tables.former_names[found.entity_id, found.name] = project
        renamed = replace(found, name=name, updated_at=self._now)
        self._tables.projects[project] = renamed
        runs = self._tables.runs
        runs |= {
            k: replace(run, project=name) for k, run in runs.items() if run.project_id == project
        }
        return renamed

    def trashed_project(self, entity: EntityId, name: str) -> Project | None:
        found = self._any_project(entity, name)
        return found if found is not None and found.deleted_at else None

    def trashed_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        found = [
            (project.deleted_at, project.id, project)
            for project in self._tables.projects.values()
            if entities is None or project.entity_id in entities
        ]
        trash = sorted((at, number, project) for at, number, project in found if at)
        return [project for *_, project in trash[::-1]]

    def trash_project(self, project: ProjectId) -> Project:
        return self._set_deleted_at(project, self._now)

    def restore_project(self, project: ProjectId) -> Project:
        return self._set_deleted_at(project, None)

    def delete_project(self, project: ProjectId) -> None:
        self._existing(project)
        if num := len(self._runs_of(project)):
            raise Conflict(f"The project still has {num} run(s).", num_runs=num)
        artifacts = MemoryArtifacts(self._tables, self._now)
        for collection in artifacts.collections(project):
            artifacts.delete_collection(collection.id)
        for its_type in artifacts.types(project):
            del self._tables.artifact_types[its_type.id]
        forget_registry(self._tables, project)
        del self._tables.projects[project]
        names = self._tables.former_names
        self._tables.former_names = {k: v for k, v in names.items() if v != project}
        for view in [v.id for v in self._tables.views.values() if v.project_id == project]:
            del self._tables.views[view]
            del self._tables.view_specs[view]

    def _any_project(self, entity: EntityId, name: str) -> Project | None:
        address = (entity, text(name))
        for project in self._tables.projects.values():
            if (project.entity_id, project.name) == address:
                return project
        return None

    def _outside(self) -> list[Project]:
        """All projects outside of the trash."""
        return [p for p in self._tables.projects.values() if p.deleted_at is None]

    def _set_deleted_at(self, project: ProjectId, deleted_at: datetime | None) -> Project:
        found = replace(self._existing(project), deleted_at=deleted_at, updated_at=self._now)
        self._tables.projects[project] = found
        return found

    def _existing(self, project: ProjectId) -> Project:
        found = self._tables.projects.get(project)
        if found is None:
            raise NotFound("The project is gone.")
        return found

    def _runs_of(self, project: ProjectId) -> list[Run]:
        """All of them, those in the trash too."""
        return [run for run in self._tables.runs.values() if run.project_id == project]

    def _runs(self, project: ProjectId) -> list[Run]:
        return [
            run
            for run in self._tables.runs.values()
            if run.project_id == project and run.deleted_at is None
        ]

    def _overview(self, project: Project) -> ProjectOverview:
        runs = self._runs(project.id)
        return ProjectOverview(
            project,
            len(runs),
            dict(Counter(run.state for run in runs)),
            max((run.heartbeat_at for run in runs), default=project.created_at),
        )
