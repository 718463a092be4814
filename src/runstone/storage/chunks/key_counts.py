"""How many values of which keys: of a hundred thousand keys, in a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import TypeAlias

from runstone.domain.history import KeyInfo
from runstone.domain.ids import RunId

KeyCount: TypeAlias = tuple[str, int, int]
"""A key, and how many numbers and how many objects it has somewhere.

A plain tuple: to make it costs a quarter of what an object does.
"""


class KeyTally:
    """Adds up what runs have of each key."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._objects: dict[str, int] = {}
        self._names: dict[RunId, set[str]] = {}

    def add(self, run: RunId, counts: Sequence[KeyCount]) -> None:
        """Values of one run; a key may come several times."""
        numbers, objects = self._numbers, self._objects
        for name, num_numbers, num_objects in counts:
            numbers[name] = numbers.get(name, 0) + num_numbers
            if num_objects:
                objects[name] = objects.get(name, 0) + num_objects
        self._names.setdefault(run, set()).update([name for name, _, _ in counts])

    def keys(self) -> list[KeyInfo]:
        """What there is, by name."""
        names = sorted(self._numbers)
        return list(
            map(
                KeyInfo,
                names,
                self._num_runs(names),
                map(self._numbers.__getitem__, names),
                [self._objects.get(name, 0) for name in names] if self._objects else repeat(0),
            )
        )

    def _num_runs(self, names: Sequence[str]) -> Iterable[int]:
        if len(self._names) == 1:
            return repeat(1)
        having = Counter(chain.from_iterable(self._names.values()))
        return map(having.__getitem__, names)
