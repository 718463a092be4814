"""Custom charts: what they compute, and what is logged for them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tracking.conftest import Desk

import runstone
from runstone import plot
from runstone.errors import InvalidInput
from runstone.plot.curves import precision_at, precision_recall, roc, thinned
from runstone.sdk import Api

Samples = list[tuple[bool, int]]
SAMPLES = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=40)


def apart(samples: Samples) -> tuple[list[bool], list[float]]:
    return [truth for truth, _ in samples], [float(score) for _, score in samples]


def naive(samples: Samples) -> list[tuple[int, int]]:
    """Right and wrong positives at each threshold, from above all scores down."""
    thresholds = [max(score for _, score in samples) + 1, *{score for _, score in samples}]
    return [
        (
            sum(truth for truth, score in samples if score >= threshold),
            sum(not truth for truth, score in samples if score >= threshold),
        )
        for threshold in sorted(thresholds, reverse=True)
    ]


def is_on(point: tuple[float, float], line: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies on a line through others."""
    x, y = point
    for (x0, y0), (x1, y1) in pairwise(line):
        across = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        if abs(across) < 1e-9 and x0 - 1e-9 <= x <= x1 + 1e-9 and y0 - 1e-9 <= y <= y1 + 1e-9:
            return True
    return point == line[0]


@given(SAMPLES)
def test_roc_is_the_line_through_every_threshold(samples: Samples) -> None:
    found = roc(*apart(samples))
    right, wrong = naive(samples)[-1]
    if not right or not wrong:
        assert all((x != x) == (not wrong) and (y != y) == (not right) for x, y in found)
        return
    points = [(b / wrong, a / right) for a, b in naive(samples)]
    assert (found[0], found[-1]) == ((0, 0), (1, 1))
    assert set(found) <= set(points)
    assert all(is_on(point, found) for point in points)


@given(SAMPLES)
def test_precision_and_recall_at_every_threshold(samples: Samples) -> None:
    precision, recall = precision_recall(*apart(samples))
    counts = naive(samples)
    total = counts[-1][0]
    assert precision == [1.0, *(a / (a + b) for a, b in counts[1:])]
    assert recall == [0.0, *(a / total if total else 1.0 for a, _ in counts[1:])]


@given(SAMPLES, st.lists(st.floats(0, 1), max_size=5))
def test_precision_at_a_recall_is_the_best_that_reaches_it(
    samples: Samples, recalls: list[float]
) -> None:
    precision, recall = precision_recall(*apart(samples))
    best = [
        max(p for p, r in zip(precision, recall, strict=True) if r >= wanted) for wanted in recalls
    ]
    assert precision_at(*apart(samples), recalls) == best


@pytest.mark.parametrize(
    ("num", "most", "kept"), [(3, 5, [0, 1, 2]), (10, 4, [0, 3, 6, 9]), (5, 1, [0])]
)
def test_thinned(num: int, most: int, kept: list[int]) -> None:
    assert thinned(num, most) == kept


# scikit-learn's documentation of roc_curve and precision_recall_curve has these four samples.
TRUTHS = [0, 0, 1, 1]
SCORES = [0.1, 0.4, 0.35, 0.8]


def test_published_examples() -> None:
    is_true = [bool(truth) for truth in TRUTHS]
    assert roc(is_true, SCORES) == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]
    precision, recall = precision_recall(is_true, SCORES)
    assert precision == [1.0, 1.0, 0.5, 2 / 3, 0.5]
    assert recall == [0.0, 0.5, 0.5, 1.0, 1.0]


@pytest.mark.parametrize("kind", [list, np.array], ids=["lists", "arrays"])
def test_curves_of_classes(kind: Any) -> None:
    both = kind([[1 - score, score] for score in SCORES])
    chart = plot.roc_curve(kind(TRUTHS), both, labels=["cat", "dog"])
    assert chart.table.columns == ["class", "fpr", "tpr"]
    assert [row[1:] for row in chart.table.data if row[0] == "dog"] == [
        [0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1],
    ]  # fmt: skip
    only = plot.roc_curve(kind(TRUTHS), kind(SCORES), ["cat", "dog"], classes_to_plot=[1])
    assert only.table.data == [row for row in chart.table.data if row[0] == "dog"]
    curve = plot.pr_curve(kind(TRUTHS), both, interp_size=3, classes_to_plot=[1])
    assert curve.table.columns == ["class", "recall", "precision"]
    assert curve.table.data == [[1, 1.0, 0.667], [1, 0.5, 1.0], [1, 0.0, 1.0]]


