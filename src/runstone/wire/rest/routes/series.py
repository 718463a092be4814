"""Curves, many charts at once."""

from __future__ import annotations

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, RunstoneError
from runstone.domain.history import Series
from runstone.ports.store import Snapshot
from runstone.services.charts import read_series
from runstone.wire.rest.call import Binary, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.series_format import MEDIA_TYPE, EncodedSeries, encode_series
from runstone.wire.rest.structs.series import SeriesBatch, SeriesError

MAX_BUCKETS_PER_BATCH = 4_000_000
"""Some 250 MB of answer; 50 charts × 20 runs × 1,000 buckets are a quarter of it."""


@route("POST", "/series", tag="Series", produces=MEDIA_TYPE)
async def read_series_batch(call: Call[None, SeriesBatch]) -> Binary:
    """Read curves for any number of charts, all from one instant.

    The answer is binary: `RSS1`, the header's length (uint32, little-endian), the header
    (`SeriesHeader`, JSON), and the arrays that it points at. A request that fails has an entry
    in the header's `errors`; the others are answered. Curves without values, and unknown runs,
    are left out.
    """
    batch = call.body
    asked = sum(len(r.runs) * len(r.keys) * r.buckets for r in batch.requests)
    if asked > MAX_BUCKETS_PER_BATCH:
        raise InvalidInput(
            f"The batch asks for up to {asked:,} buckets (runs × keys × buckets); at most "
            f"{MAX_BUCKETS_PER_BATCH:,} fit into one. Ask for fewer buckets, or in parts.",
            code="batch-too-large",
        )
    # Laid out on the store's thread too: the event loop only copies.
    encoded = await call.read(lambda snapshot: _read(snapshot, call.actor, batch))
    return Binary(encoded.chunks(), encoded.size_bytes, MEDIA_TYPE)


def _read(snapshot: Snapshot, actor: Actor, batch: SeriesBatch) -> EncodedSeries:
    found: list[tuple[int, str, Series]] = []
    errors: list[SeriesError] = []
    for number, wanted in enumerate(batch.requests):
        try:
            curves = read_series(
                snapshot,
                actor,
                wanted.entity,
                wanted.project,
                runs=wanted.runs,
                keys=wanted.keys,
                kind=wanted.stream,
                axis=wanted.axis,
                lo=wanted.lo,
                hi=wanted.hi,
                buckets=wanted.buckets,
            )
        except RunstoneError as error:
            errors.append(SeriesError(number, error.code, error.message))
        else:
            found += ((number, run, series) for run, series in curves)
    return encode_series(found, errors)
