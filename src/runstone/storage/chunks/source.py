"""What a backend must fetch for the shared reader: streams, segments, columns, journal entries.

All answers belong to one snapshot. Methods take many ids at once, because a chart of twenty runs
should cost a handful of statements, not hundreds.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from runstone.domain.history import Axis, StoreStats, StreamInfo, StreamKind
from runstone.domain.ids import RunId, StreamId
from runstone.storage.chunks.journal import Entry
from runstone.storage.chunks.key_counts import KeyCount


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream as it is stored.

    Rows below `sealed_rows` lie in segments, the others in the journal.

    Attributes:
        generation: Grows when rows are taken back, so that what was read before is known as old.
        first_time: Time of row 0; None for an empty stream.
        sealed_points: Values below `sealed_rows`.
        num_entries: Journal entries.
    """

    id: StreamId
    run_id: RunId
    kind: StreamKind
    writer: str
    next_row: int
    sealed_rows: int
    generation: int
    num_points: int
    sealed_points: int
    num_entries: int
    first_time: float | None
    last_step: int | None
    last_time: float | None

    @property
    def info(self) -> StreamInfo:
        """What the port says of it."""
        return StreamInfo(
            id=self.id,
            run_id=self.run_id,
            kind=self.kind,
            writer=self.writer,
            next_row=self.next_row,
            num_points=self.num_points,
            last_step=self.last_step,
            last_time=self.last_time,
            generation=self.generation,
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a segment's rows lie on one axis; lo > hi when no row can be drawn there.

    Attributes:
        ascending: Finite and non-decreasing in row order.
    """

    lo: float
    hi: float
    ascending: bool


class Segment(NamedTuple):
    """A sealed range of rows of a stream; a tuple, since charts make hundreds of them.

    Attributes:
        bounds: Lowest, highest and "ascending" for step, time, relative; None where no row can
            be drawn.
    """

    id: int
    stream_id: StreamId
    row0: int
    num_rows: int
    bounds: tuple[Any, ...]

    def extent(self, axis: Axis) -> Extent:
        """Where its rows lie on an axis."""
        at = _BOUNDS_AT[axis]
        lo, hi, ascending = self.bounds[at : at + 3]
        if lo is None:
            return Extent(math.inf, -math.inf, ascending=False)
        return Extent(lo, hi, bool(ascending))


_BOUNDS_AT: Final = {Axis.STEP: 0, Axis.TIME: 3, Axis.RELATIVE: 6}


@dataclass(frozen=True, slots=True)
class Chunk:
    """The sealed numbers or objects of one key in one segment, still encoded.

    Attributes:
        is_object: Objects, not numbers.
        kind: The kind of all numbers; None when `kinds` says it for each.
        rows: Which rows have a value; None means every row.
    """

    segment_id: int
    key_id: int
    is_object: bool
    kind: int | None
    rows: bytes | None
    kinds: bytes | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Roll:
    """The 64-row summaries of one key in one segment, still encoded; None when it has none."""

    segment_id: int
    key_id: int
    data: bytes | None


class Source(ABC):
    """Access to stored bytes within one snapshot."""

    @abstractmethod
    def states(self, runs: Sequence[RunId], kind: StreamKind | None) -> list[StreamState]:
        """Streams of these runs, ordered by run, kind, writer."""

    @abstractmethod
    def state(self, stream: StreamId) -> StreamState | None:
        """One stream."""

    @abstractmethod
    def state_named(self, run: RunId, kind: StreamKind, writer: str) -> StreamState | None:
        """One stream by its name."""

    @abstractmethod
    def key_ids(self, names: Sequence[str]) -> dict[str, int]:
        """Ids of the keys that were ever sealed."""

    @abstractmethod
    def key_names(self, ids: Sequence[int]) -> dict[int, str]:
        """The other way round."""

    @abstractmethod
    def segments(self, streams: Sequence[StreamId]) -> list[Segment]:
        """Live segments, ordered by stream and row."""

    @abstractmethod
    def axis_rolls(self, segments: Sequence[int], axis: Axis) -> dict[int, bytes]:
        """Encoded 64-row extents on an axis, of those segments that have them."""

    @abstractmethod
    def axis_data(self, segments: Sequence[int], axes: Sequence[str]) -> dict[int, list[bytes]]:
        """Encoded axes, by segment, in the order asked: of `step`, `time`, `runtime`."""

    @abstractmethod
    def rolls(self, segments: Sequence[int], keys: Sequence[int]) -> list[Roll]:
        """Rollups of numbers: an entry for each segment and key that has any number."""

    @abstractmethod
    def holders(self, segments: Sequence[int], keys: Sequence[int]) -> list[tuple[int, int]]:
        """Each segment and key of which there are numbers."""

    @abstractmethod
    def chunks(
        self, segments: Sequence[int], keys: Sequence[int] | None, *, objects: bool
    ) -> list[Chunk]:
        """Columns, all or of these keys, without or with objects."""

    @abstractmethod
    def chunk_rows(
        self, segments: Sequence[int], keys: Sequence[int]
    ) -> list[tuple[int, int, bytes | None]]:
        """Segment, key and row index of each column: which rows have a key."""

    @abstractmethod
    def number_kinds(self, segments: Sequence[int]) -> list[tuple[int, int]]:
        """Key and kind of columns whose numbers are all of one kind, each pair once."""

    @abstractmethod
    def mixed_columns(self, segments: Sequence[int]) -> list[tuple[int, int]]:
        """Segment and key of the other columns: objects, and numbers of several kinds."""

    @abstractmethod
    def object_rows(
        self, segments: Sequence[int], keys: Sequence[int]
    ) -> list[tuple[int, int, bytes | None]]:
        """As `chunk_rows`, of columns of objects alone."""

    @abstractmethod
    def sealed_keys(self, streams: Sequence[StreamId]) -> dict[StreamId, list[KeyCount]]:
        """What is sealed of every key, by stream."""

    @abstractmethod
    def entries(self, streams: Mapping[StreamId, int]) -> dict[StreamId, list[Entry]]:
        """Journal entries reaching beyond the given row, by stream, in row order."""

    @abstractmethod
    def entry_heads(
        self, streams: Mapping[StreamId, int]
    ) -> dict[StreamId, list[tuple[int, bytes]]]:
        """First row and head of the same."""

    @abstractmethod
    def stats(self, runs: Sequence[RunId] | None) -> StoreStats:
        """What it all costs."""
