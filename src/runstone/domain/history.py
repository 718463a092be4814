"""What a run logs over time: rows of values, as they come in and as they are asked for.

The laws (design.md section 4): a row's identity is (stream, row number); values are doubles or
integers exactly as logged, booleans keep their type, all else is JSON; NaN and infinities
survive; steps may repeat and go backwards; reading merges sealed chunks and journal in one
snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.ids import RunId, StreamId
from runstone.domain.smoothing import Smoothing

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
RowIndex: TypeAlias = NDArray[np.uint32]
KindArray: TypeAlias = NDArray[np.uint8]

BLOCK_ROWS: Final = 64
"""Rows summarised by one rollup entry."""


class StreamKind(StrEnum):
    """Which append-only history of a run."""

    HISTORY = "history"
    SYSTEM = "system"
    CONSOLE = "console"
    """Never has rows: stands for the console where upload cursors are kept by stream."""


class ValueKind(IntEnum):
    """How a number was written by whoever logged it; kept so that it is read back the same."""

    FLOAT = 0
    INT = 1
    BOOL = 2


class Axis(StrEnum):
    """What a series is drawn over."""

    STEP = "step"
    RELATIVE = "relative"
    """Seconds since the run began: the client's own clock where it sends one."""
    TIME = "time"
    """Seconds since 1970 UTC."""


class XScale(StrEnum):
    """How x is spaced where it is drawn, and so how wide buckets are."""

    LINEAR = "linear"
    LOG = "log"
    """Only x above 0 have a place."""


def _cut(rows: RowIndex | None, start: int, stop: int) -> tuple[RowIndex | None, tuple[int, int]]:
    if rows is None:
        return None, (start, stop)
    i, j = np.searchsorted(rows, (start, stop))
    return (rows[i:j] - np.uint32(start)).astype(np.uint32), (int(i), int(j))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numeric values of one key in a batch of rows.

    Attributes:
        values: float64, shape (num_present,). Integers that no double holds are rounded here and
            exact in the batch's `objects` under the same key and row; so are those beyond 64 bits,
            rounded or not.
        rows: uint32, shape (num_present,): positions in the batch, ascending; None means every
            row has a value.
        kinds: uint8 of `ValueKind`, shape (num_present,), or one kind for all.
    """

    values: Floats
    rows: RowIndex | None = None
    kinds: KindArray | ValueKind = ValueKind.FLOAT

    def slice(self, start: int, stop: int) -> Numbers:
        """The values at row positions `start` to `stop`, renumbered from 0."""
        rows, (i, j) = _cut(self.rows, start, stop)
        kinds = self.kinds if isinstance(self.kinds, ValueKind) else self.kinds[i:j]
        return Numbers(self.values[i:j], rows, kinds)


@dataclass(frozen=True, slots=True)
class Objects:
    """Values of one key that are no doubles: strict JSON texts as `documents.encode` writes them.

    Attributes:
        texts: One per present row. A JSON integer here beside a number at the same row means:
            this is the exact value, the double is its rounding.
        rows: As in `Numbers`.
    """

    texts: Sequence[str]
    rows: RowIndex | None = None

    def slice(self, start: int, stop: int) -> Objects:
        """The texts at row positions `start` to `stop`, renumbered from 0."""
        rows, (i, j) = _cut(self.rows, start, stop)
        return Objects(self.texts[i:j], rows)


@dataclass(frozen=True, slots=True)
class HistoryBatch:
    """Consecutive rows of one stream, in columns.

    Attributes:
        row0: Row number of the first row: the client's line offset.
        step: int64, shape (num_rows,).
        time: float64 seconds since 1970 UTC, exactly as logged, shape (num_rows,).
        runtime: float64 seconds since the run began, NaN where not logged, shape (num_rows,).
        numbers: By key. Nested dicts have become dotted keys.
        objects: By key. A key may have both, at different rows (or see `Objects.texts`).
    """

    row0: int
    step: Ints
    time: Floats
    runtime: Floats
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    objects: Mapping[str, Objects] = field(default_factory=dict)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self.step)

    def slice(self, start: int, stop: int) -> HistoryBatch:
        """The rows at positions `start` (inclusive) to `stop` (exclusive), numbered as here."""
        return HistoryBatch(
            row0=self.row0 + start,
            step=self.step[start:stop],
            time=self.time[start:stop],
            runtime=self.runtime[start:stop],
            numbers={
                key: numbers
                for key, column in self.numbers.items()
                if len((numbers := column.slice(start, stop)).values)
            },
            objects={
                key: objects
                for key, column in self.objects.items()
                if (objects := column.slice(start, stop)).texts
            },
        )


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One append-only history of a run, and how far it is.

    Attributes:
        writer: Which of several writers; empty for the only one.
        next_row: Row number that the next row will get, in Runstone's numbering.
        num_points: Values in all its rows, axes not counted.
        last_step: Step of the last row; None for an empty stream.
        last_time: Time of the last row in seconds; None for an empty stream.
        generation: Grows when rows are taken back: whoever reads in parts learns of it so.
    """

    id: StreamId
    run_id: RunId
    kind: StreamKind
    writer: str
    next_row: int
    num_points: int
    last_step: int | None
    last_time: float | None
    generation: int = 0


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What became of a batch.

    Attributes:
        num_appended: Rows that were new.
        num_dropped: Rows that were there already: a resend.
        next_row: Row number now expected.
    """

    num_appended: int
    num_dropped: int
    next_row: int


class KeyInfo(NamedTuple):
    """One key that runs have logged; a tuple, since they are made by the hundred thousand.

    Attributes:
        num_runs: Runs that have it.
        num_numbers: Numeric values in all of them.
        num_objects: Values that are no doubles (strings, media, …).
    """

    name: str
    num_runs: int
    num_numbers: int
    num_objects: int


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which curves to read and how finely.

    Attributes:
        runs: One answer per run and key.
        keys: Metric names, dotted.
        lo: Smallest x wanted, in the axis's unit; None means from the start.
        hi: Largest x wanted, inclusive; None means to the end. With a range come its neighbours:
            the last value before and the first one after it.
        buckets: At most so many points or buckets per series, neighbours not counted; at least 2.
        writer: Only the rows of this writer; None means of all, merged by x.
        x_key: Draw over the values of this key instead of the axis: each value lies at the last
            one of `x_key` that its writer logged in the same row or before. Values logged before
            the first of `x_key`, or where that is not finite, have no place.
        x_scale: Buckets are of equal width on this scale. On a logarithmic one, values at x ≤ 0
            are out of range and nobody's neighbours.
        smoothing: Also give smoothed values, of the whole series whatever its range.
    """

    runs: Sequence[RunId]
    keys: Sequence[str]
    kind: StreamKind = StreamKind.HISTORY
    axis: Axis = Axis.STEP
    lo: float | None = None
    hi: float | None = None
    buckets: int = 1_000
    writer: str | None = None
    x_key: str | None = None
    x_scale: XScale = XScale.LINEAR
    smoothing: Smoothing | None = None


