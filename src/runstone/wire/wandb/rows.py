"""Lines of `wandb-history.jsonl` and `wandb-events.jsonl` to columns. The hot path: pure, and fast.

Rows of one training loop have the same keys and types, so a batch is a few groups of equal keys,
each of which becomes one matrix. Whatever does not fit (integers that a double cannot hold,
values that change their type) goes the careful way, column by column; both give the same.

Source: wandb-core `internal/filestream`; keys come in random order (Go maps), nested dicts as
they were logged, and NaN and infinities as bare words, which orjson refuses.
"""

from __future__ import annotations

import array
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Final, TypeAlias

import numpy as np
import orjson

from runstone.domain.documents import JsonValue, loads
from runstone.domain.errors import InvalidInput
from runstone.domain.history import Floats, HistoryBatch, Ints, Numbers, Objects, RowIndex
from runstone.wire.wandb.columns import Columns

Row: TypeAlias = dict[str, JsonValue]

STEP: Final = "_step"
TIMESTAMP: Final = "_timestamp"
RUNTIME: Final = "_runtime"
AXES: Final = (STEP, TIMESTAMP, RUNTIME)
MARKER: Final = "_wandb"
"""`true` in each line of system metrics: says no more than which file it is in."""

_NUMERIC: Final = frozenset((float, int, bool))
_INT64: Final = float(2**63)
_MANY_DIGITS: Final = re.compile(r"\d{19}")
"""Perhaps an integer beyond 64 bits, which orjson would round."""


def parse_rows(lines: Sequence[str], *, row0: int, now: float) -> HistoryBatch:
    """The rows that `lines` hold, numbered from `row0`.

    Args:
        lines: One JSON object each.
        now: Time of rows that carry none, in seconds since 1970.

    Raises:
        InvalidInput: A line is not a JSON object.
    """
    columns = _columns(_load(lines))
    if columns.has_large:
        # orjson rounds integers beyond 64 bits without a word; the standard parser does not.
        columns = _columns([_flat(_object(loads(line), i)) for i, line in enumerate(lines)])
    return _batch(columns, row0=row0, now=now)


def _load(lines: Sequence[str]) -> list[Row]:
    try:
        if not all(line[:1] == "{" and line[-1:] == "}" for line in lines):
            raise ValueError  # handled with the others below
        rows = orjson.loads(f"[{','.join(lines)}]")
        if len(rows) != len(lines):
            raise ValueError
    except ValueError:
        rows = [_load_one(line, i) for i, line in enumerate(lines)]
    # A second bracket is the only way to something nested, and is found at memory speed.
    return [
        row if line.find("{", 1) < 0 and "[" not in line else _nested(row, line, i)
        for i, (row, line) in enumerate(zip(rows, lines, strict=True))
    ]


def _nested(row: Row, line: str, index: int) -> Row:
    # Where columns are not compared with `Columns.has_large`, digits are counted instead.
    return _flat(_object(loads(line), index) if _MANY_DIGITS.search(line) else row)


def _load_one(line: str, index: int) -> Row:
    try:
        value = orjson.loads(line)
    except ValueError:  # bare NaN and Infinity, lone surrogates, or no JSON at all
        value = loads(line)
    return _object(value, index)


def _object(value: JsonValue, index: int) -> Row:
    if not isinstance(value, dict):
        raise InvalidInput(
            f"Line {index} is not a JSON object but {type(value).__name__}.", code="malformed-row"
        )
    return value


def _flat(row: Row) -> Row:
    """Nested objects become dotted keys; media (objects with `_type`) stay whole."""
    if not any(type(value) is dict for value in row.values()):
        return row
    flat: Row = {}
    pending: list[tuple[str, Row]] = [("", row)]
    for prefix, level in pending:
        for key, value in level.items():
            if type(value) is dict and value and "_type" not in value:
                pending.append((f"{prefix}{key}.", value))
            else:
                flat[prefix + key] = value
    return flat


