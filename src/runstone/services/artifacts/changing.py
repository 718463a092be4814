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
from runstone.domain.documents import encode, loads
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.ids import ArtifactId, CollectionId, ProjectId
from runstone.domain.names import check_collection_name
from runstone.domain.registry import (
    NewRegistryChange,
    Registry,
    RegistryChangeKind,
    is_registry_name,
)
from runstone.domain.retention import check_ttl
from runstone.domain.run import UNSET, Run, Unset
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.finding import (
    find_artifact,
    find_collection_by_id,
    require_contents,
)
from runstone.services.artifacts.uploading import ensure_type
from runstone.services.projects import ensure_project
from runstone.services.registry.finding import find_registry_to_link_into
from runstone.services.registry.protection import require_free_to_go, require_unprotected
from runstone.services.registry.recording import (
    note,
    note_link,
    note_unlink,
    remove_alias,
    set_alias,
)


def use_artifact(
    tx: Transaction, actor: Actor, run: Run, artifact: ArtifactId, *, used_as: str = ""
) -> Artifact:
    """Notes that a run, which the actor may write to, used a version.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may look at it, not use it.
    """
    found, _ = find_artifact(tx, actor, artifact)
    require_contents(tx, actor, found)
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
        PermissionDenied: The actor may not write there, and something would change: clients save
            all of a linked version where one alias of the link is new.
        InvalidInput: A tag or a time to live that is not legal, or a description that is too long.
    """
    found, _ = find_artifact(tx, actor, artifact)
    if not isinstance(description, Unset):
        _check_description(description)
    if not isinstance(ttl_s, Unset) and ttl_s is not None:
        check_ttl(ttl_s)
    gone = set(remove_tags)
    tags = check_tags((*(tag for tag in found.tags if tag not in gone), *add_tags))
    update = ArtifactUpdate(description=description, metadata=metadata, ttl_s=ttl_s, tags=tags)
    if not _would_change(found, update):
        return found
    find_artifact(tx, actor, artifact, Action.WRITE)
    return tx.artifacts.update_artifact(artifact, update)


def _would_change(found: Artifact, update: ArtifactUpdate) -> bool:
    pairs = (
        (update.description, found.description),
        (update.ttl_s, found.ttl_s),
        (update.tags, found.tags),
    )
    if any(new not in (UNSET, old) for new, old in pairs):
        return True
    if isinstance(update.metadata, Unset):
        return False
    return encode(loads(update.metadata)) != encode(loads(found.metadata))


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
        PermissionDenied: The actor may not write there, or an alias is protected.
        InvalidInput: An alias that is not legal.
    """
    find_artifact(tx, actor, artifact)
    find_collection_by_id(tx, actor, collection.id, Action.WRITE)
    mine = tx.artifacts.aliases(collection.id)
    gone = [alias for alias in remove if mine.get(alias) == artifact]
    new = [alias if alias == LATEST else check_alias(alias) for alias in add]
    moved = [alias for alias in new if mine.get(alias) != artifact]
    require_unprotected(tx, actor, collection, [*gone, *moved])
    for alias in gone:
        remove_alias(tx, actor, collection, alias)
    for alias in moved:
        set_alias(tx, actor, collection, alias, artifact)


def delete_artifact(
    tx: Transaction, actor: Actor, artifact: ArtifactId, *, with_aliases: bool = False
) -> Artifact:
    """Deletes a version everywhere; each `latest` moves to the newest that is left there.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may not write there, or it has a protected alias in a registry.
        Conflict: It has aliases, and `with_aliases` is not given.
    """
    found, _ = find_artifact(tx, actor, artifact, Action.WRITE)
    require_free_to_go(tx, actor, artifact)
    places = tx.artifacts.memberships_of(artifact)
    aliases = [alias for place in places for alias in place.aliases]
    if aliases and not with_aliases:
        raise Conflict(
            f"The version has the alias(es) {', '.join(aliases)}. Remove them first, or delete it "
            "with them (delete_aliases=True).",
            code="artifact-has-aliases",
        )
    _note_unlinks(tx, actor, places)
    tx.artifacts.delete_artifact(artifact)
    for place in places:
        _move_latest(tx, place)
    return found


