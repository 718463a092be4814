"""What is asked of groups of runs: one figure of all runs that share some values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.domain.filters import FieldKind, Key


class GroupFunction(StrEnum):
    """How the values of a group's runs become one; runs without a value are passed over.

    `LAST` is the value of the newest run that has one, of any kind. The others are of numbers
    (false and true count as 0 and 1) and times; NaN is passed over. `BEST` is the run with the
    lowest or highest value, the newest of equals; `COUNT` how many runs there are.
    """

    COUNT = "count"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    MEDIAN = "median"
    LAST = "last"
    BEST = "best"


class Goal(StrEnum):
    """Which value is the best."""

    MIN = "min"
    MAX = "max"


_NO_MIDDLE: Final = frozenset({GroupFunction.MEAN, GroupFunction.MEDIAN})


@dataclass(frozen=True, slots=True)
class GroupAggregate:
    """One figure of a group.

    Attributes:
        key: Whose values; None exactly for `COUNT`.
        goal: Exactly for `BEST`.
    """

    function: GroupFunction
    key: Key | None = None
    goal: Goal | None = None

    def __post_init__(self) -> None:
        name = self.function.value
        if (self.function is GroupFunction.COUNT) is not (self.key is None):
            wanted = "takes no key: it counts runs" if self.key else "needs a key"
            raise InvalidInput(f"{name} {wanted}.", code="bad-aggregate")
        if (self.function is GroupFunction.BEST) is not (self.goal is not None):
            wanted = "takes a key alone" if self.goal else "needs to know which is best: min or max"
            raise InvalidInput(f"{name} {wanted}.", code="bad-aggregate")
        kind = self.key.kind if self.key is not None else None
        if self.function is GroupFunction.LAST or self.key is None:
            return
        if kind in (FieldKind.TEXT, FieldKind.TAGS) or (
            kind is FieldKind.TIME and self.function in _NO_MIDDLE
        ):
            raise InvalidInput(
                f"{name} is of numbers, and {self.key.path} holds {_PLURALS[kind]}.",
                code="bad-aggregate",
            )


@dataclass(frozen=True, slots=True)
class GroupSort:
    """What groups are sorted by: one of the keys that make them, or an aggregate of theirs.

    Values come in the order of `SortKey`; groups without a value come last.
    """

    by: Key | GroupAggregate
    descending: bool = False


_PLURALS: Final = {FieldKind.TEXT: "texts", FieldKind.TAGS: "tags", FieldKind.TIME: "times"}
