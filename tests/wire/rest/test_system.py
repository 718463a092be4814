"""System metrics over the API."""

from __future__ import annotations

import math

import httpx
import numpy as np
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.series_decoder import decode_series

from runstone.domain.history import HistoryBatch, Numbers
from runstone.ports.store import Transaction
from runstone.services.ingest import Report, record
from runstone.services.signin import actor_for_key

pytestmark = pytest.mark.anyio

URL = "/projects/ada/digits/runs/r1/system"


def _measure(site: Site, key: str, values: list[float], *, writer: str, time: float = 1e9) -> None:
    row = np.arange(len(values))
    batch = HistoryBatch(
        0, row, time + row, row.astype(np.float64), {key: Numbers(np.array(values))}
    )

    def measure(tx: Transaction) -> None:
        actor = actor_for_key(tx, site.ada_key)
        record(tx, actor, "ada", "digits", "r1", Report(writer=writer, system=batch))

    site.store.write(measure).result()


async def test_hosts_and_what_they_measured(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=1)
    _measure(site, "system.gpu.0.temp/l:a", [50.0, 61.5], writer="w1")
    _measure(site, "system.gpu.0.temp/l:b", [math.nan], writer="w2", time=1e300)

    answer = await ada.get(URL)

    assert answer.status_code == 200, answer.text
    shared = {"kind": "gpu", "device": "0", "name": "temp", "unit": "°C", "is_total": False}
    assert answer.json() == {
        "hosts": [
            {"writer": "w1", "label": "a", "hostname": None},
            {"writer": "w2", "label": "b", "hostname": None},
        ],
        "metrics": [
            shared
            | {"host": 0, "key": "system.gpu.0.temp/l:a", "num_values": 2, "last": 61.5}
            | {"last_at": "2001-09-09T01:46:41Z"},
            shared
            | {"host": 1, "key": "system.gpu.0.temp/l:b", "num_values": 1, "last": None}
            | {"last_at": None},
        ],
    }


async def test_the_curve_of_one_host(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=1)
    for writer, level in (("w1", 10.0), ("w2", 90.0)):
        _measure(site, "system.cpu", [level, level], writer=writer)
    chart = {"entity": "ada", "project": "digits", "runs": ["r1"], "keys": ["system.cpu"]}
    requests = [chart | {"stream": "system", "writer": writer} for writer in ("w1", "w2", None)]

    answer = await ada.post("/series", json={"requests": requests})

    curves, _ = decode_series(answer.content)
    assert [curve["arrays"]["y"].tolist() for curve in curves] == [
        [10, 10],
        [90, 90],
        [10, 90, 10, 90],
    ]


async def test_strangers_see_nothing(bob: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=1)
    assert (await bob.get(URL)).status_code == 404
    assert (await bob.get(URL.replace("r1", "gone"))).status_code == 404
