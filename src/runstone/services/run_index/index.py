"""The columns of many projects, built when first asked for, refreshed by what changed since."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from runstone.domain.filters import FieldKind, Key
from runstone.domain.ids import ProjectId
from runstone.ports.run_columns import RunColumns, RunsHead
from runstone.services.run_index.column import Column, Ids, build, refresh

DEFAULT_MAX_BYTES: Final = 128 * 1024 * 1024
"""A column of numbers takes 1.7 MB for 100,000 runs."""
DEFAULT_IDLE_S: Final = 900.0


class SnapshotTooOld(Exception):
    """The unit's snapshot is older than what the index knows: run it again, on a newer one."""


@dataclass(frozen=True, slots=True)
class View:
    """Columns of one state of a project.

    Attributes:
        ids: The project's runs, ascending.
        columns: At least those that were asked for, each over `ids`.
    """

    ids: Ids
    columns: Mapping[Key, Column]


def trash_view(source: RunColumns, project: ProjectId, keys: Iterable[Key]) -> View:
    """Columns of the project's runs in the trash; read each time, as few ask for them."""
    wanted = list(dict.fromkeys(keys))
    values = source.values(project, wanted, after=0, in_trash=True)
    ids = np.array(values.ids, np.int64)
    order = np.argsort(ids).tolist()
    columns = {
        key: build(ids[order], 0, [column[i] for i in order], are_tags=key.kind is FieldKind.TAGS)
        for key, column in zip(wanted, values.columns, strict=True)
    }
    return View(ids[order], columns)


class _Project:
    """What is known of one project; whoever changes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begins anew: after a failure half-way, nothing tells which parts are of which state."""
        self.head: RunsHead | None = None
        self.ids: Ids = np.empty(0, np.int64)
        self.columns: dict[Key, Column] = {}


_Slot: TypeAlias = "tuple[ProjectId, Key | None]"
"""What is evicted: one column, or (None) a project's ids and with them the project."""


class RunIndex:
    """Remembers columns under a limit of memory, the least recently used go first.

    What nobody has asked for a while goes too, as do so the columns of a deleted project.
    Thread-safe. Views are immutable: many readers compute pages side by side while one of them
    refreshes. All of it can be lost at any time: the catalog is the truth.
    """

    def __init__(
        self,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        idle_s: float = DEFAULT_IDLE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remembers nothing yet.

        Args:
            idle_s: What was not asked for so long is dropped when anything is asked for.
            clock: Seconds.
        """
        self._max_bytes = max_bytes
        self._idle_s = idle_s
        self._clock = clock
        self._projects: dict[ProjectId, _Project] = {}
        self._sizes: OrderedDict[_Slot, tuple[int, float]] = OrderedDict()
        self._num_bytes = 0
        self._lock = threading.Lock()

    @property
    def num_bytes(self) -> int:
        """About how much memory the columns take."""
        return self._num_bytes

    def view(self, source: RunColumns, project: ProjectId, keys: Iterable[Key]) -> View:
        """Columns for `keys` in the state of `source`.

        Raises:
            SnapshotTooOld: Another reader has refreshed to a later state meanwhile.
        """
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            known = self._projects.setdefault(project, _Project())
        with known.lock:
            head = source.head(project)
            if known.head is not None and head.change_seq < known.head.change_seq:
                raise SnapshotTooOld
            try:
                _bring_up_to_date(known, source, project, head, wanted)
            except BaseException:
                known.forget()
                raise
            view = View(known.ids, {key: known.columns[key] for key in wanted})
        self._note_use(project, known, view)
        return view

    def _note_use(self, project: ProjectId, known: _Project, view: View) -> None:
        with self._lock:
            self._projects[project] = known  # it may have been evicted meanwhile
            for key, column in view.columns.items():
                self._set_size((project, key), column.num_bytes)
            # Last, so that ids outlive their columns.
            self._set_size((project, None), view.ids.nbytes)
            idle_since = self._clock() - self._idle_s
            while self._sizes:
                (evicted, column_key), (size, used_at) = next(iter(self._sizes.items()))
                if self._num_bytes <= self._max_bytes and used_at > idle_since:
                    break
                del self._sizes[evicted, column_key]
                self._num_bytes -= size
                if column_key is None:
                    self._projects.pop(evicted, None)
                elif evicted in self._projects:
                    self._projects[evicted].columns.pop(column_key, None)

    def _set_size(self, slot: _Slot, size: int) -> None:
        before, _ = self._sizes.get(slot, (0, 0.0))
        self._num_bytes += size - before
        self._sizes[slot] = (size, self._clock())
        self._sizes.move_to_end(slot)


def _bring_up_to_date(
    known: _Project, source: RunColumns, project: ProjectId, head: RunsHead, wanted: list[Key]
) -> None:
    old = [key for key in wanted if key in known.columns]
    stale = [key for key in old if known.columns[key].seq < head.change_seq]
    before = known.head
    if before is None or head.deleted_seq > before.change_seq:
        known.ids = np.sort(np.array(source.ids(project), np.int64))
    if stale or (before is not None and before.change_seq < head.change_seq):
        oldest = [known.columns[key].seq for key in stale]
        after = min([*oldest, before.change_seq] if before is not None else oldest)
        _refresh(known, source, project, head, stale, after)
    known.head = head
    new = [key for key in wanted if key not in known.columns]
    if new:
        values = source.values(project, new, after=0)
        ids = np.array(values.ids, np.int64)
        order = _order(ids)
        for key, column in zip(new, values.columns, strict=True):
            ordered = column if order is None else [column[i] for i in order]
            known.columns[key] = build(
                known.ids, head.change_seq, ordered, are_tags=key.kind is FieldKind.TAGS
            )


def _refresh(
    known: _Project,
    source: RunColumns,
    project: ProjectId,
    head: RunsHead,
    stale: list[Key],
    after: int,
) -> None:
    values = source.values(project, stale, after=after)
    changed = np.array(values.ids, np.int64)
    order = _order(changed)
    if order is not None:
        changed = changed[order]
    if len(changed):
        known.ids = _with_new(known.ids, changed)
    for key, column in zip(stale, values.columns, strict=True):
        ordered = column if order is None else [column[i] for i in order]
        known.columns[key] = refresh(
            known.columns[key],
            known.ids,
            head.change_seq,
            changed,
            ordered,
            are_tags=key.kind is FieldKind.TAGS,
        )


def _with_new(ids: Ids, changed: Ids) -> Ids:
    """`ids` and those of `changed` that are new, ascending; the same array where none is."""
    if not len(ids):
        return changed
    later = changed[changed > ids[-1]]
    earlier = changed[changed <= ids[-1]]
    if len(earlier) and not np.array_equal(ids[np.searchsorted(ids, earlier)], earlier):
        return np.union1d(ids, changed)
    return np.concatenate([ids, later]) if len(later) else ids


def _order(ids: Ids) -> list[int] | None:
    """How to put `ids` in ascending order; None where they are."""
    if len(ids) < 2 or bool(np.all(ids[1:] > ids[:-1])):
        return None
    order: list[int] = np.argsort(ids).tolist()
    return order
