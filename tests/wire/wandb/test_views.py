"""Views, access tokens and custom charts over GraphQL, as the clients' documents ask."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from tests.wire.wandb.conftest import Site

from runstone.domain.access import OPERATOR
from runstone.services.projects import delete_project, ensure_project
from runstone.services.views import NewView, create_view

UPSERT = """mutation U($i: UpsertViewInput!) { upsertView(input: $i) { inserted view {
    id type name displayName description spec createdAt updatedAt
    project { id name entityName } user { username photoUrl email } } } }"""
VIEW = "query V($id: ID!) { view(id: $id) { id spec accessTokens { token } } }"
LIST = """query L($type: String, $name: String, $by: String, $first: Int, $after: String) {
    project(name: "p") { allViews(viewType: $type, viewName: $name, userName: $by, first: $first,
    after: $after) { edges { cursor node { id name } } pageInfo { endCursor hasNextPage } } } }"""
DELETE = """mutation D($i: DeleteViewInput!) {
    deleteView(input: $i) { success pendingDrafts __typename } }"""
TOKEN = """mutation T($i: CreateAccessTokenInput!) {
    createAccessToken(input: $i) { accessToken { token type } } }"""
CHART = "mutation C($i: CreateCustomChartInput!) { createCustomChart(input: $i) { chart { id } } }"
SPEC = ' {"é": [1.0, "\\u0000"],\n"z":{}}'


@pytest.fixture
def p(site: Site) -> Site:
    """The site, with a project `p` of Ada's."""
    site.write(lambda tx: ensure_project(tx, OPERATOR, "ada", "p"))
    return site


def save(site: Site, **given: Any) -> dict[str, Any]:
    wanted = {
        "entityName": "ada", "projectName": "p", "type": "runs", "name": "r", "spec": "{}",
        "createdUsing": "WANDB_SDK", **given,
    }  # fmt: skip
    found: dict[str, Any] = site.data(UPSERT, i=wanted)["upsertView"]
    return found