class _Group:
    """Rows that have the same keys, with their values in one order."""

    def __init__(self, row: Row) -> None:
        self.keys = list(row)
        self.rows: list[int] = []
        self.values: list[Iterable[JsonValue]] = []
        self.pick: Callable[[Row], Iterable[JsonValue]] = (
            itemgetter(*self.keys) if len(self.keys) > 1 else dict.values
        )

    def values_of(self, row: Row) -> Iterable[JsonValue] | None:
        """The row's values in the group's order; None where its keys are others."""
        if len(row) != len(self.keys):
            return None
        if list(row) == self.keys:
            return row.values()
        if len(row) < 2:
            return None
        try:
            return self.pick(row)
        except KeyError:
            return None


def _columns(rows: Sequence[Row]) -> Columns:
    columns = Columns(len(rows))
    for group in _groups(rows):
        if group.keys:
            where = None if len(group.rows) == len(rows) else np.array(group.rows, np.uint32)
            _add_group(columns, group, where)
    return columns


def _groups(rows: Sequence[Row]) -> Iterable[_Group]:
    groups: dict[frozenset[str], _Group] = {}
    last: _Group | None = None
    for index, row in enumerate(rows):
        values = None if last is None else last.values_of(row)
        if last is None or values is None:
            keys = frozenset(row)
            last = groups.get(keys)
            if last is None:
                last = groups[keys] = _Group(row)
            values = last.pick(row)
        last.rows.append(index)
        last.values.append(values)
    return groups.values()


def _add_group(columns: Columns, group: _Group, where: RowIndex | None) -> None:
    cells = list(chain.from_iterable(group.values))
    try:
        columns.add_matrix(group.keys, _matrix(cells, len(group.keys)), cells, where)
    except (TypeError, OverflowError):  # strings, media, None; an integer of 309 digits
        numeric: dict[str, Sequence[JsonValue]] = {}
        for i, key in enumerate(group.keys):
            column = cells[i :: len(group.keys)]
            if _NUMERIC.issuperset(map(type, column)) and _fits(column):
                numeric[key] = column
            else:
                columns.add_mixed(key, column, where)
        if numeric:
            cells = list(chain.from_iterable(zip(*numeric.values(), strict=True)))
            columns.add_matrix(list(numeric), _matrix(cells, len(numeric)), cells, where)


def _matrix(cells: Sequence[JsonValue], num_keys: int) -> Floats:
    # `array` takes numbers alone; numpy would read strings and None as numbers too.
    return np.frombuffer(array.array("d", cells)).reshape(-1, num_keys)


def _fits(numbers: Sequence[JsonValue]) -> bool:
    try:
        array.array("d", numbers)
    except OverflowError:
        return False
    return True


def _batch(columns: Columns, *, row0: int, now: float) -> HistoryBatch:
    numbers, objects = columns.finished()
    num_rows = columns.num_rows
    step = _steps(numbers.pop(STEP, None), objects.pop(STEP, None), num_rows, row0)
    time = _axis(numbers.pop(TIMESTAMP, None), num_rows, now)
    runtime = _axis(numbers.pop(RUNTIME, None), num_rows, np.nan)
    objects.pop(TIMESTAMP, None)
    objects.pop(RUNTIME, None)
    return HistoryBatch(row0, step, time, runtime, numbers, objects)


def _axis(column: Numbers | None, num_rows: int, missing: float) -> Floats:
    if column is not None and column.rows is None:
        return column.values
    values = np.full(num_rows, missing)
    if column is not None:
        values[column.rows] = column.values
    return values


def _steps(column: Numbers | None, exact: Objects | None, num_rows: int, row0: int) -> Ints:
    """Steps as integers; a row without a usable one gets its line number."""
    lines = np.arange(row0, row0 + num_rows, dtype=np.int64)
    values = _axis(column, num_rows, np.nan)
    usable = np.isfinite(values) & (np.abs(values) < _INT64)
    steps = np.where(usable, np.where(usable, values, 0).astype(np.int64), lines)
    if exact is not None:
        rows = range(num_rows) if exact.rows is None else exact.rows
        for row, text in zip(rows, exact.texts, strict=True):
            value = loads(text)
            if type(value) is int and -(2**63) <= value < 2**63:
                steps[row] = value
    return steps
