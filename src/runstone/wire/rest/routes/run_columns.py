"""The columns that a table of runs may have."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.cursors import bad_cursor
from runstone.domain.errors import InvalidInput
from runstone.domain.filter_printing import print_key
from runstone.domain.filter_text import parse_key
from runstone.domain.filters import Key, Source
from runstone.services import run_index
from runstone.services.run_index.columns import MAX_COLUMNS
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.keys import ColumnList


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
