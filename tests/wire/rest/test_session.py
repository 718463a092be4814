"""Signing in, out, and by whom changes may be made."""

from __future__ import annotations

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.access import OPERATOR
from runstone.services.signin import create_sign_in_link
from runstone.wire.common.auth import operator_token

pytestmark = pytest.mark.anyio

CSRF = {"x-runstone-csrf": "1"}


async def test_a_sign_in_link_opens_a_session_once(site: Site, nobody: httpx.AsyncClient) -> None:
    token = site.store.write(lambda tx: create_sign_in_link(tx, OPERATOR, "ada")).result()

    first = await nobody.post("/session", json={"token": token})
    second = await nobody.post("/session", json={"token": token})

    assert first.status_code == 201
    assert first.json() == {
        "user": {"username": "ada", "name": "ada", "email": None, "is_admin": True}
    }
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("runstone_session=")
    assert "; HttpOnly; SameSite=Lax" in cookie
    assert "; Path=/;" in cookie
    assert "Secure" not in cookie
    assert second.status_code == 401
    assert second.json()["code"] == "link-used"


async def test_me(ada: httpx.AsyncClient) -> None:
    me = (await ada.get("/me")).json()

    assert me == {
        "user": {"username": "ada", "name": "ada", "email": None, "is_admin": True},
        "entities": [{"name": "ada", "kind": "user"}],
        "server": {"base_url": "http://runs.test", "version": "0.1.0"},
    }


async def _signed_in(site: Site, nobody: httpx.AsyncClient) -> httpx.AsyncClient:
    answer = await nobody.post("/session", json={"api_key": site.ada_key})
    return site.client(cookie=answer.cookies["runstone_session"])


async def test_signing_out_ends_the_session(site: Site, nobody: httpx.AsyncClient) -> None:
    async with await _signed_in(site, nobody) as browser:
        assert (await browser.get("/me")).status_code == 200
        out = await browser.delete("/session", headers=CSRF)
        assert (out.status_code, out.content) == (204, b"")
        assert "Max-Age=0" in out.headers["set-cookie"]
        after = await browser.get("/me")
        assert (after.status_code, after.json()["code"]) == (401, "session-expired")
        assert (await browser.delete("/session", headers=CSRF)).status_code == 204


async def test_changes_by_cookie_need_the_csrf_header(
    site: Site, nobody: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    async with await _signed_in(site, nobody) as browser:
        refused = await browser.post("/projects", json={"name": "p"})
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
        assert (await browser.delete("/session")).json()["code"] == "csrf"
        assert (await browser.post("/projects", json={"name": "p"}, headers=CSRF)).is_success
    assert (await ada.post("/projects", json={"name": "q"})).is_success


async def test_cookies_of_other_programs_on_the_host_do_no_harm(
    site: Site, nobody: httpx.AsyncClient
) -> None:
    token = (await nobody.post("/session", json={"api_key": site.ada_key})).cookies[
        "runstone_session"
    ]
    for odd in ('a={"b": 1}; ', "käse=1; ", ";;=; ", "runstone_session=; "):
        cookie = f"{odd}runstone_session={token}; last".encode("latin-1")
        answer = await nobody.get("/me", headers={b"cookie": cookie})
        assert answer.status_code == 200, odd


async def test_the_operator_of_the_folder_may_do_everything(site: Site) -> None:
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {operator_token(site.context.signer)}"
        me = (await client.get("/me")).json()
        assert me["user"] == {
            "username": "operator",
            "name": "operator",
            "email": None,
            "is_admin": True,
        }
        assert me["entities"] == []
        assert (await client.post("/sign-in-links", json={"user": "bob"})).status_code == 201
        assert (await client.post("/sign-in-links")).status_code == 404
        assert (await client.post("/projects", json={"name": "p"})).status_code == 400


async def test_a_password_signs_in(
    site: Site, ada: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    right = {"username": "bob", "password": "correct horse"}
    assert (await nobody.post("/session", json=right)).json()["code"] == "wrong-password"
    assert (
        await bob.put("/users/bob/password", json={"password": "correct horse"})
    ).status_code == 204

    assert (await nobody.post("/session", json=right)).status_code == 201
    for wrong in ({**right, "password": "wrong"}, {**right, "username": "nobody"}):
        answer = await nobody.post("/session", json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong-password")
    short = await ada.put("/users/bob/password", json={"password": "short"})
    assert short.status_code == 400
    others = await bob.put("/users/ada/password", json={"password": "correct horse"})
    assert others.status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"username": "ada"}, {"token": "t", "api_key": "k"}, {"token": 1}, {"tokn": "t"}]
)
async def test_anything_but_one_proof_is_refused(
    nobody: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await nobody.post("/session", json=body)).status_code == 400


async def test_a_form_of_another_site_cannot_sign_anyone_in(
    site: Site, nobody: httpx.AsyncClient
) -> None:
    forged = await nobody.post(
        "/session",
        content=f'{{"api_key": "{site.ada_key}"}}',
        headers={"content-type": "text/plain"},
    )
    assert (forged.status_code, forged.json()["code"]) == (415, "unsupported-media-type")


async def test_the_cookie_is_secure_under_https(site: Site, nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post("https://runs.test/api/v1/session", json={"api_key": site.ada_key})
    assert answer.headers["set-cookie"].endswith("; Secure")


async def test_sign_in_links_are_made_for_oneself_or_by_an_administrator(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    link = (await bob.post("/sign-in-links")).json()
    assert link["url"] == f"http://runs.test/signin?token={link['token']}"
    assert (await nobody.post("/session", json={"token": link["token"]})).is_success
    assert (await ada.post("/sign-in-links", json={"user": "bob"})).status_code == 201
    assert (await bob.post("/sign-in-links", json={"user": "ada"})).status_code == 403
