"""A file of a run or of an artifact as the type `File` shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.translate import instant


@dataclass(frozen=True, slots=True)
class FileNode:
    """What is shown of a file. URLs are signed only where they are asked for.

    Attributes:
        name: The path that users see.
        storage_path: What clients hand back when they complete an upload in parts.
        md5: Base64.
        url: Where it is read with credentials.
        direct_url: Where it is read without.
        upload_url: Where its bytes are sent to; gives None where they are here.
        upload_id: Of an upload in parts.
        part_urls: Where those are sent to, by number.
        birth: The artifact that the bytes were first logged with.
    """

    id: str
    name: str
    storage_path: str
    size_bytes: int
    mime_type: str | None
    md5: str | None
    updated_at: datetime | None
    url: Callable[[], str]
    direct_url: Callable[[], str]
    upload_url: Callable[[], str | None]
    upload_headers: tuple[str, ...] = ()
    birth: Any = None
    upload_id: str | None = None
    part_urls: Sequence[tuple[int, Callable[[], str]]] = ()


def _url(file: FileNode, _info: Info, upload: bool | None = None) -> str | None:
    return file.upload_url() if upload else file.url()


def _in_parts(file: FileNode, _info: Info) -> dict[str, Any] | None:
    if file.upload_id is None:
        return None
    parts = [{"partNumber": number, "uploadUrl": url()} for number, url in file.part_urls]
    return {"uploadID": file.upload_id, "uploadUrlParts": parts}


RESOLVERS: Final[Resolvers] = {
    "File": {
        "id": lambda file, _: file.id,
        "name": lambda file, _: file.name,
        "displayName": lambda file, _: file.name,
        "sizeBytes": lambda file, _: file.size_bytes,
        "mimetype": lambda file, _: file.mime_type,
        "md5": lambda file, _: file.md5,
        "digest": lambda file, _: file.md5,
        "updatedAt": lambda file, _: None if file.updated_at is None else instant(file.updated_at),
        "storagePath": lambda file, _: file.storage_path,
        "url": _url,
        "directUrl": lambda file, _: file.direct_url(),
        "uploadUrl": lambda file, _: file.upload_url(),
        "uploadHeaders": lambda file, _: list(file.upload_headers),
        "uploadMultipartUrls": _in_parts,
        "artifact": lambda file, _: file.birth,
    },
}
