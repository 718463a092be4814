"""Runs with a lot of everything: their keys in columns, their documents in parts."""

from __future__ import annotations

import math

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio

PLACE = "/projects/ada/digits"
RUN = f"{PLACE}/runs/r0"

METRICS = [
    {"name": "val/loss", "x": "epoch", "goal": "minimize"},
    {"glob": "val/*", "x": "epoch"},
    {"name": "epoch", "hidden": True},
]


async def test_names_of_keys_say_what_keys_say(site: Site, ada: httpx.AsyncClient) -> None:
    values = {name: [1.0, 2.0] for name in ("loss", "epoch", "val/loss", "val/acc", "val/f1")}
    site.add_run("r0", values=values, update=RunUpdate(client_info={"metrics": METRICS}))
    site.add_run("r1", values={"loss": [1.0], "alone": [1.0]})
    for runs in ([], ["r0"], ["r1"], ["r0", "r1"]):
        keys = (await ada.get(f"{PLACE}/keys", params={"run": runs})).json()["keys"]
        found = (await ada.get(f"{PLACE}/keys/names", params={"run": runs})).json()
        manner_of = found["manner_of"] or [0] * len(found["names"])
        told = [
            {"name": name, **found["manners"][manner]}
            for name, manner in zip(found["names"], manner_of, strict=True)
        ]
        left = ("name", "kind", "x", "hidden", "better")
        assert told == [{name: key[name] for name in left} for key in keys]
    assert len({key["name"] for key in keys}) == 6


async def test_keys_that_are_alike_are_described_once(site: Site, ada: httpx.AsyncClient) -> None:
    values = {f"layer_{i}": [1.0] for i in range(50)}
    # What is said of the summary is nothing about drawing.
    metrics = [{"name": "layer_7", "summary": ["mean"]}]
    site.add_run("r0", values=values, update=RunUpdate(client_info={"metrics": metrics}))
    found = (await ada.get(f"{PLACE}/keys/names")).json()
    assert (len(found["names"]), found["manner_of"]) == (50, [])
    assert found["manners"] == [{"kind": "number", "x": None, "hidden": False, "better": None}]


async def test_names_that_are_known_are_not_sent_again(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=3)
    first = await ada.get(f"{PLACE}/keys/names")
    known = {"If-None-Match": first.headers["etag"]}
    assert (await ada.get(f"{PLACE}/keys/names", headers=known)).status_code == 304
    site.add_run("r1", values={"new": [1.0]})
    assert (await ada.get(f"{PLACE}/keys/names", headers=known)).json()["names"] == ["loss", "new"]


async def test_keys_come_in_pages(site: Site, ada: httpx.AsyncClient) -> None:
    names = sorted([f"layer_{i}" for i in range(10)] + ["val/loss", "é", "a b&c"])
    site.add_run("r0", values={name: [1.0] for name in names})
    for limit in (1, 5, 13, 50_000):
        pages: list[list[str]] = []
        cursor = None
        while cursor is not None or not pages:
            query = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
            answer = (await ada.get(f"{PLACE}/keys", params=query)).json()
            pages.append([key["name"] for key in answer["keys"]])
            cursor = answer["next_cursor"]
        assert [name for page in pages for name in page] == names
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    for limit in (0, 50_001):
        answer = await ada.get(f"{PLACE}/keys", params={"limit": limit})
        assert (answer.status_code, "limit" in answer.text) == (400, True)


async def test_a_key_is_there_once_it_is_logged(site: Site, ada: httpx.AsyncClient) -> None:
    """What was remembered of the keys and columns does not outlive what it was read from."""

    async def seen() -> tuple[list[str], list[str], list[str]]:
        keys = (await ada.get(f"{PLACE}/keys")).json()["keys"]
        names = (await ada.get(f"{PLACE}/keys/names")).json()["names"]
        query = {"source": "history", "search": "HISTORY."}
        columns = (await ada.get(f"{PLACE}/columns", params=query)).json()["columns"]
        return [key["name"] for key in keys], names, [column["name"] for column in columns]

    site.add_run("r0", values={"loss": [1.0]})
    for _ in range(2):
        assert await seen() == (["loss"], ["loss"], ["last(history.loss)"])
    site.add_run("r1", values={"acc": [1.0]})
    both = ["acc", "loss"]
    assert await seen() == (both, both, ["last(history.acc)", "last(history.loss)"])
    await ada.delete(f"{PLACE}/runs/r0")
    assert await seen() == (["acc"], ["acc"], ["last(history.acc)"])


