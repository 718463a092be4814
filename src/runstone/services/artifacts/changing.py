"""What people do to versions and collections that are there: use, call, describe, link, delete."""

from __future__ import annotations

from collections.abc import Iterable

from runstone.domain.access import Action, Actor
from runstone.domain.artifact import (
    LATEST,
    MAX_DESCRIPTION_CHARS,
    Artifact,
    ArtifactState,
    ArtifactUpdate,
    Collection,
    CollectionKind,
    CollectionUpdate,
    Membership,
    check_alias,
    check_tags,
)
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.ids import ArtifactId, CollectionId
from runstone.domain.names import check_collection_name
from runstone.domain.run import UNSET, Run, Unset
from runstone.ports.store import Transaction
from runstone.services.artifacts.finding import (
    find_artifact,
    find_collection_by_id,
)
from runstone.services.artifacts.uploading import ensure_type
from runstone.services.projects import ensure_project


def use_artifact(
    tx: Transaction, actor: Actor, run: Run, artifact: ArtifactId, *, used_as: str = ""
) -> Artifact:
    """Notes that a run, which the actor may write to, used a version.

    Raises:
        NotFound: No such version, or the actor may not see it.
    """
    found, _ = find_artifact(tx, actor, artifact)
    tx.artifacts.add_input(run.id, found.id, used_as=used_as)
    return found


def change_artifact(
    tx: Transaction,
    actor: Actor,
    artifact: ArtifactId,
    *,
    description: str | Unset = UNSET,
    metadata: str | Unset = UNSET,
    ttl_s: int | Unset | None = UNSET,
    add_tags: Iterable[str] = (),
    remove_tags: Iterable[str] = (),
) -> Artifact:
    """Changes what is said of a version.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A tag that is not legal, or a description that is too long.
    """
    found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
    if not isinstance(description, Unset):
        _check_description(description)
    gone = set(remove_tags)
    tags = check_tags((*(tag for tag in found.tags if tag not in gone), *add_tags))
    update = ArtifactUpdate(description=description, metadata=metadata, ttl_s=ttl_s, tags=tags)
    return tx.artifacts.update_artifact(artifact, update)


