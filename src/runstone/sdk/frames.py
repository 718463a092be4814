"""A table that the server makes when it is asked for: rows, data frames, files."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

import msgspec

from runstone.domain.errors import InvalidInput
from runstone.sdk.errors import MissingPackage
from runstone.sdk.saving import whole_file
from runstone.sdk.transport import Body, Query, Transport

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Format(StrEnum):
    """How tables are written."""

    PARQUET = "parquet"
    ARROW = "arrow"
    """An Arrow IPC stream."""
    CSV = "csv"
    JSONL = "jsonl"
    """JSON lines: an object a row."""


Progress: TypeAlias = Callable[[int, float | None], None]
"""Told now and then how many bytes have come, and which share of all, where that can be known."""

Keys: TypeAlias = "str | Sequence[str] | None"
"""One name, several, or all."""

_FLOATS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_MARKS: Final = ((b"N", b'"NaN"'), (b"I", b'Infinity"'))
"""With a letter that most lines lack: one byte is found ten times as fast as several."""
_LINES: Final = msgspec.json.Decoder(dict[str, Any])
_LINES_BYTES: Final = 1 << 18
"""At once."""
_BY_SUFFIX: Final = {
    ".parquet": Format.PARQUET,
    ".arrow": Format.ARROW,
    ".csv": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
}


def format_of(path: str | os.PathLike[str]) -> Format:
    """The format that a file's name asks for.

    Raises:
        InvalidInput: Its suffix says none.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    raise InvalidInput(
        f"The name {os.fspath(path)!r} does not say which format: end it with "
        f"{', '.join(_BY_SUFFIX)}, or name a format."
    )


class Frame:
    """A table on the server: nothing is read until one of the methods is called.

    Every call reads anew, so a live run's frame grows. Iterating gives a `dict` for each row as
    it comes, in constant memory and with the base install; the `to_…` methods read it whole. What
    a row lacks is left out of its `dict`; a text `NaN` or `Infinity` is read as the float.

    Example:
        for row in run.history(keys=["loss"]):
            print(row["_step"], row["loss"])
        run.history().to_polars()
        run.history().export("history.parquet")
    """

    def __init__(self, transport: Transport, path: Sequence[str], query: Query, what: str) -> None:
        self._transport = transport
        self._path = path
        self._query = query
        self._what = what

    def __repr__(self) -> str:
        return f"<Frame: {self._what}>"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._asked(Format.JSONL) as body:
            for lines in _whole_lines(body):
                yield from _rows(lines)

    def to_dicts(self) -> list[dict[str, Any]]:
        """All rows; what a row lacks is left out of its `dict`."""
        return list(self)

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow: `pip install "runstone[arrow]"`."""
        arrow = wanted("pyarrow", "arrow", "to_arrow()")
        with self._asked(Format.ARROW) as body, arrow.ipc.open_stream(_buffered(body)) as reader:
            table = reader.read_all()
            # An answer that is cut after a batch of rows is told by its end.
            for _ in body.chunks():
                pass
        return table

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars: `pip install "runstone[polars]"`."""
        library = wanted("polars", "polars", "to_polars()")
        with self._asked(Format.ARROW) as body:
            frame: polars.DataFrame = library.read_ipc_stream(io.BytesIO(b"".join(body.chunks())))
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of pandas: `pip install "runstone[pandas]"`."""
        wanted("pandas", "pandas", "to_pandas()")
        wanted("pyarrow", "pandas", "to_pandas()")
        return self.to_arrow().to_pandas()

    def export(
        self,
        path: str | os.PathLike[str],
        format: Format | str | None = None,  # noqa: A002 - the word that people look for
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Writes the table to a file, as fast as the disk takes it and in constant memory.

        The file has its name only when it is whole; one of that name is replaced.

        Args:
            format: `parquet`, `arrow`, `csv` or `jsonl`; by the name's suffix, if left out.
            progress: Called with the bytes so far and the share of all rows, from 0 to 1; None
                where that cannot be known, as with `parquet` and `arrow`.

        Returns:
            The file.

        Raises:
            CannotWrite: The disk is full, or does not let us.
            Unavailable: The connection was cut; nothing is left of it.
        """
        target = Path(path)
        wanted_format = format_of(target) if format is None else read_format(format)
        with self._asked(wanted_format) as body, whole_file(target) as file:
            _pour(body, file, wanted_format, progress)
        return target

    def write_to(
        self,
        file: BinaryIO,
        format: Format | str,  # noqa: A002
        *,
        progress: Progress | None = None,
    ) -> None:
        """Writes the table to an open file, such as `sys.stdout.buffer`."""
        wanted_format = read_format(format)
        with self._asked(wanted_format) as body:
            _pour(body, file, wanted_format, progress)

    def num_rows(self) -> int | None:
        """How many rows there are, where the server knows it without reading them."""
        with self._asked(Format.ARROW) as body:
            return body.num_rows

    def _asked(self, wanted_format: Format) -> AbstractContextManager[Body]:
        query = [("format", wanted_format.value), *self._query]
        return self._transport.stream(self._path, query)


