"""What is garbage: removed runs, blobs that no record names, names of metrics without values."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from runstone.domain.ids import RunId
from runstone.domain.storage import Erased, Footprint, Usage
from runstone.ports.blobs import BlobInfo, Blobs
from runstone.ports.clock import Clock
from runstone.ports.store import Store, Transaction

T = TypeVar("T")

BLOBS_OF_RUNS: Final = "runs/"
GRACE: Final = timedelta(hours=1)
"""A blob is stored before its record: for so long nobody takes one without a record for garbage."""

_KEY: Final = re.compile(r"runs/(\d+)/[^/]+")


class Stage(StrEnum):
    """What a collection is at."""

    RUNS = "runs"
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
        num_blobs: Blobs that no record named, and that are gone.
        num_keys: Names of metrics that are forgotten.
        returned_bytes: By how much the database file shrank.
        can_shrink: False for a database that must be rebuilt before it can.
    """

    stage: Stage = Stage.RUNS
    num_runs: int = 0
    erased: Usage = field(default_factory=Usage)
    num_blobs: int = 0
    blob_bytes: int = 0
    num_keys: int = 0
    returned_bytes: int = 0
    can_shrink: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a collection would do.

    Attributes:
        num_blobs: Blobs that no record names, older than the grace.
        num_keys: Names of metrics without values.
    """

    num_runs: int
    removed: Usage
    num_blobs: int
    blob_bytes: int
    num_keys: int
    footprint: Footprint


def erase_some(tx: Transaction, *, max_bytes: int) -> Erased | None:
    """Erases some of the run that was removed first; None where none is left."""
    for run in tx.garbage.removed_runs(limit=1):
        return tx.garbage.erase_some(run, max_bytes=max_bytes)
    return None


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
