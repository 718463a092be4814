"""Which runs logged and used which versions, read for many of them at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.lineage import RunPlace, VersionPlace


class LineageReader(ABC):
    """A step of a graph is one call, however many nodes it starts from.

    Pairs come in order of the first id as given, then in order of being noted. Ids that are lost,
    or given twice, add nothing. Pending versions are in no answer.
    """

    @abstractmethod
    def inputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        """Each run with each version that it used."""

    @abstractmethod
    def outputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        """Each run with each version that it logged, those that were there already too."""

    @abstractmethod
    def users_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        """Each version with each run that used it."""

    @abstractmethod
    def makers_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        """Each version with each run that logged it."""

    @abstractmethod
    def versions(self, artifacts: Sequence[ArtifactId]) -> Sequence[VersionPlace]:
        """All places of these versions: of each that where it was logged first.

        Without those of projects in the trash.
        """

    @abstractmethod
    def runs(self, runs: Sequence[RunId]) -> Sequence[RunPlace]:
        """These runs, without those in the trash or of projects in the trash."""
