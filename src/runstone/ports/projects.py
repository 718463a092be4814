"""Projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.run import Project, ProjectOverview


class ProjectsReader(ABC):
    """Look-ups answer None for what is absent.

    A project in the trash is absent, but by its id and where the trash is asked for. Runs in the
    trash count nowhere.
    """

    @abstractmethod
    def project(self, entity: EntityId, name: str) -> Project | None:
        """The project of that entity and exact name."""

    @abstractmethod
    def renamed_project(self, entity: EntityId, name: str) -> Project | None:
        """The project outside of the trash that had that exact name last, whoever has it now."""

    @abstractmethod
    def project_by_id(self, project: ProjectId) -> Project | None:
        """The project with that id."""

    @abstractmethod
    def projects(self, entity: EntityId) -> Sequence[Project]:
        """An entity's projects, newest first."""

    @abstractmethod
    def all_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        """Projects of those entities (None: of all), in any order."""

    @abstractmethod
    def overviews(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectOverview]:
        """Projects of those entities (None: of all), the most recently active first."""

    @abstractmethod
    def trashed_project(self, entity: EntityId, name: str) -> Project | None:
        """The project of that entity and exact name, if it is in the trash."""

    @abstractmethod
    def trashed_projects(self, entities: Sequence[EntityId] | None) -> Sequence[Project]:
        """Projects of those entities (None: of all) in the trash, those deleted last first."""


class Projects(ProjectsReader):
    """Changes to projects. NotFound for lost ids; no id is used again."""

    @abstractmethod
    def create_project(self, entity: EntityId, name: str, *, description: str = "") -> Project:
        """A new project.

        Raises:
            AlreadyExists: The entity uses that name, in the trash or outside; exactly, case
                included.
        """

    @abstractmethod
    def update_project(self, project: ProjectId, *, description: str) -> Project:
        """Replaces the description."""

    @abstractmethod
    def rename_project(self, project: ProjectId, name: str) -> Project:
        """Gives it another name, and notes the one that it had.

        Raises:
            AlreadyExists: Its entity uses that name, in the trash or outside.
        """

    @abstractmethod
    def trash_project(self, project: ProjectId) -> Project:
        """Puts the project into the trash now; its runs are the caller's to put there."""

    @abstractmethod
    def restore_project(self, project: ProjectId) -> Project:
        """Takes the project out of the trash, without its runs; harmless where it is outside."""

    @abstractmethod
    def delete_project(self, project: ProjectId) -> None:
        """Removes a project without runs, and its views.

        Raises:
            Conflict: Runs are left, in the trash too.
        """
