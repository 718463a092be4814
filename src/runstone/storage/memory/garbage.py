"""What nobody can reach any more, in memory: erased in one step."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.storage import Erased
from runstone.ports.garbage import Garbage, UnusedKeys
from runstone.storage.memory.history import MemoryHistory
from runstone.storage.memory.tables import Tables
from runstone.storage.memory.usage import usage_of


class MemoryGarbage(Garbage):
    """Finding and erasing among some `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def removed_runs(self, *, limit: int) -> Sequence[RunId]:
        return sorted(self._tables.removed)[: max(limit, 0)]

    def removed_artifacts(self, *, limit: int) -> Sequence[ArtifactId]:
        del limit  # a deleted version leaves nothing here
        return []

    def blobs_of(self, run: RunId) -> frozenset[str]:
        tables = self._tables
        blobs = {file.blob for (owner, _), file in tables.files.items() if owner == run}
        blobs |= {file.blob for (owner, _), file in tables.history_files.items() if owner == run}
        return frozenset(blob for blob in blobs if blob)

    def unused_keys(self) -> UnusedKeys:
        return UnusedKeys()

    def erase_some(self, run: RunId, *, max_bytes: int) -> Erased:
        tables = self._tables
        if run not in tables.removed:
            return Erased()
        erased = Erased(usage_of(tables, run), tuple(sorted(self.blobs_of(run))))
        streams = [stream.id for stream in tables.history.streams.values() if stream.run_id == run]
        tables.cursors = {k: v for k, v in tables.cursors.items() if k not in streams}
        MemoryHistory(tables.history).erase_some(run, max_bytes=max_bytes)
        tables.console = {k: v for k, v in tables.console.items() if k[0] != run}
        tables.files = {k: v for k, v in tables.files.items() if k[0] != run}
        tables.history_files = {k: v for k, v in tables.history_files.items() if k[0] != run}
        del tables.removed[run]
        return erased

    def forget_keys(self, unused: UnusedKeys) -> int:
        del unused  # names are not kept apart from rows
        return 0

    def erase_artifacts(self, *, max_bytes: int) -> int:
        del max_bytes
        return 0