def node_id(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def said(answer: httpx.Response) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"], error["message"]


def test_a_new_view_and_its_changes(p: Site) -> None:
    made = save(p, displayName="Title", description="d", spec=SPEC)
    assert made["inserted"] is True
    view = made["view"]
    times = view.pop("createdAt"), view.pop("updatedAt")
    assert times[0] == times[1]
    assert view == {
        "id": node_id("View:1"),
        "type": "runs",
        "name": "r",
        "displayName": "Title",
        "description": "d",
        "spec": SPEC,
        "project": {"id": node_id("Project:v1:p:ada"), "name": "p", "entityName": "ada"},
        "user": {"username": "ada", "photoUrl": None, "email": None},
    }
    again = save(p, displayName="Title", description="d", spec=SPEC)
    assert (again["inserted"], again["view"]["id"]) == (False, view["id"])

    # What is null is not given: nothing of it changes.
    changed = save(p, id=view["id"], displayName="New", description=None, name=None, type=None,
                   spec=None)  # fmt: skip
    assert changed["inserted"] is False
    assert changed["view"].pop("updatedAt") > times[1]
    assert changed["view"] == view | {"displayName": "New", "createdAt": times[0]}
    cleared = save(p, id=view["id"], description="", spec="{}", name="r2", type="runs/draft")
    found = {name: cleared["view"][name] for name in ("description", "spec", "name", "type")}
    assert found == {"description": "", "spec": "{}", "name": "r2", "type": "runs/draft"}


def test_texts_are_never_null(p: Site) -> None:
    view = save(p, name=None, displayName=None, description=None)["view"]
    assert (view["displayName"], view["description"]) == ("", "")
    assert len(view["name"]) == 11
    assert save(p, name="n", displayName="a\0")["view"]["displayName"] == "a\ufffd"


def test_an_id_is_understood_without_its_padding(p: Site) -> None:
    number = 0
    while "=" not in (view := save(p, name=f"n{number}")["view"])["id"]:
        number += 1
    bare = view["id"].replace("=", "")
    assert p.data(VIEW, id=bare)["view"]["id"] == view["id"]
    assert p.data(VIEW, id=view["id"])["view"] == {
        "id": view["id"], "spec": "{}", "accessTokens": [],
    }  # fmt: skip


def test_lists_by_type_name_author_and_pages(p: Site) -> None:
    ids = [save(p, name=f"r{i}")["view"]["id"] for i in range(5)]
    other = save(p, name="r0", type="project-view")["view"]["id"]
    p.write(lambda tx: create_view(tx, OPERATOR, "ada", "p", NewView("table", "{}", "t")))

    def page(**variables: Any) -> tuple[list[str], str | None, bool]:
        found = p.data(LIST, **variables)["project"]["allViews"]
        edges, info = found["edges"], found["pageInfo"]
        assert info["endCursor"] == (edges[-1]["cursor"] if edges else None)
        return [edge["node"]["id"] for edge in edges], info["endCursor"], info["hasNextPage"]

    first, cursor, more = page(type="runs", first=2)
    assert (first, more) == (ids[:2:-1], True)
    second, cursor, more = page(type="runs", first=2, after=cursor)
    assert (second, more) == (ids[2:0:-1], True)
    assert page(type="runs", first=2, after=cursor)[::2] == (ids[:1], False)
    assert page(type="project-view")[0] == [other]
    assert page(type="runs", name="r3")[0] == [ids[3]]
    assert page(type="project-view", name="r3")[0] == page(type="table")[0] == []
    assert page(by="ada")[0] == [other, *ids[::-1]]
    assert page(by="bob") == ([], None, False)
    assert len(page()[0]) == 7
    assert page(first=0) == ([], None, False)
    assert len(page(first=1_000_000)[0]) == 7
    for cursor in ("x", "-1", "9" * 19):
        assert said(p.graphql(LIST, after=cursor))[0] == 200, "the rest of the answer is usable"
    assert p.data('{ project(name: "q") { allViews { edges { cursor } } } }') == {"project": None}


def test_deletion(p: Site) -> None:
    view = save(p)["view"]["id"]
    number = int(base64.b64decode(view).decode().partition(":")[2])
    draft, _ = p.write(
        lambda tx: create_view(
            tx,
            OPERATOR,
            "ada",
            "p",
            NewView("wandb/runs/draft", "{}", parent=number),  # type: ignore[arg-type]
        )
    )
    kept = p.data(DELETE, i={"id": view})["deleteView"]
    assert kept == {
        "success": False,
        "pendingDrafts": [node_id(f"View:{draft.id}")],
        "__typename": "DeleteViewPayload",
    }
    assert p.data(VIEW, id=view)["view"]["id"] == view
    gone = p.data(DELETE, i={"id": view, "deleteDrafts": True})["deleteView"]
    assert (gone["success"], gone["pendingDrafts"]) == (True, [])
    for node in (view, node_id(f"View:{draft.id}")):
        assert said(p.graphql(VIEW, id=node))[:2] == (404, "not-found")
        assert said(p.graphql(DELETE, i={"id": node}))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"spec": "{"}, 400, "malformed-spec"),
        ({"spec": '"text"'}, 400, "malformed-spec"),
        ({"spec": '{"a": Infinity}'}, 400, "malformed-spec"),
        ({"spec": None}, 400, "invalid-input"),
        ({"type": None}, 400, "invalid-input"),
        ({"type": "A type"}, 400, "invalid-kind"),
        ({"projectName": None}, 400, "invalid-input"),
        ({"projectName": "q"}, 404, "not-found"),
        ({"entityName": "nobody"}, 404, "not-found"),
        ({"name": "a/b"}, 400, "invalid-name"),
        ({"name": "taken"}, 409, "name-taken"),
        ({"id": node_id("View:999")}, 404, "not-found"),
        ({"id": node_id("User:1")}, 400, "malformed-id"),
        ({"id": node_id("View:x")}, 400, "malformed-id"),
        ({"id": node_id("View:" + "9" * 19)}, 400, "malformed-id"),
        ({"id": "%%%"}, 400, "malformed-id"),
        ({"id": "é"}, 400, "malformed-id"),
        ({"displayName": "x" * 2_000}, 400, "invalid-name"),
    ],
)
def test_what_is_refused_leaves_nothing(
    p: Site, given: dict[str, Any], status: int, code: str
) -> None:
    save(p, name="taken", spec='{"a":1}')
    wanted = {"entityName": "ada", "projectName": "p", "type": "runs", "name": "n", "spec": "{}"}
    answer = p.graphql(UPSERT, i=wanted | given)
    assert said(answer)[:2] == (status, code)
    found = p.data(LIST)["project"]["allViews"]["edges"]
    assert [edge["node"]["name"] for edge in found] == ["taken"]


