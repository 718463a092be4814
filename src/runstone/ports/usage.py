"""What records cost, read quickly for very many runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.storage import (
    ArtifactUsage,
    CollectionUsage,
    ProjectUsage,
    Removed,
    RunUsage,
)


class UsageReader(ABC):
    """Sums of bytes. A backend that keeps nothing on disk may call histories free."""

    @abstractmethod
    def runs(self, project: ProjectId) -> Sequence[RunUsage]:
        """Every run of a project, in the trash or outside, in any order."""

    @abstractmethod
    def projects(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectUsage]:
        """Every project of these entities (None: of all), in the trash or outside, by id."""

    @abstractmethod
    def collections(self, project: ProjectId) -> Sequence[CollectionUsage]:
        """Every collection of a project that versions are logged into, in any order."""

    @abstractmethod
    def artifacts(self, projects: Iterable[ProjectId]) -> Mapping[ProjectId, ArtifactUsage]:
        """Those of the projects in which there are versions; each project's contents once."""

    @abstractmethod
    def removed(self) -> Removed:
        """Runs that are removed for good and not wholly erased."""
