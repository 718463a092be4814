"""A page of a project's runs under a filter and an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, TypeVar

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, Unavailable
from runstone.domain.filter_printing import print_sort
from runstone.domain.filters import (
    EVERYTHING,
    Filter,
    Key,
    Matches,
    Or,
    SortKey,
    Source,
    keys_of,
)
from runstone.domain.ids import RunId
from runstone.domain.patterns import Pattern, escape
from runstone.domain.run import Run
from runstone.domain.suggestions import Doubt
from runstone.ports.store import Snapshot, Store
from runstone.services.projects import find_project
from runstone.services.run_index.cursor import query_mark, read_cursor, write_cursor
from runstone.services.run_index.evaluation import passing, with_archived
from runstone.services.run_index.index import RunIndex, SnapshotTooOld
from runstone.services.run_index.ordering import Order
from runstone.services.run_index.warnings import warnings_of
from runstone.services.run_list import MAX_PAGE, Progress, progress_of

T = TypeVar("T")

_MAX_TRIES: Final = 100
_SEARCHED: Final = ("id", "name", "group", "job_type", "tags")


@dataclass(frozen=True, slots=True)
class RunQuery:
    """What is asked of a project's runs.

    Attributes:
        sort: The first key counts most; ties, and all runs where there is no key, newest first.
        limit: How many runs a page holds at most.
        cursor: `RunTable.next_cursor` of the page before, of the same filter and sort.
        archived: Only runs that are, or are not; None for both.
    """

    filter: Filter = EVERYTHING
    sort: tuple[SortKey, ...] = ()
    limit: int = 50
    cursor: str | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class RunTable:
    """One page.

    Attributes:
        progress: Of each run that has a history.
        total: How many runs the filter lets through.
        next_cursor: For the next page; None on the last.
        seq: All changes up to this number are in here.
        warnings: What the asker may not have meant, such as a key that no run has.
    """

    runs: Sequence[Run]
    progress: Mapping[RunId, Progress]
    total: int
    next_cursor: str | None
    seq: int
    warnings: tuple[Doubt, ...]


def query_runs(
    snapshot: Snapshot,
    actor: Actor,
    index: RunIndex,
    entity: str,
    project: str,
    query: RunQuery,
) -> RunTable:
    """A page of a project's runs, all of it of the snapshot's state.

    Pages follow one another by value, not by number: while runs change, one that moves behind the
    last page's end is seen (again), and none that stays is skipped.

    Raises:
        NotFound: No such project, or the actor may not see it.
        InvalidInput: `limit` is not 1 to 1,000, or the cursor is not of this query.
        SnapshotTooOld: To be run again; `read_current` does.
    """
    if not 1 <= query.limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {query.limit}; it must be 1 to {MAX_PAGE:,}.")
    place = find_project(snapshot, actor, entity, project)
    mark = query_mark(place.id, query.filter, [print_sort(query.sort), str(query.archived)])
    start = None
    if query.cursor is not None:
        start = read_cursor(query.cursor, mark, len(query.sort))
    tree = with_archived(snapshot, place.id, query.filter, query.archived)
    keys = [*keys_of(tree), *(key.key for key in query.sort)]
    view = index.view(snapshot.run_columns, place.id, keys)
    rows = passing(tree, view, snapshot.now)
    total = len(rows)
    order = Order(view, query.sort, start)
    rows = order.after_start(rows)
    is_last = len(rows) <= query.limit
    rows = order.first(rows, query.limit)
    runs = snapshot.run_columns.runs(view.ids[rows].tolist())
    return RunTable(
        runs,
        progress_of(snapshot, runs),
        total,
        None if is_last else write_cursor(mark, order.place_of(int(rows[-1]))),
        snapshot.runs.last_change_seq(),
        warnings_of(snapshot, view, query.filter, keys),
    )


def containing(text: str) -> Filter:
    """Runs with `text` in their id, name, group, job type or a tag, whatever the case."""
    pattern = Pattern("(?i)" + escape(text))
    return Or(tuple(Matches(Key(Source.RUN, field), pattern) for field in _SEARCHED))


def read_current(store: Store, unit: Callable[[Snapshot], T]) -> Future[T]:
    """Runs a reading unit, again where it met `SnapshotTooOld`.

    The index follows the newest snapshot that any reader had. A reader that was overtaken between
    taking its snapshot and reading the index takes a new one, rather than answer with a mixture.
    """
    answer: Future[T] = Future()
    answer.set_running_or_notify_cancel()

    def attempt(tries_left: int) -> None:
        def done(tried: Future[T]) -> None:
            error = tried.exception()
            if error is None:
                answer.set_result(tried.result())
            elif isinstance(error, SnapshotTooOld) and tries_left:
                attempt(tries_left - 1)
            elif isinstance(error, SnapshotTooOld):
                answer.set_exception(Unavailable("The runs change too fast to be read."))
            else:
                answer.set_exception(error)

        try:
            store.read(unit).add_done_callback(done)
        except Exception as error:  # noqa: BLE001 - it is the future's
            # In a callback nobody would hear of it, and the asker would wait for ever.
            answer.set_exception(error)

    attempt(_MAX_TRIES)
    return answer
