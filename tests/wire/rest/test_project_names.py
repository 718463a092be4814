"""Projects by the names that they have and had."""

from __future__ import annotations

import httpx
import pytest
from tests.wire.rest.conftest import Site

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_a_renamed_project_answers_to_both_names(site: Site, ada: httpx.AsyncClient) -> None:
    site.add_run("r1", rows=3)
    renamed = await ada.patch("/projects/ada/digits", json={"name": "numbers"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "numbers")
    for name in ("numbers", "digits"):
        assert (await ada.get(f"/projects/ada/{name}")).json()["name"] == "numbers"
        run = (await ada.get(f"/projects/ada/{name}/runs/r1")).json()
        assert (run["project"], run["num_rows"]) == ("numbers", 3)
    listed = (await ada.get("/projects")).json()["projects"]
    assert [project["name"] for project in listed] == ["numbers"]

    made = await ada.post("/projects", json={"entity": "ada", "name": "digits"})
    assert made.status_code == 201
    assert (await ada.get("/projects/ada/digits/runs/r1")).status_code == 404
    refused = await ada.patch("/projects/ada/numbers", json={"name": "digits"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already-exists")


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 200])
async def test_names_that_no_project_may_have(
    site: Site, ada: httpx.AsyncClient, name: str
) -> None:
    site.add_run("r1", rows=1)
    answer = await ada.patch("/projects/ada/digits", json={"name": name})
    assert answer.status_code == 400, answer.text
    assert (await ada.get("/projects/ada/digits")).json()["name"] == "digits"
