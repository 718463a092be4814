"""What people ask of a project's runs: one filter tree and sort keys, for every door.

The native text form (`runstone.domain.filter_text`) and other protocols' filters become this tree.
What its nodes mean, wherever they are evaluated:

- A key without a value (absent, or JSON null) satisfies only `Not(Exists(key))` and other `Not`s:
  every other node on it is false, `!=` included.
- Kinds do not mix: a number, a truth value, a text, a time. A value of another kind than the
  filter's is unequal to it (`!=` is true) and neither before nor after it; never an error.
  Lists and objects exist, and are unequal to everything.
- Numbers compare as IEEE doubles, with one exception: `== nan` and `in [nan]` find NaN, since
  "which runs diverged" must be askable. NaN is neither below nor above anything.
- A time that is relative to now (`Ago`) is one of the instant of asking.
- Texts compare by code points. `Matches` searches anywhere in the text, or in any of the tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.domain.patterns import Pattern


class Source(StrEnum):
    """Where a value is looked up."""

    RUN = "run"
    CONFIG = "config"
    SUMMARY = "summary"
    HISTORY = "history"


class Aggregate(StrEnum):
    """Which one number stands for all that a run logged under a key of its history.

    Booleans count as 0 and 1; what is no number is passed over, and a run that logged no number
    there has no value, of `COUNT` too. `MIN`, `MAX` and `MEAN` are of the finite values; `FIRST`,
    `LAST` (by row) and `COUNT` know NaN and infinity as well. Where none is finite, `MIN`, `MAX`
    and `MEAN` are NaN.
    """

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    COUNT = "count"


class FieldKind(StrEnum):
    """What kind of value a run field holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "true or false"
    TIME = "time"
    TAGS = "tags"


RUN_FIELDS: Final = MappingProxyType(
    {
        "id": FieldKind.TEXT,
        "name": FieldKind.TEXT,
        "state": FieldKind.TEXT,
        "created_at": FieldKind.TIME,
        "heartbeat_at": FieldKind.TIME,
        "finished_at": FieldKind.TIME,
        "duration_s": FieldKind.NUMBER,
        "user": FieldKind.TEXT,
        "group": FieldKind.TEXT,
        "job_type": FieldKind.TEXT,
        "tags": FieldKind.TAGS,
        "notes": FieldKind.TEXT,
        "host": FieldKind.TEXT,
        "program": FieldKind.TEXT,
        "commit": FieldKind.TEXT,
        "remote": FieldKind.TEXT,
        "sweep": FieldKind.TEXT,
        "exit_code": FieldKind.NUMBER,
        "stop_requested": FieldKind.FLAG,
        "archived": FieldKind.FLAG,
    }
)
"""Fields of a run. `id` is the run id of URLs (`Run.name`), `name` what it is shown as.

A run without tags has no value of `tags`.
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What is compared or sorted by.

    Attributes:
        path: A name of `RUN_FIELDS`, or a path into the document: `a.b` is the key `a.b`, or,
            where a run has no such key, `b` within the object `a` (the longest key goes first).
            Of the history it is the key as charts name it.
        aggregate: Of a history, and only there.
    """

    source: Source
    path: str
    aggregate: Aggregate | None = None

    def __post_init__(self) -> None:
        if self.source is Source.RUN and self.path not in RUN_FIELDS:
            raise InvalidInput(f"Runs have no field {self.path!r}.", code="unknown-field")
        if (self.source is Source.HISTORY) is not (self.aggregate is not None):
            raise InvalidInput(
                f"The history holds many values of {self.path!r}: say which, such as last."
                if self.source is Source.HISTORY
                else f"{self.aggregate} is of a key of the history, not of the {self.source}.",
                code="bad-key",
            )

    @property
    def kind(self) -> FieldKind | None:
        """The kind of its values; None for documents, which may hold anything."""
        match self.source:
            case Source.RUN:
                return RUN_FIELDS[self.path]
            case Source.HISTORY:
                return FieldKind.NUMBER
            case Source.CONFIG | Source.SUMMARY:
                return None


TAGS: Final = Key(Source.RUN, "tags")


class TimeUnit(StrEnum):
    """In what an `Ago` is counted."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    WEEKS = "w"


_UNIT_S: Final = MappingProxyType(
    {
        TimeUnit.SECONDS: 1,
        TimeUnit.MINUTES: 60,
        TimeUnit.HOURS: 3_600,
        TimeUnit.DAYS: 86_400,
        TimeUnit.WEEKS: 604_800,
    }
)


@dataclass(frozen=True, slots=True)
class Ago:
    """So long before the instant of asking; nothing before it is now.

    It stays in the tree until the question is asked (`resolve`), so that a saved view goes on
    meaning the last seven days, and all pages of one question are the same question.
    """

    amount: int | float = 0
    unit: TimeUnit = TimeUnit.SECONDS

    @property
    def seconds(self) -> float:
        """How long that is."""
        return self.amount * _UNIT_S[self.unit]

    def before(self, now: datetime) -> datetime:
        """The instant that is meant."""
        return now - timedelta(seconds=self.seconds)


Value: TypeAlias = "bool | int | float | str | datetime | Ago"


class Op(StrEnum):
    """How a value is compared."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True, slots=True)
class And:
    """All of them; true when there is none."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them; false when there is none."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever `term` is not true of, runs without the key included."""

    term: Filter


@dataclass(frozen=True, slots=True)
class Compare:
    """The run's value stands so to `value`."""

    key: Key
    op: Op
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """The run's value equals one of `values`."""

    key: Key
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """The run has a value there that is not null."""

    key: Key


@dataclass(frozen=True, slots=True)
class Matches:
    """The run's text, or one of its tags, contains a match of `pattern`."""

    key: Key
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class HasTag:
    """The run carries the tag."""

    tag: str


Filter: TypeAlias = And | Or | Not | Compare | In | Exists | Matches | HasTag

EVERYTHING: Final = And(())


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to sort by.

    In either direction numbers (false and true count as 0 and 1, times as numbers) come before
    texts, then lists and objects, then NaN; runs without the key come last.
    """

    key: Key
    descending: bool = False


def keys_of(tree: Filter) -> Iterator[Key]:
    """Every key that the tree asks for, repeated where it asks again."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from keys_of(term)
        case Not(term):
            yield from keys_of(term)
        case HasTag():
            yield TAGS
        case Compare(key) | In(key) | Exists(key) | Matches(key):
            yield key


def resolve(tree: Filter, now: datetime) -> Filter:
    """The tree with the instants that its relative times mean at `now`."""
    match tree:
        case And(terms):
            return And(tuple(resolve(term, now) for term in terms))
        case Or(terms):
            return Or(tuple(resolve(term, now) for term in terms))
        case Not(term):
            return Not(resolve(term, now))
        case Compare(key, op, Ago() as ago):
            return Compare(key, op, ago.before(now))
        case In(key, values) if any(isinstance(value, Ago) for value in values):
            return In(key, tuple(v.before(now) if isinstance(v, Ago) else v for v in values))
        case _:
            return tree
