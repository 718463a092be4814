"""Artifacts as they are read: versions, collections, types, places, lists of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runstone.domain.artifact import (
    NUMBERED,
    Artifact,
    ArtifactType,
    Collection,
    CollectionKind,
    ManifestRecord,
    Membership,
)
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import RunId
from runstone.domain.run import Project, Run
from runstone.services import artifacts
from runstone.services.artifacts.finding import member_called
from runstone.services.runs import find_run_by_id
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.artifact_files import file_page, files_of_entries, manifest_node
from runstone.wire.wandb.graphql.artifact_ttl import write_ttl
from runstone.wire.wandb.graphql.paging import connection, page_size, sliced
from runstone.wire.wandb.graphql.request import Info, Resolvers
from runstone.wire.wandb.mongo import matches, read_filter
from runstone.wire.wandb.translate import instant

_ALL: Final = 1_000_000
_ALL_PASS: Final[tuple[dict[str, Any], ...]] = ({}, {"state": "COMMITTED"})
"""Filters that each version in a collection passes: clients send the second one by default."""
_NEWEST_FIRST: Final = (None, "", "-version", "-versionIndex")
_NO_DIGEST: Final = "MANIFEST_MD5"


@dataclass(frozen=True, slots=True)
class Alias:
    """An alias where it stands."""

    collection: Collection
    name: str


# Finding


def _artifact(_root: Any, info: Info, id: str) -> Artifact | None:  # noqa: A002 - theirs
    request = info.context
    try:
        number = ids.artifact_number(id)
        return artifacts.find_artifact(request.snapshot, request.actor, number)[0]
    except NotFound:
        return None


def _collection(_root: Any, info: Info, id: str) -> Collection | None:  # noqa: A002 - theirs
    request = info.context
    try:
        number = ids.collection_number(id)
        return artifacts.find_collection_by_id(request.snapshot, request.actor, number)
    except NotFound:
        return None


def _membership_called(project: Project, info: Info, name: str) -> Membership | None:
    request = info.context
    try:
        place = artifacts.find_member(
            request.snapshot, request.actor, project.entity, project.name, name
        )
    except NotFound:
        return None
    return place.membership


def _artifact_called(project: Project, info: Info, name: str, **_args: Any) -> Artifact | None:
    found = _membership_called(project, info, name)
    return None if found is None else info.context.snapshot.artifacts.artifact(found.artifact_id)


def _collection_called(project: Project, info: Info, name: str) -> Collection | None:
    return info.context.snapshot.artifacts.collection_by_name(project.id, name)


def _type_called(project: Project, info: Info, name: str) -> ArtifactType | None:
    types = info.context.snapshot.artifacts.types(project.id)
    return next((found for found in types if found.name == name), None)


def _in_type(found: Collection | None, owner: ArtifactType) -> Collection | None:
    return found if found is not None and found.type_id == owner.id else None


def _typed_collection(owner: ArtifactType, info: Info, name: str) -> Collection | None:
    found = info.context.snapshot.artifacts.collection_by_name(owner.project_id, name)
    return _in_type(found, owner)


def _typed_artifact(owner: ArtifactType, info: Info, name: str) -> Artifact | None:
    snapshot = info.context.snapshot
    collection_name, _, alias = name.partition(":")
    collection = _typed_collection(owner, info, collection_name)
    found = None if collection is None else member_called(snapshot, collection, alias or "latest")
    return None if found is None else snapshot.artifacts.artifact(found.artifact_id)


# Lists


def ordered(found: Sequence[Any], order: str | None, keys: dict[str, Callable[[Any], Any]]) -> Any:
    """`found` by `[+|-]key`; as it is without one.

    Raises:
        InvalidInput: A key that there is none of.
    """
    if not order:
        return list(found)
    name = order.lstrip("+-")
    if name not in keys:
        raise InvalidInput(
            f"There is no order {order[:80]!r} here; known are {', '.join(sorted(keys))}, each "
            "with - before it for high to low.",
            code="unknown-order",
        )
    return sorted(found, key=keys[name], reverse=order.startswith("-"))


_COLLECTION_ORDERS: Final[dict[str, Callable[[Collection], Any]]] = {
    "name": lambda one: one.name,
    "created_at": lambda one: one.created_at,
    "createdAt": lambda one: one.created_at,
    "updated_at": lambda one: one.updated_at,
    "updatedAt": lambda one: one.updated_at,
}


def _collection_page(found: Sequence[Collection], args: dict[str, Any]) -> dict[str, Any]:
    wanted = read_filter(args.get("filters"))
    if wanted:
        found = [one for one in found if matches(_collection_document(one), wanted)]
    return sliced(ordered(found, args.get("order"), _COLLECTION_ORDERS), args)


def _collection_document(one: Collection) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": one.type,
        "tag": list(one.tags),
        "tags": list(one.tags),
        "description": one.description,
        "createdAt": instant(one.created_at),
        "created_at": instant(one.created_at),
        "updatedAt": instant(one.updated_at),
        "updated_at": instant(one.updated_at),
    }


_VERSION_ORDERS: Final[dict[str, Callable[[tuple[Membership, Artifact]], Any]]] = {
    "version": lambda one: one[0].index,
    "versionIndex": lambda one: one[0].index,
    "created_at": lambda one: (one[1].created_at, one[0].index),
    "createdAt": lambda one: (one[1].created_at, one[0].index),
    "updated_at": lambda one: one[1].updated_at,
    "updatedAt": lambda one: one[1].updated_at,
    "size": lambda one: one[1].size_bytes,
}


def _versions(collection: Collection, info: Info, **args: Any) -> dict[str, Any]:
    wanted = read_filter(args.get("filters"))
    if wanted in _ALL_PASS and args.get("order") in _NEWEST_FIRST:
        return _newest_versions(collection, info, args)
    snapshot = info.context.snapshot
    members = snapshot.artifacts.members(collection.id, limit=_ALL)
    found = []
    for member in members:
        artifact = snapshot.artifacts.artifact(member.artifact_id)
        assert artifact is not None
        if not wanted or matches(_version_document(member, artifact), wanted):
            found.append((member, artifact))
    page = sliced(ordered(found, args.get("order") or "-version", _VERSION_ORDERS), args)
    for edge in page["edges"]:
        member, artifact = edge["node"]
        edge["node"], edge["version"] = artifact, f"v{member.index}"
    return page


def _newest_versions(collection: Collection, info: Info, args: dict[str, Any]) -> dict[str, Any]:
    """A page that goes on below a number: it reads no more than it shows."""
    found = info.context.snapshot.artifacts
    after, size = args.get("after") or None, page_size(args)
    below = None if after is None else NUMBERED.fullmatch(after)
    if after is not None and below is None:
        raise InvalidInput(f"{after[:80]!r} is not a cursor of this list.")
    before = None if below is None else int(below[1])
    members = found.members(collection.id, before=before, limit=size + 1)
    page = connection(
        [(f"v{one.index}", found.artifact(one.artifact_id)) for one in members[:size]],
        has_next=len(members) > size,
        totalCount=found.count_members(collection.id),
    )
    for edge in page["edges"]:
        edge["version"] = edge["cursor"]
    return page


def _version_document(member: Membership, artifact: Artifact) -> dict[str, Any]:
    return {
        "state": artifact.state.value.upper(),
        "alias": list(member.aliases),
        "aliases": list(member.aliases),
        "tag": list(artifact.tags),
        "tags": list(artifact.tags),
        "version": f"v{member.index}",
        "versionIndex": member.index,
        "digest": artifact.digest,
        "size": artifact.size_bytes,
        "createdAt": instant(artifact.created_at),
        "created_at": instant(artifact.created_at),
        "updatedAt": instant(artifact.updated_at),
    }


def _types(project: Project, info: Info, **args: Any) -> dict[str, Any]:
    return sliced(info.context.snapshot.artifacts.types(project.id), args)


def _project_collections(project: Project, info: Info, **args: Any) -> dict[str, Any]:
    return _collection_page(info.context.snapshot.artifacts.collections(project.id), args)


def _type_collections(owner: ArtifactType, info: Info, **args: Any) -> dict[str, Any]:
    found = info.context.snapshot.artifacts.collections(owner.project_id, owner.id)
    return _collection_page(found, args)


def _lineage(numbers: Sequence[Any], info: Info, args: dict[str, Any]) -> dict[str, Any]:
    request = info.context
    found = []
    for number in numbers:
        try:
            found.append(artifacts.find_artifact(request.snapshot, request.actor, number)[0])
        except NotFound:
            continue  # of another team, or in the trash
    return sliced(found, args)


def _used_by(artifact: Artifact, info: Info, **args: Any) -> dict[str, Any]:
    request = info.context
    numbers = request.snapshot.artifacts.used_by(artifact.id)
    return sliced([run for n in numbers if (run := _run(info, n)) is not None], args)


def _run(info: Info, number: RunId | None) -> Run | None:
    request = info.context
    try:
        return None if number is None else find_run_by_id(request.snapshot, request.actor, number)
    except NotFound:
        return None


# One version


def _created_by(artifact: Artifact, info: Info) -> Any:
    run = _run(info, artifact.run_id)
    if run is not None or artifact.user_id is None:
        return run
    return info.context.snapshot.accounts.user(artifact.user_id)


def _home(artifact: Artifact, info: Info) -> Collection:
    found = info.context.snapshot.artifacts.collection(artifact.collection_id)
    assert found is not None
    return found


def _type_of(collection: Collection, info: Info) -> ArtifactType:
    types = info.context.snapshot.artifacts.types(collection.project_id)
    return next(found for found in types if found.id == collection.type_id)


def _state(artifact: Artifact, info: Info) -> str:
    if info.context.snapshot.artifacts.artifact(artifact.id) is None:
        return "DELETED"
    return artifact.state.value.upper()


def _version_index(artifact: Artifact, info: Info) -> int | None:
    home = artifacts.home_of(info.context.snapshot, artifact)
    return None if home is None else home.index


def _aliases(artifact: Artifact, info: Info) -> list[Alias]:
    """Of all its places that the actor may see."""
    return [
        Alias(collection, alias)
        for member in info.context.snapshot.artifacts.memberships_of(artifact.id)
        if (collection := _visible(info, member)) is not None
        for alias in member.aliases
    ]


def _visible(info: Info, member: Membership) -> Collection | None:
    request = info.context
    try:
        return artifacts.find_collection_by_id(
            request.snapshot, request.actor, member.collection_id
        )
    except NotFound:
        return None


def _memberships(artifact: Artifact, info: Info, **args: Any) -> dict[str, Any]:
    members = info.context.snapshot.artifacts.memberships_of(artifact.id)
    return sliced([member for member in members if _visible(info, member) is not None], args)


def _manifest(artifact: Artifact, info: Info) -> ManifestRecord | None:
    if artifact.manifest_id is None:
        return None
    return info.context.snapshot.artifacts.manifest(artifact.manifest_id)


def _manifest_file(manifest: ManifestRecord, info: Info) -> Any:
    artifact = info.context.snapshot.artifacts.artifact(manifest.artifact_id)
    assert artifact is not None
    return manifest_node(info.context, artifact, manifest)


def _commit_of(artifact: Artifact, info: Info) -> str | None:
    run = _run(info, artifact.run_id)
    return None if run is None else run.commit


# Collections and places


def _collection_project(collection: Collection, info: Info) -> Project | None:
    return info.context.snapshot.projects.project_by_id(collection.project_id)


def _collection_state(collection: Collection, info: Info) -> str:
    there = info.context.snapshot.artifacts.collection(collection.id)
    return "DELETED" if there is None else "READY"


def _collection_aliases(collection: Collection, info: Info, **args: Any) -> dict[str, Any]:
    found = info.context.snapshot.artifacts.aliases(collection.id)
    return sliced([Alias(collection, name) for name in found], args)


def _guarded(resolve: Callable[..., Any], hidden: Callable[[dict[str, Any]], Any]) -> Any:
    """What leads on from a collection: whoever reads a linked version need not see its home."""

    def guarded(collection: Collection, info: Info, **args: Any) -> Any:
        request = info.context
        try:
            artifacts.find_collection_by_id(request.snapshot, request.actor, collection.id)
        except NotFound:
            return hidden(args)
        return resolve(collection, info, **args)

    return guarded


def _nothing(_args: dict[str, Any]) -> None:
    return None


def _no_entries(args: dict[str, Any]) -> dict[str, Any]:
    return sliced([], args)


def _tag_edges(tags: Sequence[str]) -> dict[str, Any]:
    return {"edges": [{"cursor": tag, "node": tag} for tag in tags]}


def _member_called(collection: Collection, info: Info, aliasName: str) -> Membership | None:  # noqa: N803
    return member_called(info.context.snapshot, collection, aliasName)


def _latest(collection: Collection, info: Info) -> Artifact | None:
    snapshot = info.context.snapshot
    newest = snapshot.artifacts.members(collection.id, limit=1)
    return snapshot.artifacts.artifact(newest[0].artifact_id) if newest else None


def _member_collection(member: Membership, info: Info) -> Collection | None:
    return info.context.snapshot.artifacts.collection(member.collection_id)


def _member_artifact(member: Membership, info: Info) -> Artifact | None:
    return info.context.snapshot.artifacts.artifact(member.artifact_id)


def _member_aliases(member: Membership, info: Info) -> list[Alias]:
    collection = _member_collection(member, info)
    return [] if collection is None else [Alias(collection, name) for name in member.aliases]


def _member_files(member: Membership, info: Info, **args: Any) -> dict[str, Any]:
    artifact = _member_artifact(member, info)
    return sliced([], args) if artifact is None else file_page(artifact, info, **args)


def collection_type(collection: Collection, *_more: Any) -> str:
    """Which of the two kinds of collection it is."""
    is_sequence = collection.kind is CollectionKind.SEQUENCE
    return "ArtifactSequence" if is_sequence else "ArtifactPortfolio"


def creator_type(creator: Any, *_more: Any) -> str:
    """Whether a run or a user made a version."""
    return "Run" if isinstance(creator, Run) else "User"


_COLLECTION: Final[dict[str, Callable[..., Any]]] = {
    "id": lambda one, _: ids.collection_id(one.id),
    "name": lambda one, _: one.name,
    "description": lambda one, _: one.description or None,
    "state": _collection_state,
    "createdAt": lambda one, _: instant(one.created_at),
    "updatedAt": lambda one, _: instant(one.updated_at),
    "project": _guarded(_collection_project, _nothing),
    "defaultArtifactType": _type_of,
    "tags": lambda one, _: _tag_edges(one.tags),
    "aliases": _guarded(_collection_aliases, _no_entries),
    "artifacts": _guarded(_versions, _no_entries),
    "artifactMembership": _guarded(_member_called, _nothing),
}

RESOLVERS: Final[Resolvers] = {
    "Query": {"artifact": _artifact, "artifactCollection": _collection},
    "Project": {
        "artifact": _artifact_called,
        "artifactType": _type_called,
        "artifactTypes": _types,
        "artifactCollection": _collection_called,
        "artifactCollections": _project_collections,
        "artifactCollectionMembership": _membership_called,
    },
    "Run": {
        "inputArtifacts": lambda run, info, **args: _lineage(
            info.context.snapshot.artifacts.inputs(run.id), info, args
        ),
        "outputArtifacts": lambda run, info, **args: _lineage(
            info.context.snapshot.artifacts.outputs(run.id), info, args
        ),
    },
    "Artifact": {
        "id": lambda one, _: ids.artifact_id(one.id),
        "digest": lambda one, _: one.digest,
        "digestAlgorithm": lambda _one, _: _NO_DIGEST,
        "state": _state,
        "versionIndex": _version_index,
        "description": lambda one, _: one.description or None,
        "metadata": lambda one, _: one.metadata,
        "labels": lambda _one, _: None,
        "size": lambda one, _: one.size_bytes,
        "fileCount": lambda one, _: one.num_files,
        "commitHash": _commit_of,
        "historyStep": lambda one, _: one.history_step,
        "createdAt": lambda one, _: instant(one.created_at),
        "updatedAt": lambda one, _: instant(one.updated_at),
        "ttlDurationSeconds": lambda one, info: write_ttl(info.context.snapshot, one),
        "ttlIsInherited": lambda one, _: one.ttl_s is None,
        "artifactType": lambda one, info: _type_of(_home(one, info), info),
        "artifactSequence": _home,
        "artifactMemberships": _memberships,
        "aliases": _aliases,
        "tags": lambda one, _: list(one.tags),
        "currentManifest": _manifest,
        "createdBy": _created_by,
        "usedBy": _used_by,
        "files": file_page,
        "filesByManifestEntries": files_of_entries,
    },
    "ArtifactManifest": {
        "id": lambda manifest, _: ids.manifest_id(manifest.id),
        "file": _manifest_file,
    },
    "ArtifactAlias": {
        "id": lambda alias, _: ids.alias_id(alias.collection.id, alias.name),
        "alias": lambda alias, _: alias.name,
        "artifactCollection": lambda alias, _: alias.collection,
    },
    "Tag": {
        "id": lambda tag, _: ids.tag_id(tag),
        "name": lambda tag, _: tag,
        "tagCategoryName": lambda _tag, _: None,
    },
    "ArtifactType": {
        "id": lambda one, _: ids.artifact_type_id(one.id),
        "name": lambda one, _: one.name,
        "description": lambda one, _: one.description or None,
        "createdAt": lambda one, _: instant(one.created_at),
        "artifact": _typed_artifact,
        "artifactSequence": _typed_collection,
        "artifactCollection": _typed_collection,
        "artifactCollections": _type_collections,
    },
    "ArtifactSequence": {
        **_COLLECTION,
        "latestArtifact": _guarded(_latest, _nothing),
        "digestAlgorithm": lambda _one, _: _NO_DIGEST,
    },
    "ArtifactPortfolio": _COLLECTION,
    "ArtifactCollectionMembership": {
        "id": lambda one, _: ids.membership_id(one.collection_id, one.artifact_id),
        "versionIndex": lambda one, _: one.index,
        "createdAt": lambda one, _: instant(one.created_at),
        "aliases": _member_aliases,
        "artifact": _member_artifact,
        "artifactCollection": _member_collection,
        "files": _member_files,
    },
}
