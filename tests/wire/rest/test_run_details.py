"""Several runs at once, with all that their own pages show."""

from __future__ import annotations

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio

PLACE = "/projects/ada/digits"


async def test_they_are_as_they_are_alone(site: Site, ada: httpx.AsyncClient) -> None:
    for number in range(3):
        update = RunUpdate(config={"n": number, "odd": float("nan")}, notes=f"note {number}")
        site.add_run(f"r{number}", rows=number, update=update)
    answer = await ada.get(f"{PLACE}/details", params={"run": ["r2", "none", "r0"]})
    alone = [(await ada.get(f"{PLACE}/runs/{name}")).json() for name in ("r2", "r0")]
    assert answer.json() == {"runs": alone}
    assert alone[0]["config"] == {"n": 2, "odd": {"$float": "NaN"}}


async def test_refusals(site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=1)
    many = await ada.get(f"{PLACE}/details", params={"run": [f"r{i}" for i in range(101)]})
    assert many.status_code == 400
    assert (await ada.get(f"{PLACE}/details")).status_code == 400
    assert (await bob.get(f"{PLACE}/details", params={"run": ["r0"]})).status_code == 404
    assert (await ada.get("/projects/ada/none/details", params={"run": ["x"]})).status_code == 404
