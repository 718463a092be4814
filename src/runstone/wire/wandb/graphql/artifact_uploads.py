"""How clients log artifacts: version, manifest, files, commit."""

from __future__ import annotations

from typing import Any, Final

from runstone.domain.access import Action
from runstone.domain.artifact import Artifact, ManifestKind, NewArtifact
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.manifest import read_digest
from runstone.services import artifacts, projects
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.artifact_files import content_node
from runstone.wire.wandb.graphql.paging import connection
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.jsontext import object_text

INHERITED: Final = -2
"""What clients send and read as the time to live of a version that has none of its own."""
_REGIONS: Final = (None, "", "default")


def _create_type(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    place = projects.ensure_project(
        request.tx, request.actor, input["entityName"], input["projectName"]
    )
    made = artifacts.ensure_type(
        request.tx, place.id, input["name"], description=input.get("description") or ""
    )
    return {"artifactType": made}


def _create_artifact(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    if input.get("storageRegion") not in _REGIONS:
        raise InvalidInput(
            f"There is no storage region {input['storageRegion'][:80]!r} here; leave it out.",
            code="unknown-region",
        )
    names = input.get("artifactCollectionNames") or []
    collection = input.get("artifactCollectionName") or next(iter(names), None)
    if not collection:
        raise InvalidInput("An artifact needs a name.")
    ttl = input.get("ttlDurationSeconds")
    new = NewArtifact(
        digest=input["digest"],
        description=input.get("description") or "",
        metadata=object_text(input.get("metadata"), "metadata"),
        tags=tuple(tag["tagName"] for tag in input.get("tags") or ()),
        ttl_s=None if ttl == INHERITED else ttl,
        history_step=input.get("historyStep"),
        client_id=input.get("clientID"),
        distributed_id=input.get("distributedID") or None,
        wanted_aliases=tuple(given["alias"] for given in input.get("aliases") or ()),
    )
    made = artifacts.begin_artifact(
        request.tx,
        request.actor,
        input["entityName"],
        input["projectName"],
        input.get("runName") or None,
        input["artifactTypeName"],
        collection,
        new,
    )
    return {"artifact": made}


def _create_manifest(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    base = input.get("baseArtifactID")
    made = artifacts.announce_manifest(
        request.tx,
        request.actor,
        ids.artifact_number(input["artifactID"]),
        input["name"],
        ManifestKind((input.get("type") or "FULL").lower()),
        digest=input["digest"],
        base_id=ids.artifact_number(base) if base else None,
    )
    return {"artifactManifest": made}


def _update_manifest(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    base = input.get("baseArtifactID")
    made = artifacts.change_manifest(
        request.tx,
        request.actor,
        ids.manifest_number(input["artifactManifestID"]),
        digest=input.get("digest"),
        base_id=ids.artifact_number(base) if base else None,
    )
    return {"artifactManifest": made}


def _create_files(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    specs = []
    for given in input["artifactFiles"]:
        digest = given.get("md5") or given.get("digest") or ""
        artifact_id = ids.artifact_number(given["artifactID"])
        specs.append(
            artifacts.FileSpec(artifact_id, given["name"], read_digest(digest, given["name"]))
        )
    found: dict[int, Artifact] = {}
    entries: list[tuple[str | None, Any]] = []
    for place, upload in enumerate(artifacts.announce_files(request.tx, request.actor, specs)):
        spec = upload.spec
        if spec.artifact_id not in found:
            artifact = request.snapshot.artifacts.artifact(spec.artifact_id)
            assert artifact is not None
            found[spec.artifact_id] = artifact
        node = content_node(
            request, found[spec.artifact_id], spec.name, spec.md5, 0, is_wanted=upload.is_wanted
        )
        entries.append((str(place), node))
    return {"files": connection(entries, has_next=False, totalCount=len(entries))}


def _commit(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    number = ids.artifact_number(input["artifactID"])
    return {"artifact": artifacts.commit_artifact(request.tx, request.actor, number)}


def _client_id_mapping(_root: Any, info: Info, clientID: str) -> Any:  # noqa: N803 - theirs
    request = info.context
    found = request.snapshot.artifacts.artifact_by_client_id(clientID)
    if found is None:
        return None
    try:
        artifacts.find_artifact(request.snapshot, request.actor, found.id, Action.READ)
    except NotFound:
        return None
    return {"serverID": ids.artifact_id(found.id)}


RESOLVERS: Final[Resolvers] = {
    "Query": {"clientIDMapping": _client_id_mapping},
    "Mutation": {
        "createArtifactType": _create_type,
        "createArtifact": _create_artifact,
        "createArtifactManifest": _create_manifest,
        "updateArtifactManifest": _update_manifest,
        "createArtifactFiles": _create_files,
        "commitArtifact": _commit,
    },
}
