"""Tables that were logged as files: read a page at a time.

A file is parsed once, off the event loop, into something from which a page is cheap: rows of JSON
stay bytes until they are asked for. The last few parsed ones are kept.

Source: wandb `sdk/data_types/table.py`: `{"columns": […], "data": [[…], …]}`, with bare `NaN`.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from runstone.domain import documents
from runstone.domain.documents import JsonValue
from runstone.domain.errors import InvalidInput, QuotaExceeded
from runstone.domain.media import Media, is_media, recognise

MAX_TABLE_BYTES: Final = 64 * 1024 * 1024
MAX_TABLE_ROWS: Final = 2_000_000
"""A row in memory takes some 100 bytes, however short it is in the file."""
MAX_ROWS: Final = 1_000
"""Of one page."""

_KEPT_BYTES: Final = 96 * 1024 * 1024
_KEPT_TABLES: Final = 4
_TYPED_ROWS: Final = 1_000
_WORD: Final = re.compile(rb'(?:[^"NI]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+(NaN|Infinity)', re.DOTALL)
"""All up to a word that JSON lacks, strings passed over; nothing is looked at twice."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its type is that of its first 1,000 cells, `mixed` where they differ."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table.

    Attributes:
        media: Row (in the table), column and medium of the cells that hold one.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[JsonValue]]
    offset: int
    total_rows: int
    media: Sequence[tuple[int, int, Media]]


@dataclass(frozen=True, slots=True)
class Picked:
    """Some columns of a table.

    Attributes:
        columns: Cells of each that was asked for; None for one that the table lacks.
        total_rows: That the table has, picked or not.
    """

    columns: Sequence[Sequence[JsonValue] | None]
    total_rows: int