async def test_a_run_comes_without_its_documents(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=1, update=RunUpdate(config={"a": 1}, notes="n"))
    whole = (await ada.get(RUN)).json()
    assert whole["config"] == {"a": 1}
    brief = (await ada.get(RUN, params={"documents": "false"})).json()
    assert brief == {**whole, "config": {}, "summary": {}}


async def test_a_config_is_read_in_parts(site: Site, ada: httpx.AsyncClient) -> None:
    config = {f"Key{i}": {"a": i, "b": [i]} for i in range(25)} | {"_private": math.nan, "b": "x"}
    site.add_run("r0", update=RunUpdate(config=config))
    pages = []
    cursor = None
    while not pages or cursor:
        query = {"limit": 7, **({"cursor": cursor} if cursor else {})}
        pages.append((await ada.get(f"{RUN}/config", params=query)).json())
        cursor = pages[-1]["next_cursor"]
    # Each page ends with the value that brings seven leaves together: the fourth.
    assert [len(page["values"]) for page in pages] == [4, 4, 4, 4, 4, 4, 3]
    assert [page["num_before"] for page in pages] == [0, 4, 8, 12, 16, 20, 24]
    assert {(page["total"], page["num_found"]) for page in pages} == {(27, 27)}
    names = [name for page in pages for name in page["values"]]
    assert names == ["b", *(f"Key{i}" for i in range(25)), "_private"]
    together = {name: value for page in pages for name, value in page["values"].items()}
    assert together == (await ada.get(RUN)).json()["config"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("LR", {"optimizer": {"lr": 0.1}, "lr_schedule": {"name": "cosine", "warm": 5}}),
        ("optimizer.l", {"optimizer": {"lr": 0.1}}),
        ("optimizer", {"optimizer": {"lr": 0.1, "betas": [0.9, 0.999]}}),
        ("cosine", {"lr_schedule": {"name": "cosine"}}),
        ("0.999", {"optimizer": {"betas": [0.9, 0.999]}}),
        ("nan", {"bad": {"$float": "NaN"}}),
        ("image", {"picture": {"_type": "image-file", "path": "p"}}),
        ("absent", {}),
    ],
)
async def test_a_config_is_searched_by_path_and_value(
    site: Site, ada: httpx.AsyncClient, search: str, found: dict[str, object]
) -> None:
    config = {
        "optimizer": {"lr": 0.1, "betas": [0.9, 0.999]},
        "lr_schedule": {"name": "cosine", "warm": 5},
        "bad": math.nan,
        "picture": {"_type": "image-file", "path": "p"},
    }
    site.add_run("r0", update=RunUpdate(config=config))
    page = (await ada.get(f"{RUN}/config", params={"search": search})).json()
    assert (page["values"], page["num_found"], page["total"]) == (found, len(found), 4)
    assert page["next_cursor"] is None


async def test_what_is_found_comes_in_parts_too(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r0", update=RunUpdate(config={f"k{i}": i % 2 for i in range(10)}))
    query = {"search": "1", "limit": 4}  # the five odd ones by their values; k1 by its name as well
    first = (await ada.get(f"{RUN}/config", params=query)).json()
    assert list(first["values"]) == ["k1", "k3", "k5", "k7"]
    rest = (await ada.get(f"{RUN}/config", params={**query, "cursor": first["next_cursor"]})).json()
    assert (list(rest["values"]), rest["num_before"], rest["next_cursor"]) == (["k9"], 4, None)


async def test_refusals(site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    site.add_run("r0", rows=1)
    assert (await ada.get(f"{RUN}/summary")).json()["total"] == 0
    assert (await ada.get(f"{RUN}/summary", params={"limit": 0})).status_code == 400
    assert (await ada.get(f"{RUN}/summary", params={"limit": 10_001})).status_code == 400
    assert (await ada.get(f"{PLACE}/runs/none/config")).status_code == 404
    assert (await bob.get(f"{RUN}/config")).status_code == 404
    assert (await bob.get(f"{PLACE}/keys/names")).status_code == 404
