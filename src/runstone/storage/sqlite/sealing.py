"""The sealer: journaled rows become segments in the background, small segments larger ones.

Reading and encoding happen outside any transaction; what is made is put in place by short write
units that first check that the stream is as it was read. A segment too large for one unit is
written in several, in state "being written", in which nobody reads it; the last unit makes it
live. So the process may die anywhere: what was half written is removed later, and the rows are
still in the journal, or in the segments that were to be merged.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import apsw

from runstone.domain.cancellation import Cancelled, never
from runstone.domain.errors import CorruptData
from runstone.domain.history import HistoryBatch
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.arrays import ArrayCodec
from runstone.storage.chunks.batches import Parts, concat_axes
from runstone.storage.chunks.columns import EncodedColumn
from runstone.storage.chunks.journal import merge_entries
from runstone.storage.chunks.policy import SealPolicy
from runstone.storage.chunks.segments import (
    EncodedAxes,
    encode_axes,
    encode_columns,
    read_segment,
)
from runstone.storage.chunks.source import StreamState
from runstone.storage.sqlite.history_source import SQL, SqliteSource, ids
from runstone.storage.sqlite.segment_writing import (
    SegmentWriter,
    Superseded,
    Write,
    unchanged_segments,
)

T = TypeVar("T")

_log = logging.getLogger(__name__)


class SqliteSealer:
    """Packs journaled rows. Thread-safe: no two threads work on one stream."""

    def __init__(
        self,
        connect: Callable[[], apsw.Connection],
        write: Write,
        *,
        policy: SealPolicy | None = None,
        codec: ArrayCodec | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Makes a sealer; it starts no thread.

        Args:
            connect: Gives a connection for the calling thread, outside any transaction.
            write: Runs a unit where all writes are run.
            policy: When and how large.
            codec: How arrays are packed.
            clock: Seconds, for noticing idle streams.
        """
        self._connect = connect
        self._write = write
        self._policy = policy or SealPolicy()
        self._codec = codec or ArrayCodec()
        self._clock = clock
        self._claims = _Claims()
        self._writer = SegmentWriter(write, self._policy)
        # Rows a stream had when last looked at, and since when it has had so many.
        self._seen: dict[StreamId, tuple[int, float]] = {}
        self._is_clean = False

    def seal_due(self, *, is_cancelled: Callable[[], bool] = never) -> int:
        """Seals every stream that is due and merges where that left many segments.

        A damaged stream is logged and passed over, so that the others are sealed.

        Args:
            is_cancelled: Asked again and again; once it says yes, the rest is left to a later
                pass, and so is what was half done.

        Returns:
            How many rows were sealed.
        """
        if not self._is_clean:
            self._write(_abandon_segments)
            self._is_clean = True
        with _snapshot(self._connect()) as source:
            states = source.unsealed_states()
        sealed = 0
        try:
            for state, until in self._due(states):
                with self._claims.hold(state.id, wait=False) as held:
                    if held:
                        sealed += self._in_spite_of_damage(state, until, is_cancelled)
            self._sweep(is_cancelled)
        except Cancelled:
            _log.info("seal-put-off", extra={"rows": sealed})
        return sealed

    def seal_run(self, run: RunId) -> int:
        """Seals all rows of a run and merges its segments; returns how many rows.

        Raises:
            CorruptData: Its journal or segments are damaged.
        """
        with _snapshot(self._connect()) as source:
            states = source.states([run], None)
        sealed = 0
        for state in states:
            with self._claims.hold(state.id, wait=True):
                sealed += self._seal(state.id, None, never)
                self._merge(state.id, never, finished=True)
        self._sweep(never)
        return sealed

    def compact_due(self) -> int:
        """Merges small segments of all streams that have many; returns how many were merged."""
        policy = self._policy
        small = policy.segment_rows // policy.merge_count
        with _snapshot(self._connect()) as source:
            streams = source.fragmented_streams(small, policy.merge_count)
        merged = 0
        for stream in streams:
            with self._claims.hold(stream, wait=False) as held:
                if held:
                    merged += self._merge(stream, never, finished=False)
        self._sweep(never)
        return merged

    def _due(self, states: Sequence[StreamState]) -> list[tuple[StreamState, int]]:
        now = self._clock()
        seen: dict[StreamId, tuple[int, float]] = {}
        due = []
        for state in states:
            next_row, since = self._seen.get(state.id, (-1, now))
            if next_row != state.next_row:
                since = now
            seen[state.id] = (state.next_row, since)
            until = self._policy.seal_until(state, now - since)
            if until > state.sealed_rows:
                due.append((state, until))
        self._seen = seen
        return due

    def _in_spite_of_damage(
        self, state: StreamState, until: int, is_cancelled: Callable[[], bool]
    ) -> int:
        try:
            sealed = self._seal(state.id, until, is_cancelled)
            self._merge(state.id, is_cancelled, finished=False)
        except CorruptData as error:
            _log.error("history not sealed: %s", error.message)
            return 0
        return sealed

    # Sealing

    def _seal(self, stream: StreamId, until: int | None, is_cancelled: Callable[[], bool]) -> int:
        """Seals up to a row (None: all), segment by segment; the caller holds the stream."""
        total = 0
        while True:
            _go_on(is_cancelled)
            with _snapshot(self._connect()) as source:
                state = source.state(stream)
                if state is None:
                    return total
                stop = state.next_row if until is None else min(until, state.next_row)
                stop = min(stop, state.sealed_rows + self._policy.slice_rows(state))
                if stop <= state.sealed_rows:
                    return total
                entries = source.entries_between(stream, state.sealed_rows, stop)
            _go_on(is_cancelled)
            found = merge_entries(entries, state.sealed_rows, stop)
            axes, columns = self._encoded(state, found, is_cancelled)
            try:
                self._writer.put(state, axes, columns, self._advance(state, stop))
            except Superseded:
                # Rows were taken back, or the run was deleted: begin anew with what is there.
                continue
            total += stop - state.sealed_rows
            self._drop_covered(stream, stop, is_cancelled)

    def _advance(
        self, state: StreamState, stop: int
    ) -> Callable[[apsw.Connection, int, int, int], None]:
        def finish(connection: apsw.Connection, _: int, points: int, nbytes: int) -> None:
            now = SqliteSource(connection).state(state.id)
            if now is None or now.sealed_rows != state.sealed_rows:
                raise Superseded
            rows = {"stream": state.id, "start": state.sealed_rows, "stop": stop}
            ((entries, journal_bytes),) = connection.execute(SQL["sealed_entries"], rows)
            connection.execute(
                SQL["advance_sealed"],
                {
                    "id": state.id,
                    "sealed_rows": stop,
                    "points": points,
                    "entries": entries,
                    "journal_bytes": journal_bytes,
                    "chunk_bytes": nbytes,
                },
            )

        return finish

    def _drop_covered(
        self, stream: StreamId, sealed_rows: int, is_cancelled: Callable[[], bool]
    ) -> None:
        """Deletes journal entries that no reader looks at any more, a few at a time."""
        with _snapshot(self._connect()) as source:
            covered = source.covered_entries(stream, sealed_rows)
        part: list[tuple[int]] = []
        size = 0
        for i, (entry, nbytes) in enumerate(covered, start=1):
            part.append((entry,))
            size += nbytes
            # Deleting touches every page of a blob, which is why large ones count in bytes.
            if size >= 4 * self._policy.unit_bytes or i == len(covered):
                _go_on(is_cancelled)
                self._write(_deletion(part))
                part, size = [], 0

    # Merging

    def _merge(self, stream: StreamId, is_cancelled: Callable[[], bool], *, finished: bool) -> int:
        """Merges neighbouring segments; the caller holds the stream."""
        with _snapshot(self._connect()) as source:
            sizes = source.segment_sizes(stream)
        ranges = self._policy.merges([(s.rows, s.points) for s in sizes], finished=finished)
        merged = 0
        for start, stop in ranges:
            old = [size.id for size in sizes[start:stop]]
            old_bytes = sum([size.nbytes for size in sizes[start:stop]])
            if self._merge_segments(stream, old, old_bytes, is_cancelled):
                merged += len(old)
        return merged

    def _merge_segments(
        self,
        stream: StreamId,
        old: Sequence[int],
        old_bytes: int,
        is_cancelled: Callable[[], bool],
    ) -> bool:
        with _snapshot(self._connect()) as source:
            state = source.state(stream)
            segments = [s for s in source.segments([stream]) if s.id in set(old)]
            if state is None or len(segments) != len(old):
                return False
            found = (read_segment(source, segment, state) for segment in segments)
            axes, columns = self._encoded(state, found, is_cancelled)

        def finish(connection: apsw.Connection, _: int, __: int, nbytes: int) -> None:
            if not unchanged_segments(connection, stream, old):
                raise Superseded
            connection.execute(SQL["retire_segments"], (ids(old),))
            connection.execute(SQL["drop_figures"], (ids(old),))
            connection.execute(SQL["add_chunk_bytes"], (nbytes - old_bytes, stream))

        try:
            self._writer.put(state, axes, columns, finish)
        except Superseded:
            return False
        return True

    def _encoded(
        self,
        state: StreamState,
        batches: Iterable[HistoryBatch],
        is_cancelled: Callable[[], bool],
    ) -> tuple[EncodedAxes, Iterator[EncodedColumn]]:
        """What a segment of consecutive rows is made of; a step at a time, of a million columns."""
        read = list(_while_wanted(batches, is_cancelled))
        parts = Parts(_while_wanted(read, is_cancelled))
        axes = encode_axes(self._codec, concat_axes(read), state.first_time)
        return axes, _while_wanted(encode_columns(self._codec, parts), is_cancelled)

    def _sweep(self, is_cancelled: Callable[[], bool]) -> None:
        """Removes segments that nobody reads, a few chunks at a time."""
        with _snapshot(self._connect()) as source:
            dead = source.dead_segments()
        for segment in dead:
            while not self._write(_removal(segment, self._policy.unit_chunks)):
                _go_on(is_cancelled)


