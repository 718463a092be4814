"""Tables that are files of a version, read whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from runstone.domain import documents
from runstone.domain.errors import InvalidInput
from runstone.sdk.frames import wanted

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class ArtifactTable:
    """Rows under columns, as they were logged: JSON as wandb writes tables, CSV or TSV.

    Iterating gives a `dict` for each row. Of CSV and TSV all values are texts; media in a table of
    wandb's are objects with the `path` of their file in the version.

    Example:
        table = version.get_table("predictions")
        table.columns, len(table), table.rows[0]["label"]
        table.to_pandas()

    Attributes:
        columns: Their names, in order.
    """

    def __init__(self, columns: Sequence[str], data: Sequence[Sequence[Any]]) -> None:
        self.columns = tuple(columns)
        self._data = data

    def __repr__(self) -> str:
        return f"<ArtifactTable: {len(self):,} rows of {', '.join(self.columns)}>"

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._data:
            yield dict(zip(self.columns, row, strict=False))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows."""
        return list(self)

    # As a table of wandb's is read

    @property
    def data(self) -> list[list[Any]]:
        """All rows, each as a list."""
        return [list(row) for row in self._data]

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Each row as a list, with its number."""
        return enumerate(self.data)

    def get_column(self, name: str, convert_to: Literal["numpy"] | None = None) -> Any:
        """The values of a column; `convert_to="numpy"` makes an array of them.

        Raises:
            InvalidInput: There is no such column.
        """
        if name not in self.columns:
            known = ", ".join(self.columns)[:500]
            raise InvalidInput(f"There is no column {name!r}; there are {known}.")
        at = self.columns.index(name)
        values = [row[at] for row in self._data]
        return wanted("numpy", "pandas", "convert_to").array(values) if convert_to else values

    def get_dataframe(self) -> pandas.DataFrame:
        """As wandb calls `to_pandas()`."""
        return self.to_pandas()

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of pandas: `pip install "runstone[pandas]"`."""
        library = wanted("pandas", "pandas", "to_pandas()")
        frame: pandas.DataFrame = library.DataFrame(list(self._data), columns=list(self.columns))
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars: `pip install "runstone[polars]"`."""
        library = wanted("polars", "polars", "to_polars()")
        frame: polars.DataFrame = library.DataFrame(self._by_column(), strict=False)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow: `pip install "runstone[arrow]"`."""
        arrow = wanted("pyarrow", "arrow", "to_arrow()")
        table: pyarrow.Table = arrow.table(self._by_column())
        return table

    def _by_column(self) -> dict[str, list[Any]]:
        rows = [list(row) for row in self._data]
        return {name: [row[i] for row in rows] for i, name in enumerate(self.columns)}


def read_table(path: str, data: bytes) -> ArtifactTable:
    """A table from the bytes of a file.

    Raises:
        InvalidInput: It is none that is known here.
    """
    name = path.lower()
    if name.endswith((".csv", ".tsv")):
        lines = csv.reader(
            io.StringIO(data.decode("utf-8-sig", "replace"), newline=""),
            delimiter="\t" if name.endswith(".tsv") else ",",
        )
        header = next(lines, [])
        width = len(header)
        return ArtifactTable(header, [(row + [""] * width)[:width] for row in lines])
    if name.endswith(".json"):
        try:
            found = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):  # NaN, which Python writes
            found = documents.loads(data)
        columns = found.get("columns") if isinstance(found, dict) else None
        rows = found.get("data") if isinstance(found, dict) else None
        if isinstance(columns, list) and isinstance(rows, list):
            names = [str(column) for column in columns]
            return ArtifactTable(names, [row for row in rows if isinstance(row, list)])
    raise InvalidInput(
        f"{path!r} is no table: a table is JSON with columns and data, CSV or TSV. download() gets "
        "any file.",
        code="not-a-table",
    )
