"""The runs that an export is about: all pages of a filter, one snapshot a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from runstone.domain.access import Actor
from runstone.domain.cancellation import Cancelled, never
from runstone.domain.errors import InvalidInput
from runstone.domain.filters import EVERYTHING, Filter, SortKey
from runstone.domain.run import Run
from runstone.ports.store import Snapshot, Store
from runstone.services.run_index import RunIndex, RunQuery, RunTable, query_runs, read_current
from runstone.services.run_list import MAX_PAGE

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunChoice:
    """Which runs of a project.

    Attributes:
        limit: At most so many; None means all.
        archived: Only runs that are, or are not; None for both. What a filter says of it counts.
    """

    entity: str
    project: str
    filter: Filter = EVERYTHING
    sort: tuple[SortKey, ...] = ()
    limit: int | None = None
    archived: bool | None = None


def pages_of_runs(
    store: Store,
    actor: Actor,
    index: RunIndex,
    choice: RunChoice,
    use: Callable[[Snapshot, RunTable], T],
    *,
    is_cancelled: Callable[[], bool] = never,
) -> Iterator[T]:
    """What `use` makes of each page of the runs, in the snapshot that the page is of.

    Raises:
        Cancelled: `is_cancelled` said so before a page.
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is below 1.
    """
    if choice.limit is not None and choice.limit < 1:
        raise InvalidInput(f"limit is {choice.limit}; it must be at least 1.")
    query = RunQuery(choice.filter, choice.sort, MAX_PAGE, archived=choice.archived)
    left = choice.limit
    while True:
        if is_cancelled():
            raise Cancelled
        asked = query if left is None else replace(query, limit=min(left, MAX_PAGE))

        def unit(snapshot: Snapshot, asked: RunQuery = asked) -> tuple[RunTable, T]:
            page = query_runs(snapshot, actor, index, choice.entity, choice.project, asked)
            return page, use(snapshot, page)

        page, made = read_current(store, unit).result()
        yield made
        left = None if left is None else left - len(page.runs)
        if page.next_cursor is None or left == 0:
            return
        query = replace(query, cursor=page.next_cursor)


def all_runs(
    store: Store,
    actor: Actor,
    index: RunIndex,
    choice: RunChoice,
    *,
    is_cancelled: Callable[[], bool] = never,
) -> list[Run]:
    """All of them.

    Raises:
        Cancelled: `is_cancelled` said so.
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is below 1.
    """
    found = pages_of_runs(
        store, actor, index, choice, lambda _, page: list(page.runs), is_cancelled=is_cancelled
    )
    # A run that changed while the pages were read may be on two of them.
    return list({run.id: run for page in found for run in page}.values())
