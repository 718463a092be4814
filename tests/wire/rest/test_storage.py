"""What is stored costs, and collecting what was removed, over the native API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import link_version, log_version

from runstone.ports.store import Transaction
from runstone.services.collection import Collected

pytestmark = pytest.mark.anyio

PROJECT = "/projects/ada/digits"


def _size(site: Site, name: str, *, media: int = 0, files: int = 0) -> None:
    def arrive(tx: Transaction) -> None:
        entity = tx.accounts.entity("ada")
        assert entity is not None
        project = tx.projects.project(entity.id, "digits")
        assert project is not None
        run = tx.runs.run(project.id, name)
        assert run is not None
        for file, size in (("media/a.png", media), ("model.bin", files)):
            tx.files.arrived(
                run.id, file, blob=f"x/{name}/{file}", size_bytes=size, md5="", mime_type=""
            )

    site.store.write(arrive).result()


async def _json(client: httpx.AsyncClient, path: str, status: int = 200) -> Any:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_runs_are_listed_the_largest_first(ada: httpx.AsyncClient, site: Site) -> None:
    for name, media in (("small", 10), ("large", 3_000), ("middle", 200), ("gone", 50)):
        site.add_run(name, rows=20)
        _size(site, name, media=media, files=1)
    await ada.delete(f"{PROJECT}/runs/gone")
    found = await _json(ada, f"{PROJECT}/storage")
    assert [run["id"] for run in found["runs"]] == ["large", "middle", "gone", "small"]
    assert [run["in_trash"] for run in found["runs"]] == [False, False, True, False]
    assert (found["num_runs"], found["num_trashed"], found["num_others"]) == (3, 1, 0)
    assert (found["sizes"]["media"], found["sizes"]["files"]) == (3_210, 3)
    assert found["trash"]["media"] == 50
    outside = [run["sizes"] for run in found["runs"] if not run["in_trash"]]
    for kind, size in found["sizes"].items():
        assert size == sum(sizes[kind] for sizes in outside)
    assert all(sizes["history"] > 0 for sizes in outside)
    first = await _json(ada, f"{PROJECT}/storage?limit=1")
    assert ([run["id"] for run in first["runs"]], first["num_others"]) == (["large"], 3)
    one = await _json(ada, f"{PROJECT}/storage?run=gone")
    assert [run["id"] for run in one["runs"]] == ["gone"]
    (project,) = (await _json(ada, "/entities/ada/storage"))["projects"]
    assert {*found} - {*project} == {"runs", "num_others", "collections"}
    assert project == {k: v for k, v in found.items() if k in project}
    server = await _json(ada, "/storage")
    assert server["projects"] == [project]
    assert server["blob_bytes"] == 3_210 + 3 + 50 + 1
    assert server["database_bytes"] + server["log_bytes"] > 4_096
    assert (server["can_shrink"], server["num_removed"]) == (True, 0)


async def test_registries_are_no_projects_of_it(ada: httpx.AsyncClient) -> None:
    made = await ada.post("/registries", json={"organization": "home", "name": "models"})
    assert made.status_code == 201, made.text
    assert (await _json(ada, "/storage"))["projects"] == []
    assert (await _json(ada, f"/entities/{made.json()['entity']}/storage"))["projects"] == []


async def test_who_may_see_and_collect(
    bob: httpx.AsyncClient, ada: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    await _json(bob, "/entities/bob/storage")
    for path in ("/entities/ada/storage", f"{PROJECT}/storage", "/projects/bob/none/storage"):
        await _json(bob, path, 404)
    await _json(ada, f"{PROJECT}/storage?run=none", 404)
    for path in ("/storage", "/storage/garbage"):
        said = await _json(bob, path, 403)
        assert "Only an administrator" in said["detail"]
    refused = await bob.delete("/storage/garbage")
    assert refused.status_code == 403
    assert "collect" in refused.json()["detail"]


async def test_a_collection_tells_what_it_did(ada: httpx.AsyncClient, site: Site) -> None:
    for name in ("r1", "r2"):
        site.add_run(name, rows=500)

        _size(site, name, media=7)
    await ada.delete(f"{PROJECT}/runs/r1")
    await ada.delete(f"{PROJECT}/trash/r1")
    found = await _json(ada, "/storage/garbage")
    assert (found["num_runs"], found["removed"]["media"]) == (1, 7)
    assert (await _json(ada, "/storage"))["num_removed"] == 1
    answer = await ada.delete("/storage/garbage")
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    done = lines[-1]
    assert (done["stage"], done["num_runs"], done["erased"]["media"]) == ("done", 1, 7)
    assert done["returned_bytes"] > 0
    assert done["problem"] is None
    assert (await _json(ada, "/storage"))["free_bytes"] == 0
    (run,) = (await _json(ada, f"{PROJECT}/storage"))["runs"]
    assert run["id"] == "r2"


async def test_one_collection_at_a_time_and_the_background_makes_room(
    ada: httpx.AsyncClient, site: Site
) -> None:
    for number in range(5):
        site.add_run(f"r{number}", rows=100)
        await ada.delete(f"{PROJECT}/runs/r{number}")
    await ada.delete(f"{PROJECT}/trash")
    collector = site.context.collector
    answers = await asyncio.gather(
        collector.tidy(wholly=True), *(ada.delete("/storage/garbage") for _ in range(2))
    )
    background, *asked = answers
    assert isinstance(background, Collected)
    codes = sorted(answer.status_code for answer in asked)  # type: ignore[union-attr]
    # Both may have been told "yes" before either began: then the second says so in its line.
    texts = [answer.text for answer in asked]  # type: ignore[union-attr]
    assert codes in ([200, 409], [200, 200])
    assert sum("running already" in text for text in texts) == 1
    assert (await _json(ada, "/storage"))["num_removed"] == 0
    assert (await ada.delete("/storage/garbage")).status_code == 200


# Artifacts


async def _free(client: httpx.AsyncClient, status: int = 200, **chosen: Any) -> Any:
    answer = await client.post(f"{PROJECT}/storage/would-free", json=chosen)
    assert answer.status_code == status, answer.text
    return answer.json()


async def _log_some(site: Site) -> None:
    """`a`: two versions that share 100 bytes; `b`: one that shares 10 of its 30 with `a`."""
    site.add_run("r1", rows=5)
    site.add_run("r2")
    _size(site, "r1", media=500)
    await log_version(site, "a", {"s": b"s" * 100, "x": b"x" * 10}, run="r1")
    linked = await log_version(site, "a", {"s": b"s" * 100, "y": b"y" * 7}, run="r1")
    await log_version(site, "b", {"x": b"x" * 10, "z": b"z" * 20})
    await log_version(site, "b", {"p": b"p" * 1_000}, is_pending=True)
    link_version(site, linked, "links")


async def test_artifacts_are_weighed(ada: httpx.AsyncClient, site: Site) -> None:
    await _log_some(site)
    found = await _json(ada, f"{PROJECT}/storage")
    sizes = {one["name"]: tuple(one["sizes"].values()) for one in found["collections"]}
    # Versions, logical, stored, unique; what is still being uploaded lies there, too.
    assert sizes == {"b": (1, 30, 1_030, 1_020), "a": (2, 217, 117, 107)}
    assert [one["name"] for one in found["collections"]] == ["b", "a"]
    assert tuple(found["artifacts"].values()) == (3, 247, 1_137, 1_137)
    # The same content in another project is nobody's own any more.
    await log_version(site, "c", {"s": b"s" * 100}, project="other")
    found = await _json(ada, f"{PROJECT}/storage")
    assert found["artifacts"]["unique_bytes"] == 1_037
    projects = (await _json(ada, "/storage"))["projects"]
    assert [(p["name"], p["artifacts"]["stored_bytes"]) for p in projects] == [
        ("digits", 1_137), ("other", 100),
    ]  # fmt: skip


async def test_what_deleting_would_free(ada: httpx.AsyncClient, site: Site) -> None:
    await _log_some(site)
    assert (await _free(ada))["total"] == 0
    one = await _free(ada, versions=[{"collection": "a", "version": "v0"}])
    assert (one["num_versions"], one["logical_bytes"], one["artifact_bytes"]) == (1, 110, 0)
    both = await _free(ada, collections=["a"])
    assert (both["num_versions"], both["logical_bytes"], both["artifact_bytes"]) == (2, 217, 107)
    links = await _free(
        ada, collections=["links"], versions=[{"collection": "links", "version": "latest"}]
    )
    assert (links["total"], links["num_unlinked"]) == (0, 2)
    run = await _free(ada, runs=["r1"])
    usage = (await _json(ada, f"{PROJECT}/storage?run=r1"))["runs"][0]["sizes"]
    assert (run["num_runs"], run["runs"], run["total"]) == (1, usage, usage["total"])
    found = await _free(ada, filter='id == "r1" or id == "none"', runs=["r1"])
    assert found == run
    everything = await _free(ada, everything=True)
    assert (everything["num_runs"], everything["artifact_bytes"]) == (2, 1_137)
    assert everything["total"] == 1_137 + everything["runs"]["total"]
    # As it was said, so it comes: what is left weighs that much less.
    await ada.delete(f"{PROJECT}/artifacts/a")
    assert (await _free(ada, everything=True))["artifact_bytes"] == 1_137 - 107
    for wrong in (
        {"runs": ["none"]},
        {"collections": ["none"]},
        {"versions": [{"collection": "b", "version": "v9"}]},
    ):
        assert (await _free(ada, 404, **wrong))["code"] == "not-found"
    bad = await _free(ada, 400, filter="id ==")
    assert (bad["code"], bad["position"]) == ("bad-filter", 5)
