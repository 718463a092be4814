"""Lineage of versions and runs: one request for a whole graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.lineage import Direction, RunPlace, VersionPlace
from runstone.ports.store import Snapshot
from runstone.services.artifacts import lineage as services
from runstone.wire.rest.artifact_addresses import PROJECT, TAG, VERSION, address_of
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifact_lineage as structs


class ReadLineage(Struct, forbid_unknown_fields=True):
    """Query of `read_artifact_lineage` and `read_run_lineage`."""

    depth: Annotated[
        int,
        Meta(
            ge=1, le=services.MAX_DEPTH,
            description="Steps; from a version by a run to the next version are two.",
        ),
    ] = 10  # fmt: skip
    direction: Direction = Direction.BOTH
    limit: Annotated[
        int, Meta(ge=1, le=services.MAX_NODES, description="Nodes, the nearest ones first.")
    ] = 3_000


@route("GET", VERSION + "/lineage", tag=TAG)
async def read_artifact_lineage(call: Call[ReadLineage, None]) -> structs.Lineage:
    """Read where a version comes from and where it went: runs and versions by turns."""
    query, address = call.query, address_of(call)

    def read(snapshot: Snapshot) -> structs.Lineage:
        return _lineage(
            services.version_lineage(
                snapshot, call.actor, address,
                depth=query.depth, direction=query.direction, limit=query.limit,
            )
        )  # fmt: skip

    return await call.read(read)


@route("GET", PROJECT + "/runs/{run}/lineage", tag=TAG)
async def read_run_lineage(call: Call[ReadLineage, None]) -> structs.Lineage:
    """Read what a run used and logged, where that comes from and where it went."""
    query, path = call.query, call.path

    def read(snapshot: Snapshot) -> structs.Lineage:
        return _lineage(
            services.run_lineage(
                snapshot, call.actor, path["entity"], path["project"], path["run"],
                depth=query.depth, direction=query.direction, limit=query.limit,
            )
        )  # fmt: skip

    return await call.read(read)


def _lineage(graph: services.Graph) -> structs.Lineage:
    return structs.Lineage([_node(one) for one in graph.nodes], _edges(graph.edges), graph.is_whole)


def _edges(edges: Sequence[tuple[int, int]]) -> list[structs.LineageEdge]:
    return [structs.LineageEdge(source, target) for source, target in edges]


def _node(node: services.Node) -> structs.LineageNode:
    place = node.place
    return structs.LineageNode(
        _version(place) if isinstance(place, VersionPlace) else None,
        _run(place) if isinstance(place, RunPlace) else None,
        node.level,
        node.num_more,
    )


def _version(place: VersionPlace) -> structs.LineageVersion:
    return structs.LineageVersion(
        place.entity,
        place.project,
        place.collection,
        place.type,
        place.index,
        list(place.aliases),
        place.num_files,
        place.size_bytes,
        place.created_at,
    )


def _run(place: RunPlace) -> structs.LineageRun:
    return structs.LineageRun(
        place.entity,
        place.project,
        place.name,
        place.display_name,
        place.job_type,
        place.state,
        place.created_at,
    )
