"""What training scripts wanted people to know."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import AlertLevel
from runstone.ports.store import Transaction

pytestmark = pytest.mark.anyio

PLACE = "/projects/ada/digits/runs/r0/alerts"


def raise_some(tx: Transaction) -> None:
    owner = tx.accounts.entity("ada")
    assert owner is not None
    project = tx.projects.project(owner.id, "digits")
    assert project is not None
    run = tx.runs.run(project.id, "r0")
    assert run is not None
    for minute, (title, level) in enumerate(
        [("begun", AlertLevel.INFO), ("loss is NaN", AlertLevel.ERROR)]
    ):
        at = tx.now + timedelta(minutes=minute)
        tx.runs.add_alert(run.id, title=title, text=f"it is {title}", level=level, at=at)


async def test_the_newest_comes_first(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=1)
    assert (await ada.get(PLACE)).json() == {"alerts": [], "total": 0}
    site.store.write(raise_some).result()
    found = (await ada.get(PLACE)).json()
    assert [(a["title"], a["text"], a["level"]) for a in found["alerts"]] == [
        ("loss is NaN", "it is loss is NaN", "ERROR"),
        ("begun", "it is begun", "INFO"),
    ]
    assert found["alerts"][0]["created_at"] > found["alerts"][1]["created_at"]
    first = (await ada.get(PLACE, params={"limit": 1})).json()
    assert (len(first["alerts"]), first["total"]) == (1, 2)


async def test_refusals(site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=1)
    assert (await bob.get(PLACE)).status_code == 404
    assert (await ada.get(PLACE.replace("r0", "r9"))).status_code == 404
    assert (await ada.get(PLACE, params={"limit": 0})).status_code == 400
