"""Registries over the native API: made, shared, linked to, promoted, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, log_version

from runstone.domain.access import OPERATOR
from runstone.services.accounts import create_key, create_user

pytestmark = pytest.mark.anyio

MODELS = "/registries/home/models"
NETS = f"{MODELS}/collections/Nets"
FIRST = {"entity": "ada", "project": "digits", "collection": "net", "version": "v0"}
SECOND = {**FIRST, "version": "v1"}


@pytest.fixture
async def models(site: Site, ada: httpx.AsyncClient) -> Site:
    """A registry of models, with two versions of Ada's linked into `Nets`."""
    site.add_run("r1")
    for number in range(2):
        await log_version(site, "net", {"w": b"%d" % number}, type_name="model", run="r1")
    wanted = {"organization": "home", "name": "models", "types": ["model"]}
    assert (await ada.post("/registries", json=wanted)).status_code == 201
    for version, aliases in ((FIRST, ["production"]), (SECOND, ["staging"])):
        linked = await ada.post(f"{NETS}/versions", json={**version, "aliases": aliases})
        assert linked.status_code == 201, linked.text
    return site


@pytest.fixture
async def eve(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Someone who is in no organization: it was made before there was one alone."""

    def join(tx):  # type: ignore[no-untyped-def]
        tx.accounts.create_organization("elsewhere")
        create_user(tx, OPERATOR, "eve")
        return create_key(tx, OPERATOR, "eve")[1]

    key = await asyncio.wrap_future(site.store.write(join))
    async with site.client(key) as client:
        yield client


async def _problem(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def _changes(ada: httpx.AsyncClient) -> list[tuple[str, str]]:
    listed = (await ada.get(f"{MODELS}/changes")).json()["changes"]
    return [(one["kind"], one["username"]) for one in listed]


async def test_a_registry_says_what_it_holds(ada: httpx.AsyncClient, models: Site) -> None:
    (one,) = (await ada.get("/registries")).json()["registries"]
    assert one == (await ada.get(MODELS)).json()
    facts = ("organization", "name", "project", "visibility", "role", "types", "num_versions")
    assert [one[fact] for fact in facts] == [
        "home", "models", "wandb-registry-models", "organization", "admin", ["model"], 2,
    ]  # fmt: skip
    collection = (await ada.get(NETS)).json()
    assert [(a["name"], a["index"]) for a in collection["aliases"]] == [
        ("latest", 1), ("production", 0), ("staging", 1),
    ]  # fmt: skip
    versions = (await ada.get(f"{NETS}/versions?limit=1")).json()
    assert [one["index"] for one in versions["versions"]] == [1]
    rest = (await ada.get(f"{NETS}/versions?cursor={versions['next_cursor']}")).json()
    assert [one["index"] for one in rest["versions"]] == [0]
    source = rest["versions"][0]["source"]
    assert (source["project"], source["collection"], source["index"], source["run"]) == (
        "digits", "net", 0, "r1",
    )  # fmt: skip


async def test_all_registries_are_searched(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, models: Site
) -> None:
    for text, num in (("nets", 1), ("PRODUCTION", 1), ("model", 1), ("nothing", 0)):
        found = (await bob.get("/registry-collections", params={"search": text})).json()
        assert len(found["collections"]) == num, text
    await ada.patch(MODELS, json={"visibility": "restricted"})
    hidden = (await bob.get("/registry-collections", params={"search": "nets"})).json()
    assert hidden["collections"] == []
    assert (await bob.get("/registries")).json()["registries"] == []
    assert (await bob.get(MODELS)).status_code == 404


async def test_a_registry_is_changed_and_deleted(ada: httpx.AsyncClient, models: Site) -> None:
    changed = await ada.patch(
        MODELS, json={"name": "nets", "description": "d", "add_types": ["data"]}
    )
    one = changed.json()
    assert (one["name"], one["description"], one["types"]) == ("nets", "d", ["data", "model"])
    assert (await ada.get(MODELS)).status_code == 404
    assert (await ada.delete("/registries/home/nets")).status_code == 204
    assert (await ada.get("/registries/home/nets")).status_code == 404
    # The versions stay where they were logged, and what happened stays known.
    assert (await ada.get(f"{ARTIFACTS}/net/versions/v0")).status_code == 200
    log = (await ada.get("/organizations/home/registry-changes?limit=1")).json()
    assert log["changes"][0]["kind"] == "deleted"
    assert log["next_cursor"] is not None


async def test_bad_input_is_told(ada: httpx.AsyncClient, models: Site) -> None:
    new = {"organization": "home", "name": "models"}
    refusals = [
        (await ada.post("/registries", json=new), (409, "already-exists")),
        (
            await ada.post("/registries", json={**new, "name": "wandb-registry-x"}),
            (400, "invalid-name"),
        ),
        (await ada.post("/registries", json={**new, "organization": "x"}), (404, "not-found")),
        (await ada.put(f"{MODELS}/protected-aliases/latest"), (400, "invalid-name")),
        (
            await ada.post(f"{NETS}/versions", json={**FIRST, "aliases": ["v7"]}),
            (400, "invalid-name"),
        ),
        (
            await ada.put(f"{MODELS}/members/nobody", json={"role": "viewer"}),
            (404, "not-found"),
        ),
        (await ada.patch(MODELS, json={"name": "a/b"}), (400, "invalid-name")),
    ]
    for response, expected in refusals:
        assert await _problem(response) == expected, response.text
    await log_version(models, "notes", {"a": b"a"}, type_name="text")
    notes = {**FIRST, "collection": "notes"}
    refused = await ada.post(f"{MODELS}/collections/Notes/versions", json=notes)
    assert await _problem(refused) == (409, "type-not-allowed")
    assert (await ada.get(f"{MODELS}/collections/Notes")).status_code == 404
    assert (await ada.get(NETS)).json()["num_versions"] == 2


async def test_a_registry_is_no_project(ada: httpx.AsyncClient, models: Site) -> None:
    assert [p["name"] for p in (await ada.get("/projects")).json()["projects"]] == ["digits"]
    gone = await ada.delete("/projects/home-org/wandb-registry-models")
    assert await _problem(gone) == (403, "registries-only")
    made = await ada.post("/projects", json={"entity": "ada", "name": "wandb-registry-x"})
    assert await _problem(made) == (400, "invalid-name")


async def test_of_two_who_move_an_alias_the_second_is_told(
    ada: httpx.AsyncClient, models: Site
) -> None:
    path = f"{NETS}/aliases/production"
    wanted = {"version": "v1", "expected": "v0"}
    first, second = [await ada.put(path, json=wanted) for _ in range(2)]
    assert first.status_code == 200
    assert await _problem(second) == (409, "alias-moved")
    assert second.json()["version"] == "v1"
    assert (await ada.get(f"{NETS}/versions/production")).json()["index"] == 1
    assert (await ada.put(path, json={"version": None, "expected": "v1"})).status_code == 200
    assert (await ada.get(f"{NETS}/versions/production")).status_code == 404
    assert [kind for kind, _ in (await _changes(ada))[:2]] == ["alias_removed", "alias_moved"]


async def test_only_administrators_move_protected_aliases(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, models: Site
) -> None:
    await ada.put(f"{MODELS}/members/bob", json={"role": "member"})
    await ada.put(f"{MODELS}/protected-aliases/production")
    refusals = [
        await bob.put(f"{NETS}/aliases/production", json={"version": "v1"}),
        await bob.put(f"{NETS}/aliases/production", json={"version": None}),
        await bob.delete(f"{NETS}/versions/v0"),
        await bob.delete(NETS),
        await bob.post(f"{NETS}/versions/v1/stage", json={"stage": "Production"}),
    ]
    for refused in refusals:
        assert await _problem(refused) == (403, "alias-protected"), refused.text
    assert (await bob.delete(f"{MODELS}/protected-aliases/production")).status_code == 403
    assert (await bob.put(f"{NETS}/aliases/staging", json={"version": "v0"})).status_code == 200
    assert (await bob.delete(f"{NETS}/versions/v1")).status_code == 204
    assert (await ada.get(f"{NETS}/versions/production")).json()["index"] == 0
    assert (await ada.put(f"{NETS}/aliases/production", json={"version": None})).status_code == 200


async def test_roles(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, eve: httpx.AsyncClient, models: Site
) -> None:
    linked = "/projects/home-org/wandb-registry-models/artifacts/Nets/versions/v0"
    # In the organization: a viewer, who has the bytes of versions of a project that he cannot see.
    assert (await bob.get(MODELS)).json()["role"] == "viewer"
    assert (await bob.get(f"{ARTIFACTS}/net/versions/v0")).status_code == 404
    assert (await bob.get(f"{linked}/files/w")).content == b"0"
    assert (await bob.get(f"{NETS}/versions/v0")).json()["source"] is None
    for refused in (
        await bob.post(f"{NETS}/versions", json=FIRST),
        await bob.delete(f"{NETS}/versions/v0"),
        await bob.patch(NETS, json={"description": "x"}),
        await bob.patch(MODELS, json={"description": "x"}),
        await bob.delete(MODELS),
        await bob.put(f"{MODELS}/members/bob", json={"role": "admin"}),
    ):
        assert refused.status_code in (403, 404), refused.text
    # A restricted viewer of a registry that the organization does not see has no bytes.
    await ada.patch(MODELS, json={"visibility": "restricted"})
    await ada.put(f"{MODELS}/members/bob", json={"role": "restricted_viewer"})
    assert (await bob.get(f"{NETS}/versions")).status_code == 200
    for path in ("/files", "/files/w"):
        assert (await bob.get(linked + path)).status_code == 403, path
    # Who leaves is out; who is in no organization never was in, and is not added.
    assert (await bob.delete(f"{MODELS}/members/bob")).status_code == 204
    assert (await bob.get(NETS)).status_code == 404
    assert (await eve.get(MODELS)).status_code == 404
    assert (await eve.get("/registries")).json() == {"registries": [], "organizations": []}
    added = await ada.put(f"{MODELS}/members/eve", json={"role": "viewer"})
    assert await _problem(added) == (400, "not-in-organization")


async def test_a_version_in_production_is_not_deleted_at_its_source(
    ada: httpx.AsyncClient, models: Site
) -> None:
    key = models.bob_key
    await ada.post("/teams", json={"name": "lab"})
    await ada.put("/teams/lab/members/bob", json={"role": "admin"})
    await log_version(models, "net", {"w": b"of the lab"}, type_name="model", entity="lab")
    await ada.put(f"{MODELS}/protected-aliases/production")
    wanted = {**FIRST, "entity": "lab", "aliases": ["production"]}
    assert (await ada.post(f"{NETS}/versions", json=wanted)).status_code == 201
    async with models.client(key) as bob:
        home = "/projects/lab/digits/artifacts/net"
        refused = await bob.delete(f"{home}/versions/v0?aliases=true")
        assert await _problem(refused) == (403, "alias-protected")
        assert await _problem(await bob.delete(home)) == (403, "alias-protected")
    assert (await ada.delete(f"{home}/versions/v0?aliases=true")).status_code == 204
    assert (await _changes(ada))[0] == ("unlinked", "ada")


async def test_stages_are_aliases(ada: httpx.AsyncClient, models: Site) -> None:
    stage = f"{NETS}/versions/v1/stage"
    moved = await ada.post(stage, json={"stage": "Production", "archive_existing_versions": True})
    assert moved.json()["stage"] == "Production"
    assert [a["name"] for a in moved.json()["aliases"]] == ["latest", "production"]
    before = (await ada.get(f"{NETS}/versions/v0")).json()
    assert (before["stage"], [a["name"] for a in before["aliases"]]) == ("Archived", ["archived"])
    out = (await ada.post(stage, json={"stage": "None"})).json()
    assert (out["stage"], [a["name"] for a in out["aliases"]]) == ("None", ["latest"])
    wrong = await ada.post(stage, json={"stage": "None", "archive_existing_versions": True})
    assert wrong.status_code == 400


async def test_everything_is_written_down(ada: httpx.AsyncClient, models: Site) -> None:
    await ada.put(f"{MODELS}/members/bob", json={"role": "member"})
    await ada.put(f"{MODELS}/members/bob", json={"role": "viewer"})
    await ada.delete(f"{MODELS}/members/bob")
    await ada.put(f"{MODELS}/protected-aliases/production")
    await ada.delete(f"{MODELS}/protected-aliases/production")
    await ada.delete(f"{NETS}/versions/v1")
    await ada.delete(NETS)
    kinds = [kind for kind, _ in await _changes(ada)]
    assert kinds == [
        "collection_deleted", "unlinked", "alias_unprotected", "alias_protected",
        "member_removed", "member_changed", "member_added", "alias_set", "linked", "alias_set",
        "linked", "collection_created", "created",
    ]  # fmt: skip
    page = (await ada.get(f"{MODELS}/changes?limit=12")).json()
    last = (await ada.get(f"{MODELS}/changes?cursor={page['next_cursor']}")).json()
    assert [one["kind"] for one in last["changes"]] == ["created"]
    assert last["next_cursor"] is None
    linked = next(one for one in page["changes"] if one["kind"] == "linked")
    assert (linked["source"], linked["collection"], linked["version"]) == (
        "ada/digits/net:v1", "Nets", 1,
    )  # fmt: skip
