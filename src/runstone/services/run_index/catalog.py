"""Which keys the documents of a project's runs hold, of what kind, and in how many of the runs.

Runs of one script have the same keys: a document's keys and kinds are its shape, and a project has
few of them. So a run costs a number, and counting costs as much as there are shapes.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.domain.filter_printing import print_key
from runstone.domain.filters import RUN_FIELDS, Aggregate, FieldKind, Key, Source
from runstone.domain.history import KeyInfo
from runstone.domain.ids import ProjectId
from runstone.ports.run_columns import RunColumns, RunsHead
from runstone.services.run_index.index import DEFAULT_IDLE_S, SnapshotTooOld

ColumnKind: TypeAlias = Literal["number", "bool", "text", "time", "tags", "list", "object", "mixed"]

_NULL, _NUMBER, _FLAG, _TEXT, _LIST, _OBJECT = range(6)
_NUM_KINDS: Final = 6
_KINDS: Final[dict[type, int]] = {
    type(None): _NULL,
    int: _NUMBER,
    float: _NUMBER,
    bool: _FLAG,
    str: _TEXT,
    list: _LIST,
    dict: _OBJECT,
}
_NAMES: Final[tuple[ColumnKind, ...]] = ("mixed", "number", "bool", "text", "list", "object")
_FIELD_NAMES: Final[dict[FieldKind, ColumnKind]] = {
    FieldKind.TEXT: "text",
    FieldKind.NUMBER: "number",
    FieldKind.FLAG: "bool",
    FieldKind.TIME: "time",
    FieldKind.TAGS: "tags",
}
_MAX_PARTS: Final = 8
_AT_ONCE: Final = 500
"""Documents are decoded one by one; so many are asked for in one statement."""
_MAX_BYTES: Final = 64 * 1024 * 1024
_RUN_BYTES: Final = 120
_KEY_BYTES: Final = 12
_COLUMN_BYTES: Final = 240

_Shape: TypeAlias = "tuple[tuple[str, ...], bytes]"


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column that a table of the runs may have.

    Attributes:
        kind: `number`, `bool`, `text`, `list`, `object`, or `mixed`; of run fields also `time` and
            `tags`.
        num_runs: How many of the project's runs have a value there.
    """

    key: Key
    kind: ColumnKind
    num_runs: int


class ColumnGroup:
    """Columns that are looked for together, by name."""

    def __init__(self, columns: Sequence[ColumnInfo]) -> None:
        """They do not change."""
        self.columns = columns
        self._folded: Sequence[str] | None = None

    def containing(self, text: str) -> Sequence[ColumnInfo]:
        """Those with `text` in what is printed of their key, whatever the case."""
        if not text:
            return self.columns
        # Printing costs many times what looking does, and who types a word asks at each letter.
        if self._folded is None:
            self._folded = [print_key(column.key).lower() for column in self.columns]
        wanted = text.lower()
        return [
            column
            for column, name in zip(self.columns, self._folded, strict=True)
            if wanted in name
        ]

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes."""
        return _COLUMN_BYTES * len(self.columns)


class KeyCatalog:
    """Remembers the shapes of projects' documents; all of it may be lost at any time.

    Thread-safe. The least recently asked projects are forgotten under a limit of memory, and those
    that nobody has asked about for a while.
    """

    def __init__(
        self,
        *,
        max_bytes: int = _MAX_BYTES,
        idle_s: float = DEFAULT_IDLE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remembers nothing yet; see `RunIndex`."""
        self._max_bytes = max_bytes
        self._idle_s = idle_s
        self._clock = clock
        self._projects: OrderedDict[ProjectId, _Project] = OrderedDict()
        self._lock = threading.Lock()

    def columns(
        self, source: RunColumns, project: ProjectId, logged: Sequence[KeyInfo] = ()
    ) -> Sequence[ColumnGroup]:
        """All columns: run fields, config, summary, and the last values of `logged` keys.

        The first time every document of the project is read; later, those that changed.

        Raises:
            SnapshotTooOld: Another reader has seen a later state meanwhile.
        """
        with self._lock:
            known = self._projects.setdefault(project, _Project())
            self._projects.move_to_end(project)
            known.used_at = self._clock()
        with known.lock:
            head = source.head(project)
            if known.head is not None and head.change_seq < known.head.change_seq:
                raise SnapshotTooOld
            if known.head != head:
                try:
                    known.refresh(source, project, head)
                except BaseException:
                    known.forget()
                    raise
            groups = [*known.groups.values(), known.metrics_of(logged)]
        with self._lock:
            idle_since = self._clock() - self._idle_s
            while len(self._projects) > 1:
                oldest = next(iter(self._projects.values()))
                if self.num_bytes <= self._max_bytes and oldest.used_at > idle_since:
                    break
                self._projects.popitem(last=False)
        return groups

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes."""
        return sum(known.num_bytes for known in self._projects.values())


class _Project:
    """What is known of one project; whoever changes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.used_at = 0.0
        self.forget()

    def forget(self) -> None:
        self.head: RunsHead | None = None
        self.groups: dict[Source, ColumnGroup] = {}
        self._logged: Sequence[KeyInfo] = ()
        self._metrics = ColumnGroup(())
        self._shapes = {source: _Shapes() for source in (Source.CONFIG, Source.SUMMARY)}

    @property
    def num_bytes(self) -> int:
        shapes = sum(shapes.num_bytes for shapes in self._shapes.values())
        columns = sum(group.num_bytes for group in self.groups.values())
        return shapes + columns + self._metrics.num_bytes

    def metrics_of(self, logged: Sequence[KeyInfo]) -> ColumnGroup:
        # The same list means the same keys: `LoggedKeys` gives it again while nothing is logged.
        if logged is not self._logged:
            self._metrics = ColumnGroup(
                [
                    ColumnInfo(
                        Key(Source.HISTORY, key.name, Aggregate.LAST), "number", key.num_runs
                    )
                    for key in logged
                    if key.num_numbers
                ]
            )
            self._logged = logged
        return self._metrics

    def refresh(self, source: RunColumns, project: ProjectId, head: RunsHead) -> None:
        before = self.head.change_seq if self.head is not None else 0
        if head.deleted_seq > before:
            there = frozenset(source.ids(project))
            for shapes in self._shapes.values():
                shapes.keep(there)
        changed = iter(source.values(project, [], after=before).ids)
        while some := list(islice(changed, _AT_ONCE)):
            for kind, shapes in self._shapes.items():
                for run, document in source.documents(kind, some):
                    shapes.put(run, document)
        counts = source.count_fields(project)
        self.groups[Source.RUN] = ColumnGroup(
            [
                ColumnInfo(Key(Source.RUN, name), _FIELD_NAMES[kind], counts[name])
                for name, kind in sorted(RUN_FIELDS.items())
            ]
        )
        for kind, shapes in self._shapes.items():
            if kind not in self.groups or shapes.is_changed:
                self.groups[kind] = ColumnGroup(
                    [
                        ColumnInfo(Key(kind, path), name, count)
                        for path, name, count in shapes.counted()
                    ]
                )
        self.head = head


