"""Runs that have something in common, with figures over them; and the values that a key has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from msgspec import Raw, Struct

from runstone.domain import documents
from runstone.sdk.paths import ProjectPath
from runstone.sdk.transport import Query, Transport

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that have the same values under some keys.

    Attributes:
        values: By key, as it was asked for; None for runs without one.
        figures: By aggregate, as it was asked for; None where no run has a value.
        runs_of: By aggregate of `last` and `best`: the id of the run whose value it is.
        filter: Finds exactly these runs among those that were grouped, for `Runs.filter()`; None
            where a value is too long for it.
    """

    values: Mapping[str, Any]
    figures: Mapping[str, Any]
    runs_of: Mapping[str, str]
    num_runs: int
    filter: str | None


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A value of a key, and how many runs have it."""

    value: Any
    num_runs: int


class _Figure(Struct):
    value: Raw
    run: str | None = None


class _Group(Struct):
    values: list[Raw]
    filter: str | None
    num_runs: int
    figures: list[_Figure]


class _GroupPage(Struct):
    groups: list[_Group]
    next_cursor: str | None


class _Value(Struct):
    value: Raw
    num_runs: int


class _Values(Struct):
    values: list[_Value]


def read_groups(
    transport: Transport,
    path: ProjectPath,
    query: Query,
    keys: Sequence[str],
    aggregates: Sequence[str],
    sort: str | None,
) -> Iterator[Group]:
    """Groups in their order, page by page."""
    asked = [
        *query,
        ("group_by", ",".join(keys)),
        ("aggregates", ",".join(aggregates)),
        *([("sort", sort)] if sort else []),
        ("limit", str(_PAGE)),
    ]
    cursor: str | None = None
    while True:
        more = [("cursor", cursor)] if cursor else []
        page = transport.get(_GroupPage, (*path.segments, "groups"), [*asked, *more])
        for group in page.groups:
            yield _group(group, keys, aggregates)
        cursor = page.next_cursor
        if cursor is None:
            return


def read_values(
    transport: Transport, path: ProjectPath, query: Query, key: str, limit: int
) -> list[KeyValue]:
    """The values that most runs have, the most frequent first."""
    asked = [*query, ("key", key), ("limit", str(limit))]
    found = transport.get(_Values, (*path.segments, "values"), asked)
    return [KeyValue(_decoded(one.value), one.num_runs) for one in found.values]


def _group(group: _Group, keys: Sequence[str], aggregates: Sequence[str]) -> Group:
    figures = dict(zip(aggregates, group.figures, strict=True))
    return Group(
        MappingProxyType(dict(zip(keys, map(_decoded, group.values), strict=True))),
        MappingProxyType({name: _decoded(figure.value) for name, figure in figures.items()}),
        MappingProxyType({name: one.run for name, one in figures.items() if one.run is not None}),
        group.num_runs,
        group.filter,
    )


def _decoded(raw: Raw) -> Any:
    return documents.decode(bytes(raw))
