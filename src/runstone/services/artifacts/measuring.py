"""Numbers of a collection's versions: in their metadata, and in the summaries of their runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import RunId
from runstone.ports.store import Snapshot
from runstone.services.artifacts.reading import Version, list_versions

MAX_MEASURED_VERSIONS: Final = 1_000
MAX_METRICS: Final = 1_000
"""Of a list of what there is to choose from."""
MAX_CHOSEN: Final = 50
_CHOSEN_UNASKED: Final = 4

Number: TypeAlias = int | float


class MetricSource(StrEnum):
    """Where a number of a version comes from."""

    METADATA = "metadata"
    SUMMARY = "summary"


class MetricName(NamedTuple):
    """A number that versions have.

    Attributes:
        key: As in the document; a level within is after a dot.
    """

    source: MetricSource
    key: str


@dataclass(frozen=True, slots=True)
class Metric:
    """What there is of a metric.

    Attributes:
        num_versions: How many of the versions have it.
    """

    name: MetricName
    num_versions: int


@dataclass(frozen=True, slots=True)
class Measurements:
    """Versions with the metrics that were chosen.

    Attributes:
        versions: The highest number first.
        total: Versions of the collection.
        metrics: What there is to choose from: what most versions have first, then by name.
        num_metrics: How many there are, listed or not.
        chosen: The metrics of `values`.
        values: For each chosen metric a number for each version; None where that has none.
    """

    versions: Sequence[Version]
    total: int
    metrics: Sequence[Metric]
    num_metrics: int
    chosen: Sequence[MetricName]
    values: Sequence[Sequence[Number | None]]


def measure_versions(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    collection: str,
    *,
    chosen: Sequence[MetricName] = (),
    limit: int = MAX_MEASURED_VERSIONS,
) -> Measurements:
    """Numbers of a collection's newest versions.

    They are the numbers in a version's metadata, on whatever level, and in the summary of the run
    that logged it, as far as the actor may see that; keys of a summary that begin with `_` are the
    client's own.

    Args:
        chosen: Whose values to read; where none is named, of the first four there are.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000, or more than 50 metrics are chosen.
    """
    if len(chosen) > MAX_CHOSEN:
        raise InvalidInput(f"Up to {MAX_CHOSEN} metrics are read at once; not {len(chosen):,}.")
    versions, total, _ = list_versions(snapshot, actor, entity, project, collection, limit=limit)
    summaries = _summaries(snapshot, versions)
    numbers = [
        {
            **_numbers(MetricSource.METADATA, documents.loads(one.place.artifact.metadata)),
            **_numbers(MetricSource.SUMMARY, summaries.get(one.run.id) if one.run else None),
        }
        for one in versions
    ]
    counts: dict[MetricName, int] = {}
    for found in numbers:
        for name in found:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    shown = list(dict.fromkeys(chosen)) or names[:_CHOSEN_UNASKED]
    return Measurements(
        versions,
        total,
        [Metric(name, counts[name]) for name in names[:MAX_METRICS]],
        len(names),
        shown,
        [[found.get(name) for found in numbers] for name in shown],
    )


def _summaries(snapshot: Snapshot, versions: Sequence[Version]) -> Mapping[RunId, JsonValue]:
    runs = dict.fromkeys(one.run.id for one in versions if one.run is not None)
    found = snapshot.runs.texts_of(list(runs))
    return {
        run: {
            key: value
            for key, value in documents.decode(one.summary).items()
            if not key.startswith("_")
        }
        for run, one in found.items()
    }


def _numbers(source: MetricSource, document: JsonValue) -> dict[MetricName, Number]:
    if not isinstance(document, dict):
        return {}
    return {MetricName(source, key): value for key, value in _leaves(document, "")}


def _leaves(document: dict[str, JsonValue], before: str) -> Iterator[tuple[str, Number]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{key}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield f"{before}{key}", value
