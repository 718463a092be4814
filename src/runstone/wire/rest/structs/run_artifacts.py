"""Artifacts that a run's own process uses and links."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

_Name = Annotated[str, Meta(min_length=1, max_length=1_024)]


class UsedVersion(Struct, forbid_unknown_fields=True):
    """The version that is used, by its address."""

    entity: _Name
    project: _Name
    collection: _Name
    version: Annotated[_Name, Meta(description="A number such as `v3`, an alias or a digest.")]


class LinkTarget(Struct, forbid_unknown_fields=True):
    """Where a version is to be linked."""

    project: Annotated[
        _Name, Meta(description="Of a registry: `wandb-registry-` and the registry's name.")
    ]
    collection: _Name
    entity: Annotated[
        _Name | None,
        Meta(description="Of a registry its organization; yours, where it is left out."),
    ] = None
    aliases: Annotated[list[_Name], Meta(max_length=1_000)] = []
