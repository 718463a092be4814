"""Tables: how they are put together, and what becomes of their cells."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.errors import InvalidInput


def written(table: runstone.Table, folder: Path) -> Any:
    """As it travels: what JSON makes of it."""
    return json.loads(json.dumps(table.write_into(folder)))


def test_rows_and_columns(tmp_path: Path) -> None:
    table = runstone.Table(columns=["a", "b"])
    table.add_data(1, "x")
    table.add_row(2, "y")
    table.add_column("c", np.array([0.5, 1.5]))
    table.add_computed_columns(lambda number, row: {"d": row["a"] * 10 + number})
    assert table.get_column("d") == [10, 21]
    assert table.get_column("c", convert_to="numpy").tolist() == [0.5, 1.5]
    assert list(table.iterrows()) == [(0, [1, "x", 0.5, 10]), (1, [2, "y", 1.5, 21])]
    assert table.get_index() == [0, 1]
    assert len(table) == 2
    assert table.get_dataframe().columns.tolist() == ["a", "b", "c", "d"]
    assert written(table, tmp_path) == {
        "_type": "table", "columns": ["a", "b", "c", "d"], "ncols": 4, "nrows": 2,
        "data": [[1, "x", 0.5, 10], [2, "y", 1.5, 21]], "log_mode": "IMMUTABLE",
    }  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        runstone.Table(columns=["a", "b"], data=[[1, 2], [3, 4]]),
        runstone.Table(columns=["a", "b"], rows=[(1, 2), (3, 4)]),
        runstone.Table(columns=["a", "b"], data=np.array([[1, 2], [3, 4]])),
        runstone.Table(dataframe=pd.DataFrame({"a": [1, 3], "b": [2, 4]})),
        runstone.Table(data=pd.DataFrame({"a": [1, 3], "b": [2, 4]})),
    ],
    ids=["data", "rows", "array", "dataframe", "data is a frame"],
)
def test_wherever_it_comes_from(table: runstone.Table) -> None:
    assert (table.columns, table.data) == (["a", "b"], [[1, 2], [3, 4]])


def test_cells_of_any_kind(tmp_path: Path) -> None:
    when = datetime(2026, 1, 2, tzinfo=UTC)
    picture = runstone.Image(np.zeros((4, 4), np.uint8), caption="black")
    table = runstone.Table(columns=["x"])
    cells = [np.float32(0.5), np.arange(3), when, {"a": (1, 2)}, [picture], picture, None, object]
    for cell in cells:
        table.add_data(cell)
    found = [row[0] for row in written(table, tmp_path)["data"]]
    assert found[:4] == [0.5, [0, 1, 2], when.isoformat(), {"a": [1, 2]}]
    assert found[4] == [found[5]]
    assert (found[5]["_type"], found[5]["caption"]) == ("image-file", "black")
    assert (tmp_path / found[5]["path"]).read_bytes().startswith(b"\x89PNG")
    assert found[6:] == [None, str(object)]


def test_what_does_not_fit_is_said() -> None:
    table = runstone.Table(columns=["a", "b"], data=[[1, 2]])
    for wrong in (
        lambda: table.add_data(1),
        lambda: table.add_column("a", [1]),
        lambda: table.add_column("c", [1, 2]),
        lambda: table.get_column("z"),
        lambda: runstone.Table(columns=["a"], data=[[1, 2]]),
        lambda: runstone.Table(log_mode="SOMETIMES"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidInput):
            wrong()
    assert table.data == [[1, 2]]
