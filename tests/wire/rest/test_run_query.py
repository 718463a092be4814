"""Runs filtered and sorted by what they recorded."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunUpdate
from runstone.ports.store import Transaction

pytestmark = pytest.mark.anyio

RUNS = "/projects/ada/digits/runs"


@pytest.fixture
def runs(site: Site) -> None:
    for number in range(6):
        name = f"r{number}"
        site.add_run(name, rows=number)
        update = RunUpdate(
            config={"lr": 10.0**-number, "opt": {"name": "adam" if number % 2 else "sgd"}},
            summary={"val/loss": float("nan") if number == 5 else number / 10},
            tags=("baseline",) if number < 4 else (),
        )

        def change(tx: Transaction, name: str = name, update: RunUpdate = update) -> None:
            owner = tx.accounts.entity("ada")
            assert owner is not None
            project = tx.projects.project(owner.id, "digits")
            assert project is not None
            run = tx.runs.run(project.id, name)
            assert run is not None
            tx.runs.update_run(run.id, update)

        site.store.write(change).result()


async def ask(client: httpx.AsyncClient, **params: Any) -> Any:
    return (await client.get(RUNS, params=params)).json()


@pytest.mark.usefixtures("runs")
async def test_filters_and_sorts(ada: httpx.AsyncClient) -> None:
    table = await ask(
        ada,
        filter='config.lr < 0.5 and summary["val/loss"] >= 0.1 and "baseline" in tags',
        sort="config.opt.name,-summary.val/loss",
    )
    assert [run["id"] for run in table["runs"]] == ["r3", "r1", "r2"]
    assert (table["total"], table["next_cursor"], table["warnings"]) == (3, None, [])
    assert [run["num_rows"] for run in table["runs"]] == [3, 1, 2]
    diverged = await ask(ada, filter="summary.val/loss == nan")
    assert [run["id"] for run in diverged["runs"]] == ["r5"]
    searched = await ask(ada, search="R4", sort="created_at")
    assert [run["id"] for run in searched["runs"]] == ["r4"]


@pytest.mark.usefixtures("runs")
async def test_pages_follow_one_another(ada: httpx.AsyncClient) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = await ask(ada, sort="-config.lr", limit=2, **cursor)
        found += [run["id"] for run in page["runs"]]
        cursor = {"cursor": page["next_cursor"]}
    assert found == ["r0", "r1", "r2", "r3", "r4", "r5"]
    assert cursor == {"cursor": None}


@pytest.mark.usefixtures("runs")
async def test_a_cursor_belongs_to_its_query(ada: httpx.AsyncClient) -> None:
    cursor = (await ask(ada, sort="name", limit=2))["next_cursor"]
    for other, code in (
        ({"sort": "-name"}, "foreign-cursor"),
        ({"sort": "name", "filter": "config.lr > 0"}, "foreign-cursor"),
        ({}, "invalid-input"),
    ):
        answer = await ada.get(RUNS, params={**other, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, code), other
    for broken in ("x", "!!", "W10", "bnVsbA", cursor[:-3]):
        answer = await ada.get(RUNS, params={"sort": "name", "cursor": broken})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor"), broken


@pytest.mark.usefixtures("runs")
async def test_what_is_not_understood_is_pointed_at(ada: httpx.AsyncClient) -> None:
    answer = await ada.get(RUNS, params={"filter": 'stat == "running"'})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-filter")
    assert "did you mean `state`?" in answer.json()["detail"]
    assert answer.json()["position"] == 0
    slow = await ada.get(RUNS, params={"filter": r'name ~ "(a)\\1"'})
    assert (slow.status_code, slow.json()["code"]) == (400, "bad-pattern")
    both = await ada.get(RUNS, params={"filter": "true", "since_seq": 1})
    assert both.status_code == 400


@pytest.mark.usefixtures("runs")
async def test_a_key_that_no_run_has_is_told_of(ada: httpx.AsyncClient) -> None:
    table = await ask(ada, filter="config.learning_rate < 1", sort="summary.loss")
    assert table["runs"] == []
    assert table["warnings"] == [
        "No run here has a value for config.learning_rate.",
        'No run here has a value for summary.loss; did you mean summary["val/loss"]?',
    ]


@pytest.mark.usefixtures("runs")
async def test_what_was_probably_meant_is_said(ada: httpx.AsyncClient) -> None:
    table = await ask(ada, filter='config.Lr < 1 or summary.lr < 1 or state == "runing"')
    assert table["warnings"] == [
        "No run here has a value for config.Lr; did you mean config.lr?",
        "No run here has a value for summary.lr; did you mean config.lr?",
        "No run can be in the state 'runing'; did you mean 'running'?",
    ]


@pytest.mark.usefixtures("runs")
async def test_times_are_relative_to_now(ada: httpx.AsyncClient) -> None:
    everything = await ask(ada)
    for text in ("created > -1h", "now-1h < created_at <= now", "not created_at < -1h"):
        assert (await ask(ada, filter=text))["total"] == everything["total"], text
    for text in ("created > now", "created < -1h"):
        assert (await ask(ada, filter=text))["total"] == 0, text
    first = await ask(ada, filter="created > -1h", limit=2)
    second = await ask(ada, filter="created > -1h", limit=2, cursor=first["next_cursor"])
    ids = [run["id"] for page in (first, second) for run in page["runs"]]
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.usefixtures("runs")
async def test_changes_and_deletions_show_at_once(ada: httpx.AsyncClient, site: Site) -> None:
    await ask(ada, sort="config.lr")
    assert (await ada.delete(f"{RUNS}/r3")).status_code == 204
    await ada.patch(f"{RUNS}/r4", json={"tags": ["baseline"]})
    site.add_run("r9", rows=1)
    table = await ask(ada, filter='"baseline" in tags or config.lr is None', sort="config.lr")
    assert [run["id"] for run in table["runs"]] == ["r4", "r2", "r1", "r0", "r9"]


@pytest.mark.usefixtures("runs")
async def test_nobody_elses_project_is_queried(bob: httpx.AsyncClient) -> None:
    assert (await bob.get(RUNS, params={"sort": "name"})).status_code == 404
