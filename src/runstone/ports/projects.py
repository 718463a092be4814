"""Projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import Project, ProjectOverview


class ProjectsReader(ABC):
    """Look-ups answer None for what is absent."""

    @abstractmethod
    def project(self, entity: EntityId, name: str) -> Project | None:
        """The project of that entity and exact name."""

    @abstractmethod
    def project_by_id(self, project: ProjectId) -> Project | None:
        """The project with that id."""

    @abstractmethod
    def projects(self, entity: EntityId) -> Sequence[Project]:
        """An entity's projects, newest first."""

    @abstractmethod
    def overviews(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectOverview]:
        """Projects of those entities (None: of all), the most recently active first."""


class Projects(ProjectsReader):
    """Changes to projects. NotFound for lost ids; no id is used again."""

    @abstractmethod
    def create_project(self, entity: EntityId, name: str, *, description: str = "") -> Project:
        """A new project.

        Raises:
            AlreadyExists: The entity uses that name; exactly, case included.
        """

    @abstractmethod
    def update_project(self, project: ProjectId, *, description: str) -> Project:
        """Replaces the description."""

    @abstractmethod
    def delete_project(self, project: ProjectId) -> None:
        """Removes a project without runs. Raises Conflict where runs are left."""
