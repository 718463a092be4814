"""Curves over the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import numpy as np
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.series_decoder import decode_series

from runstone.domain.smoothing import Smoothing, SmoothingKind, smooth

pytestmark = pytest.mark.anyio

CHART = {"entity": "ada", "project": "digits", "runs": ["r1"], "keys": ["loss"]}


async def _read(client: httpx.AsyncClient, *requests: dict[str, Any]) -> Any:
    answer = await client.post("/series", json={"requests": requests})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.runstone.series"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return decode_series(answer.content)


async def test_few_points_come_as_they_are(ada: httpx.AsyncClient, site: Site) -> None:
    values = [1.0, float("nan"), float("inf"), -2.5]
    site.add_run("r1", values={"loss": values})

    ((curve,), errors) = await _read(ada, CHART)

    assert errors == []
    assert (curve["run"], curve["key"], curve["exact"], curve["num_rows"]) == (
        *("r1", "loss", True),
        4,
    )
    np.testing.assert_array_equal(curve["arrays"]["x"], [0, 1, 2, 3])
    np.testing.assert_array_equal(curve["arrays"]["y"], values)


async def test_many_points_come_in_buckets_that_are_exact(
    ada: httpx.AsyncClient, site: Site
) -> None:
    values = np.sin(np.arange(20_000) / 50)
    values[777] = 99.0
    values[5] = np.nan
    site.add_run("r1", values={"loss": values.tolist()})

    ((curve,), _) = await _read(ada, CHART | {"buckets": 100})

    arrays = curve["arrays"]
    assert not curve["exact"]
    assert curve["num_rows"] == 20_000
    assert len(arrays["x0"]) <= 100
    assert arrays["max"].max() == 99.0
    assert arrays["n"].sum() == 19_999
    assert arrays["nan"].sum() == 1
    assert "posinf" not in arrays
    total = np.nansum(arrays["mean"] * arrays["n"])
    assert total == pytest.approx(np.nansum(values))


async def test_axes_and_ranges(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=10)

    curves, errors = await _read(
        ada,
        CHART | {"lo": 3, "hi": 5},
        CHART | {"axis": "time", "lo": 1e9 + 8},
        CHART | {"axis": "relative", "hi": 1.5},
        CHART | {"lo": 3.2, "hi": 3.8},
        CHART | {"lo": 100},
    )

    assert errors == []
    assert [(curve["request"], curve["num_rows"]) for curve in curves] == [
        *((0, 3), (1, 2), (2, 2), (3, 0), (4, 0)),
    ]
    assert [curve["arrays"]["x"].tolist() for curve in curves] == [
        [2, 3, 4, 5, 6],
        [1e9 + 7, 1e9 + 8, 1e9 + 9],
        [0, 1, 2],
        [3, 4],
        [9],
    ]


async def test_one_that_fails_does_not_take_the_others(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1", rows=3)
    site.add_run("r1", rows=3, project="secret", key=site.bob_key)
    await ada.post("/teams", json={"name": "lab"})
    requests = (
        CHART | {"project": "gone"},
        CHART | {"runs": ["r1", "gone"], "keys": ["loss", "gone"]},
        CHART | {"lo": 5, "hi": 1},
        CHART | {"runs": []},
    )

    curves, errors = await _read(ada, *requests)

    assert [(c["request"], c["run"], c["key"]) for c in curves] == [(1, "r1", "loss")]
    assert [(e["request"], e["code"]) for e in errors] == [(0, "not-found"), (2, "invalid-input")]
    _, errors = await _read(bob, CHART)
    assert [e["code"] for e in errors] == ["not-found"]


async def test_charts_of_one_page_each_get_their_own(ada: httpx.AsyncClient, site: Site) -> None:
    for run in ("r1", "r2"):
        site.add_run(run, values={"a": [1.0], "b": [2.0], "c": [3.0]})
    page = CHART | {"runs": ["r2", "r1", "r2"], "buckets": 10}
    thousand = [f"k{n}" for n in range(999)]

    curves, errors = await _read(
        ada,
        page | {"keys": ["b", "a", "b"]},
        page | {"keys": ["c"], "buckets": 5},
        page | {"keys": ["a", *thousand]},
        page | {"keys": ["c", *thousand, "too", "many"]},
        page | {"keys": ["c"]},
    )

    def shown(number: int) -> list[tuple[str, str, list[float]]]:
        mine = [c for c in curves if c["request"] == number]
        return [(c["run"], c["key"], c["arrays"]["y"].tolist()) for c in mine]

    assert sorted(shown(0)) == [
        ("r1", "a", [1]),
        ("r1", "b", [2]),
        ("r2", "a", [1]),
        ("r2", "b", [2]),
    ]
    assert sorted(shown(1)) == sorted(shown(4)) == [("r1", "c", [3]), ("r2", "c", [3])]
    assert sorted(shown(2)) == [("r1", "a", [1]), ("r2", "a", [1])]
    assert [(e["request"], e["code"]) for e in errors] == [(3, "invalid-input")]


async def test_smoothed_values_come_beside_the_others(ada: httpx.AsyncClient, site: Site) -> None:
    values = np.cos(np.arange(5_000) / 9)
    values[[0, 4_000]] = np.nan
    site.add_run("r1", values={"loss": values.tolist()})
    ema = {"kind": "ema", "amount": 0.9}
    whole = smooth(np.arange(5_000.0), values, Smoothing(SmoothingKind.EMA, 0.9))

    curves, errors = await _read(
        ada,
        CHART | {"smoothing": ema, "lo": 3_990, "hi": 4_010},
        CHART | {"smoothing": ema, "buckets": 50},
        CHART | {"lo": 3_990, "hi": 4_010},
    )

    assert errors == []
    exact, bucketed, plain = (curve["arrays"] for curve in curves)
    np.testing.assert_allclose(exact["smooth"], whole[3_989:4_012])
    np.testing.assert_allclose(bucketed["smooth"], whole[bucketed["x1"].astype(int)])
    assert "smooth" not in plain


async def test_amounts_that_make_no_sense_fail_their_own_request(
    ada: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1", rows=3)
    amounts = [("ema", 1), ("time_ema", -1), ("gaussian", 1e9), ("mean", 0.5)]

    curves, errors = await _read(
        ada, CHART, *(CHART | {"smoothing": {"kind": k, "amount": a}} for k, a in amounts)
    )

    assert [curve["request"] for curve in curves] == [0]
    assert [(e["request"], e["code"]) for e in errors] == [
        (n, "invalid-smoothing") for n in (1, 2, 3, 4)
    ]
    assert "0 to 0.999" in errors[0]["message"]


async def test_a_key_as_x_and_a_logarithmic_scale(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", values={"loss": [5.0, 6.0, 7.0], "epoch": [2.0, 0.0, 1.0]})

    curves, errors = await _read(
        ada,
        CHART | {"x_key": "epoch"},
        CHART | {"x_key": "epoch", "x_scale": "log"},
        CHART | {"x_key": "none"},
        CHART | {"x_scale": "log", "hi": 0},
        CHART | {"writer": ""},
        CHART | {"writer": "another"},
    )

    assert errors == []
    assert [
        (c["request"], c["arrays"]["x"].tolist(), c["arrays"]["y"].tolist()) for c in curves
    ] == [
        (0, [0, 1, 2], [6, 7, 5]),
        (1, [1, 2], [7, 5]),
        (4, [0, 1, 2], [5, 6, 7]),
    ]


@pytest.mark.parametrize(
    "request_",
    [
        {"entity": "ada"},
        CHART | {"buckets": 1},
        CHART | {"buckets": 10**9},
        CHART | {"axis": "sideways"},
        CHART | {"stream": "console"},
        CHART | {"color": "red"},
        CHART | {"lo": "0"},
        CHART | {"x_scale": "symlog"},
        CHART | {"smoothing": {"kind": "median", "amount": 3}},
        CHART | {"smoothing": {"kind": "ema"}},
        CHART | {"smoothing": {"kind": "ema", "amount": "0.5"}},
    ],
)
async def test_what_makes_no_sense_is_refused(
    ada: httpx.AsyncClient, request_: dict[str, Any]
) -> None:
    answer = await ada.post("/series", json={"requests": [request_]})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    assert "`requests[0]" in answer.json()["detail"]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999", "null"])
async def test_an_amount_that_is_no_number_is_refused(ada: httpx.AsyncClient, amount: str) -> None:
    chart = json.dumps(CHART | {"smoothing": {"kind": "ema", "amount": 12345}})

    answer = await ada.post(
        "/series", content=f'{{"requests": [{chart.replace("12345", amount)}]}}'
    )

    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid-input", "malformed-json")


async def test_a_batch_has_an_end(ada: httpx.AsyncClient) -> None:
    wide = CHART | {"runs": [f"r{n}" for n in range(1_000)], "buckets": 20_000}

    answer = await ada.post("/series", json={"requests": [wide]})

    assert (answer.status_code, answer.json()["code"]) == (400, "batch-too-large")


async def test_an_empty_batch(ada: httpx.AsyncClient) -> None:
    assert await _read(ada) == ([], [])
