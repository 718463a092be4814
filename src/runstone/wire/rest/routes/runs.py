"""Runs: lists, one, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from msgspec import UNSET as LEFT_OUT
from msgspec import Meta, Struct

from runstone.domain.access import Action
from runstone.domain.cursors import bad_cursor
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_text import parse_key, parse_sort, read_filter
from runstone.domain.filters import And, Key, Source
from runstone.domain.ids import RunId
from runstone.domain.run import UNSET, Run, RunUpdate
from runstone.domain.suggestions import Doubt
from runstone.ports.store import Snapshot, Transaction
from runstone.services import bulk, run_index, run_list, run_values
from runstone.services import runs as services
from runstone.services.run_index.columns import MAX_COLUMNS
from runstone.wire.rest import translate
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.cursors import read_run_cursor
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.runs import (
    ARCHIVED,
    Archived,
    BulkChange,
    BulkOutcome,
    ColumnList,
    RecentRuns,
    RunDetail,
    RunList,
    RunRow,
    UpdateRun,
)


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


class ListColumns(Struct, forbid_unknown_fields=True):
    """Query of `list_columns`."""

    limit: Annotated[int, Meta(ge=1, le=MAX_COLUMNS)] = 1_000
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    search: Annotated[
        Annotated[str, Meta(max_length=1_024)] | None,
        Meta(description="Part of a column's name, whatever the case of its letters."),
    ] = None
    source: Annotated[Source | None, Meta(description="Only columns from there.")] = None


@route("GET", "/projects/{entity}/{project}/columns", tag="Runs")
async def list_columns(call: Call[ListColumns, None]) -> ColumnList:
    """List the columns that a table of the project's runs may have, and how many runs fill them.

    Objects in documents are taken apart: `{"optimizer": {"lr": 1}}` is a column `optimizer.lr`;
    but those with a `_type` (media, histograms) are one value.
    """
    query = call.query
    after = _column_after(query.cursor)
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: run_index.list_columns(
                snapshot,
                call.actor,
                call.context.key_catalog,
                call.context.logged_keys,
                call.path["entity"],
                call.path["project"],
                limit=query.limit,
                search=query.search or "",
                source=query.source,
                after=after,
            ),
        )
    )
    return ColumnList(
        [translate.column(column) for column in found.columns],
        None if found.next_after is None else print_key(found.next_after),
        found.total,
    )


def _column_after(cursor: str | None) -> Key | None:
    if cursor is None:
        return None
    try:
        return parse_key(cursor)
    except InvalidInput as error:
        raise bad_cursor() from error


@route("POST", "/projects/{entity}/{project}/runs/bulk", tag="Runs")
async def change_runs(call: Call[None, BulkChange]) -> BulkOutcome:
    """Do one thing to many runs at once.

    Runs that are named are changed in one transaction. Those that a filter finds are those of one
    instant, checked all together before the first is changed, and then changed 500 at a time, so
    that nobody else waits: should the server stop in between, or someone take a name that `move`
    needs, the rest is as it was, and the same request does the rest.
    """
    wanted = call.body
    change = bulk.Change(
        wanted.action, tuple(wanted.tags), wanted.group, wanted.to_entity, wanted.to_project
    )
    entity, project = call.path["entity"], call.path["project"]
    if wanted.filter is not None:
        return await _change_found_runs(call, change, wanted.filter)
    if wanted.dry_run or wanted.expect_count is not None or wanted.archived is not None:
        raise InvalidInput("dry_run, expect_count and archived go with a filter.")
    done = await call.write(
        lambda tx: bulk.change_runs(tx, call.actor, entity, project, wanted.runs, change)
    )
    num_changed, num_unchanged, num_unknown = map(len, (done.changed, done.unchanged, done.unknown))
    return BulkOutcome(
        done.changed,
        done.unchanged,
        done.unknown,
        num_changed,
        num_unchanged,
        num_unknown,
        num_changed + num_unchanged + num_unknown,
    )


async def _change_found_runs(
    call: Call[None, BulkChange], change: bulk.Change, text: str
) -> BulkOutcome:
    wanted = call.body
    entity, project = call.path["entity"], call.path["project"]
    if wanted.runs:
        raise InvalidInput("Give the runs' ids, or a filter that finds them, not both.")
    if not text.strip():
        raise InvalidInput("The filter is empty: write `true` if all runs are meant.")
    written = read_filter(text)
    default: Archived = "only" if change.action is bulk.BulkAction.UNARCHIVE else "exclude"
    found = await call.wait(
        run_index.read_current(
            call.context.store,
            lambda snapshot: bulk.select_runs(
                snapshot,
                call.actor,
                call.context.run_index,
                entity,
                project,
                written.tree,
                change,
                archived=ARCHIVED[wanted.archived or default],
                expect_count=wanted.expect_count,
                is_trial=wanted.dry_run,
            ),
        )
    )
    done = bulk.BulkCounts()
    for part in () if wanted.dry_run else bulk.batches(found.runs):
        done += await call.write(
            lambda tx, part=part: bulk.change_selected(  # type: ignore[misc]
                tx, call.actor, entity, project, part, change
            )
        )
    counts = (done.num_changed, done.num_unchanged, done.num_unknown)
    warnings = translate.query_warnings(found.warnings, written)
    return BulkOutcome([], [], [], *counts, len(found.runs), warnings)


class GetRun(Struct, forbid_unknown_fields=True):
    """Query of `get_run`."""

    documents: Annotated[
        bool,
        Meta(
            description="False leaves config and summary out, in whose place `{}` stands: some are "
            "of megabytes. `get_config` and `get_summary` give them in parts."
        ),
    ] = True


@route("GET", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def get_run(call: Call[GetRun, None]) -> RunDetail:
    """Get one run with its config and summary."""
    entity, project, name = _address(call)
    with_documents = call.query.documents
    found = await call.read(
        lambda s: run_list.run_overview(
            s, call.actor, entity, project, name, with_documents=with_documents
        )
    )
    return translate.run_detail(found.run, found.progress, found.texts)


@route("PATCH", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def update_run(call: Call[None, UpdateRun]) -> RunDetail:
    """Change a run's name, notes, tags, group or job type; what is left out stays."""
    entity, project, name = _address(call)
    wanted = call.body
    if wanted.display_name is not LEFT_OUT and not wanted.display_name.strip():
        raise InvalidInput("A run cannot be without a name: give a text.", code="empty-name")
    update = RunUpdate(
        display_name=UNSET if wanted.display_name is LEFT_OUT else wanted.display_name,
        notes=UNSET if wanted.notes is LEFT_OUT else wanted.notes,
        tags=UNSET if wanted.tags is LEFT_OUT else tuple(dict.fromkeys(wanted.tags)),
        group=UNSET if wanted.group is LEFT_OUT else wanted.group or None,
        job_type=UNSET if wanted.job_type is LEFT_OUT else wanted.job_type or None,
    )
    notes_before = None if wanted.notes_before is LEFT_OUT else wanted.notes_before

    def change(tx: Transaction) -> run_list.RunOverview:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        changed = services.update_run(tx, call.actor, run.id, update, notes_before=notes_before)
        return run_list.overview_of(tx, changed)

    changed = await call.write(change)
    return translate.run_detail(changed.run, changed.progress, changed.texts)


@route(
    "POST",
    "/projects/{entity}/{project}/runs/{run}/stop",
    tag="Runs",
    status=HTTPStatus.NO_CONTENT,
)
async def stop_run(call: Call[None, None]) -> None:
    """Ask a run to stop; its process hears of it with its next report."""
    entity, project, name = _address(call)

    def stop(tx: Transaction) -> None:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        services.stop_run(tx, call.actor, run.id)

    await call.write(stop)


@route("DELETE", "/projects/{entity}/{project}/runs/{run}", tag="Runs")
async def delete_run(call: Call[None, None]) -> None:
    """Move a run to the trash, from where it can be restored for some time (`trash_days`).

    Its process is told to stop. What that reports meanwhile is kept with the run.
    """
    entity, project, name = _address(call)

    def delete(tx: Transaction) -> None:
        run = services.find_run(tx, call.actor, entity, project, name, Action.WRITE)
        services.delete_run(tx, call.actor, run.id)

    await call.write(delete)


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


def _address(call: AnyCall) -> tuple[str, str, str]:
    return call.path["entity"], call.path["project"], call.path["run"]
