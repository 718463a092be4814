"""Numbers over the versions of a collection: which one is best, and how it got there."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput
from runstone.ports.store import Snapshot
from runstone.services.artifacts import Version
from runstone.services.artifacts import measuring as services
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifact_metrics as structs
from runstone.wire.rest.translate_artifacts import artifact_run
from runstone.wire.rest.translate_media import raw

_SOURCES: Final = {f"{one.value}.": one for one in services.MetricSource}


class ReadArtifactMetrics(Struct, forbid_unknown_fields=True):
    """Query of `read_artifact_metrics`."""

    metric: Annotated[
        list[str],
        Meta(
            description="Whose values to read: `metadata.` or `summary.` and a key, such as "
            "`metadata.val/acc`. Repeat it for several, up to 50. If left out: the first four."
        ),
    ] = []
    limit: Annotated[
        int,
        Meta(ge=1, le=services.MAX_MEASURED_VERSIONS, description="Versions, the newest first."),
    ] = services.MAX_MEASURED_VERSIONS


@route("GET", "/projects/{entity}/{project}/artifacts/{collection}/metrics", tag="Artifacts")
async def read_artifact_metrics(
    call: Call[ReadArtifactMetrics, None],
) -> structs.ArtifactMetrics:
    """Read numbers of a collection's versions: of their metadata, and of their runs' summaries.

    Numbers on any level count; keys of a summary that begin with `_` do not.
    """
    path, limit = call.path, call.query.limit
    chosen = [_metric(name) for name in call.query.metric]

    def read(snapshot: Snapshot) -> structs.ArtifactMetrics:
        found = services.measure_versions(
            snapshot, call.actor, path["entity"], path["project"], path["collection"],
            chosen=chosen, limit=limit,
        )  # fmt: skip
        return structs.ArtifactMetrics(
            [_version(one) for one in found.versions],
            found.total,
            [
                structs.VersionMetric(one.name.source, one.name.key, one.num_versions)
                for one in found.metrics
            ],
            found.num_metrics,
            [
                structs.ChosenMetric(name.source, name.key, [raw(value) for value in values])
                for name, values in zip(found.chosen, found.values, strict=True)
            ],
        )

    return await call.read(read)


def _metric(name: str) -> services.MetricName:
    for prefix, source in _SOURCES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return services.MetricName(source, name.removeprefix(prefix))
    raise InvalidInput(
        f"{name[:200]!r} is no metric of a version: write metadata.KEY or summary.KEY.",
        code="unknown-metric",
    )


def _version(found: Version) -> structs.MeasuredVersion:
    place = found.place
    return structs.MeasuredVersion(
        place.membership.index,
        list(place.membership.aliases),
        place.artifact.created_at,
        None if found.run is None else artifact_run(found.run),
    )
