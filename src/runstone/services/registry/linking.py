"""What people do in the collections of a registry: look through them, link, call, promote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from runstone.domain.access import Actor, not_found
from runstone.domain.artifact import Collection, CollectionKind, Membership, check_alias
from runstone.domain.errors import Conflict, InvalidInput
from runstone.domain.registry import Registry, RegistryAction
from runstone.domain.run import UNSET
from runstone.domain.stage import STAGE_ALIASES, Stage, stage_of
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts import changing
from runstone.services.artifacts.finding import Place, member_called
from runstone.services.artifacts.reading import (
    Address,
    Version,
    collection_overview,
    find_version,
    version_at_home,
)
from runstone.services.registry.finding import (
    find_organization,
    find_registry,
    visible_registries,
)

MAX_FOUND: Final = 1_000


@dataclass(frozen=True, slots=True)
class LinkedCollection:
    """A collection of a registry with what a list says of it.

    Attributes:
        aliases: By name, with the number of the version that each stands for.
        latest: Its version of the highest number; None where it has none.
    """

    registry: Registry
    collection: Collection
    num_versions: int
    aliases: Sequence[tuple[str, int]]
    latest: Place | None


@dataclass(frozen=True, slots=True)
class LinkedVersion:
    """A version in a registry.

    Attributes:
        source: Where it was logged, and by which run; None for someone who may not see that.
    """

    registry: Registry
    place: Place
    source: Version | None

    @property
    def stage(self) -> Stage:
        """What its aliases say."""
        return stage_of(self.place.membership.aliases)


# Looking


def list_collections(
    snapshot: Snapshot, actor: Actor, organization: str, name: str, *, search: str = ""
) -> Sequence[LinkedCollection]:
    """Collections of a registry, by name.

    Args:
        search: Only those whose name, type, description, tags or aliases hold this.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
    """
    registry = find_registry(snapshot, actor, organization, name)
    return _found(snapshot, actor, [registry], search)


def search_collections(
    snapshot: Snapshot, actor: Actor, organization: str | None = None, *, search: str = ""
) -> Sequence[LinkedCollection]:
    """Collections of all registries that the actor may know of, by name.

    Raises:
        NotFound: No such organization, or the actor is not in it.
    """
    place = None if organization is None else find_organization(snapshot, actor, organization)
    return _found(snapshot, actor, visible_registries(snapshot, actor, place), search)


def _found(
    snapshot: Snapshot, actor: Actor, registries: Iterable[Registry], search: str
) -> list[LinkedCollection]:
    wanted = search.casefold()
    found = []
    for registry in registries:
        for one in snapshot.artifacts.collections(registry.id):
            aliases = snapshot.artifacts.aliases(one.id)
            texts = (one.name, one.type, one.description, *one.tags, *aliases)
            if not wanted or any(wanted in text.casefold() for text in texts):
                found.append(_linked(snapshot, actor, registry, one))
    return sorted(found, key=lambda one: (one.collection.name.casefold(), one.registry.name))


def linked_collection(
    snapshot: Snapshot, actor: Actor, organization: str, name: str, collection: str
) -> LinkedCollection:
    """One collection of a registry.

    Raises:
        NotFound: No such collection or registry, or the actor may not know of it.
    """
    registry = find_registry(snapshot, actor, organization, name)
    return _linked(snapshot, actor, registry, _collection(snapshot, registry, collection))


def _linked(
    snapshot: Snapshot, actor: Actor, registry: Registry, collection: Collection
) -> LinkedCollection:
    overview, aliases = collection_overview(
        snapshot, actor, registry.entity, registry.project_name, collection.name
    )
    return LinkedCollection(registry, collection, overview.num_versions, aliases, overview.latest)


def list_linked_versions(
    snapshot: Snapshot,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Sequence[LinkedVersion], bool]:
    """Versions of a collection, the highest number first, and whether more follow.

    Raises:
        NotFound: No such collection or registry, or the actor may not know of it.
        InvalidInput: `limit` is not 1 to 1,000.
    """
    if not 1 <= limit <= MAX_FOUND:
        raise InvalidInput(f"A page has 1 to {MAX_FOUND:,} versions, not {limit}.")
    registry = find_registry(snapshot, actor, organization, name)
    found = _collection(snapshot, registry, collection)
    members = snapshot.artifacts.members(found.id, before=before, limit=limit + 1)
    page = [_version(snapshot, actor, registry, found, member) for member in members[:limit]]
    return page, len(members) > limit


def linked_version(
    snapshot: Snapshot, actor: Actor, organization: str, name: str, collection: str, version: str
) -> LinkedVersion:
    """One version by its number or an alias.

    Raises:
        NotFound: No such version, or the actor may not know of it.
    """
    registry = find_registry(snapshot, actor, organization, name)
    found = _collection(snapshot, registry, collection)
    member = _member(snapshot, registry, found, version)
    return _version(snapshot, actor, registry, found, member)


def _version(
    snapshot: Snapshot, actor: Actor, registry: Registry, collection: Collection, at: Membership
) -> LinkedVersion:
    artifact = snapshot.artifacts.artifact(at.artifact_id)
    assert artifact is not None, "a member is a version"
    place = Place(collection, at, artifact)
    return LinkedVersion(registry, place, version_at_home(snapshot, actor, artifact.id))


def _collection(snapshot: Snapshot, registry: Registry, name: str) -> Collection:
    found = snapshot.artifacts.collection_by_name(registry.id, name)
    if found is None:
        raise not_found(f"collection {registry.organization}/{registry.name}/{name}")
    return found


def _member(
    snapshot: Snapshot, registry: Registry, collection: Collection, version: str
) -> Membership:
    found = member_called(snapshot, collection, version)
    if found is None or found.collection_id != collection.id:
        raise not_found(
            f"version {registry.organization}/{registry.name}/{collection.name}:{version[:128]}"
        )
    return found


# Changing


def create_collection(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    *,
    type_name: str,
    description: str = "",
) -> LinkedCollection:
    """A new, empty collection of a registry.

    Raises:
        NotFound: No such registry, or the actor may not know of it.
        PermissionDenied: The actor may not link there.
        InvalidInput: A name or type that is not legal, or a description that is too long.
        AlreadyExists: The registry has a collection of that name.
        Conflict: The registry does not take the type.
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    changing.require_type(tx, registry, type_name)
    made = changing.create_links(tx, actor, registry.id, collection, type_name)
    if description:
        made = changing.change_collection(tx, actor, made.id, description=description)
    return _linked(tx, actor, registry, made)


