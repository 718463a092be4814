"""What `Api.runs()` calls by name: the protocol's words for our keys, and orders of runs; pure.

Each kind of field also knows what equality, order and patterns mean for it, since MongoDB's query
language, which clients speak, means something else than our tree in places (run_filters.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import (
    EVERYTHING,
    Aggregate,
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
    Or,
    SortKey,
    Source,
)
from runstone.domain.patterns import Pattern

DEFAULT_ORDER: Final = "+created_at"
"""What clients mean where they send no order."""

NOTHING: Final = Or(())

_FIELDS: Final = {
    "id": "id",
    "name": "id",
    "display_name": "name",
    "state": "state",
    "created_at": "created_at",
    "heartbeat_at": "heartbeat_at",
    "updated_at": "heartbeat_at",
    "finished_at": "finished_at",
    "duration": "duration_s",
    "user": "user",
    "username": "user",
    "group": "group",
    "group_name": "group",
    "job_type": "job_type",
    "tags": "tags",
    "notes": "notes",
    "description": "notes",
    "host": "host",
    "program": "program",
    "commit": "commit",
    "remote": "remote",
    "sweep": "sweep",
    "sweep_name": "sweep",
    "exitcode": "exit_code",
}
"""By the protocol's word in snake case, our field: its `name` is our id."""
_DOCUMENTS: Final = {
    "config": Source.CONFIG,
    "summary_metrics": Source.SUMMARY,
    "summary": Source.SUMMARY,
}
_SHOWN_FIELDS: Final = (
    "name, displayName, state, createdAt, heartbeatAt, finishedAt, duration, username, group, "
    "jobType, tags, notes, host, program, commit, remote, sweep, exitcode, config.KEY and "
    "summary_metrics.KEY"
)
_LOGGED: Final = "keys_info.keys."
_WRAPPING: Final = ".value"
"""Configs travel as `{"lr": {"value": 0.1}}`; users may write the wrapping or leave it out."""
_CAPITAL: Final = re.compile("(?<=[a-z])([A-Z])")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_MILLISECONDS_FROM: Final = 1e11
"""Epochs from here on are milliseconds: as seconds they would be beyond the year 5000."""
_MAX_SHOWN_CHARS: Final = 80

Scalar: TypeAlias = "bool | int | float | str"


def run_key(name: str, *, code: str) -> Key:
    """The key behind a name as users type it, in camel or snake case.

    Raises:
        InvalidInput: There is no such field; with this code.
    """
    prefix, dot, path = name.partition(".")
    source = _DOCUMENTS.get(_snake(prefix))
    if source is not None and dot:
        if source is Source.CONFIG and len(path) > len(_WRAPPING):
            path = path.removesuffix(_WRAPPING)
        if path:
            return Key(source, path)
    field = _FIELDS.get(_snake(name))
    if field is None:
        raise InvalidInput(
            f"Runs have no field {shown(name)}. There are {_SHOWN_FIELDS}: what was configured or "
            "logged needs its beginning.",
            code=code,
        )
    return Key(Source.RUN, field)


def run_order(text: str | None) -> tuple[SortKey, ...]:
    """The sort keys for an order: fields separated by commas, each with `+`, `-` or nothing.

    Raises:
        InvalidInput: Not an order (code `bad-order`).
    """
    keys = []
    for part in (text or DEFAULT_ORDER).split(","):
        word = part.strip()
        name = word.lstrip("+-")
        if not name or len(word) - len(name) > 1:
            raise InvalidInput(
                f"{shown(text)} is not an order of runs. An order is a field with + or - before "
                "it, such as -created_at or +summary_metrics.loss; several are separated by "
                "commas.",
                code="bad-order",
            )
        keys.append(SortKey(run_key(name, code="bad-order"), descending=word.startswith("-")))
    return tuple(keys)


class Field:
    """A key whose values are compared as they are."""

    def __init__(self, name: str, key: Key) -> None:
        self.name = name
        self.key = key

    def missing(self) -> Filter:
        """There is no value, or null."""
        return Not(Exists(self.key))

    def equals(self, value: Scalar) -> Filter:
        """The value is this."""
        return Compare(self.key, Op.EQ, value)

    def one_of(self, values: Sequence[Scalar]) -> Filter:
        """The value is one of these."""
        return In(self.key, tuple(values))

    def ordered(self, op: Op, value: Scalar) -> Filter:
        """The value is before or after this."""
        if isinstance(value, bool):
            # False before true, as in MongoDB; our tree has no order of them.
            flags = [flag for flag in (False, True) if _stands(flag, op, value)]
            return In(self.key, tuple(flags))
        return Compare(self.key, op, value)

    def matches(self, pattern: Pattern) -> Filter:
        """The value is a text in which the pattern is found."""
        return Matches(self.key, pattern)


class _Notes(Field):
    """Notes, which are empty and never null with us, and null to clients where empty."""

    def missing(self) -> Filter:
        return Compare(self.key, Op.EQ, "")

    def ordered(self, op: Op, value: Scalar) -> Filter:
        return And((Not(self.missing()), super().ordered(op, value)))

    def matches(self, pattern: Pattern) -> Filter:
        return And((Not(self.missing()), super().matches(pattern)))