def test_confusion() -> None:
    chart = plot.confusion_matrix(
        probs=np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]),
        y_true=[0, 1, 1],
        class_names=["cat", "dog"],
    )
    assert chart.table.data == [
        ["cat", "cat", 1], ["cat", "dog", 0], ["dog", "cat", 1], ["dog", "dog", 1],
    ]  # fmt: skip
    arrays = plot.confusion_matrix(y_true=np.array([0, 1, 1]), preds=np.array([0, 1, 0]))
    assert [count for _, _, count in arrays.table.data] == [1, 0, 1, 1]
    named = plot.confusion_matrix(y_true=["b", "a"], preds=["a", "a"])
    assert named.table.data[0] == ["Class_1", "Class_1", 1]


def test_series_of_lines() -> None:
    one = plot.line_series([0, 1], [[1, 2], [3, 4]], keys=["a", "b"])
    assert one.table.data == [[0, "a", 1], [1, "a", 2], [0, "b", 3], [1, "b", 4]]
    own = plot.line_series([[0], np.arange(2)], [[5], [6, 7]])
    assert own.table.data == [[0, "line_0", 5], [0, "line_1", 6], [1, "line_1", 7]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plot.roc_curve(None, [1]), "y_true is missing"),
        (lambda: plot.roc_curve([0, 1], [[0.5, 0.5]]), "1 scores and 2 labels"),
        (lambda: plot.roc_curve([0, 1, 2], [0.1, 0.2, 0.3]), "3 classes"),
        (lambda: plot.roc_curve([0, "a"], [[1, 2], [1, 2]]), "in order"),
        (lambda: plot.roc_curve([0, 1], [[1, 2], [1, float("nan")]]), "NaN"),
        (lambda: plot.pr_curve([], []), "no samples"),
        (lambda: plot.pr_curve([0, 1], [0, 1], interp_size=0), "interp_size"),
        (lambda: plot.pr_curve([0, 9], [0, 1], ["one"]), "none for the class 9"),
        (lambda: plot.confusion_matrix(y_true=[1]), "either"),
        (lambda: plot.confusion_matrix(preds=[1], y_true=[5], class_names=["a", "b"]), "for 5"),
        (lambda: plot.confusion_matrix(preds=[1], y_true=[1, 2]), "1 predictions and 2 labels"),
        (lambda: plot.line_series([0], [[1], [2]], keys=["a"]), "1 keys"),
        (lambda: plot.plot_table("wandb/line/v0", [[1]], {}), "runstone.Table"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_said(call: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        call()


def kept_of(api: Api, project: str) -> dict[str, Any]:
    """All that the server keeps of the only run of a project."""
    with api._transport.stream(("projects", "ada", project, "archive")) as body:
        archive = zipfile.ZipFile(io.BytesIO(body.read()))
    (name,) = (name for name in archive.namelist() if name.endswith("runs.jsonl"))
    found: dict[str, Any] = json.loads(archive.read(name))
    return found


def test_logged_in_the_form_that_pages_know(desk: Desk, api: Api) -> None:
    desk.run(
        """
import runstone
from runstone import plot
with runstone.init("charts") as run:
    table = runstone.Table(columns=["x", "y"], data=[[1, 2], [3, 4]])
    run.log({"line": plot.line(table, "x", "y", title="Lines"), "loss": 1})
    run.log({"val": {"bar": plot.bar(table, "x", "y", split_table=True)}})
    run.log({"line": plot.line(table, "y", "x", title="Turned")})
"""
    )
    (run,) = api.runs("ada/charts")
    rows = run.history().to_arrow().to_pylist()
    tables = {key for row in rows for key, value in row.items() if value is not None}
    assert {"line_table", "Custom Chart Tables/val.bar_table", "loss"} <= tables
    assert "line" not in tables
    charts = kept_of(api, "charts")["client_info"]["visualize"]
    assert set(charts) == {"line", "val.bar"}
    assert charts["line"]["panel_config"]["fieldSettings"] == {
        "x": "y",
        "y": "x",
        "stroke": None,
    }, "the last word counts"
    assert "Custom Chart Tables/val.bar_table" in json.dumps(charts["val.bar"])


def test_the_document_of_a_chart() -> None:
    table = runstone.Table(columns=["x", "y"], data=[[1, 2]])
    chart = plot.scatter(table, "x", "y", title="T", split_table=True)
    document = chart.document("key")
    config = document["panel_config"]
    assert document["panel_type"] == "Vega2"
    assert config["panelDefId"] == "wandb/scatter/v0"
    assert (config["fieldSettings"], config["stringSettings"]) == (
        {"x": "x", "y": "y"},
        {"title": "T"},
    )
    assert "Custom Chart Tables/key_table" in json.dumps(config["userQuery"])
