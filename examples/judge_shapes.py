"""Judge classifiers of shapes: confusion, ROC, precision and recall as charts of tables.

Three classifiers learn from ever more pictures and are judged each time on the same ones, so that
every chart has a slider of its steps. Takes a few seconds; only NumPy is needed:

    pip install runstone numpy
    export RUNSTONE_URL=http://127.0.0.1:8470
    export RUNSTONE_API_KEY=...
    python examples/judge_shapes.py
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

import runstone

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

SHAPES = ["circle", "square", "triangle"]
SIDE = 16
NUM_JUDGED = 300
NUM_LEARNT = (30, 90, 270)
NUM_NEIGHBOURS = (1, 5, 25)


def draw(shape: int, rng: np.random.Generator) -> Array:
    """A shape of some size somewhere on a noisy ground, as one row of pixels."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + rng.uniform(-1.5, 1.5, (2, 1, 1))
    size = rng.uniform(3.5, 5.5)
    match SHAPES[shape]:
        case "circle":
            is_inside = x**2 + y**2 < size**2
        case "square":
            is_inside = np.maximum(abs(x), abs(y)) < 0.9 * size
        case _:
            is_inside = (y < size) & (abs(x) < 0.6 * (y + size))
    return (is_inside + rng.normal(0, 0.5, (SIDE, SIDE))).ravel()


def draw_many(number: int, rng: np.random.Generator) -> tuple[Array, Labels]:
    """Pictures, as many of each shape, and which it is."""
    labels = np.arange(number) % len(SHAPES)
    return np.stack([draw(int(shape), rng) for shape in labels]), labels


def neighbours(pictures: Array, labels: Labels, judged: Array, k: int) -> Array:
    """Of each judged picture, how much of its k nearest ones is what; nearer ones say more."""
    distances = ((judged[:, None, :] - pictures[None, :, :]) ** 2).mean(axis=2)
    nearest = np.argsort(distances, axis=1)[:, :k]
    weights = 1 / np.take_along_axis(distances, nearest, axis=1) ** 2
    votes = np.eye(len(SHAPES))[labels[nearest]] * weights[:, :, None]
    return votes.sum(axis=1) / weights.sum(axis=1)[:, None]


def charts(truth: Labels, scores: Array) -> dict[str, runstone.plot.CustomChart]:
    """What there is to see of scores, beyond a number."""
    guesses = scores.argmax(axis=1)
    is_right = guesses == truth
    per_class = [[name, float(is_right[truth == at].mean())] for at, name in enumerate(SHAPES)]
    sure = [[float(value)] for value in scores.max(axis=1)]
    return {
        "confusion": runstone.plot.confusion_matrix(
            y_true=truth, preds=guesses, class_names=SHAPES, title="Confusion"
        ),
        "roc": runstone.plot.roc_curve(truth, scores, labels=SHAPES, title="ROC"),
        "pr": runstone.plot.pr_curve(truth, scores, labels=SHAPES, title="Precision and recall"),
        "right": runstone.plot.bar(
            runstone.Table(columns=["shape", "share right"], data=per_class),
            "shape",
            "share right",
            title="Right by shape",
        ),
        "sure": runstone.plot.histogram(
            runstone.Table(columns=["sure"], data=sure), "sure", title="How sure it is"
        ),
        # A specification of one's own is not drawn: its table is shown instead.
        "reliability": runstone.plot.plot_table(
            "lab/reliability/v1",
            reliability(scores.max(axis=1), is_right),
            {"x": "sure", "y": "right"},
            {"title": "Reliability"},
        ),
    }


def reliability(sure: Array, is_right: NDArray[np.bool_]) -> runstone.Table:
    """How often it is right when it is so sure."""
    table = runstone.Table(columns=["sure", "right", "pictures"])
    for low in np.arange(0.3, 1.0, 0.1):
        is_here = (sure > low) & (sure <= low + 0.1)
        if is_here.any():
            right = round(float(is_right[is_here].mean()), 3)
            table.add_data(f"{low:.1f} to {low + 0.1:.1f}", right, int(is_here.sum()))
    return table


def judge(project: str, k: int) -> None:
    """One run: a classifier that learns from more and more pictures."""
    rng = np.random.default_rng(0)
    judged, truth = draw_many(NUM_JUDGED, rng)
    pictures, labels = draw_many(max(NUM_LEARNT), rng)
    name = f"{k} neighbours" if k > 1 else "nearest neighbour"
    config = {"k": k, "side": SIDE, "pictures": max(NUM_LEARNT)}
    with runstone.init(project, name=name, id=f"judge-{k}", config=config) as run:
        for number in NUM_LEARNT:
            scores = neighbours(pictures[:number], labels[:number], judged, k)
            accuracy = float((scores.argmax(axis=1) == truth).mean())
            sure = float(scores[np.arange(NUM_JUDGED), truth].mean())
            metrics = {"accuracy": accuracy, "sure_of_truth": sure}
            run.log(charts(truth, scores) | metrics, step=number)
            print(f"{name}, {number} pictures: {accuracy:.1%} right")


def main() -> None:
    """Reads the command line and judges."""
    parser = argparse.ArgumentParser(description="Judge classifiers of shapes.")
    parser.add_argument("--project", default="judging-shapes", help="where the runs are shown")
    project = parser.parse_args().project
    for k in NUM_NEIGHBOURS:
        judge(project, k)


if __name__ == "__main__":
    main()
