"""Curves on the wire: a batch of requests as JSON, the answer in binary (see `series_format`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain import history
from runstone.domain.history import Axis


class StreamKind(StrEnum):
    """Which history of a run can be drawn: what it logged, or the system metrics."""

    HISTORY = "history"
    SYSTEM = "system"

    @property
    def kind(self) -> history.StreamKind:
        """The same in the core's words, which know more kinds."""
        return history.StreamKind(self.value)


class SeriesRequest(Struct, forbid_unknown_fields=True):
    """One chart's curves: every one of these keys of every one of these runs."""

    entity: str
    project: str
    runs: list[str]
    keys: list[str]
    stream: StreamKind = StreamKind.HISTORY
    axis: Axis = Axis.STEP
    lo: Annotated[float | None, Meta(description="Smallest x; from the start, if null.")] = None
    hi: Annotated[float | None, Meta(description="Largest x; to the end, if null.")] = None
    buckets: Annotated[
        int, Meta(ge=2, le=20_000, description="At most so many points or buckets per curve.")
    ] = 1_000


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
    `neginf` are left out where all their counts are zero.
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


class SeriesEntry(Struct):
    """One curve.

    `exact` means every point is there; else `num_rows` values are summed up in buckets, each
    exact over its own extent.
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
