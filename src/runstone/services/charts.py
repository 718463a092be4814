"""Reading what is drawn: curves and the keys that there are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from runstone.domain.access import Actor
from runstone.domain.cancellation import never
from runstone.domain.errors import InvalidInput
from runstone.domain.history import BucketSeries, KeyInfo, Series, SeriesQuery, StreamKind
from runstone.ports.store import Snapshot
from runstone.services.logged_keys import LoggedKeys
from runstone.services.projects import find_project

MAX_RUNS = 1_000
MAX_KEYS = 1_000
MAX_SERIES = 20_000
MIN_BUCKETS = 2
MAX_BUCKETS = 20_000
NEWEST_RUNS = 100


def read_series(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[str],
    query: SeriesQuery,
    *,
    is_cancelled: Callable[[], bool] = never,
) -> list[tuple[str, Series]]:
    """Curves of some runs of a project, each with its run's name; see `HistoryReader.series`.

    Unknown runs and keys without values are left out.

    Args:
        runs: Names of the runs; those of the query do not matter.
        query: What is wanted of them.
        is_cancelled: Asked now and then whether the answer is still wanted.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many at once, or `buckets` or the range makes no sense.
        Cancelled: It is not.
    """
    keys, buckets, lo, hi = query.keys, query.buckets, query.lo, query.hi
    if not MIN_BUCKETS <= buckets <= MAX_BUCKETS:
        raise InvalidInput(f"buckets is {buckets}; it must be {MIN_BUCKETS} to {MAX_BUCKETS:,}.")
    if len(runs) > MAX_RUNS or len(keys) > MAX_KEYS or len(runs) * len(keys) > MAX_SERIES:
        raise InvalidInput(
            f"{len(runs):,} runs × {len(keys):,} keys are too many for one request: at most "
            f"{MAX_RUNS:,} runs, {MAX_KEYS:,} keys and {MAX_SERIES:,} series."
        )
    lo_given, hi_given = -math.inf if lo is None else lo, math.inf if hi is None else hi
    if not lo_given <= hi_given:  # also where one is NaN
        raise InvalidInput(f"The range from {lo} to {hi} is empty: lo must not be above hi.")
    place = find_project(snapshot, actor, entity, project)
    ids = snapshot.runs.run_ids(place.id, runs)
    names = {identifier: name for name, identifier in ids.items()}
    found = snapshot.history.series(replace(query, runs=list(names)), is_cancelled=is_cancelled)
    return [
        (names[series.run_id], series)
        for series in found
        if isinstance(series, BucketSeries) or len(series.x)
    ]


def list_keys(
    snapshot: Snapshot,
    actor: Actor,
    logged: LoggedKeys,
    entity: str,
    project: str,
    *,
    runs: Sequence[str] = (),
    kind: StreamKind = StreamKind.HISTORY,
) -> Sequence[KeyInfo]:
    """What some runs of a project have logged (none named: its newest hundred), by name.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    if len(runs) > MAX_RUNS:
        raise InvalidInput(f"{len(runs):,} runs are too many for one request; at most {MAX_RUNS}.")
    place = find_project(snapshot, actor, entity, project)
    if runs:
        ids = list(snapshot.runs.run_ids(place.id, runs).values())
    else:
        ids = [run.id for run in snapshot.runs.list_runs(place.id, limit=NEWEST_RUNS).runs]
    return logged.read(snapshot, ids, kind)
