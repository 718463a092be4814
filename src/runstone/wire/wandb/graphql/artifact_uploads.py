"""How clients log artifacts: version, manifest, files, commit."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import Artifact, ManifestKind, NewArtifact
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.manifest import read_digest
from runstone.domain.run import Unset
from runstone.ports.blobs import Part
from runstone.services import artifacts, projects
from runstone.services.artifacts.arrivals import Arrivals, Arriving, InParts
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.apart import Apart
from runstone.wire.wandb.graphql.artifact_files import STORAGE, content_node
from runstone.wire.wandb.graphql.artifact_ttl import read_ttl
from runstone.wire.wandb.graphql.paging import connection
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.jsontext import object_text

_REGIONS: Final = (None, "", "default")
_MAX_PARTS: Final = 10_000
_ETAG: Final = re.compile('"?([0-9a-f]{32})"?')


@dataclass(frozen=True, slots=True)
class _Announced:
    """A file that was announced, and where it may come in parts."""

    upload: artifacts.Upload
    in_parts: InParts | None = None
    parts: Sequence[Part] = ()


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
    ttl = read_ttl(input.get("ttlDurationSeconds"))
    new = NewArtifact(
        digest=input["digest"],
        description=input.get("description") or "",
        metadata=object_text(input.get("metadata"), "metadata"),
        tags=tuple(tag["tagName"] for tag in input.get("tags") or ()),
        ttl_s=None if isinstance(ttl, Unset) else ttl,
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


def _file_specs(given: dict[str, Any]) -> list[artifacts.FileSpec]:
    specs = []
    for file in given["artifactFiles"]:
        digest = file.get("md5") or file.get("digest") or ""
        artifact_id = ids.artifact_number(file["artifactID"])
        specs.append(
            artifacts.FileSpec(artifact_id, file["name"], read_digest(digest, file["name"]))
        )
    return specs


async def _announce_files(arrivals: Arrivals, actor: Actor, args: dict[str, Any]) -> Any:
    given = args["input"]
    announced = []
    uploads = await artifacts.announce_apart(arrivals.store, actor, _file_specs(given))
    for file, upload in zip(given["artifactFiles"], uploads, strict=True):
        parts = _parts(file.get("uploadPartsInput") or ())
        if upload.is_wanted and parts:
            spec = upload.spec
            in_parts = await arrivals.begin(spec.artifact_id, spec.md5, len(parts))
            announced.append(_Announced(upload, in_parts, parts))
        else:
            announced.append(_Announced(upload))
    return announced


def _parts(given: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Parts by their MD5s, or by what they were called when they arrived."""
    parts = []
    for one in given:
        match = _ETAG.fullmatch(one["hexMD5"])
        if match is None:
            raise InvalidInput("hexMD5 is 32 hexadecimal digits.", code="malformed-digest")
        parts.append(Part(one["partNumber"], bytes.fromhex(match[1])))
    parts.sort(key=lambda part: part.number)
    if [part.number for part in parts] != list(range(1, len(parts) + 1)):
        raise InvalidInput("Parts are numbered from 1, each once.", code="malformed-parts")
    if len(parts) > _MAX_PARTS:
        raise InvalidInput(f"A file has {_MAX_PARTS:,} parts at most.", code="too-many-parts")
    return parts


def _create_files(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    announced: Sequence[_Announced] | None = request.done
    if announced is None:
        uploads = artifacts.announce_files(request.tx, request.actor, _file_specs(input))
        announced = [_Announced(upload) for upload in uploads]
    found: dict[int, Artifact] = {}
    entries: list[tuple[str | None, Any]] = []
    for place, one in enumerate(announced):
        spec = one.upload.spec
        if spec.artifact_id not in found:
            artifact = request.snapshot.artifacts.artifact(spec.artifact_id)
            if artifact is None:
                raise NotFound("The artifact of these files was deleted.")
            found[spec.artifact_id] = artifact
        node = content_node(
            request,
            found[spec.artifact_id],
            spec.name,
            spec.md5,
            0,
            is_wanted=one.upload.is_wanted,
            in_parts=one.in_parts,
            parts=one.parts,
        )
        entries.append((str(place), node))
    return {"files": connection(entries, has_next=False, totalCount=len(entries))}


async def _complete_apart(arrivals: Arrivals, actor: Actor, args: dict[str, Any]) -> Any:
    given = args["input"]
    place = Arriving.of(given["storagePath"].removeprefix(f"{STORAGE}/"))
    if place is None or place.artifact != ids.artifact_number(given["artifactID"]):
        raise InvalidInput(
            "storagePath is not the one that createArtifactFiles gave for this file.",
            code="unknown-storage-path",
        )
    upload = InParts(place, given["uploadID"])
    await arrivals.complete(actor, upload, _parts(given["completedParts"]))
    return {"digest": base64.b64encode(place.md5).decode("ascii")}


def _complete_parts(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    if info.context.done is None:
        raise InvalidInput("Send completeMultipartUploadArtifact in a document of its own.")
    return info.context.done


async def _commit_apart(arrivals: Arrivals, actor: Actor, args: dict[str, Any]) -> Any:
    number = ids.artifact_number(args["input"]["artifactID"])
    try:
        return await artifacts.commit_apart(arrivals.store, actor, number)
    except Conflict as error:
        if error.code != "files-missing" or not arrivals.blobs.supports_presigned_urls:
            raise
    # Clients send files straight to the blob store: this one has not heard of them yet.
    await arrivals.settle(number)
    return await artifacts.commit_apart(arrivals.store, actor, number)


def _commit(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    if request.done is not None:
        return {"artifact": request.done}
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
        "completeMultipartUploadArtifact": _complete_parts,
        "commitArtifact": _commit,
    },
}

APART: Final[dict[str, Apart]] = {
    "createArtifactFiles": _announce_files,
    "completeMultipartUploadArtifact": _complete_apart,
    "commitArtifact": _commit_apart,
}
"""Mutations that take long for large versions, done in units of their own (see `apart`)."""