def test_a_view_stays_in_its_project(p: Site) -> None:
    p.write(lambda tx: ensure_project(tx, OPERATOR, "ada", "q"))
    view = save(p)["view"]
    for address in ({"projectName": "q"}, {"entityName": "bob"}):
        status, code, message = said(
            p.graphql(UPSERT, i={"id": view["id"], "displayName": "x", **address})
        )
        assert (status, code) == (400, "view-of-another-project")
        assert "belongs to ada/p" in message
    assert save(p, id=view["id"], entityName="ADA", displayName="y")["view"]["displayName"] == "y"


def test_what_others_may_not_see_is_not_there(p: Site) -> None:
    view = save(p)["view"]["id"]
    absent = node_id("View:999")
    for query, variables in (
        (VIEW, {"id": "{}"}),
        (UPSERT, {"i": {"id": "{}", "spec": "{}"}}),
        (DELETE, {"i": {"id": "{}"}}),
        (TOKEN, {"i": {"viewId": "{}", "projects": []}}),
    ):
        texts = []
        for node in (view, absent):
            given = json.loads(json.dumps(variables).replace("{}", node, 1))
            if query == UPSERT:
                given["i"]["spec"] = "{}"
            status, code, message = said(p.graphql(query, user="bob", **given))
            assert (status, code) == (404, "not-found")
            number = base64.b64decode(node).decode().partition(":")[2]
            texts.append(message.replace(number, "N"))
        assert texts[0] == texts[1]
    assert p.data(VIEW, id=view)["view"]["spec"] == "{}"
    p.write(lambda tx: delete_project(tx, OPERATOR, "ada", "p"))
    assert said(p.graphql(VIEW, id=view))[:2] == (404, "not-found")


def test_share_links_say_that_they_are_not_there(p: Site) -> None:
    view = save(p)["view"]["id"]
    projects = [{"entityName": "ada", "projectName": "p"}]
    status, code, message = said(p.graphql(TOKEN, i={"viewId": view, "projects": projects}))
    assert (status, code) == (400, "not-built")
    assert "nobody was given access" in message
    assert p.data(VIEW, id=view)["view"]["accessTokens"] == []
    for query in (
        'mutation { revokeAccessToken(input: {token: "t"}) { success } }',
        'mutation { updateAccessTokenProjects(input: {token: "t", projects: []}) { success } }',
    ):
        assert said(p.graphql(query))[:2] == (400, "not-built")


def test_specs_cannot_be_asked_for_without_end(p: Site) -> None:
    spec = f'{{"a":"{"x" * 6 * 1024 * 1024}"}}'
    made, _ = p.write(lambda tx: create_view(tx, OPERATOR, "ada", "p", NewView("wandb/runs", spec)))
    node = node_id(f"View:{made.id}")
    fields = " ".join(f"s{i}: spec" for i in range(20))
    answer = p.graphql(f"query S($id: ID!) {{ view(id: $id) {{ {fields} }} }}", id=node)
    assert said(answer)[:2] == (400, "query-too-large")
    assert p.data(VIEW, id=node)["view"]["spec"] == spec


def test_custom_charts(p: Site) -> None:
    wanted = {
        "entity": "ada", "name": "bars", "displayName": "Bars", "type": "vega2",
        "access": "PRIVATE", "spec": SPEC,
    }  # fmt: skip
    for _ in range(2):
        assert p.data(CHART, i=wanted) == {"createCustomChart": {"chart": {"id": "ada/bars"}}}
    refused = {
        "another": ({"access": "PUBLIC"}, 409, "name-taken"),
        "access": ({"access": "SECRET"}, 400, "invalid-input"),
        "language": ({"name": "b", "type": "x"}, 400, "unknown-language"),
        "spec": ({"name": "b", "spec": "["}, 400, "malformed-spec"),
        "entity": ({"entity": "nobody"}, 404, "not-found"),
    }
    for given, status, code in refused.values():
        assert said(p.graphql(CHART, i=wanted | given))[:2] == (status, code)
    assert said(p.graphql(CHART, user="bob", i=wanted))[:2] == (404, "not-found")
