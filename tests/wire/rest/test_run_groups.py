"""Groups of runs, values of a key, and changes to all runs that a filter finds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunState, RunUpdate
from runstone.ports.store import Transaction

pytestmark = pytest.mark.anyio

PROJECT = "/projects/ada/digits"
RUNS = f"{PROJECT}/runs"


@pytest.fixture
def runs(site: Site) -> None:
    for number in range(6):
        update = RunUpdate(
            config={"lr": 10.0**-number, "opt": "adam" if number % 2 else "sgd", "list": [1]},
            summary={"loss": float("nan") if number == 5 else number / 10},
            tags=("a", "b")[: number % 3],
        )
        site.add_run(f"r{number}", update=update, values={"loss": [float(number), 0.5]})
        set_state(site, f"r{number}", RunState.FINISHED)


def set_state(site: Site, name: str, state: RunState) -> None:
    def change(tx: Transaction) -> None:
        owner = tx.accounts.entity("ada")
        assert owner is not None
        project = tx.projects.project(owner.id, "digits")
        assert project is not None
        run = tx.runs.run(project.id, name)
        assert run is not None
        tx.runs.update_run(run.id, RunUpdate(state=state))

    site.store.write(change).result()


async def ask(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(PROJECT + path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client: httpx.AsyncClient, **params: Any) -> list[str]:
    return sorted(run["id"] for run in (await ask(client, "/runs", **params))["runs"])


@pytest.mark.usefixtures("runs")
async def test_groups(ada: httpx.AsyncClient) -> None:
    table = await ask(
        ada,
        "/groups",
        group_by="config.opt",
        aggregates="count(), mean(summary.loss), best(summary.loss, min), last(config.lr), "
        'max(first(history["loss"]))',
        sort="-mean(summary.loss), -config.opt",
    )
    assert (table["total"], table["num_runs"], table["next_cursor"]) == (2, 6, None)
    first, second = table["groups"]
    assert first["values"] == ["sgd"]
    assert first["filter"] == 'config.opt == "sgd"'
    assert first["num_runs"] == 3
    figures = [(figure["value"], figure["run"]) for figure in first["figures"]]
    assert figures == [
        (3, None),
        (pytest.approx(0.2), None),
        (0, "r0"),
        (1e-4, "r4"),
        (4, None),
    ]
    assert second["filled"] == {
        "summary.loss": {"num_values": 2, "num_nan": 1},
        "config.lr": {"num_values": 3, "num_nan": 0},
        "first(history.loss)": {"num_values": 3, "num_nan": 0},
    }
    assert await ids(ada, filter=second["filter"]) == ["r1", "r3", "r5"]


@pytest.mark.usefixtures("runs")
async def test_a_run_is_in_the_group_of_each_of_its_tags(ada: httpx.AsyncClient) -> None:
    table = await ask(ada, "/groups", group_by="tags", sort="-count(), tags")
    groups = [(g["values"], g["num_runs"], g["filter"]) for g in table["groups"]]
    assert groups == [
        (["a"], 4, '"a" in tags'),
        (["b"], 2, '"b" in tags'),
        ([None], 2, "tags is None"),
    ]
    assert table["num_runs"] == 6
    assert await ids(ada, filter="tags is None") == ["r0", "r3"]
    lists = (await ask(ada, "/groups", group_by="config.list"))["groups"]
    assert [group["values"] for group in lists] == [[{"$other": True}]]
    assert len(await ids(ada, filter=lists[0]["filter"])) == 6
    (everything,) = (await ask(ada, "/groups", aggregates="count()"))["groups"]
    assert (everything["values"], everything["filter"], everything["num_runs"]) == ([], "", 6)


@pytest.mark.usefixtures("runs")
async def test_pages_of_groups(ada: httpx.AsyncClient) -> None:
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while len(found) < 6:
        page = await ask(ada, "/groups", group_by="config.lr", sort="-config.lr", limit=2, **cursor)
        found += [group["values"][0] for group in page["groups"]]
        cursor = {"cursor": page["next_cursor"]}
    assert found == [1, 0.1, 0.01, 0.001, 1e-4, 1e-5]
    assert cursor == {"cursor": None}


@pytest.mark.usefixtures("runs")
async def test_values(ada: httpx.AsyncClient) -> None:
    tags = await ask(ada, "/values", key="tags")
    assert [(v["value"], v["num_runs"]) for v in tags["values"]] == [("a", 4), ("b", 2)]
    assert (tags["total"], tags["num_missing"], tags["num_runs"]) == (2, 2, 6)
    found = await ask(ada, "/values", key="config.lr", filter='config.opt == "adam"', search="0.")
    assert [v["value"] for v in found["values"]] == [0.001, 0.1]
    losses = await ask(ada, "/values", key="summary.loss", limit=1)
    assert (len(losses["values"]), losses["total"]) == (1, 6)
    unknown = await ask(ada, "/values", key="config.optt")
    assert unknown["values"] == []
    assert "did you mean config.opt" in unknown["warnings"][0]["message"]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("path", "params", "code", "words"),
    [
        ("/groups", {"aggregates": "sum(config.lr)"}, "bad-filter", "Expected an aggregate"),
        ("/groups", {"aggregates": "mean(name)"}, "bad-aggregate", "of numbers"),
        (
            "/groups",
            {"group_by": ", ".join(f"config.k{i}" for i in range(50))},
            "too-many-levels",
            "at most 5",
        ),
        ("/groups", {"aggregates": "count()," * 20 + "count()"}, "too-many-aggregates", "20"),
        ("/groups", {"group_by": "name, name"}, "invalid-input", "twice"),
        ("/groups", {"group_by": "name", "sort": "config.lr"}, "bad-sort", "last(config.lr)"),
        ("/groups", {"limit": 1_000_000}, "invalid-input", "at most 1,000"),
        ("/groups", {"cursor": "x"}, "bad-cursor", "begin without one"),
        ("/values", {"key": "loss"}, "bad-filter", "did you mean `config.loss`"),
        ("/values", {}, "invalid-input", "key"),
        ("/values", {"key": "name", "limit": 0}, "invalid-input", "at least 1"),
    ],
)
async def test_what_is_refused(
    ada: httpx.AsyncClient, path: str, params: Any, code: str, words: str
) -> None:
    answer = await ada.get(PROJECT + path, params=params)
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == code
    assert words in problem["detail"]


@pytest.mark.usefixtures("runs")
async def test_a_cursor_belongs_to_its_question(ada: httpx.AsyncClient) -> None:
    page = await ask(ada, "/groups", group_by="config.lr", limit=2)
    for other in ({"group_by": "config.opt"}, {"sort": "-config.lr"}, {"filter": "config.lr > 0"}):
        params = {"group_by": "config.lr", **other, "cursor": page["next_cursor"]}
        answer = await ada.get(f"{PROJECT}/groups", params=params)
        assert answer.json()["code"] == "bad-cursor"
    assert (await ada.get(RUNS, params={"sort": "name", "cursor": page["next_cursor"]})).is_error


@pytest.mark.usefixtures("runs")
async def test_tables_of_the_history(ada: httpx.AsyncClient) -> None:
    key = "first(history.loss)"
    table = await ask(ada, "/runs", filter=f"{key} >= 2", sort=f"-{key}", columns=[key])
    assert [(run["id"], run["values"][key]) for run in table["runs"]] == [
        ("r5", 5.0),
        ("r4", 4.0),
        ("r3", 3.0),
        ("r2", 2.0),
    ]


@pytest.mark.usefixtures("runs")
async def test_archived_runs_are_left_out(ada: httpx.AsyncClient) -> None:
    seq = (await ask(ada, "/runs"))["seq"]

    async def change(action: str, **wanted: Any) -> Any:
        answer = await ada.post(f"{RUNS}/bulk", json={"action": action, **wanted})
        assert answer.status_code == 200, answer.text
        return answer.json()

    done = await change("archive", filter="config.lr < 0.05")
    assert (done["num_found"], done["num_changed"], done["changed"]) == (4, 4, [])
    assert await ids(ada) == ["r0", "r1"] == await ids(ada, filter="true")
    assert await ids(ada, archived="only") == ["r2", "r3", "r4", "r5"]
    assert await ids(ada, archived="only", sort="name") == ["r2", "r3", "r4", "r5"]
    assert len(await ids(ada, archived="include", filter="true")) == 6
    # A filter that speaks of them says which ones it means, at every door.
    assert await ids(ada, filter="archived") == ["r2", "r3", "r4", "r5"]
    assert len(await ids(ada, filter="archived or not archived")) == 6
    assert (await ask(ada, "/groups", filter="archived"))["num_runs"] == 4
    for wanted, num in (({}, 2), ({"filter": "archived"}, 4)):
        table = await ada.get(f"{PROJECT}/table", params={"format": "jsonl", **wanted})
        assert len(table.text.splitlines()) == num
    changed = await ask(ada, "/runs", since_seq=seq)
    assert (changed["runs"], sorted(changed["deleted"]), changed["total"]) == (
        [],
        ["r2", "r3", "r4", "r5"],
        2,
    )
    assert (await ask(ada, "/groups"))["num_runs"] == 2
    assert (await ask(ada, "/values", key="name", archived="include"))["num_runs"] == 6
    assert (await ada.get(f"{RUNS}/r2")).json()["archived"] is True
    assert (await change("add_tags", filter="true", tags=["z"]))["num_changed"] == 2
    assert (await change("unarchive", filter="true"))["num_changed"] == 4
    assert len(await ids(ada)) == 6


@pytest.mark.usefixtures("runs")
async def test_changes_by_a_filter(ada: httpx.AsyncClient, site: Site) -> None:
    async def change(status: int, action: str, **wanted: Any) -> Any:
        answer = await ada.post(f"{RUNS}/bulk", json={"action": action, **wanted})
        assert answer.status_code == status, answer.text
        return answer.json()

    adam = 'config.opt == "adam"'
    assert (await change(200, "delete", filter=adam, dry_run=True))["num_found"] == 3
    refused = await change(409, "delete", filter=adam, expect_count=2)
    assert (refused["code"], len(await ids(ada))) == ("count-differs", 6)
    assert (await change(200, "delete", filter=adam, expect_count=3))["num_changed"] == 3
    assert await ids(ada) == ["r0", "r2", "r4"]
    assert (await change(200, "restore", filter="config.lr > 0.01"))["num_changed"] == 1
    assert await ids(ada) == ["r0", "r1", "r2", "r4"]
    assert (await change(200, "restore", filter="true"))["num_changed"] == 2
    for wrong in (
        {"filter": ""},
        {"filter": "true", "runs": ["r1"]},
        {"runs": ["r1"], "expect_count": 1},
        {"filter": "lr > 1"},
        {},
    ):
        await change(400, "archive", **wrong)
    await change(400, "add_tags", filter="true")

    site.add_run("there", project="other")
    site.add_run("r3", project="other")
    await change(400, "move", filter="true")
    await change(404, "move", filter="true", to_project="nowhere")
    await change(400, "move", filter="true", to_project="digits")
    taken = await change(409, "move", filter="true", to_project="other")
    assert (taken["code"], taken["runs"]) == ("names-taken", ["r3"])
    assert len(await ids(ada)) == 6
    moved = await change(200, "move", filter='id != "r3"', to_project="other")
    assert moved["num_changed"] == 5
    assert await ids(ada) == ["r3"]
    other = (await ada.get("/projects/ada/other/runs", params={"sort": "name"})).json()
    assert sorted(run["id"] for run in other["runs"]) == [
        "r0",
        "r1",
        "r2",
        "r3",
        "r4",
        "r5",
        "there",
    ]
    run = (await ada.get("/projects/ada/other/runs/r1")).json()
    assert (run["config"]["lr"], run["num_rows"], run["project"]) == (0.1, 2, "other")

    set_state(site, "r3", RunState.RUNNING)
    live = await change(409, "move", filter="true", to_project="other")
    assert live["code"] == "run-is-live"


@pytest.mark.usefixtures("runs")
async def test_others_may_not(bob: httpx.AsyncClient) -> None:
    for path in ("/groups", "/values?key=name"):
        assert (await bob.get(PROJECT + path)).status_code == 404
    for action in ("archive", "restore", "move"):
        answer = await bob.post(f"{RUNS}/bulk", json={"action": action, "filter": "true"})
        assert answer.status_code == 404