def link_version(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    source: Address,
    *,
    aliases: Sequence[str] = (),
) -> LinkedVersion:
    """Links a version into a collection of a registry, which is made where it is missing.

    Raises:
        NotFound: No such registry or version, or the actor may not know of it.
        PermissionDenied: The actor may not link there, or an alias is protected.
        InvalidInput: A name or alias that is not legal.
        Conflict: The registry or the collection does not take the type.
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    artifact = find_version(tx, actor, source).place.artifact
    target, member = changing.link_artifact(
        tx, actor, artifact.id, registry.entity, registry.project_name, collection, aliases
    )
    return _version(tx, actor, registry, target, member)


def unlink_version(
    tx: Transaction, actor: Actor, organization: str, name: str, collection: str, version: str
) -> None:
    """Takes a version out of a collection of a registry; it stays where it was logged.

    Raises:
        NotFound: No such version, or the actor may not know of it.
        PermissionDenied: The actor may not link there, or the version has a protected alias.
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    found = _collection(tx, registry, collection)
    member = _member(tx, registry, found, version)
    changing.unlink_artifact(tx, actor, member.artifact_id, found.id)


def delete_collection(
    tx: Transaction, actor: Actor, organization: str, name: str, collection: str
) -> None:
    """Deletes a collection of a registry; its versions stay where they were logged.

    Raises:
        NotFound: No such collection, or the actor may not know of it.
        PermissionDenied: The actor may not link there, or a version has a protected alias.
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    changing.delete_collection(tx, actor, _collection(tx, registry, collection).id)


def set_version_alias(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    alias: str,
    version: str | None,
    *,
    expected: str | None = None,
) -> LinkedCollection:
    """Gives an alias to a version, or takes it from the one that has it.

    Args:
        version: Its number or an alias; None takes the alias away.
        expected: The number (`v3`) of the version that the alias stands for as far as the caller
            knows, empty for none: of two who move it at once, the second is told.

    Raises:
        NotFound: No such version, or the actor may not know of it.
        PermissionDenied: The actor may not link there, or the alias is protected.
        InvalidInput: An alias that is not legal.
        Conflict: It stands for another version than `expected` (code `alias-moved`).
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    found = _collection(tx, registry, collection)
    before = tx.artifacts.member_by_alias(found.id, check_alias(alias))
    stands_for = "" if before is None else f"v{before.index}"
    if expected is not None and expected != stands_for:
        raise Conflict(
            f"{alias} has been moved meanwhile: it stands for {stands_for or 'no version'} now, "
            f"not for {expected or 'none'}. Look again, then decide.",
            code="alias-moved",
            version=stands_for,
        )
    if version is None:
        if before is not None:
            changing.call_artifact(tx, actor, before.artifact_id, found, remove=[alias])
    else:
        member = _member(tx, registry, found, version)
        changing.call_artifact(tx, actor, member.artifact_id, found, add=[alias])
    return _linked(tx, actor, registry, found)


