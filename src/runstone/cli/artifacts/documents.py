"""What the commands print of artifacts as JSON: stable names, strict JSON."""

from __future__ import annotations

from typing import Any

from runstone.cli.reading.documents import instant
from runstone.sdk import ArtifactCollection, ArtifactFile, ArtifactVersion


def collection_document(collection: ArtifactCollection) -> dict[str, Any]:
    """An artifact with all of its versions."""
    return {
        "path": collection.path,
        "name": collection.name,
        "type": collection.type,
        "linked": collection.is_linked,
        "description": collection.description,
        "tags": list(collection.tags),
        "num_versions": collection.num_versions,
        "newest": collection.newest,
        "size_bytes": collection.size_bytes,
        "created_at": instant(collection.created_at),
        "updated_at": instant(collection.updated_at),
        "url": collection.url,
    }


def version_document(version: ArtifactVersion) -> dict[str, Any]:
    """A version as lists know it."""
    return {
        "path": version.path,
        "name": version.name,
        "type": version.type,
        "aliases": list(version.aliases),
        "tags": list(version.tags),
        "description": version.description,
        "digest": version.digest,
        "size_bytes": version.size_bytes,
        "num_files": version.num_files,
        "created_at": instant(version.created_at),
        "updated_at": instant(version.updated_at),
        "expires_at": instant(version.expires_at),
        "metadata": dict(version.metadata),
        "url": version.url,
    }


def file_document(file: ArtifactFile) -> dict[str, Any]:
    """A file of a version."""
    return {
        "path": file.path,
        "size_bytes": file.size_bytes,
        "md5": file.md5,
        "digest": file.digest,
        "reference": file.reference,
        "mime_type": file.mime_type,
    }
