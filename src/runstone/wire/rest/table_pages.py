"""Pages of tables that were saved as files, wherever the files are."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.media import Media
from runstone.services import combined_tables, tables
from runstone.services.artifacts.reading import Address
from runstone.services.artifacts.tables import TableFile, table_file, tables_below
from runstone.services.combined_tables import Join
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
    _require_room(name, size_bytes)
    cache = call.context.tables
    kept: Table | None = cache.get(blob)
    if kept is not None:
        return kept
    table: Table = await _parsed(call, name, blob)
    cache.put(blob, table)
    return table


@dataclass(frozen=True, slots=True)
class VersionTable:
    """A table that is a file of a version, or is made of files of it.

    Attributes:
        key: Of all bytes that it was read from: the same one, the same table.
    """

    table: Table
    key: str


async def read_version_table(call: AnyCall, address: Address, path: str) -> VersionTable:
    """A table of a version, put together where its file names others of the version.

    Raises:
        InvalidInput: Not a table, or a damaged one (code `bad-table`).
        QuotaExceeded: More bytes or rows than can be shown (code `table-too-large`).
        NotFound: No such file in the version, or the actor may not see it.
    """
    file = await call.read(lambda s: table_file(s, call.actor, address, path))
    if not combined_tables.is_combined(file.path):
        table = await read_table_file(call, file.path, file.blob, file.size_bytes)
        return VersionTable(table, file.blob)
    definition = await _definition(call, file)
    if isinstance(definition, Join):
        sides = [
            await _parts(call, address, part) for part in (definition.table1, definition.table2)
        ]
    else:
        sides = [await _below(call, address, definition.parts_path)]
    parts = [part for side in sides for part in side]
    _require_room(file.path, sum(part.size_bytes for part in parts))
    blobs = "\n".join([file.blob, *(part.blob for part in parts)])
    key = hashlib.sha256(blobs.encode()).hexdigest()
    kept: Table | None = call.context.tables.get(key)
    if kept is not None:
        return VersionTable(kept, key)
    read = [[await _parsed(call, part.path, part.blob) for part in side] for side in sides]

    def combine() -> Table:
        wholes = [
            side[0] if len(side) == 1 else combined_tables.PartitionedTable(side) for side in read
        ]
        if not isinstance(definition, Join):
            return wholes[0]
        one, other = wholes
        return combined_tables.JoinedTable(file.path, one, other, definition.keys)

    made = await asyncio.to_thread(combine)
    call.context.tables.put(key, made)
    return VersionTable(made, key)


async def _parts(call: AnyCall, address: Address, path: str) -> Sequence[TableFile]:
    """The tables behind one side of a join."""
    file = await call.read(lambda s: table_file(s, call.actor, address, path))
    if not combined_tables.is_combined(file.path):
        return [file]
    definition = await _definition(call, file)
    assert not isinstance(definition, Join), "what a join names was checked"
    return await _below(call, address, definition.parts_path)


async def _below(call: AnyCall, address: Address, folder: str) -> Sequence[TableFile]:
    return await call.read(lambda s: tables_below(s, call.actor, address, folder))


async def _definition(
    call: AnyCall, file: TableFile
) -> combined_tables.Partition | combined_tables.Join:
    if file.size_bytes > combined_tables.MAX_DEFINITION_BYTES:
        raise InvalidInput(
            f"{file.path} has {file.size_bytes:,} bytes: that is more than names of tables.",
            code="bad-table",
        )
    content = b"".join([chunk async for chunk in call.context.blobs.read(file.blob)])
    return combined_tables.read_definition(file.path, content)


def _require_room(name: str, size_bytes: int) -> None:
    if size_bytes > MAX_TABLE_BYTES:
        raise QuotaExceeded(
            f"{name} has {size_bytes:,} bytes; tables of up to {MAX_TABLE_BYTES:,} can "
            "be shown. Download the file instead.",
            code="table-too-large",
            file=name,
        )


async def _parsed(call: AnyCall, name: str, blob: str) -> Table:
    content = b"".join([chunk async for chunk in call.context.blobs.read(blob)])
    return await asyncio.to_thread(tables.parse_table, name, content)