class Table(ABC):
    """A parsed table."""

    def __init__(self, names: Sequence[str], num_rows: int, num_bytes: int) -> None:
        self.num_rows = num_rows
        self.num_bytes = num_bytes
        first = self.rows(0, _TYPED_ROWS)
        self.columns = [
            Column(name, _type_of([row[i] for row in first if i < len(row)]))
            for i, name in enumerate(names)
        ]

    @abstractmethod
    def rows(self, start: int, stop: int) -> list[list[JsonValue]]:
        """Some rows."""

    def page(self, offset: int, limit: int) -> Page:
        """Rows from `offset` on, each with a cell for every column."""
        width = len(self.columns)
        rows = [
            [*row[:width], *[None] * (width - len(row))]
            for row in self.rows(offset, offset + limit)
        ]
        media = [
            (offset + r, c, recognise(cell))
            for r, row in enumerate(rows)
            for c, cell in enumerate(row)
            if is_media(cell)
        ]
        return Page(self.columns, rows, offset, self.num_rows, media)

    def pick(self, names: Sequence[str], max_rows: int) -> Picked:
        """Columns by name, of all rows or of so many at equal distances."""
        places = {column.name: place for place, column in reversed([*enumerate(self.columns)])}
        if self.num_rows <= max_rows:
            rows = self.rows(0, self.num_rows)
        else:
            last = max(1, max_rows - 1)
            starts = [i * (self.num_rows - 1) // last for i in range(max_rows)]
            rows = [row for start in starts for row in self.rows(start, start + 1)]
        wanted = [places.get(name) for name in names]
        return Picked(
            [
                None
                if place is None
                else [row[place] if place < len(row) else None for row in rows]
                for place in wanted
            ],
            self.num_rows,
        )


def parse_table(name: str, content: bytes) -> Table:
    """Reads the bytes of a table file.

    Raises:
        InvalidInput: Not a table, or a damaged one (code `bad-table`).
        QuotaExceeded: More than 2,000,000 rows (code `table-too-large`).
    """
    lower = name.lower()
    is_text = lower.endswith((".csv", ".tsv"))
    # Counted before anything is made of them; of JSON, lists in cells count too.
    if content.count(b"\n" if is_text else b"[") > MAX_TABLE_ROWS:
        raise QuotaExceeded(
            f"{name} has more than {MAX_TABLE_ROWS:,} rows, too many to be shown as a table. "
            "Download the file instead.",
            code="table-too-large",
            file=name,
        )
    if is_text:
        return _CsvTable(name, content, "\t" if lower.endswith(".tsv") else ",")
    return _JsonTable(name, content)


def is_table(name: str) -> bool:
    """Whether a file may be a table."""
    return name.lower().endswith((".json", ".csv", ".tsv"))


class TableCache:
    """The tables that were read last, by the key of their bytes. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def get(self, blob: str) -> Table | None:
        """A table that is kept."""
        with self._lock:
            if blob in self._tables:
                self._tables.move_to_end(blob)
            return self._tables.get(blob)

    def put(self, blob: str, table: Table) -> None:
        """Keeps a table, and lets go of those that were not used for longest."""
        with self._lock:
            self._tables[blob] = table
            self._tables.move_to_end(blob)
            while len(self._tables) > 1 and (
                len(self._tables) > _KEPT_TABLES
                or sum(one.num_bytes for one in self._tables.values()) > _KEPT_BYTES
            ):
                self._tables.popitem(last=False)


class _Content(msgspec.Struct):
    """A table file; what else is in it (`_type`, `column_types`) is not needed."""

    columns: list[msgspec.Raw]
    data: list[msgspec.Raw]


class _JsonTable(Table):
    def __init__(self, name: str, content: bytes) -> None:
        try:
            parsed, self._load = _parsed(content)
            names = [_name(documents.loads(bytes(column))) for column in parsed.columns]
            self._rows = parsed.data
            super().__init__(names, len(self._rows), len(content) + 100 * len(self._rows))
        except RecursionError as error:
            raise _damaged(name, "it is nested too deeply") from error
        except (msgspec.MsgspecError, InvalidInput, UnicodeDecodeError) as error:
            raise _damaged(name, str(error)) from error

    def rows(self, start: int, stop: int) -> list[list[JsonValue]]:
        found = [self._load(bytes(row)) for row in self._rows[start:stop]]
        return [row if isinstance(row, list) else [row] for row in found]


def _parsed(content: bytes) -> tuple[_Content, Callable[[bytes], JsonValue]]:
    """The parts of a table file, and how one of its rows is read."""
    try:
        return msgspec.json.decode(content, type=_Content), documents.loads
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # Perhaps only the words that JSON lacks: written as `documents` writes them.
        return msgspec.json.decode(_spelled(content), type=_Content), documents.decode


def _spelled(content: bytes) -> bytes:
    """JSON with the words that it lacks written as `documents.encode` does."""
    parts, at = [], 0
    while (found := _WORD.match(content, at)) is not None:
        parts += [content[at : found.start(1)], b'{"$float":"', found[1], b'"}']
        at = found.end()
    parts.append(content[at:])
    return b"".join(parts).replace(b'-{"$float":"Infinity"}', b'{"$float":"-Infinity"}')


class _CsvTable(Table):
    def __init__(self, name: str, content: bytes, delimiter: str) -> None:
        text = content.decode("utf-8-sig", "replace")
        # Lines as CSV knows them: a page break or a Unicode separator ends none.
        self._lines = list(io.StringIO(text, newline=""))
        self._delimiter = delimiter
        self._starts: list[int] = []
        reader = self._reader(0)
        at = 0
        names: list[str] = []
        try:
            for number, row in enumerate(reader):
                if number == 0:
                    names = row
                elif row:
                    self._starts.append(at)
                at = reader.line_num
        except csv.Error as error:
            raise _damaged(name, f"line {reader.line_num}: {error}") from error
        super().__init__(names, len(self._starts), len(content) + 100 * len(self._lines))

    def rows(self, start: int, stop: int) -> list[list[JsonValue]]:
        starts = self._starts[start:stop]
        if not starts:
            return []
        reader = self._reader(starts[0])
        found: list[list[JsonValue]] = []
        for row in reader:
            if row:
                found.append([_cell(cell) for cell in row])
            if len(found) == len(starts):
                break
        return found

    def _reader(self, line: int) -> Any:
        lines = (self._lines[i] for i in range(line, len(self._lines)))
        return csv.reader(lines, delimiter=self._delimiter)


_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}|\d*\.\d+|\d+\.\d*)(?:[eE][+-]?\d{1,3})?")


def _cell(text: str) -> JsonValue:
    """A cell of text as a number, where it is written as one that a double holds."""
    if not _NUMBER.fullmatch(text):
        return text
    # A leading zero is a code or a postcode, not a number.
    if len(text) > 1 and text[0] == "0" and text[1].isdigit():
        return text
    return float(text) if any(char in text for char in ".eE") else int(text)


def _name(value: JsonValue) -> str:
    return value if isinstance(value, str) else documents.encode(value)


def _type_of(cells: Sequence[JsonValue]) -> str:
    types = {_type(cell) for cell in cells if cell is not None}
    if not types:
        return "null"
    return types.pop() if len(types) == 1 else "mixed"


def _type(cell: JsonValue) -> str:
    if is_media(cell):
        return recognise(cell).kind.value
    match cell:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case _:
            return "object"


def _damaged(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{name} cannot be read as a table: {why}. The file itself can be downloaded.",
        code="bad-table",
    )
