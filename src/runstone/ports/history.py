"""Append-only metric rows: append, draw, scan.

Within a `Snapshot` reads see sealed chunks and the journal as one; sealing never changes what is
read. Returned arrays belong to the caller and may be read-only.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence

from runstone.domain.cancellation import never
from runstone.domain.history import (
    AppendResult,
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


class HistoryReader(ABC):
    """Reading histories. Unknown runs and keys give empty answers, never errors."""

    @abstractmethod
    def streams(self, runs: Sequence[RunId], kind: StreamKind | None = None) -> list[StreamInfo]:
        """The streams of these runs, ordered by run, kind, writer."""

    @abstractmethod
    def stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo | None:
        """One stream; None before it was opened."""

    @abstractmethod
    def keys(
        self,
        runs: Sequence[RunId],
        kind: StreamKind = StreamKind.HISTORY,
        *,
        writer: str | None = None,
    ) -> list[KeyInfo]:
        """Every key that any of these runs (or one writer of theirs) has logged, by name."""

    @abstractmethod
    def largest_step(self, run: RunId) -> int | None:
        """The largest step of a run's history, which need not be that of its last row.

        Beyond 2**53 it may be too large by a rounding. None for a run without rows.
        """

    @abstractmethod
    def value_types(
        self, streams: Sequence[StreamId], *, keys: Sequence[str] | None = None
    ) -> dict[str, ValueTypes]:
        """The types that each key (of all, or of these) has held in any of these streams.

        An integer that no double holds counts as LONG or HUGE, and may count as INT too. Keys that
        none of the streams has are left out.
        """

    @abstractmethod
    def series(
        self, query: SeriesQuery, *, is_cancelled: Callable[[], bool] = never
    ) -> list[Series]:
        """One series per run and key, in the order asked (runs outermost).

        When at most `query.buckets` values lie in the range they come raw (`PointSeries`, exact);
        else in buckets whose every figure is exact over the bucket's stated extent: no value in
        the range is left out and none is counted twice. A bucket at either end of a zoomed range
        may reach past it by less than one block of rows.

        So that lines enter and leave the picture, a range with `lo` also has its neighbour below:
        the last value with x < lo; one with `hi` the first with x > hi. Finite or not, each is a
        point, or a bucket of one value, of its own at that end; it is in no `num_rows` and not
        among the `buckets`. Where a bucket reaches past the range, it serves as neighbour and
        there is no other at that end. A range that is empty (lo > hi) has none.

        Several streams of a run are merged by x. Objects are not drawn. A smoothed value depends
        on the whole series alone, whatever the range and the buckets: it is
        `domain.smoothing.smooth` of all its points by x, up to rounding.

        `is_cancelled` is asked before each curve and between fetches; once it says yes, what is
        left is given up with `Cancelled`.
        """

    @abstractmethod
    def rows(self, run: RunId, where: RowFilter) -> HistoryBatch:
        """Raw rows of all writers, ordered by (step, time, arrival), as one batch.

        `row0` is 0. Equal steps stay separate rows.
        """

    @abstractmethod
    def sample(self, run: RunId, kind: StreamKind, keys: Sequence[str], n: int) -> HistoryBatch:
        """At most `n` whole rows, evenly chosen by position among those having all of `keys`.

        The first and last such row are always among them when n ≥ 2. With no keys, all rows count.
        Deterministic. Ordered as `rows`.
        """

    @abstractmethod
    def objects(self, run: RunId, query: ObjectQuery) -> list[ObjectValues]:
        """Values that are no doubles, from a place on or evenly chosen: for each key, as asked."""

    @abstractmethod
    def scan(
        self, stream: StreamId, *, keys: Sequence[str] | None = None, from_row: int = 0
    ) -> Iterator[HistoryBatch]:
        """All rows of one stream in row order, in consecutive batches of bounded size."""

    @abstractmethod
    def stats(self, runs: Sequence[RunId] | None = None) -> StoreStats:
        """What the histories of these runs (None: of all) cost."""


class History(HistoryReader):
    """Writing histories, within the store's transaction: durable when it is."""

    @abstractmethod
    def open_stream(self, run: RunId, kind: StreamKind, writer: str = "") -> StreamInfo:
        """The stream, made when it is missing."""

    @abstractmethod
    def append(self, stream: StreamId, batch: HistoryBatch) -> AppendResult:
        """Appends the rows of `batch` that are new.

        Rows numbered below the stream's `next_row` are resends and are dropped, whatever they
        hold; so an append may be repeated any number of times.

        Raises:
            Conflict: `batch.row0` lies beyond `next_row` (code `offset-gap`); nothing is stored.
            NotFound: No such stream.
        """

    @abstractmethod
    def truncate(self, stream: StreamId, from_row: int) -> StreamInfo:
        """Drops the rows from `from_row` on; the next append continues there."""

    @abstractmethod
    def erase_some(
        self, run: RunId, *, max_bytes: int, kind: StreamKind | None = None
    ) -> tuple[int, bool]:
        """Removes about so many bytes of a run's streams, each stream after all of its rows.

        What is half erased must not be read. To be repeated until it is done.

        Returns:
            How many bytes went, and whether no stream is left.
        """