def _go_on(is_cancelled: Callable[[], bool]) -> None:
    if is_cancelled():
        raise Cancelled


def _while_wanted(items: Iterable[T], is_cancelled: Callable[[], bool]) -> Iterator[T]:
    for item in items:
        _go_on(is_cancelled)
        yield item


class _Claims:
    """Which streams are being worked on."""

    def __init__(self) -> None:
        self._held: set[StreamId] = set()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, stream: StreamId, *, wait: bool) -> Iterator[bool]:
        """Keeps others off the stream; gives False when one is on it and `wait` is off."""
        with self._changed:
            while wait and stream in self._held:
                self._changed.wait()
            free = stream not in self._held
            if free:
                self._held.add(stream)
        try:
            yield free
        finally:
            if free:
                with self._changed:
                    self._held.discard(stream)
                    self._changed.notify_all()


@contextmanager
def _snapshot(connection: apsw.Connection) -> Iterator[SqliteSource]:
    """One read transaction, ended whatever happens."""
    connection.execute("BEGIN")
    try:
        yield SqliteSource(connection)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _abandon_segments(connection: apsw.Connection) -> None:
    """Gives up what a sealer of an earlier process was writing."""
    connection.execute(SQL["abandon_segments"])


def _deletion(entries: Sequence[tuple[int]]) -> Callable[[apsw.Connection], None]:
    def unit(connection: apsw.Connection) -> None:
        connection.executemany(SQL["drop_entry"], entries)

    return unit


def _removal(segment: int, limit: int) -> Callable[[apsw.Connection], bool]:
    def unit(connection: apsw.Connection) -> bool:
        connection.execute(SQL["drop_some_chunks"], (segment, limit))
        if connection.changes() == limit:
            return False
        connection.execute(SQL["drop_segment"], (segment,))
        return True

    return unit
