"""Artifacts as they are found: by id, by `collection:alias`, and what is in them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from runstone.domain.access import Action, Actor, not_found
from runstone.domain.artifact import (
    LATEST,
    NUMBERED,
    Artifact,
    ArtifactState,
    Collection,
    Membership,
)
from runstone.domain.errors import NotFound, PermissionDenied
from runstone.domain.ids import ArtifactId, CollectionId
from runstone.domain.manifest import NOTHING, Entries
from runstone.domain.run import Project
from runstone.ports.store import Snapshot
from runstone.services.projects import find_project
from runstone.services.registry.access import may_use_in_project, require_in_project


@dataclass(frozen=True, slots=True)
class Place:
    """A version where it was found: in the collection of its own, or linked."""

    collection: Collection
    membership: Membership
    artifact: Artifact


def project_of(snapshot: Snapshot, collection: Collection) -> Project:
    """The project of a collection.

    Raises:
        NotFound: It is in the trash.
    """
    found = snapshot.projects.project_by_id(collection.project_id)
    if found is None or found.deleted_at is not None:
        raise not_found(f"collection {collection.name}")
    return found


def find_artifact(
    snapshot: Snapshot, actor: Actor, artifact: ArtifactId, action: Action = Action.READ
) -> tuple[Artifact, Collection]:
    """A version by its id, pending or not, and the collection it was logged into.

    Whoever sees a place where it is linked may read it, as by the name it has there.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    found = snapshot.artifacts.artifact(artifact)
    if found is None:
        raise not_found("The artifact")
    try:
        return found, find_collection_by_id(snapshot, actor, found.collection_id, action)
    except NotFound:
        home = snapshot.artifacts.collection(found.collection_id)
        if home is None or not _is_linked(snapshot, actor, found):
            raise
        if action is not Action.READ:
            raise PermissionDenied(
                f"{actor.username} sees this version where it is linked, and may not {action} it: "
                "it belongs to another project."
            ) from None
        return found, home


def _is_linked(snapshot: Snapshot, actor: Actor, artifact: Artifact) -> bool:
    for place in snapshot.artifacts.memberships_of(artifact.id):
        with suppress(NotFound):
            find_collection_by_id(snapshot, actor, place.collection_id)
            return True
    return False


def require_contents(snapshot: Snapshot, actor: Actor, artifact: Artifact) -> None:
    """Raises unless the actor, who may see a version, may have its bytes.

    Raises:
        PermissionDenied: All that the actor sees are links in registries to look at.
    """
    home = snapshot.artifacts.collection(artifact.collection_id)
    linked = (
        snapshot.artifacts.collection(place.collection_id)
        for place in snapshot.artifacts.memberships_of(artifact.id)
    )
    for collection in (home, *linked):
        if collection is None:
            continue
        project = snapshot.projects.project_by_id(collection.project_id)
        if project is None or project.deleted_at is not None:
            continue
        if may_use_in_project(snapshot, actor, project):
            return
    raise PermissionDenied(
        f"{actor.username} may see this version, not use or download it, being a restricted viewer "
        "of the registry. Ask an administrator of the registry for the role viewer."
    )


def find_collection_by_id(
    snapshot: Snapshot, actor: Actor, collection: CollectionId, action: Action = Action.READ
) -> Collection:
    """A collection by its id.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    found = snapshot.artifacts.collection(collection)
    if found is None:
        raise not_found("The collection")
    project = project_of(snapshot, found)
    what = f"artifact {project.entity}/{project.name}/{found.name}"
    require_in_project(snapshot, actor, action, project, what=what)
    return found


def find_collection(
    snapshot: Snapshot,
    actor: Actor,
    entity: str | None,
    project: str,
    name: str,
    action: Action = Action.READ,
) -> Collection:
    """A collection by its address.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may see it, not do `action`.
    """
    place = find_project(snapshot, actor, entity, project)
    what = f"artifact {place.entity}/{place.name}/{name}"
    require_in_project(snapshot, actor, action, place, what=what)
    found = snapshot.artifacts.collection_by_name(place.id, name)
    if found is None:
        raise not_found(what)
    return found


def find_member(
    snapshot: Snapshot, actor: Actor, entity: str | None, project: str, name: str
) -> Place:
    """The version that `collection:alias` stands for.

    The alias is one of the collection's, a number (`v3`) or a digest; without one, `latest`.

    Raises:
        NotFound: No such version, or the actor may not see it.
    """
    collection_name, _, alias = name.partition(":")
    collection = find_collection(snapshot, actor, entity, project, collection_name)
    membership = member_called(snapshot, collection, alias or LATEST)
    artifact = None if membership is None else snapshot.artifacts.artifact(membership.artifact_id)
    if membership is None or artifact is None:
        raise NotFound(f"The artifact {collection.name} has no version {alias or LATEST}.")
    return Place(collection, membership, artifact)


def member_called(snapshot: Snapshot, collection: Collection, alias: str) -> Membership | None:
    """The version of an alias, a number or a digest; None for none."""
    found = snapshot.artifacts.member_by_alias(collection.id, alias)
    if found is not None:
        return found
    if number := NUMBERED.fullmatch(alias):
        return snapshot.artifacts.member(collection.id, int(number[1]))
    same = snapshot.artifacts.committed_with(collection.id, alias)
    return None if same is None else home_of(snapshot, same)


def home_of(snapshot: Snapshot, artifact: Artifact) -> Membership | None:
    """A version's place in the collection it was logged into; None while it is pending."""
    for place in snapshot.artifacts.memberships_of(artifact.id):
        if place.collection_id == artifact.collection_id:
            return place
    return None


def entries_of(snapshot: Snapshot, artifact: Artifact) -> Entries:
    """What is in a committed version, by path."""
    if artifact.state is not ArtifactState.COMMITTED or artifact.manifest_id is None:
        return NOTHING
    return snapshot.artifacts.entries(artifact.manifest_id) or NOTHING
