"""Charts that runs logged, and the columns of tables that such charts draw."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput, QuotaExceeded, RunstoneError
from runstone.services import logged_charts as services
from runstone.services.tables import Table
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.routes.files import md5_hex
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.logged_charts import (
    ColumnsProblem,
    LoggedChart,
    LoggedCharts,
    RunColumns,
    TableColumns,
    TableColumnsRequest,
)
from runstone.wire.rest.structs.media import MediaFile
from runstone.wire.rest.table_pages import read_table_file
from runstone.wire.rest.translate_media import raw

_MAX_BYTES: Final = 256 * 1024 * 1024
"""Of all tables of one request: some seconds of reading."""


class ListLoggedCharts(Struct, forbid_unknown_fields=True):
    """Query of `list_logged_charts`."""

    run: Annotated[
        list[str],
        Meta(
            description="Ids; repeat it for each. Unknown ones are left out.",
            max_length=services.MAX_CHART_RUNS,
        ),
    ]


@route("GET", "/projects/{entity}/{project}/logged-charts", tag="Custom charts")
async def list_logged_charts(call: Call[ListLoggedCharts, None]) -> LoggedCharts:
    """List the custom charts that some runs logged: which table is drawn, and how."""
    entity, project = call.path["entity"], call.path["project"]
    found = await call.read(
        lambda s: services.list_logged_charts(s, call.actor, entity, project, call.query.run)
    )
    return LoggedCharts(
        [
            LoggedChart(one.key, one.spec, one.table, dict(one.fields), dict(one.texts), runs)
            for one, runs in found
        ]
    )


@route("POST", "/projects/{entity}/{project}/table-columns", tag="Custom charts")
async def read_table_columns(call: Call[None, TableColumnsRequest]) -> TableColumns:
    """Read columns of the tables that some runs logged under a key, for a chart of all of them.

    A table that cannot be read says why in its `problem`; the others are answered.
    """
    path, asked = call.path, call.body
    if len(asked.runs) * asked.max_rows > services.MAX_ROWS_AT_ONCE:
        raise InvalidInput(
            f"{len(asked.runs)} runs × {asked.max_rows:,} rows were asked for; at most "
            f"{services.MAX_ROWS_AT_ONCE:,} rows come at once. Lower max_rows.",
            code="too-many-values",
        )
    found = await call.read(
        lambda s: services.find_tables(
            s, call.actor, path["entity"], path["project"], asked.runs, asked.key, asked.step
        )
    )
    tables = []
    left = _MAX_BYTES
    for one in found:
        if one.file is not None:
            left -= one.file.size_bytes
        tables.append(await _read(call, asked, one, is_too_much=left < 0))
    return TableColumns(tables)


async def _read(
    call: AnyCall, asked: TableColumnsRequest, one: services.FoundTable, *, is_too_much: bool
) -> RunColumns:
    try:
        if one.file is None or one.file.blob is None:
            assert one.problem is not None, "a table without a file says why"
            raise one.problem
        if is_too_much:
            raise QuotaExceeded(
                "The tables of these runs are too large together. Ask for fewer runs at once.",
                code="table-too-large",
            )
        table = await read_table_file(call, one.file.name, one.file.blob, one.file.size_bytes)
        return await asyncio.to_thread(_columns, one, table, asked)
    except RunstoneError as error:
        problem = ColumnsProblem(error.code, error.message)
        return RunColumns(one.run, one.step, list(one.steps), 0, [], problem, _file(one))


def _columns(one: services.FoundTable, table: Table, asked: TableColumnsRequest) -> RunColumns:
    picked = table.pick(asked.columns, asked.max_rows)
    columns = [None if cells is None else raw(list(cells)) for cells in picked.columns]
    return RunColumns(
        one.run, one.step, list(one.steps), picked.total_rows, columns, None, _file(one)
    )


def _file(one: services.FoundTable) -> MediaFile | None:
    file = one.file
    return None if file is None else MediaFile(file.name, file.size_bytes, md5_hex(file))
