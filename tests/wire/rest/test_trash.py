"""Deleting, restoring and removing over the API; many runs at once; projects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.errors import NotFound
from runstone.domain.run import RunState, RunUpdate
from runstone.services.files import file_arrived

pytestmark = pytest.mark.anyio

PROJECT = "/projects/ada/digits"
RUNS = f"{PROJECT}/runs"


async def _ids(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return [run["id"] for run in (await client.get(RUNS, params=query)).json()["runs"]]


async def test_a_run_goes_to_the_trash_and_comes_back(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=3, update=RunUpdate(config={"lr": 1}, tags=("t",)))
    before = (await ada.get(f"{RUNS}/r1")).json()

    assert (await ada.delete(f"{RUNS}/r1")).status_code == 204
    assert (await ada.get(f"{RUNS}/r1")).status_code == 404
    assert (await ada.delete(f"{RUNS}/r1")).status_code == 404
    assert await _ids(ada) == await _ids(ada, filter="true") == await _ids(ada, search="r1") == []
    assert (await ada.get(f"{PROJECT}/keys")).json() == {"keys": [], "next_cursor": None}
    assert (await ada.get("/runs/recent")).json()["runs"] == []
    assert (await ada.get("/search?q=r1")).json()["runs"] == []
    trash = (await ada.get(f"{PROJECT}/trash")).json()
    assert (trash["total"], trash["next_cursor"], trash["trash_days"]) == (1, None, 30)
    (listed,) = trash["runs"]
    assert (listed["id"], listed["num_rows"]) == ("r1", 3)
    kept = datetime.fromisoformat(listed["removed_at"]) - datetime.fromisoformat(
        listed["deleted_at"]
    )
    assert kept == timedelta(days=30)

    restored = await ada.post(f"{RUNS}/r1/restore")
    assert restored.json() == before | {"seq": restored.json()["seq"]}
    assert (await ada.get(f"{RUNS}/r1")).json() == restored.json()
    assert (await ada.post(f"{RUNS}/r1/restore")).status_code == 404
    assert (await ada.get(f"{PROJECT}/trash")).json()["runs"] == []
    keys = (await ada.get(f"{PROJECT}/keys")).json()["keys"]
    assert [key["name"] for key in keys] == ["loss"]


async def test_what_is_removed_leaves_no_bytes(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("r1", "r2", "r3"):
        site.add_run(name, rows=1)
        await _save_file(site, name)
        await ada.delete(f"{RUNS}/{name}")
    assert (await ada.delete(f"{PROJECT}/trash/none")).status_code == 404
    assert (await ada.delete(f"{PROJECT}/trash/r2")).status_code == 204
    await site.context.collector.wait()
    await site.context.collector.tidy(wholly=False)
    with pytest.raises(NotFound):
        await anext(site.context.blobs.read("runs/r2"))
    assert await anext(site.context.blobs.read("runs/r1")) == b"x"
    page = (await ada.get(f"{PROJECT}/trash?limit=1")).json()
    rest = (await ada.get(f"{PROJECT}/trash", params={"cursor": page["next_cursor"]})).json()
    assert [run["id"] for run in page["runs"] + rest["runs"]] == ["r3", "r1"]
    assert (await ada.delete(f"{PROJECT}/trash")).json() == {"num_runs": 2}
    assert (await ada.delete(f"{PROJECT}/trash")).json() == {"num_runs": 0}
    assert (await ada.get(f"{PROJECT}/trash")).json()["total"] == 0
    assert (await ada.get(f"{PROJECT}/trash?cursor=x")).status_code == 400


async def _save_file(site: Site, name: str) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"x"

    stored = await site.context.blobs.put(f"runs/{name}", content(), max_bytes=9)

    def arrive(tx: Any) -> None:
        project = tx.projects.project(tx.accounts.entity("ada").id, "digits")
        file_arrived(tx, tx.runs.run(project.id, name).id, "a.txt", stored)

    site.store.write(arrive).result()


async def test_deletions_are_told_since(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    site.add_run("r2")
    seq = (await ada.get(RUNS)).json()["seq"]
    await ada.delete(f"{RUNS}/r1")
    changed = (await ada.get(RUNS, params={"since_seq": seq})).json()
    assert (changed["runs"], changed["deleted"], changed["total"]) == ([], ["r1"], 1)
    await ada.post(f"{RUNS}/r1/restore")
    changed = (await ada.get(RUNS, params={"since_seq": seq})).json()
    assert ([run["id"] for run in changed["runs"]], changed["deleted"]) == (["r1"], [])


async def test_many_runs_at_once(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("a", "b", "bulk"):
        site.add_run(name)
    bulk = f"{RUNS}/bulk"

    async def change(action: str, *runs: str, **more: Any) -> Any:
        answer = await ada.post(bulk, json={"runs": runs, "action": action, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert await change("add_tags", "a", "b", "none", tags=["t"]) == {
        "changed": ["a", "b"],
        "unchanged": [],
        "unknown": ["none"],
        "num_changed": 2,
        "num_unchanged": 0,
        "num_unknown": 1,
        "num_found": 3,
        "warnings": [],
    }
    assert await _ids(ada, filter='"t" in tags') == ["b", "a"]
    assert (await change("set_group", "a", group="zq-9"))["changed"] == ["a"]
    assert await _ids(ada, search="ZQ-9") == ["a"]
    assert (await change("delete", "a", "b"))["changed"] == ["a", "b"]
    assert await _ids(ada) == ["bulk"]
    assert (await change("restore", "b", "a"))["changed"] == ["b", "a"]
    assert (await change("stop", "a"))["changed"] == ["a"]
    assert (await ada.get(bulk)).json()["id"] == "bulk", "a run may be called so"
    assert (await ada.post(f"{bulk}/stop")).status_code == 204
    for wrong in (
        {"runs": [], "action": "delete"},
        {"runs": ["a"] * 1_001, "action": "delete"},
        {"runs": ["a"], "action": "explode"},
        {"runs": ["a"], "action": "add_tags"},
        {"runs": ["a"], "action": "add_tags", "tags": [""]},
    ):
        assert (await ada.post(bulk, json=wrong)).status_code == 400


async def test_others_may_not(bob: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    for method, path, body in (
        ("GET", f"{PROJECT}/trash", None),
        ("DELETE", f"{PROJECT}/trash", None),
        ("DELETE", f"{PROJECT}/trash/r1", None),
        ("POST", f"{RUNS}/r1/restore", None),
        ("POST", f"{RUNS}/bulk", {"runs": ["r1"], "action": "delete"}),
        ("GET", f"{PROJECT}/columns", None),
        ("PATCH", PROJECT, {"description": "mine"}),
        ("DELETE", f"{PROJECT}?runs=true", None),
        ("POST", f"{PROJECT}/restore", None),
    ):
        assert (await bob.request(method, path, json=body)).status_code == 404
    assert (await bob.get("/runs/recent")).json()["runs"] == []
    assert (await bob.get("/search?q=digits")).json() == {"projects": [], "runs": []}
    assert (await bob.get("/trash/projects")).json()["projects"] == []


async def test_a_project_goes_and_comes_back(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    described = await ada.patch(PROJECT, json={"description": "MNIST"})
    assert described.json()["description"] == "MNIST"
    assert (await ada.patch(PROJECT, json={})).json()["description"] == "MNIST"
    refused = await ada.delete(PROJECT)
    assert (refused.status_code, refused.json()["code"]) == (409, "project-has-runs")
    assert (await ada.delete(f"{PROJECT}?runs=true")).status_code == 204
    assert (await ada.get(PROJECT)).status_code == 404
    assert (await ada.get("/projects")).json() == {"projects": []}
    (listed,) = (await ada.get("/trash/projects")).json()["projects"]
    assert (listed["name"], listed["num_runs"]) == ("digits", 1)
    restored = (await ada.post(f"{PROJECT}/restore")).json()
    assert (restored["num_runs"], restored["description"]) == (1, "MNIST")
    assert await _ids(ada) == ["r1"]


async def test_notes_edited_by_two(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1")
    mine = await ada.patch(f"{RUNS}/r1", json={"notes": "a", "notes_before": "", "job_type": "x"})
    assert (mine.json()["notes"], mine.json()["job_type"]) == ("a", "x")
    theirs = await ada.patch(f"{RUNS}/r1", json={"notes": "b", "notes_before": ""})
    assert (theirs.status_code, theirs.json()["code"]) == (409, "edited-meanwhile")
    assert theirs.json()["notes"] == "a"
    cleared = await ada.patch(f"{RUNS}/r1", json={"job_type": None})
    assert (cleared.json()["job_type"], cleared.json()["notes"]) == (None, "a")


async def test_recent_runs_of_all_projects(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("old", project="one", update=RunUpdate(state=RunState.FINISHED))
    site.add_run("live", project="two")
    site.add_run("new", project="one", rows=2, update=RunUpdate(state=RunState.FAILED))
    found = (await ada.get("/runs/recent?limit=2")).json()
    assert [(run["project"], run["id"], run["num_rows"]) for run in found["runs"]] == [
        ("one", "new", 2),
        ("two", "live", 0),
    ]
    assert found["seq"] == (await ada.get("/projects/ada/one/runs")).json()["seq"]
    assert (await ada.get("/runs/recent?limit=0")).status_code == 400


async def test_search(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("x1", project="resnet", update=RunUpdate(display_name="Digits-7", tags=("v1",)))
    site.add_run("x2", project="digits", update=RunUpdate(display_name="other", tags=("digits",)))

    async def search(q: str, **more: Any) -> Any:
        answer = await ada.get("/search", params={"q": q, **more})
        assert answer.status_code == 200
        found = answer.json()
        return (
            [(project["name"], project["match"]) for project in found["projects"]],
            [(run["id"], run["project"], run["match"]) for run in found["runs"]],
        )

    assert await search("DIGITS") == (
        [("digits", "exact")],
        [("x2", "digits", "exact"), ("x1", "resnet", "prefix")],
    )
    assert await search("ada/res") == ([("resnet", "prefix")], [])
    assert await search("v1", limit=1) == ([], [("x1", "resnet", "exact")])
    assert await search("") == await search("  ") == ([], [])
    assert (await ada.get("/search", params={"q": "x" * 257})).status_code == 400
    assert (await ada.get("/search", params={"q": "a b c d e f g h i"})).status_code == 400
