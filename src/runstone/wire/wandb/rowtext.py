"""Rows of a history on their way out: a dict per row, its values of the kinds they were logged."""

from __future__ import annotations

import math

from runstone.domain.documents import JsonValue, decode
from runstone.domain.history import HistoryBatch, Numbers, ValueKind
from runstone.wire.wandb.jsontext import named
from runstone.wire.wandb.rows import RUNTIME, STEP, TIMESTAMP, Row


def rows_of(batch: HistoryBatch) -> list[Row]:
    """The rows as the client would have written them; nested values keep their dotted keys.

    NaN and infinities are named: the core reads rows with a strict parser.
    """
    rows: list[Row] = []
    for step, time, runtime in zip(batch.step, batch.time, batch.runtime, strict=True):
        row: Row = {STEP: int(step), TIMESTAMP: float(time)}
        if not math.isnan(runtime):
            row[RUNTIME] = float(runtime)
        rows.append(row)
    for key, column in batch.numbers.items():
        where = range(batch.num_rows) if column.rows is None else column.rows.tolist()
        for index, value in zip(where, _values(column), strict=True):
            rows[index][key] = value
    for key, objects in batch.objects.items():
        where = range(batch.num_rows) if objects.rows is None else objects.rows.tolist()
        for index, text in zip(where, objects.texts, strict=True):
            # An integer here beside a number is the exact value of that number.
            rows[index][key] = named(decode(text))
    return rows


def _values(column: Numbers) -> list[JsonValue]:
    values = column.values.tolist()
    if isinstance(column.kinds, ValueKind):
        return [_value(value, column.kinds) for value in values]
    return [_value(value, kind) for value, kind in zip(values, column.kinds.tolist(), strict=True)]


def _value(value: float, kind: int) -> JsonValue:
    if kind == ValueKind.INT:
        return int(value)
    if kind == ValueKind.BOOL:
        return bool(value)
    return value if math.isfinite(value) else named(value)
