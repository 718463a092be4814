"""A project's runs as a table, one row a run: fields, config and summary in columns.

Which columns there are, and of which types, is known only when the last run was read. So all runs
are read once, into a temporary file where they are many, and written from there.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from runstone.domain.access import Actor
from runstone.domain.cancellation import never
from runstone.domain.documents import JsonValue
from runstone.domain.filters import RUN_FIELDS, FieldKind, Key, Source
from runstone.domain.run import Run
from runstone.domain.value_types import NOTHING, ValueTypes, types_of_value
from runstone.ports.run_columns import field_of, lookup
from runstone.ports.store import Snapshot, Store
from runstone.services.export.arrays import array_of, json_cell, schema_of
from runstone.services.export.columns import Column, ColumnType, column_type
from runstone.services.export.found_runs import RunChoice, pages_of_runs
from runstone.services.export.texts import json_text
from runstone.services.run_index import RunIndex, RunTable
from runstone.services.run_values import values_of

if TYPE_CHECKING:
    from arro3.core import Array, RecordBatch, Schema

Row = dict[str, Any]

_IN_MEMORY_BYTES: Final = 32 * 1024 * 1024
_MAX_DEPTH: Final = 8
_FIELD_TYPES: Final = {
    FieldKind.TEXT: ColumnType.TEXT,
    FieldKind.FLAG: ColumnType.BOOL,
    FieldKind.TIME: ColumnType.TIME,
    FieldKind.TAGS: ColumnType.JSON,
}


class TableExport:
    """All rows, read and waiting to be written once. Close it."""

    def __init__(self, columns: Sequence[Column], pages: IO[bytes], num_rows: int) -> None:
        self.columns = columns
        self.num_rows: int | None = num_rows
        self._pages = pages

    def close(self) -> None:
        """Removes the temporary file. Repeatable."""
        self._pages.close()

    def schema(self) -> Schema:
        """Of the record batches."""
        return schema_of(self.columns)

    def record_batches(self, store: Store, *, max_cells: int) -> Iterator[RecordBatch]:
        """The rows in columns, at least one batch."""
        from arro3.core import RecordBatch

        del store
        schema = self.schema()
        num_rows = max(16, max_cells // max(1, len(self.columns)))
        for page in self._read():
            for start in range(0, max(1, len(page)), num_rows):
                rows = page[start : start + num_rows]
                arrays = [_array(rows, column) for column in self.columns]
                yield RecordBatch(arrays, schema=schema)

    def json_lines(self, store: Store, *, max_cells: int) -> Iterator[bytes]:
        """The rows as JSON objects, one a line, with the values that the run has."""
        del store
        num_rows = max(16, max_cells // max(1, len(self.columns)))
        times = {column.key for column in self.columns if column.type is ColumnType.TIME}
        for page in self._read():
            for start in range(0, len(page), num_rows):
                yield "".join(
                    f"{json_text(_with_times(row, times))}\n"
                    for row in page[start : start + num_rows]
                ).encode()

    def _read(self) -> Iterator[list[Row]]:
        self._pages.seek(0)
        while True:
            try:
                # What was written above in this process, to a file without a name.
                yield pickle.load(self._pages)  # noqa: S301
            except EOFError:
                return


def read_table(
    store: Store,
    actor: Actor,
    index: RunIndex,
    choice: RunChoice,
    columns: Mapping[str, Key] | None = None,
    *,
    is_cancelled: Callable[[], bool] = never,
) -> TableExport:
    """Reads a project's runs.

    Args:
        columns: By name in the file; None means all fields, and every key of config and summary.

    Raises:
        Cancelled: `is_cancelled` said so.
        NotFound: No such project, or the actor may not see it.
        InvalidInput: The choice makes no sense.
    """
    pages = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - it goes on with the table
    try:
        types: dict[str, ValueTypes] = {}
        seen: set[int] = set()

        def use(snapshot: Snapshot, page: RunTable) -> list[Row]:
            runs = [run for run in page.runs if run.id not in seen]
            seen.update(run.id for run in runs)
            return _rows(snapshot, runs, columns)

        pages_of_rows = pages_of_runs(store, actor, index, choice, use, is_cancelled=is_cancelled)
        for rows in pages_of_rows:
            for row in rows:
                for name, value in row.items():
                    types[name] = types.get(name, NOTHING) | types_of_value(value)
            pickle.dump(rows, pages, pickle.HIGHEST_PROTOCOL)
        return TableExport(_columns(types, columns), pages, len(seen))
    except BaseException:
        pages.close()
        raise


def run_row(run: Run) -> Row:
    """A run's fields, times as they are; those without a value are left out."""
    return {name: value for name in RUN_FIELDS if (value := field_of(run, name)) not in (None, [])}