def set_stage(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    version: str,
    stage: Stage,
    *,
    archives_existing: bool = False,
) -> LinkedVersion:
    """Moves a version into a stage of MLflow's, which is an alias here.

    The version loses the stage it was in. One that was in the new stage loses it, as an alias
    stands for one version.

    Args:
        archives_existing: The one that was in the new stage is archived.

    Raises:
        NotFound: No such version, or the actor may not know of it.
        PermissionDenied: The actor may not link there, or an alias of the stages is protected.
        InvalidInput: Existing versions are to be archived for a stage that is not in use.
    """
    if archives_existing and stage not in (Stage.STAGING, Stage.PRODUCTION):
        raise InvalidInput(
            f"Versions are archived to make room in Staging or Production, not in {stage.value}."
        )
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    found = _collection(tx, registry, collection)
    member = _member(tx, registry, found, version)
    alias = stage.alias
    before = None if alias is None else tx.artifacts.member_by_alias(found.id, alias)
    gone = [one for one in STAGE_ALIASES if one in member.aliases and one != alias]
    changing.call_artifact(
        tx,
        actor,
        member.artifact_id,
        found,
        add=[] if alias is None else [alias],
        remove=gone,
    )
    if archives_existing and before is not None and before.artifact_id != member.artifact_id:
        archived = str(Stage.ARCHIVED.alias)
        changing.call_artifact(tx, actor, before.artifact_id, found, add=[archived])
    return linked_version(tx, actor, organization, name, collection, f"v{member.index}")


def change_collection(
    tx: Transaction,
    actor: Actor,
    organization: str,
    name: str,
    collection: str,
    *,
    new_name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] | None = None,
) -> LinkedCollection:
    """Renames, describes or tags a collection of a registry.

    Raises:
        NotFound: No such collection, or the actor may not know of it.
        PermissionDenied: The actor may not link there.
        InvalidInput: A name or tag that is not legal, or a description that is too long.
        AlreadyExists: The new name is taken.
    """
    registry = find_registry(tx, actor, organization, name, RegistryAction.LINK)
    found = _collection(tx, registry, collection)
    assert found.kind is CollectionKind.PORTFOLIO, "nothing is logged to a registry"
    changed = changing.change_collection(
        tx,
        actor,
        found.id,
        name=UNSET if new_name is None else new_name,
        description=UNSET if description is None else description,
        add_tags=() if tags is None else tags,
        remove_tags=() if tags is None else [one for one in found.tags if one not in tags],
    )
    return _linked(tx, actor, registry, changed)
