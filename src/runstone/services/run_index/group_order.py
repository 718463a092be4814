"""The order of groups, and which of them come after a given place in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.domain.filters import Key
from runstone.domain.grouping import GroupAggregate, GroupFunction, GroupSort
from runstone.services.run_index.aggregation import Figures, Groups
from runstone.services.run_index.column import MISSING, NUMBER, OTHER, as_double
from runstone.services.run_index.distinct import Codes, Distinct
from runstone.services.run_index.index import View
from runstone.services.run_index.ordering import (
    NONE,
    NUMBERS,
    TEXTS,
    Place,
    Ranked,
    rank_numbers,
)

Mark: TypeAlias = "tuple[int, JsonValue]"

_KINDS = OTHER + 1


class GroupOrder:
    """Sorts groups by some of their values and aggregates; ties by all their values.

    Values that sort alike and are not the same (1 and true) are settled by their kind.
    """

    def __init__(
        self,
        view: View,
        groups: Groups,
        levels: Sequence[tuple[Distinct, Codes]],
        sort: Sequence[GroupSort],
        start: Place | None,
    ) -> None:
        """Computes what to sort by.

        Args:
            levels: For each key, its values and, by group, which it is.
            sort: Keys among those of `levels`, and aggregates.
        """
        marks = [(NONE, None)] * (len(sort) + len(levels)) if start is None else start.values
        parts: list[_Part] = []
        by_key = {values.key: (values, codes) for values, codes in levels}
        for key, mark in zip(sort, marks, strict=False):
            if isinstance(key.by, Key):
                parts.append(_Values(*by_key[key.by], key.descending, mark))
            else:
                figures = groups.figures(key.by)
                parts.append(_aggregate(view, key.by, figures, key.descending, mark))
        for (values, codes), mark in zip(levels, marks[len(sort) :], strict=True):
            parts.append(_Values(values, codes, False, mark))
        self._parts = parts
        self._kinds = np.zeros(groups.num, np.int64)
        for values, codes in levels:
            self._kinds = self._kinds * _KINDS + values.kinds[codes]
        self._start = start

    def page(self, count: int) -> tuple[NDArray[np.intp], bool]:
        """The first `count` groups after the start, and whether there are more."""
        columns: list[NDArray[np.generic]] = [self._kinds]
        for part in reversed(self._parts):
            columns += [part.ranks, part.classes]
        order = np.lexsort(columns)
        if self._start is not None:
            order = order[self._is_later(self._start)[order]]
        return order[:count], len(order) > count

    def place_of(self, group: int) -> Place:
        """Where a group is."""
        values = tuple(part.value_of(group) for part in self._parts)
        return Place(values, int(self._kinds[group]))

    def _is_later(self, start: Place) -> NDArray[np.bool_]:
        later = np.zeros(len(self._kinds), np.bool_)
        same = np.ones(len(self._kinds), np.bool_)
        for part in self._parts:
            cls, rank = part.mark
            is_same_class = part.classes == cls
            later |= same & ((part.classes > cls) | (is_same_class & (part.ranks > rank)))
            same &= is_same_class & (part.ranks == rank)
        later |= same & (self._kinds > start.run)
        return later


class _Part:
    """One thing to sort by: of each group a class, and a rank in there, the lower first."""

    classes: NDArray[np.uint8]
    ranks: NDArray[np.float64]
    mark: tuple[int, float]

    def value_of(self, group: int) -> Mark:
        """Class and value of a group."""
        raise NotImplementedError


class _Values(_Part):
    """A key of the groups."""

    def __init__(self, values: Distinct, codes: Codes, descending: bool, mark: Mark) -> None:
        self._values, self._codes = values, codes
        classes, ranks = rank_numbers(values.kinds, values.numbers)
        cls, value = mark
        text_ranks, rank = values.text_ranks(value if isinstance(value, str) else None)
        ranks += text_ranks
        if cls == NUMBERS:
            rank = as_double(value)
        sign = -1.0 if descending else 1.0
        self.classes = classes[codes]
        self.ranks = sign * ranks[codes]
        self.mark = cls, sign * rank

    def value_of(self, group: int) -> Mark:
        code = int(self._codes[group])
        cls = int(self.classes[group])
        if cls == TEXTS:
            return cls, self._values.texts[code]
        return cls, float(self._values.numbers[code]) if cls == NUMBERS else None


class _Numbers(_Part):
    """An aggregate that is a number."""

    def __init__(self, figures: Figures, descending: bool, mark: Mark) -> None:
        kinds = np.where(figures.has, NUMBER, MISSING).astype(np.uint8)
        self.classes, ranks = rank_numbers(kinds, figures.numbers)
        self._numbers = figures.numbers
        sign = -1.0 if descending else 1.0
        self.ranks = sign * ranks
        cls, value = mark
        self.mark = cls, sign * (as_double(value) if cls == NUMBERS else 0.0)

    def value_of(self, group: int) -> Mark:
        cls = int(self.classes[group])
        return cls, float(self._numbers[group]) if cls == NUMBERS else None


class _Last(_Part):
    """The value of a run of the group, of any kind."""

    def __init__(
        self, view: View, key: Key, figures: Figures, descending: bool, mark: Mark
    ) -> None:
        assert figures.rows is not None
        self._rows = figures.rows
        self._ranked = Ranked(view.columns[key], descending, mark)
        classes, ranks = self._ranked.of(figures.rows)
        self.classes = np.where(figures.has, classes, NONE).astype(np.uint8)
        self.ranks = np.where(figures.has, ranks, 0.0)
        self.mark = self._ranked.mark

    def value_of(self, group: int) -> Mark:
        if self.classes[group] == NONE:
            return NONE, None
        return self._ranked.value_of(int(self._rows[group]))


def _aggregate(
    view: View, aggregate: GroupAggregate, figures: Figures, descending: bool, mark: Mark
) -> _Part:
    if aggregate.function is GroupFunction.LAST and aggregate.key is not None:
        return _Last(view, aggregate.key, figures, descending, mark)
    return _Numbers(figures, descending, mark)