def _rows(snapshot: Snapshot, runs: Sequence[Run], columns: Mapping[str, Key] | None) -> list[Row]:
    rows: dict[int, Row] = {run.id: {} for run in runs}
    fields = {n: k for n, k in (columns or {}).items() if k.source is Source.RUN}
    for run in runs:
        found = run_row(run)
        if columns is not None:
            found = {name: found[key.path] for name, key in fields.items() if key.path in found}
        rows[run.id] = {
            name: _microseconds(value) if isinstance(value, datetime) else value
            for name, value in found.items()
        }
    aggregates = {n: k for n, k in (columns or {}).items() if k.source is Source.HISTORY}
    if aggregates:
        figures = values_of(snapshot, runs, list(aggregates.values()))
        for run in runs:
            found = {name: figures[run.id].get(key) for name, key in aggregates.items()}
            rows[run.id].update({n: v for n, v in found.items() if v is not None})
    for source in (Source.CONFIG, Source.SUMMARY):
        wanted = {n: k for n, k in (columns or {}).items() if k.source is source}
        if columns is not None and not wanted:
            continue
        for number, document in snapshot.run_columns.documents(source, list(rows)):
            if columns is None:
                _flatten(document, f"{source}.", 1, rows[number])
                continue
            for name, key in wanted.items():
                if (value := lookup(document, key.path)) is not None:
                    rows[number][name] = value
    return list(rows.values())


def _flatten(document: dict[str, JsonValue], prefix: str, depth: int, into: Row) -> None:
    for name, value in document.items():
        path = prefix + name
        # What has a `_type` is one thing (an image, a histogram), and not a group of values.
        if isinstance(value, dict) and value and "_type" not in value and depth < _MAX_DEPTH:
            _flatten(value, path + ".", depth + 1, into)
        elif path not in into:
            into[path] = value


def _columns(types: Mapping[str, ValueTypes], asked: Mapping[str, Key] | None) -> list[Column]:
    if asked is not None:
        return [_column(name, key, types.get(name, NOTHING)) for name, key in asked.items()]
    fields = [_column(name, Key(Source.RUN, name), types.get(name, NOTHING)) for name in RUN_FIELDS]
    taken = set(RUN_FIELDS)
    others = sorted(name for name in types if name not in taken)
    return [*fields, *(Column(name, name, column_type(types[name])) for name in others)]


def _column(name: str, key: Key, types: ValueTypes) -> Column:
    known = None if key.kind is None else _FIELD_TYPES.get(key.kind)
    if key.kind is FieldKind.NUMBER and types is NOTHING:
        known = ColumnType.FLOAT
    return Column(name, name, known or column_type(types))


def _array(rows: Sequence[Row], column: Column) -> Array:
    cells = [row.get(column.key) for row in rows]
    if column.type is ColumnType.JSON:
        cells = [json_cell(cell) for cell in cells]
    return array_of(cells, column.type)


def _with_times(row: Row, times: set[str]) -> Row:
    return {
        name: _iso(value) if name in times and value is not None else value
        for name, value in row.items()
    }


def _microseconds(time: datetime) -> int:
    return round(time.timestamp() * 1e6)


def _iso(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat().replace("+00:00", "Z")
