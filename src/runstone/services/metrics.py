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
_UNSAID: Final = (None, False, None)
"""How a key is drawn of which no definition says anything: x, whether hidden, which are better."""


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
class KeyNames:
    """Very many keys in columns: what few of them differ in is said once for all that are alike.

    Attributes:
        names: In order.
        examples: One key of each manner in which they ask to be drawn.
        manner_of: For each name the position of its example; empty where all are alike.
    """

    names: list[str]
    examples: list[KeyDescription]
    manner_of: list[int]


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


def name_keys(
    snapshot: Snapshot,
    actor: Actor,
    logged: LoggedKeys,
    entity: str,
    project: str,
    *,
    runs: Sequence[str] = (),
    kind: StreamKind = StreamKind.HISTORY,
) -> KeyNames:
    """What some runs of a project have logged (none named: its newest hundred), by name.

    Where runs define a key differently, the newest run is believed.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: Too many runs at once.
    """
    keys = list_keys(snapshot, actor, logged, entity, project, runs=runs, kind=kind)
    defined = _definitions(snapshot, actor, entity, project, runs, kind).of
    # Tuples, looked up: to make a description of each key costs ten times as much.
    manners: dict[tuple[object, ...], int] = {}
    examples: list[KeyDescription] = []
    manner_of: list[int] = []
    for key in keys:
        name, _, num_numbers, num_objects = key
        said = defined(name)
        drawn = _UNSAID if said is None else (said.x, said.is_hidden, said.better)
        manner = (num_objects > 0, num_objects == 0 or num_numbers > 0, drawn)
        at = manners.setdefault(manner, len(examples))
        if at == len(examples):
            examples.append(_describe(key, said))
        manner_of.append(at)
    return KeyNames([key.name for key in keys], examples, manner_of if len(examples) > 1 else [])


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
    """What `name_keys` names, with counts: those that come next `after` a name.

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
    defined = _definitions(snapshot, actor, entity, project, runs, kind).of
    return KeyPage(
        [_describe(key, defined(key.name)) for key in page], None if is_last else page[-1].name
    )


def _definitions(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    runs: Sequence[str],
    kind: StreamKind,
) -> Definitions:
    """What the runs say of their keys; where they differ, the newest is believed."""
    if kind is not StreamKind.HISTORY:
        return Definitions([])
    newest = _newest(snapshot, actor, entity, project, runs)
    infos = snapshot.runs.client_infos_of(newest)
    # Runs of one script say the same: each thing once, the newest run's first.
    said = dict.fromkeys(
        definition
        for run in newest
        if run in infos
        for definition in read_definitions(documents.decode(infos[run]))
    )
    return Definitions(said)


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
