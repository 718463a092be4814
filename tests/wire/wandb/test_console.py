"""Console lines: three ways of writing them, and what becomes of a second life."""

from __future__ import annotations

import json

from tests.wire.wandb.conftest import Site

from runstone.domain.run import ConsoleLine
from runstone.wire.wandb.console import is_console, parse_lines


def test_structured_and_plain() -> None:
    at = "2026-11-22T02:15:18.123456"
    lines = [
        json.dumps({"ts": at, "content": "out"}),
        json.dumps({"ts": at, "content": "err", "level": "error", "label": "rank0"}),
        f"{at} plain with a {{brace}}",
        f"ERROR {at} plain error",
        f"{at} ",
        '{"printed": "json"}',
        "anything else\n",
        json.dumps({"ts": at, "content": "half \ud800"}),
    ]
    found = parse_lines("output.log", lines, offset=3, writer="")
    assert found == [
        ConsoleLine("", 3, "out", at),
        ConsoleLine("", 4, "err", at, "error", "rank0"),
        ConsoleLine("", 5, "plain with a {brace}", at),
        ConsoleLine("", 6, "plain error", at, "error"),
        ConsoleLine("", 7, "", at),
        ConsoleLine("", 8, '{"printed": "json"}'),
        ConsoleLine("", 9, "anything else"),
        ConsoleLine("", 10, "half \\ud800", at),
    ]


def test_writers_are_told_apart() -> None:
    assert is_console("output.log")
    assert is_console("output_rank 1.log")
    assert not is_console("output.txt")
    (line,) = parse_lines("output_b.log", ["x"], offset=0, writer="")
    assert (line.writer, line.label) == ("b", "b")
    (line,) = parse_lines("output_b.log", ["x"], offset=0, writer="client-1")
    assert (line.writer, line.label) == ("client-1", "b")


def post(site: Site, offset: int, *texts: str) -> None:
    content = [json.dumps({"ts": "2026-11-22T02:15:18", "content": text}) for text in texts]
    assert site.stream({"output.log": {"offset": offset, "content": content}}).status_code == 200


def texts(site: Site) -> list[str]:
    run = site.run()
    lines = site.read(lambda snapshot: snapshot.console.lines(run.id))
    assert [line.number for line in lines] == list(range(len(lines)))
    return [line.text for line in lines]


def test_progress_bars_are_rewritten(site: Site) -> None:
    site.begin()
    post(site, 0, "a", "10 %")
    post(site, 1, "20 %")
    site.begin()  # config changed meanwhile
    post(site, 1, "30 %", "b")
    assert texts(site) == ["a", "30 %", "b"]


def test_the_same_lines_again(site: Site) -> None:
    site.begin()
    post(site, 0, "a", "b", "c", "d")
    site.begin()
    post(site, 0, "a", "b")
    post(site, 2, "c", "d", "e")
    assert texts(site) == ["a", "b", "c", "d", "e"]


def test_a_second_life(site: Site) -> None:
    site.begin()
    post(site, 0, "began", "one", "two")
    site.stream(complete=True, exitcode=0)
    site.begin()
    post(site, 0, "began")  # so far it may be the first life once more
    post(site, 1, "three", "four")
    post(site, 3, "five")
    assert texts(site) == ["began", "one", "two", "three", "four", "five"]
    site.begin()
    post(site, 6, "resumed")
    assert texts(site)[-2:] == ["five", "resumed"]
