"""Histograms: how many values lie where."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import inf, isfinite, nextafter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values import RunValue
from runstone.tracking.values.arrays import as_numpy, is_array

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun

_MAX_BINS: Final = 512
_PIECE: Final = 1 << 14
"""Values that are counted at once: what they need stays in the processor's cache."""


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
    if not low < low + width < inf:
        return _in_one_bin(len(numbers), min(numbers), max(numbers))
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
    # Of what is all finite no copy is made.
    is_finite = flat.size and np.isfinite(flat.min()) and np.isfinite(flat.max())
    if not is_finite:
        flat = flat[np.isfinite(flat)]
    if flat.size == 0:
        raise InvalidInput("None of the values is a finite number.")
    try:
        return _like_numpy(flat, num_bins)
    except ValueError:  # so narrow a range, or so wide, that there are no such bins
        return _in_one_bin(flat.size, float(flat.min()), float(flat.max()))


def _like_numpy(flat: Any, num_bins: int) -> tuple[list[float], list[float]]:
    """What `numpy.histogram` says of the values as float64, in a quarter of its time.

    Piece by piece, for memory that is new to a process costs more than to count what is in it.
    """
    import numpy as np

    low, high = float(flat.min()), float(flat.max())
    edges = np.histogram_bin_edges(np.array([low, high]), num_bins)
    # A range so narrow, or so wide, that a quotient says nothing about the bin.
    with np.errstate(all="ignore"):
        per_bin = num_bins / (edges[-1] - edges[0])
        is_extreme = not np.isfinite(per_bin * edges[0]) or per_bin == 0
    if is_extreme:
        counts, edges = np.histogram(flat.astype(float, copy=False), bins=num_bins)
        return counts.tolist(), edges.tolist()
    counts = np.zeros(num_bins, np.int64)
    for begin in range(0, flat.size, _PIECE):
        values = flat[begin : begin + _PIECE].astype(float)
        places = values - edges[0]
        places *= per_bin
        bins = places.astype(np.intp)
        np.minimum(bins, num_bins - 1, out=bins)
        # The quotient is rounded, and the edge decides.
        bins -= values < edges[bins]
        bins += (values >= edges[bins + 1]) & (bins != num_bins - 1)
        counts += np.bincount(bins, minlength=num_bins)
    return counts.tolist(), edges.tolist()


def _in_one_bin(num: int, low: float, high: float) -> tuple[list[float], list[float]]:
    return [num], [low, high if low < high else nextafter(high, inf)]


def _numbers(values: Sequence[Any]) -> list[float]:
    found: list[float] = []
    for value in values:
        one = plain(value)
        for number in one if isinstance(one, list) else (one,):
            if not isinstance(number, (int, float)):
                raise InvalidInput(f"A histogram counts numbers; {str(number)[:80]!r} is none.")
            with suppress(OverflowError):  # an integer beyond all doubles is not finite here
                if isfinite(number):
                    found.append(number)
    if not found:
        raise InvalidInput("None of the values is a finite number.")
    return found


def _check_bins(num_bins: int) -> None:
    if not 1 <= num_bins <= _MAX_BINS:
        raise InvalidInput(f"A histogram has 1 to {_MAX_BINS} bins; not {num_bins}.")