class _Shapes:
    """The shapes of the configs, or of the summaries, of one project.

    Attributes:
        is_changed: They count otherwise than when they were last counted. A run that logs has new
            values at every moment, and rarely another shape.
    """

    def __init__(self) -> None:
        self.is_changed = False
        self._of_run: dict[int, int] = {}
        self._numbers: dict[_Shape, int] = {}
        self._codes: list[NDArray[np.int32]] = []
        self._paths: dict[str, int] = {}
        self._num_codes = 0

    @property
    def num_bytes(self) -> int:
        return _RUN_BYTES * len(self._of_run) + _KEY_BYTES * self._num_codes

    def keep(self, runs: frozenset[int]) -> None:
        """Forgets all other runs."""
        there = {run: shape for run, shape in self._of_run.items() if run in runs}
        self.is_changed |= len(there) < len(self._of_run)
        self._of_run = there

    def put(self, run: int, document: dict[str, JsonValue]) -> None:
        shape = shape_of(document)
        number = self._numbers.get(shape)
        if number is None:
            number = self._numbers[shape] = len(self._codes)
            places = (self._paths.setdefault(path, len(self._paths)) for path in shape[0])
            codes = np.fromiter(places, np.int32, len(shape[0])) * _NUM_KINDS
            self._codes.append(codes + np.frombuffer(shape[1], np.uint8))
            self._num_codes += len(codes)
        self.is_changed |= self._of_run.get(run) != number
        self._of_run[run] = number

    def counted(self) -> Iterator[tuple[str, ColumnKind, int]]:
        """By path: the name of its kind, and how many runs have a value there."""
        self.is_changed = False
        if not self._codes:
            return
        runs = np.fromiter(self._of_run.values(), np.int64, len(self._of_run))
        per_shape = np.bincount(runs, minlength=len(self._codes))
        weights = np.repeat(per_shape, [len(codes) for codes in self._codes])
        size = len(self._paths) * _NUM_KINDS
        counts = np.bincount(np.concatenate(self._codes), weights, size)
        table = counts.astype(np.int64).reshape(-1, _NUM_KINDS)
        table[:, _NULL] = 0
        totals = table.sum(axis=1).tolist()
        commonest = table.argmax(axis=1).tolist()
        is_mixed = (np.count_nonzero(table, axis=1) > 1).tolist()
        for path, place in sorted(self._paths.items()):
            if totals[place]:
                kind = _NULL if is_mixed[place] else int(commonest[place])
                yield path, _NAMES[kind], totals[place]


def shape_of(document: dict[str, JsonValue]) -> _Shape:
    """The paths of a document's values, and a byte for the kind of each."""
    kinds = bytes(map(_KINDS.__getitem__, map(type, document.values())))
    if _OBJECT not in kinds:
        return tuple(document), kinds
    flat: dict[str, int] = {}
    _flatten(document, "", 1, flat)
    return tuple(flat), bytes(flat.values())


def _flatten(document: dict[str, JsonValue], prefix: str, depth: int, into: dict[str, int]) -> None:
    for name, value in document.items():
        path = prefix + name
        # What has a `_type` is one thing (an image, a histogram), and not a group of values.
        if isinstance(value, dict) and value and "_type" not in value and depth < _MAX_PARTS:
            _flatten(value, path + ".", depth + 1, into)
        else:
            into[path] = _KINDS[type(value)]
