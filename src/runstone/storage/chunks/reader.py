"""The port's questions, answered from a `Source`: sealed segments and journal tail as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from runstone.domain.cancellation import never
from runstone.domain.history import (
    Axis,
    HistoryBatch,
    KeyInfo,
    ObjectQuery,
    ObjectValues,
    RowFilter,
    Series,
    SeriesQuery,
    StoreStats,
    StreamInfo,
    StreamKind,
)
from runstone.domain.ids import RunId, StreamId
from runstone.domain.value_types import ValueTypes
from runstone.ports.history import HistoryReader
from runstone.storage.chunks.batches import concat, count_keys
from runstone.storage.chunks.cache import ReadCache
from runstone.storage.chunks.journal import count_heads
from runstone.storage.chunks.key_counts import KeyCount, KeyTally
from runstone.storage.chunks.objects import read_objects
from runstone.storage.chunks.rows import RowReader
from runstone.storage.chunks.segments import read_segment
from runstone.storage.chunks.series import read_series
from runstone.storage.chunks.source import Source
from runstone.storage.chunks.tail import read_tails
from runstone.storage.chunks.value_types import read_value_types

_SCAN_BATCHES: Final = 64
"""Batches of the journal that make one of a scan."""


class ChunkHistoryReader(HistoryReader):
    """Reads histories kept as chunks, within the one snapshot that `source` sees."""

    def __init__(self, source: Source, cache: ReadCache | None = None) -> None:
        """Wraps a source.

        Args:
            source: Where the bytes are.
            cache: Shared by all readers of one database; None inside a transaction that writes.
        """
        self._source = source
        self._cache = cache
        self._tails = None if cache is None else cache.tails

    def streams(self, runs: Sequence[RunId], kind: StreamKind | None = None) -> list[StreamInfo]:
        return [state.info for state in self._source.states(runs, kind)]

    def stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo | None:
        state = self._source.state_named(run, kind, writer)
        return None if state is None else state.info

    def keys(
        self,
        runs: Sequence[RunId],
        kind: StreamKind = StreamKind.HISTORY,
        *,
        writer: str | None = None,
    ) -> list[KeyInfo]:
        states = {
            state.id: state
            for state in self._source.states(runs, kind)
            if writer in (None, state.writer)
        }
        tally = KeyTally()
        sealed = [state.id for state in states.values() if state.sealed_rows]
        for stream, counts in self._source.sealed_keys(sealed).items():
            tally.add(states[stream].run_id, counts)
        unsealed = {s.id: s.sealed_rows for s in states.values() if s.next_row > s.sealed_rows}
        for stream, entries in (self._source.entry_heads(unsealed) if unsealed else {}).items():
            run = states[stream].run_id
            heads = [head for row0, head in entries if row0 >= unsealed[stream]]
            tally.add(run, count_heads(heads))
            if len(heads) < len(entries):
                # An entry sealed in part counts only the rest, which its head does not tell.
                tally.add(run, self._first_entry_counts(stream, unsealed))
        return tally.keys()

    def largest_step(self, run: RunId) -> int | None:
        states = self._source.states([run], StreamKind.HISTORY)
        sealed = self._source.segments([state.id for state in states if state.sealed_rows])
        steps = [int(segment.extent(Axis.STEP).hi) for segment in sealed]
        for tail in read_tails(self._source, states, self._tails).values():
            steps += [int(entry.step.max()) for entry in tail.entries if entry.num_rows]
        return max(steps, default=None)

    def value_types(
        self, streams: Sequence[StreamId], *, keys: Sequence[str] | None = None
    ) -> dict[str, ValueTypes]:
        return read_value_types(self._source, self._tails, streams, keys)

    def series(
        self, query: SeriesQuery, *, is_cancelled: Callable[[], bool] = never
    ) -> list[Series]:
        return read_series(self._source, self._cache, query, is_cancelled)

    def rows(self, run: RunId, where: RowFilter) -> HistoryBatch:
        return RowReader(self._source, self._tails).rows(run, where)

    def sample(self, run: RunId, kind: StreamKind, keys: Sequence[str], n: int) -> HistoryBatch:
        return RowReader(self._source, self._tails).sample(run, kind, keys, n)

    def objects(self, run: RunId, query: ObjectQuery) -> list[ObjectValues]:
        return read_objects(self._source, self._tails, run, query)

    def scan(
        self, stream: StreamId, *, keys: Sequence[str] | None = None, from_row: int = 0
    ) -> Iterator[HistoryBatch]:
        state = self._source.state(stream)
        if state is None:
            return
        for segment in self._source.segments([stream]):
            if segment.row0 + segment.num_rows > from_row:
                batch = read_segment(self._source, segment, state, keys)
                yield batch.slice(max(0, from_row - segment.row0), segment.num_rows)
        tail = read_tails(self._source, [state], self._tails).get(stream)
        if tail is None:
            return
        batches = [b for b in tail.batches(keys) if b.row0 + b.num_rows > from_row]
        if batches and batches[0].row0 < from_row:
            batches[0] = batches[0].slice(from_row - batches[0].row0, batches[0].num_rows)
        for i in range(0, len(batches), _SCAN_BATCHES):
            yield concat(batches[i : i + _SCAN_BATCHES])

    def stats(self, runs: Sequence[RunId] | None = None) -> StoreStats:
        return self._source.stats(runs)

    def _first_entry_counts(
        self, stream: StreamId, unsealed: dict[StreamId, int]
    ) -> list[KeyCount]:
        entry = self._source.entries({stream: unsealed[stream]})[stream][0]
        rest = entry.batch().slice(unsealed[stream] - entry.row0, entry.num_rows)
        return count_keys(rest)
