"""Lines, points and bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from runstone.domain.errors import InvalidInput
from runstone.plot.chart import CustomChart, chart_of, plot_table
from runstone.plot.values import listed

if TYPE_CHECKING:
    from runstone.tracking.values.table import Table


def line(
    table: Table,
    x: str,
    y: str,
    stroke: str | None = None,
    title: str = "",
    split_table: bool = False,
) -> CustomChart:
    """A line through the rows of a table.

    Args:
        x: The column along.
        y: The column upward.
        stroke: The column whose values tell lines apart.
        split_table: See `plot_table`.
    """
    fields = {"x": x, "y": y, "stroke": stroke}
    return plot_table("wandb/line/v0", table, fields, {"title": title}, split_table)


def scatter(
    table: Table, x: str, y: str, title: str = "", split_table: bool = False
) -> CustomChart:
    """A point for each row of a table.

    Args:
        x: The column along.
        y: The column upward.
        split_table: See `plot_table`.
    """
    return plot_table("wandb/scatter/v0", table, {"x": x, "y": y}, {"title": title}, split_table)


def bar(
    table: Table, label: str, value: str, title: str = "", split_table: bool = False
) -> CustomChart:
    """A bar for each row of a table.

    Args:
        label: The column of names.
        value: The column of lengths.
        split_table: See `plot_table`.
    """
    fields = {"label": label, "value": value}
    return plot_table("wandb/bar/v0", table, fields, {"title": title}, split_table)


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """How often which values of a column of a table come.

    Args:
        value: The column.
        split_table: See `plot_table`.
    """
    fields = {"value": value}
    return plot_table("wandb/histogram/v0", table, fields, {"title": title}, split_table)


def line_series(
    xs: Iterable[Any],
    ys: Iterable[Iterable[Any]],
    keys: Iterable[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """Several lines.

    Args:
        xs: Of each line its values along; or values that all lines have.
        ys: Of each line its values upward.
        keys: What the lines are called; `line_0`, `line_1` … if left out.
        xname: What is along.
        split_table: See `plot_table`.

    Raises:
        InvalidInput: Not as many lines along as upward, or as names.
    """
    upward = [listed(values) for values in listed(ys)]
    along = _along(listed(xs), len(upward))
    names = [f"line_{number}" for number in range(len(upward))] if keys is None else list(keys)
    for what, number in (("lines along", len(along)), ("keys", len(names))):
        if number != len(upward):
            raise InvalidInput(f"There are {number} {what} and {len(upward)} lines upward.")
    rows = [
        [x, name, y]
        for name, own, values in zip(names, along, upward, strict=True)
        for x, y in zip(own, values, strict=False)
    ]
    columns = ["step", "lineKey", "lineVal"]
    return chart_of(
        columns,
        rows,
        "wandb/lineseries/v0",
        {name: name for name in columns},
        {"title": title, "xname": xname},
        split_table=split_table,
    )


def _along(xs: Sequence[Any], num_lines: int) -> list[list[Any]]:
    is_nested = bool(xs) and isinstance(xs[0], Iterable) and not isinstance(xs[0], (str, bytes))
    return [listed(values) for values in xs] if is_nested else [list(xs)] * num_lines
