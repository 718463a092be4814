"""Uploads of artifacts on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from runstone.domain.artifact import ArtifactState
from runstone.wire.rest.structs.documents import Document

_HEX: str = "[0-9a-f]{32}"
_Md5 = Annotated[str, Meta(pattern=f"^{_HEX}$")]
_Seconds = Annotated[int, Meta(ge=0)]
_DistributedId = Annotated[str, Meta(min_length=1, max_length=500)]
_Names = Annotated[list[str], Meta(max_length=1_000)]


class BeginArtifactUpload(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a version is to be."""

    collection: Annotated[str, Meta(description="Made where the project has none of that name.")]
    type: Annotated[str, Meta(description="Such as `model`; that of the collection, if it exists.")]
    digest: Annotated[
        str,
        Meta(
            pattern=f"^{_HEX}$",
            description="Hexadecimal MD5 of the text `wandb-artifact-manifest-v1` and a line for "
            "each path of the manifest, in order of code points: the path, a colon, its digest. "
            "All lines end with a line feed.",
        ),
    ]
    description: str = ""
    metadata: Document | UnsetType = UNSET
    aliases: Annotated[
        _Names, Meta(description="Beside `latest`; each moves here at the commit.")
    ] = []
    tags: _Names = []
    ttl_s: Annotated[
        _Seconds | None,
        Meta(
            description="Seconds to keep it, 0 for ever; null inherits what its project or entity "
            "says."
        ),
    ] = None
    run: Annotated[str | None, Meta(description="Id of the run that logs it.")] = None
    distributed_id: Annotated[
        _DistributedId | None,
        Meta(
            description="Uploads that give the same one write one version together: each sends its "
            "part (`PUT …/manifest`), and one commits.",
        ),
    ] = None
    is_increment: Annotated[
        bool,
        Meta(
            description="It holds what the newest version does when it is committed, too; of one "
            "path the new file counts."
        ),
    ] = False


class ArtifactUpload(Struct):
    """How far an upload is."""

    state: Annotated[
        ArtifactState, Meta(description="`committed`: there is nothing more to be done.")
    ]
    collection: str
    index: Annotated[
        int | None, Meta(description="The version's number, once it is committed; else null.")
    ]


class ContentDigests(Struct, forbid_unknown_fields=True):
    """Contents by their MD5."""

    md5s: Annotated[
        list[_Md5], Meta(min_length=1, max_length=10_000, description="32 hexadecimal digits each.")
    ]


class MissingContents(Struct):
    """Contents that are to be sent."""

    md5s: list[str]


class ContentParts(Struct, forbid_unknown_fields=True):
    """The parts that a content is made of."""

    md5s: Annotated[
        list[_Md5],
        Meta(
            min_length=1,
            max_length=100_000,
            description="In the order of their bytes. A part may be there several times.",
        ),
    ]
