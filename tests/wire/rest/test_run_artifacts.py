"""Versions that a run's process uses and links: noted once, and only by who may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, log_version

pytestmark = pytest.mark.anyio

INPUTS = "/projects/ada/digits/runs/train/artifacts/inputs"
LINKS = f"{ARTIFACTS}/faces/versions/v0/links"
FACES = {"entity": "ada", "project": "digits", "collection": "faces", "version": "latest"}
TARGET = {"entity": "ada", "project": "best", "collection": "faces", "aliases": ["good"]}


@pytest.fixture(autouse=True)
async def faces(site: Site) -> None:
    site.add_run("train")
    await log_version(site, "faces", {"a": b"a"}, wanted_aliases=("latest",))


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"])


async def used(ada: httpx.AsyncClient) -> list[str]:
    found = (await ada.get("/projects/ada/digits/runs/train/artifacts")).json()
    return [f"{one['collection']}:v{one['index']}" for one in found["inputs"]]


async def test_used_once_however_often_it_is_said(ada: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await ada.put(INPUTS, json=FACES)).is_success
    assert await used(ada) == ["faces:v0"]


@pytest.mark.parametrize("wrong", [{"version": "v9"}, {"collection": "none"}, {"project": "none"}])
async def test_what_is_not_there_is_not_used(ada: httpx.AsyncClient, wrong: Any) -> None:
    refused(await ada.put(INPUTS, json=FACES | wrong), 404)
    assert await used(ada) == []


async def test_strangers_note_nothing(bob: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    refused(await bob.put(INPUTS, json=FACES), 404)
    refused(await bob.post(LINKS, json=TARGET), 404)
    assert await used(ada) == []


async def test_linked_once_with_its_aliases(ada: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await ada.post(LINKS, json=TARGET)).is_success
    found = (await ada.get("/projects/ada/best/artifacts/faces/versions")).json()["versions"]
    assert [sorted(one["aliases"]) for one in found] == [["good", "latest"]]
    detail = (await ada.get(f"{ARTIFACTS}/faces/versions/v0")).json()
    assert "best" in [link["project"] for link in detail["links"]]


async def test_a_link_takes_the_place_of_no_logged_collection(ada: httpx.AsyncClient) -> None:
    said = refused(await ada.post(LINKS, json=TARGET | {"project": "digits"}), 409)
    assert "another name" in said
    refused(await ada.post(LINKS, json=TARGET | {"aliases": ["a/b"]}), 400)
