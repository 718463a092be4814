"""Files of histories that clients were given, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runstone.domain.errors import AlreadyExists, NotFound
from runstone.domain.history_file import HistoryFile
from runstone.domain.ids import RunId
from runstone.ports.history_files import HistoryFiles
from runstone.storage.memory.tables import Tables


class MemoryHistoryFiles(HistoryFiles):
    """Files of histories among some `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def history_files(self, run: RunId) -> Sequence[HistoryFile]:
        found = self._tables.history_files
        return [found[key] for key in sorted(found) if key[0] == run]

    def owner_of(self, name: str) -> RunId | None:
        return self._tables.history_names.get(name)

    def own(self, name: str, run: RunId) -> None:
        self._tables.history_names.setdefault(name, run)

    def add(self, files: Sequence[HistoryFile]) -> None:
        for file in files:
            key = (file.run_id, file.number)
            if key in self._tables.history_files:
                raise AlreadyExists(f"The run has a file {file.number} already.")
            self._tables.history_files[key] = replace(file, blob=None, size_bytes=0)

    def made(self, run: RunId, number: int, *, blob: str, size_bytes: int) -> None:
        file = self._tables.history_files.get((run, number))
        if file is None:
            raise NotFound("The run's file is gone.")
        self._tables.history_files[run, number] = replace(file, blob=blob, size_bytes=size_bytes)
