"""Distinct texts (or tag lists) of a column, each under a small number: questions are put once."""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Entry: TypeAlias = "str | tuple[str, ...]"
Flags: TypeAlias = NDArray[np.bool_]

_MAX_ANSWERS: Final = 32
_FEW: Final = 256
"""Up to so many new entries are sorted in one by one."""
_ENTRY_BYTES: Final = 150
"""What a short text costs here: the object, its place in a list, a dict and a sorted list."""


class Dictionary:
    """Grows and never changes what it holds: columns of different age share one. Thread-safe."""

    def __init__(self) -> None:
        self._entries: list[Any] = []
        self._codes: dict[Any, int] = {}
        self._num_chars = 0
        self._answers: OrderedDict[Hashable, Flags] = OrderedDict()
        self._sorted: list[Any] = []
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes."""
        return len(self._entries) * _ENTRY_BYTES + self._num_chars * 2

    def encode(self, values: Sequence[Entry]) -> list[int]:
        """The codes of `values`; new ones get the next."""
        with self._lock:
            codes, entries = self._codes, self._entries
            found: list[int] = []
            for value in values:
                code = codes.get(value)
                if code is None:
                    code = codes[value] = len(entries)
                    entries.append(value)
                    self._num_chars += len(value)
                found.append(code)
            return found

    def code(self, value: Entry) -> int:
        """The code of `value`; -1 where it is not here."""
        return self._codes.get(value, -1)

    def entry(self, code: int) -> Entry:
        """The value with that code."""
        found: Entry = self._entries[code]
        return found

    def ask(self, question: Hashable, answer: Callable[[Sequence[Any]], Sequence[bool]]) -> Flags:
        """By code, whether a predicate is true of each entry.

        Answers are remembered: later pages, and the next look at the same table, ask again.

        Args:
            question: Names the predicate.
            answer: Its answers for some entries.
        """
        with self._lock:
            known = self._answers.get(question)
            if known is None or len(known) < len(self._entries):
                start = 0 if known is None else len(known)
                new = np.array(answer(self._entries[start:]), np.bool_)
                known = new if known is None else np.concatenate([known, new])
                self._answers[question] = known
                if len(self._answers) > _MAX_ANSWERS:
                    self._answers.popitem(last=False)
            self._answers.move_to_end(question)
            return known

    def ranks(self, mark: Entry | None = None) -> tuple[NDArray[np.float64], float]:
        """By code, the place of each entry in sorted order; and the place of `mark` among them.

        The mark's place is between two others where it is not here; 0 where there is none.
        """
        with self._lock:
            self._sort()
            ranks = np.empty(len(self._order), np.float64)
            ranks[self._order] = np.arange(len(self._order))
            if mark is None:
                return ranks, 0.0
            place = bisect.bisect_left(self._sorted, mark)
            is_here = place < len(self._sorted) and self._sorted[place] == mark
            return ranks, float(place) if is_here else place - 0.5

    def _sort(self) -> None:
        num_sorted = len(self._order)
        new = self._entries[num_sorted:]
        if not new:
            return
        if len(new) > _FEW:
            order = sorted(range(len(self._entries)), key=self._entries.__getitem__)
            self._order = np.array(order, np.int64)
            self._sorted = [self._entries[code] for code in order]
            return
        for code, value in enumerate(new, num_sorted):
            place = bisect.bisect_left(self._sorted, value)
            self._sorted.insert(place, value)
            self._order = np.insert(self._order, place, code)
