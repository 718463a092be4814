"""Figures of groups of runs; what each function means is said in `runstone.domain.grouping`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.filters import Key
from runstone.domain.grouping import Goal, GroupAggregate, GroupFunction
from runstone.services.run_index.column import FLAG, MISSING, NUMBER, Column
from runstone.services.run_index.distinct import Codes
from runstone.services.run_index.index import View
from runstone.services.run_index.ordering import Rows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FEW: Final = 2**16


@dataclass(frozen=True, slots=True)
class Figures:
    """One aggregate of every group.

    Attributes:
        has: By group, whether there is a figure.
        numbers: The figure; NaN where there is none. Of `LAST` nothing is in here.
        rows: Of `LAST` and `BEST`, whose value it is; anything where there is none.
    """

    has: Flags
    numbers: Floats
    rows: Rows | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """How many runs of every group have a number, and how many NaN, under one key."""

    num_values: Codes
    num_nan: Codes


class Groups:
    """Runs by group: what aggregates are computed from."""

    def __init__(self, view: View, rows: Rows, codes: Codes, num: int) -> None:
        """Puts the runs of each group together.

        Args:
            rows: Runs, the oldest first; those in several groups are there several times.
            codes: By row, its group: each of those below `num` has a row.
        """
        self._view = view
        self.num = num
        self.counts = np.bincount(codes, minlength=num)
        small = codes.astype(np.uint16) if num <= _FEW else codes  # sorted in a tenth of the time
        order = np.argsort(small, kind="stable")
        self._rows = rows[order]
        self._codes = small[order]
        self._starts = np.cumsum(self.counts) - self.counts
        self._values: dict[Key, Floats] = {}
        self._filled: dict[Key, Filled] = {}

    def filled(self, key: Key) -> Filled:
        """How many runs of each group have a number there."""
        found = self._filled.get(key)
        if found is None:
            column, values = self._view.columns[key], self._numbers(key)
            kinds = column.kinds[self._rows]
            is_number = (kinds == NUMBER) | (kinds == FLAG)
            num_nan = self._sum(is_number & np.isnan(values))
            found = self._filled[key] = Filled(self._sum(is_number) - num_nan, num_nan)
        return found

    def figures(self, aggregate: GroupAggregate) -> Figures:
        """One aggregate of every group."""
        key = aggregate.key
        if key is None:
            return Figures(np.ones(self.num, np.bool_), self.counts.astype(np.float64))
        match aggregate.function:
            case GroupFunction.LAST:
                return self._last(key)
            case GroupFunction.BEST:
                return self._best(key, aggregate.goal)
            case GroupFunction.MIN:
                numbers = self._lowest(key)
            case GroupFunction.MAX:
                numbers = self._highest(key)
            case GroupFunction.MEAN:
                numbers = self._mean(key)
            case GroupFunction.MEDIAN:
                numbers = self._median(key)
            case GroupFunction.COUNT:
                raise AssertionError("it has no key")
        return Figures(self.filled(key).num_values > 0, numbers)

    def _numbers(self, key: Key) -> Floats:
        """Numbers of all rows, NaN where there is none."""
        values = self._values.get(key)
        if values is None:
            numbers = self._view.columns[key].numbers
            if numbers is None:
                values = np.full(len(self._rows), np.nan)
            else:
                values = numbers[self._rows]
            self._values[key] = values
        return values

    def _sum(self, flags: Flags) -> Codes:
        return np.add.reduceat(flags, self._starts, dtype=np.int64)

    def _lowest(self, key: Key) -> Floats:
        lowest: Floats = np.fmin.reduceat(self._numbers(key), self._starts)
        return lowest

    def _highest(self, key: Key) -> Floats:
        highest: Floats = np.fmax.reduceat(self._numbers(key), self._starts)
        return highest

    def _mean(self, key: Key) -> Floats:
        values, count = self._numbers(key), self.filled(key).num_values
        present = np.where(np.isnan(values), 0.0, values)
        with np.errstate(all="ignore"):
            mean: Floats = np.add.reduceat(present, self._starts) / count
            if np.isinf(mean).any():
                # Infinity was among the values, or their sum is beyond the range of doubles.
                parts = present / np.repeat(count, self.counts)
                mean = np.add.reduceat(parts, self._starts)
            # A plain sum of many values loses digits: what it left over is added back.
            rest = np.where(np.isnan(values), 0.0, values - np.repeat(mean, self.counts))
            left = np.add.reduceat(rest, self._starts) / count
        return np.where(np.isfinite(left), mean + left, mean)

    def _median(self, key: Key) -> Floats:
        values, count = self._numbers(key), self.filled(key).num_values
        # NaN is sorted behind all others of its group.
        by_value = np.argsort(values)
        order = by_value[np.argsort(self._codes[by_value], kind="stable")]
        ordered = values[order]
        low = ordered[self._starts + np.maximum(count - 1, 0) // 2]
        high = ordered[self._starts + np.minimum(count // 2, self.counts - 1)]
        with np.errstate(invalid="ignore"):  # of both infinities
            median: Floats = np.where(low == high, low, low / 2 + high / 2)
        return median

    def _last(self, key: Key) -> Figures:
        column: Column = self._view.columns[key]
        places = self._newest(column.kinds[self._rows] != MISSING)
        return Figures(places >= 0, np.full(self.num, np.nan), self._rows[places])

    def _best(self, key: Key, goal: Goal | None) -> Figures:
        best = self._lowest(key) if goal is Goal.MIN else self._highest(key)
        places = self._newest(self._numbers(key) == np.repeat(best, self.counts))
        return Figures(places >= 0, best, self._rows[places])

    def _newest(self, flags: Flags) -> NDArray[np.intp]:
        """Where the last of each group's rows is of which the flag is set; -1 where none is."""
        places = np.where(flags, np.arange(len(flags)), -1)
        newest: NDArray[np.intp] = np.maximum.reduceat(places, self._starts)
        return newest
