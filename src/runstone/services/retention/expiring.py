"""Times to live of versions that say nothing themselves, by project and entity."""

from __future__ import annotations

from dataclasses import dataclass

from runstone.domain.access import Action, Actor
from runstone.domain.retention import check_ttl
from runstone.ports.store import Snapshot, Transaction
from runstone.services.projects import find_entity, find_project


@dataclass(frozen=True, slots=True)
class DefaultTtl:
    """How long versions live that say nothing themselves; 0 is for ever.

    Attributes:
        own: What the project (or entity) says; None where it says nothing.
        inherited: What its entity says; None where it says nothing, and for entities.
    """

    own: int | None
    inherited: int | None = None


def default_ttl(
    snapshot: Snapshot, actor: Actor, entity: str, project: str | None = None
) -> DefaultTtl:
    """What an entity or a project says.

    Raises:
        NotFound: No such entity or project, or the actor may not see it.
    """
    owner = find_entity(snapshot, actor, entity)
    of_entity = snapshot.retention.default_ttl(owner.id)
    if project is None:
        return DefaultTtl(of_entity)
    place = find_project(snapshot, actor, entity, project)
    return DefaultTtl(snapshot.retention.default_ttl(owner.id, place.id), of_entity)


def set_default_ttl(
    tx: Transaction, actor: Actor, entity: str, ttl_s: int | None, project: str | None = None
) -> DefaultTtl:
    """Sets what an entity or a project says; None takes it back.

    It counts at once for the versions that are there, too.

    Raises:
        NotFound: No such entity or project, or the actor may not see it.
        PermissionDenied: Of an entity: the actor does not administer it; else may not write there.
        InvalidInput: Not 0 to 100 years.
    """
    if ttl_s is not None:
        check_ttl(ttl_s)
    if project is None:
        owner = find_entity(tx, actor, entity, Action.ADMINISTER)
        tx.retention.set_default_ttl(owner.id, ttl_s)
    else:
        place = find_project(tx, actor, entity, project, Action.WRITE)
        tx.retention.set_default_ttl(place.entity_id, ttl_s, place.id)
    return default_ttl(tx, actor, entity, project)
