"""Protected aliases: only administrators of the registry set, move and remove them."""

from __future__ import annotations

from collections.abc import Iterable

from runstone.domain.access import Actor
from runstone.domain.artifact import Collection
from runstone.domain.errors import PermissionDenied
from runstone.domain.ids import ArtifactId
from runstone.domain.registry import RegistryRole
from runstone.ports.store import Snapshot
from runstone.services.registry.access import role_in


def require_unprotected(
    snapshot: Snapshot, actor: Actor, collection: Collection, aliases: Iterable[str]
) -> None:
    """Raises where one of the aliases is protected in the collection's registry.

    Raises:
        PermissionDenied: One is, and the actor does not administer the registry (code
            `alias-protected`).
    """
    wanted = list(aliases)
    registry = snapshot.registries.registry(collection.project_id) if wanted else None
    if registry is None:
        return
    protected = set(snapshot.registries.protected_aliases(registry.id)).intersection(wanted)
    if protected and role_in(snapshot, actor, registry) is not RegistryRole.ADMIN:
        named = ", ".join(sorted(protected))
        raise PermissionDenied(
            f"{named} is protected in the registry {registry.organization}/{registry.name}: only "
            f"its administrators may give it to a version or take it from one, and "
            f"{actor.username} is none.",
            code="alias-protected",
        )


def require_free_to_go(snapshot: Snapshot, actor: Actor, artifact: ArtifactId) -> None:
    """Raises where a version that is to be deleted has a protected alias in some registry.

    Raises:
        PermissionDenied: It has one, and the actor does not administer that registry (code
            `alias-protected`).
    """
    for place in snapshot.artifacts.memberships_of(artifact):
        collection = snapshot.artifacts.collection(place.collection_id)
        if collection is not None:
            require_unprotected(snapshot, actor, collection, place.aliases)
