"""Two tables beside each other: rows added, removed, changed, and which cells of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.services.recent import Recent
from runstone.services.tables import Column, Table

MAX_COMPARED_CELLS: Final = 2_000_000
"""Of both tables together: some 2 s of work."""
_CHUNK_ROWS: Final = 4_096
_KEPT_DIFFS: Final = 8
_KEPT_ROWS: Final = 1_000_000
"""That differ: some 150 MiB."""


class RowChangeKind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class RowPair(NamedTuple):
    """A row that is not the same in both tables.

    Attributes:
        before: Its place in the first table; None for an added one.
        after: In the second; None for a removed one.
        changed: Cells that differ, by their places in `TableDiff.columns`.
    """

    before: int | None
    after: int | None
    changed: tuple[int, ...] = ()

    @property
    def kind(self) -> RowChangeKind:
        """What became of it."""
        if self.before is None:
            return RowChangeKind.ADDED
        return RowChangeKind.REMOVED if self.after is None else RowChangeKind.CHANGED


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """A column of one or both tables.

    Attributes:
        before: Its place in the first table; None where that lacks it.
        after: In the second.
        type: Of its cells, the second table's where both have it.
    """

    name: str
    type: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How two tables differ.

    Attributes:
        columns: The second table's, then those that only the first one has.
        key: Name of the column by which rows were joined; None for their places.
        keys: Names of the columns that could be it.
        rows: Those that differ, in the second table's order, with those that are gone before the
            rows that came after them.
    """

    columns: Sequence[ComparedColumn]
    key: str | None
    keys: Sequence[str]
    rows: Sequence[RowPair]
    num_same: int

    def count(self) -> Mapping[RowChangeKind, int]:
        """Rows of each kind."""
        return Counter(row.kind for row in self.rows)


class TableDiffs:
    """The comparisons that were made last, so that a page of rows need not make one anew.

    By the keys of the tables' bytes, which never change.
    """

    def __init__(self) -> None:
        self._kept: Recent[tuple[str, str, str | None, bool], TableDiff] = Recent(
            max_values=_KEPT_DIFFS, max_weight=_KEPT_ROWS
        )

    def of(
        self,
        blobs: tuple[str, str],
        tables: tuple[Table, Table],
        *,
        key: str | None,
        by_place: bool,
    ) -> TableDiff:
        """How two tables differ; see `compare_tables`."""
        asked = (*blobs, key, by_place)
        found = self._kept.get(asked)
        if found is None:
            found = compare_tables(*tables, key=key, by_place=by_place)
            self._kept.put(asked, found, len(found.rows))
        return found


def compare_tables(
    before: Table, after: Table, *, key: str | None = None, by_place: bool = False
) -> TableDiff:
    """Joins the rows of two tables, and finds the cells that differ.

    Rows that share a key are told apart by their order. Numbers are compared by value; NaN is NaN.

    Args:
        key: Column to join by. None: the first one of both tables that holds texts or integers,
            each once; where there is none, rows are joined by their places.
        by_place: Join by places, whatever the columns hold.

    Raises:
        InvalidInput: No column `key` in both tables (code `unknown-column`).
        QuotaExceeded: More cells than can be compared (code `table-too-large`).
    """
    num_cells = sum(one.num_rows * max(1, len(one.columns)) for one in (before, after))
    if num_cells > MAX_COMPARED_CELLS:
        raise QuotaExceeded(
            f"The tables have {num_cells:,} cells together; up to {MAX_COMPARED_CELLS:,} are "
            "compared. Download both files to compare them.",
            code="table-too-large",
        )
    columns = _columns(before.columns, after.columns)
    keys = [one.name for one in columns if one.before is not None and one.after is not None]
    old, new = _all_rows(before), _all_rows(after)
    if key is not None and key not in keys:
        raise InvalidInput(
            f"The tables do not both have a column {key[:200]!r}; both have: "
            f"{', '.join(keys)[:500] or 'none'}.",
            code="unknown-column",
        )
    if by_place:
        key = None
    elif key is None:
        key = _natural_key(columns, old, new)
    if key is None:
        pairs = _by_place(len(old), len(new))
    else:
        column = columns[[one.name for one in columns].index(key)]
        pairs = _by_key(_labels(old, column.before), _labels(new, column.after))
    rows: list[RowPair] = []
    num_same = 0
    for was, now in pairs:
        if was is None or now is None:
            rows.append(RowPair(was, now))
        elif changed := _changed(columns, old[was], new[now]):
            rows.append(RowPair(was, now, changed))
        else:
            num_same += 1
    return TableDiff(columns, key, keys, rows, num_same)


