"""What records cost, read quickly for very many runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import EntityId, ProjectId
from runstone.domain.storage import ProjectUsage, Removed, RunUsage


class UsageReader(ABC):
    """Sums of bytes. A backend that keeps nothing on disk may call histories free."""

    @abstractmethod
    def runs(self, project: ProjectId) -> Sequence[RunUsage]:
        """Every run of a project, in the trash or outside, in any order."""

    @abstractmethod
    def projects(self, entities: Sequence[EntityId] | None) -> Sequence[ProjectUsage]:
        """Every project of these entities (None: of all), in the trash or outside, by id."""

    @abstractmethod
    def removed(self) -> Removed:
        """Runs that are removed for good and not wholly erased."""
