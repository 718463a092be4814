"""The first runs in an order by several keys, and those that come after a given place in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.domain.filters import SortKey
from runstone.services.run_index.column import FLAG, MISSING, NUMBER, OTHER, TEXT, Column, as_double
from runstone.services.run_index.index import View

Rows: TypeAlias = NDArray[np.intp]
"""Places in a view, ascending, which is the order of creation."""

NUMBERS, TEXTS, OTHERS, NANS, NONE = range(5)
_CLASS_OF_KIND: Final = np.empty(OTHER + 1, np.uint8)
_CLASS_OF_KIND[[NUMBER, FLAG, TEXT, OTHER, MISSING]] = [
    NUMBERS, NUMBERS, TEXTS, OTHERS, NONE
]  # fmt: skip
_FEW: Final = 2_000
"""So many rows are sorted whole; beyond, the first are picked out before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A run's place in the order: what the next page begins after.

    Attributes:
        values: For each sort key, the class of the value and the value (None but for numbers and
            texts).
        run: The id, which settles ties: newer runs come first.
    """

    values: tuple[tuple[int, JsonValue], ...]
    run: int


class Order:
    """Rows of a view by some keys; ties go to the newer run."""

    def __init__(self, view: View, keys: Sequence[SortKey], start: Place | None = None) -> None:
        """Ranks what is to be ordered.

        Args:
            start: What `after_start` will ask for; of the same keys.
        """
        marks: Sequence[tuple[int, JsonValue]] = [(NONE, None)] * len(keys)
        if start is not None:
            marks = start.values
        self._view = view
        self._start = start
        self._ranked = [
            Ranked(view.columns[key.key], key.descending, mark)
            for key, mark in zip(keys, marks, strict=True)
        ]

    def first(self, rows: Rows, count: int) -> Rows:
        """The first `count` of `rows`, in order."""
        return self._first(rows, 0, count)

    def after_start(self, rows: Rows) -> Rows:
        """Those of `rows` that come after the start."""
        if self._start is None:
            return rows
        later = np.zeros(len(rows), np.bool_)
        same = np.ones(len(rows), np.bool_)
        for ranked in self._ranked:
            cls, mark = ranked.mark
            classes, ranks = ranked.of(rows)
            later |= same & ((classes > cls) | ((classes == cls) & (ranks > mark)))
            same &= (classes == cls) & (ranks == mark)
        later |= same & (self._view.ids[rows] < self._start.run)
        return rows[later]

    def place_of(self, row: int) -> Place:
        """Where a row is."""
        values = tuple(ranked.value_of(row) for ranked in self._ranked)
        return Place(values, int(self._view.ids[row]))

    def _first(self, rows: Rows, key: int, count: int) -> Rows:
        if count <= 0 or not len(rows):
            return rows[:0]
        if key == len(self._ranked):
            return rows[::-1][:count]
        if len(rows) <= max(_FEW, count):
            return self._sorted(rows, key)[:count]
        classes, ranks = self._ranked[key].of(rows)
        sure: list[Rows] = []
        for cls in range(NONE + 1):
            of_class = classes == cls
            num = int(np.count_nonzero(of_class))
            if not num:
                continue
            if num <= count:
                sure.append(self._sorted(rows[of_class], key))
                count -= num
                if not count:
                    break
                continue
            # The class holds more than are wanted: all before the last wanted rank are sure, and
            # among those of that rank the next keys decide.
            of_rank, candidates = ranks[of_class], rows[of_class]
            last = np.partition(of_rank, count - 1)[count - 1]
            before = candidates[of_rank < last]
            ties = candidates[of_rank == last]
            sure += [self._sorted(before, key), self._first(ties, key + 1, count - len(before))]
            break
        return np.concatenate(sure)

    def _sorted(self, rows: Rows, key: int) -> Rows:
        columns: list[NDArray[np.generic]] = [-self._view.ids[rows]]
        for ranked in reversed(self._ranked[key:]):
            classes, ranks = ranked.of(rows)
            columns += [ranks, classes]
        return rows[np.lexsort(columns)]


class Ranked:
    """One key: by row, the class of the value, and its rank in there, the lower first."""

    def __init__(self, column: Column, descending: bool, mark: tuple[int, JsonValue]) -> None:
        """Ranks a column.

        Args:
            mark: Class and value of the place whose rank `self.mark` tells.
        """
        cls, value = mark
        rank = as_double(value) if cls == NUMBERS else 0.0
        text = tuple(value) if isinstance(value, list) else value if cls == TEXTS else None
        if len(column.texts) and not isinstance(text, type(column.texts.entry(0))):
            text = None  # the cursor was written for another kind of column, or by someone else
        self._text_ranks, text_rank = column.texts.ranks(text)
        if cls == TEXTS:
            rank = text_rank
        self.mark = cls, -rank if descending else rank
        self._column = column
        self._descending = descending

    def of(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Class and rank of each row."""
        column = self._column
        kinds = column.kinds[rows]
        numbers = np.zeros(len(rows)) if column.numbers is None else column.numbers[rows]
        classes, ranks = rank_numbers(kinds, numbers)
        if column.codes is not None:
            codes = column.codes[rows]
            is_text = codes >= 0
            ranks[is_text] = self._text_ranks[codes[is_text]]
        return classes, -ranks if self._descending else ranks

    def value_of(self, row: int) -> tuple[int, JsonValue]:
        """Class and value of a row, as `Place` keeps them."""
        (cls,), _ = self.of(np.array([row]))
        column = self._column
        if cls == NUMBERS and column.numbers is not None:
            return int(cls), float(column.numbers[row])
        if cls == TEXTS and column.codes is not None:
            return int(cls), column.texts.entry(int(column.codes[row]))
        return int(cls), None


def rank_numbers(
    kinds: NDArray[np.uint8], numbers: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Class and rank of values; of those that are no numbers the rank is 0."""
    classes = _CLASS_OF_KIND[kinds]
    is_nan = np.isnan(numbers)
    classes[is_nan & (classes == NUMBERS)] = NANS
    return classes, np.where(is_nan, 0.0, numbers)


def is_place_value(cls: object, value: JsonValue) -> bool:
    """Whether `Place.values` may hold this."""
    if cls == NUMBERS:
        return isinstance(value, (int, float)) and value == value
    if cls == TEXTS:
        is_tags = isinstance(value, list) and all(isinstance(tag, str) for tag in value)
        return isinstance(value, str) or is_tags
    return cls in (OTHERS, NANS, NONE) and value is None
