"""One value of every run of a project, as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.services.run_index.dictionary import Dictionary

Ids: TypeAlias = NDArray[np.int64]

MISSING: Final = 0
NUMBER: Final = 1
FLAG: Final = 2
TEXT: Final = 3
OTHER: Final = 4

_KINDS: Final[dict[type, int]] = {
    type(None): MISSING,
    int: NUMBER,
    float: NUMBER,
    bool: FLAG,
    str: TEXT,
    tuple: TEXT,
    list: OTHER,
    dict: OTHER,
}
_SLACK: Final = 1_000
"""Texts that a dictionary may hold beyond two for each run before it is built anew."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one key; never changed, so readers share it.

    Attributes:
        ids: Which runs, ascending; shared with other columns of the same state.
        seq: The change number that the values are of.
        kinds: By run, which kind of value it is.
        numbers: By run, numbers and flags (0 and 1), NaN elsewhere; None where there are none.
        codes: By run, the text's code in `texts`, or -1; None where there are none.
    """

    ids: Ids
    seq: int
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64] | None
    codes: NDArray[np.int32] | None
    texts: Dictionary

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes, the ids counted in full."""
        arrays = (self.ids, self.kinds, self.numbers, self.codes)
        return self.texts.num_bytes + sum(a.nbytes for a in arrays if a is not None)

    @property
    def is_empty(self) -> bool:
        """Whether no run has a value."""
        return not self.kinds.any()


def build(ids: Ids, seq: int, values: Sequence[JsonValue], *, are_tags: bool = False) -> Column:
    """The column of `values`, parallel to `ids`."""
    texts = Dictionary()
    kinds, numbers, codes = _arrays(values, texts, are_tags=are_tags)
    return Column(ids, seq, kinds, numbers, codes, texts)


def refresh(
    column: Column,
    ids: Ids,
    seq: int,
    changed: Ids,
    values: Sequence[JsonValue],
    *,
    are_tags: bool = False,
) -> Column:
    """The column at a later state.

    Args:
        ids: The runs there are now.
        changed: Runs whose values are new, ascending; each is in `ids`.
        values: Parallel to `changed`.
    """
    if len(column.texts) > 2 * len(ids) + _SLACK:
        column = _with_fewer_texts(column)
    kinds, numbers, codes = _arrays(values, column.texts, are_tags=are_tags)
    places = np.searchsorted(ids, changed)
    moved = _Moved(column.ids, ids)
    new_kinds = moved.array(column.kinds, MISSING)
    new_kinds[places] = kinds
    return Column(
        ids,
        seq,
        new_kinds,
        _merged(moved, column.numbers, numbers, places, math.nan),
        _merged(moved, column.codes, codes, places, -1),
        column.texts,
    )


class _Moved:
    """Where the runs of an older state are in a newer one."""

    def __init__(self, before: Ids, now: Ids) -> None:
        self.num_now = len(now)
        self._keep: Any = slice(None)
        self._places: Any = slice(0, len(before))
        if before is not now and not np.array_equal(before, now[: len(before)]):
            places = np.searchsorted(now, before)
            places[places == len(now)] = 0
            self._keep = now[places] == before if len(now) else np.zeros(len(before), np.bool_)
            self._places = places[self._keep]

    def array(self, values: NDArray[Any], missing: float) -> NDArray[Any]:
        """A copy with the newer state's runs, `missing` where there was none."""
        moved = np.full(self.num_now, missing, values.dtype)
        moved[self._places] = values[self._keep]
        return moved


def _merged(
    moved: _Moved,
    before: NDArray[Any] | None,
    changed: NDArray[Any] | None,
    places: NDArray[np.intp],
    missing: float,
) -> Any:
    if before is not None:
        new = moved.array(before, missing)
    elif changed is not None:
        new = np.full(moved.num_now, missing, changed.dtype)
    else:
        return None
    new[places] = missing if changed is None else changed
    return new


def _arrays(
    values: Sequence[JsonValue], texts: Dictionary, *, are_tags: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float64] | None, NDArray[np.int32] | None]:
    if are_tags:
        # A run without tags has no value there, as filters and counts say.
        values = [tuple(value) if value else None for value in values]
    kinds = np.fromiter(map(_KINDS.__getitem__, map(type, values)), np.uint8, len(values))
    counts = np.bincount(kinds, minlength=OTHER + 1)
    numbers: NDArray[np.float64] | None = None
    codes: NDArray[np.int32] | None = None
    if counts[NUMBER] or counts[FLAG]:
        numbers = _numbers(values, kinds, only=not (counts[TEXT] or counts[OTHER]))
    if counts[TEXT]:
        codes = np.full(len(values), -1, np.int32)
        places = np.flatnonzero(kinds == TEXT)
        codes[places] = texts.encode([values[place] for place in places.tolist()])
    return kinds, numbers, codes


def _numbers(
    values: Sequence[JsonValue], kinds: NDArray[np.uint8], *, only: bool
) -> NDArray[np.float64]:
    try:
        if only:
            return np.array(values, np.float64)  # None becomes NaN
        wanted = (kinds == NUMBER) | (kinds == FLAG)
        numbers = np.full(len(values), math.nan)
        places = np.flatnonzero(wanted)
        numbers[places] = [float(values[place]) for place in places.tolist()]
        return numbers
    except OverflowError:  # an integer beyond the range of doubles
        return np.array([as_double(v) if isinstance(v, (int, float)) else math.nan for v in values])


def as_double(value: float) -> float:
    """The nearest double; an infinity beyond their range."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _with_fewer_texts(column: Column) -> Column:
    if column.codes is None:
        return Column(column.ids, column.seq, column.kinds, column.numbers, None, Dictionary())
    texts = Dictionary()
    used = np.unique(column.codes[column.codes >= 0])
    new_codes = np.full(len(column.texts) + 1, -1, np.int32)
    new_codes[used] = texts.encode([column.texts.entry(code) for code in used.tolist()])
    # Code -1 takes the last place of the table.
    codes = new_codes[column.codes]
    return Column(column.ids, column.seq, column.kinds, column.numbers, codes, texts)
