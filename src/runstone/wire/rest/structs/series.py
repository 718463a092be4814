"""Curves on the wire: a batch of requests as JSON, the answer in binary (see `series_format`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain import history
from runstone.domain.history import Axis, XScale
from runstone.domain.smoothing import SmoothingKind


class StreamKind(StrEnum):
    """Which history of a run can be drawn: what it logged, or the system metrics."""

    HISTORY = "history"
    SYSTEM = "system"

    @property
    def kind(self) -> history.StreamKind:
        """The same in the core's words, which know more kinds."""
        return history.StreamKind(self.value)


class SmoothingRequest(Struct, forbid_unknown_fields=True, frozen=True):
    """How to smooth curves; a smoothed value never depends on zoom.

    `time_ema`: exponential average that fades with the distance in x, measured against the whole
    curve's extent (1,000 steps of it, each by the square root of the amount), so that unevenly
    logged values are smoothed evenly; amount 0 to 0.999. `ema`: one that fades with each value;
    amount 0 to 0.999. `gaussian`: average around, the amount is the standard deviation in values,
    0 to 1,000. `mean`: average of that many values around, 1 to 100,000. Values that are not
    finite are passed over.
    """

    kind: SmoothingKind
    amount: float


class SeriesRequest(Struct, forbid_unknown_fields=True):
    """One chart's curves: every one of these keys of every one of these runs.

    So that lines enter and leave a range, each curve also has the range's neighbours: the last
    value with x < `lo` and the first with x > `hi`, finite or not, as a point or a bucket of one
    value of its own at that end. At most two more than `buckets`, they are known by lying beside
    the range. A bucket of the range that reaches past it (by less than 64 rows) stands for the
    neighbour at that end.
    """

    entity: str
    project: str
    runs: list[str]
    keys: list[str]
    stream: StreamKind = StreamKind.HISTORY
    axis: Axis = Axis.STEP
    lo: Annotated[float | None, Meta(description="Smallest x; from the start, if null.")] = None
    hi: Annotated[float | None, Meta(description="Largest x; to the end, if null.")] = None
    buckets: Annotated[
        int,
        Meta(
            ge=2, le=20_000, description="At most so many points or buckets per curve in the range."
        ),
    ] = 1_000
    x_scale: Annotated[
        XScale,
        Meta(
            description="Buckets are of equal width on this scale. On `log`, values at x ≤ 0 are "
            "out of range."
        ),
    ] = XScale.LINEAR
    x_key: Annotated[
        str | None,
        Meta(
            description="Draw over the values of this key instead of `axis`: each value lies at "
            "the last one of `x_key` in its row or before. `lo` and `hi` are in its unit."
        ),
    ] = None
    writer: Annotated[
        str | None,
        Meta(description="Only the rows of this writer (one host of several); null: of all."),
    ] = None
    smoothing: Annotated[
        SmoothingRequest | None, Meta(description="Also give smoothed values.")
    ] = None


class SeriesBatch(Struct, forbid_unknown_fields=True):
    """Curves of any number of charts, read from one snapshot."""

    requests: Annotated[list[SeriesRequest], Meta(max_length=1_000)]


class SeriesError(Struct):
    """Why one request of the batch has no curves."""

    request: int
    code: str
    message: str


ArrayRef = tuple[str, int, int]
"""Type (`f64`, `u32`), offset in bytes from the end of the header, number of elements."""


class SeriesArrays(Struct, kw_only=True):
    """Where a curve's arrays lie, as [type, offset from the header's end, count].

    An exact curve has `x` and `y`. One in buckets has all the others; `nan`, `posinf` and
    `neginf` are left out where all their counts are zero. Where smoothing was asked for, either
    has `smooth`: the smoothed value of each point, or of each bucket's last finite value (drawn
    at x1), and NaN where nothing finite is.
    """

    x: ArrayRef | UnsetType = UNSET
    y: ArrayRef | UnsetType = UNSET
    x0: ArrayRef | UnsetType = UNSET
    x1: ArrayRef | UnsetType = UNSET
    min: ArrayRef | UnsetType = UNSET
    max: ArrayRef | UnsetType = UNSET
    mean: ArrayRef | UnsetType = UNSET
    first: ArrayRef | UnsetType = UNSET
    last: ArrayRef | UnsetType = UNSET
    n: ArrayRef | UnsetType = UNSET
    nan: ArrayRef | UnsetType = UNSET
    posinf: ArrayRef | UnsetType = UNSET
    neginf: ArrayRef | UnsetType = UNSET
    smooth: ArrayRef | UnsetType = UNSET


class SeriesEntry(Struct):
    """One curve.

    `exact` means every point is there; else `num_rows` values are summed up in buckets, each
    exact over its own extent. Neighbours of the range do not count in `num_rows`: a curve of 0
    has neighbours alone.
    """

    request: int
    run: str
    key: str
    exact: bool
    num_rows: int
    arrays: SeriesArrays


class SeriesHeader(Struct):
    """The JSON header of a series answer."""

    series: list[SeriesEntry]
    errors: list[SeriesError]
