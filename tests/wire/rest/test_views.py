"""Saved views and custom charts over the native API."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.access import OPERATOR, Role
from runstone.domain.view import MAX_SPEC_BYTES
from runstone.services.accounts import add_member, create_team
from runstone.services.projects import ensure_project

pytestmark = pytest.mark.anyio

VIEWS = "/projects/ada/digits/views"
SPEC = '{"b" : [1.0, "é 🚀"],\n "a":{}, "n": 12345678901234567890}'


@pytest.fixture(autouse=True)
def project(site: Site) -> None:
    """Project `digits` of Ada's."""
    site.store.write(lambda tx: ensure_project(tx, OPERATOR, "ada", "digits")).result()


async def save(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    answer = await client.post(VIEWS, json={"kind": "table", "spec": {}, **given})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_a_view_comes_back_as_it_was_sent(ada: httpx.AsyncClient) -> None:
    head = '{"kind": "table", "name": "t", "display_name": "Tabelle", "spec": '
    body = f"{head}{SPEC}}}"
    made = await ada.post(VIEWS, content=body, headers={"content-type": "application/json"})
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    view = made.json()
    times = view.pop("created_at"), view.pop("updated_at")
    assert times[0] == times[1]
    spec = view.pop("spec")
    assert view == {
        "id": 1, "kind": "table", "name": "t", "display_name": "Tabelle", "description": "",
        "author": "ada", "revision": 1, "draft_of": None, "spec_bytes": len(SPEC.encode()),
    }  # fmt: skip
    found = await ada.get(f"{VIEWS}/1")
    assert found.json() == made.json()
    assert SPEC in found.text, "byte for byte"
    assert found.headers.get_list("etag") == ['"1"']
    unchanged = await ada.get(f"{VIEWS}/1", headers={"if-none-match": '"1"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    again = await ada.post(VIEWS, content=body, headers={"content-type": "application/json"})
    assert again.json() == made.json()
    assert spec["n"] == 12345678901234567890


async def test_nobodys_change_is_lost(ada: httpx.AsyncClient) -> None:
    url = f"{VIEWS}/{(await save(ada, description='d'))['id']}"
    one = await ada.patch(url, json={"display_name": "one"}, headers={"if-match": '"1"'})
    assert one.headers["etag"] == '"2"'
    assert (one.json()["display_name"], one.json()["description"]) == ("one", "d")
    for stale in ('"1"', 'W/"2"', "2", '"x"', '"1", "3"', ""):
        answer = await ada.patch(url, json={"display_name": "two"}, headers={"if-match": stale})
        assert problem(answer) == (412, "view-changed")
        assert answer.json()["revision"] == 2
        assert "Read it again" in answer.json()["detail"]
        assert problem(await ada.delete(url, headers={"if-match": stale})) == (412, "view-changed")
    assert (await ada.get(url)).json() == one.json()
    for fresh in ('"1", "2"', "*"):
        answer = await ada.patch(url, json={"spec": {"a": 1}}, headers={"if-match": fresh})
        assert answer.status_code == 200
    assert (await ada.patch(url, json={})).json()["revision"] == 5
    assert (await ada.get(url)).json()["spec"] == {"a": 1}
    assert (await ada.delete(url, headers={"if-match": '"5"'})).status_code == 204
    assert problem(await ada.get(url)) == (404, "not-found")


async def test_of_changes_at_the_same_time_one_is_made(ada: httpx.AsyncClient) -> None:
    url = f"{VIEWS}/{(await save(ada))['id']}"
    answers = await asyncio.gather(
        *(ada.patch(url, json={"spec": {"by": i}}, headers={"if-match": '"1"'}) for i in range(8))
    )
    made = [answer for answer in answers if answer.status_code == 200]
    assert len(made) == 1
    assert {answer.status_code for answer in answers} == {200, 412}
    assert (await ada.get(url)).json() == made[0].json()


async def test_lists_have_pages_and_no_specs(ada: httpx.AsyncClient) -> None:
    ids = [(await save(ada, name=f"v{i}", kind=f"k{i % 2}"))["id"] for i in range(5)]

    async def page(**query: Any) -> tuple[list[int], str | None]:
        found = (await ada.get(VIEWS, params=query)).json()
        assert all("spec" not in view for view in found["views"])
        return [view["id"] for view in found["views"]], found["next_cursor"]

    first, cursor = await page(limit=2)
    second, cursor2 = await page(limit=2, cursor=cursor)
    third, end = await page(limit=2, cursor=cursor2)
    assert (first + second + third, end) == (ids[::-1], None)
    assert await page(kind="k1") == ([ids[3], ids[1]], None)
    assert await page(name="v2", author="ada") == ([ids[2]], None)
    assert await page(author="bob") == await page(kind="x") == ([], None)
    assert problem(await ada.get(VIEWS, params={"cursor": "x"})) == (400, "bad-cursor")
    for query in ({"limit": 0}, {"limit": 1_001}, {"colour": "red"}):
        assert problem(await ada.get(VIEWS, params=query)) == (400, "invalid-input")  # type: ignore[arg-type]


async def test_drafts(ada: httpx.AsyncClient) -> None:
    view = await save(ada)
    draft = await save(ada, draft_of=view["id"])
    assert draft["draft_of"] == view["id"]
    url = f"{VIEWS}/{view['id']}"
    refused = await ada.delete(url)
    assert problem(refused) == (409, "view-has-drafts")
    assert refused.json()["drafts"] == [draft["id"]]
    assert (await ada.delete(url, params={"drafts": "true"})).status_code == 204
    assert problem(await ada.get(f"{VIEWS}/{draft['id']}")) == (404, "not-found")
    assert problem(await ada.post(VIEWS, json={"kind": "k", "spec": {}, "draft_of": 999})) == (
        404, "not-found",
    )  # fmt: skip


async def test_a_view_is_found_in_its_project_alone(ada: httpx.AsyncClient, site: Site) -> None:
    site.store.write(lambda tx: ensure_project(tx, OPERATOR, "ada", "other")).result()
    number = (await save(ada))["id"]
    assert (await ada.get(f"/projects/ADA/digits/views/{number}")).status_code == 200
    for url in (f"/projects/ada/other/views/{number}", f"/projects/bob/digits/views/{number}"):
        for method in ("GET", "PATCH", "DELETE"):
            assert problem(await ada.request(method, url)) == (404, "not-found")
    for number in ("x", "-1", "1.0", "9" * 19, "%C3%A9"):
        assert problem(await ada.get(f"{VIEWS}/{number}")) == (404, "not-found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{}", 400, "invalid-input"),
        ('{"kind": "table"}', 400, "invalid-input"),
        ('{"kind": "table", "spec": [1]}', 400, "malformed-spec"),
        ('{"kind": "table", "spec": "{}"}', 400, "malformed-spec"),
        ('{"kind": "table", "spec": {"a": NaN}}', 400, "malformed-json"),
        ('{"kind": "table", "spec": {"a": 1}', 400, "malformed-json"),
        ('{"kind": "Table", "spec": {}}', 400, "invalid-kind"),
        ('{"kind": "table", "spec": {}, "name": "a/b"}', 400, "invalid-name"),
        ('{"kind": "table", "spec": {}, "name": "taken"}', 409, "name-taken"),
        ('{"kind": "table", "spec": {}, "colour": 1}', 400, "invalid-input"),
        ('{"kind": "table", "spec": {"a": "\\ud800"}}', 400, "malformed-json"),
    ],
)
async def test_what_is_refused(ada: httpx.AsyncClient, body: str, status: int, code: str) -> None:
    await save(ada, name="taken", spec={"a": 1})
    answer = await ada.post(VIEWS, content=body, headers={"content-type": "application/json"})
    assert problem(answer) == (status, code)
    assert len((await ada.get(VIEWS)).json()["views"]) == 1


async def test_a_spec_has_its_limit(ada: httpx.AsyncClient) -> None:
    large = {"a": "x" * (MAX_SPEC_BYTES - 8)}
    view = await save(ada, spec=large)
    assert view["spec_bytes"] == MAX_SPEC_BYTES
    for size in (MAX_SPEC_BYTES, 50_000_000):
        answer = await ada.post(VIEWS, json={"kind": "table", "spec": {"a": "x" * size}})
        assert problem(answer)[0] == 413
        answer = await ada.patch(f"{VIEWS}/{view['id']}", json={"spec": {"a": "x" * size}})
        assert problem(answer)[0] == 413


async def test_who_may(site: Site) -> None:
    def share(tx: Any) -> None:
        create_team(tx, OPERATOR, "lab", team_admin="ada")
        ensure_project(tx, OPERATOR, "lab", "p")

    site.store.write(share).result()
    views = "/projects/lab/p/views"
    body = {"kind": "table", "spec": {}}
    async with site.client(site.ada_key) as ada, site.client(site.bob_key) as bob:
        made = (await ada.post(views, json=body)).json()
        url = f"{views}/{made['id']}"
        for role, reading, writing in (
            (None, 404, 404), (Role.VIEWER, 200, 403), (Role.MEMBER, 200, 200),
        ):  # fmt: skip
            if role is not None:
                site.store.write(
                    lambda tx, r=role: add_member(tx, OPERATOR, "lab", "bob", r)
                ).result()
                site.context.authenticator.forget()
            assert (await bob.get(views)).status_code == reading
            assert (await bob.get(url)).status_code == reading
            assert (await bob.patch(url, json={})).status_code == writing
            created = 201 if writing == 200 else writing
            assert (await bob.post(views, json=body)).status_code == created
            assert (await bob.delete(url)).status_code == (204 if writing == 200 else writing)
    async with site.client() as nobody:
        assert (await nobody.get(views)).status_code == 401


async def test_custom_charts(ada: httpx.AsyncClient, site: Site) -> None:
    spec = {"mark": "bar", "é": "🚀"}
    made = await ada.post("/charts/ada", json={"name": "b", "spec": spec, "access": "public"})
    assert made.status_code == 201
    chart = made.json()
    created_at = chart.pop("created_at")
    assert chart == {
        "entity": "ada", "name": "b", "display_name": "", "language": "vega2",
        "access": "public", "author": "ada", "spec": spec,
    }  # fmt: skip
    private = (await ada.post("/charts/ada", json={"name": "a", "spec": spec})).json()
    assert (await ada.get("/charts/ada")).json() == {
        "charts": [private, chart | {"created_at": created_at}]
    }
    changed = {"name": "b", "spec": {}, "access": "public"}
    assert problem(await ada.post("/charts/ada", json=changed)) == (409, "name-taken")
    assert problem(await ada.post("/charts/ada", json={"name": "c", "spec": []}))[0] == 400
    async with site.client(site.bob_key) as bob:
        assert (await bob.get("/charts/ada/b")).json() == made.json()
        assert problem(await bob.get("/charts/ada/a")) == (404, "not-found")
        assert problem(await bob.get("/charts/ada")) == (404, "not-found")
        assert problem(await bob.delete("/charts/ada/b")) == (403, "permission-denied")
        assert problem(await bob.post("/charts/ada", json=changed)) == (404, "not-found")
    assert (await ada.delete("/charts/ada/b")).status_code == 204
    assert problem(await ada.get("/charts/ada/b")) == (404, "not-found")
    assert (await ada.post("/charts/ada", json=changed)).status_code == 201
