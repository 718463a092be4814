"""Charts that runs logged, and columns of the tables that they draw, of many runs at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, NotFound, RunstoneError
from runstone.domain.history import ObjectQuery
from runstone.domain.logged_chart import LoggedChart, read_charts
from runstone.domain.media import MediaKind, recognise
from runstone.domain.run import RunFile
from runstone.ports.store import Snapshot
from runstone.services.media import MAX_SLIDER_STEPS
from runstone.services.projects import find_project

MAX_CHART_RUNS: Final = 1_000
MAX_TABLES: Final = 50
MAX_TABLE_COLUMNS: Final = 20
MAX_COLUMN_ROWS: Final = 10_000
"""Of one table; more points than that are no picture."""
MAX_ROWS_AT_ONCE: Final = 200_000


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A run's table at a step.

    Attributes:
        step: Of the last one that was logged up to the step asked for, or of the first.
        steps: At which there are tables; evenly thinned where there are many.
        file: None where `problem` says why.
    """

    run: str
    step: int
    steps: Sequence[int]
    file: RunFile | None
    problem: RunstoneError | None = None


def list_logged_charts(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, runs: Sequence[str]
) -> list[tuple[LoggedChart, list[str]]]:
    """Charts of some runs of a project, each with the runs that want it drawn so; by key.

    Of several that share a key, that of the run named first comes first. Unknown runs are left
    out.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    if len(runs) > MAX_CHART_RUNS:
        raise InvalidInput(
            f"{len(runs):,} runs are too many for one request; at most {MAX_CHART_RUNS:,}."
        )
    place = find_project(snapshot, actor, entity, project)
    ids = snapshot.runs.run_ids(place.id, runs)
    infos = snapshot.runs.client_infos_of(list(ids.values()))
    found: dict[tuple[object, ...], tuple[LoggedChart, list[str]]] = {}
    for name in dict.fromkeys(runs):
        if name not in ids or ids[name] not in infos:
            continue
        said = infos[ids[name]]
        for chart in read_charts(documents.decode(said)) if '"vi' in said else ():
            same = (
                chart.key,
                chart.spec,
                chart.table,
                frozenset(chart.fields.items()),
                frozenset(chart.texts.items()),
            )
            found.setdefault(same, (chart, []))[1].append(name)
    return sorted(found.values(), key=lambda one: one[0].key)


def find_tables(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[str],
    key: str,
    step: int | None,
) -> list[FoundTable]:
    """What some runs logged as tables under a key, in the order of the runs.

    Unknown runs, and those that logged nothing there, are left out.

    Args:
        step: The last table of each run, if None.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    if len(runs) > MAX_TABLES:
        raise InvalidInput(f"Tables of {len(runs):,} runs at once are too many; at most 50.")
    place = find_project(snapshot, actor, entity, project)
    ids = snapshot.runs.run_ids(place.id, runs)
    found = []
    for name in dict.fromkeys(runs):
        if name not in ids:
            continue
        (ends,) = snapshot.history.objects(ids[name], ObjectQuery([key], limit=2, is_sample=True))
        steps = ends.all_steps.tolist()
        if not steps:
            continue
        index = len(steps) - 1 if step is None else max(0, bisect_right(steps, step) - 1)
        text = ends.texts[-1]
        if index < len(steps) - 1:
            where = ObjectQuery([key], offset=index, limit=1)
            text = snapshot.history.objects(ids[name], where)[0].texts[0]
        media = recognise(documents.decode(text))
        path = media.items[0].path if media.kind is MediaKind.TABLE and media.items else None
        files = snapshot.files.list_files(ids[name], names=[path], limit=1) if path else []
        arrived = [file for file in files if file.blob is not None]
        problem = None if arrived else _missing(key, media.kind)
        file = arrived[0] if arrived else None
        found.append(FoundTable(name, steps[index], _thinned(steps), file, problem))
    return found


def _missing(key: str, kind: MediaKind) -> RunstoneError:
    if kind is not MediaKind.TABLE:
        return InvalidInput(f"What is logged under {key!r} is no table.", code="bad-table")
    return NotFound(
        "The table was logged, and its file has not arrived yet.", code="file-not-arrived"
    )


def _thinned(steps: Sequence[int]) -> Sequence[int]:
    if len(steps) <= MAX_SLIDER_STEPS:
        return steps
    last = MAX_SLIDER_STEPS - 1
    return [steps[i * (len(steps) - 1) // last] for i in range(MAX_SLIDER_STEPS)]
