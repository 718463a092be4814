"""Pages of tables that were saved as files, wherever the files are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.media import Media
from runstone.services import tables
from runstone.services.tables import MAX_TABLE_BYTES, Page, Table
from runstone.wire.rest.call import AnyCall
from runstone.wire.rest.structs.media import MediaFile, TableCell, TableColumn, TablePage
from runstone.wire.rest.translate_media import medium, raw


class ReadTable(Struct, forbid_unknown_fields=True):
    """Query of operations that read a table."""

    path: Annotated[str, Meta(description="Name of a file: `.table.json`, `.csv` or `.tsv`.")]
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=tables.MAX_ROWS)] = 100


async def read_page(
    call: AnyCall, *, name: str, blob: str, size_bytes: int, offset: int, limit: int
) -> Page:
    """Some rows of a table file; parsed off the event loop, once for the pages that follow.

    Raises:
        InvalidInput: Not a table, or a damaged one (code `bad-table`).
        QuotaExceeded: More bytes or rows than can be shown (code `table-too-large`).
        NotFound: The bytes are gone.
    """
    table = await read_table_file(call, name, blob, size_bytes)
    return await asyncio.to_thread(table.page, offset, limit)


def media_of(page: Page) -> list[Media]:
    """The media in the cells of a page."""
    return [found for _, _, found in page.media]


async def table_page(page: Page, files: Mapping[str, MediaFile]) -> TablePage:
    """A page as it travels, its media with those of their files that are known by name."""
    rows = await asyncio.to_thread(lambda: [[raw(cell) for cell in row] for row in page.rows])
    return TablePage(
        [TableColumn(column.name, column.type) for column in page.columns],
        rows,
        page.offset,
        page.total_rows,
        [TableCell(row, column, medium(found, files)) for row, column, found in page.media],
    )


async def read_table_file(call: AnyCall, name: str, blob: str, size_bytes: int) -> Table:
    """A whole table file, parsed off the event loop; the last few are kept.

    Raises:
        InvalidInput: Not a table, or a damaged one (code `bad-table`).
        QuotaExceeded: More bytes or rows than can be shown (code `table-too-large`).
        NotFound: The bytes are gone.
    """
    if not tables.is_table(name):
        raise InvalidInput(
            f"{name} is no table: those are .table.json, .csv and .tsv.", code="bad-table"
        )
    if size_bytes > MAX_TABLE_BYTES:
        raise QuotaExceeded(
            f"{name} has {size_bytes:,} bytes; tables of up to {MAX_TABLE_BYTES:,} can "
            "be shown. Download the file instead.",
            code="table-too-large",
            file=name,
        )
    cache = call.context.tables
    kept: Table | None = cache.get(blob)
    if kept is not None:
        return kept
    content = b"".join([chunk async for chunk in call.context.blobs.read(blob)])
    table: Table = await asyncio.to_thread(tables.parse_table, name, content)
    cache.put(blob, table)
    return table
