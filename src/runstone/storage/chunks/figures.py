"""All values of one key in one segment as a few figures, and how they are kept with the segment.

They answer "the lowest loss of each of 100,000 runs" without unpacking a value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.filters import Aggregate
from runstone.domain.history import Floats


class Part(IntEnum):
    """What is kept of a key, by its place."""

    COUNT = 0
    FINITE = 1
    MIN = 2
    MAX = 3
    SUM = 4
    FIRST = 5
    LAST = 6


PARTS_OF: Final[Mapping[Aggregate, tuple[Part, ...]]] = {
    Aggregate.FIRST: (Part.FIRST,),
    Aggregate.LAST: (Part.LAST,),
    Aggregate.MIN: (Part.MIN,),
    Aggregate.MAX: (Part.MAX,),
    Aggregate.MEAN: (Part.SUM, Part.FINITE),
    Aggregate.COUNT: (Part.COUNT,),
}
"""What an aggregate is made of."""


def encode_figures(values: Floats) -> str:
    """The figures of one key's values (at least one) as JSON: a list by `Part`.

    How many there are, how many of these are finite, the lowest, highest and sum of the finite
    ones, the first and the last. What JSON lacks is a text that `float` reads.
    """
    parts = figures_of(values)
    shown = [int(part) if i <= Part.FINITE else _shown(part) for i, part in enumerate(parts)]
    return f"[{','.join(map(str, shown))}]"


def figures_of(values: Floats) -> list[float]:
    """Figures of values, at least one, by `Part`; the lowest and highest are NaN for none."""
    first, last = float(values[0]), float(values[-1])
    is_finite = np.isfinite(values)
    finite = values if is_finite.all() else values[is_finite]
    if not len(finite):
        return [len(values), 0, math.nan, math.nan, 0.0, first, last]
    with np.errstate(over="ignore"):
        total = float(finite.sum())
    return [
        len(values),
        len(finite),
        float(finite.min()),
        float(finite.max()),
        total,
        first,
        last,
    ]


@dataclass(frozen=True, slots=True)
class Figures:
    """Parts of figures of one key, of consecutive rows of streams, one entry for each.

    Attributes:
        runs: Whose rows.
        ranks: Which of a run's writers, in the order of this aggregate; all rows of one writer
            have the same.
        rows: The first row.
    """

    runs: NDArray[np.int64]
    ranks: NDArray[np.int64]
    rows: NDArray[np.int64]
    parts: Mapping[Part, Floats]


def combine(found: Figures, aggregate: Aggregate) -> tuple[NDArray[np.int64], Floats]:
    """One value for each run that has any: the runs, ascending, and their values."""
    if not len(found.runs):
        return found.runs, np.empty(0)
    runs, parts = found.runs, found.parts
    if not bool((runs[1:] > runs[:-1]).all()):
        order = np.lexsort((found.rows, found.ranks, runs))
        runs = runs[order]
        parts = {part: values[order] for part, values in parts.items()}
    starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
    match aggregate:
        case Aggregate.FIRST:
            values = parts[Part.FIRST][starts]
        case Aggregate.LAST:
            values = parts[Part.LAST][np.append(starts[1:], len(runs)) - 1]
        case Aggregate.MIN:
            values = np.fmin.reduceat(parts[Part.MIN], starts)
        case Aggregate.MAX:
            values = np.fmax.reduceat(parts[Part.MAX], starts)
        case Aggregate.COUNT:
            values = np.add.reduceat(parts[Part.COUNT], starts)
        case Aggregate.MEAN:
            num = np.add.reduceat(parts[Part.FINITE], starts)
            with np.errstate(all="ignore"):
                values = np.add.reduceat(parts[Part.SUM], starts) / num
    return runs[starts], values


def numbers_of(values: Sequence[float | str | None]) -> Floats:
    """What `encode_figures` wrote of one part, of many segments; NaN for None."""
    return np.array(values, np.float64)  # numpy reads the texts, too


def _shown(value: float) -> str:
    return repr(value) if math.isfinite(value) else f'"{value}"'
