"""Two versions beside each other: their files, and the rows of tables in them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from runstone.domain.artifact_diff import ChangeKind, FileChange
from runstone.domain.errors import InvalidInput
from runstone.domain.manifest import Entry
from runstone.ports.store import Snapshot
from runstone.services.artifacts import comparing
from runstone.services.artifacts.reading import Address
from runstone.services.table_comparison import (
    RowChangeKind,
    RowPair,
    TableDiff,
)
from runstone.services.tables import MAX_ROWS, Table
from runstone.wire.rest.call import AnyCall, Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs import artifact_diff as structs
from runstone.wire.rest.structs.artifacts import ArtifactFile
from runstone.wire.rest.structs.media import JsonValue
from runstone.wire.rest.table_pages import read_version_table
from runstone.wire.rest.translate_artifacts import artifact_file, artifact_version
from runstone.wire.rest.translate_media import raw

_DIFF: Final = "/projects/{entity}/{project}/artifacts/{collection}/diff"
_VersionName = Annotated[
    str,
    Meta(
        min_length=1, max_length=4_096,
        description="A version: `v3`, an alias or a digest of this collection, `name:v3` of "
        "another one in the project, or `entity/project/name:v3`.",
    ),
]  # fmt: skip


class DiffArtifacts(Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of `diff_artifacts`."""

    before: _VersionName = field(name="from")
    after: _VersionName = field(name="to")
    change: Annotated[ChangeKind | None, Meta(description="Only changes of this kind.")] = None
    search: Annotated[
        str,
        Meta(max_length=1_024, description="Part of a path, old or new, in capitals or not."),
    ] = ""
    cursor: Annotated[str | None, Meta(description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=comparing.MAX_CHANGES)] = 1_000


class DiffArtifactTables(Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of `diff_artifact_tables`."""

    before: _VersionName = field(name="from")
    after: _VersionName = field(name="to")
    path: Annotated[str, Meta(description="Of the table in the version after.")]
    old_path: Annotated[
        str | None, Meta(description="Of the one in the version before, where it has another.")
    ] = None
    key: Annotated[
        str | None,
        Meta(
            description="Column to join rows by; if left out, the first one that holds each text "
            "or integer once in both tables, else rows are joined by their places."
        ),
    ] = None
    by_place: Annotated[bool, Meta(description="Join rows by their places.")] = False
    change: Annotated[RowChangeKind | None, Meta(description="Only such rows.")] = None
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_ROWS)] = 100


@route("GET", _DIFF, tag="Artifacts")
async def diff_artifacts(call: Call[DiffArtifacts, None]) -> structs.ArtifactDiff:
    """Compare two versions: files added, removed, changed (by digest) and renamed, by path."""
    query = call.query
    before, after = _addresses(call, query.before, query.after)

    def read(snapshot: Snapshot) -> structs.ArtifactDiff:
        found = comparing.compare_versions(
            snapshot, call.actor, before, after, call.context.comparisons,
            kind=query.change, search=query.search, after_path=query.cursor, limit=query.limit,
        )  # fmt: skip
        num_of = found.num_of
        return structs.ArtifactDiff(
            artifact_version(found.before),
            artifact_version(found.after),
            structs.ArtifactChangeCounts(
                num_of.get(ChangeKind.ADDED, 0),
                num_of.get(ChangeKind.REMOVED, 0),
                num_of.get(ChangeKind.CHANGED, 0),
                num_of.get(ChangeKind.RENAMED, 0),
                found.num_same,
            ),
            found.added_bytes,
            found.removed_bytes,
            [_change(one) for one in found.changes],
            found.total,
            found.changes[-1].path if found.has_more else None,
        )

    return await call.read(read)


@route("GET", _DIFF + "/table", tag="Artifacts")
async def diff_artifact_tables(call: Call[DiffArtifactTables, None]) -> structs.TableDiffPage:
    """Compare a table of two versions: rows added, removed and changed, and which cells of them.

    Tables are what `read_artifact_table` reads. Of larger ones than can be compared it says so
    (`table-too-large`).
    """
    query = call.query
    if query.by_place and query.key is not None:
        raise InvalidInput("key and by_place contradict each other: send one of them.")
    addresses = _addresses(call, query.before, query.after)
    paths = (query.path if query.old_path is None else query.old_path, query.path)
    old, new = [
        await read_version_table(call, address, path)
        for address, path in zip(addresses, paths, strict=True)
    ]
    tables = old.table, new.table

    def compare() -> structs.TableDiffPage:
        diff = call.context.table_diffs.of(
            (old.key, new.key), tables, key=query.key, by_place=query.by_place
        )
        return _page(diff, tables, query)

    return await asyncio.to_thread(compare)


def _addresses(call: AnyCall, *names: str) -> list[Address]:
    path = call.path
    here = Address(path["entity"], path["project"], path["collection"], "")
    return [comparing.read_address(name, here) for name in names]


def _change(found: FileChange) -> structs.ArtifactFileChange:
    return structs.ArtifactFileChange(found.kind, _file(found.before), _file(found.after))


def _file(entry: Entry | None) -> ArtifactFile | None:
    return None if entry is None else artifact_file(entry)


def _page(
    diff: TableDiff, tables: tuple[Table, Table], query: DiffArtifactTables
) -> structs.TableDiffPage:
    counts = diff.count()
    rows = [one for one in diff.rows if query.change in (None, one.kind)]
    shown = rows[query.offset : query.offset + query.limit]
    return structs.TableDiffPage(
        [
            structs.ComparedColumn(
                one.name, one.type, one.before is not None, one.after is not None
            )
            for one in diff.columns
        ],
        diff.key,
        list(diff.keys),
        counts.get(RowChangeKind.ADDED, 0),
        counts.get(RowChangeKind.REMOVED, 0),
        counts.get(RowChangeKind.CHANGED, 0),
        diff.num_same,
        [_row(diff, tables, one) for one in shown],
        query.offset,
        len(rows),
    )


def _row(diff: TableDiff, tables: tuple[Table, Table], pair: RowPair) -> structs.RowChange:
    before, after = tables
    return structs.RowChange(
        pair.kind,
        pair.before,
        pair.after,
        _cells(before, pair.before, [one.before for one in diff.columns]),
        _cells(after, pair.after, [one.after for one in diff.columns]),
        list(pair.changed),
    )


def _cells(table: Table, place: int | None, columns: list[int | None]) -> list[JsonValue] | None:
    if place is None:
        return None
    (row,) = table.rows(place, place + 1)
    return [
        raw(row[column] if column is not None and column < len(row) else None) for column in columns
    ]
