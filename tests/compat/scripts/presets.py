"""Every chart of `wandb.plot`, twice, and what `wandb.visualize` logs. Word: the project."""

import sys

import wandb

LABELS = [0, 1, 2, 1, 0, 2]
NAMES = ["cat", "dog", "owl"]

with wandb.init(project=sys.argv[1], id="drawn", settings=wandb.Settings(silent=True)) as run:
    for step in range(2):
        table = wandb.Table(
            columns=["x", "y", "kind"],
            data=[[x, x * (step + 1), "ab"[x % 2]] for x in range(10)],
        )
        rates = wandb.Table(
            columns=["class", "precision", "recall"],
            data=[[name, 1 - x / 9, x / 9] for name in NAMES for x in range(10)],
        )
        run.log(
            {
                "line": wandb.plot.line(table, "x", "y", stroke="kind", title="Lines"),
                "scatter": wandb.plot.scatter(table, "x", "y", title="Points"),
                "bar": wandb.plot.bar(table, "kind", "y", title="Bars"),
                "histogram": wandb.plot.histogram(table, "y", title="Spread"),
                "series": wandb.plot.line_series(
                    [0, 1, 2],
                    [[1, 2, 3], [3, 2, step]],
                    keys=["up", "down"],
                    title="Two",
                    xname="epoch",
                ),
                "val/pr": wandb.plot_table(
                    # What `pr_curve` ends in, which itself needs scikit-learn and pandas.
                    "wandb/area-under-curve/v0",
                    rates,
                    {"x": "recall", "y": "precision", "class": "class"},
                    {"title": "PR", "x-axis-title": "Recall", "y-axis-title": "Precision"},
                ),
                "confusion": wandb.plot.confusion_matrix(
                    preds=[0, 1, 2, 0, 0, 1], y_true=LABELS, class_names=NAMES
                ),
                "apart": wandb.plot_table(
                    "wandb/line/v0",
                    table,
                    {"x": "x", "y": "y"},
                    {"title": "Apart"},
                    **({} if wandb.__version__ < "0.20" else {"split_table": True}),
                ),
                "own": wandb.plot_table("team/spiral", table, {"angle": "x", "radius": "y"}, {}),
                "residuals": wandb.visualize("wandb/residuals_plot/v1", table),
                "loss": 1 / (step + 1),
            }
        )
print("RESULT {}")
