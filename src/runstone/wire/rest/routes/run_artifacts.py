"""What a run's own process says of artifacts that are there: it uses one, it links one."""

from __future__ import annotations

from typing import Final

from runstone.ports.store import Transaction
from runstone.services import artifacts as services
from runstone.services import runs
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import run_artifacts as structs

_PROJECT: Final = "/projects/{entity}/{project}"
_TAG: Final = "Artifacts"


@route("PUT", _PROJECT + "/runs/{run}/artifacts/inputs", tag=_TAG)
async def use_artifact_version(call: Call[None, structs.UsedVersion]) -> None:
    """Note that a run uses a version; again changes nothing."""
    path, used = call.path, call.body
    address = services.Address(used.entity, used.project, used.collection, used.version)

    def note(tx: Transaction) -> None:
        run = runs.find_reporting_run(tx, call.actor, path["entity"], path["project"], path["run"])
        found = services.find_version(tx, call.actor, address).place.artifact
        services.use_artifact(tx, call.actor, run, found.id)

    await call.write(note)


@route("POST", _PROJECT + "/artifacts/{collection}/versions/{version}/links", tag=_TAG)
async def link_artifact_version(call: Call[None, structs.LinkTarget]) -> None:
    """Link a version into a collection of a registry or a project; made where it is missing.

    Again changes nothing but the aliases, which move there.
    """
    path, wanted = call.path, call.body
    address = services.Address(path["entity"], path["project"], path["collection"], path["version"])

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
