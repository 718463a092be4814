"""The different values of one key among some runs, each under a small number."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import (
    And,
    Compare,
    Exists,
    FieldKind,
    Filter,
    HasTag,
    In,
    Key,
    Matches,
    Not,
    Op,
)
from runstone.domain.patterns import Pattern
from runstone.services.run_index.column import FLAG, MISSING, NUMBER, OTHER, TEXT, Column
from runstone.services.run_index.ordering import Rows

Codes: TypeAlias = NDArray[np.int64]

MAX_TAGGED: Final = 5_000_000
"""Pairs of a run and a tag that are counted at once: 40 MB for each array over them."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT_INTEGERS: Final = 2.0**53
_ANYTHING: Final = Pattern("")


@dataclass(frozen=True, slots=True)
class Other:
    """Stands for all lists and objects: columns know that they are there, not what they hold."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """Different values, as filters tell values apart.

    Attributes:
        codes: By row that was asked about, the number of its value.
        kinds: By value, its kind; of lists and objects there is one, and of NaN, and of "none".
        numbers: By value, the number or flag; NaN elsewhere.
        texts: By value, the text or tag; empty elsewhere.
    """

    key: Key
    codes: Codes
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.kinds)

    def value(self, code: int) -> JsonValue | Other:
        """The value as people read it: None for none, times as texts in ISO 8601."""
        match int(self.kinds[code]):
            case kind if kind == TEXT:
                return self.texts[code]
            case kind if kind == FLAG:
                return bool(self.numbers[code])
            case kind if kind == OTHER:
                return Other()
            case kind if kind == NUMBER:
                number = readable(float(self.numbers[code]))
                if self.key.kind is FieldKind.TIME:
                    return instant_text(number)
                return number
        return None

    def filter(self, code: int) -> Filter:
        """What lets through the runs that have the value, and no others."""
        key = self.key
        match int(self.kinds[code]):
            case kind if kind == TEXT:
                text = self.texts[code]
                is_tag = key.kind is FieldKind.TAGS
                return HasTag(text) if is_tag else Compare(key, Op.EQ, text)
            case kind if kind == FLAG:
                return Compare(key, Op.EQ, bool(self.numbers[code]))
            case kind if kind == NUMBER:
                number = readable(float(self.numbers[code]))
                is_time = key.kind is FieldKind.TIME
                return Compare(key, Op.EQ, _instant(number) if is_time else number)
            case kind if kind == OTHER:
                # Neither a text, nor a flag, nor NaN, nor a number.
                return And(
                    (
                        Exists(key),
                        Not(Matches(key, _ANYTHING)),
                        Not(In(key, (True, False, math.nan))),
                        Not(Compare(key, Op.LE, math.inf)),
                    )
                )
        return Not(Exists(key))

    def text_ranks(self, mark: str | None = None) -> tuple[NDArray[np.float64], float]:
        """By value, the place of its text in sorted order (0 of others); and that of `mark`.

        The mark's place is between two others where it is not here; 0 where there is none.
        """
        ranks = np.zeros(len(self))
        order = sorted(np.flatnonzero(self.kinds == TEXT).tolist(), key=self.texts.__getitem__)
        ranks[order] = np.arange(len(order))
        if mark is None:
            return ranks, 0.0
        texts = [self.texts[code] for code in order]
        place = bisect_left(texts, mark)
        is_here = place < len(texts) and texts[place] == mark
        return ranks, float(place) if is_here else place - 0.5


def distinct(key: Key, column: Column, rows: Rows) -> Distinct:
    """The different values of a key among some rows; not of tags."""
    kinds = column.kinds[rows]
    codes = np.zeros(len(rows), np.int64)
    found = _Found()
    for kind in (MISSING, OTHER):
        is_kind = kinds == kind
        if is_kind.any():
            codes[is_kind] = found.put(kind, np.full(1, math.nan))
    for kind in (NUMBER, FLAG):
        is_kind = kinds == kind
        if column.numbers is not None and is_kind.any():
            # NaN is one value, and so is zero of either sign.
            values, inverse = np.unique(column.numbers[rows[is_kind]] + 0.0, return_inverse=True)
            codes[is_kind] = found.put(kind, values) + inverse
    is_kind = kinds == TEXT
    if column.codes is not None and is_kind.any():
        used, inverse = compressed(column.codes[rows[is_kind]], len(column.texts))
        texts = [column.texts.entry(code) for code in used.tolist()]
        codes[is_kind] = found.put_texts([str(text) for text in texts]) + inverse
    return found.distinct(key, codes)


def distinct_tags(key: Key, column: Column, rows: Rows) -> tuple[Distinct, Rows]:
    """The different tags among some rows.

    Returns:
        The tags, and which of `rows` each of their codes is of: a row comes once for each of its
        tags, or once without any.

    Raises:
        InvalidInput: The runs have too many tags, all together (code `too-many-tags`).
    """
    found = _Found()
    none = found.put(MISSING, np.full(1, math.nan))
    if column.codes is None:
        return found.distinct(key, np.full(len(rows), none)), np.arange(len(rows))
    # By list that is used, its tags; the first is that of runs without any, code -1.
    used, lists = compressed(column.codes[rows] + 1, len(column.texts) + 1)
    numbers: dict[str, int] = {}
    tags: list[int] = []
    lengths: list[int] = []
    for code in used.tolist():
        entry = dict.fromkeys(column.texts.entry(code - 1)) if code else {}
        tags += [numbers.setdefault(tag, len(numbers) + 1) for tag in entry] or [none]
        lengths.append(len(entry) or 1)
    found.put_texts(list(numbers))
    length_of = np.array(lengths, np.int64)
    begins = np.cumsum(length_of) - length_of
    per_row = length_of[lists]
    total = int(per_row.sum())
    if total > MAX_TAGGED:
        raise InvalidInput(
            f"The runs have {total:,} tags all together; at most {MAX_TAGGED:,} are counted at "
            "once. Narrow the runs down with a filter.",
            code="too-many-tags",
        )
    row_of = np.repeat(np.arange(len(rows)), per_row)
    within = np.arange(total) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    codes = np.array(tags, np.int64)[np.repeat(begins[lists], per_row) + within]
    return found.distinct(key, codes), row_of


def compressed(codes: NDArray[np.integer], size: int) -> tuple[Codes, Codes]:
    """The different ones among codes below `size`, ascending, and for each code its place there."""
    if size > 4 * len(codes) + 1_024:
        used, places = np.unique(codes, return_inverse=True)
        return used.astype(np.int64), places.astype(np.int64)
    is_used = np.zeros(size, np.bool_)
    is_used[codes] = True
    place_of = np.cumsum(is_used) - 1
    return np.flatnonzero(is_used), place_of[codes]


def readable(number: float) -> float:
    """An integer where the number is one, so that 4.0 is shown, and asked for, as 4."""
    return int(number) if abs(number) < _EXACT_INTEGERS and number.is_integer() else number


def instant_text(microseconds: float) -> str:
    """A time of a column as ISO 8601."""
    return _instant(microseconds).isoformat().replace("+00:00", "Z")


def _instant(microseconds: float) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


class _Found:
    """Collects values of several kinds."""

    def __init__(self) -> None:
        self._kinds: list[NDArray[np.uint8]] = []
        self._numbers: list[NDArray[np.float64]] = []
        self._texts: list[str] = []

    def put(self, kind: int, numbers: NDArray[np.float64]) -> int:
        """Adds values; returns the first one's code."""
        first = len(self._texts)
        self._kinds.append(np.full(len(numbers), kind, np.uint8))
        self._numbers.append(numbers)
        self._texts += [""] * len(numbers)
        return first

    def put_texts(self, texts: Sequence[str]) -> int:
        """Likewise."""
        first = self.put(TEXT, np.full(len(texts), math.nan))
        self._texts[first:] = texts
        return first

    def distinct(self, key: Key, codes: Codes) -> Distinct:
        """All of them."""
        if not self._kinds:
            return Distinct(key, codes, np.empty(0, np.uint8), np.empty(0), [])
        return Distinct(
            key, codes, np.concatenate(self._kinds), np.concatenate(self._numbers), self._texts
        )
