"""Artifacts to what travels; pure."""

from __future__ import annotations

import json
import mimetypes
from typing import Any

from msgspec import Raw

from runstone.domain import documents
from runstone.domain.errors import InvalidInput
from runstone.domain.file_kinds import kind_of
from runstone.domain.manifest import Entry
from runstone.domain.run import Run
from runstone.services.artifacts import Version
from runstone.wire.rest.structs import artifacts as structs


def version_fields(found: Version) -> dict[str, Any]:
    """What `ArtifactVersion` says, for it and the structs that say more."""
    artifact, place = found.place.artifact, found.place
    return {
        "entity": found.project.entity,
        "project": found.project.name,
        "collection": place.collection.name,
        "type": place.collection.type,
        "index": place.membership.index,
        "aliases": list(place.membership.aliases),
        "tags": list(artifact.tags),
        "state": artifact.state,
        "digest": artifact.digest,
        "description": artifact.description,
        "metadata": Raw(documents.encode(documents.loads(artifact.metadata)).encode()),
        "size_bytes": artifact.size_bytes,
        "num_files": artifact.num_files,
        "created_at": artifact.created_at,
        "updated_at": artifact.updated_at,
        "ttl_s": artifact.ttl_s,
        "expires_at": found.expires_at,
        "logged_by": None if found.run is None else artifact_run(found.run),
    }


def artifact_version(found: Version) -> structs.ArtifactVersion:
    """A version. Metadata may be large: call it where waiting harms nobody."""
    return structs.ArtifactVersion(**version_fields(found))


def artifact_run(run: Run) -> structs.ArtifactRun:
    """A run that logged or used a version."""
    return structs.ArtifactRun(run.entity, run.project, run.name, run.display_name, run.state)


def artifact_file(entry: Entry) -> structs.ArtifactFile:
    """A path in a version."""
    kind = kind_of(entry.path)
    return structs.ArtifactFile(
        entry.path,
        entry.size_bytes,
        entry.digest,
        md5_hex(entry),
        entry.ref,
        mimetypes.guess_type(entry.path)[0] or "application/octet-stream",
        kind.preview,
        kind.language,
    )


def md5_hex(entry: Entry) -> str | None:
    """Of its content; None for a reference."""
    return None if entry.md5 is None else entry.md5.hex()


def metadata_text(document: Raw) -> str:
    """Metadata as it is kept: JSON, with bare words for the floats that JSON lacks.

    Raises:
        InvalidInput: It is no object.
    """
    found = documents.decode(bytes(document))
    if not isinstance(found, dict):
        raise InvalidInput("The metadata must be a JSON object.")
    return json.dumps(found, separators=(",", ":"))
