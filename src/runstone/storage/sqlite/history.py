"""Metric history in SQLite: appending, taking back, deleting; reading is shared with others.

Appending packs a batch into one journal row and moves the stream's counters: three statements,
no sealing (storage/sqlite/sealing.py does that in the background).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any, Final, TypeAlias, cast

import apsw

from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.history import AppendResult, HistoryBatch, StreamInfo, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.ports.history import History
from runstone.storage.chunks.batches import count_keys
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.journal import pack
from runstone.storage.chunks.reader import ChunkHistoryReader
from runstone.storage.chunks.segments import read_axes, read_segment
from runstone.storage.chunks.source import StreamState
from runstone.storage.sqlite.history_source import SQL, SqliteSource

_REWRITTEN_ROWS: Final = 4_096
"""Rows of one journal entry when a sealed segment is cut through."""

_Erasable: TypeAlias = Generator[tuple[str, int, int], None, None]
"""What can be erased next: statement, id and size."""
_NO_ROW_LATER: Final = 2**63 - 1
_ROW_BYTES: Final = 100
"""What a row takes beside its values, about."""


class SqliteHistoryReader(ChunkHistoryReader):
    """Reads within the snapshot that the connection is in."""

    def __init__(self, connection: apsw.Connection, cache: ReadCache | None = None) -> None:
        """Wraps a connection.

        Args:
            connection: Inside a transaction.
            cache: One for all readers of this database; never within a transaction that writes.
        """
        super().__init__(SqliteSource(connection), cache)


class SqliteHistory(SqliteHistoryReader, History):
    """Writes within the transaction that the connection is in; never begins or ends one."""

    def __init__(self, connection: apsw.Connection, cache: ReadCache | None = None) -> None:
        super().__init__(connection, cache)
        self._connection = connection
        self._tables = SqliteSource(connection)

    def open_stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo:
        state = self._tables.state_named(run, kind, writer)
        if state is None:
            self._connection.execute(SQL["open_stream"], (run, str(kind), writer))
            state = self._tables.state_named(run, kind, writer)
            assert state is not None
        return state.info

    def append(self, stream: StreamId, batch: HistoryBatch) -> AppendResult:
        execute = self._connection.execute
        position = execute(SQL["append_position"], (stream,)).fetchone()
        if position is None:
            raise _no_stream(stream)
        next_row: int = position[0]
        num_dropped = next_row - batch.row0
        num_rows = len(batch.step)
        if num_dropped < 0:
            raise Conflict(
                f"Rows are missing: row {next_row} was expected, the batch begins at row "
                f"{batch.row0}. Send from row {next_row} on.",
                code="offset-gap",
                expected=next_row,
                got=batch.row0,
            )
        if num_dropped >= num_rows:
            return AppendResult(0, num_rows, next_row)
        if num_dropped:
            batch = batch.slice(num_dropped, num_rows)
            num_rows -= num_dropped
        self._put(stream, batch)
        return AppendResult(num_rows, num_dropped, next_row + num_rows)

    def truncate(self, stream: StreamId, from_row: int) -> StreamInfo:
        state = self._tables.state(stream)
        if state is None:
            raise _no_stream(stream)
        if from_row < 0:
            raise InvalidInput(f"There is no row {from_row}.")
        if from_row >= state.next_row:
            return state.info
        kept = self._rows_to_rewrite(state, from_row)
        start = kept[0].row0 if kept else from_row
        execute = self._connection.execute
        execute(SQL["drop_entries_from"], (stream, start))
        execute(SQL["drop_chunks_from"], (stream, start))
        execute(SQL["drop_segments_from"], (stream, start))
        self._restate(state, start)
        for batch in kept:
            self._put(stream, batch)
        state = self._tables.state(stream)
        assert state is not None
        return state.info

    def erase_some(
        self, run: RunId, *, max_bytes: int, kind: StreamKind | None = None
    ) -> tuple[int, bool]:
        # Nobody seals or merges what is going: whoever is at it finds another generation.
        self._connection.execute(SQL["stop_sealing"], (run,))
        left = max_bytes
        for state in self._tables.states([run], kind):
            for rows in (self._segments_to_erase(state.id), self._entries_to_erase(state.id)):
                left -= self._erase(rows, left)
                if left <= 0:
                    return max_bytes - left, False
            self._connection.execute(SQL["erase_stream"], (state.id,))
        return max_bytes - left, True

    def _segments_to_erase(self, stream: StreamId) -> _Erasable:
        """Chunks of each segment, then the segment."""
        segments: list[Any] = self._connection.execute(SQL["all_segments"], (stream,)).fetchall()
        for (segment,) in segments:
            sizes = self._connection.execute(SQL["chunk_sizes"], (segment,))
            for chunk, size in cast("Iterator[tuple[int, int]]", sizes):
                yield "erase_chunk", chunk, size
            found: list[Any] = self._connection.execute(SQL["segment_size"], (segment,)).fetchall()
            yield "erase_segment", segment, found[0][0]

    def _entries_to_erase(self, stream: StreamId) -> _Erasable:
        for entry, size in self._connection.execute(
            SQL["covered_entries"], (stream, _NO_ROW_LATER)
        ):
            yield "drop_entry", entry, size

    def _erase(self, rows: _Erasable, max_bytes: int) -> int:
        erased = 0
        chosen: list[tuple[str, int]] = []
        with closing(rows):
            for statement, row, size in rows:
                chosen.append((statement, row))
                # A row costs something, however short it is.
                erased += size + _ROW_BYTES
                if erased >= max_bytes:
                    break
        for statement, row in chosen:
            self._connection.execute(SQL[statement], (row,))
        return erased

    def _put(self, stream: StreamId, batch: HistoryBatch) -> None:
        """Stores a batch that begins at the stream's next row."""
        packed = pack(batch)
        execute = self._connection.execute
        num_rows = len(batch.step)
        execute(SQL["put_entry"], (stream, batch.row0, num_rows, packed.head, packed.body))
        execute(
            SQL["advance"],
            (
                batch.row0 + num_rows,
                packed.num_points,
                len(packed.head) + len(packed.body),
                int(batch.step[-1]),
                float(batch.time[-1]),
                stream,
            ),
        )
        if batch.row0 == 0:
            execute(SQL["set_first_time"], (float(batch.time[0]), stream))

    def _rows_to_rewrite(self, state: StreamState, from_row: int) -> list[HistoryBatch]:
        """Rows below `from_row` of the segment or journal entry that it cuts through.

        They go (back) into the journal, uncompressed: encoding has no place in a transaction.
        """
        for segment in self._tables.segments([state.id]):
            if segment.row0 < from_row < segment.row0 + segment.num_rows:
                batch = read_segment(self._tables, segment, state)
                return [
                    batch.slice(start, min(start + _REWRITTEN_ROWS, from_row - segment.row0))
                    for start in range(0, from_row - segment.row0, _REWRITTEN_ROWS)
                ]
        return self._journal_rows_to_rewrite(state, from_row)

    def _journal_rows_to_rewrite(self, state: StreamState, from_row: int) -> list[HistoryBatch]:
        # A reader of its own transaction must not meet (or fill) the cache of committed rows.
        for entry in self._tables.entries({state.id: from_row}).get(state.id, []):
            start = max(entry.row0, state.sealed_rows)
            if start < from_row < entry.row0 + entry.num_rows:
                return [entry.batch().slice(start - entry.row0, from_row - entry.row0)]
        return []

    def _restate(self, state: StreamState, next_row: int) -> None:
        """Counts again what is left below `next_row`, which no stored range reaches beyond."""
        sealed_rows = min(state.sealed_rows, next_row)
        execute = self._connection.execute
        ((sealed_points, chunk_bytes),) = execute(SQL["chunk_totals"], (state.id,))
        ((num_entries, journal_bytes),) = execute(SQL["journal_totals"], (state.id, sealed_rows))
        entries = self._tables.entries({state.id: sealed_rows}).get(state.id, [])
        unsealed = 0
        for entry in entries:
            start = max(0, sealed_rows - entry.row0)
            unsealed += (
                sum([n + o for _, n, o in count_keys(entry.batch().slice(start, entry.num_rows))])
                if start
                else entry.num_points
            )
        last_step, last_time = self._last_row(state, next_row, sealed_rows)
        execute(
            SQL["set_state"],
            {
                "id": state.id,
                "next_row": next_row,
                "sealed_rows": sealed_rows,
                "num_points": sealed_points + unsealed,
                "sealed_points": sealed_points,
                "num_entries": num_entries,
                "journal_bytes": journal_bytes,
                "chunk_bytes": chunk_bytes,
                "first_time": state.first_time if next_row else None,
                "last_step": last_step,
                "last_time": last_time,
            },
        )

    def _last_row(
        self, state: StreamState, next_row: int, sealed_rows: int
    ) -> tuple[int | None, float | None]:
        if not next_row:
            return None, None
        if next_row > sealed_rows:
            entry = self._tables.entries({state.id: next_row - 1})[state.id][-1]
            return int(entry.step[-1]), float(entry.time[-1])
        segment = self._tables.segments([state.id])[-1]
        step, time = read_axes(self._tables, [segment], {state.id: state}, ("step", "time"))[
            segment.id
        ]
        return int(step[-1]), float(time[-1])


def _no_stream(stream: StreamId) -> NotFound:
    return NotFound(f"There is no history stream {stream}.", code="stream-not-found")
