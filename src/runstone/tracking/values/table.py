"""Tables: rows of values, which may be pictures, sounds and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.tracking.encoding import plain
from runstone.tracking.values.arrays import as_numpy, is_array
from runstone.tracking.values.binding import must_be_bound, wrapped
from runstone.tracking.values.media import Content, FileValue, RunShelf, Shelf, as_json

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun

LogMode: TypeAlias = Literal["IMMUTABLE", "MUTABLE", "INCREMENTAL"]

_MODES: Final = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")
_DEFAULT_COLUMNS: Final = ("Input", "Output", "Expected")


class Table(FileValue):
    """Rows and named columns.

    Example:
        table = runstone.Table(columns=["image", "label"])
        table.add_data(runstone.Image(pixels), "cat")
        run.log({"samples": table})

    Attributes:
        columns: Their names.
        data: The rows; they may be changed.
        log_mode: `INCREMENTAL` sends what came since it was logged last; else all of it is sent
            each time.
    """

    log_type: ClassVar[str] = "table-file"
    folder: ClassVar[str] = "media/table"

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: LogMode = "IMMUTABLE",
    ) -> None:
        """Begins a table.

        Args:
            columns: Names; of a data frame its own.
            data: Rows, an array of two dimensions, or a data frame.
            rows: Rows, too.
            dataframe: Of pandas or Polars.
            dtype: Taken for the sake of scripts, as are `optional` and `allow_mixed_types`: values
                of any types may stand in one column here.
            log_mode: See the class.

        Raises:
            InvalidInput: Rows of another length than the columns, or an unknown mode.
        """
        if log_mode not in _MODES:
            raise InvalidInput(f"log_mode is {log_mode!r}; it must be {', '.join(_MODES)}.")
        self.log_mode = log_mode
        self.columns: list[Any] = list(_DEFAULT_COLUMNS if columns is None else columns)
        self.data: list[list[Any]] = []
        self._num_logged = 0
        self._increment = 0
        source: Any = dataframe if dataframe is not None else data if data is not None else rows
        if hasattr(source, "columns") and not isinstance(source, Mapping):
            if columns is None or dataframe is not None:
                self.columns = [_name(column) for column in source.columns]
            source = _rows_of_frame(source)
        elif is_array(source):
            source = as_numpy(source).tolist()
        for row in () if source is None else source:
            self.add_data(*row)

    def __repr__(self) -> str:
        return f"<Table: {len(self.data):,} rows of {', '.join(map(str, self.columns))}>"[:200]

    def __len__(self) -> int:
        return len(self.data)

    def add_data(self, *data: Any) -> None:
        """Adds a row.

        Raises:
            InvalidInput: It has more or fewer values than there are columns.
        """
        if len(data) != len(self.columns):
            raise InvalidInput(
                f"A row of {len(data)} values does not fit {len(self.columns)} columns: "
                f"{', '.join(map(str, self.columns))[:500]}."
            )
        self.data.append(list(data))

    def add_row(self, *row: Any) -> None:
        """See `add_data`."""
        self.add_data(*row)

    def add_column(self, name: Any, data: Any, optional: bool = False) -> None:
        """Adds a column with a value for each row; to an empty table with as many rows as that.

        Raises:
            InvalidInput: There is one of that name, or the number of values is another.
        """
        values = as_numpy(data).tolist() if is_array(data) else list(data)
        if name in self.columns:
            raise InvalidInput(f"There is a column {name!r} already.")
        is_empty = not self.columns or not self.data
        if not is_empty and len(values) != len(self.data):
            raise InvalidInput(f"{len(values)} values do not fit {len(self.data)} rows.")
        if is_empty:
            self.data = [[None] * len(self.columns) for _ in values]
        for row, value in zip(self.data, values, strict=True):
            row.append(value)
        self.columns.append(name)

    def add_computed_columns(self, fn: Callable[[int, dict[Any, Any]], Mapping[Any, Any]]) -> None:
        """Adds the columns that a function computes for each row.

        Args:
            fn: Of the row's number and its values by column; returns new values by new column.
        """
        made = [
            dict(fn(number, dict(zip(self.columns, row, strict=True))))
            for number, row in enumerate(self.data)
        ]
        for name in dict.fromkeys(name for values in made for name in values):
            self.add_column(name, [values.get(name) for values in made])

    def get_column(self, name: Any, convert_to: Literal["numpy"] | None = None) -> Any:
        """The values of a column; `convert_to="numpy"` makes an array of them.

        Raises:
            InvalidInput: There is no such column, or no NumPy.
        """
        if name not in self.columns:
            raise InvalidInput(
                f"There is no column {name!r}; there are {', '.join(map(str, self.columns))[:500]}."
            )
        at = self.columns.index(name)
        values = [row[at] for row in self.data]
        return as_numpy(values) if convert_to == "numpy" else values

    def get_index(self) -> list[int]:
        """The numbers of the rows."""
        return list(range(len(self.data)))

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Each row with its number."""
        return enumerate(self.data)

    def get_dataframe(self) -> Any:
        """The table as a data frame of pandas.

        Raises:
            InvalidInput: There is no pandas.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise InvalidInput("get_dataframe needs pandas: pip install pandas.") from error
        return pd.DataFrame(self.data, columns=[str(column) for column in self.columns])

    def bind(self, run: ActiveRun, key: str, step: int | str) -> dict[str, JsonValue]:
        """See `RunValue`; the run logs it as an artifact, too."""
        num_before = self._num_logged
        document = super().bind(run, key, step)
        if self.log_mode != "INCREMENTAL" or self._num_logged > num_before:
            run.note_table(key, document)
        return document

    def document(self, shelf: Shelf) -> dict[str, JsonValue]:
        """See `Media`; in a run its rows are a file, in an artifact they are in the document."""
        start = self._num_logged if self.log_mode == "INCREMENTAL" else 0
        rows: list[JsonValue] = [
            [_cell(value, shelf) for value in row] for row in self.data[start:]
        ]
        names: list[JsonValue] = [plain(column) for column in self.columns]
        size: dict[str, JsonValue] = {"ncols": len(names), "nrows": len(self.data)}
        if not isinstance(shelf, RunShelf):
            found: dict[str, JsonValue] = {"_type": "table", "columns": names, "data": rows}
            return found | size | {"log_mode": self.log_mode}
        content = Content.of(as_json({"columns": names, "data": rows}), ".table.json")
        document: dict[str, JsonValue] = {
            "_type": self.log_type,
            "path": shelf.keep(self.folder, content),
            "sha256": content.sha256,
            "size": content.size_bytes,
            "log_mode": self.log_mode,
        }
        if self.log_mode == "INCREMENTAL":
            document |= {
                "_type": "incremental-table-file",
                "increment_num": self._increment,
                "previous_increments_paths": [],
            }
            self._num_logged = len(self.data)
            self._increment += 1
        return document | size


def _cell(value: Any, shelf: Shelf) -> JsonValue:
    if value is None or type(value) in (int, float, str, bool):
        return value
    if must_be_bound(value):
        one = wrapped(value, in_list=True)
        if isinstance(one, FileValue):
            return one.document(shelf)
        if callable(document := getattr(one, "document", None)):
            return document()
    if isinstance(value, Mapping):
        return {str(key): _cell(item, shelf) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cell(item, shelf) for item in value]
    if callable(isoformat := getattr(value, "isoformat", None)):
        return str(isoformat())
    if is_array(value) and getattr(value, "ndim", None):
        return plain(as_numpy(value).tolist())
    return plain(value)


def _rows_of_frame(frame: Any) -> list[list[Any]]:
    if callable(rows := getattr(frame, "rows", None)):  # Polars
        return [list(row) for row in rows()]
    columns = [_values_of(frame.iloc[:, at]) for at in range(frame.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def _values_of(series: Any) -> list[Any]:
    """Of a column of pandas; what is missing is None, and NaN only among floats."""
    values: list[Any] = series.tolist()
    if getattr(series.dtype, "kind", "O") == "f":
        return values
    is_missing = series.isna().tolist()
    return [None if gone else value for value, gone in zip(values, is_missing, strict=True)]


def _name(column: Any) -> Any:
    return column if isinstance(column, (str, int)) else str(column)
