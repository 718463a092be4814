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
    for other in ({"sort": "-name"}, {"sort": "name", "filter": "config.lr > 0"}, {}):
        answer = await ada.get(RUNS, params={**other, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor"), other
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
        {
            "message": "No run here has a value for config.learning_rate.",
            "position": 0,
            "end": 20,
            "meant": None,
        },
        {
            "message": "No run here has a value for summary.loss; did you mean "
            'summary["val/loss"]?',
            "position": None,
            "end": None,
            "meant": 'summary["val/loss"]',
        },
    ]


@pytest.mark.usefixtures("runs")
async def test_what_was_probably_meant_is_said(ada: httpx.AsyncClient) -> None:
    table = await ask(ada, filter='config.Lr < 1 or summary.lr < 1 or state == "runing"')
    assert [warning["message"] for warning in table["warnings"]] == [
        "No run here has a value for config.Lr; did you mean config.lr?",
        "No run here has a value for summary.lr; did you mean config.lr?",
        'No run can be in the state "runing"; did you mean "running"?',
    ]
    state = table["warnings"][2]
    assert (state["position"], state["end"], state["meant"]) == (44, 52, '"running"')


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("text", "said", "place", "meant"),
    [
        (
            'config.lr < "0.1"',
            "config.lr is a number in all 6 runs that have it; did you mean 0.1?",
            '"0.1"',
            "0.1",
        ),
        (
            'state != "x" and not config.lr in [1, "1e-3"]',
            "config.lr is a number in all 6 runs that have it; did you mean 0.001?",
            '"1e-3"',
            "0.001",
        ),
        (
            'config.lr == "adam"',
            "config.lr is a number in all 6 runs that have it, and never equal to a text.",
            '"adam"',
            None,
        ),
        (
            "config.opt.name == 3",
            'config.opt.name is a text in all 6 runs that have it; did you mean "3"?',
            "3",
            '"3"',
        ),
        (
            "config.lr == true",
            "config.lr is a number in all 6 runs that have it; did you mean 1?",
            "true",
            "1",
        ),
        (
            'config.lr ~ "0.1"',
            "config.lr is a number in all 6 runs that have it; patterns are looked for in texts.",
            '"0.1"',
            None,
        ),
        (
            'config.opt == "adam"',
            "config.opt is a list or an object in all 6 runs that have it, and never equal to a "
            "text.",
            '"adam"',
            None,
        ),
        (
            "summary.val/loss < nan",
            'Nothing is above or below nan; summary["val/loss"] == nan finds it.',
            "nan",
            None,
        ),
        (
            "config.lr > false",
            "config.lr: true and false have no order; write ==.",
            "false",
            None,
        ),
    ],
)
async def test_a_value_of_another_kind_is_told_of(
    ada: httpx.AsyncClient, text: str, said: str, place: str, meant: str | None
) -> None:
    warnings = (await ask(ada, filter=text))["warnings"]
    warnings = [one for one in warnings if "state" not in one["message"]]
    start = text.index(place)
    assert warnings == [
        {"message": said, "position": start, "end": start + len(place), "meant": meant}
    ]


@pytest.mark.usefixtures("runs")
async def test_values_of_the_right_kind_are_not_told_of(ada: httpx.AsyncClient) -> None:
    for text in ("config.lr < 0.1", "summary.val/loss == nan", 'config.opt.name == "rmsprop"'):
        assert (await ask(ada, filter=text))["warnings"] == [], text


@pytest.mark.usefixtures("runs")
async def test_a_column_that_no_run_fills_is_told_of(ada: httpx.AsyncClient) -> None:
    said = ["No run here has a value for config.lrr; did you mean config.lr?"]
    columns = ["name", "config.lr", "config.lrr", "notes"]
    for more in ({}, {"sort": "name"}, {"filter": "config.lr > 0"}, {"search": "r1"}):
        table = await ask(ada, columns=columns, **more)
        assert [one["message"] for one in table["warnings"]] == said, more
    assert (await ask(ada, columns=columns, filter="config.lr > 99"))["warnings"] == []
    first = await ask(ada, columns=columns, limit=2)
    assert (await ask(ada, columns=columns, cursor=first["next_cursor"]))["warnings"] == []
    assert (await ask(ada, columns=columns, since_seq=0))["warnings"] == []


@pytest.mark.usefixtures("runs")
async def test_a_doubtful_filter_deletes_nothing_unseen(ada: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"action": "delete", "filter": "not config.don == true"}
    trial = (await ada.post(f"{RUNS}/bulk", json=body | {"dry_run": True})).json()
    assert (trial["num_found"], trial["num_changed"]) == (6, 0)
    assert [(one["message"], one["position"]) for one in trial["warnings"]] == [
        ("No run here has a value for config.don.", 4)
    ]
    refused = await ada.post(f"{RUNS}/bulk", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "doubtful-filter")
    assert refused.json()["num_runs"] == 6
    assert (await ask(ada))["total"] == 6
    tagged = await ada.post(f"{RUNS}/bulk", json=body | {"action": "add_tags", "tags": ["x"]})
    assert (tagged.json()["num_changed"], len(tagged.json()["warnings"])) == (6, 1)
    nothing = {"action": "delete", "filter": 'config.lr == "0.1"'}
    assert (await ada.post(f"{RUNS}/bulk", json=nothing)).json()["num_found"] == 0
    seen = await ada.post(f"{RUNS}/bulk", json=body | {"expect_count": 6})
    assert seen.json()["num_changed"] == 6
    back = {"action": "restore", "filter": "not config.don == true"}
    restored = (await ada.post(f"{RUNS}/bulk", json=back)).json()
    assert (restored["num_changed"], len(restored["warnings"])) == (6, 1)


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


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"limit": "abc"}, '`limit` must be a whole number, got "abc".'),
        ({"limit": "0"}, '`limit` must be a whole number, at least 1, got "0".'),
        ({"limit": "1000000"}, '`limit` must be a whole number, at most 1,000, got "1000000".'),
        ({"search": "x" * 2_000}, "`search` must have at most 1,024 characters."),
        (
            {"archived": "yes"},
            '`archived` must be one of exclude, include, only, got "yes".',
        ),
        ({"filtre": "true"}, "there is no `filtre`; did you mean `filter`?"),
        (
            {"colour": "red"},
            "there is no `colour`; there are `limit`, `cursor`, `search`, `filter`, `sort`, "
            "`since_seq`, `archived`, `ids`, `columns`.",
        ),
        ({"ids": ["a"] * 1_001}, "`ids` must have at most 1,000 entries."),
    ],
)
async def test_what_does_not_fit_is_said_in_words(
    ada: httpx.AsyncClient, params: dict[str, Any], said: str
) -> None:
    answer = await ada.get(RUNS, params=params)
    assert answer.status_code == 400
    assert answer.json()["detail"] == f"The query is not understood: {said}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"action": "delet"}, "`action` must be one of delete, restore, add_tags, "),
        ({"action": "delete", "runs": "a"}, "`runs` must be a list, got a text."),
        ({"action": "stop", "runs": ["a", 1]}, "`runs[1]` must be a text, got a whole number."),
        ({"runs": []}, "`action` is missing."),
        ({"action": "stop", "dryrun": True}, "there is no `dryrun`; did you mean `dry_run`?"),
        ([], "it must be an object, got a list."),
    ],
)
async def test_a_body_that_does_not_fit(ada: httpx.AsyncClient, body: Any, said: str) -> None:
    answer = await ada.post(f"{RUNS}/bulk", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"The body is not understood: {said}")
