"""Upload cursors in memory."""

from __future__ import annotations

from dataclasses import replace

from runstone.domain.ids import RunId, StreamId
from runstone.ports.uploads import UploadCursor, Uploads
from runstone.storage.memory.tables import Tables


class MemoryUploads(Uploads):
    """Cursors among some `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def cursor(self, stream: StreamId) -> UploadCursor:
        return self._tables.cursors.get(stream, UploadCursor())

    def set_cursor(self, stream: StreamId, cursor: UploadCursor) -> None:
        self._tables.cursors[stream] = cursor

    def reopen(self, run: RunId) -> None:
        for stream in self._tables.history.streams.values():
            if stream.run_id == run:
                self._tables.cursors[stream.id] = replace(self.cursor(stream.id), reopened=True)
