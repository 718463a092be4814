"""Versions of artifacts: browsed, read, called, described, deleted. Runs and clients write them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import UNSET, Meta, Struct

from runstone.domain.run import UNSET as UNCHANGED
from runstone.ports.store import Snapshot, Transaction
from runstone.services import artifacts as services
from runstone.services.artifacts.reading import MAX_VERSIONS
from runstone.wire.rest.artifact_addresses import COLLECTION, TAG, VERSION, address_of
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_number
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifacts as structs
from runstone.wire.rest.translate_artifacts import (
    artifact_run,
    artifact_version,
    metadata_text,
    version_fields,
)


class ListArtifactVersions(Struct, forbid_unknown_fields=True):
    """Query of `list_artifact_versions`."""

    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_VERSIONS)] = 100


class DeleteArtifactVersion(Struct, forbid_unknown_fields=True):
    """Query of `delete_artifact_version`."""

    aliases: Annotated[bool, Meta(description="Delete it although it has aliases.")] = False


@route("GET", COLLECTION + "/versions", tag=TAG)
async def list_artifact_versions(
    call: Call[ListArtifactVersions, None],
) -> structs.ArtifactVersionList:
    """List the versions of a collection, the highest number first."""
    query, path = call.query, call.path
    before = read_number(query.cursor)

    def read(snapshot: Snapshot) -> structs.ArtifactVersionList:
        versions, total, has_more = services.list_versions(
            snapshot, call.actor, path["entity"], path["project"], path["collection"],
            before=before, limit=query.limit,
        )  # fmt: skip
        # Metadata may be large: encoded here, on the store's thread.
        listed = [artifact_version(one) for one in versions]
        return structs.ArtifactVersionList(
            listed, total, str(listed[-1].index) if has_more and listed else None
        )

    return await call.read(read)


@route("GET", VERSION, tag=TAG)
async def get_artifact_version(call: Call[None, None]) -> structs.ArtifactVersionDetail:
    """Get a version by an alias, its number (`v3`) or its digest, with its lineage."""
    return await call.read(lambda snapshot: _version_detail(snapshot, call, address_of(call)))


@route("PATCH", VERSION, tag=TAG)
async def update_artifact_version(
    call: Call[None, structs.UpdateArtifactVersion],
) -> structs.ArtifactVersionDetail:
    """Give a version aliases, take some away, describe it or tag it."""
    wanted = call.body

    def update(tx: Transaction) -> structs.ArtifactVersionDetail:
        address = address_of(call)
        place = services.find_version(tx, call.actor, address).place
        if wanted.add_aliases or wanted.remove_aliases:
            services.call_artifact(
                tx,
                call.actor,
                place.artifact.id,
                place.collection,
                add=wanted.add_aliases,
                remove=wanted.remove_aliases,
            )
        facts = (wanted.description, wanted.metadata, wanted.tags, wanted.ttl_s)
        if any(one is not UNSET for one in facts):
            services.change_artifact(
                tx,
                call.actor,
                place.artifact.id,
                description=UNCHANGED if wanted.description is UNSET else wanted.description,
                metadata=UNCHANGED if wanted.metadata is UNSET else metadata_text(wanted.metadata),
                add_tags=() if wanted.tags is UNSET else wanted.tags,
                remove_tags=() if wanted.tags is UNSET else place.artifact.tags,
                ttl_s=UNCHANGED if wanted.ttl_s is UNSET else wanted.ttl_s,
            )
        # The alias by which it was named may be gone.
        numbered = replace(address, version=f"v{place.membership.index}")
        return _version_detail(tx, call, numbered)

    return await call.write(update)


@route("DELETE", VERSION, tag=TAG)
async def delete_artifact_version(call: Call[DeleteArtifactVersion, None]) -> None:
    """Delete a version everywhere; from a collection of links it is only taken out.

    One that has aliases is refused (`artifact-has-aliases`) unless `aliases=true` says to delete
    it with them; then `latest` moves to the newest that is left. There is no undo.
    """
    with_aliases = call.query.aliases
    await call.write(
        lambda tx: services.remove_version(
            tx, call.actor, address_of(call), with_aliases=with_aliases
        )
    )


def _version_detail(
    snapshot: Snapshot, call: AnyCall, address: services.Address
) -> structs.ArtifactVersionDetail:
    found = services.version_detail(snapshot, call.actor, address)
    return structs.ArtifactVersionDetail(
        **version_fields(found.version),
        kind=found.version.place.collection.kind,
        used_by=[artifact_run(run) for run in found.used_by],
        links=[
            structs.ArtifactLink(
                link.project.entity,
                link.project.name,
                link.place.collection.name,
                link.place.collection.kind,
                link.place.membership.index,
                list(link.place.membership.aliases),
            )
            for link in found.links
        ],
    )
