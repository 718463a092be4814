"""Histograms: how many values lie where."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values import RunValue
from runstone.tracking.values.arrays import as_numpy, is_array

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun

_MAX_BINS: Final = 512


class Histogram(RunValue):
    """Counts between edges; NumPy is used where the values are its own."""

    log_type: ClassVar[str] = "histogram"

    def __init__(
        self,
        sequence: Any = None,
        np_histogram: tuple[Any, Any] | None = None,
        num_bins: int = 64,
    ) -> None:
        """Counts values; those that are not finite are left out.

        Args:
            sequence: Numbers, or an array of them.
            np_histogram: Counts and edges, as `numpy.histogram` returns them, instead.
            num_bins: At most 512.
        """
        self.histogram: list[float] = []
        self.bins: list[float] = []
        self._failure: InvalidInput | None = None
        try:
            if np_histogram is not None:
                self.histogram, self.bins = _given(np_histogram)
            else:
                self.histogram, self.bins = _counted(sequence, num_bins)
        except InvalidInput as error:
            self._failure = error

    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """See `RunValue`."""
        return self.document()

    def document(self) -> dict[str, JsonValue]:
        """What is logged for it.

        Raises:
            InvalidInput: There is something wrong with it: says what.
        """
        if self._failure is not None:
            raise self._failure
        return {"_type": self.log_type, "values": [*self.histogram], "bins": [*self.bins]}


def _given(np_histogram: tuple[Any, Any]) -> tuple[list[float], list[float]]:
    if len(np_histogram) != 2:
        raise InvalidInput("np_histogram has two parts: counts, and edges.")
    counts, edges = plain(np_histogram[0]), plain(np_histogram[1])
    if not isinstance(counts, list) or not isinstance(edges, list):
        raise InvalidInput("np_histogram has two parts: counts, and edges.")
    if len(edges) != len(counts) + 1:
        raise InvalidInput(
            f"{len(counts)} counts have {len(counts) + 1} edges; {len(edges)} were given."
        )
    _check_bins(len(counts))
    return counts, edges


def _counted(values: Any, num_bins: int) -> tuple[list[float], list[float]]:
    _check_bins(num_bins)
    if values is None:
        raise InvalidInput("A histogram needs values, or np_histogram=(counts, edges).")
    if is_array(values) or callable(getattr(values, "detach", None)):
        return _counted_by_numpy(as_numpy(values), num_bins)
    numbers = _numbers(values)
    low, high = min(numbers), max(numbers)
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = (high - low) / num_bins
    counts = [0.0] * num_bins
    for number in numbers:
        counts[min(int((number - low) / width), num_bins - 1)] += 1
    edges = [low + width * i for i in range(num_bins)]
    return [int(count) for count in counts], [*edges, high]


def _counted_by_numpy(array: Any, num_bins: int) -> tuple[list[float], list[float]]:
    import numpy as np

    flat = array.ravel()
    if flat.dtype.kind not in "fiub":
        raise InvalidInput(f"A histogram counts numbers, not values of {flat.dtype}.")
    if flat.dtype.kind == "f":
        flat = flat[np.isfinite(flat)]
    if flat.size == 0:
        raise InvalidInput("None of the values is a finite number.")
    counts, edges = np.histogram(flat.astype(float, copy=False), bins=num_bins)
    return counts.tolist(), edges.tolist()


def _numbers(values: Sequence[Any]) -> list[float]:
    found: list[float] = []
    for value in values:
        one = plain(value)
        for number in one if isinstance(one, list) else (one,):
            if not isinstance(number, (int, float)):
                raise InvalidInput(f"A histogram counts numbers; {str(number)[:80]!r} is none.")
            if isfinite(number):
                found.append(number)
    if not found:
        raise InvalidInput("None of the values is a finite number.")
    return found


def _check_bins(num_bins: int) -> None:
    if not 1 <= num_bins <= _MAX_BINS:
        raise InvalidInput(f"A histogram has 1 to {_MAX_BINS} bins; not {num_bins}.")
