"""Rows of a history as JSON objects, made column by column: ten times as fast as row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Final

import numpy as np

from runstone.domain.history import HistoryBatch, Numbers, RowIndex
from runstone.services.export.texts import Words, integer_texts, json_text, number_texts, plain_text

STEP: Final = "_step"
TIMESTAMP: Final = "_timestamp"
RUNTIME: Final = "_runtime"


def json_rows(batch: HistoryBatch, words: Words = Words.QUOTED) -> Iterator[str]:
    """Each row with its axes and what it has logged, every value of the kind that it had.

    Args:
        batch: The rows.
        words: How floats are written that JSON lacks.
    """
    names = {key: key for key in (*batch.numbers, *batch.objects)}
    return map("".join, zip(*_pieces_of_rows(batch, names, "", "}", words), strict=True))


def json_lines(batch: HistoryBatch, names: Mapping[str, str], begin: str) -> str:
    """The rows as one text, a line each.

    Args:
        batch: The rows.
        names: By key, the member's name; other keys are left out.
        begin: Members that come before, each with a comma behind it.
    """
    pieces = _pieces_of_rows(batch, names, begin, "}\n", Words.QUOTED)
    return "".join(chain.from_iterable(zip(*pieces, strict=True)))


def _pieces_of_rows(
    batch: HistoryBatch, names: Mapping[str, str], begin: str, end: str, words: Words
) -> list[Iterator[str]]:
    """What each row is put together from, piece by piece, for all rows."""
    n = batch.num_rows
    pieces: list[Iterator[str]] = [
        repeat(f'{{{begin}"{STEP}":', n),
        iter(integer_texts(batch.step)),
        repeat(f',"{TIMESTAMP}":', n),
        iter(number_texts(Numbers(batch.time), words)),
    ]
    logged = np.flatnonzero(~np.isnan(batch.runtime)).astype(np.uint32)
    if len(logged):
        runtimes = number_texts(Numbers(batch.runtime[logged]), words)
        pieces += _pieces(RUNTIME, _cells(n, [(logged, runtimes)]))
    for key, name in names.items():
        found: list[tuple[RowIndex | None, list[str]]] = []
        if (numbers := batch.numbers.get(key)) is not None:
            found.append((numbers.rows, number_texts(numbers, words)))
        if (objects := batch.objects.get(key)) is not None:
            # After the numbers, since an integer here is the exact value of the number beside it.
            found.append((objects.rows, [plain_text(text, words) for text in objects.texts]))
        if found:
            pieces += _pieces(name, _cells(n, found))
    pieces.append(repeat(end, n))
    return pieces


def _cells(
    num_rows: int, found: Sequence[tuple[RowIndex | None, list[str]]]
) -> list[str] | list[str | None]:
    if len(found) == 1 and (found[0][0] is None or len(found[0][1]) == num_rows):
        return found[0][1]
    cells: list[str | None] = [None] * num_rows
    for rows, texts in found:
        where = range(num_rows) if rows is None else rows.tolist()
        for row, text in zip(where, texts, strict=True):
            cells[row] = text
    return cells


def _pieces(name: str, cells: list[str] | list[str | None]) -> list[Iterator[str]]:
    member = f",{json_text(name)}:"
    present = [cell for cell in cells if cell is not None]
    if len(present) == len(cells):
        return [repeat(member, len(cells)), iter(present)]
    return [iter(["" if cell is None else member + cell for cell in cells])]
