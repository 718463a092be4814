"""Media that runs logged: keys, values at steps, histograms, tables."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Raw, Struct

from runstone.domain import documents, media
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.run import RunFile
from runstone.ports.store import Snapshot
from runstone.services import files, tables
from runstone.services import media as services
from runstone.services.tables import MAX_TABLE_BYTES, Page, Table
from runstone.wire.rest.call import Call
from runstone.wire.rest.routes.files import md5_hex
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.media import (
    Histogram,
    HistogramAtStep,
    HistogramSeries,
    Media,
    MediaFile,
    MediaItem,
    MediaKey,
    MediaKeys,
    MediaSeries,
    MediaValue,
    MediaValues,
    Overlay,
    TableCell,
    TableColumn,
    TablePage,
)

_Step = Annotated[int, Meta(ge=-(2**62), le=2**62)]
_FromStep = Annotated[_Step | None, Meta(description="First step; from the start, if left out.")]
_ToStep = Annotated[_Step | None, Meta(description="Last step; to the end, if left out.")]


class ReadMediaValues(Struct, forbid_unknown_fields=True):
    """Query of `read_media_values`."""

    key: Annotated[list[str], Meta(description="Repeat it for several keys, up to 100.")]
    from_step: _FromStep = None
    to_step: _ToStep = None
    offset: Annotated[
        int, Meta(ge=0, le=2**53, description="Leave out so many values of each key.")
    ] = 0
    limit: Annotated[
        int,
        Meta(ge=1, le=services.MAX_VALUES, description="Of each key; keys × limit ≤ 1,000."),
    ] = 100
    sample: Annotated[
        bool, Meta(description="Evenly chosen values of the range, instead of the first.")
    ] = False


class ReadHistograms(Struct, forbid_unknown_fields=True):
    """Query of `read_histograms`."""

    key: str
    from_step: _FromStep = None
    to_step: _ToStep = None
    limit: Annotated[int, Meta(ge=1, le=services.MAX_VALUES)] = 200


class ReadTable(Struct, forbid_unknown_fields=True):
    """Query of `read_table`."""

    path: Annotated[str, Meta(description="Name of a file: `.table.json`, `.csv` or `.tsv`.")]
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=tables.MAX_ROWS)] = 100


@route("GET", "/projects/{entity}/{project}/runs/{run}/media", tag="Media")
async def list_media(call: Call[None, None]) -> MediaKeys:
    """List the keys under which a run logs media: images, tables, histograms and more."""
    path = call.path
    found = await call.read(
        lambda s: services.list_media(s, call.actor, path["entity"], path["project"], path["run"])
    )
    return MediaKeys(
        [MediaKey(k.key, k.kind, k.num_values, k.first_step, k.last_step) for k in found]
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}/media/values", tag="Media")
async def read_media_values(call: Call[ReadMediaValues, None]) -> MediaValues:
    """Read what a run logged under some keys, from a step or a place on, or evenly chosen.

    A slider takes `steps` and `total` of each key, and reads the value at its place with
    `offset` and `limit=1`, or the first from a step on with `from_step` and `limit=1`.
    """
    query, path = call.query, call.path
    where = services.MediaRange(
        query.from_step, query.to_step, query.offset, query.limit, query.sample
    )
    if query.sample and query.offset:
        raise InvalidInput("sample and offset contradict each other: send one of them.")

    def read(snapshot: Snapshot) -> MediaValues:
        found = services.read_media(
            snapshot, call.actor, path["entity"], path["project"], path["run"], query.key, where
        )
        # Many pictures are many structs: made here, on the store's thread.
        return _values(*found)

    return await call.read(read)


@route("GET", "/projects/{entity}/{project}/runs/{run}/media/histograms", tag="Media")
async def read_histograms(call: Call[ReadHistograms, None]) -> HistogramSeries:
    """Read the histograms of a key over steps, evenly thinned to `limit`."""
    query, path = call.query, call.path
    where = services.MediaRange(query.from_step, query.to_step, limit=query.limit, is_sample=True)
    found, total = await call.read(
        lambda s: services.read_histograms(
            s, call.actor, path["entity"], path["project"], path["run"], query.key, where
        )
    )
    return HistogramSeries(
        query.key,
        total,
        [
            HistogramAtStep(step, time, list(one.edges), list(one.counts))
            for step, time, one in found
        ],
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}/table", tag="Media")
async def read_table(call: Call[ReadTable, None]) -> TablePage:
    """Read rows of a table that was saved as a file: JSON as wandb logs it, CSV or TSV."""
    query, path = call.query, call.path
    file = await call.read(
        lambda s: files.run_file(
            s, call.actor, path["entity"], path["project"], path["run"], query.path
        )
    )
    table = await _table(call, file)
    page, rows = await asyncio.to_thread(lambda: _page(table, query.offset, query.limit))
    found = await call.read(
        lambda s: services.find_files(
            s, call.actor, path["entity"], path["project"], path["run"],
            [medium for _, _, medium in page.media],
        )
    )  # fmt: skip
    return TablePage(
        [TableColumn(column.name, column.type) for column in page.columns],
        rows,
        page.offset,
        page.total_rows,
        [TableCell(row, column, _media(medium, found)) for row, column, medium in page.media],
    )


async def _table(call: Call[ReadTable, None], file: RunFile) -> Table:
    assert file.blob is not None, "found files have bytes"
    if not tables.is_table(file.name):
        raise InvalidInput(
            f"{file.name} is no table: those are .table.json, .csv and .tsv.", code="bad-table"
        )
    if file.size_bytes > MAX_TABLE_BYTES:
        raise QuotaExceeded(
            f"{file.name} has {file.size_bytes:,} bytes; tables of up to {MAX_TABLE_BYTES:,} can "
            "be shown. Download the file instead.",
            code="table-too-large",
            file=file.name,
        )
    cache = call.context.tables
    kept: Table | None = cache.get(file.blob)
    if kept is not None:
        return kept
    content = b"".join([chunk async for chunk in call.context.blobs.read(file.blob)])
    table: Table = await asyncio.to_thread(tables.parse_table, file.name, content)
    cache.put(file.blob, table)
    return table


def _page(table: Table, offset: int, limit: int) -> tuple[Page, list[list[Raw]]]:
    page = table.page(offset, limit)
    return page, [[_raw(cell) for cell in row] for row in page.rows]


def _values(series: Sequence[services.MediaSeries], known: Mapping[str, RunFile]) -> MediaValues:
    return MediaValues(
        [
            MediaSeries(
                one.key,
                [
                    MediaValue(value.index, value.step, value.time, _media(value.media, known))
                    for value in one.values
                ],
                one.total,
                one.next_offset,
                list(one.steps),
            )
            for one in series
        ]
    )


def _media(found: media.Media, known: Mapping[str, RunFile]) -> Media:
    return Media(
        kind=found.kind,
        type=found.type,
        items=[_item(item, known) for item in found.items],
        histogram=None
        if found.histogram is None
        else Histogram(list(found.histogram.edges), list(found.histogram.counts)),
        num_rows=found.num_rows,
        num_columns=found.num_columns,
        increment=found.increment,
        raw=None if found.raw is None else _raw(found.raw),
    )


def _item(item: media.MediaItem, known: Mapping[str, RunFile]) -> MediaItem:
    file = known.get(item.path) if item.path else None
    return MediaItem(
        path=item.path,
        file=None if file is None else MediaFile(file.name, file.size_bytes, md5_hex(file)),
        artifact_path=item.artifact_path,
        caption=item.caption,
        format=item.format,
        width=item.width,
        height=item.height,
        size_bytes=item.size_bytes,
        sha256=item.sha256,
        duration_s=item.duration_s,
        sample_rate=item.sample_rate,
        grouping=item.grouping,
        boxes=_overlays(item.boxes),
        masks=_overlays(item.masks),
    )


def _overlays(overlays: Sequence[media.Overlay]) -> list[Overlay]:
    return [Overlay(one.name, one.path, dict(one.class_labels)) for one in overlays]


def _raw(value: JsonValue) -> Raw:
    return Raw(documents.encode(value).encode())
