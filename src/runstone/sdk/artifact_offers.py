"""A version as it is to be uploaded: all that is asked of the server, apart from how it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runstone.domain import documents
from runstone.domain.errors import InvalidInput
from runstone.sdk.artifact_drafts import Artifact
from runstone.sdk.artifact_sources import Source
from runstone.sdk.artifact_ttl import seconds_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A version as it is to be uploaded.

    Attributes:
        upload: What the upload is called: under the same name it is never made twice.
        metadata: JSON text.
        ttl_s: Seconds to keep it, 0 for ever; None for what is inherited.
        manifest: As `Artifact.manifest` writes it.
        sources: Where its contents are, by their MD5.
        distributed_id: Uploads that have the same one write one version together.
        is_last: Of those, the one that makes it a version; the others add their parts to it.
        is_increment: It holds what the newest version does, too.
    """

    upload: str
    collection: str
    type: str
    manifest: bytes
    sources: Mapping[str, Source]
    description: str = ""
    metadata: str = "{}"
    aliases: Sequence[str] = ()
    tags: Sequence[str] = ()
    ttl_s: int | None = None
    distributed_id: str | None = None
    is_last: bool = True
    is_increment: bool = False


def new_upload_name() -> str:
    """A name for an upload that nobody else draws."""
    return secrets.token_urlsafe(24)


def offer_of(
    draft: Artifact,
    name: str,
    aliases: Sequence[str],
    *,
    metadata: str | None = None,
    distributed_id: str | None = None,
    is_last: bool = True,
) -> Offer:
    """What a draft holds, to be uploaded under a name.

    Args:
        metadata: As JSON; by default the draft's.
        distributed_id: As in `Offer`.
        is_last: As in `Offer`.

    Raises:
        InvalidInput: It holds nothing, which only a part may; or a path in it is not legal.
    """
    if not len(draft) and distributed_id is None:
        raise InvalidInput(f"{draft!r} holds nothing: add files to it first.", code="empty")
    return Offer(
        name,
        draft.collection,
        draft.type,
        draft.manifest(),
        {entry.source.md5: entry.source for entry in draft.entries if entry.source is not None},
        draft.description,
        documents.encode(draft.metadata) if metadata is None else metadata,
        aliases,
        draft.tags,
        seconds_of(draft.ttl),
        distributed_id,
        is_last,
    )
