"""Keys, tokens and cookies that open nothing, at every door: 401, which ends what a client does."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.faults.victim import KEEPSAKE, Victim, basic, refused


def new_key(victim: Victim, **more: object) -> Any:
    answer = victim.ask("POST", "/api/v1/api-keys", json.dumps({"name": "k"} | more).encode())
    assert answer.status == 201, answer
    return answer.json()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_keys_that_open_nothing(victim: Victim) -> None:
    key = victim.key
    file = f"/files/{victim.entity}/p/{KEEPSAKE}/kept/model.bin"
    doors = [
        ("POST", "/graphql", json.dumps({"query": "{viewer{id}}"}).encode()),
        ("POST", victim.stream_path(KEEPSAKE), b"{}"),
        ("GET", file, None),
        ("GET", "/api/v1/me", None),
    ]
    revoked, expired = new_key(victim), new_key(victim, lifetime_days=1e-9)
    assert victim.server.ask("GET", "/api/v1/me", headers=bearer(revoked["secret"])).status == 200
    path = f"/api/v1/api-keys/{revoked['key']['id']}"
    assert victim.ask("DELETE", path).status == 204
    credentials: list[dict[str, str]] = [
        {},
        *({"Authorization": text} for text in (
            "", "Basic", "Basic ", "Basic !!!", "Basic ü", "Bearer", "Bearer ", "Bearer x",
            "Bearer a.b.c", "Bearer operator.", "Bearer operator.eyJ.a.b", "Digest x", "Bäsic x",
            basic(""), basic("abc"), basic("local-" + "0" * 40), basic(key[:-1]), basic(key + "x"),
            basic(key.upper()), basic(" " + key), basic(key + "\0"), basic("x" * 40_000),
            basic(revoked["secret"]), basic(expired["secret"]),
            "Basic " + base64.b64encode(key.encode()).decode(),
            "Basic " + base64.b64encode(b"api:\xff\xfe").decode(),
            basic(key) + ", Basic x", f"Basic {basic(key)}",
        )),
        *({"Cookie": text} for text in (
            "runstone_session=", "runstone_session=zzz", "sessionid=abc; csrftoken=; foo[bar]=1",
            "ÿþ=;;;==;\"\\", "runstone_session=" + "a" * 20_000, f"runstone_session={key}",
        )),
    ]  # fmt: skip
    for headers in credentials:
        for method, path, body in doors:
            answer = victim.server.ask(method, path, body=body, headers=headers)
            assert answer.headers.get("www-authenticate"), (headers, path, answer)
            refused(answer, 401)