def _note_unlinks(tx: Transaction, actor: Actor, places: Iterable[Membership]) -> None:
    """Notes in registries that a version goes, while it is still known where it came from."""
    for place in places:
        collection = tx.artifacts.collection(place.collection_id)
        if collection is not None and collection.kind is CollectionKind.PORTFOLIO:
            note_unlink(tx, actor, collection, place)


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
        PermissionDenied: The actor may not write there, or have the version; or an alias is
            protected.
        InvalidInput: A name or alias that is not legal.
        Conflict: The registry does not take the type, the collection is not one of links or of
            another type, or the version is not committed yet.
    """
    found, source = find_artifact(tx, actor, artifact)
    require_contents(tx, actor, found)
    if found.state is not ArtifactState.COMMITTED:
        raise Conflict("The version is still being uploaded; link it then.", code="not-committed")
    given = [check_alias(alias) for alias in aliases if alias != LATEST]
    target = _collection_of_links(tx, actor, entity, project, name, source.type)
    mine = tx.artifacts.aliases(target.id)
    moved = [alias for alias in given if mine.get(alias) != artifact]
    require_unprotected(tx, actor, target, moved)
    if target.type != source.type:
        raise Conflict(
            f"{name} links artifacts of the type {target.type!r}, and this is a {source.type!r}.",
            code="wrong-type",
        )
    is_new = all(at.collection_id != target.id for at in tx.artifacts.memberships_of(artifact))
    member = tx.artifacts.add_member(target.id, artifact)
    if is_new:
        note_link(tx, actor, target, member)
    for alias in moved:
        set_alias(tx, actor, target, alias, artifact)
    tx.artifacts.set_alias(target.id, LATEST, artifact)
    return target, tx.artifacts.member(target.id, member.index) or member


def _collection_of_links(
    tx: Transaction, actor: Actor, entity: str | None, project: str, name: str, type_name: str
) -> Collection:
    """The collection to link into, made where it is missing and may be made."""
    if is_registry_name(project):
        registry = find_registry_to_link_into(tx, actor, entity, project)
        require_type(tx, registry, type_name)
        place, where = registry.id, f"{registry.organization}/{registry.name}"
    else:
        found = ensure_project(tx, actor, entity, project)
        place, where = found.id, f"{found.entity}/{found.name}"
    target = tx.artifacts.collection_by_name(place, name)
    if target is None:
        return create_links(tx, actor, place, name, type_name)
    if target.kind is not CollectionKind.PORTFOLIO:
        raise Conflict(
            f"{where}/{name} is a collection that runs log to; link into one of another name.",
            code="wrong-collection",
        )
    return target


def require_type(snapshot: Snapshot, registry: Registry, type_name: str) -> None:
    """Raises where a registry does not take artifacts of a type.

    Raises:
        Conflict: It does not (code `type-not-allowed`).
    """
    known = [its_type.name for its_type in snapshot.artifacts.types(registry.id)]
    if not registry.allows_any_type and type_name not in known:
        raise Conflict(
            f"The registry {registry.organization}/{registry.name} takes "
            f"{', '.join(known) or 'nothing'}, and this is a {type_name!r}. Link it elsewhere, or "
            "ask an administrator of the registry to allow the type.",
            code="type-not-allowed",
        )


def create_links(
    tx: Transaction, actor: Actor, project: ProjectId, name: str, type_name: str
) -> Collection:
    """A new collection of links in a project or registry that the actor was found to write to.

    Raises:
        InvalidInput: A name or type that is not legal.
        AlreadyExists: The name is taken.
    """
    checked = check_collection_name(name)
    its_type = ensure_type(tx, project, type_name)
    made = tx.artifacts.create_collection(project, its_type.id, checked, CollectionKind.PORTFOLIO)
    created = NewRegistryChange(
        RegistryChangeKind.COLLECTION_CREATED, collection=made.name, detail=its_type.name
    )
    note(tx, actor, project, created)
    return made


def unlink_artifact(
    tx: Transaction, actor: Actor, artifact: ArtifactId, collection: CollectionId
) -> None:
    """Takes a version out of a collection of links; `latest` moves to the newest that is left.

    Raises:
        NotFound: No such collection, or the actor may not see it; or the version is not in it.
        PermissionDenied: The actor may not write there, or the version has a protected alias.
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
            require_unprotected(tx, actor, found, place.aliases)
            note_unlink(tx, actor, found, place)
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
    changed = tx.artifacts.update_collection(collection, update)
    if changed != found:
        renamed = None if changed.name == found.name else f"{found.name} → {changed.name}"
        note(
            tx,
            actor,
            found.project_id,
            NewRegistryChange(
                RegistryChangeKind.COLLECTION_CHANGED, collection=changed.name, detail=renamed
            ),
        )
    return changed


def delete_collection(tx: Transaction, actor: Actor, collection: CollectionId) -> Collection:
    """Deletes a collection with all of its versions, or links.

    Raises:
        NotFound: No such collection, or the actor may not see it.
        PermissionDenied: The actor may not write there, or a version has a protected alias in a
            registry.
    """
    found = find_collection_by_id(tx, actor, collection, Action.WRITE)
    if found.kind is CollectionKind.PORTFOLIO:
        require_unprotected(tx, actor, found, tx.artifacts.aliases(collection))
        gone = NewRegistryChange(RegistryChangeKind.COLLECTION_DELETED, collection=found.name)
        note(tx, actor, found.project_id, gone)
    else:
        for member in tx.artifacts.members(
            collection, limit=tx.artifacts.count_members(collection)
        ):
            require_free_to_go(tx, actor, member.artifact_id)
            _note_unlinks(tx, actor, tx.artifacts.memberships_of(member.artifact_id))
    tx.artifacts.delete_collection(collection)
    return found


def _check_description(description: str) -> None:
    if len(description) > MAX_DESCRIPTION_CHARS:
        raise InvalidInput(
            f"The description has {len(description):,} characters; at most "
            f"{MAX_DESCRIPTION_CHARS:,} are allowed.",
            code="description-too-long",
        )
