"""What differs between two versions of artifacts: files added, removed, changed, renamed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runstone.domain.manifest import Entry


class ChangeKind(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not the same in both versions.

    Attributes:
        before: None for an added one.
        after: None for a removed one.
    """

    kind: ChangeKind
    before: Entry | None
    after: Entry | None

    @property
    def path(self) -> str:
        """Where it is, or was; no two changes of one comparison share it."""
        entry = self.after or self.before
        assert entry is not None, "a change has a file"
        return entry.path

    @property
    def paths(self) -> tuple[str, ...]:
        """The names that it has had."""
        return tuple(one.path for one in (self.before, self.after) if one is not None)


@dataclass(frozen=True, slots=True)
class ManifestDiff:
    """All changes, by path, and how many files are the same."""

    changes: Sequence[FileChange]
    num_same: int


def compare_entries(before: Iterable[Entry], after: Iterable[Entry]) -> ManifestDiff:
    """What has to be done to the files of one version to come to those of another.

    A file that is gone and a new one with the same content are one that was renamed: of several,
    those that kept the last part of their path go together, the others in order of their paths.
    Empty files say nothing of where they came from.
    """
    old = {entry.path: entry for entry in before}
    new = {entry.path: entry for entry in after}
    both = old.keys() & new.keys()
    changed = [
        FileChange(ChangeKind.CHANGED, old[path], new[path])
        for path in both
        if _content(old[path]) != _content(new[path])
    ]
    gone = {path: entry for path, entry in old.items() if path not in both}
    come = {path: entry for path, entry in new.items() if path not in both}
    renamed = [
        FileChange(ChangeKind.RENAMED, gone.pop(was), come.pop(now))
        for was, now in _renames(gone, come)
    ]
    removed = [FileChange(ChangeKind.REMOVED, entry, None) for entry in gone.values()]
    added = [FileChange(ChangeKind.ADDED, None, entry) for entry in come.values()]
    changes = sorted([*changed, *renamed, *removed, *added], key=lambda one: one.path)
    return ManifestDiff(changes, len(both) - len(changed))


def _content(entry: Entry) -> tuple[str, str | None]:
    return entry.digest, entry.ref


def _renames(gone: Mapping[str, Entry], come: Mapping[str, Entry]) -> list[tuple[str, str]]:
    arrivals: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for path in sorted(come):
        if come[path].size_bytes > 0 or come[path].ref is not None:
            arrivals[_content(come[path])].append(path)
    departures = [path for path in sorted(gone) if _content(gone[path]) in arrivals]
    pairs: list[tuple[str, str]] = []
    taken: set[str] = set()
    left: list[str] = []
    named: dict[tuple[tuple[str, str | None], str], list[str]] = defaultdict(list)
    for content, paths in arrivals.items():
        for path in reversed(paths):
            named[content, _last(path)].append(path)
    for path in departures:
        same = named[_content(gone[path]), _last(path)]
        if same:
            pairs.append((path, same.pop()))
            taken.add(pairs[-1][1])
        else:
            left.append(path)
    waiting = {
        content: iter([path for path in paths if path not in taken])
        for content, paths in arrivals.items()
    }
    for path in left:
        now = next(waiting[_content(gone[path])], None)
        if now is not None:
            pairs.append((path, now))
    return pairs


def _last(path: str) -> str:
    return path.rpartition("/")[2]
