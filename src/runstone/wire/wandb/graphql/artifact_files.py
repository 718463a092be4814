"""Files of artifacts as nodes: what is in a version, and manifests."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from runstone.domain.artifact import Artifact, ManifestRecord
from runstone.domain.manifest import Entries, Entry
from runstone.ports.blobs import Part
from runstone.services import artifacts
from runstone.services.artifacts.arrivals import InParts
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.file_node import FileNode
from runstone.wire.wandb.graphql.paging import sliced
from runstone.wire.wandb.graphql.request import Info, Request

_MANIFEST: Final = "application/json"
STORAGE: Final = "wandb_artifacts"
_ENTRIES_OF_A_FIELD: Final = 50
"""What a document asks for is counted in fields; reading a manifest counts by its length."""


def content_node(
    request: Request,
    artifact: Artifact,
    path: str,
    md5: bytes,
    size: int,
    *,
    is_wanted: bool,
    in_parts: InParts | None = None,
    parts: Sequence[Part] = (),
) -> FileNode:
    """A file of a version by its content.

    Args:
        is_wanted: Whether its bytes are to be sent.
        in_parts: Where it is to come in `parts`.
    """
    name = path.rsplit("/", 1)[-1]
    digest = base64.b64encode(md5).decode("ascii")
    mime_type = mimetypes.guess_type(name)[0]

    def download() -> str:
        return request.content_url(artifact.id, md5, name)

    def upload() -> str | None:
        return request.content_upload_url(artifact.id, md5, name) if is_wanted else None

    return FileNode(
        id=ids.artifact_file_id(artifact.id, path),
        name=path,
        storage_path=f"{STORAGE}/{in_parts.place.key if in_parts else md5.hex()}",
        size_bytes=size,
        mime_type=mime_type,
        md5=digest,
        updated_at=artifact.created_at,
        url=download,
        direct_url=download,
        upload_url=upload,
        upload_headers=(f"Content-MD5:{digest}",),
        birth=artifact,
        upload_id=in_parts.upload if in_parts else None,
        part_urls=[(part.number, partial(request.part_url, in_parts, part, name)) for part in parts]
        if in_parts
        else (),
    )


def manifest_node(request: Request, artifact: Artifact, manifest: ManifestRecord) -> FileNode:
    """The file that a manifest travels as."""

    def download() -> str:
        artifacts.require_contents(request.snapshot, request.actor, artifact)
        return request.manifest_url(manifest.id, manifest.name)

    return FileNode(
        id=ids.manifest_id(manifest.id),
        name=manifest.name,
        storage_path=f"{STORAGE}/manifests/{manifest.id}",
        size_bytes=0,
        mime_type=_MANIFEST,
        md5=manifest.digest or None,
        updated_at=artifact.updated_at,
        url=download,
        direct_url=download,
        upload_url=lambda: request.manifest_upload_url(manifest.id, manifest.digest, manifest.name),
        upload_headers=(
            (f"Content-MD5:{manifest.digest}", f"Content-Type:{_MANIFEST}")
            if manifest.digest
            else ()
        ),
        birth=artifact,
    )


def file_page(artifact: Artifact, info: Info, **args: Any) -> dict[str, Any]:
    """A page of the files of a version.

    References are among them: clients download what is listed, each reference from where it leads.
    """
    request = info.context
    entries = _entries(request, artifact)
    names = args.get("names")
    if not names:
        return _page(request, artifact, entries, args)
    found = (entries.find(name) for name in sorted(set(names)))
    return _page(request, artifact, [entry for entry in found if entry is not None], args)


def files_of_entries(artifact: Artifact, info: Info, **args: Any) -> dict[str, Any]:
    """The files that some entries of a manifest name, in their order."""
    request = info.context
    entries = _entries(request, artifact)
    found = (entries.find(given["name"]) for given in args.get("entries") or ())
    return _page(request, artifact, [entry for entry in found if entry is not None], args)


def _entries(request: Request, artifact: Artifact) -> Entries:
    artifacts.require_contents(request.snapshot, request.actor, artifact)
    request.budget.spend(1 + artifact.num_files // _ENTRIES_OF_A_FIELD)
    return artifacts.entries_of(request.snapshot, artifact)


def _page(
    request: Request, artifact: Artifact, entries: Sequence[Entry], args: dict[str, Any]
) -> dict[str, Any]:
    page = sliced(entries, args)
    for edge in page["edges"]:
        edge["node"] = _entry_node(request, artifact, edge["node"])
    return page


def _entry_node(request: Request, artifact: Artifact, entry: Entry) -> FileNode:
    ref = entry.ref
    if entry.md5 is not None or ref is None:
        md5 = entry.md5 or b""
        return content_node(request, artifact, entry.path, md5, entry.size_bytes, is_wanted=False)
    return FileNode(
        id=ids.artifact_file_id(artifact.id, entry.path),
        name=entry.path,
        storage_path=ref,
        size_bytes=entry.size_bytes,
        mime_type=None,
        md5=entry.digest,
        updated_at=artifact.created_at,
        url=lambda: ref,
        direct_url=lambda: ref,
        upload_url=lambda: None,
        birth=artifact,
    )
