"""A run's output over the API."""

from __future__ import annotations

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import RUN, print_lines

from runstone.domain.run import ConsoleLine

pytestmark = pytest.mark.anyio

CONSOLE = f"{RUN}/console"


@pytest.fixture
def run(site: Site) -> Site:
    site.add_run("r1")
    return site


def two_ranks(site: Site) -> None:
    print_lines(
        site,
        (
            ConsoleLine(
                f"id{n % 2}", n // 2, f"\x1b[3{n % 2}mstep {n}\x1b[0m", f"2026-01-01T00:00:{n:02}",
                "error" if n % 4 == 3 else None, f"rank{n % 2}",
            )
            for n in range(10)
        ),
    )  # fmt: skip


async def test_a_window(ada: httpx.AsyncClient, run: Site) -> None:
    assert (await ada.get(CONSOLE)).json() == {
        "lines": [], "start": 0, "next": 0, "total": 0, "writers": [], "cursor": "e30",
    }  # fmt: skip
    two_ranks(run)
    found = (await ada.get(CONSOLE, params={"start": 3, "limit": 2})).json()
    cursor = found.pop("cursor")
    assert found == {
        "lines": [
            {
                "position": 3, "writer": "id1", "number": 1, "text": "\x1b[31mstep 3\x1b[0m",
                "at": "2026-01-01T00:00:03", "level": "error", "label": "rank1",
            },
            {
                "position": 4, "writer": "id0", "number": 2, "text": "\x1b[30mstep 4\x1b[0m",
                "at": "2026-01-01T00:00:04", "level": None, "label": "rank0",
            },
        ],
        "start": 3, "next": 5, "total": 10,
        "writers": [
            {"writer": "id0", "label": "rank0", "num_lines": 5},
            {"writer": "id1", "label": "rank1", "num_lines": 5},
        ],
    }  # fmt: skip
    for options in ({"cursor": cursor}, {"start": 5}, {"tail": 5}):
        found = (await ada.get(CONSOLE, params=options)).json()  # type: ignore[arg-type]
        assert [line["position"] for line in found["lines"]] == [5, 6, 7, 8, 9]
    found = (await ada.get(CONSOLE, params={"writer": "id1", "tail": 1})).json()
    assert [(line["position"], line["number"]) for line in found["lines"]] == [(4, 4)]


async def test_search(ada: httpx.AsyncClient, run: Site) -> None:
    two_ranks(run)
    print_lines(run, [ConsoleLine("id1", 5, "\U0001f600 é step 11", "2026-01-01T00:00:11")])
    found = (await ada.get(f"{CONSOLE}/search", params={"q": "STEP 1"})).json()
    assert [(m["line"]["position"], m["spans"]) for m in found["matches"]] == [
        (1, [[0, 6]]), (10, [[5, 11]]),
    ]  # fmt: skip
    assert (found["next"], found["total"], found["num_positions"]) == (None, 2, 11)
    options = {"q": r"step \d$", "regex": "true", "level": "error", "writer": "id1"}
    found = (await ada.get(f"{CONSOLE}/search", params=options)).json()
    assert [m["line"]["number"] for m in found["matches"]] == [1, 3]
    options = {"q": "step", "case": "true", "limit": "4", "after": "2"}
    found = (await ada.get(f"{CONSOLE}/search", params=options)).json()
    assert [m["line"]["position"] for m in found["matches"]] == [2, 3, 4, 5]
    assert (found["next"], found["total"]) == (6, None)
    assert (await ada.get(f"{CONSOLE}/search?q=Step&case=true")).json()["matches"] == []


async def test_downloads(ada: httpx.AsyncClient, run: Site) -> None:
    assert (await ada.get(f"{CONSOLE}/download")).content == b""
    two_ranks(run)
    answer = await ada.get(f"{CONSOLE}/download")
    assert answer.text == "".join(f"step {n}\n" for n in range(10))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="r1-console.txt"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    options = {"timestamps": "true", "labels": "true", "ansi": "true", "writer": "id1"}
    answer = await ada.get(f"{CONSOLE}/download", params=options)
    assert answer.text.splitlines()[0] == "2026-01-01T00:00:01 [rank1] \x1b[31mstep 1\x1b[0m"
    assert len(answer.text.splitlines()) == 5
    head = await ada.head(f"{CONSOLE}/download")
    assert (head.status_code, head.content) == (200, b"")


async def test_a_long_download_comes_whole(ada: httpx.AsyncClient, run: Site) -> None:
    print_lines(run, (ConsoleLine("", n, f"line {n}") for n in range(25_000)))
    answer = await ada.get(f"{CONSOLE}/download")
    assert answer.text == "".join(f"line {n}\n" for n in range(25_000))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?limit=5001", 400, "invalid-input"),
        ("?limit=0", 400, "invalid-input"),
        ("?limit=99999999999999999999", 400, "invalid-input"),
        ("?start=-1", 400, "invalid-input"),
        ("?tail=5001", 400, "invalid-input"),
        ("?tail=5&cursor=e30", 400, "invalid-input"),
        ("?cursor=nonsense!", 400, "bad-cursor"),
        ("?writer=nobody", 404, "unknown-writer"),
        ("?misspelt=1", 400, "invalid-input"),
        ("/search?q=x&limit=1001", 400, "invalid-input"),
        ("/search?q=x&writer=nobody", 404, "unknown-writer"),
        ("/search?q=" + "x" * 1_025, 400, "invalid-input"),
        ("/search?q=a(b&regex=true", 400, "bad-pattern"),
        ("/download?writer=nobody", 404, "unknown-writer"),
    ],
)
async def test_bad_queries(
    ada: httpx.AsyncClient, run: Site, path: str, status: int, code: str
) -> None:
    two_ranks(run)
    answer = await ada.get(CONSOLE + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if code == "bad-pattern":
        assert answer.json()["position"] == 3


async def test_numbers_far_away(ada: httpx.AsyncClient, run: Site) -> None:
    two_ranks(run)
    for path in (f"?start={2**62}", f"/search?q=step&after={2**62}"):
        answer = await ada.get(CONSOLE + path)
        assert answer.status_code == 200
        assert answer.json().get("lines", answer.json().get("matches")) == []


async def test_only_those_who_may(
    bob: httpx.AsyncClient, nobody: httpx.AsyncClient, run: Site
) -> None:
    two_ranks(run)
    for path in ("", "/search?q=x", "/download"):
        assert (await bob.get(CONSOLE + path)).status_code == 404
        assert (await nobody.get(CONSOLE + path)).status_code == 401
