"""Projects in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import apsw

from runstone.domain.errors import AlreadyExists, Conflict, NotFound
from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import Project, ProjectOverview, RunState
from runstone.ports.projects import Projects
from runstone.storage.sql.named import load
from runstone.storage.sql.values import from_micros, from_micros_or_none, to_micros

_SQL: Final = load("runstone.storage.sqlite", "queries/projects.sql")


class SqliteProjects(Projects):
    """Projects within one open transaction."""

    def __init__(self, connection: apsw.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def project(self, entity: EntityId, name: str) -> Project | None:
        rows = self._rows("project_by_name", entity, name)
        return _project(rows[0]) if rows else None

    def renamed_project(self, entity: EntityId, name: str) -> Project | None:
        rows = self._rows("project_by_former_name", entity, name)
        return _project(rows[0]) if rows else None

    def project_by_id(self, project: ProjectId) -> Project | None:
        rows = self._rows("project_by_id", project)
        return _project(rows[0]) if rows else None

    def projects(self, entity: EntityId) -> Sequence[Project]:
        return [_project(row) for row in self._rows("projects_of", entity)]

    def all_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        if entities is None:
            return [_project(row) for row in self._rows("all_projects")]
        return [p for entity in dict.fromkeys(entities) for p in self.projects(entity)]

    def overviews(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectOverview]:
        overviews = [self._overview(project) for project in self.all_projects(entities)]
        overviews.sort(key=lambda o: (o.last_activity_at, o.project.id), reverse=True)
        return overviews

    def trashed_project(self, entity: EntityId, name: str) -> Project | None:
        rows = self._rows("any_project_by_name", entity, name)
        found = _project(rows[0]) if rows else None
        return found if found is not None and found.deleted_at is not None else None

    def trashed_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        found = [_project(row) for row in self._rows("trashed_projects")]
        return [p for p in found if entities is None or p.entity_id in entities]

    def create_project(self, entity: EntityId, name: str, *, description: str = "") -> Project:
        if self._rows("any_project_by_name", entity, name):
            raise AlreadyExists(f"There is a project {name} already; choose another name.")
        now = to_micros(self._now)
        rows = self._rows("insert_project", entity, name, description, now, now)
        created = self.project_by_id(ProjectId(rows[0][0]))
        assert created is not None
        return created

    def update_project(self, project: ProjectId, *, description: str) -> Project:
        self._rows("update_project", description, to_micros(self._now), project)
        updated = self.project_by_id(project)
        if updated is None:
            raise NotFound("The project is gone.")
        return updated

    def rename_project(self, project: ProjectId, name: str) -> Project:
        found = self.project_by_id(project)
        if found is None:
            raise NotFound("The project is gone.")
        if name == found.name:
            return found
        if self._rows("any_project_by_name", found.entity_id, name):
            raise AlreadyExists(f"There is a project {name} already; choose another name.")
        self._rows("forget_former_name", found.entity_id, name)
        self._rows("put_former_name", found.entity_id, found.name, project)
        self._rows("rename_project", name, to_micros(self._now), project)
        renamed = self.project_by_id(project)
        assert renamed is not None
        return renamed

    def trash_project(self, project: ProjectId) -> Project:
        return self._set_deleted_at(project, to_micros(self._now))

    def restore_project(self, project: ProjectId) -> Project:
        return self._set_deleted_at(project, None)

    def _set_deleted_at(self, project: ProjectId, deleted_at: int | None) -> Project:
        if not self._rows("set_project_deleted_at", deleted_at, to_micros(self._now), project):
            raise NotFound("The project is gone.")
        found = self.project_by_id(project)
        assert found is not None
        return found

    def delete_project(self, project: ProjectId) -> None:
        num, num_in_trash = self._rows("count_runs_in", project)[0]
        if num:
            raise Conflict(
                f"The project still has {num} run(s), {num_in_trash} of them in its trash; delete "
                "them first.",
                num_runs=num,
            )
        if not self._rows("delete_project", project):
            raise NotFound("The project is gone already.")

    def _overview(self, project: Project) -> ProjectOverview:
        states = {RunState(state): num for state, num in self._rows("states_of", project.id)}
        bindings = {"project": project.id}
        rows: list[Any] = self._connection.execute(_SQL["last_heartbeat"], bindings).fetchall()
        last = rows[0][0]
        last_at = project.created_at if last is None else from_micros(last)
        return ProjectOverview(project, sum(states.values()), states, last_at)

    def _rows(self, statement: str, *bindings: Any) -> list[Any]:
        return self._connection.execute(_SQL[statement], bindings).fetchall()


def _project(row: Any) -> Project:
    identifier, entity_id, entity, name, description, created, updated, deleted = row
    return Project(
        identifier,
        entity_id,
        entity,
        name,
        description,
        from_micros(created),
        from_micros(updated),
        from_micros_or_none(deleted),
    )