@dataclass(frozen=True, slots=True)
class PointSeries:
    """Every raw point in the range and its neighbours, ordered by x.

    NaN and infinities are among `y`.

    Attributes:
        x: float64 in the axis's unit, shape (num_points,), non-decreasing.
        y: float64, shape (num_points,).
        smooth: The smoothed value of each point, NaN where `y` is not finite; None unless asked
            for.
        num_neighbours: How many of them lie beside the range: at most one at either end.
    """

    run_id: RunId
    key: str
    x: Floats
    y: Floats
    smooth: Floats | None = None
    num_neighbours: int = 0

    @property
    def num_rows(self) -> int:
        """Values in the range."""
        return len(self.x) - self.num_neighbours


@dataclass(frozen=True, slots=True)
class BucketSeries:
    """A range too long to draw raw, in buckets whose figures are exact over their own extent.

    All arrays have shape (num_buckets,) and are ordered by x; empty buckets are left out. The
    range's neighbours are buckets of one value, the first and the last.

    Attributes:
        num_rows: Values behind all buckets but the neighbours.
        x0: True x of the bucket's first value.
        x1: True x of its last value. Extents of neighbours may touch, never overlap by a value.
        n: Finite values in the bucket.
        min: Smallest finite value; NaN where n is 0.
        max: Largest finite value; NaN where n is 0.
        sum: Of the finite values.
        first: Value at x0, whatever it is.
        last: Value at x1, whatever it is.
        nan: Count of NaN.
        posinf: Count of +inf.
        neginf: Count of −inf.
        smooth: The smoothed value of the bucket's last finite value, NaN where n is 0; None
            unless asked for.
    """

    run_id: RunId
    key: str
    num_rows: int
    x0: Floats
    x1: Floats
    n: Ints
    min: Floats
    max: Floats
    sum: Floats
    first: Floats
    last: Floats
    nan: Ints
    posinf: Ints
    neginf: Ints
    smooth: Floats | None = None


Series: TypeAlias = PointSeries | BucketSeries


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which raw rows to read: a range of steps, and optionally only rows having all of `keys`.

    Attributes:
        keys: Only these keys; None means all. With `require_all`, only rows having all of them.
        min_step: Inclusive.
        max_step: Exclusive.
        limit: At most so many rows.
    """

    keys: Sequence[str] | None = None
    require_all: bool = False
    min_step: int | None = None
    max_step: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectQuery:
    """Which values of some keys to read that are no doubles: media, for example.

    Attributes:
        min_step: Inclusive.
        max_step: Exclusive.
        offset: Leave out so many values in the range; not for a sample.
        limit: At most so many of each key.
        is_sample: Evenly chosen among all in the range, the first and last among them.
    """

    keys: Sequence[str]
    min_step: int | None = None
    max_step: int | None = None
    offset: int = 0
    limit: int = 100
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class ObjectValues:
    """Objects of one key, of all writers, ordered by (step, time, arrival).

    Attributes:
        all_steps: Steps of every value in the range, int64.
        positions: Which of them were chosen, ascending.
        times: Of the chosen, seconds since 1970 UTC.
        texts: Of the chosen, JSON as `documents.encode` writes it.
    """

    all_steps: Ints
    positions: Ints
    times: Floats
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What the history costs.

    Attributes:
        num_points: Values stored, axes not counted.
        chunk_bytes: Sealed data and rollups.
        journal_bytes: Acknowledged rows not yet sealed.
        journal_rows: How many of them.
    """

    num_points: int
    num_rows: int
    chunk_bytes: int
    journal_bytes: int
    journal_rows: int
