"""Node ids: opaque to most clients, but some of them are taken apart, so their form is protocol.

Source: protocol/wandb.md section 3, "IDs".
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final, NamedTuple

from runstone.domain.errors import InvalidInput
from runstone.domain.ids import (
    ApiKeyId,
    ArtifactId,
    ArtifactTypeId,
    CollectionId,
    EntityId,
    ManifestId,
    ProjectId,
    RunId,
    ViewId,
)
from runstone.domain.run import Project, Run

_NUMBER: Final = re.compile("[0-9]{1,18}")


class RunAddress(NamedTuple):
    """Where a run is found."""

    entity: str
    project: str
    name: str


def run_id(run: Run) -> str:
    """The storage id of a run. Launch's sweep scheduler reads the run id out of it."""
    return _encode(f"Run:v1:{run.name}:{run.project}:{run.entity}")


def run_address(node_id: str) -> RunAddress:
    """The run behind a storage id.

    Raises:
        InvalidInput: Not the id of a run.
    """
    parts = _decode(node_id, "run").split(":")
    if len(parts) != 5 or parts[:2] != ["Run", "v1"]:
        raise _not_an_id(node_id, "run")
    return RunAddress(entity=parts[4], project=parts[3], name=parts[2])


def project_id(project: Project) -> str:
    """The id of a project."""
    return _encode(f"Project:v1:{project.name}:{project.entity}")


def project_address(node_id: str) -> tuple[str, str]:
    """The entity and the name of the project behind an id.

    Raises:
        InvalidInput: Not the id of a project.
    """
    parts = _decode(node_id, "project").split(":")
    if len(parts) != 4 or parts[:2] != ["Project", "v1"]:
        raise _not_an_id(node_id, "project")
    return parts[3], parts[2]


def project_internal_id(project: ProjectId) -> str:
    """The id that registry search takes the number out of; always text."""
    return _encode(f"ProjectInternalId:{project}")


def user_id(user: EntityId) -> str:
    """The id of a user; clients demand the kind and an integer."""
    return _encode(f"User:{user}")


def user_number(node_id: str) -> EntityId:
    """The user behind an id.

    Raises:
        InvalidInput: Not the id of a user.
    """
    return EntityId(_number(node_id, "User"))


def entity_id(entity: EntityId) -> str:
    """The id of a team, or of a user as an owner of projects."""
    return _encode(f"Entity:{entity}")


def entity_number(node_id: str) -> EntityId:
    """The team behind an id, or the user as an owner of projects.

    Raises:
        InvalidInput: Not the id of an entity.
    """
    return EntityId(_number(node_id, "Entity"))


def api_key_id(key: ApiKeyId) -> str:
    """The id of an API key."""
    return _encode(f"ApiKey:{key}")


def api_key_number(node_id: str) -> ApiKeyId:
    """The API key behind an id.

    Raises:
        InvalidInput: Not the id of a key.
    """
    return ApiKeyId(_number(node_id, "ApiKey"))


def file_id(run: RunId, name: str) -> str:
    """The id of a file of a run."""
    return _encode(f"RunFile:{run}:{name}")


def file_address(node_id: str) -> tuple[RunId, str]:
    """The run and the name behind the id of a run's file.

    Raises:
        InvalidInput: Not the id of a file.
    """
    kind, _, rest = _decode(node_id, "file").partition(":")
    number, _, name = rest.partition(":")
    if kind != "RunFile" or not _NUMBER.fullmatch(number):
        raise _not_an_id(node_id, "file")
    return RunId(int(number)), name


def view_id(view: ViewId) -> str:
    """The id of a view. The URLs of reports carry it without its padding."""
    return _encode(f"View:{view}")


def view_number(node_id: str) -> ViewId:
    """The view behind an id, with or without its padding.

    Raises:
        InvalidInput: Not the id of a view.
    """
    return ViewId(_number(node_id + "=" * (-len(node_id) % 4), "View"))


def artifact_id(artifact: ArtifactId) -> str:
    """The id of a version. In references between artifacts clients carry it decoded, in hex."""
    return _encode(f"Artifact:{artifact}")


def artifact_number(node_id: str) -> ArtifactId:
    """The version behind an id.

    Raises:
        InvalidInput: Not the id of a version.
    """
    return ArtifactId(_number(node_id, "Artifact"))


def collection_id(collection: CollectionId) -> str:
    """The id of a collection."""
    return _encode(f"ArtifactCollection:{collection}")


def collection_number(node_id: str) -> CollectionId:
    """The collection behind an id.

    Raises:
        InvalidInput: Not the id of a collection.
    """
    return CollectionId(_number(node_id, "ArtifactCollection"))


def artifact_type_id(artifact_type: ArtifactTypeId) -> str:
    """The id of a type."""
    return _encode(f"ArtifactType:{artifact_type}")


def membership_id(collection: CollectionId, artifact: ArtifactId) -> str:
    """The id of a version's place in a collection."""
    return _encode(f"ArtifactCollectionMembership:{collection}:{artifact}")


def alias_id(collection: CollectionId, alias: str) -> str:
    """The id of an alias."""
    return _encode(f"ArtifactAlias:{collection}:{alias}")


def manifest_id(manifest: ManifestId) -> str:
    """The id of a manifest."""
    return _encode(f"ArtifactManifest:{manifest}")


def manifest_number(node_id: str) -> ManifestId:
    """The manifest behind an id.

    Raises:
        InvalidInput: Not the id of a manifest.
    """
    return ManifestId(_number(node_id, "ArtifactManifest"))


def tag_id(tag: str) -> str:
    """The id of a tag."""
    return _encode(f"Tag:{tag}")


def artifact_file_id(artifact: ArtifactId, path: str) -> str:
    """The id of a file in a version."""
    return _encode(f"ArtifactFile:{artifact}:{path}")


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _decode(node_id: str, what: str) -> str:
    try:
        return base64.b64decode(node_id, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_an_id(node_id, what) from error


def _number(node_id: str, kind: str) -> int:
    text = _decode(node_id, kind)
    found, _, number = text.partition(":")
    if found != kind or not _NUMBER.fullmatch(number):
        raise _not_an_id(node_id, kind)
    return int(number)


def _not_an_id(node_id: str, what: str) -> InvalidInput:
    return InvalidInput(f"{node_id[:80]!r} is not the id of a {what}.", code="malformed-id")
