"""Two versions beside each other: which files differ, page by page."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runstone.domain.access import Actor
from runstone.domain.artifact import Artifact
from runstone.domain.artifact_diff import ChangeKind, FileChange, ManifestDiff, compare_entries
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import ManifestId
from runstone.ports.store import Snapshot
from runstone.services.artifacts.finding import entries_of, require_contents
from runstone.services.artifacts.reading import Address, Version, find_version
from runstone.services.recent import Recent

MAX_CHANGES: Final = 5_000
"""Of one page."""

_KEPT_COMPARISONS: Final = 8
_KEPT_CHANGES: Final = 200_000
"""Some 100 MiB, the entries included."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Some of what differs between two versions.

    Attributes:
        changes: By path.
        num_of: Changes of each kind that were searched for.
        num_same: Files that are in both as they are.
        total: Changes of the kinds that were asked for, on all pages.
        added_bytes: Of the files that are new or changed as they are now, on all pages.
        removed_bytes: Of those that are gone or changed as they were.
        has_more: There are some behind these.
    """

    before: Version
    after: Version
    changes: Sequence[FileChange]
    num_of: Mapping[ChangeKind, int]
    num_same: int
    total: int
    added_bytes: int
    removed_bytes: int
    has_more: bool


class Comparisons:
    """The comparisons that were read last: a page of one that is kept costs no manifest.

    They are kept by the two manifests, which never change once a version is committed.
    """

    def __init__(self) -> None:
        self._kept: Recent[tuple[ManifestId | None, ManifestId | None], ManifestDiff] = Recent(
            max_values=_KEPT_COMPARISONS, max_weight=_KEPT_CHANGES
        )

    def of(self, snapshot: Snapshot, before: Artifact, after: Artifact) -> ManifestDiff:
        """How the files of two committed versions differ."""
        pair = before.manifest_id, after.manifest_id
        found = self._kept.get(pair)
        if found is None:
            found = compare_entries(entries_of(snapshot, before), entries_of(snapshot, after))
            self._kept.put(pair, found, len(found.changes))
        return found


def compare_versions(
    snapshot: Snapshot,
    actor: Actor,
    before: Address,
    after: Address,
    comparisons: Comparisons,
    *,
    kind: ChangeKind | None = None,
    search: str = "",
    after_path: str | None = None,
    limit: int = 1_000,
) -> Comparison:
    """Files that differ between two versions, of whatever collections.

    Args:
        kind: Only changes of this kind.
        search: Only those with a path, old or new, that holds this, in capitals or not.
        after_path: The last path of the page before.

    Raises:
        NotFound: No such version, or the actor may not see it.
        PermissionDenied: The actor may see one of them, not have its files.
        InvalidInput: `limit` is not 1 to 5,000.
    """
    if not 1 <= limit <= MAX_CHANGES:
        raise InvalidInput(f"A page has 1 to {MAX_CHANGES:,} changes; not {limit:,}.")
    old, new = (find_version(snapshot, actor, one) for one in (before, after))
    for version in (old, new):
        require_contents(snapshot, actor, version.place.artifact)
    diff = comparisons.of(snapshot, old.place.artifact, new.place.artifact)
    wanted = search.casefold()
    found = [
        one
        for one in diff.changes
        if not wanted or any(wanted in path.casefold() for path in one.paths)
    ]
    num_of = Counter(one.kind for one in found)
    if kind is not None:
        found = [one for one in found if one.kind is kind]
    start = 0 if after_path is None else bisect_right(found, after_path, key=_path)
    moved = [one for one in found if one.kind is not ChangeKind.RENAMED]
    return Comparison(
        old,
        new,
        found[start : start + limit],
        num_of,
        diff.num_same,
        len(found),
        sum(one.after.size_bytes for one in moved if one.after is not None),
        sum(one.before.size_bytes for one in moved if one.before is not None),
        start + limit < len(found),
    )


def read_address(text: str, at: Address) -> Address:
    """A version by a short name: `v3`, `name:v3` or `entity/project/name:v3`.

    Args:
        at: Gives what the text leaves out.

    Raises:
        InvalidInput: It is written otherwise.
    """
    place, colon, version = text.rpartition(":")
    parts = place.split("/") if colon else []
    match parts:
        case _ if not version:
            pass
        case []:
            return replace(at, version=version)
        case [name] if name:
            return replace(at, collection=name, version=version)
        case [entity, project, name] if entity and project and name:
            return Address(entity, project, name, version)
    raise InvalidInput(
        f"{text[:200]!r} names no version: write v3, name:v3 or entity/project/name:v3.",
        code="invalid-version",
    )


def _path(change: FileChange) -> str:
    return change.path
