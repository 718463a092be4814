"""Runs that have something in common, with figures over them; and the values that a key has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from msgspec import Raw, Struct

from runstone.domain import documents
from runstone.sdk.paths import ProjectPath
from runstone.sdk.records import QueryWarning
from runstone.sdk.row_table import RowTable
from runstone.sdk.transport import Query, Transport

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_PAGE: Final = 1_000
_OTHER: Final = b'{"$other":true}'


class Other(Enum):
    """A value of a group that stands for many."""

    OTHER = "lists and objects"
    """All lists and objects: they are equal to nothing, so they make one group."""

    def __repr__(self) -> str:
        return f"<{self.value}>"


OTHER: Final = Other.OTHER


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that have the same values under some keys.

    Attributes:
        values: By key, as it was asked for; None for runs without one, `OTHER` for lists and
            objects, which are one group.
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
    warnings: list[QueryWarning]


class _Value(Struct):
    value: Raw
    num_runs: int


class _Values(Struct):
    values: list[_Value]


class Groups(Iterator[Group]):
    """Groups in their order, read page by page, as far as they are asked for."""

    def __init__(
        self,
        transport: Transport,
        path: ProjectPath,
        query: Query,
        keys: Sequence[str],
        aggregates: Sequence[str],
        sort: str | None,
    ) -> None:
        self._transport = transport
        self._path = (*path.segments, "groups")
        self._query = [
            *query,
            ("group_by", ",".join(keys)),
            ("aggregates", ",".join(aggregates)),
            *([("sort", sort)] if sort else []),
            ("limit", str(_PAGE)),
        ]
        self._keys = keys
        self._aggregates = aggregates
        self._first: _GroupPage | None = None
        self._groups = self._read()

    def __next__(self) -> Group:
        return next(self._groups)

    @property
    def warnings(self) -> list[str]:
        """What may not have been meant by the query, such as a key that no run has."""
        return [warning.message for warning in self._first_page().warnings]

    def table(self, *, limit: int | None = None) -> RowTable:
        """The groups as a table: a row each, with its keys' values, `num_runs` and its figures.

        Lists and objects are the text of `OTHER`. Reads anew, whatever was iterated over.

        Args:
            limit: The first so many.
        """
        return RowTable(lambda: map(_table_row, islice(self._read(), limit)))

    def to_dicts(self) -> list[dict[str, Any]]:
        """`table()` as a list of `dict`."""
        return self.table().to_dicts()

    def to_arrow(self) -> pyarrow.Table:
        """`table()` as a table of pyarrow."""
        return self.table().to_arrow()

    def to_polars(self) -> polars.DataFrame:
        """`table()` as a data frame of polars."""
        return self.table().to_polars()

    def to_pandas(self) -> pandas.DataFrame:
        """`table()` as a data frame of pandas."""
        return self.table().to_pandas()

    def _read(self) -> Iterator[Group]:
        page = self._first_page()
        while True:
            for group in page.groups:
                yield _group(group, self._keys, self._aggregates)
            if page.next_cursor is None:
                return
            page = self._ask([("cursor", page.next_cursor)])

    def _first_page(self) -> _GroupPage:
        if self._first is None:
            self._first = self._ask([])
        return self._first

    def _ask(self, more: list[tuple[str, str]]) -> _GroupPage:
        return self._transport.get(_GroupPage, self._path, [*self._query, *more])


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


def _table_row(group: Group) -> dict[str, Any]:
    values = {
        key: value.value if isinstance(value, Other) else value
        for key, value in group.values.items()
    }
    return {**values, "num_runs": group.num_runs, **group.figures}


def _decoded(raw: Raw) -> Any:
    # No value of anyone's: theirs have a second `$`.
    if bytes(raw) == _OTHER:
        return OTHER
    return documents.decode(bytes(raw))
