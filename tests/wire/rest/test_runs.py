"""Projects, runs and keys."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio


async def test_projects_are_made_listed_and_shown(ada: httpx.AsyncClient, site: Site) -> None:
    made = await ada.post("/projects", json={"name": "digits", "description": "Small."})
    assert made.status_code == 201
    site.add_run("r1", rows=3)
    site.add_run("r2", rows=3)

    listed = (await ada.get("/projects")).json()["projects"]
    shown = (await ada.get("/projects/ada/digits")).json()

    assert listed == [shown]
    assert shown["last_activity_at"] >= shown["created_at"]
    assert shown == made.json() | {
        "num_runs": 2,
        "states": {"running": 2},
        "updated_at": shown["updated_at"],
        "last_activity_at": shown["last_activity_at"],
    }
    assert (await ada.get("/projects?entity=bob")).json() == {"projects": []}
    again = await ada.post("/projects", json={"name": "digits"})
    assert (again.status_code, again.json()["code"]) == (409, "already-exists")


async def test_what_is_not_ones_own_is_not_there(bob: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=3)

    for path in (
        "/projects/ada/digits",
        "/projects/ada/digits/runs",
        "/projects/ada/digits/runs/r1",
        "/projects/ada/digits/keys",
        "/projects?entity=ada",
        "/events?project=ada/digits",
    ):
        answer = await bob.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
    assert (await bob.get("/projects")).json() == {"projects": []}


async def test_runs_come_in_pages_newest_first(ada: httpx.AsyncClient, site: Site) -> None:
    for number in range(5):
        site.add_run(f"r{number}", rows=number)
    runs = "/projects/ada/digits/runs"

    first = (await ada.get(runs, params={"limit": 2})).json()
    second = (await ada.get(runs, params={"limit": 3, "cursor": first["next_cursor"]})).json()

    assert [run["id"] for run in first["runs"] + second["runs"]] == ["r4", "r3", "r2", "r1", "r0"]
    assert second["next_cursor"] is None
    assert first["total"] == 5
    assert [(run["num_rows"], run["last_step"]) for run in second["runs"]] == [
        (2, 1),
        (1, 0),
        (0, None),
    ]
    found = (await ada.get(runs, params={"search": "R3"})).json()
    assert ([run["id"] for run in found["runs"]], found["total"]) == (["r3"], 1)


async def test_what_changed_since(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("a", "b", "c"):
        site.add_run(name, rows=1)
    runs = "/projects/ada/digits/runs"
    seq = (await ada.get(runs)).json()["seq"]

    nothing = (await ada.get(runs, params={"since_seq": seq})).json()
    await ada.patch(f"{runs}/b", json={"notes": "x"})
    await ada.patch(f"{runs}/a", json={"notes": "x"})
    one = (await ada.get(runs, params={"since_seq": seq, "limit": 1})).json()
    rest = (await ada.get(runs, params={"since_seq": one["seq"]})).json()
    searched = (await ada.get(runs, params={"since_seq": seq, "search": "zz"})).json()

    assert nothing == {
        "runs": [],
        "next_cursor": None,
        "total": 3,
        "seq": seq,
        "deleted": [],
        "warnings": [],
    }
    assert [run["id"] for run in one["runs"]] == ["b"]
    assert [run["id"] for run in rest["runs"]] == ["a"]
    assert one["seq"] == one["runs"][0]["seq"] < rest["seq"]
    assert searched["runs"] == []


async def test_a_run_with_all_that_is_recorded(ada: httpx.AsyncClient, site: Site) -> None:
    update = RunUpdate(
        display_name="brisk-sun-1",
        config={"lr": 0.1, "$odd": 1, "nan": float("nan")},
        summary={"loss": float("-inf")},
        group="g",
        job_type="train",
        tags=("x", "y"),
        host="box",
        program="train.py",
        commit="abc",
        remote="git@example.org:x",
    )
    site.add_run("r1", rows=2, update=update)

    run = (await ada.get("/projects/ada/digits/runs/r1")).json()
    (row,) = (await ada.get("/projects/ada/digits/runs")).json()["runs"]

    assert row == {key: run[key] for key in row}
    assert {key: run[key] for key in run if key not in row} == {
        "notes": "",
        "host": "box",
        "program": "train.py",
        "git": {"commit": "abc", "remote": "git@example.org:x"},
        "config": {"lr": 0.1, "$$odd": 1, "nan": {"$float": "NaN"}},
        "summary": {"loss": {"$float": "-Infinity"}},
        "exit_code": None,
        "sweep": None,
    }
    assert row | {"seq": 0} == {
        "id": "r1",
        "entity": "ada",
        "project": "digits",
        "number": 1,
        "display_name": "brisk-sun-1",
        "state": "running",
        "created_at": row["created_at"],
        "heartbeat_at": row["heartbeat_at"],
        "finished_at": None,
        "duration_s": row["duration_s"],
        "username": "ada",
        "group": "g",
        "job_type": "train",
        "tags": ["x", "y"],
        "num_rows": 2,
        "last_step": 1,
        "seq": 0,
        "archived": False,
    }


async def test_changing_stopping_and_deleting_a_run(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=2, update=RunUpdate(group="g", tags=("x",)))
    run = "/projects/ada/digits/runs/r1"

    changed = await ada.patch(run, json={"display_name": "Ω", "tags": ["a", "a", "b"]})
    assert changed.status_code == 200
    assert changed.json() == (await ada.get(run)).json()
    assert {k: changed.json()[k] for k in ("display_name", "tags", "group", "notes")} == {
        "display_name": "Ω",
        "tags": ["a", "b"],
        "group": "g",
        "notes": "",
    }
    assert (await ada.patch(run, json={"group": None})).json()["group"] is None
    assert (await ada.patch(run, json={"state": "failed"})).status_code == 400
    assert (await ada.patch(run, json={"display_name": "x" * 2000})).status_code == 400
    assert (await ada.post(f"{run}/stop")).status_code == 204
    assert (await ada.delete(run)).status_code == 204
    assert (await ada.get(run)).status_code == 404
    assert (await ada.delete(run)).status_code == 404


@pytest.mark.parametrize("name", ['say "hi"', "🏃‍♀️ 🏁", "مشروع", "it's; -- a", "a b+c&d=e", "<b>"])
async def test_names_survive_the_path(ada: httpx.AsyncClient, site: Site, name: str) -> None:
    site.add_run(name, project=name, rows=1)
    path = f"/projects/ada/{quote(name, safe='')}/runs/{quote(name, safe='')}"

    run = (await ada.get(path)).json()

    assert (run["project"], run["id"]) == (name, name)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/projects/ada/100%25", 404),
        ("/projects/ada/100%2525", 404),
        ("/projects/ada/a%2Fb", 404),
        ("/projects/ada/%2E%2E", 404),
        ("/projects/ada/%FF", 400),
        ("/projects/ada/" + "x" * 10_000, 400),
        ("/projects?entity=" + "x" * 10_000, 404),
    ],
)
async def test_names_that_cannot_be(ada: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await ada.get(path)

    assert answer.status_code == status
    assert len(answer.json()["detail"]) <= 1_000


async def test_keys_and_how_they_ask_to_be_drawn(ada: httpx.AsyncClient, site: Site) -> None:
    defined = {
        "metrics": [
            {"name": "epoch", "hidden": True},
            {"glob": "val/*", "x": "epoch"},
            {"name": "val/raw", "x": None},
            {"name": 7},
            "nonsense",
        ]
    }
    values = {k: [1.0, 2.0] for k in ("epoch", "val/loss", "val/raw", "loss")}
    site.add_run("r1", values=values, update=RunUpdate(client_info=defined))
    site.add_run("r2", values={"loss": [1.0, 2.0]})

    keys = (await ada.get("/projects/ada/digits/keys?run=r1&run=r2&run=gone")).json()["keys"]

    shown = {
        k["name"]: (k["kind"], k["num_runs"], k["num_values"], k["x"], k["hidden"]) for k in keys
    }
    assert shown == {
        "epoch": ("number", 1, 2, None, True),
        "loss": ("number", 2, 4, None, False),
        "val/loss": ("number", 1, 2, "epoch", False),
        "val/raw": ("number", 1, 2, None, False),
    }
    assert keys == (await ada.get("/projects/ada/digits/keys")).json()["keys"]
    none = (await ada.get("/projects/ada/digits/keys?stream=system")).json()
    assert none == {"keys": [], "next_cursor": None}
