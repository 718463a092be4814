"""Metrics as they travel to the page: few bytes, whatever was logged."""

from __future__ import annotations

import math
from array import array
from typing import Any

from runstone.sdk.card import number
from runstone.tracking.glance import Line


def packed(line: Line) -> dict[str, Any]:
    """One chart, as `widget.js` draws it.

    `points` are float32, four for each bucket: step, least, greatest and mean value, each as a
    share of its range, so that they are as exact as the screen whatever the range is. NaN stands
    for a bucket without a finite value; what it had instead is in `odd`.
    """
    order = sorted(range(len(line)), key=line.steps.__getitem__)
    left = min(line.first_step, line.steps[order[0]])
    right = max(line.first_step, line.steps[order[-1]])
    low, high = line.low, line.high
    means = line.means
    points = array("f")
    for at in order:
        points.append(_share(line.steps[at], left, right))
        for values in (line.lows, line.highs, means):
            points.append(_share(values[at], low, high))
    return {
        "steps": [left, right],
        "range": None if low is None or high is None else [low, high],
        "last": number(line.last),
        "odd": [[place, line.odd[at]] for place, at in enumerate(order) if at in line.odd],
        "num": line.num_points,
        "points": points.tobytes(),
    }


def _share(value: float, low: float | None, high: float | None) -> float:
    if low is None or high is None or value != value:
        return math.nan
    # Halves first: the distance of two doubles may be more than a double.
    return (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
