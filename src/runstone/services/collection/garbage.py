"""What is garbage: removed runs, blobs that no record names, names of metrics without values."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from runstone.domain.ids import RunId
from runstone.domain.storage import Footprint, Usage
from runstone.ports.blobs import BlobInfo, Blobs
from runstone.ports.clock import Clock
from runstone.ports.store import Store, Transaction

T = TypeVar("T")

BLOBS_OF_RUNS: Final = "runs/"
GRACE: Final = timedelta(hours=1)
"""A blob is stored before its record: for so long nobody takes one without a record for garbage."""

_MAX_BLOBS: Final = 200
_CALL_BYTES: Final = 10_000
"""What looking at a run costs beside erasing, as if in bytes: small runs go many in one step."""

_KEY: Final = re.compile(r"runs/(\d+)/[^/]+")


class Stage(StrEnum):
    """What a collection is at."""

    RUNS = "runs"
    CONTENTS = "contents"
    BLOBS = "blobs"
    KEYS = "keys"
    SPACE = "space"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection has done so far.

    Attributes:
        num_runs: Removed runs that were erased wholly.
        erased: What went with removed runs, by kind of data.
        num_contents: Contents of artifacts that no version referred to, and that are gone.
        num_blobs: Blobs that no record named, and that are gone.
        num_keys: Names of metrics that are forgotten.
        returned_bytes: By how much the database file shrank.
        can_shrink: False for a database that must be rebuilt before it can.
    """

    stage: Stage = Stage.RUNS
    num_runs: int = 0
    erased: Usage = field(default_factory=Usage)
    num_contents: int = 0
    content_bytes: int = 0
    num_blobs: int = 0
    blob_bytes: int = 0
    num_keys: int = 0
    returned_bytes: int = 0
    can_shrink: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a collection would do.

    Attributes:
        num_contents: Contents of artifacts that no version refers to.
        num_blobs: Blobs that no record names, older than the grace.
        num_keys: Names of metrics without values.
    """

    num_runs: int
    removed: Usage
    num_contents: int
    content_bytes: int
    num_blobs: int
    blob_bytes: int
    num_keys: int
    footprint: Footprint


@dataclass(frozen=True, slots=True)
class Step:
    """What one unit of work has erased.

    Attributes:
        num_runs: Runs of which nothing is left.
        blobs: To be deleted once this is durable.
    """

    num_runs: int
    erased: Usage
    blobs: Sequence[str]


def erase_some(tx: Transaction, *, max_bytes: int) -> Step | None:
    """Erases some of the runs that were removed first; None where none is left."""
    num_runs, erased, blobs = 0, Usage(), list[str]()
    left = max_bytes
    while left > 0 and len(blobs) < _MAX_BLOBS and (runs := tx.garbage.removed_runs(limit=1)):
        part = tx.garbage.erase_some(runs[0], max_bytes=left)
        num_runs += part.is_done
        erased += part.usage
        blobs += part.blobs
        usage = part.usage
        left -= usage.history + usage.system + usage.console + _CALL_BYTES
    return Step(num_runs, erased, blobs) if left < max_bytes else None


async def blobs_without_record(store: Store, blobs: Blobs, clock: Clock) -> AsyncIterator[BlobInfo]:
    """Blobs of runs that no record names, and that are too old for one to be on its way."""
    async for run, infos in _blobs_by_run(blobs):
        # Read after they were listed, so that a record made meanwhile counts.
        named = await _named(store, run)
        for info in infos:
            if info.key not in named and info.stored_at < clock() - GRACE:
                yield info


async def result_of(future: Future[T]) -> T:
    """The result of a unit of work, waited for on the event loop."""
    return await asyncio.wrap_future(future)


async def _named(store: Store, run: RunId) -> frozenset[str]:
    return await result_of(store.read(lambda s: s.garbage.blobs_of(run)))


async def _blobs_by_run(blobs: Blobs) -> AsyncIterator[tuple[RunId, list[BlobInfo]]]:
    """All blobs of runs, run by run; whatever has another kind of name is left alone."""
    run: RunId | None = None
    found: list[BlobInfo] = []
    async for info in blobs.list_blobs(BLOBS_OF_RUNS):
        match = _KEY.fullmatch(info.key)
        if match is None:
            continue
        if run is not None and run != int(match[1]):
            yield run, found
            found = []
        run = RunId(int(match[1]))
        found.append(info)
    if run is not None:
        yield run, found