def _columns(before: Sequence[Column], after: Sequence[Column]) -> list[ComparedColumn]:
    """Matched by name; of several that share one, in their order."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for place in reversed(range(len(before))):
        waiting[before[place].name].append(place)
    found = []
    for place, column in enumerate(after):
        was = waiting[column.name].pop() if waiting[column.name] else None
        found.append(ComparedColumn(column.name, column.type, was, place))
    left = sorted(place for places in waiting.values() for place in places)
    return [
        *found,
        *(ComparedColumn(before[one].name, before[one].type, one, None) for one in left),
    ]


def _all_rows(table: Table) -> list[list[JsonValue]]:
    width = len(table.columns)
    return [
        [*row[:width], *[None] * (width - len(row))]
        for start in range(0, table.num_rows, _CHUNK_ROWS)
        for row in table.rows(start, start + _CHUNK_ROWS)
    ]


def _natural_key(
    columns: Sequence[ComparedColumn],
    old: Sequence[Sequence[JsonValue]],
    new: Sequence[Sequence[JsonValue]],
) -> str | None:
    names = [one.name for one in columns]
    for one in columns:
        if one.before is None or one.after is None or names.count(one.name) > 1:
            continue
        if _tells_apart(old, one.before) and _tells_apart(new, one.after):
            return one.name
    return None


def _tells_apart(rows: Sequence[Sequence[JsonValue]], column: int) -> bool:
    seen = set()
    for row in rows:
        cell = row[column]
        if isinstance(cell, bool) or not isinstance(cell, (str, int)) or cell in seen:
            return False
        seen.add(cell)
    return True


def _labels(rows: Sequence[Sequence[JsonValue]], column: int | None) -> list[tuple[str, int]]:
    """A name for each row: the cell, and how often it came before."""
    assert column is not None, "a key is in both tables"
    times: Counter[str] = Counter()
    labels = []
    for row in rows:
        text = documents.encode(row[column])
        labels.append((text, times[text]))
        times[text] += 1
    return labels


def _by_place(old: int, new: int) -> Iterator[tuple[int | None, int | None]]:
    for place in range(max(old, new)):
        yield (place if place < old else None), (place if place < new else None)


def _by_key(
    old: Sequence[tuple[str, int]], new: Sequence[tuple[str, int]]
) -> Iterator[tuple[int | None, int | None]]:
    places = {label: place for place, label in enumerate(old)}
    present = set(new)
    gone = [place for place, label in enumerate(old) if label not in present]
    told = 0
    for now, label in enumerate(new):
        was = places.get(label)
        while was is not None and told < len(gone) and gone[told] < was:
            yield gone[told], None
            told += 1
        yield was, now
    for place in gone[told:]:
        yield place, None


def _changed(
    columns: Sequence[ComparedColumn], old: Sequence[JsonValue], new: Sequence[JsonValue]
) -> tuple[int, ...]:
    return tuple(
        at
        for at, one in enumerate(columns)
        if one.before is not None
        and one.after is not None
        and not _is_same(old[one.before], new[one.after])
    )


def _is_same(old: JsonValue, new: JsonValue) -> bool:
    if isinstance(old, (dict, list)) and isinstance(new, (dict, list)):
        return documents.encode(old) == documents.encode(new)
    if isinstance(old, bool) is not isinstance(new, bool):
        return False
    # NaN alone is not itself.
    return bool(old == new) or (old != old and new != new)
