"""Deletes, in the background, what has expired and what no rule keeps.

What goes is found beside the writer, and deleted a few versions at a time, each as a person would
delete it. A unit of work looks again at those few: one that was changed, linked, used or called
something meanwhile is left for the next pass; and where the collection has lost or gained others,
or the rule was changed, the whole of it is judged anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from runstone.domain.access import OPERATOR
from runstone.domain.artifact import Artifact, Collection
from runstone.domain.errors import Conflict, NotFound, PermissionDenied
from runstone.domain.ids import ArtifactId
from runstone.domain.retention import (
    DeletionReason,
    RetentionRule,
    VersionFacts,
)
from runstone.ports.store import Snapshot, Store, Transaction
from runstone.services.artifacts.changing import delete_artifact
from runstone.services.artifacts.finding import home_of
from runstone.services.retention.judging import Judge
from runstone.services.retention.rules import parts_in_force

VERSIONS_AT_ONCE: Final = 5
"""Versions deleted in one unit of work: one of ten thousand files takes 25 ms."""
_FOUND_AT_ONCE: Final = 1_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Swept:
    """What one pass deleted."""

    num_expired: int = 0
    num_by_rules: int = 0


@dataclass(frozen=True, slots=True)
class _Doomed:
    """What rules let go in a collection, and the state of the collection in which they do."""

    collection: Collection
    rules: Sequence[RetentionRule]
    num_versions: int
    going: Sequence[VersionFacts]
    knows_metadata: bool


class Keeper:
    """Sweeps one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sweep(self, *, stop: Callable[[], bool] = lambda: False) -> Swept:
        """Makes one pass over everything.

        Args:
            stop: Asked between two units of work.
        """
        return Swept(await self._expire(stop), await self._apply_rules(stop))

    async def _expire(self, stop: Callable[[], bool]) -> int:
        num_gone = 0
        last: ArtifactId | None = None
        while not stop():
            found = await _done(self._store.read(partial(_find_expired, after=last)))
            for start in range(0, len(found), VERSIONS_AT_ONCE):
                if stop():
                    break
                some = found[start : start + VERSIONS_AT_ONCE]
                num_gone += await _done(self._store.write(partial(_expire_some, artifacts=some)))
            if len(found) < _FOUND_AT_ONCE:
                break
            # Those that could not be deleted are not asked for again.
            last = found[-1]
        return num_gone

    async def _apply_rules(self, stop: Callable[[], bool]) -> int:
        num_gone = 0
        for doomed in await _done(self._store.read(_find_doomed)):
            expected = doomed.num_versions
            for start in range(0, len(doomed.going), VERSIONS_AT_ONCE):
                if stop():
                    return num_gone
                some = doomed.going[start : start + VERSIONS_AT_ONCE]
                gone = await _done(
                    self._store.write(
                        partial(_delete_some, doomed=doomed, some=some, expected=expected)
                    )
                )
                if gone is None:
                    break
                num_gone += gone
                expected -= gone
        return num_gone


async def _done(future: Future[T]) -> T:
    return await asyncio.wrap_future(future)


def _find_expired(snapshot: Snapshot, after: ArtifactId | None) -> Sequence[ArtifactId]:
    found = snapshot.retention.expired(snapshot.now, after=after, limit=_FOUND_AT_ONCE)
    return [artifact for artifact, _ in found]


def _expire_some(tx: Transaction, artifacts: Sequence[ArtifactId]) -> int:
    num_gone = 0
    for artifact in artifacts:
        # Asked once more: it may have been given more time, or linked.
        found = tx.retention.expired(tx.now, after=ArtifactId(artifact - 1), limit=1)
        if [expired for expired, _ in found] != [artifact]:
            continue
        version = tx.artifacts.artifact(artifact)
        assert version is not None
        num_gone += _delete(tx, version, DeletionReason.EXPIRED, str(found[0][1]))
    return num_gone


def _find_doomed(snapshot: Snapshot) -> Sequence[_Doomed]:
    by_project: dict[int, list[RetentionRule]] = {}
    for rule in snapshot.retention.rules():
        if rule.is_on:
            by_project.setdefault(rule.project_id, []).append(rule)
    found: list[_Doomed] = []
    for rules in by_project.values():
        project = rules[0].project_id
        judges: dict[tuple[int, ...], Judge] = {}
        for collection in snapshot.artifacts.collections(project):
            deciding, parts = parts_in_force(snapshot, rules, collection)
            if not deciding:
                continue
            which = tuple(rule.id for rule in deciding)
            judge = judges.setdefault(which, Judge(snapshot, project, parts))
            verdicts = judge.judge(collection.id).verdicts
            going = [verdict.version for verdict in verdicts if verdict.reason is None]
            if going:
                # The oldest first: a pass that is cut short leaves the newer ones.
                found.append(
                    _Doomed(collection, deciding, len(verdicts), going[::-1], judge.asks_metadata)
                )
    return found


def _delete_some(
    tx: Transaction, doomed: _Doomed, some: Sequence[VersionFacts], expected: int
) -> int | None:
    """How many were deleted; None where the collection or its rule is another by now."""
    collection = tx.artifacts.collection(doomed.collection.id)
    if collection is None or collection.latest_index != doomed.collection.latest_index:
        return None
    rules = tx.retention.rules(collection.project_id)
    deciding, _ = parts_in_force(tx, rules, collection)
    if list(deciding) != list(doomed.rules):
        return None
    if tx.artifacts.count_members(collection.id) != expected:
        return None
    ids = {one.id for one in some}
    now = tx.retention.facts(collection.id, with_metadata=doomed.knows_metadata, only=ids)
    unchanged = [one for one in some if one in now]
    why = "\n".join(rule.text for rule in deciding)
    num_gone = 0
    for one in unchanged:
        version = tx.artifacts.artifact(one.id)
        if version is not None:
            num_gone += _delete(tx, version, DeletionReason.RULE, why)
    return num_gone


def _delete(tx: Transaction, version: Artifact, reason: DeletionReason, why: str) -> bool:
    collection = tx.artifacts.collection(version.collection_id)
    place = home_of(tx, version)
    if collection is None or place is None:
        return False
    try:
        delete_artifact(tx, OPERATOR, version.id, with_aliases=True)
    except (Conflict, PermissionDenied, NotFound):
        return False  # protected, or in the trash: it is asked again at the next pass
    tx.retention.note_deletion(
        collection.project_id, collection.name, place.index, version.size_bytes, reason, why
    )
    return True
