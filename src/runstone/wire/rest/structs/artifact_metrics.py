"""Numbers over the versions of a collection, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from runstone.services.artifacts.measuring import MetricSource
from runstone.wire.rest.structs.artifacts import ArtifactRun
from runstone.wire.rest.structs.media import JsonValue


class VersionMetric(Struct):
    """A number that versions have."""

    source: Annotated[
        MetricSource,
        Meta(description="The version's metadata, or the summary of the run that logged it."),
    ]
    key: Annotated[str, Meta(description="A level within is after a dot: `loss.min`.")]
    num_versions: Annotated[int, Meta(description="Listed versions that have it.")]


class ChosenMetric(Struct):
    """A metric's values."""

    source: MetricSource
    key: str
    values: Annotated[
        list[JsonValue],
        Meta(description="A number for each listed version; null where it has none."),
    ]


class MeasuredVersion(Struct):
    """A version, as far as a table of numbers names it."""

    index: Annotated[int, Meta(description="`v` and this number name it.")]
    aliases: list[str]
    created_at: datetime
    logged_by: ArtifactRun | None


class ArtifactMetrics(Struct):
    """Versions of a collection with numbers of theirs."""

    versions: Annotated[list[MeasuredVersion], Meta(description="The highest number first.")]
    total: Annotated[int, Meta(description="Versions of the collection.")]
    metrics: Annotated[
        list[VersionMetric],
        Meta(description="To choose from, 1,000 at most: what most versions have comes first."),
    ]
    num_metrics: Annotated[int, Meta(description="All there are, listed or not.")]
    chosen: list[ChosenMetric]
