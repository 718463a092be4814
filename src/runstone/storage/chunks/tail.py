"""The unsealed end of a stream, read from its journal entries, and a cache of it.

Rows of the journal never change as long as the stream's generation does not, so decoded entries
stay right for ever: a live chart re-reads only what was appended since.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.history import Axis, Floats, HistoryBatch, Ints
from runstone.domain.ids import StreamId
from runstone.storage.chunks.batches import empty_batch
from runstone.storage.chunks.journal import Entry, fold_entries, merge_entries
from runstone.storage.chunks.source import Extent, Source, StreamState


@dataclass(frozen=True, slots=True)
class TailColumn:
    """Numbers of one key in a tail; `rows` are positions in it, None for every row."""

    values: Floats
    rows: Ints | None


class Tail:
    """Rows `start` … `stop` of a stream, out of journal entries."""

    def __init__(self, entries: Sequence[Entry], start: int, stop: int) -> None:
        self.entries = fold_entries(
            entry for entry in entries if entry.row0 + entry.num_rows > start and entry.row0 < stop
        )
        self.start = start
        self.stop = stop
        # Filled on demand, each value once: concurrent readers may compute it twice, harmlessly.
        self._axes: dict[str, Floats] = {}
        self._columns: dict[str, TailColumn | None] = {}

    @property
    def num_rows(self) -> int:
        """Rows in the tail."""
        return self.stop - self.start

    @property
    def nbytes(self) -> int:
        """Memory held by the entries."""
        return sum([entry.nbytes for entry in self.entries])

    def axis(self, axis: Axis, first_time: float | None) -> Floats:
        """Positions of all rows on an axis."""
        found = self._axes.get(axis)
        if found is None:
            if axis is Axis.STEP:
                found = self._concat([e.step for e in self.entries]).astype(np.float64)
            elif axis is Axis.TIME:
                found = self._concat([e.time for e in self.entries])
            else:
                found = relative(
                    self._concat([e.runtime for e in self.entries]),
                    self.axis(Axis.TIME, first_time),
                    first_time,
                )
            self._axes[axis] = found
        return found

    def extent(self, axis: Axis, first_time: float | None) -> Extent:
        """Where the rows lie on an axis."""
        return extent_of(self.axis(axis, first_time))

    def column(self, key: str) -> TailColumn | None:
        """Numbers of a key, if there are any."""
        try:
            return self._columns[key]
        except KeyError:
            found = self._columns[key] = self._column(key)
            return found

    def _column(self, key: str) -> TailColumn | None:
        values: list[Floats] = []
        rows: list[NDArray[np.int64]] = []
        dense = True
        for entry in self.entries:
            low, high = self._range(entry)
            column = entry.numbers(key)
            if column is None:
                dense = False
                continue
            if column.rows is not None:
                dense = False
            if high - low < entry.num_rows:
                column = column.slice(low, high)
            values.append(column.values)
            at = entry.row0 + low - self.start
            rows.append(
                np.arange(at, at + high - low)
                if column.rows is None
                else column.rows + np.int64(at)
            )
        if not values:
            return None
        merged = np.concatenate(values)
        return TailColumn(merged, None if dense else np.concatenate(rows)) if len(merged) else None

    def batches(self, keys: Sequence[str] | None = None) -> list[HistoryBatch]:
        """The rows, in consecutive batches."""
        found = list(merge_entries(self.entries, self.start, self.stop, keys))
        return found or [empty_batch(self.start)]

    def _range(self, entry: Entry) -> tuple[int, int]:
        return max(0, self.start - entry.row0), min(entry.num_rows, self.stop - entry.row0)

    def _concat(self, arrays: Sequence[NDArray[np.generic]]) -> Floats:
        cut = []
        for entry, array in zip(self.entries, arrays, strict=True):
            low, high = self._range(entry)
            cut.append(array[low:high])
        return np.concatenate(cut) if cut else np.empty(0, np.float64)


def relative(runtime: Floats, time: Floats, first_time: float | None) -> Floats:
    """Seconds since the run began: as logged, else since the stream's first row."""
    missing = np.isnan(runtime)
    if not missing.any():
        return runtime
    begin = np.nan if first_time is None else first_time
    with np.errstate(invalid="ignore"):
        return np.where(missing, time - begin, runtime)


def extent_of(x: Floats) -> Extent:
    """Where positions lie; those that are no finite number cannot be drawn and do not count."""
    finite = np.isfinite(x)
    if finite.all() and len(x):
        ascending = bool((x[1:] >= x[:-1]).all())
        if ascending:
            return Extent(float(x[0]), float(x[-1]), ascending=True)
        return Extent(float(x.min()), float(x.max()), ascending=False)
    if not finite.any():
        return Extent(np.inf, -np.inf, ascending=False)
    return Extent(float(x[finite].min()), float(x[finite].max()), ascending=False)


_DEFAULT_CACHE_BYTES: Final = 128 << 20


class TailCache:
    """Tails that were read lately, bounded in bytes. Thread-safe.

    Serve one database with one cache. Only readers of committed snapshots may use it: rows of a
    transaction that is rolled back would stay in it.
    """

    def __init__(self, max_bytes: int = _DEFAULT_CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._tails: OrderedDict[StreamId, tuple[int, Tail, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._bytes

    def get(self, state: StreamState) -> Tail | None:
        """The newest tail kept of this stream in its present generation."""
        with self._lock:
            kept = self._tails.get(state.id)
            if kept is None or kept[0] != state.generation:
                return None
            self._tails.move_to_end(state.id)
            return kept[1]

    def put(self, state: StreamState, tail: Tail) -> None:
        """Keeps a tail, and drops those not asked for longest."""
        size = 2 * tail.nbytes  # merged columns may hold everything once more
        if size > self._max_bytes:
            return
        with self._lock:
            self._forget(state.id)
            self._tails[state.id] = (state.generation, tail, size)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._forget(next(iter(self._tails)))

    def _forget(self, stream: StreamId) -> None:
        kept = self._tails.pop(stream, None)
        if kept is not None:
            self._bytes -= kept[2]


def read_tails(
    source: Source, states: Sequence[StreamState], cache: TailCache | None
) -> dict[StreamId, Tail]:
    """The tails of those streams that have unsealed rows, with one query for what is new."""
    known: dict[StreamId, Tail] = {}
    missing: dict[StreamId, int] = {}
    tails: dict[StreamId, Tail] = {}
    for state in states:
        if state.next_row <= state.sealed_rows:
            continue
        kept = cache.get(state) if cache is not None else None
        if kept is None or not kept.start <= state.sealed_rows <= kept.stop:
            missing[state.id] = state.sealed_rows
        elif (kept.start, kept.stop) == (state.sealed_rows, state.next_row):
            tails[state.id] = kept
        elif kept.stop >= state.next_row:
            tails[state.id] = Tail(kept.entries, state.sealed_rows, state.next_row)
        else:
            known[state.id] = kept
            missing[state.id] = kept.stop
    fetched = source.entries(missing) if missing else {}
    for state in states:
        if state.id not in missing:
            continue
        entries = fetched.get(state.id, [])
        if state.id in known:
            entries = [*known[state.id].entries, *entries]
        tail = tails[state.id] = Tail(entries, state.sealed_rows, state.next_row)
        if cache is not None:
            cache.put(state, tail)
    return tails
