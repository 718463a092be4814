"""All values of one key in one segment as a few figures, and how they are kept with the segment.

They answer "the lowest loss of each of 100,000 runs" without unpacking a value.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runstone.domain.filters import Aggregate
from runstone.domain.history import Floats

FIGURES: Final = np.dtype(
    [("count", "<u4"), ("finite", "<u4"), ("min", "<f8"), ("max", "<f8"), ("sum", "<f8"),
     ("first", "<f8"), ("last", "<f8")]
)  # fmt: skip
"""How many values there are, and finite ones; of the finite ones the lowest (NaN for none), the
highest, and the sum; the first and the last of all."""

NO_FIGURES: Final = base64.b64encode(bytes(FIGURES.itemsize)).decode()
"""What stands for a key that a segment lacks."""


def encode_figures(values: Floats) -> str:
    """The figures of one key's values (at least one) as base64.

    All are of one length, so that those of 100,000 segments are decoded as one; and half as long as
    figures in digits, so that those of fifty keys fit into one page of the database.
    """
    return base64.b64encode(figures_of(values).tobytes()).decode()


def decode_figures(text: str) -> NDArray[Any]:
    """Many of `encode_figures`, one after the other."""
    return np.frombuffer(base64.b64decode(text), FIGURES)


def figures_of(values: Floats) -> NDArray[Any]:
    """Figures of values, at least one, as an array of one entry."""
    is_finite = np.isfinite(values)
    finite = values if is_finite.all() else values[is_finite]
    low, high, total = math.nan, math.nan, 0.0
    if len(finite):
        with np.errstate(over="ignore"):
            low, high, total = finite.min(), finite.max(), finite.sum()
    return np.array([(len(values), len(finite), low, high, total, values[0], values[-1])], FIGURES)


@dataclass(frozen=True, slots=True)
class Rows:
    """Figures of one key over consecutive rows of streams, one entry for each.

    Attributes:
        runs: Whose rows.
        streams: Of which writer.
        rows: The first row.
        figures: Of `FIGURES`.
    """

    runs: NDArray[np.int64]
    streams: NDArray[np.int64]
    rows: NDArray[np.int64]
    figures: NDArray[Any]


def combine(
    found: Rows, ranks: NDArray[np.int64], aggregate: Aggregate
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """One value for each run that has any: the runs, ascending, and their values.

    Args:
        ranks: For each entry, the place of its writer among those of the run.
    """
    runs, figures = found.runs, found.figures
    if not len(runs):
        return runs, np.empty(0)
    if not bool((runs[1:] > runs[:-1]).all()):
        order = np.lexsort((found.rows, ranks, runs))
        runs, figures = runs[order], figures[order]
    starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
    return runs[starts], _values(figures, starts, aggregate)


def _values(figures: NDArray[Any], starts: NDArray[np.intp], aggregate: Aggregate) -> NDArray[Any]:
    values: NDArray[Any]
    match aggregate:
        case Aggregate.FIRST:
            values = figures["first"][starts]
        case Aggregate.LAST:
            values = figures["last"][np.append(starts[1:], len(figures)) - 1]
        case Aggregate.MIN:
            values = np.fmin.reduceat(figures["min"], starts)
        case Aggregate.MAX:
            values = np.fmax.reduceat(figures["max"], starts)
        case Aggregate.COUNT:
            values = np.add.reduceat(figures["count"], starts, dtype=np.int64)
        case Aggregate.MEAN:
            num = np.add.reduceat(figures["finite"], starts, dtype=np.int64)
            with np.errstate(all="ignore"):
                values = np.add.reduceat(figures["sum"], starts) / num
    return values
