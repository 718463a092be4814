"""Media of several runs of a project, side by side, over the API."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import run_id, store_file

from runstone.domain import documents
from runstone.domain.history import HistoryBatch, Objects, StreamKind

pytestmark = pytest.mark.anyio

KEYS = "/projects/ada/digits/media"
VALUES = "/projects/ada/digits/media/values"


def image(name: str) -> dict[str, Any]:
    return {"_type": "image-file", "path": f"media/images/{name}.png", "format": "png"}


def log(site: Site, run: str, values: dict[str, dict[int, Any]]) -> None:
    """Logs values by key and step."""
    site.add_run(run)
    steps = sorted({step for by_step in values.values() for step in by_step})
    rows = np.array(steps, np.int64)
    objects = {
        key: Objects(
            [documents.encode(value) for value in by_step.values()],
            np.array([steps.index(step) for step in by_step], np.uint32),
        )
        for key, by_step in values.items()
    }
    batch = HistoryBatch(
        row0=0, step=rows, time=rows.astype(float), runtime=rows.astype(float), objects=objects
    )
    identifier = run_id(site, run)

    def unit(tx: Any) -> None:
        stream = tx.history.open_stream(identifier, StreamKind.HISTORY)
        tx.history.append(stream.id, batch)

    site.store.write(unit).result()


async def test_keys_are_as_the_newest_run_says(ada: httpx.AsyncClient, site: Site) -> None:
    log(site, "r1", {"sample": {0: image("a")}, "odd": {0: image("b")}, "old": {0: image("c")}})
    log(site, "r2", {"sample": {0: image("a")}, "odd": {0: "a word"}, "word": {0: "text"}})
    log(site, "r3", {"sample": {0: image("a"), 1: {"_type": "audio-file", "path": "media/a.wav"}}})
    assert (await ada.get(KEYS)).json() == {
        "keys": [{"key": "old", "kind": "image"}, {"key": "sample", "kind": "audio"}]
    }


async def test_a_project_without_media(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("r1", rows=3)
    assert (await ada.get(KEYS)).json() == {"keys": []}
    answer = await ada.get(VALUES, params={"key": "loss", "run": ["r1"]})
    assert answer.json() == {"runs": [], "num_runs": 0}


async def test_what_runs_show_at_a_step(ada: httpx.AsyncClient, site: Site) -> None:
    log(site, "r1", {"sample": {step: image(f"r1_{step}") for step in (0, 10, 20)}})
    log(site, "r2", {"sample": {step: image(f"r2_{step}") for step in (5, 15)}})
    log(site, "r3", {"other": {0: image("r3")}})
    await store_file(site, "media/images/r1_10.png", b"png")
    asked = {"key": "sample", "run": ["r2", "gone", "r3", "r1", "r2"]}

    async def shown(**more: int) -> list[tuple[str, int | None, str | None]]:
        runs = (await ada.get(VALUES, params={**asked, **more})).json()["runs"]
        return [
            (
                one["run"],
                one["value"] and one["value"]["step"],
                one["value"] and one["value"]["media"]["items"][0]["path"],
            )
            for one in runs
        ]

    last = [("r2", 15, "media/images/r2_15.png"), ("r1", 20, "media/images/r1_20.png")]
    assert await shown() == await shown(step=99) == last
    assert await shown(step=15) == [last[0], ("r1", 10, "media/images/r1_10.png")]
    assert await shown(step=4) == [("r2", None, None), ("r1", 0, "media/images/r1_0.png")]
    answer = (await ada.get(VALUES, params={**asked, "step": 12, "limit": 2})).json()
    assert answer["num_runs"] == 2
    assert [(one["steps"], one["total"]) for one in answer["runs"]] == [
        ([5, 15], 2),
        ([0, 10, 20], 3),
    ]
    files = [one["value"]["media"]["items"][0]["file"] for one in answer["runs"]]
    assert (files[0], files[1]["size_bytes"]) == (None, 3)


async def test_no_more_runs_are_read_than_wanted(ada: httpx.AsyncClient, site: Site) -> None:
    for run in ("r1", "r2", "r3"):
        log(site, run, {"sample": {0: image(run)}})
    asked = {"key": "sample", "run": ["r3", "r1", "r2"], "limit": 2}
    answer = (await ada.get(VALUES, params=asked)).json()
    assert ([one["run"] for one in answer["runs"]], answer["num_runs"]) == (["r3", "r1"], 3)


@pytest.mark.parametrize(
    "bad",
    [{"limit": 0}, {"limit": 51}, {"run": ["r"] * 1_001}, {"step": "soon"}, {"key": []}],
)
async def test_bad_queries(ada: httpx.AsyncClient, site: Site, bad: dict[str, Any]) -> None:
    site.add_run("r1")
    answer = await ada.get(VALUES, params={"key": "sample", "run": ["r1"], **bad})
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_only_those_who_may(
    bob: httpx.AsyncClient, nobody: httpx.AsyncClient, site: Site
) -> None:
    site.add_run("r1")
    for path in (KEYS, f"{VALUES}?key=sample&run=r1"):
        assert (await bob.get(path)).status_code == 404
        assert (await nobody.get(path)).status_code == 401
