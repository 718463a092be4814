"""Rows at hand as a table: data frames and files, in the forms that the server's tables have."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from runstone.sdk.frames import Format, Progress, format_of, read_format, wanted
from runstone.sdk.saving import whole_file

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row: TypeAlias = Mapping[str, Any]

_INT64: Final = 2**63


class RowTable:
    """A table of few rows, read whole when one of the methods is called.

    Each key is one column, in the order in which rows bring them. A column whose values are of
    several kinds, or lists and objects, holds them as JSON texts; `to_dicts()` has the values.
    """

    def __init__(self, rows: Callable[[], Iterable[Row]]) -> None:
        self._rows = rows

    def to_dicts(self) -> list[dict[str, Any]]:
        """All rows."""
        return [dict(row) for row in self._rows()]

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow: `pip install "runstone[arrow]"`."""
        arrow = wanted("pyarrow", "arrow", "to_arrow()")
        table: pyarrow.Table = arrow.table(_columns(self.to_dicts()))
        return table

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars: `pip install "runstone[polars]"`."""
        library = wanted("polars", "polars", "to_polars()")
        frame: polars.DataFrame = library.DataFrame(_columns(self.to_dicts()))
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of pandas: `pip install "runstone[pandas]"`."""
        library = wanted("pandas", "pandas", "to_pandas()")
        frame: pandas.DataFrame = library.DataFrame(_columns(self.to_dicts()))
        return frame

    def export(
        self,
        path: str | os.PathLike[str],
        format: Format | str | None = None,  # noqa: A002 - the word that people look for
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Writes it to a file, which has its name only when it is whole; see `Frame.export`."""
        target = Path(path)
        wanted_format = format_of(target) if format is None else read_format(format)
        data = self._written(wanted_format)
        with whole_file(target) as file:
            file.write(data)
        if progress is not None:
            progress(len(data), 1.0)
        return target

    def write_to(self, file: BinaryIO, format: Format | str) -> None:  # noqa: A002
        """Writes it to an open file, such as `sys.stdout.buffer`."""
        file.write(self._written(read_format(format)))

    def _written(self, wanted_format: Format) -> bytes:
        match wanted_format:
            case Format.CSV:
                return _csv(_columns(self.to_dicts())).encode()
            case Format.JSONL:
                lines = [
                    json.dumps(_strict(row), ensure_ascii=False, separators=(",", ":"))
                    for row in self.to_dicts()
                ]
                return "".join(f"{line}\n" for line in lines).encode()
            case Format.PARQUET:
                parquet = wanted("pyarrow.parquet", "arrow", "Parquet of these rows")
                out = io.BytesIO()
                parquet.write_table(self.to_arrow(), out)
                return out.getvalue()
            case Format.ARROW:
                arrow = wanted("pyarrow", "arrow", "Arrow of these rows")
                table, out = self.to_arrow(), io.BytesIO()
                with arrow.ipc.new_stream(out, table.schema) as writer:
                    writer.write_table(table)
                return out.getvalue()


def _columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _alike([row.get(name) for row in rows]) for name in names}


def _alike(values: list[Any]) -> list[Any]:
    """Values of one type that a column can have, else all of them as JSON texts."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float} and all(_fits(value) for value in values):
        return [None if value is None else float(value) for value in values]
    if len(kinds) <= 1 and not kinds & {list, dict} and all(_fits(value) for value in values):
        return values
    return [None if value is None else _text(value) for value in values]


def _fits(value: Any) -> bool:
    return not isinstance(value, int) or -_INT64 <= value < _INT64


def _text(value: Any) -> str:
    return json.dumps(_strict(value), ensure_ascii=False, separators=(",", ":"))


def _strict(value: Any) -> Any:
    """The value as strict JSON can say it: floats that it lacks as texts of their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {name: _strict(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(inner) for inner in value]
    return value


def _csv(columns: Mapping[str, Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "NaN" if value != value else str(value)
