"""The change log of registries: what happens to their collections, noted where it happens.

Each function does nothing for a collection of another project, so callers need not ask.
"""

from __future__ import annotations

from runstone.domain.access import Actor
from runstone.domain.artifact import Collection, Membership
from runstone.domain.ids import ArtifactId, ProjectId
from runstone.domain.registry import NewRegistryChange, RegistryChangeKind
from runstone.ports.store import Snapshot, Transaction


def note(tx: Transaction, actor: Actor, project: ProjectId, change: NewRegistryChange) -> None:
    """Writes a change down, if the project is a registry."""
    if tx.registries.registry(project) is not None:
        tx.registries.add_change(project, actor.username, change)


def note_link(tx: Transaction, actor: Actor, collection: Collection, member: Membership) -> None:
    """Notes that a version came into a collection."""
    change = NewRegistryChange(
        RegistryChangeKind.LINKED,
        collection=collection.name,
        version=member.index,
        source=source_of(tx, member.artifact_id),
    )
    note(tx, actor, collection.project_id, change)


def note_unlink(tx: Transaction, actor: Actor, collection: Collection, member: Membership) -> None:
    """Notes that a version left, before or after it did; its aliases went with it."""
    change = NewRegistryChange(
        RegistryChangeKind.UNLINKED,
        collection=collection.name,
        version=member.index,
        source=source_of(tx, member.artifact_id),
        detail=", ".join(member.aliases) or None,
    )
    note(tx, actor, collection.project_id, change)


def set_alias(
    tx: Transaction, actor: Actor, collection: Collection, alias: str, artifact: ArtifactId
) -> None:
    """Gives an alias to a version, and notes it."""
    before = tx.artifacts.member_by_alias(collection.id, alias)
    tx.artifacts.set_alias(collection.id, alias, artifact)
    after = tx.artifacts.member_by_alias(collection.id, alias)
    _note_alias(tx, actor, collection, alias, before, after)


def remove_alias(tx: Transaction, actor: Actor, collection: Collection, alias: str) -> None:
    """Takes an alias from its version, and notes it."""
    before = tx.artifacts.member_by_alias(collection.id, alias)
    tx.artifacts.remove_alias(collection.id, alias)
    _note_alias(tx, actor, collection, alias, before, None)


def _note_alias(
    tx: Transaction,
    actor: Actor,
    collection: Collection,
    alias: str,
    before: Membership | None,
    after: Membership | None,
) -> None:
    if after is None:
        kind = RegistryChangeKind.ALIAS_REMOVED
    else:
        kind = RegistryChangeKind.ALIAS_SET if before is None else RegistryChangeKind.ALIAS_MOVED
    change = NewRegistryChange(
        kind,
        collection=collection.name,
        version=None if after is None else after.index,
        before=None if before is None else before.index,
        alias=alias,
    )
    note(tx, actor, collection.project_id, change)


def source_of(snapshot: Snapshot, artifact: ArtifactId) -> str | None:
    """Where a version was logged: `entity/project/collection:v3`."""
    found = snapshot.artifacts.artifact(artifact)
    if found is None:
        return None
    home = snapshot.artifacts.collection(found.collection_id)
    project = None if home is None else snapshot.projects.project_by_id(home.project_id)
    if home is None or project is None:
        return None
    for place in snapshot.artifacts.memberships_of(artifact):
        if place.collection_id == home.id:
            return f"{project.entity}/{project.name}/{home.name}:v{place.index}"
    return None
