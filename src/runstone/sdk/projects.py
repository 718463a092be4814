"""A project: what it holds, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType, NoneType
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from runstone.sdk.frames import Keys, key_query, several
from runstone.sdk.paths import ProjectPath, RunPath
from runstone.sdk.records import Column, KeyInfo, RunDetail, RunPage
from runstone.sdk.run import Run, list_keys
from runstone.sdk.runs import RunQuery, Runs, check_sort
from runstone.sdk.transport import Transport

_PAGE: Final = 1_000


class ProjectFacts(Struct, frozen=True):
    """A project as it travels."""

    entity: str
    name: str
    description: str
    created_at: datetime
    last_activity_at: datetime
    num_runs: int
    states: dict[str, int]


class Project:
    """A named set of runs, as it was when it was read.

    Example:
        project = api.project("lab/digits")
        project.runs(filter='state == "finished"')
        [column.name for column in project.columns()]
    """

    def __init__(self, transport: Transport, facts: ProjectFacts) -> None:
        self._transport = transport
        self._facts = facts
        self._path = ProjectPath(facts.entity, facts.name)

    def __repr__(self) -> str:
        return f"<Project: {self.path}, {self.num_runs:,} runs>"

    @property
    def entity(self) -> str:
        """The user or team that owns it."""
        return self._facts.entity

    @property
    def name(self) -> str:
        """Its name."""
        return self._facts.name

    @property
    def path(self) -> str:
        """`entity/project`."""
        return str(self._path)

    @property
    def url(self) -> str:
        """Its page."""
        parts = (quote(self.entity, safe=""), quote(self.name, safe=""))
        return "/".join([self._transport.server.url, *parts])

    @property
    def description(self) -> str:
        """What people wrote about it."""
        return self._facts.description

    @property
    def created_at(self) -> datetime:
        """When it was made, UTC."""
        return self._facts.created_at

    @property
    def last_activity_at(self) -> datetime:
        """When a run of it last spoke or changed, UTC."""
        return self._facts.last_activity_at

    @property
    def num_runs(self) -> int:
        """How many runs it has."""
        return self._facts.num_runs

    @property
    def states(self) -> Mapping[str, int]:
        """How many runs are in each state."""
        return MappingProxyType(self._facts.states)

    def runs(
        self,
        filter: str | None = None,  # noqa: A002 - the word of the query
        sort: str | None = None,
        *,
        search: str | None = None,
        columns: Keys = None,
    ) -> Runs:
        """Its runs, or those that meet a filter; see `Api.runs`."""
        return find_runs(self._transport, self._path, filter, sort, search, columns)

    def run(self, run_id: str) -> Run:
        """One of its runs.

        Raises:
            NotFound: It has none of that id.
        """
        return find_run(self._transport, RunPath(self.entity, self.name, run_id))

    def logged_keys(self, runs: Keys = None, *, system: bool = False) -> list[KeyInfo]:
        """The keys that runs have logged.

        Args:
            runs: Ids; the newest hundred, if left out.
            system: The system metrics' keys instead.
        """
        query = key_query("run", runs)
        query.append(("stream", "system" if system else "history"))
        return list_keys(self._transport, self._path, query)

    def columns(self, search: str = "") -> list[Column]:
        """What a table of its runs may show, filter and sort by, and how many runs fill it.

        Args:
            search: Part of a name.
        """
        found: list[Column] = []
        cursor: str | None = None
        while True:
            query = [("limit", str(_PAGE)), *([("search", search)] if search else [])]
            if cursor is not None:
                query.append(("cursor", cursor))
            page = self._transport.get(_ColumnPage, (*self._path.segments, "columns"), query)
            found += page.columns
            cursor = page.next_cursor
            if cursor is None:
                return found

    def trash(self) -> Iterator[Run]:
        """Its deleted runs, the last deleted first; `restore()` takes one out."""
        cursor: str | None = None
        while True:
            query = [("limit", str(_PAGE)), *([("cursor", cursor)] if cursor else [])]
            page = self._transport.get(RunPage, (*self._path.segments, "trash"), query)
            for row in page.runs:
                yield Run(self._transport, row)
            cursor = page.next_cursor
            if cursor is None:
                return

    def update(self, *, description: str) -> Project:
        """Changes its description, and returns it."""
        body = {"description": description}
        self._facts = self._transport.send(ProjectFacts, "PATCH", self._path.segments, body=body)
        return self

    def delete(self, *, with_runs: bool = False) -> None:
        """Moves it to the trash.

        Args:
            with_runs: One that has runs is refused without.
        """
        query = [("runs", "true")] if with_runs else []
        self._transport.send(NoneType, "DELETE", self._path.segments, query=query)

    def restore(self) -> Project:
        """Takes it out of the trash, with the runs that went there along with it."""
        path = (*self._path.segments, "restore")
        self._facts = self._transport.send(ProjectFacts, "POST", path)
        return self


class _ColumnPage(Struct):
    columns: list[Column]
    next_cursor: str | None


def find_runs(
    transport: Transport,
    path: ProjectPath,
    filter: str | None,  # noqa: A002
    sort: str | None,
    search: str | None,
    columns: Keys,
) -> Runs:
    """The runs of a query; nothing is asked yet.

    Raises:
        InvalidInput: The filter or the sort order is no text.
    """
    query = RunQuery((), check_sort(sort), search, several(columns))
    found = Runs(transport, path, query)
    return found if filter is None else found.filter(filter)


def find_run(transport: Transport, path: RunPath) -> Run:
    """A run, read now.

    Raises:
        NotFound: There is none.
    """
    return Run(transport, transport.get(RunDetail, path.segments))
