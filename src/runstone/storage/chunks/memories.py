"""What exponential averages remember of long series, so that zooming does not read them again.

For every 64 rows of a stream's segments the state of the average is kept: a small part of the
values' size, and enough to go on from anywhere.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from runstone.domain.fading import Fading, Memory
from runstone.domain.history import BLOCK_ROWS, Axis, Floats, Ints, SeriesQuery
from runstone.domain.ids import StreamId
from runstone.domain.smoothing import Smoothing, SmoothingKind, fading_of
from runstone.storage.chunks.raw import RawPoints
from runstone.storage.chunks.source import Segment
from runstone.storage.chunks.tracks import Track

MIN_ROWS: Final = 4_096
"""Of a stream, for its averages to be remembered: shorter ones are read as fast."""

_DEFAULT_CACHE_BYTES: Final = 64 << 20
_ENTRY_BYTES: Final = 500
"""Of Python objects around an entry, roughly."""

Name: TypeAlias = tuple[StreamId, str, Axis, Smoothing]
Stamp: TypeAlias = tuple[object, ...]
"""All that must not have changed: generation, segments, and rows where the extent counts."""


class Part(NamedTuple):
    """Consecutive rows with their values.

    Attributes:
        first_row: In the stream.
        x: Of all of these rows, ascending.
        y: Likewise, finite or not.
    """

    first_row: int
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SealedMemory:
    """An average after each block of a stream's segments.

    Attributes:
        last_rows: Last row of each block, ascending.
        counts: Finite values up to each block's end.
        memory: After the last of these; where there is none, its totals are 0.
    """

    fading: Fading
    last_rows: Ints
    counts: Ints
    memory: Memory

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return 5 * self.last_rows.nbytes

    def smoothed(self, rows: Ints, parts: Sequence[Part]) -> Floats:
        """Smoothed values after some rows.

        Args:
            rows: In the stream, ascending; each is the last of a block or in one of `parts`.
            parts: Each begins with a block, or where the sealed rows end.
        """
        blocks = np.minimum(np.searchsorted(self.last_rows, rows), len(self.last_rows) - 1)
        found = self.memory.take(blocks).averages
        for part in parts:
            low, high = np.searchsorted(rows, (part.first_row, part.first_row + len(part.x)))
            if high > low:
                found[low:high] = self._in_part(rows[low:high] - part.first_row, part)
        return found

    def _in_part(self, at: Ints, part: Part) -> Floats:
        block = int(np.searchsorted(self.last_rows, part.first_row)) - 1
        num_before = int(self.counts[block]) if block >= 0 else 0
        before = self.memory.take(np.array([block])) if num_before else None
        finite = np.isfinite(part.y)
        if finite.all():
            places = self.fading.places(part.x, num_before)
            return self.fading.averages(places, part.y, at, before)
        x, y = part.x[finite], part.y[finite]
        # A row that is not finite is smoothed to what the last finite one was.
        found = np.full(len(at), np.nan if before is None else before.averages[0])
        counts = np.cumsum(finite)[at]
        wanted, which = np.unique(counts[counts > 0], return_inverse=True)
        if len(wanted):
            places = self.fading.places(x, num_before)
            averages = self.fading.averages(places, y, wanted - 1, before)
            found[counts > 0] = averages[which]
        return found


def is_worth_remembering(tracks: Sequence[Track], key: str) -> bool:
    """Whether averages over a run's series can be remembered, as far as one sees beforehand."""
    if len(tracks) != 1:
        return False
    (track,) = tracks
    if not track.ascending or track.state.sealed_rows < MIN_ROWS:
        return False
    tail = None if track.tail is None else track.tail.column(key)
    return track.tail is None or (tail is not None and tail.rows is None)


def remember(track: Track, points: RawPoints, query: SeriesQuery) -> SealedMemory | None:
    """The average of a whole series after each block of its track's sealed rows.

    None where it would not help: values that are not in every row or not by ascending x, several
    writers, and numbers so large that their sum overflows.
    """
    axis, smoothing = points.axis, query.smoothing
    assert smoothing is not None
    finite = np.isfinite(points.y)
    if axis is None or len(points.x) < len(axis.x) or not finite.any():
        return None
    x, y = points.x[finite], points.y[finite]
    fading = fading_of(smoothing, float(x[0]), float(x[-1]))
    last_rows = _block_ends(track.segments)
    if fading is None or not len(last_rows):
        return None
    counts = np.cumsum(finite)[last_rows - axis.first_row]
    wanted, which = np.unique(counts[counts > 0], return_inverse=True)
    if not len(wanted):
        return None
    found = fading.remember(fading.places(x), y, wanted - 1)
    if not np.isfinite(found.averages).all():
        return None
    columns = np.zeros((3, len(counts)))
    columns[:, counts > 0] = np.stack([found.u, found.sums, found.totals])[:, which]
    return SealedMemory(fading, last_rows, counts, Memory(*columns))


def _block_ends(segments: Sequence[Segment]) -> Ints:
    """Last row of each 64 rows of segments."""
    ends = [
        np.append(np.arange(BLOCK_ROWS, segment.num_rows, BLOCK_ROWS), segment.num_rows)
        + (segment.row0 - 1)
        for segment in segments
    ]
    return np.concatenate(ends) if ends else np.empty(0, np.int64)


class MemoryCache:
    """Averages that were computed lately, bounded in bytes. Thread-safe.

    Serve one database with one cache.
    """

    def __init__(self, max_bytes: int = _DEFAULT_CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Name, tuple[Stamp, SealedMemory | None]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._bytes

    def get(self, track: Track, key: str, query: SeriesQuery) -> SealedMemory | None:
        """The average of a key over a track's stream; None if there is none to remember.

        Raises:
            KeyError: It is not known, or was before the stream changed.
        """
        name, stamp = _identity(track, key, query)
        with self._lock:
            known, sealed = self._kept[name]
            if known != stamp:
                raise KeyError(name)
            self._kept.move_to_end(name)
            return sealed

    def put(self, track: Track, key: str, query: SeriesQuery, sealed: SealedMemory | None) -> None:
        """Keeps one, or that there is none, and drops those not asked for longest."""
        name, stamp = _identity(track, key, query)
        with self._lock:
            self._forget(name)
            self._kept[name] = (stamp, sealed)
            self._bytes += _size(sealed)
            while self._bytes > self._max_bytes:
                self._forget(next(iter(self._kept)))

    def _forget(self, name: Name) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            self._bytes -= _size(kept[1])


def _size(sealed: SealedMemory | None) -> int:
    return _ENTRY_BYTES + (0 if sealed is None else sealed.nbytes)


def _identity(track: Track, key: str, query: SeriesQuery) -> tuple[Name, Stamp]:
    state, smoothing = track.state, query.smoothing
    assert smoothing is not None
    stamp: Stamp = (state.generation, tuple([segment.id for segment in track.every]))
    if smoothing.kind is SmoothingKind.TIME_EMA:
        stamp = (*stamp, state.next_row)  # each row may widen the extent
    return (state.id, key, query.axis, smoothing), stamp
