"""What a metric's definition keeps of its values: the entry of the summary, value by value."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import ne
from typing import Final, cast

from runstone.domain.documents import JsonValue
from runstone.domain.metrics import MetricDefinition

AGGREGATES: Final = ("min", "max", "mean", "best", "last", "first")
"""What a summary can keep of a metric beside, or in place of, its last value."""
_NUMBERS: Final = {int, float}


@dataclass(slots=True)
class Aggregate:
    """A metric's values so far, as far as a summary may want them; NaN is passed over.

    Attributes:
        total: Of all numbers; with `num`, their mean.
    """

    num: int = 0
    total: float = 0.0
    smallest: float | None = None
    largest: float | None = None
    first: float | None = None
    last: float | None = None

    def see(self, value: object) -> None:
        """Takes the next value in; what is no number says nothing."""
        if not isinstance(value, (int, float)) or isinstance(value, bool) or math.isnan(value):
            return
        self.num += 1
        self.total += value
        self.smallest = value if self.smallest is None else min(self.smallest, value)
        self.largest = value if self.largest is None else max(self.largest, value)
        if self.first is None:
            self.first = value
        self.last = value

    def see_all(self, values: Sequence[object]) -> None:
        """Takes values in, one behind the other."""
        kinds = set(map(type, values))
        if not kinds <= _NUMBERS or any(map(ne, values, values)):
            for value in values:
                self.see(value)
            return
        numbers = cast("Sequence[float]", values)
        self.num += len(numbers)
        self.total += sum(numbers)
        least, most = min(numbers), max(numbers)
        self.smallest = least if self.smallest is None else min(self.smallest, least)
        self.largest = most if self.largest is None else max(self.largest, most)
        if self.first is None:
            self.first = numbers[0]
        self.last = numbers[-1]

    def go_on_from(self, before: JsonValue, num: int, total: float) -> Aggregate:
        """This, after what an earlier life of the run left in the summary.

        Args:
            before: The summary's entry then: `{"min": …, "max": …, "first": …}`.
            num: How many values there were.
            total: Their sum.
        """
        kept = before if isinstance(before, Mapping) else {}
        smallest = [x for x in (_number(kept.get("min")), self.smallest) if x is not None]
        largest = [x for x in (_number(kept.get("max")), self.largest) if x is not None]
        first = _number(kept.get("first"))
        return Aggregate(
            self.num + num,
            self.total + total,
            min(smallest, default=None),
            max(largest, default=None),
            self.first if first is None else first,
            self.last,
        )

    def kept(self, definition: MetricDefinition) -> dict[str, JsonValue]:
        """What the definition asks for."""
        best = self.largest if definition.goal == "maximize" else self.smallest
        found = {
            "min": self.smallest,
            "max": self.largest,
            "mean": self.total / self.num if self.num else None,
            "best": best,
            "last": self.last,
            "first": self.first,
        }
        return {
            name: value for name in definition.summary if (value := found.get(name)) is not None
        }


def wants_aggregates(summary: Collection[str]) -> bool:
    """Whether the summary's entry is an object of aggregates, and not the last value."""
    return any(name in AGGREGATES for name in summary)


def _number(value: JsonValue) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number else None
