"""How a run went, in a few lines for a terminal: its metrics as they moved."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from runstone.sdk.card import number
from runstone.tracking.folder import RunFolder
from runstone.tracking.glance import Glance, Line

_BUDGET_S: Final = 0.05
_READ_WHOLLY_BYTES: Final = 1 << 19
"""Of longer journals some rows are left out, and then no extremes are told."""
_MAX_LINES: Final = 10
_MAX_NAME: Final = 40
_WIDTH: Final = 24
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def metric_lines(folder: RunFolder) -> list[str]:
    """A line for each of the first metrics: how it moved, its last value, and its extremes.

    None where the journal takes longer to read than anybody would like to wait.
    """
    glance = Glance(folder)
    every = 1 + sum(path.stat().st_size for path in folder.journal.iterdir()) // _READ_WHOLLY_BYTES
    if not glance.read(_BUDGET_S, every=every) or not glance.lines:
        return []
    shown = list(glance.lines.items())[:_MAX_LINES]
    table = [
        (
            key if len(key) <= _MAX_NAME else f"{key[: _MAX_NAME - 1]}…",
            sparkline(line),
            number(line.last),
            _extremes(line) if every == 1 else "",
        )
        for key, line in shown
    ]
    widths = [max(len(row[at]) for row in table) for at in range(3)]
    lines = [
        f"{name:<{widths[0]}}  {spark:<{widths[1]}}  {last:>{widths[2]}}  {rest}".rstrip()
        for name, spark, last, rest in table
    ]
    more = len(glance.lines) - len(shown)
    if more:
        lines.append(f"and {more:,} more metrics")
    return lines


def sparkline(line: Line) -> str:
    """The curve in blocks; a space stands for a place without a finite value."""
    means = line.means
    if len(means) > _WIDTH:
        edges = [at * len(means) // _WIDTH for at in range(_WIDTH + 1)]
        groups = [means[a:b] for a, b in pairwise(edges)]
    else:
        groups = [[mean] for mean in means]
    values = [_mean([value for value in group if value == value]) for group in groups]
    finite = [value for value in values if value is not None]
    if not finite:
        return ""
    if line.low == line.high:
        return "".join(" " if value is None else _BLOCKS[0] for value in values)
    low, high = min(finite), max(finite)
    span = high / 2 - low / 2
    top = len(_BLOCKS) - 1
    return "".join(
        " "
        if value is None
        else _BLOCKS[round((value / 2 - low / 2) / span * top) if span > 0 else 0]
        for value in values
    )


def _mean(values: list[float]) -> float | None:
    return sum(value / len(values) for value in values) if values else None


def _extremes(line: Line) -> str:
    if line.low is None or line.high is None or line.num_points < 2:
        return ""
    return f"{number(line.low)} … {number(line.high)}"
