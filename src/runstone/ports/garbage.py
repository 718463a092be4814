"""What nobody can reach any more, and how it goes: in steps that hold no other writer up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.storage import Erased


@dataclass(frozen=True, slots=True)
class UnusedKeys:
    """Names of metrics that had no value when it was looked.

    Attributes:
        ids: The backend's own numbers of them.
        since: A mark of the backend's: what was written later is looked at again.
    """

    ids: Sequence[int] = ()
    since: int = 0


class GarbageReader(ABC):
    """Finding it. `Runs.delete_run` and `Artifacts.delete_artifact` are what makes it."""

    @abstractmethod
    def removed_runs(self, *, limit: int) -> Sequence[RunId]:
        """Runs that are removed and not wholly erased, the oldest first."""

    @abstractmethod
    def removed_artifacts(self, *, limit: int) -> Sequence[ArtifactId]:
        """Versions of artifacts that are deleted and not wholly erased, the oldest first."""

    @abstractmethod
    def blobs_of(self, run: RunId) -> frozenset[str]:
        """Keys of all blobs that records of that run name, removed or not."""

    @abstractmethod
    def unused_keys(self) -> UnusedKeys:
        """Names of metrics under which no run has sealed values.

        Reads much: seconds where there are ten million chunks.
        """


class Garbage(GarbageReader):
    """Making it go, within the store's transaction."""

    @abstractmethod
    def erase_some(self, run: RunId, *, max_bytes: int) -> Erased:
        """Erases some of what a removed run held: history, cursors, output, records of files.

        At most about `max_bytes`, and a bounded number of rows. To be repeated until it is done;
        from then on nothing of the run is left, and `removed_runs` does not name it. For a run
        that was never removed it does nothing and is done.
        """

    @abstractmethod
    def forget_keys(self, unused: UnusedKeys) -> int:
        """Forgets those of these names that are still unused; returns how many."""

    @abstractmethod
    def erase_artifacts(self, *, max_bytes: int) -> int:
        """Erases some of what deleted versions of artifacts held: manifests, references.

        At most about `max_bytes`, and one manifest at least. To be repeated until nothing is left.

        Returns:
            About how many bytes it was; 0 when nothing was left.
        """
