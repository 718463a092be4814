"""What can be said wrongly in a file_stream post: its shape, its offsets, its place.

Every refusal must have a status that ends what the client was doing: anything else is sent again
for up to a week (protocol/wandb.md section 3).
"""

from __future__ import annotations

import pytest
from tests.faults.victim import EVENTS, HISTORY, KEEPSAKE, SUMMARY, Victim, refused

DIGITS = "9" * 5_000
"""More than Python reads as one number."""


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe\x00", b'{"files":', b'{"files":[]}',
        b'{"files":"x"}', b'{"files":{"a":1}}', b'{"files":{"a":null}}', b'{"files":{"a":[]}}',
        b'{"files":{"a":{"content":"x"}}}', b'{"files":{"a":{"content":[1]}}}',
        b'{"files":{"a":{"content":null}}}', b'{"files":{"a":{"content":[null]}}}',
        b'{"exitcode":"x"}', b'{"exitcode":1.5}', b'{"exitcode":1099511627776}',
        b'{"exitcode":' + DIGITS.encode() + b"}", b'{"complete":"yes"}', b'{"preempting":5}',
        b'{"uploaded":"x"}', b'{"uploaded":[1]}', b'{"uploaded":{}}', b"[" * 100_000,
        b'{"files":' * 10_000,
        b'{"files":{"a":{"content":[' + b"[" * 2_000 + b"]" * 2_000 + b"]}}}",
    ],
    ids=lambda body: repr(body[:40]),
)  # fmt: skip
def test_file_stream_bodies_of_a_wrong_shape(victim: Victim, body: bytes) -> None:
    refused(victim.ask("POST", victim.stream_path(KEEPSAKE), body), 400)


NO_OFFSETS: tuple[object, ...] = (
    -1,
    -(2**63),
    1.5,
    0.0,
    "1",
    "x",
    None,
    True,
    [],
    {},
    2**62,
    10**400,
    1e30,
)


@pytest.mark.parametrize("file", [HISTORY, EVENTS, "output.log", "unknown.txt"])
def test_offsets_that_are_none(victim: Victim, file: str) -> None:
    for offset in NO_OFFSETS:
        refused(victim.stream(KEEPSAKE, {file: {"offset": offset, "content": ["{}"]}}), 400)


@pytest.mark.parametrize("offset", [51, 1_000, 2**53, 2**62 - 1])
@pytest.mark.parametrize("file", [HISTORY, EVENTS])
def test_gaps_are_refused(victim: Victim, file: str, offset: int) -> None:
    run = victim.new_run(f"gap-{file}-{offset}")
    good = {HISTORY: {"offset": 0, "content": ['{"a":1}']}}
    both = good | {file: {"offset": offset, "content": ['{"a":1}']}}
    said = refused(victim.stream(run, both), 409)
    assert str(offset) in said
    # Nothing of that post is kept, and what fits goes on.
    assert victim.read_run(run)["historyLineCount"] == 0
    assert victim.stream(run, good).status == 200


def test_bodies_are_as_deep_as_can_be_read(victim: Victim) -> None:
    """Whatever the depth: parsed, or refused, by every parser that sees it."""
    for depth in (*range(20, 1_100, 45), 10_000):
        value = b"[" * depth + b'NaN,"\\ud800"' + b"]" * depth
        for path, body in (
            (victim.stream_path(KEEPSAKE), b'{"x":' + value + b"}"),
            ("/graphql", b'{"query":"{viewer{id}}","variables":{"x":' + value + b"}}"),
        ):
            answer = victim.ask("POST", path, body)
            if answer.status != 200:
                refused(answer, 400)


def test_gaps_in_the_console_are_lines_that_nobody_sent(victim: Victim) -> None:
    run = victim.new_run("console-gap")
    for offset in (5, 2**62 - 1):
        file = {"offset": offset, "content": ["x\n"]}
        assert victim.stream(run, {"output.log": file}).status == 200
    lines = victim.read_run(run)["logLines"]["edges"]
    assert [edge["node"]["line"] for edge in lines] == ["x", "x"]


@pytest.mark.parametrize(
    "line",
    [
        "[]", "5", "null", '"x"', "{", "", "\ud800", "NaN", "\ufeff{}",
        '{"a":' + "[" * 900 + "]" * 900 + "}", '{"a":' + DIGITS + "}",
    ],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_summaries_that_are_no_objects(victim: Victim, line: str) -> None:
    refused(victim.stream(KEEPSAKE, {SUMMARY: {"offset": 0, "content": [line]}}), 400)


def test_what_is_not_known_is_ignored(victim: Victim) -> None:
    run = victim.new_run("unknown-parts")
    odd = {"offset": 7, "content": ["x", "\0", "\ud800"]}
    files = dict.fromkeys(("x.txt", "../../x", "/etc/passwd", "", "output.logs", "\0"), odd)
    more = {"uploaded": ["never-announced", "../../x", "", "\0"], "dropped": 5, "x": {"y": []}}
    assert victim.stream(run, files, **more).status == 200
    assert victim.read_run(run)["files"]["edges"] == []


def test_unknown_places(victim: Victim) -> None:
    for entity, project, run in (
        ("nobody", "p", KEEPSAKE),
        (victim.entity, "nope", KEEPSAKE),
        (victim.entity, "p", "nope"),
    ):
        path = victim.stream_path(run, entity=entity, project=project)
        refused(victim.ask("POST", path, b"{}"), 404)
        refused(victim.ask("GET", f"/files/{entity}/{project}/{run}/x.txt"), 404)
    refused(victim.create_files("nope", ["a.txt"]), 404)
    refused(victim.upsert("never", entityName="nobody"), 404)
    # To readers what is absent is null: that is how the client's own words come about.
    answer = victim.graphql('{project(entityName:"nobody",name:"p"){name} entity(name:"no"){name}}')
    assert answer.status == 200
    assert answer.json()["data"] == {"project": None, "entity": None}
