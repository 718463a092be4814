"""Curves, many charts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, RunstoneError
from runstone.domain.history import Series, SeriesQuery
from runstone.domain.smoothing import Smoothing
from runstone.ports.store import Snapshot
from runstone.services.charts import read_series
from runstone.wire.rest.call import Binary, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.series_format import MEDIA_TYPE, EncodedSeries, encode_series
from runstone.wire.rest.structs.series import SeriesBatch, SeriesError, SeriesRequest

Curves: TypeAlias = list[tuple[str, Series]]
"""Each with its run's name."""

MAX_BUCKETS_PER_BATCH = 4_000_000
"""Some 250 MB of answer; 50 charts × 20 runs × 1,000 buckets are a quarter of it."""


@route("POST", "/series", tag="Series", produces=MEDIA_TYPE)
async def read_series_batch(call: Call[None, SeriesBatch]) -> Binary:
    """Read curves for any number of charts, all from one instant.

    The answer is binary: `RSS1`, the header's length (uint32, little-endian), the header
    (`SeriesHeader`, JSON), and the arrays that it points at. A request that fails has an entry
    in the header's `errors`; the others are answered. Curves without values, and unknown runs,
    are left out. A client that goes away ends the reading.
    """
    batch = call.body
    asked = sum(len(r.runs) * len(r.keys) * r.buckets for r in batch.requests)
    if asked > MAX_BUCKETS_PER_BATCH:
        raise InvalidInput(
            f"The batch asks for up to {asked:,} buckets (runs × keys × buckets); at most "
            f"{MAX_BUCKETS_PER_BATCH:,} fit into one. Ask for fewer buckets, or in parts.",
            code="batch-too-large",
        )
    asker = _Asker(call.actor, lambda: call.cancellation.is_cancelled)
    # Laid out on the store's thread too: the event loop only copies.
    encoded = await call.read(lambda snapshot: _read(snapshot, asker, batch))
    return Binary(encoded.chunks(), encoded.size_bytes, MEDIA_TYPE)


class _Asker(NamedTuple):
    """Who asks, and whether they still wait for the answer."""

    actor: Actor
    is_gone: Callable[[], bool]


def _read(snapshot: Snapshot, asker: _Asker, batch: SeriesBatch) -> EncodedSeries:
    found: list[Curves] = [[] for _ in batch.requests]
    errors: list[SeriesError] = []
    for numbers in _alike(batch.requests):
        try:
            curves = _read_together(snapshot, asker, [batch.requests[n] for n in numbers])
            _share_out(curves, [(found[n], batch.requests[n]) for n in numbers])
        except RunstoneError:
            # One may be to blame, or only their sum: each gets its own answer.
            for number in numbers:
                try:
                    found[number] = _read_together(snapshot, asker, [batch.requests[number]])
                except RunstoneError as error:
                    errors.append(SeriesError(number, error.code, error.message))
    errors.sort(key=lambda error: error.request)
    return encode_series(
        ((n, run, curve) for n, curves in enumerate(found) for run, curve in curves), errors
    )


def _alike(requests: Sequence[SeriesRequest]) -> list[list[int]]:
    """Positions of requests that differ in their keys alone, as the charts of one page do.

    Read together, their x axes are read once.
    """
    groups: dict[object, list[int]] = {}
    for number, one in enumerate(requests):
        shared = tuple([getattr(one, name) for name in _SHARED])
        groups.setdefault((tuple(one.runs), shared), []).append(number)
    return list(groups.values())


_SHARED: Final = tuple(
    name for name in SeriesRequest.__struct_fields__ if name not in ("runs", "keys")
)


def _read_together(snapshot: Snapshot, asker: _Asker, requests: Sequence[SeriesRequest]) -> Curves:
    first = requests[0]
    smoothing = first.smoothing
    query = SeriesQuery(
        runs=(),
        keys=list(dict.fromkeys(key for one in requests for key in one.keys)),
        kind=first.stream.kind,
        axis=first.axis,
        lo=first.lo,
        hi=first.hi,
        buckets=first.buckets,
        writer=first.writer,
        x_key=first.x_key,
        x_scale=first.x_scale,
        smoothing=None if smoothing is None else Smoothing(smoothing.kind, smoothing.amount),
    )
    return read_series(
        snapshot,
        asker.actor,
        first.entity,
        first.project,
        first.runs,
        query,
        is_cancelled=asker.is_gone,
    )


def _share_out(curves: Curves, places: Sequence[tuple[Curves, SeriesRequest]]) -> None:
    wanting: dict[str, list[Curves]] = {}
    for place, request in places:
        for key in dict.fromkeys(request.keys):
            wanting.setdefault(key, []).append(place)
    for run, curve in curves:
        for place in wanting[curve.key]:
            place.append((run, curve))
