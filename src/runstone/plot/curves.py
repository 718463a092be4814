"""Curves of binary classifiers, from labels and scores. Pure.

Source: the definitions in scikit-learn's documentation of `roc_curve` and `precision_recall_curve`:
a threshold at every distinct score, all scores that are as high count as positive.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate


def counted(is_true: Sequence[bool], scores: Sequence[float]) -> list[tuple[int, int]]:
    """How many are rightly and wrongly taken for positive, at each threshold from the highest."""
    found: list[tuple[int, int]] = []
    right = wrong = 0
    ranked = sorted(zip(scores, is_true, strict=True), key=lambda one: -one[0])
    for place, (score, truth) in enumerate(ranked):
        if truth:
            right += 1
        else:
            wrong += 1
        if place + 1 == len(ranked) or ranked[place + 1][0] != score:
            found.append((right, wrong))
    return found


def roc(is_true: Sequence[bool], scores: Sequence[float]) -> list[tuple[float, float]]:
    """Rates of wrong and of right positives, from (0, 0) to (1, 1); corners alone.

    A rate of nothing, where all labels are alike, is NaN.
    """
    points = [(0, 0), *((wrong, right) for right, wrong in counted(is_true, scores))]
    # A point between two others on a straight line draws nothing.
    corners = [
        here
        for place, here in enumerate(points)
        if place in (0, len(points) - 1) or not _is_between(*points[place - 1 : place + 2])
    ]
    num_wrong, num_right = points[-1]
    return [
        (
            wrong / num_wrong if num_wrong else math.nan,
            right / num_right if num_right else math.nan,
        )
        for wrong, right in corners
    ]


def _is_between(before: tuple[int, int], here: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether the same step leads to a point and from it."""
    return all(b - a == c - b for a, b, c in zip(before, here, after, strict=True))


def precision_recall(
    is_true: Sequence[bool], scores: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Precision and recall at each threshold from the highest, after the point (1, 0)."""
    counts = counted(is_true, scores)
    num_true = counts[-1][0] if counts else 0
    precision = [1.0, *(right / (right + wrong) for right, wrong in counts)]
    recall = [0.0, *(right / num_true if num_true else 1.0 for right, _ in counts)]
    return precision, recall


def precision_at(
    is_true: Sequence[bool], scores: Sequence[float], recalls: Sequence[float]
) -> list[float]:
    """The highest precision that any threshold of at least so much recall has."""
    precision, recall = precision_recall(is_true, scores)
    best = list(accumulate(reversed(precision), max))[::-1]
    return [best[min(bisect_left(recall, wanted), len(best) - 1)] for wanted in recalls]


def spread(num_points: int) -> list[float]:
    """So many numbers from 1 down to 0, at equal distances."""
    if num_points == 1:
        return [1.0]
    return [1 - place / (num_points - 1) for place in range(num_points)]


def thinned(num_rows: int, max_rows: int) -> list[int]:
    """Places of at most so many rows at equal distances, the first and the last among them."""
    if num_rows <= max_rows:
        return list(range(num_rows))
    last = max_rows - 1
    return [place * (num_rows - 1) // last for place in range(max_rows)] if last > 0 else [0]
