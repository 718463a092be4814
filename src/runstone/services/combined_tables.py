"""Tables that are made of other tables of the same version: side by side, or below each other.

The file names them, and whoever reads it puts them together.

Source: wandb `sdk/data_types/table.py`, `JoinedTable` and `PartitionedTable`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import accumulate
from typing import Final

import msgspec

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.file_kinds import JOINED_TABLE, PARTITIONED_TABLE, TABLE
from runstone.services.tables import MAX_TABLE_ROWS, Table

MAX_DEFINITION_BYTES: Final = 64 * 1024
MAX_PARTS: Final = 1_000
_NONE: Final = -1
_PAIR_BYTES: Final = 16


class Partition(msgspec.Struct, frozen=True):
    """All tables below a folder as one.

    Attributes:
        parts_path: The folder.
    """

    parts_path: str


class Join(msgspec.Struct, frozen=True):
    """Two tables side by side.

    Attributes:
        table1: The path of one; it may be a partitioned one.
        join_key: The column by which rows belong together; two where it is not called the same.
    """

    table1: str
    table2: str
    join_key: str | list[str]

    @property
    def keys(self) -> tuple[str, str]:
        """The column of either."""
        if isinstance(self.join_key, str):
            return self.join_key, self.join_key
        return self.join_key[0], self.join_key[-1]


def is_combined(path: str) -> bool:
    """Whether a file of that path names other tables."""
    return path.lower().endswith((JOINED_TABLE, PARTITIONED_TABLE))


def read_definition(path: str, content: bytes) -> Partition | Join:
    """What a file of which `is_combined` says so names.

    Raises:
        InvalidInput: It is damaged (code `bad-table`).
    """
    try:
        if path.lower().endswith(PARTITIONED_TABLE):
            return msgspec.json.decode(content, type=Partition)
        found = msgspec.json.decode(content, type=Join)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(path, str(error)) from error
    if not isinstance(found.join_key, str) and len(found.join_key) not in (1, 2):
        raise _bad(path, "join_key is no name of a column, nor two of them")
    for part in (found.table1, found.table2):
        if not part.lower().endswith((TABLE, PARTITIONED_TABLE)):
            raise _bad(path, f"{part[:200]} is no table that can be joined")
    return found


class PartitionedTable(Table):
    """Tables below each other; cells of columns that one of them lacks are empty."""

    def __init__(self, parts: Sequence[Table]) -> None:
        self._parts = parts
        self._ends = list(accumulate(part.num_rows for part in parts))
        names = list(dict.fromkeys(column.name for part in parts for column in part.columns))
        at = {name: place for place, name in enumerate(names)}
        self._places = [[at[column.name] for column in part.columns] for part in parts]
        self._width = len(names)
        num_rows = self._ends[-1] if self._ends else 0
        super().__init__(names, num_rows, sum(part.num_bytes for part in parts))

    def rows(self, start: int, stop: int) -> list[list[JsonValue]]:
        """See `Table`."""
        found: list[list[JsonValue]] = []
        stop = min(stop, self.num_rows)
        while start < stop:
            number = bisect_right(self._ends, start)
            begin = self._ends[number - 1] if number else 0
            end = min(stop, self._ends[number])
            places = self._places[number]
            for cells in self._parts[number].rows(start - begin, end - begin):
                row: list[JsonValue] = [None] * self._width
                for place, cell in zip(places, cells, strict=False):
                    row[place] = cell
                found.append(row)
            start = end
        return found


class JoinedTable(Table):
    """Two tables side by side: all rows of both, together where a value is in either.

    Rows of the first come in its order, each with those of the second that have its value; what
    belongs to none of the first comes last. A column that both have is there twice.

    Args:
        path: Of the file, to be named in errors.
        keys: The column of either by which rows belong together.

    Raises:
        InvalidInput: A table lacks its column (code `bad-table`).
        QuotaExceeded: Together they make too many rows (code `table-too-large`).
    """

    def __init__(self, path: str, one: Table, other: Table, keys: tuple[str, str]) -> None:
        self._tables = (one, other)
        self._firsts, self._seconds = _pairs(path, one, other, keys)
        names = [[column.name for column in table.columns] for table in (one, other)]
        self._widths = (len(names[0]), len(names[1]))
        is_one_key = keys[0] == keys[1]
        self._keys = (names[0].index(keys[0]), names[1].index(keys[1])) if is_one_key else None
        both = set(names[0]) & set(names[1]) - ({keys[0]} if is_one_key else set())
        shown = [
            f"{name} ({number})" if name in both else name
            for number, some in enumerate(names, 1)
            for name in some
        ]
        if self._keys is not None:
            del shown[self._widths[0] + self._keys[1]]
        num_bytes = one.num_bytes + other.num_bytes + _PAIR_BYTES * len(self._firsts)
        super().__init__(shown, len(self._firsts), num_bytes)

    def rows(self, start: int, stop: int) -> list[list[JsonValue]]:
        """See `Table`."""
        return [
            self._row(first, second)
            for first, second in zip(
                self._firsts[start:stop], self._seconds[start:stop], strict=True
            )
        ]

    def _row(self, first: int, second: int) -> list[JsonValue]:
        one, other = (
            _cells(table, place, width)
            for table, place, width in zip(self._tables, (first, second), self._widths, strict=True)
        )
        if self._keys is not None:
            mine, theirs = self._keys
            value = other.pop(theirs)
            if first == _NONE:
                one[mine] = value
        return one + other


def _cells(table: Table, place: int, width: int) -> list[JsonValue]:
    if place == _NONE:
        return [None] * width
    (row,) = table.rows(place, place + 1)
    return [*row[:width], *[None] * (width - len(row))]


def _pairs(
    path: str, one: Table, other: Table, keys: tuple[str, str]
) -> tuple[array[int], array[int]]:
    """Which rows stand beside each other."""
    firsts, seconds = array("q"), array("q")
    theirs: dict[Hashable, list[int]] = defaultdict(list)
    alone: set[int] = set()
    for place, value in enumerate(_column(path, other, keys[1])):
        alone.add(place)
        if value is not None:
            theirs[_hashable(value)].append(place)
    for place, value in enumerate(_column(path, one, keys[0])):
        matching = [] if value is None else theirs.get(_hashable(value), [])
        if len(firsts) + len(matching) > MAX_TABLE_ROWS:
            raise QuotaExceeded(
                f"The rows of {path} that belong together make more than {MAX_TABLE_ROWS:,}, too "
                "many to be shown: join by a column whose values are there once.",
                code="table-too-large",
                file=path,
            )
        for match in matching or [_NONE]:
            firsts.append(place)
            seconds.append(match)
        alone.difference_update(matching)
    for place in sorted(alone):
        firsts.append(_NONE)
        seconds.append(place)
    return firsts, seconds


def _column(path: str, table: Table, name: str) -> Sequence[JsonValue]:
    (cells,) = table.pick([name], max(1, table.num_rows)).columns
    if cells is None:
        known = ", ".join(column.name for column in table.columns)[:300]
        raise _bad(path, f"a table has no column {name!r} to be joined by; there are {known}")
    return cells


def _hashable(value: JsonValue) -> Hashable:
    if isinstance(value, (list, dict, bool)):
        return documents.encode(value), None  # True is not 1, and a list is no text
    return value  # type: ignore[no-any-return]  # a number or a text


def _bad(path: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path} cannot be read as a table: {why}. The file itself can be downloaded.",
        code="bad-table",
    )
