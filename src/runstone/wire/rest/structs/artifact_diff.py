"""Comparisons of two versions on the wire: of their files, and of tables in them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.artifact_diff import ChangeKind
from runstone.services.table_comparison import RowChangeKind
from runstone.wire.rest.structs.artifacts import ArtifactFile, ArtifactVersion
from runstone.wire.rest.structs.media import JsonValue


class ArtifactFileChange(Struct):
    """A file that is not the same in both versions."""

    change: ChangeKind
    before: Annotated[ArtifactFile | None, Meta(description="Null for an added one.")]
    after: Annotated[ArtifactFile | None, Meta(description="Null for a removed one.")]


class ArtifactChangeCounts(Struct):
    """Files of each kind that match the search; `same` counts all that are in both as they are."""

    added: int
    removed: int
    changed: int
    renamed: int
    same: int


class ArtifactDiff(Struct):
    """What has to be done to one version's files to come to another's."""

    before: ArtifactVersion
    after: ArtifactVersion
    counts: ArtifactChangeCounts
    added_bytes: Annotated[
        int, Meta(description="Of files that are new, or changed as they are after.")
    ]
    removed_bytes: Annotated[
        int, Meta(description="Of files that are gone, or changed as they were before.")
    ]
    changes: Annotated[list[ArtifactFileChange], Meta(description="By path.")]
    total: Annotated[int, Meta(description="Changes that match, on all pages.")]
    next_cursor: Annotated[
        str | None, Meta(description="Pass as `cursor` for the next page; null on the last.")
    ]


class ComparedColumn(Struct):
    """A column of one or both tables."""

    name: str
    type: str
    is_before: Annotated[bool, Meta(description="The table before has it.")]
    is_after: Annotated[bool, Meta(description="The table after has it.")]


class RowChange(Struct):
    """A row that is not the same in both tables; a cell for each column, null where it has none."""

    change: RowChangeKind
    before_index: Annotated[int | None, Meta(description="Its place in the table before, from 0.")]
    after_index: Annotated[int | None, Meta(description="Its place in the table after, from 0.")]
    before: list[JsonValue] | None
    after: list[JsonValue] | None
    changed: Annotated[list[int], Meta(description="Columns whose cells differ.")]


class TableDiffPage(Struct):
    """Rows that differ between two tables."""

    columns: Annotated[
        list[ComparedColumn], Meta(description="Those after, then those that are gone.")
    ]
    key: Annotated[
        str | None,
        Meta(description="Column by which rows were joined; null: by their places."),
    ]
    keys: Annotated[list[str], Meta(description="Columns that could be it.")]
    num_added: int
    num_removed: int
    num_changed: int
    num_same: int
    rows: list[RowChange]
    offset: int
    total: Annotated[int, Meta(description="Rows that differ, in the way that was asked for.")]
