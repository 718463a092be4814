"""Administration: users, teams, organizations, API keys."""

from __future__ import annotations

import httpx
import pytest
from tests.wire.rest.conftest import Site

pytestmark = pytest.mark.anyio

BOB = {"username": "bob", "name": "Bob", "email": "bob@lab.test", "is_admin": False}


async def test_users(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    eve = {"username": "eve", "name": "eve", "email": None, "is_admin": False}

    made = await ada.post("/users", json={"username": "eve"})

    assert (made.status_code, made.json()) == (201, eve)
    everyone = (await ada.get("/users")).json()["users"]
    assert [user["username"] for user in everyone] == ["ada", "bob", "eve"]
    assert (await bob.get("/users")).json() == {"users": [BOB]}
    assert (await ada.post("/users", json={"username": "EVE"})).status_code == 409
    assert (await ada.post("/users", json={"username": "a b"})).json()["code"] == "invalid-name"
    assert (await bob.post("/users", json={"username": "mal"})).status_code == 403
    assert (await bob.delete("/users/eve")).status_code == 403
    assert (await ada.delete("/users/eve")).status_code == 204
    assert (await ada.delete("/users/eve")).status_code == 404
    assert (await ada.delete("/users/ada")).status_code == 409


async def test_a_deleted_users_key_opens_nothing_at_once(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    assert (await bob.get("/me")).status_code == 200
    await ada.delete("/users/bob")
    assert (await bob.get("/me")).status_code == 401


async def test_teams_and_their_members(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, site: Site
) -> None:
    await ada.post("/organizations", json={"name": "uni"})

    made = await ada.post("/teams", json={"name": "lab", "organization": "uni"})

    assert made.status_code == 201
    assert made.json() == {
        "name": "lab",
        "organization": "uni",
        "created_at": made.json()["created_at"],
    }
    assert (await ada.get("/teams")).json() == {"teams": [made.json()]}
    assert (await bob.get("/teams")).json() == {"teams": []}
    assert (await bob.get("/teams/lab/members")).status_code == 404
    assert (await bob.post("/projects", json={"entity": "lab", "name": "p"})).status_code == 404

    added = await ada.put("/teams/lab/members/bob", json={"role": "viewer"})

    assert (added.status_code, added.json()) == (200, {"username": "bob", "role": "viewer"})
    assert (await bob.post("/projects", json={"entity": "lab", "name": "p"})).status_code == 403
    await ada.put("/teams/lab/members/bob", json={"role": "member"})
    assert (await bob.post("/projects", json={"entity": "lab", "name": "p"})).status_code == 201
    assert {"name": "lab", "kind": "team"} in (await bob.get("/me")).json()["entities"]
    assert (await bob.get("/teams/lab/members")).json() == {
        "members": [
            {"username": "ada", "role": "admin"},
            {"username": "bob", "role": "member"},
        ]
    }
    assert (await bob.put("/teams/lab/members/bob", json={"role": "admin"})).status_code == 403
    assert (await ada.put("/teams/lab/members/bob", json={"role": "king"})).status_code == 400
    assert (await ada.put("/teams/lab/members/zoe", json={"role": "admin"})).status_code == 404
    assert (await bob.delete("/teams/lab/members/ada")).status_code == 403
    assert (await bob.delete("/teams/lab/members/bob")).status_code == 204
    assert (await bob.get("/teams/lab/members")).status_code == 404
    assert (await ada.delete("/teams/lab")).status_code == 409
    assert (await ada.delete("/teams/gone")).status_code == 404


async def test_organizations(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    made = await ada.post("/organizations", json={"name": "uni"})

    assert made.status_code == 201
    home = {"organizations": (await bob.get("/organizations")).json()["organizations"]}
    # Whoever comes while there is one organization alone is in that.
    assert [one["name"] for one in home["organizations"]] == ["home"]
    both = {"organizations": [*home["organizations"], made.json()]}
    assert (await ada.get("/organizations")).json() == both
    member = await ada.put("/organizations/uni/members/bob", json={"role": "member"})
    assert member.json() == {"username": "bob", "role": "member"}
    assert (await bob.get("/organizations")).json() == both
    assert (await bob.post("/organizations", json={"name": "x"})).status_code == 403
    assert (await bob.delete("/organizations/uni")).status_code == 403
    assert (await ada.delete("/organizations/uni")).status_code == 204
    assert (await ada.get("/organizations")).json() == home


async def test_api_keys(site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    made = await bob.post("/api-keys", json={"name": "laptop", "lifetime_days": 30})

    assert made.status_code == 201
    key, secret = made.json()["key"], made.json()["secret"]
    assert secret.startswith(key["hint"])
    assert (key["username"], key["name"], key["last_used_at"]) == ("bob", "laptop", None)
    assert key["expires_at"] > key["created_at"]
    listed = (await bob.get("/api-keys")).json()["keys"]
    assert [k["username"] for k in listed] == ["bob", "bob"]
    assert key["id"] in [k["id"] for k in listed]
    assert all("secret" not in k for k in listed)
    assert len((await ada.get("/api-keys")).json()["keys"]) == 3
    assert len((await ada.get("/api-keys?user=bob")).json()["keys"]) == 2
    assert (await bob.get("/api-keys?user=ada")).status_code == 403
    async with site.client(secret) as new:
        assert (await new.get("/me")).json()["user"] == BOB
        assert (await bob.delete(f"/api-keys/{key['id']}")).status_code == 204
        assert (await new.get("/me")).json()["code"] == "invalid-api-key"
    assert (await bob.delete(f"/api-keys/{key['id']}")).status_code == 404
    assert (await bob.delete("/api-keys/x")).status_code == 404
    assert (await bob.delete("/api-keys/" + "9" * 30)).status_code == 404


async def test_an_administrator_moves_existing_keys_here(
    site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    wanted = {"user": "bob", "secret": "0123456789" * 4}

    assert (await bob.post("/api-keys", json=wanted)).status_code == 403
    assert (await ada.post("/api-keys", json=wanted)).json()["secret"] == wanted["secret"]
    assert (await ada.post("/api-keys", json=wanted)).status_code == 409
    weak = await ada.post("/api-keys", json={"secret": "short"})
    assert (weak.status_code, weak.json()["code"]) == (400, "weak-api-key")
    for days in (0, -1, 1e9):
        assert (await ada.post("/api-keys", json={"lifetime_days": days})).status_code == 400
    async with site.client(wanted["secret"]) as moved:
        assert (await moved.get("/me")).json()["user"] == BOB
