"""What a classifier gets right: ROC, precision and recall, confusion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from runstone.domain.errors import InvalidInput
from runstone.plot.chart import CustomChart, chart_of
from runstone.plot.curves import precision_at, roc, spread, thinned
from runstone.plot.values import listed

_MAX_ROWS: Final = 10_000
"""As many as the wandb client lets a table have."""
_DIGITS: Final = 3


def roc_curve(
    y_true: Iterable[Any] | None = None,
    y_probas: Iterable[Any] | None = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart:
    """Receiver operating characteristic: of each class against all others.

    Args:
        y_true: The classes, one each sample.
        y_probas: Scores of each sample, one for each class in the order of their values; or, of
            two classes, the second one's score alone.
        labels: Names of the classes, where these are numbers.
        classes_to_plot: All, if left out.
        split_table: See `plot_table`.

    Raises:
        InvalidInput: Labels and scores do not fit each other, or one is no number.
    """
    rows = _rows(y_true, y_probas, labels, classes_to_plot, roc)
    titles = {"x-axis-title": "False positive rate", "y-axis-title": "True positive rate"}
    return _areas(rows, "fpr", "tpr", {"title": title, **titles}, split_table)


def pr_curve(
    y_true: Iterable[Any] | None = None,
    y_probas: Iterable[Any] | None = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart:
    """Precision by recall: of each class against all others.

    At each recall the best precision of any threshold that reaches it.

    Args:
        y_true: The classes, one each sample.
        y_probas: As in `roc_curve`.
        labels: Names of the classes, where these are numbers.
        classes_to_plot: All, if left out.
        interp_size: How many recalls, at equal distances from 1 to 0.
        split_table: See `plot_table`.

    Raises:
        InvalidInput: Labels and scores do not fit each other, or one is no number.
    """
    if interp_size < 1:
        raise InvalidInput(f"interp_size is {interp_size}; it must be at least 1.")
    recalls = spread(interp_size)

    def points(is_true: list[bool], scores: list[float]) -> list[tuple[float, float]]:
        return list(zip(recalls, precision_at(is_true, scores, recalls), strict=True))

    rows = _rows(y_true, y_probas, labels, classes_to_plot, points)
    titles = {"x-axis-title": "Recall", "y-axis-title": "Precision"}
    return _areas(rows, "recall", "precision", {"title": title, **titles}, split_table)


def confusion_matrix(
    probs: Iterable[Any] | None = None,
    y_true: Iterable[Any] | None = None,
    preds: Iterable[Any] | None = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """How often which class was taken for which.

    Args:
        probs: Scores of each sample, one for each class: the highest counts.
        y_true: The classes, one each sample.
        preds: What was predicted, instead of `probs`.
        class_names: By number of the class; then classes are numbers from 0. `Class_1`, `Class_2`
            … in the order of their values, if left out.
        split_table: See `plot_table`.

    Raises:
        InvalidInput: Not either of `probs` and `preds`, not as many as labels, or a class that has
            no name.
    """
    if (probs is None) == (preds is None):
        raise InvalidInput("Give either probs or preds.")
    if y_true is None:
        raise InvalidInput("y_true is missing: the classes, one each sample.")
    truths = listed(y_true)
    if probs is not None:
        guesses: list[Any] = [scores.index(max(scores)) for scores in map(listed, listed(probs))]
    else:
        # An array says neither yes nor no.
        guesses = listed(() if preds is None else preds)
    if len(guesses) != len(truths):
        raise InvalidInput(f"There are {len(guesses)} predictions and {len(truths)} labels.")
    classes: list[Any]
    if class_names is None:
        classes = _ordered({*truths, *guesses})
        names = [f"Class_{number + 1}" for number in range(len(classes))]
    else:
        classes, names = list(range(len(class_names))), list(class_names)
        if unknown := {*truths, *guesses} - set(classes):
            raise InvalidInput(
                f"There are {len(names)} class names, and no name for {_ordered(unknown)[0]!r}: "
                "classes are numbers from 0."
            )
    place = {one: number for number, one in enumerate(classes)}
    counts = [[0] * len(classes) for _ in classes]
    for truth, guess in zip(truths, guesses, strict=True):
        counts[place[truth]][place[guess]] += 1
    columns = ["Actual", "Predicted", "nPredictions"]
    rows: list[list[Any]] = [
        [actual, predicted, counts[i][j]]
        for i, actual in enumerate(names)
        for j, predicted in enumerate(names)
    ]
    return chart_of(
        columns,
        rows,
        "wandb/confusion_matrix/v1",
        {name: name for name in columns},
        {"title": title},
        split_table=split_table,
    )


def _areas(
    rows: list[list[Any]], x: str, y: str, texts: dict[str, str], split_table: bool
) -> CustomChart:
    return chart_of(
        ["class", x, y],
        rows,
        "wandb/area-under-curve/v0",
        {"x": x, "y": y, "class": "class"},
        texts,
        split_table=split_table,
    )


def _rows(
    y_true: Iterable[Any] | None,
    y_probas: Iterable[Any] | None,
    labels: Sequence[str] | None,
    classes_to_plot: Iterable[Any] | None,
    points: Callable[[list[bool], list[float]], list[tuple[float, float]]],
) -> list[list[Any]]:
    """A row for each point of each class: its name and the two values."""
    if y_true is None or y_probas is None:
        what = "y_true" if y_true is None else "y_probas"
        raise InvalidInput(f"{what} is missing: one for each sample.")
    truths = listed(y_true)
    classes = _ordered(set(truths))
    scores = _by_class(listed(y_probas), len(truths), classes)
    wanted = None if classes_to_plot is None else set(listed(classes_to_plot))
    curves = {
        _name(one, labels): points([truth == one for truth in truths], scores[number])
        for number, one in enumerate(classes)
        if wanted is None or one in wanted
    }
    most = _MAX_ROWS // max(1, len(curves))
    return [
        [name, *(round(value, _DIGITS) for value in curve[place])]
        for name, curve in curves.items()
        for place in thinned(len(curve), most)
    ]


def _by_class(probas: list[Any], num_samples: int, classes: list[Any]) -> list[list[float]]:
    """Scores of all samples, by class."""
    if len(probas) != num_samples:
        raise InvalidInput(f"There are {len(probas)} scores and {num_samples} labels.")
    if not probas:
        raise InvalidInput("There are no samples: y_true and y_probas are empty.")
    if not isinstance(probas[0], (list, tuple)):
        if len(classes) > 2:
            raise InvalidInput(
                f"There are {len(classes)} classes: y_probas needs a score for each of them."
            )
        probas = [[-score, score] for score in probas]
    widths = {len(row) for row in probas}
    if len(widths) != 1 or (width := widths.pop()) < len(classes):
        raise InvalidInput(
            f"There are {len(classes)} classes: every sample needs a score for each of them."
        )
    columns = [[float(row[number]) for row in probas] for number in range(width)]
    if any(math.isnan(score) for column in columns for score in column):
        raise InvalidInput("A score is NaN: leave such samples out.")
    return columns


def _ordered(classes: set[Any]) -> list[Any]:
    try:
        return sorted(classes)
    except TypeError:
        raise InvalidInput(
            "The classes cannot be put in order: use numbers alone, or texts alone."
        ) from None


def _name(one: Any, labels: Sequence[str] | None) -> Any:
    if labels is None or isinstance(one, bool) or not isinstance(one, int):
        return one
    if not 0 <= one < len(labels):
        raise InvalidInput(f"There are {len(labels)} labels, and none for the class {one}.")
    return labels[one]