def read_jsonl(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """The rows of an exported `.jsonl` file, one by one, NaN and infinities as floats.

    Raises:
        InvalidInput: A line is no JSON object.
    """
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                (row,) = _rows(line)
            except (msgspec.DecodeError, ValueError) as error:
                raise InvalidInput(f"Line {number} of {path} is no row: {error}.") from error
            yield row


def rows_query(
    stream: str, keys: Keys, min_step: int | None, max_step: int | None
) -> list[tuple[str, str]]:
    """Which rows of a history, as a query has it."""
    bounds = {"min_step": min_step, "max_step": max_step}
    steps = [(name, str(step)) for name, step in bounds.items() if step is not None]
    return [("stream", stream), *key_query("keys", keys), *steps]


def save_stream(
    asked: AbstractContextManager[Body], target: Path, progress: Progress | None
) -> Path:
    """Writes an answer to a file, whole or not at all."""
    with asked as body, whole_file(target) as file:
        for piece in body.chunks():
            file.write(piece)
            if progress is not None:
                progress(body.num_bytes, None)
    return target


def read_format(text: str) -> Format:
    """A format by its name.

    Raises:
        InvalidInput: There is none of that name.
    """
    try:
        return Format(text)
    except ValueError:
        raise InvalidInput(
            f"There is no format {text!r}: choose from {', '.join(Format)}."
        ) from None


def several(names: Keys) -> tuple[str, ...]:
    """Names as a tuple: a text alone is one name, not its letters."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def key_query(name: str, keys: Keys) -> list[tuple[str, str]]:
    """Keys as a query has them."""
    return [(name, key) for key in several(keys)]


def wanted(package: str, extra: str, by: str) -> Any:
    """A package that the base install lacks.

    Raises:
        MissingPackage: It is not there.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise MissingPackage(
            f'{by} needs the package {package}: pip install "runstone[{extra}]".', name=package
        ) from None


def _buffered(body: Body) -> io.BufferedReader:
    return io.BufferedReader(body, 1 << 20)


def _whole_lines(body: Body) -> Iterator[bytes]:
    """Lines as they come, many at once: one by one they take twice as long to read."""
    begun: list[bytes] = []
    while piece := body.read(_LINES_BYTES):
        whole, end, rest = piece.rpartition(b"\n")
        if end:
            yield b"".join((*begun, whole))
            begun = []
        begun.append(rest)
    yield b"".join(begun)


def _rows(lines: bytes) -> list[dict[str, Any]]:
    rows = _LINES.decode_lines(lines)
    if any(letter in lines and mark in lines for letter, mark in _MARKS):
        return [{name: _with_floats(value) for name, value in row.items()} for row in rows]
    return rows


def _with_floats(value: Any) -> Any:
    """Floats that JSON lacks, which come as the texts of their names."""
    if isinstance(value, str):
        return _FLOATS.get(value, value)
    if isinstance(value, list):
        return [_with_floats(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _with_floats(inner) for name, inner in value.items()}
    return value


def _pour(body: Body, file: BinaryIO, wanted_format: Format, progress: Progress | None) -> None:
    if progress is None:
        for piece in body.chunks():
            file.write(piece)
        return
    is_text = wanted_format in (Format.CSV, Format.JSONL)
    num_rows = (body.num_rows or 0) if is_text else 0
    num_lines = 0
    for piece in body.chunks():
        file.write(piece)
        num_lines += piece.count(b"\n") if num_rows else 0
        # Texts of a CSV may hold line ends of their own: an estimate, then.
        progress(body.num_bytes, min(1.0, num_lines / num_rows) if num_rows else None)
