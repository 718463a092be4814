"""Charts of tables: `run.log({"roc": runstone.plot.roc_curve(labels, scores)})`.

Names and arguments are those of `wandb.plot`. Neither NumPy nor scikit-learn is needed; arrays of
theirs, tensors and lists are taken alike.
"""

from runstone.plot.chart import CustomChart, plot_table
from runstone.plot.classifiers import confusion_matrix, pr_curve, roc_curve
from runstone.plot.marks import bar, histogram, line, line_series, scatter

__all__ = [
    "CustomChart",
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "scatter",
]
