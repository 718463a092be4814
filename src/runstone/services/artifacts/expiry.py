"""How long a version is kept that an actor has found: by itself, its project or its entity."""

from __future__ import annotations

from datetime import datetime

from runstone.domain.artifact import Artifact
from runstone.domain.retention import TimeToLive, is_made_by_clients
from runstone.ports.store import Snapshot


def ttl_of(snapshot: Snapshot, artifact: Artifact) -> TimeToLive:
    """The version's own time to live, or else the one that it inherits."""
    own = artifact.ttl_s
    seconds = snapshot.retention.inherited_ttl(artifact.collection_id) if own is None else own
    return TimeToLive(seconds or None, is_inherited=own is None)


def expires_at(snapshot: Snapshot, artifact: Artifact) -> datetime | None:
    """When a version ends; None for never, and for as long as it is linked somewhere."""
    found = ttl_of(snapshot, artifact).expires_at(artifact.created_at)
    collection = None if found is None else snapshot.artifacts.collection(artifact.collection_id)
    if collection is None or is_made_by_clients(collection.type):
        return None
    return None if len(snapshot.artifacts.memberships_of(artifact.id)) > 1 else found
