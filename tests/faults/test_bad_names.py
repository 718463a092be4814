"""Names that are hard: refused where they could do harm, else kept to the letter; never a path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.faults.victim import HISTORY, KEEPSAKE, PROJECT, Victim, refused

LONG = "n" * 10_000
SURROGATE = "x\ud800y"

ODD = {
    "quotes": "'\"`;--",
    "emoji": "😀🏳️‍🌈",
    "rtl": "שלום-عربى",
    "override": "\u202eabc\u2066",
    "combining": "e\u0301",
    "zero width": "a\u200bb",
    "markup": "<script>alert(1)</script>"[:7] + "b>",
    "template": "${x}{{y}}$(z)",
    "like": "%_*".replace("%", ""),
    "spaces": " a  b ",
    "last": "\U0010ffff",
}
"""Legal everywhere, even as the id of a run."""
NO_ID = {
    "slash": "a/b",
    "percent": "a%2Fb",
    "question": "a?b",
    "hash": "a#b",
    "colon": "a:b",
    "backslash": "a\\b",
    "dot": ".",
    "dots": "..",
    "climb": "../../x",
    "climb encoded": "%2e%2e%2fx",
    "climb back": "..\\..\\x",
    "absolute": "/etc/passwd",
    "drive": "C:\\x",
    "blank": " ",
    "line end": "a\nb",
    "bell": "\x01\x07",
    "c1": "\x85",
    "nul": "a\0b",
    "surrogate": SURROGATE,
    "long": LONG,
}
"""Refused as the name of a run, a project, an entity."""


def texts(*tables: dict[str, str]) -> pytest.MarkDecorator:
    cases = [pytest.param(text, id=name) for table in tables for name, text in table.items()]
    return pytest.mark.parametrize("text", cases)


@texts(NO_ID)
def test_names_that_cannot_be(victim: Victim, text: str) -> None:
    for given in (
        {"name": text},
        {"name": "r", "modelName": text},
        {"name": "r", "entityName": text},
    ):
        said = refused(victim.upsert(**given), 400, 404)
        assert len(said) < 1_100
    team = "mutation($n:String!){createTeam(input:{teamName:$n}){entity{name}}}"
    refused(victim.graphql(team, {"n": text}))
    project = "mutation($n:String!){upsertModel(input:{name:$n}){model{name}}}"
    refused(victim.graphql(project, {"n": text}), 400)


@texts(ODD)
def test_hard_names_are_kept(victim: Victim, text: str) -> None:
    project = f"p{text}"
    assert victim.upsert(text, modelName=project).status == 200
    path = victim.stream_path(text, project=project)
    rows = {HISTORY: {"offset": 0, "content": [json.dumps({text: 1.5, "s": text})]}}
    assert victim.ask("POST", path, json.dumps({"files": rows}).encode()).status == 200
    found = victim.read_run(text, project)
    assert found["name"] == text
    row = json.loads(found["history"][0])
    assert (row[text], row["s"]) == (1.5, text)
    place = "/".join(quote(part, safe="") for part in (victim.entity, project, "runs", text))
    shown = victim.ask("GET", f"/api/v1/projects/{place}")
    assert shown.status == 200
    assert (shown.json()["id"], shown.json()["project"]) == (text, project)


@texts(ODD, NO_ID)
def test_texts_that_people_write_may_be_anything(victim: Victim, text: str) -> None:
    """Only what no database can hold is replaced; a display name with NUL is refused instead."""
    run = victim.new_run("texts")
    kept = text.replace("\0", "\ufffd").replace("\ud800", "?")
    given = {"tags": [text, text], "groupName": text, "jobType": text, "notes": text}
    config = {text: {"value": {text: [text]}}}
    answer = victim.upsert(
        run, **given, config=json.dumps(config), summaryMetrics=json.dumps({text: text})
    )
    assert answer.status == 200
    found = victim.read_run(run)
    assert found["tags"] == [kept]
    assert (found["group"], found["jobType"], found["notes"]) == (kept, kept, kept)
    assert json.loads(found["config"]) == config
    assert json.loads(found["summaryMetrics"]) == {text: text}
    answer = victim.upsert(run, displayName=text)
    if "\0" not in text and len(text) <= 1_024:
        assert answer.status == 200
        assert victim.read_run(run)["displayName"] == kept
    else:
        refused(answer, 400)
    assert victim.ask("GET", f"/api/v1/projects/{victim.entity}/p/runs/{run}").status == 200


@texts(ODD, NO_ID)
def test_metric_keys_may_be_anything(victim: Victim, text: str) -> None:
    run = victim.new_run(f"keys-{abs(hash(text))}")
    row = json.dumps({text: 1.5, "deep": {text: {text: 2}}, "s": text})
    assert victim.rows(run, [row]).status == 200
    stored = text.replace("\ud800", "\\ud800")  # no database holds half a character
    found = json.loads(victim.read_run(run)["history"][0])
    assert (found[stored], found[f"deep.{stored}.{stored}"], found["s"]) == (1.5, 2, text)
    keys = victim.ask("GET", f"/api/v1/projects/{victim.entity}/p/keys?run={run}").json()["keys"]
    assert {key["name"] for key in keys} == {stored, f"deep.{stored}.{stored}", "s"}
    one = {"entity": victim.entity, "project": PROJECT, "runs": [run], "keys": [stored]}
    curves = victim.ask("POST", "/api/v1/series", json.dumps({"requests": [one]}).encode())
    assert curves.status == 200
    assert b'"exact":true' in curves.body


@texts(ODD, NO_ID)
def test_what_is_asked_for_by_hard_names_is_just_not_there(victim: Victim, text: str) -> None:
    run = f'run(name:"{KEEPSAKE}")'
    for query in (
        "query($n:String!){project(entityName:$n,name:$n){name}}",
        "query($n:String!){entity(name:$n){name}}",
        'query($n:String!){project(name:"p"){run(name:$n){name}}}',
        'query($n:String!){project(name:"p"){' + run + "{files(names:[$n],pattern:$n,after:$n)"
        "{edges{node{name}}} wandbConfig(keys:[$n])}}}",
        'query($n:String!){project(name:"p"){runs(order:$n){totalCount}}}',
        'query($n:JSONString!){project(name:"p"){runs(filters:$n){totalCount}}}',
        'query($n:String!){project(name:"p"){' + run + "{logLines(after:$n){edges{node{line}}}}}}",
        "query($n:String!){users(query:$n){totalCount}}",
        "query($n:String!){organization(name:$n){name}}",
        "query($n:String!){models(entityName:$n){totalCount}}",
    ):
        assert victim.graphql(query, {"n": text}).status in (200, 400, 404, 501)


# Files


@texts(ODD, {"colon": "a:b?c#d%2Fe", "hidden": ".hidden", "dots": "a..b/...", "device": "CON",
             "newline": "a\nb", "long": "n" * 1_024, "folder": "a/b/c.txt"})  # fmt: skip
def test_hard_file_names_are_kept(victim: Victim, text: str) -> None:
    run = victim.new_run("files")
    url = victim.upload_urls(run, [text])[0]
    assert victim.ask("PUT", url, text.encode()).status == 200
    query = (
        '{project(name:"p"){run(name:"files"){files(first:1000){edges{node{name url directUrl}}}}}}'
    )
    edges = victim.graphql(query).json()["data"]["project"]["run"]["files"]["edges"]
    file = next(edge["node"] for edge in edges if edge["node"]["name"] == text)
    for link in (file["url"], file["directUrl"]):
        answer = victim.ask("GET", link.removeprefix(victim.server.url))
        assert (answer.status, answer.body) == (200, text.encode())
        assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "name",
    ["", ".", "./", "/", "//", "..", "../x", "../../x", "a/../../x", "a/..", "/etc/passwd",
     "\\etc\\passwd", "..\\..\\x", "a\\..\\..\\x", "a/..\\x", "a\0b", LONG],
    ids=lambda name: repr(name[:20]),
)  # fmt: skip
def test_file_names_that_lead_elsewhere(victim: Victim, name: str) -> None:
    refused(victim.create_files(KEEPSAKE, [name]), 400)
    refused(victim.create_files(KEEPSAKE, ["fine.txt", name]), 400)
    names = [edge["node"]["name"] for edge in victim.read_run(KEEPSAKE)["files"]["edges"]]
    assert names == ["kept/model.bin"]


def paths_outside(victim: Victim) -> Iterator[str]:
    run = f"/files/{victim.entity}/{PROJECT}/{KEEPSAKE}"
    climbs = ("..", "%2e%2e", "%2E.", "%252e%252e", "..%5c..", "..\\..", "%c0%ae%c0%ae", "%00")
    for climb in climbs:
        for slash in ("/", "%2f", "%252f", "\\", "%5c"):
            up = slash.join([climb] * 6)
            for start in (
                run,
                "/files",
                "/assets",
                "/api/v1",
                "/api/v1/projects",
                "",
                "/uploads/x",
            ):
                for target in ("secret", f"etc{slash}passwd"):
                    yield f"{start}/{up}{slash}{target}"
    yield from (f"{run}//etc/passwd", f"{run}/%2fetc%2fpasswd", f"{run}/%5cetc%5cpasswd")
    yield from ("//etc/passwd", "/%2fetc/passwd", f"{run}/file:///etc/passwd", "/~root", "/.git")


def test_no_url_leads_outside(victim: Victim) -> None:
    secret = (victim.server.data / "secret").read_bytes()
    connection = victim.server.connect()
    for path in paths_outside(victim):
        for method, body in (("GET", None), ("PUT", b"evil"), ("DELETE", None)):
            connection.request(method, path, body=body, headers=victim.headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status in (400, 403, 404, 405), (method, path, answer.status)
            assert b"root:x:" not in said
            assert secret.strip() not in said
    connection.close()


def test_blobs_have_names_of_our_own(victim: Victim) -> None:
    """Nothing that a client says becomes part of a path."""
    run = victim.new_run("blobs")
    for name in ("visible-name.txt", "a/b/visible-folder.bin"):
        assert victim.ask("PUT", victim.upload_urls(run, [name])[0], b"x").status == 200
    url = victim.upload_urls(run, ["c.txt"])[0]
    token = url.split("/")[2]
    evil = f"/uploads/{token}/../../../../../../tmp/visible-evil"
    assert victim.ask("PUT", evil, b"x").status == 200  # the token alone says which file it is
    blobs = [path for path in (victim.server.data / "blobs").rglob("*") if path.is_file()]
    assert blobs
    assert not any("visible" in str(path) or "blobs.txt" in str(path) for path in blobs)
    assert not Path("/tmp/visible-evil").exists()
