"""One value of every run of a project at a time: what a table of many runs is computed from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from runstone.domain.documents import JsonValue
from runstone.domain.filters import Key, Source
from runstone.domain.ids import ProjectId
from runstone.domain.run import Run


@dataclass(frozen=True, slots=True)
class RunsHead:
    """How far a project's runs are.

    Attributes:
        change_seq: Grows with every run of the project that is made, changed or deleted, and never
            falls. It may grow without cause.
        deleted_seq: No run of the project was deleted after this change. It may be too high.
    """

    change_seq: int
    deleted_seq: int


HistoryColumn: TypeAlias = "Sequence[float | None]"


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """Values of some keys.

    Attributes:
        ids: Which runs, in any order, each once.
        columns: For each key that was asked for, the values of those runs, in their order. None
            stands for no value and for null. Of run fields, times are microseconds since 1970 UTC
            and tags are lists. Lists and objects may come as any list or object.
    """

    ids: Sequence[int]
    columns: Sequence[Sequence[JsonValue]]


class RunColumns(ABC):
    """Reads columns; all answers of one unit of work are of one state."""

    @abstractmethod
    def head(self, project: ProjectId) -> RunsHead:
        """How far the project's runs are; zeros for one that has none. Cheap."""

    @abstractmethod
    def ids(self, project: ProjectId) -> Sequence[int]:
        """All runs of the project, in any order."""

    @abstractmethod
    def values(
        self, project: ProjectId, keys: Sequence[Key], *, after: int, in_trash: bool = False
    ) -> ColumnValues:
        """Values of the project's runs that were made or changed after the change `after`.

        0 gives every run. With `in_trash`, of those in the trash in place of those outside. A
        document's path is resolved as `Key.path` says: among the keys that begin it, the longest
        that leads to a value, null included. Aggregates of the history are those of
        `history_values`; whoever appends to a history changes its run, too.
        """

    @abstractmethod
    def history_values(self, ids: Sequence[int], keys: Sequence[Key]) -> Sequence[HistoryColumn]:
        """For each key, an aggregate of the history (system metrics apart), the runs' values.

        None where a run has logged no number under the key. All writers of a run count. `MIN`,
        `MAX` and `MEAN` are of the finite numbers, NaN where there are others alone. `FIRST` and
        `LAST` are by row of one writer, whatever the steps; where several have logged the key, of
        the one whose first row is the earliest, or whose last row is the latest (ties: the first,
        or last, by name). `COUNT` is an integer.
        """

    @abstractmethod
    def runs(self, ids: Sequence[int]) -> Sequence[Run]:
        """Those runs, in that order; lost ones, and those in the trash, are left out."""

    @abstractmethod
    def documents(
        self, source: Source, ids: Sequence[int]
    ) -> Iterator[tuple[int, dict[str, JsonValue]]]:
        """Configs or summaries of those runs, each once, in any order; lost ones are left out."""

    @abstractmethod
    def count_fields(self, project: ProjectId) -> Mapping[str, int]:
        """By name of a run field, how many of the project's runs have a value (tags: any)."""


_SPECIAL_FIELDS: Final[Mapping[str, Callable[[Run], Any]]] = MappingProxyType(
    {
        "id": lambda run: run.name,
        "name": lambda run: run.display_name,
        "state": lambda run: run.state.value,
        "user": lambda run: run.username,
        "tags": lambda run: list(run.tags),
    }
)


def field_of(run: Run, name: str) -> JsonValue | datetime:
    """The value of a run field (`runstone.domain.filters.RUN_FIELDS`); None for none."""
    special = _SPECIAL_FIELDS.get(name)
    value: JsonValue | datetime = getattr(run, name) if special is None else special(run)
    return value


def lookup(document: JsonValue, path: str) -> JsonValue:
    """The value at a path of a decoded document; None where there is none.

    The definition that backends are held against. Beyond eight parts only the whole path and its
    single parts are tried: the ways to cut a path double with every dot.
    """
    parts = path.split(".")
    if len(parts) > MAX_CUT_PARTS:
        whole = _descend(document, [path])
        return _descend(document, parts)[1] if not whole[0] else whole[1]
    return _lookup(document, parts)[1]


MAX_CUT_PARTS: Final = 8


def _lookup(document: JsonValue, parts: list[str]) -> tuple[bool, JsonValue]:
    if not parts:
        return True, document
    if isinstance(document, dict):
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in document:
                found, value = _lookup(document[key], parts[length:])
                if found:
                    return True, value
    return False, None


def _descend(document: JsonValue, parts: list[str]) -> tuple[bool, JsonValue]:
    for part in parts:
        if not isinstance(document, dict) or part not in document:
            return False, None
        document = document[part]
    return True, document
