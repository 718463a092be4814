"""Registries as they travel."""

from __future__ import annotations

from collections.abc import Collection as SetOf

from runstone.domain import registry as domain
from runstone.services.registry.linking import LinkedCollection, LinkedVersion
from runstone.services.registry.registries import RegistryOverview
from runstone.wire.rest.structs import registries as structs


def registry(found: RegistryOverview) -> structs.Registry:
    """A registry with what a list says of it."""
    one = found.registry
    return structs.Registry(
        organization=one.organization,
        name=one.name,
        entity=one.entity,
        project=one.project_name,
        description=one.description,
        visibility=one.visibility,
        allows_any_type=one.allows_any_type,
        types=list(found.types),
        protected_aliases=list(found.protected_aliases),
        role=found.role,
        num_collections=found.num_collections,
        num_versions=found.num_versions,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )


def collection(found: LinkedCollection, protected: SetOf[str]) -> structs.RegistryCollection:
    """A collection; `protected` are the aliases of its registry that are."""
    one = found.collection
    return structs.RegistryCollection(
        organization=found.registry.organization,
        registry=found.registry.name,
        name=one.name,
        type=one.type,
        description=one.description,
        tags=list(one.tags),
        num_versions=found.num_versions,
        latest=None if found.latest is None else found.latest.membership.index,
        aliases=[
            structs.RegistryAlias(alias, index, alias in protected)
            for alias, index in found.aliases
        ],
        created_at=one.created_at,
        updated_at=one.updated_at,
    )


def version(found: LinkedVersion, protected: SetOf[str]) -> structs.RegistryVersion:
    """A version; `protected` are the aliases of its registry that are."""
    artifact, member = found.place.artifact, found.place.membership
    return structs.RegistryVersion(
        index=member.index,
        aliases=[
            structs.RegistryAlias(alias, member.index, alias in protected)
            for alias in member.aliases
        ],
        tags=list(artifact.tags),
        stage=found.stage,
        description=artifact.description,
        digest=artifact.digest,
        size_bytes=artifact.size_bytes,
        num_files=artifact.num_files,
        created_at=artifact.created_at,
        linked_at=member.created_at,
        source=_source(found),
    )


def _source(found: LinkedVersion) -> structs.RegistrySource | None:
    source = found.source
    if source is None:
        return None
    return structs.RegistrySource(
        entity=source.project.entity,
        project=source.project.name,
        collection=source.place.collection.name,
        index=source.place.membership.index,
        run=None if source.run is None else source.run.name,
        run_display_name=None if source.run is None else source.run.display_name,
    )


def member(found: domain.RegistryMember) -> structs.RegistryMember:
    """A user or team in a registry."""
    return structs.RegistryMember(found.name, found.is_team, found.role)


def change(found: domain.RegistryChange) -> structs.RegistryChange:
    """Something that happened."""
    what = found.change
    return structs.RegistryChange(
        id=found.id,
        registry=found.registry,
        kind=what.kind,
        username=found.username,
        at=found.at,
        collection=what.collection,
        version=what.version,
        before=what.before,
        alias=what.alias,
        source=what.source,
        member=what.member,
        detail=what.detail,
    )
