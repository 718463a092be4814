"""The keys that runs logged, each with how it asks to be drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.history import KeyInfo, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.metrics import METRICS_KEY, Better, Definitions, MetricDefinition
from runstone.ports.store import Snapshot
from runstone.services.charts import list_keys
from runstone.services.logged_keys import LoggedKeys
from runstone.services.projects import find_project

MAX_PAGE: Final = 50_000
_RUNS_ASKED: Final = 20
"""Runs of a project mostly define the same; the newest few speak for all, since each costs a
read of its documents."""


@dataclass(frozen=True, slots=True)
class KeyDescription:
    """A key, and what its metric definition says.

    Attributes:
        x: The key to draw it over; None means over the step.
        is_hidden: It is not to be drawn.
        better: Which values are the better ones; None where nobody said.
    """

    key: KeyInfo
    x: str | None = None
    is_hidden: bool = False
    better: Better | None = None


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some keys, by name.

    Attributes:
        next_after: Name of the key where the next page begins after; None on the last.
    """

    keys: Sequence[KeyDescription]
    next_after: str | None


def read_definitions(client_info: Mapping[str, JsonValue]) -> list[MetricDefinition]:
    """The metric definitions in a run's client info, where a dialect has put them."""
    entries = client_info.get(METRICS_KEY)
    if not isinstance(entries, list):
        return []
    found = map(MetricDefinition.from_document, entries)
    return [definition for definition in found if definition is not None]


def describe_keys(
    snapshot: Snapshot,
    actor: Actor,
    logged: LoggedKeys,
    entity: str,
    project: str,
    *,
    runs: Sequence[str] = (),
    kind: StreamKind = StreamKind.HISTORY,
) -> Sequence[KeyDescription]:
    """What some runs of a project have logged (none named: its newest hundred), by name.

    Where runs define a key differently, the newest run is believed.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    keys = list_keys(snapshot, actor, logged, entity, project, runs=runs, kind=kind)
    return _described(snapshot, actor, entity, project, runs, kind, keys)


def describe_key_page(
    snapshot: Snapshot,
    actor: Actor,
    logged: LoggedKeys,
    entity: str,
    project: str,
    *,
    limit: int,
    after: str | None = None,
    runs: Sequence[str] = (),
    kind: StreamKind = StreamKind.HISTORY,
) -> KeyPage:
    """Those of `describe_keys` that come next `after` a name.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once, or `limit` is not 1 to 50,000.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {limit}; it must be 1 to {MAX_PAGE:,}.")
    keys = list_keys(snapshot, actor, logged, entity, project, runs=runs, kind=kind)
    first = 0 if after is None else bisect_right(keys, after, key=lambda key: key.name)
    page = keys[first : first + limit]
    is_last = first + limit >= len(keys)
    return KeyPage(
        _described(snapshot, actor, entity, project, runs, kind, page),
        None if is_last else page[-1].name,
    )


def _described(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[str],
    kind: StreamKind,
    keys: Sequence[KeyInfo],
) -> Sequence[KeyDescription]:
    if kind is not StreamKind.HISTORY:
        return [KeyDescription(key) for key in keys]
    newest = _newest(snapshot, actor, entity, project, runs)
    infos = snapshot.runs.client_infos_of(newest)
    # Runs of one script say the same: each thing once, the newest run's first.
    said = dict.fromkeys(
        definition
        for run in newest
        if run in infos
        for definition in read_definitions(documents.decode(infos[run]))
    )
    definitions = Definitions(said)
    return [_describe(key, definitions.of(key.name)) for key in keys]


def _describe(key: KeyInfo, said: MetricDefinition | None) -> KeyDescription:
    if said is None:
        return KeyDescription(key)
    return KeyDescription(key, said.x, said.is_hidden, said.better)


def _newest(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, runs: Sequence[str]
) -> list[RunId]:
    place = find_project(snapshot, actor, entity, project)
    if runs:
        ids = snapshot.runs.run_ids(place.id, runs).values()
        return sorted(ids, reverse=True)[:_RUNS_ASKED]
    return [run.id for run in snapshot.runs.list_runs(place.id, limit=_RUNS_ASKED).runs]
