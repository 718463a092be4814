"""The four encodings of an export, written piece by piece into a sink."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from runstone.ports.store import Store
from runstone.services.export.columns import Column, ColumnType
from runstone.services.export.sink import Sink, Stopped

if TYPE_CHECKING:
    from arro3.core import RecordBatch, Schema


class Format(StrEnum):
    """How rows are written."""

    PARQUET = "parquet"
    ARROW = "arrow"
    """IPC stream."""
    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        """For HTTP."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.ARROW: "application/vnd.apache.arrow.stream",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson; charset=utf-8",
}

_CELLS: Final = {
    Format.PARQUET: 262_144,
    Format.ARROW: 1_310_720,
    Format.CSV: 32_768,
    Format.JSONL: 65_536,
}
"""Cells written at once. arro3 holds Python's lock meanwhile: so many take 1 to 3 ms, for which the
server's event loop may have to wait."""

_ROW_GROUP: Final = 131_072
_ENCODINGS: Final = {
    # Floats by bytes of equal significance, integers by their differences: with LZ4 smaller than
    # plain values with zstd, and twice as fast to write.
    ColumnType.FLOAT: "byte_stream_split",
    ColumnType.INT: "delta_binary_packed",
    ColumnType.TIME: "delta_binary_packed",
}


class Rows(Protocol):
    """What can be written: a plan that reads what it is asked for."""

    columns: Sequence[Column]

    def schema(self) -> Schema:
        """Of the record batches."""

    def record_batches(self, store: Store, *, max_cells: int) -> Iterator[RecordBatch]:
        """The rows in columns, at least one batch."""

    def json_lines(self, store: Store, *, max_cells: int) -> Iterator[bytes]:
        """The rows as JSON objects, one a line."""


def write(rows: Rows, store: Store, wanted: Format, sink: Sink) -> None:
    """Writes all rows.

    Raises:
        RunstoneError: As the rows say; what was written is then not the whole.
        Stopped: The sink wants no more.
    """
    if wanted is Format.JSONL:
        for lines in rows.json_lines(store, max_cells=_CELLS[wanted]):
            sink.write(lines)
        return
    failed: list[BaseException] = []
    batches = _watched(rows.record_batches(store, max_cells=_CELLS[wanted]), sink, failed)
    file = _File(sink)
    try:
        _encode(rows, batches, wanted, file)
    except Exception:
        # On its way through Rust an exception has lost its type.
        if failed:
            raise failed[0] from None
        raise
    if file.is_stopped:
        raise Stopped


def _encode(rows: Rows, batches: Iterable[RecordBatch], wanted: Format, file: Any) -> None:
    from arro3 import io
    from arro3.core import RecordBatchReader

    reader = RecordBatchReader.from_batches(rows.schema(), batches)
    match wanted:
        case Format.PARQUET:
            paths = {(column.name,): column.type for column in rows.columns}
            encodings: dict[Any, Any] = {
                path: _ENCODINGS[kind] for path, kind in paths.items() if kind in _ENCODINGS
            }
            io.write_parquet(
                reader,
                file,
                compression="lz4_raw",
                dictionary_enabled=False,
                column_dictionary_enabled=dict.fromkeys(set(paths) - set(encodings), True),
                column_encoding=encodings,
                max_row_group_size=_ROW_GROUP,
                created_by="Runstone",
            )
        case Format.ARROW:
            io.write_ipc_stream(reader, file, compression=None)
        case _:
            io.write_csv(reader, file)


def _watched(
    batches: Iterator[RecordBatch], sink: Sink, failed: list[BaseException]
) -> Iterator[RecordBatch]:
    try:
        for batch in batches:
            sink.check()
            yield batch
    except BaseException as error:
        failed.append(error)
        raise


class _File:
    """A sink as arro3 wants a file to be. It never raises: arro3 would panic."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.is_stopped = False

    def write(self, data: bytes) -> int:
        if not self.is_stopped:
            try:
                self._sink.write(data)
            except Stopped:
                self.is_stopped = True
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("a stream has no positions")
