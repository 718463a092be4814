"""Charts that runs logged, and columns of their tables, over the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import numpy as np
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import run_id, store_file

from runstone.domain import documents
from runstone.domain.history import HistoryBatch, Objects, StreamKind
from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio

CHARTS = "/projects/ada/digits/logged-charts"
COLUMNS = "/projects/ada/digits/table-columns"


def chart(spec: str, table: str, **fields: str | None) -> dict[str, Any]:
    """What clients keep of a chart."""
    args = [{"name": "tableKey", "value": table}]
    query = {"queryFields": [{"name": "runSets", "fields": [{"name": "x", "args": args}]}]}
    config = {"panelDefId": spec, "fieldSettings": fields, "userQuery": query}
    return {"panel_type": "Vega2", "panel_config": {**config, "stringSettings": {"title": "T"}}}


def tell(site: Site, run: str, **info: Any) -> None:
    """Keeps what the client of a run says of itself."""
    update = RunUpdate(client_info=info)
    identifier = run_id(site, run)
    site.store.write(lambda tx: tx.runs.update_run(identifier, update)).result()


async def log_tables(site: Site, run: str, tables: list[tuple[int, Any]]) -> None:
    """Logs values under `roc_table`; a text is the file of a table."""
    values = []
    for step, value in tables:
        path = f"media/table/{run}_{step}.table.json"
        if isinstance(value, str):
            await store_file(site, path, value.encode(), run_name=run)
        values.append(value if isinstance(value, list) else {"_type": "table-file", "path": path})
    steps = np.array([step for step, _ in tables], np.int64)
    batch = HistoryBatch(
        row0=0, step=steps, time=steps.astype(float), runtime=steps.astype(float),
        objects={"roc_table": Objects([documents.encode(value) for value in values])},
    )  # fmt: skip

    identifier = run_id(site, run)

    def unit(tx: Any) -> None:
        stream = tx.history.open_stream(identifier, StreamKind.HISTORY)
        tx.history.append(stream.id, batch)

    site.store.write(unit).result()


def table(rows: list[list[Any]]) -> str:
    return json.dumps({"columns": ["x", "y"], "data": rows})


async def test_charts_of_runs(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("r1", "r2", "r3", "r4"):
        site.add_run(name)
    line = chart("wandb/line/v0", "roc_table", x="x", y="y", stroke=None)
    tell(site, "r1", visualize={"roc": line})
    tell(site, "r2", visualize={"roc": line}, viz={"fit": {"id": "wandb/residuals_plot/v1"}})
    tell(site, "r3", visualize={"roc": chart("ada/own", "roc_table"), "odd": 7, "no": {}})
    asked = {"run": ["r3", "r2", "nobody", "r1", "r4"]}
    charts = (await ada.get(CHARTS, params=asked)).json()["charts"]
    titled = {"texts": {"title": "T"}, "table": "roc_table", "key": "roc"}
    assert charts == [
        {"key": "fit", "spec": "wandb/residuals_plot/v1", "table": "fit", "fields": {},
         "texts": {}, "runs": ["r2"]},
        {**titled, "spec": "ada/own", "fields": {}, "runs": ["r3"]},
        {**titled, "spec": "wandb/line/v0", "fields": {"x": "x", "y": "y"}, "runs": ["r2", "r1"]},
    ]  # fmt: skip


async def test_a_table_is_named_after_its_key_where_nothing_is_said(
    ada: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    said = {"panel_config": {"panelDefId": "wandb/bar/v0"}}
    tell(site, "r1", visualize={"bars": said})
    (found,) = (await ada.get(CHARTS, params={"run": ["r1"]})).json()["charts"]
    assert found["table"] == "bars_table"


async def test_columns_of_several_runs(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("r1", "r2", "r3"):
        site.add_run(name)
    await log_tables(site, "r1", [(0, table([[0, 1]])), (10, table([[1, 2], [3, float("nan")]]))])
    await log_tables(site, "r2", [(5, table([[7, 8]]))])
    asked = {"key": "roc_table", "columns": ["y", "none"], "runs": ["r2", "r1", "r3", "gone"]}
    tables = (await ada.post(COLUMNS, json=asked)).json()["tables"]
    names = [one.pop("file")["name"] for one in tables]
    assert names == ["media/table/r2_5.table.json", "media/table/r1_10.table.json"]
    first = {"run": "r2", "step": 5, "steps": [5], "num_rows": 1, "problem": None}
    second = {"run": "r1", "step": 10, "steps": [0, 10], "num_rows": 2, "problem": None}
    assert tables == [
        {**first, "columns": [[8], None]},
        {**second, "columns": [[2, {"$float": "NaN"}], None]},
    ]
    for step, found in ((-3, [5, 0]), (0, [5, 0]), (7, [5, 0]), (99, [5, 10])):
        tables = (await ada.post(COLUMNS, json={**asked, "step": step})).json()["tables"]
        assert [one["step"] for one in tables] == found, step


async def test_long_tables_are_thinned(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    await log_tables(site, "r1", [(0, table([[i, 2 * i] for i in range(100)]))])
    asked = {"key": "roc_table", "columns": ["x"], "runs": ["r1"], "max_rows": 4}
    (found,) = (await ada.post(COLUMNS, json=asked)).json()["tables"]
    assert (found["columns"], found["num_rows"]) == ([[0, 33, 66, 99]], 100)
    (found,) = (await ada.post(COLUMNS, json={**asked, "max_rows": 1})).json()["tables"]
    assert found["columns"] == [[0]]


async def test_what_cannot_be_read_says_why(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("r1", "r2", "r3"):
        site.add_run(name)
    await log_tables(site, "r1", [(0, "no table at all")])
    await log_tables(site, "r2", [(0, [1, 2])])
    await log_tables(site, "r3", [(0, None)])
    asked: dict[str, Any] = {"key": "roc_table", "columns": ["x"], "runs": ["r1", "r2", "r3"]}
    tables = (await ada.post(COLUMNS, json=asked)).json()["tables"]
    assert [one["problem"]["code"] for one in tables] == [
        "bad-table", "bad-table", "file-not-arrived",
    ]  # fmt: skip
    refused = await ada.post(COLUMNS, json={**asked, "runs": ["r"] * 21, "max_rows": 10_000})
    assert (refused.status_code, refused.json()["code"]) == (400, "too-many-values")
    strange = await ada.post("/projects/ada/nowhere/table-columns", json=asked)
    assert strange.status_code == 404


async def test_a_private_project_keeps_its_charts(bob: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    assert (await bob.get(CHARTS, params={"run": ["r1"]})).status_code == 404
    asked = {"key": "roc_table", "columns": ["x"], "runs": ["r1"]}
    assert (await bob.post(COLUMNS, json=asked)).status_code == 404
