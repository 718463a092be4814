"""Exports: rows of runs, runs as a table, and everything as an archive; all of it streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct

from runstone.domain.cancellation import Cancelled
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_text import parse_filter, parse_key, parse_sort
from runstone.domain.history import StreamKind
from runstone.ports.blobs import Blobs
from runstone.services import export
from runstone.services.export import Format, RowChoice, RunChoice
from runstone.wire.common.asgi import ClientGone
from runstone.wire.common.pipes import Pipe
from runstone.wire.rest.call import AnyCall, Call, Download
from runstone.wire.rest.downloads import stream_download
from runstone.wire.rest.routing import route

T = TypeVar("T")

MAX_KEYS = 10_000

_Format = Annotated[
    Format,
    Meta(description="`parquet`, `arrow` (an IPC stream), `csv`, or `jsonl`: one object a line."),
]
_Filter = Annotated[
    str | None, Meta(description='Such as `config.lr < 1e-3 and "baseline" in tags`.')
]
_Sort = Annotated[
    str | None,
    Meta(description="Keys separated by commas, `-` for high to low; newest first if left out."),
]
_Limit = Annotated[
    Annotated[int, Meta(ge=1)] | None, Meta(description="At most so many runs; all if left out.")
]
_Keys = Annotated[
    list[str],
    Meta(
        description="Only these, in this order; each its own parameter. All if left out.",
        max_length=MAX_KEYS,
    ),
]
_Stream = Annotated[
    Literal["history", "system"], Meta(description="What the script logged, or system metrics.")
]
_MinStep = Annotated[int | None, Meta(description="Only rows with this step or a later one.")]
_MaxStep = Annotated[int | None, Meta(description="Only rows with this step or an earlier one.")]


class ExportRunHistory(Struct, forbid_unknown_fields=True):
    """Query of `export_run_history`."""

    format: _Format = Format.PARQUET
    stream: _Stream = "history"
    keys: _Keys = []
    min_step: _MinStep = None
    max_step: _MaxStep = None


class ExportHistory(Struct, forbid_unknown_fields=True):
    """Query of `export_history`."""

    format: _Format = Format.PARQUET
    stream: _Stream = "history"
    keys: _Keys = []
    min_step: _MinStep = None
    max_step: _MaxStep = None
    filter: _Filter = None
    sort: _Sort = None
    limit: _Limit = None


class ExportTable(Struct, forbid_unknown_fields=True):
    """Query of `export_table`."""

    format: _Format = Format.PARQUET
    columns: Annotated[
        list[str],
        Meta(
            description='Such as `name`, `config.lr`, `summary["val/loss"]`, in this order; each '
            "its own parameter. All fields, and all keys of config and summary, if left out.",
            max_length=MAX_KEYS,
        ),
    ] = []
    filter: _Filter = None
    sort: _Sort = None
    limit: _Limit = None


class ExportArchive(Struct, forbid_unknown_fields=True):
    """Query of `export_archive`."""

    filter: _Filter = None


@route(
    "GET",
    "/projects/{entity}/{project}/runs/{run}/history",
    tag="Export",
    produces="application/octet-stream",
)
async def export_run_history(call: Call[ExportRunHistory, None]) -> Download:
    """Export every row of a run, a column for each key.

    Rows come in the order in which they were logged: those that are there when the export begins,
    several writers one after the other. Before the keys stand `_step`, `_timestamp` (seconds since
    1970 UTC), `_runtime`, and where several processes logged, `_writer`.

    A key's column is int64, float64, bool or utf8 where all its values are integers, floats (or
    both), booleans, or strings. One with values of several types, lists, or objects such as media
    holds JSON texts, and its field says `runstone.type: json`. A logged null is null. JSON lines
    have each value as it was logged, and keys that the row has alone. NaN and infinities are
    themselves; in JSON they are the strings `NaN`, `Infinity`, `-Infinity`.

    Where it is known, the header `Runstone-Rows` says how many rows come. An export that fails on
    its way breaks the connection off.
    """
    query = call.query
    choice = _rows(query)
    path = call.path
    plan = await call.read(
        lambda snapshot: export.plan_run_history(
            snapshot, call.actor, path["entity"], path["project"], path["run"], choice
        )
    )
    return _download(call, plan, query.format, f"{path['run']}-{query.stream}")


@route(
    "GET",
    "/projects/{entity}/{project}/history",
    tag="Export",
    produces="application/octet-stream",
)
async def export_history(call: Call[ExportHistory, None]) -> Download:
    """Export every row of many runs, run after run.

    As of one run, with a column `run` before: the run's id. A key has one type over all runs; a
    run that has not logged it has nulls there. Archived runs are left out, unless the filter
    speaks of `archived`.
    """
    query = call.query
    choice, runs = _rows(query), _runs(call, query.filter, query.sort, query.limit)
    found = await _aside(
        export.all_runs,
        call.context.store,
        call.actor,
        call.context.run_index,
        runs,
        is_cancelled=call.is_cancelled,
    )
    plan = await call.read(
        lambda snapshot: export.plan_rows(snapshot, call.actor, found, choice, has_run=True)
    )
    return _download(call, plan, query.format, f"{call.path['project']}-{query.stream}")


@route(
    "GET",
    "/projects/{entity}/{project}/table",
    tag="Export",
    produces="application/octet-stream",
)
async def export_table(call: Call[ExportTable, None]) -> Download:
    """Export a project's runs, one row a run.

    Columns are named as they were asked for; of all, fields by their names, others `config.lr`,
    `summary.val/loss`. Objects in documents are taken apart, but those with a `_type`. Types are
    as those of histories; times are timestamps, tags JSON texts. Archived runs are left out, unless
    the filter speaks of `archived`.
    """
    query = call.query
    runs = _runs(call, query.filter, query.sort, query.limit)
    columns = {name: parse_key(name) for name in query.columns} or None
    table = await _aside(
        export.read_table,
        call.context.store,
        call.actor,
        call.context.run_index,
        runs,
        columns,
        is_cancelled=call.is_cancelled,
    )

    def write(pipe: Pipe) -> None:
        try:
            export.write(table, call.context.store, query.format, pipe)
        finally:
            table.close()

    name = f"{call.path['project']}-runs.{query.format}"
    return _stream(call, write, name, query.format.media_type, table.num_rows)


@route(
    "GET",
    "/projects/{entity}/{project}/archive",
    tag="Export",
    produces="application/zip",
)
async def export_archive(call: Call[ExportArchive, None]) -> Download:
    """Export everything of a project's runs as a zip: records, rows, output, files.

    Its README.md says what lies where.
    """
    # Everything: what was put aside, too.
    runs = replace(_runs(call, call.query.filter, None, None), archived=None)
    archive = await call.read(
        lambda snapshot: export.plan_archive(
            snapshot, call.context.store, call.actor, call.context.run_index, runs
        )
    )
    return _archive(call, archive, call.path["project"])


@route(
    "GET",
    "/projects/{entity}/{project}/runs/{run}/archive",
    tag="Export",
    produces="application/zip",
)
async def export_run_archive(call: Call[None, None]) -> Download:
    """Export everything of a run as a zip, laid out as that of a project."""
    path = call.path
    archive = await call.read(
        lambda snapshot: export.plan_run_archive(
            snapshot,
            call.context.store,
            call.actor,
            path["entity"],
            path["project"],
            path["run"],
        )
    )
    return _archive(call, archive, path["run"])


def _rows(query: ExportRunHistory | ExportHistory) -> RowChoice:
    first, last = query.min_step, query.max_step
    if first is not None and last is not None and first > last:
        raise InvalidInput(
            f"min_step ({first}) lies beyond max_step ({last}): no row has such a step. Both ends "
            "are included."
        )
    end = None if last is None else last + 1
    return RowChoice(StreamKind(query.stream), query.keys or None, first, end)


def _runs(call: AnyCall, filter_: str | None, sort: str | None, limit: int | None) -> RunChoice:
    tree, keys = parse_filter(filter_ or ""), parse_sort(sort or "")
    return RunChoice(call.path["entity"], call.path["project"], tree, keys, limit, archived=False)


def _download(call: AnyCall, plan: export.HistoryExport, wanted: Format, name: str) -> Download:
    def write(pipe: Pipe) -> None:
        export.write(plan, call.context.store, wanted, pipe)

    return _stream(call, write, f"{name}.{wanted}", wanted.media_type, plan.num_rows)


def _archive(call: AnyCall, archive: export.Archive, name: str) -> Download:
    loop = asyncio.get_running_loop()

    def write(pipe: Pipe) -> None:
        archive.write(pipe, lambda blob: _blob_chunks(call.context.blobs, blob, loop))

    return _stream(call, write, f"{name}.zip", "application/zip", None)


def _blob_chunks(blobs: Blobs, blob: str, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The bytes of a file, read on the event loop for a thread beside it."""
    chunks = blobs.read(blob)

    async def following() -> bytes | None:
        return await anext(chunks, None)

    while True:
        chunk = asyncio.run_coroutine_threadsafe(following(), loop).result()
        if chunk is None:
            return
        yield chunk


async def _aside(read: Callable[..., T], *args: Any, **options: Any) -> T:
    """The result of what reads page after page.

    Raises:
        ClientGone: The client went away meanwhile.
    """
    try:
        return await asyncio.to_thread(read, *args, **options)
    except Cancelled:
        raise ClientGone from None


def _stream(
    call: AnyCall, write: Callable[[Pipe], None], name: str, media_type: str, rows: int | None
) -> Download:
    headers = () if rows is None else ((b"runstone-rows", b"%d" % rows),)
    chunks = call.context.pipes.stream(write, name=f"export {name[:60]}")
    return stream_download(export.safe_name(name), media_type, chunks, headers)
