"""Versions of a run: those that it used and logged; what its process says of those there are."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.ports.store import Snapshot, Transaction
from runstone.services import artifacts as services
from runstone.services import runs
from runstone.services.artifacts.reading import MAX_VERSIONS
from runstone.wire.rest.artifact_addresses import PROJECT, TAG, VERSION, address_of
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifacts as structs
from runstone.wire.rest.structs.run_artifacts import LinkTarget, UsedVersion
from runstone.wire.rest.translate_artifacts import artifact_version


class ListRunArtifacts(Struct, forbid_unknown_fields=True):
    """Query of `list_run_artifacts`."""

    limit: Annotated[
        int, Meta(ge=1, le=MAX_VERSIONS, description="Of each: inputs and outputs.")
    ] = 100


@route("GET", PROJECT + "/runs/{run}/artifacts", tag=TAG)
async def list_run_artifacts(call: Call[ListRunArtifacts, None]) -> structs.RunArtifacts:
    """List the versions that a run used and logged."""
    path, limit = call.path, call.query.limit

    def read(snapshot: Snapshot) -> structs.RunArtifacts:
        found = services.run_artifacts(
            snapshot, call.actor, path["entity"], path["project"], path["run"], limit=limit
        )
        return structs.RunArtifacts(
            [artifact_version(one) for one in found.inputs],
            [artifact_version(one) for one in found.outputs],
            found.num_inputs,
            found.num_outputs,
        )

    return await call.read(read)


@route("PUT", PROJECT + "/runs/{run}/artifacts/inputs", tag=TAG)
async def use_artifact_version(call: Call[None, UsedVersion]) -> None:
    """Note that a run uses a version; again changes nothing."""
    path, used = call.path, call.body
    address = services.Address(used.entity, used.project, used.collection, used.version)

    def note(tx: Transaction) -> None:
        run = runs.find_reporting_run(tx, call.actor, path["entity"], path["project"], path["run"])
        found = services.find_version(tx, call.actor, address).place.artifact
        services.use_artifact(tx, call.actor, run, found.id)

    await call.write(note)


@route("POST", VERSION + "/links", tag=TAG)
async def link_artifact_version(call: Call[None, LinkTarget]) -> None:
    """Link a version into a collection of a registry or a project; made where it is missing.

    Again changes nothing but the aliases, which move there.
    """
    wanted, address = call.body, address_of(call)

    def link(tx: Transaction) -> None:
        found = services.find_version(tx, call.actor, address).place.artifact
        services.link_artifact(
            tx,
            call.actor,
            found.id,
            wanted.entity,
            wanted.project,
            wanted.collection,
            wanted.aliases,
        )

    await call.write(link)