class _Tags(Field):
    """A list: equal to what is in it."""

    def equals(self, value: Scalar) -> Filter:
        return HasTag(value) if isinstance(value, str) else NOTHING

    def one_of(self, values: Sequence[Scalar]) -> Filter:
        return Or(tuple(self.equals(value) for value in values))

    def ordered(self, op: Op, value: Scalar) -> Filter:
        raise bad_filter(f"{self.name} has no order: {shown(value)} is in it or not.")


class _Time(Field):
    """An instant, given as ISO 8601 text or as an epoch.

    Clients see instants to the second, so what is compared with a whole second is that second: a
    run is not after the very `created_at` that it shows.
    """

    def equals(self, value: Scalar) -> Filter:
        at, until = self._span(value)
        return And((Compare(self.key, Op.GE, at), Compare(self.key, Op.LT, until)))

    def one_of(self, values: Sequence[Scalar]) -> Filter:
        return Or(tuple(self.equals(value) for value in values))

    def ordered(self, op: Op, value: Scalar) -> Filter:
        at, until = self._span(value)
        match op:
            case Op.GT:
                return Compare(self.key, Op.GE, until)
            case Op.LE:
                return Compare(self.key, Op.LT, until)
            case _:
                return Compare(self.key, op, at)

    def matches(self, pattern: Pattern) -> Filter:
        raise bad_filter(f"{self.name} is a time, not a text: compare it with $gte and $lt.")

    def _span(self, value: Scalar) -> tuple[datetime, datetime]:
        try:
            at = _instant(value)
            return at, at + (timedelta.resolution if at.microsecond else _SECOND)
        except (ValueError, OverflowError) as error:
            raise bad_filter(
                f"{shown(value)} is not a time for {self.name}: give ISO 8601 text such as "
                "2026-01-31T12:00:00Z, or seconds since 1970."
            ) from error


class _Logged(Field):
    """Whether a run has logged a key (`keys_info.keys.KEY`, which W&B's own filters write).

    Numbers are known by their history; of strings and media it is the summary that tells.
    """

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        count, last = Key(Source.HISTORY, path, Aggregate.COUNT), Key(Source.SUMMARY, path)
        self._is_there = Or((Exists(count), Exists(last)))

    def missing(self) -> Filter:
        return Not(self._is_there)

    def equals(self, value: Scalar) -> Filter:
        raise bad_filter(
            f"{self.name} says whether something was logged: ask {{'$exists': true}}. What it was "
            f"is in summary_metrics.{self.name.removeprefix(_LOGGED)}, not {shown(value)} here."
        )

    def one_of(self, values: Sequence[Scalar]) -> Filter:
        return self.equals(values[0])

    def ordered(self, op: Op, value: Scalar) -> Filter:
        return self.equals(value)

    def matches(self, pattern: Pattern) -> Filter:
        return self.equals(pattern.text)


class _Constant(Field):
    """What is the same of all runs of a project: decided here."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._text = text

    def missing(self) -> Filter:
        return NOTHING

    def equals(self, value: Scalar) -> Filter:
        return _decided(value == self._text)

    def one_of(self, values: Sequence[Scalar]) -> Filter:
        return _decided(self._text in values)

    def ordered(self, op: Op, value: Scalar) -> Filter:
        return _decided(isinstance(value, str) and _stands(self._text, op, value))

    def matches(self, pattern: Pattern) -> Filter:
        return _decided(pattern.search(self._text))


def field_of_runs(name: str, constants: Mapping[str, str]) -> Field:
    """The field behind a name as users type it.

    Args:
        constants: Names beside those of runs, whose value is the same of all.

    Raises:
        InvalidInput: There is none (code `bad-filter`).
    """
    if name in constants:
        return _Constant(name, constants[name])
    if name.startswith(_LOGGED) and len(name) > len(_LOGGED):
        return _Logged(name, name.removeprefix(_LOGGED))
    key = run_key(name, code="bad-filter")
    kind = {FieldKind.TAGS: _Tags, FieldKind.TIME: _Time}.get(key.kind) if key.kind else None
    if key == Key(Source.RUN, "notes"):
        kind = _Notes
    return (kind or Field)(name, key)


def bad_filter(why: str) -> InvalidInput:
    """What is said of a filter that is not understood."""
    return InvalidInput(why, code="bad-filter")


def shown(value: JsonValue) -> str:
    """A value as a message quotes it, shortened."""
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARS else f"{text[: _MAX_SHOWN_CHARS - 1]}…"


def _snake(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()


def _stands(left: bool | str, op: Op, right: bool | str) -> bool:
    if left == right:
        return op in (Op.GE, Op.LE)
    is_before = bool(left < right)  # type: ignore[operator]  # callers pass two of one kind
    return is_before == (op in (Op.LT, Op.LE))


def _decided(holds: bool) -> Filter:
    return EVERYTHING if holds else NOTHING


def _instant(value: Scalar) -> datetime:
    if isinstance(value, bool):
        raise ValueError("no time")
    if isinstance(value, (int, float)):
        seconds = value / 1_000 if abs(value) >= _MILLISECONDS_FROM else value
        if not math.isfinite(seconds):
            raise ValueError("no time")
        return _EPOCH + timedelta(seconds=seconds)
    at = datetime.fromisoformat(value.strip())
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