def call_artifact(
    tx: Transaction,
    actor: Actor,
    artifact: ArtifactId,
    collection: Collection,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> None:
    """Adds and removes aliases of a version in a collection; an added one moves.

    Raises:
        NotFound: No such version there, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: An alias that is not legal.
    """
    find_artifact(tx, actor, artifact)
    find_collection_by_id(tx, actor, collection.id, Action.WRITE)
    mine = tx.artifacts.aliases(collection.id)
    for alias in remove:
        if mine.get(alias) == artifact:
            tx.artifacts.remove_alias(collection.id, alias)
    for alias in add:
        tx.artifacts.set_alias(
            collection.id, alias if alias == LATEST else check_alias(alias), artifact
        )


def delete_artifact(
    tx: Transaction, actor: Actor, artifact: ArtifactId, *, with_aliases: bool = False
) -> Artifact:
    """Deletes a version everywhere; each `latest` moves to the newest that is left there.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        Conflict: It has aliases, and `with_aliases` is not given.
    """
    found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
    places = tx.artifacts.memberships_of(artifact)
    aliases = [alias for place in places for alias in place.aliases]
    if aliases and not with_aliases:
        raise Conflict(
            f"The version has the alias(es) {', '.join(aliases)}. Remove them first, or delete it "
            "with them (delete_aliases=True).",
            code="artifact-has-aliases",
        )
    tx.artifacts.delete_artifact(artifact)
    for place in places:
        _move_latest(tx, place)
    return found


def _move_latest(tx: Transaction, left: Membership) -> None:
    """Lets the newest version be `latest` where the one that left was."""
    newest = tx.artifacts.members(left.collection_id, limit=1)
    if LATEST in left.aliases and newest:
        tx.artifacts.set_alias(left.collection_id, LATEST, newest[0].artifact_id)


# Links


def link_artifact(
    tx: Transaction,
    actor: Actor,
    artifact: ArtifactId,
    entity: str | None,
    project: str,
    name: str,
    aliases: Iterable[str],
) -> tuple[Collection, Membership]:
    """Puts a version into a collection of links, which is made where it is missing.

    Raises:
        NotFound: No such version or entity, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name or alias that is not legal.
        Conflict: The collection is not one of links, or of another type; or the version is not
            committed yet.
    """
    found, source = find_artifact(tx, actor, artifact)
    if found.state is not ArtifactState.COMMITTED:
        raise Conflict("The version is still being uploaded; link it then.", code="not-committed")
    place = ensure_project(tx, actor, entity, project)
    target = tx.artifacts.collection_by_name(place.id, name)
    if target is None:
        its_type = ensure_type(tx, place.id, source.type)
        target = tx.artifacts.create_collection(
            place.id, its_type.id, check_collection_name(name), CollectionKind.PORTFOLIO
        )
    if target.kind is not CollectionKind.PORTFOLIO:
        raise Conflict(
            f"{place.entity}/{place.name}/{name} is a collection that runs log to; link into one "
            "of another name.",
            code="wrong-collection",
        )
    if target.type != source.type:
        raise Conflict(
            f"{name} links artifacts of the type {target.type!r}, and this is a {source.type!r}.",
            code="wrong-type",
        )
    member = tx.artifacts.add_member(target.id, artifact)
    for alias in (*aliases, LATEST):
        checked = alias if alias == LATEST else check_alias(alias)
        tx.artifacts.set_alias(target.id, checked, artifact)
    return target, tx.artifacts.member(target.id, member.index) or member


def unlink_artifact(
    tx: Transaction, actor: Actor, artifact: ArtifactId, collection: CollectionId
) -> None:
    """Takes a version out of a collection of links; `latest` moves to the newest that is left.

    Raises:
        NotFound: No such collection, or the actor may not see it; or the version is not in it.
        PermissionDenied: The actor may not write there.
        Conflict: The version was logged there.
    """
    found = find_collection_by_id(tx, actor, collection, Action.WRITE)
    if found.kind is not CollectionKind.PORTFOLIO:
        raise Conflict(
            "The version was logged to this collection; it can be deleted, not unlinked.",
            code="wrong-collection",
        )
    for place in tx.artifacts.memberships_of(artifact):
        if place.collection_id == collection:
            tx.artifacts.remove_member(collection, artifact)
            _move_latest(tx, place)
            return
    raise NotFound("The version is not linked here.")


# Collections


def change_collection(
    tx: Transaction,
    actor: Actor,
    collection: CollectionId,
    *,
    name: str | Unset = UNSET,
    description: str | Unset = UNSET,
    type_name: str | Unset = UNSET,
    add_tags: Iterable[str] = (),
    remove_tags: Iterable[str] = (),
) -> Collection:
    """Renames, describes, tags a collection, or gives it another type.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may not write there.
        InvalidInput: A name or tag that is not legal, or a description that is too long.
        AlreadyExists: The new name is taken.
    """
    found = find_collection_by_id(tx, actor, collection, Action.WRITE)
    if not isinstance(name, Unset):
        check_collection_name(name)
    if not isinstance(description, Unset):
        _check_description(description)
    gone = set(remove_tags)
    update = CollectionUpdate(
        name=name,
        description=description,
        type_id=UNSET
        if isinstance(type_name, Unset)
        else ensure_type(tx, found.project_id, type_name).id,
        tags=check_tags((*(tag for tag in found.tags if tag not in gone), *add_tags)),
    )
    return tx.artifacts.update_collection(collection, update)


def delete_collection(tx: Transaction, actor: Actor, collection: CollectionId) -> Collection:
    """Deletes a collection with all of its versions, or links.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may not write there.
    """
    found = find_collection_by_id(tx, actor, collection, Action.WRITE)
    tx.artifacts.delete_collection(collection)
    return found


def _check_description(description: str) -> None:
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidInput(
            f"The description has {len(description):,} characters; at most "
            f"{MAX_DESCRIPTION_CHARS:,} are allowed.",
            code="description-too-long",
        )
