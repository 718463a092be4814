"""Bodies of file_stream posts with values such as training makes, made before the clock runs."""

from __future__ import annotations

import math

import numpy as np
import orjson
from numpy.typing import NDArray

_KINDS = 10


def values(rng: np.random.Generator, num_rows: int, num_metrics: int) -> NDArray[np.float64]:
    """A mix of ten kinds of metrics, shape (num_rows, num_metrics).

    float32 noise, float64 noise, cosine schedule, 4-decimal accuracies, counters, epochs,
    1-decimal utilisation, small integers, decaying loss, constant.
    """
    x = np.arange(num_rows, dtype=np.float64)
    columns = []
    for metric in range(num_metrics):
        match metric % _KINDS:
            case 0:
                column = rng.standard_normal(num_rows).astype(np.float32).astype(np.float64)
            case 1:
                column = rng.standard_normal(num_rows)
            case 2:
                column = 0.5e-3 * (1 + np.cos(math.pi * x / max(num_rows, 2)))
            case 3:
                column = np.round(rng.random(num_rows), 4)
            case 4:
                column = x * 128
            case 5:
                column = np.floor(x / 100)
            case 6:
                column = np.round(rng.random(num_rows) * 100, 1)
            case 7:
                column = rng.integers(0, 16, num_rows).astype(np.float64)
            case 8:
                noise = rng.standard_normal(num_rows).astype(np.float32)
                column = (
                    (np.exp(-x / num_rows) + 0.05 * noise).astype(np.float32).astype(np.float64)
                )
            case _:
                column = np.full(num_rows, 0.9)
        columns.append(column)
    return np.stack(columns, axis=1)


def lines(
    rng: np.random.Generator, *, first_step: int, num_rows: int, num_metrics: int, start: float
) -> list[str]:
    """History lines as the client writes them."""
    matrix = values(rng, num_rows, num_metrics)
    jitter = rng.uniform(-0.005, 0.005, num_rows)
    names = [f"group{m % 7}/metric_{m}" for m in range(num_metrics)]
    rows = []
    for i in range(num_rows):
        row: dict[str, float] = {
            name: int(v) if v.is_integer() else v
            for name, v in zip(names, matrix[i].tolist(), strict=True)
        }
        at = start + (first_step + i) * 0.1 + float(jitter[i])
        row["_step"] = first_step + i
        row["_timestamp"] = round(at, 6)
        row["_runtime"] = round(at - start, 6)
        rows.append(orjson.dumps(row).decode())
    return rows


def body(offset: int, rows: list[str]) -> bytes:
    """A whole file_stream body."""
    return orjson.dumps({"files": {"wandb-history.jsonl": {"offset": offset, "content": rows}}})


def split_body(rows: list[str]) -> tuple[bytes, bytes]:
    """A body cut around its offset, so that the same rows can be sent again under another."""
    whole = body(987654321, rows)
    before, after = whole.split(b"987654321")
    return before, after
