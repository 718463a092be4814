"""Media of many runs of a project: which keys there are, and what each run shows at a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.history import ObjectQuery
from runstone.domain.media import MediaKind, is_media, recognise
from runstone.domain.run import RunFile
from runstone.ports.store import Snapshot
from runstone.services.charts import NEWEST_RUNS, list_keys
from runstone.services.logged_keys import LoggedKeys
from runstone.services.media import MediaRange, MediaSeries, MediaValue, read_media
from runstone.services.projects import find_project

MAX_RUNS_ASKED: Final = 1_000
MAX_RUNS_READ: Final = 50

_ENDS: Final = 2
"""A sample of two values is the first and the last."""


@dataclass(frozen=True, slots=True)
class RunMedia:
    """What a run shows at a step.

    Attributes:
        series: All that it logged under the key; of its values the ends alone.
        value: The last one up to the step; None where it began later.
        files: Those that the value names, as far as their bytes are here.
    """

    run: str
    series: MediaSeries
    value: MediaValue | None
    files: Mapping[str, RunFile]


def list_project_media(
    snapshot: Snapshot, actor: Actor, logged: LoggedKeys, entity: str, project: str
) -> list[tuple[str, MediaKind]]:
    """Keys under which the newest runs of a project log media, by name, each with its kind.

    Where runs differ about a key, the newest that logged it is believed.

    Raises:
        NotFound: No such project, or the actor may not see it.
    """
    keys = [k.name for k in list_keys(snapshot, actor, logged, entity, project) if k.num_objects]
    place = find_project(snapshot, actor, entity, project)
    found: dict[str, MediaKind] = {}
    for run in snapshot.runs.list_runs(place.id, limit=NEWEST_RUNS).runs:
        if not keys:
            break
        query = ObjectQuery(keys, limit=_ENDS, is_sample=True)
        unsaid = []
        for key, ends in zip(keys, snapshot.history.objects(run.id, query), strict=True):
            last = documents.decode(ends.texts[-1]) if ends.texts else None
            if not ends.texts:
                unsaid.append(key)
            elif is_media(last):
                found[key] = recognise(last).kind
        keys = unsaid
    return sorted(found.items())


def read_media_of_runs(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[str],
    key: str,
    *,
    step: int | None,
    limit: int,
) -> tuple[list[RunMedia], int]:
    """What the first of some runs show under a key, and how many of them logged something there.

    Unknown runs, and those that logged nothing there, are left out.

    Args:
        step: Where one looks; at the end of each run, if None.
        limit: So many runs are read, in the order of `runs`.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    if len(runs) > MAX_RUNS_ASKED or not 1 <= limit <= MAX_RUNS_READ:
        raise InvalidInput(
            f"At most {MAX_RUNS_ASKED:,} runs can be asked for and {MAX_RUNS_READ} of them read; "
            f"not {len(runs):,} and {limit:,}."
        )
    place = find_project(snapshot, actor, entity, project)
    known = snapshot.runs.run_ids(place.id, runs)
    found: list[RunMedia] = []
    num_runs = 0
    for name in dict.fromkeys(runs):
        if name not in known:
            continue
        where = MediaRange(limit=_ENDS, is_sample=True)
        (series,), files = read_media(snapshot, actor, entity, project, name, [key], where)
        if not series.values:
            continue
        num_runs += 1
        if len(found) == limit:
            continue
        value: MediaValue | None = series.values[-1]
        if step is not None and series.values[-1].step > step:
            where = MediaRange(to_step=step, limit=_ENDS, is_sample=True)
            (early,), files = read_media(snapshot, actor, entity, project, name, [key], where)
            value = early.values[-1] if early.values else None
        found.append(RunMedia(name, series, value, files))
    return found, num_runs
