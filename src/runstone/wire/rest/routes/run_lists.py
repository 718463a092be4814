"""Lists of runs: of a project, filtered and sorted, and of all projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput
from runstone.domain.filter_text import parse_key, parse_sort, read_filter
from runstone.domain.filters import And, Key
from runstone.domain.ids import RunId
from runstone.domain.run import Run
from runstone.domain.suggestions import Doubt
from runstone.ports.store import Snapshot
from runstone.services import run_index, run_list, run_values
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.cursors import read_run_cursor
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.run_queries import ARCHIVED, Archived
from runstone.wire.rest.structs.runs import RecentRuns, RunList, RunRow


class ListRuns(Struct, forbid_unknown_fields=True):
    """Query of `list_runs`."""

    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_PAGE)] = 50
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(
            description="Part of an id, display name, group, job type or tag, whatever the case "
            "of its letters."
        ),
    ] = None
    filter: Annotated[
        str | None,
        Meta(
            description="Such as `config.lr < 1e-3 and summary.val/loss < 0.2 and "
            '"baseline" in tags and name ~ "resnet.*"`. Not with `since_seq`.'
        ),
    ] = None
    sort: Annotated[
        str | None,
        Meta(
            description="Keys separated by commas, `-` for high to low: "
            "`-summary.val/loss,created_at`. Newest first if left out. Not with `since_seq`."
        ),
    ] = None
    since_seq: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="Only runs changed after this: `seq` of an earlier answer."),
    ] = None
    archived: Annotated[
        Archived, Meta(description="What of archived runs; with `ids` they are there anyway.")
    ] = "exclude"
    ids: Annotated[
        list[str],
        Meta(
            description="Only these runs, in this order, whatever the other parameters say but "
            "`columns`; unknown ones are left out.",
            max_length=run_list.MAX_PAGE,
        ),
    ] = []
    columns: Annotated[
        list[str],
        Meta(
            description='What `values` of each run holds: `config.lr`, `summary["val/loss"]`, '
            "`notes`; see `list_columns`.",
            max_length=run_values.MAX_COLUMNS,
        ),
    ] = []


@route("GET", "/projects/{entity}/{project}/runs", tag="Runs")
async def list_runs(call: Call[ListRuns, None]) -> RunList:
    """List a project's runs, newest first, or filtered and sorted by what they recorded.

    With `since_seq`, only those that changed since, in order of change, whatever `cursor` says:
    ask again from the answer's `seq` until none comes. Runs that were deleted are in `deleted`.

    A live table without filter and sort follows with `since_seq`. With them, any change may move
    a run or take it out: when an event tells of one, ask for the same pages again (an answer that
    is the same comes as a 304). What a page pins or selects outside of its pages, it asks for by
    `ids`.
    """
    entity, project = call.path["entity"], call.path["project"]
    query = call.query
    since = query.since_seq
    columns = _Columns(query.columns)
    if not query.ids and (query.filter or query.sort):
        return await _query_runs(call, columns)
    before = read_run_cursor(query.cursor)

    def read(snapshot: Snapshot) -> RunList:
        if query.ids:
            found = run_list.list_named_runs(snapshot, call.actor, entity, project, query.ids)
        elif since is None:
            found = run_list.list_runs(
                snapshot,
                call.actor,
                entity,
                project,
                limit=query.limit,
                before=before,
                search=query.search,
                archived=ARCHIVED[query.archived],
            )
        else:
            found = run_list.list_changed_runs(
                snapshot,
                call.actor,
                entity,
                project,
                since=since,
                limit=query.limit,
                search=query.search,
                archived=ARCHIVED[query.archived],
            )
        rows = columns.rows(snapshot, found.runs, found.progress)
        return RunList(
            rows,
            None if found.next_before is None else str(found.next_before),
            found.total,
            found.seq,
            list(found.deleted),
            translate.query_warnings(columns.doubts(snapshot, call)),
        )

    return await call.wait(run_index.read_current(call.context.store, read))


class ListRecentRuns(Struct, forbid_unknown_fields=True):
    """Query of `list_recent_runs`."""

    limit: Annotated[int, Meta(ge=1, le=run_list.MAX_RECENT)] = 20


@route("GET", "/runs/recent", tag="Runs")
async def list_recent_runs(call: Call[ListRecentRuns, None]) -> RecentRuns:
    """List the runs of all projects that you may see, the most recently active first."""

    def read(snapshot: Snapshot) -> RecentRuns:
        found = run_list.list_recent_runs(snapshot, call.actor, limit=call.query.limit)
        rows = _Columns([]).rows(snapshot, found.runs, found.progress)
        return RecentRuns(rows, found.seq)

    return await call.read(read)


async def _query_runs(call: Call[ListRuns, None], columns: _Columns) -> RunList:
    query = call.query
    if query.since_seq is not None:
        raise InvalidInput("since_seq goes with search alone: leave out filter and sort.")
    written = read_filter(query.filter or "")
    tree = written.tree
    if query.search:
        tree = And((tree, run_index.containing(query.search)))
    asked = run_index.RunQuery(
        tree,
        parse_sort(query.sort or ""),
        query.limit,
        query.cursor,
        ARCHIVED[query.archived],
    )
    index = call.context.run_index

    def read(snapshot: Snapshot) -> RunList:
        found = run_index.query_runs(
            snapshot, call.actor, index, call.path["entity"], call.path["project"], asked
        )
        rows = columns.rows(snapshot, found.runs, found.progress)
        doubts = [*found.warnings, *columns.doubts(snapshot, call)]
        return RunList(
            rows,
            found.next_cursor,
            found.total,
            found.seq,
            warnings=translate.query_warnings(list(dict.fromkeys(doubts)), written),
        )

    return await call.wait(run_index.read_current(call.context.store, read))


class _Columns:
    """The columns that a list was asked for, by the names under which it was."""

    def __init__(self, asked: Sequence[str]) -> None:
        self._names = {parse_key(name): name for name in asked}
        self._lacking: list[Key] = []

    def rows(
        self,
        snapshot: Snapshot,
        runs: Sequence[Run],
        progress: Mapping[RunId, run_list.Progress],
    ) -> list[RunRow]:
        nothing = run_list.Progress()
        if not self._names:
            return [translate.run_row(run, progress.get(run.id, nothing)) for run in runs]
        values = run_values.values_of(snapshot, runs, list(self._names))
        self._lacking = [
            key for key in self._names if runs and not any(key in values[run.id] for run in runs)
        ]
        return [
            translate.run_row(
                run,
                progress.get(run.id, nothing),
                run_values.encode_cells(values[run.id], self._names),
            )
            for run in runs
        ]

    def doubts(self, snapshot: Snapshot, call: Call[ListRuns, None]) -> Sequence[Doubt]:
        """Columns that no run of the project fills, told with the first page of a list."""
        query = call.query
        is_first = query.cursor is None and query.since_seq is None and not query.ids
        # What the page has needs no look at the whole project.
        if not (is_first and self._lacking):
            return ()
        place = (call.path["entity"], call.path["project"])
        index = call.context.run_index
        return run_index.doubtful_columns(snapshot, call.actor, index, *place, self._lacking)
