"""Columns of a project's runs, and their values in lists."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio

PROJECT = "/projects/ada/digits"
RUNS = f"{PROJECT}/runs"


async def _columns(client: httpx.AsyncClient, **query: Any) -> dict[str, tuple[str, int]]:
    answer = await client.get(f"{PROJECT}/columns", params=query)
    assert answer.status_code == 200, answer.text
    return {c["name"]: (c["type"], c["num_runs"]) for c in answer.json()["columns"]}


async def test_the_columns_that_runs_have(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run(
        "a",
        update=RunUpdate(
            config={"lr": 0.1, "opt": {"name": "adam", "betas": [1, 2]}, "odd": None},
            summary={"val/loss": 1, "img": {"_type": "image-file"}, "nan": float("nan")},
            tags=("t",),
        ),
    )
    site.add_run(
        "b", update=RunUpdate(config={"lr": "auto", "flag": True, "opt": {}}, summary={"nan": 1})
    )
    assert await _columns(ada, source="config") == {
        "config.flag": ("bool", 1),
        "config.lr": ("mixed", 2),
        "config.opt": ("object", 1),
        "config.opt.betas": ("list", 1),
        "config.opt.name": ("text", 1),
    }
    assert await _columns(ada, source="summary") == {
        "summary.img": ("object", 1),
        "summary.nan": ("number", 2),
        'summary["val/loss"]': ("number", 1),
    }
    run = await _columns(ada, source="run")
    assert (run["created_at"], run["tags"], run["group"]) == (("time", 2), ("tags", 1), ("text", 0))
    assert await _columns(ada, search="LOSS") == {'summary["val/loss"]': ("number", 1)}

    site.add_run("c", values={"val/loss": [3.0, 1.0], "acc": [0.5, 0.6]})
    assert await _columns(ada, source="history") == {
        "last(history.acc)": ("number", 1),
        'last(history["val/loss"])': ("number", 1),
    }
    found = (await ada.get(f"{PROJECT}/columns", params={"limit": 1, "search": "val/loss"})).json()
    assert [c["source"] for c in found["columns"]] == ["summary"]
    rest = await ada.get(
        f"{PROJECT}/columns", params={"search": "val/loss", "cursor": found["next_cursor"]}
    )
    assert [c["source"] for c in rest.json()["columns"]] == ["history"]

    for cursor in ("abcd", "MTIz", ""):
        answer = await ada.get(f"{PROJECT}/columns", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor"), cursor

    await ada.patch(f"{RUNS}/a", json={"group": "g"})
    await ada.delete(f"{RUNS}/b")
    assert await _columns(ada, source="summary", search="nan") == {"summary.nan": ("number", 1)}
    assert (await _columns(ada))["config.lr"] == ("number", 1)
    assert (await _columns(ada))["group"] == ("text", 1)
    await ada.post(f"{RUNS}/b/restore")
    assert (await _columns(ada))["config.lr"] == ("mixed", 2)


async def test_twenty_thousand_columns_come_in_pages(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("a", update=RunUpdate(summary={f"k/{i:05}": i for i in range(20_000)}))
    names: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 5_000, "source": "summary", **({"cursor": cursor} if cursor else {})}
        page = (await ada.get(f"{PROJECT}/columns", params=query)).json()
        names += [column["path"] for column in page["columns"]]
        assert page["total"] == 20_000
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [f"k/{i:05}" for i in range(20_000)]
    found = await _columns(ada, search="k/1234")
    assert list(found) == [f'summary["k/1234{i}"]' for i in range(10)]
    for wrong in ({"limit": 5_001}, {"cursor": "nonsense here"}, {"source": "moon"}):
        answer = await ada.get(f"{PROJECT}/columns", params=wrong)
        assert answer.status_code == 400


async def test_lists_with_values(ada: httpx.AsyncClient, site: Site) -> None:
    for number in range(5):
        site.add_run(
            f"r{number}",
            update=RunUpdate(
                config={"lr": number / 10, "deep": {"a": [1, {"$b": None}]}},
                summary={"val/loss": float("nan") if number == 4 else number},
                notes="n" * (2_000 if number == 3 else 1),
                tags=("even",) if number % 2 == 0 else (),
            ),
        )
    columns = ["config.lr", 'summary["val/loss"]', "notes", "tags", "config.deep.a", "finished_at"]

    async def values(**query: Any) -> dict[str, Any]:
        answer = await ada.get(RUNS, params={"columns": columns, **query})
        assert answer.status_code == 200, answer.text
        return {run["id"]: run["values"] for run in answer.json()["runs"]}

    first = {
        "config.lr": 0.0,
        'summary["val/loss"]': 0,
        "notes": "n",
        "tags": ["even"],
        "config.deep.a": [1, {"$$b": None}],
    }
    every = await values()
    assert list(every) == ["r4", "r3", "r2", "r1", "r0"]
    assert every["r0"] == first
    assert every["r4"]['summary["val/loss"]'] == {"$float": "NaN"}
    assert every["r3"]["notes"] == "n" * 999 + "…"
    assert await values(ids=["r0", "zz", "r3"]) == {"r0": first, "r3": every["r3"]}
    by_loss = await values(sort='-summary["val/loss"],created_at', filter="config.lr >= 0.1")
    assert list(by_loss) == ["r3", "r2", "r1", "r4"]
    assert by_loss == {run: every[run] for run in by_loss}

    seq = (await ada.get(RUNS)).json()["seq"]
    site.add_run("r0", update=RunUpdate(config={"lr": 7}))
    assert (await values(since_seq=seq))["r0"]["config.lr"] == 7
    assert "values" not in (await ada.get(RUNS)).json()["runs"][0]


async def test_all_questions_of_a_list_go_together(ada: httpx.AsyncClient, site: Site) -> None:
    """Sort, filter, search, columns and cursor: the pages are the list, cut."""
    for number in range(30):
        site.add_run(
            f"r{number:02}",
            update=RunUpdate(
                config={"k": number % 7},
                tags=(("Nice", "odd"),) [0] if number % 2 else (),
                group="nice-group" if number % 3 == 0 else None,
                job_type="NICE" if number == 4 else None,
            ),
        )  # fmt: skip
    wanted = sorted(
        (n for n in range(30) if (n % 2 or n % 3 == 0 or n == 4) and n % 7 < 5),
        key=lambda n: (-(n % 7), -n),
    )
    got: list[tuple[str, Any]] = []
    cursor = None
    while True:
        query = {
            "columns": "config.k",
            "sort": "-config.k",
            "filter": "config.k < 5",
            "search": "nice",
            "limit": 4,
            **({"cursor": cursor} if cursor else {}),
        }
        page = (await ada.get(RUNS, params=query)).json()
        assert page["total"] == len(wanted)
        got += [(run["id"], run["values"]["config.k"]) for run in page["runs"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert got == [(f"r{n:02}", n % 7) for n in wanted]
    plain = (await ada.get(RUNS, params={"search": "nice", "limit": 100})).json()
    asked = (await ada.get(RUNS, params={"search": "nice", "filter": "true", "limit": 100})).json()
    assert [r["id"] for r in plain["runs"]] == [r["id"] for r in asked["runs"]]
    assert len(plain["runs"]) == 21


@pytest.mark.parametrize(
    "query",
    [
        {"columns": "nothing"},
        {"columns": "config.a b"},
        {"columns": ""},
        {"columns": [f"config.k{i}" for i in range(101)]},
        {"columns": "config.lr < 1"},
        {"ids": ["x"] * 1_001},
    ],
)
async def test_columns_that_are_none(
    ada: httpx.AsyncClient, site: Site, query: dict[str, Any]
) -> None:
    site.add_run("a")
    answer = await ada.get(RUNS, params=query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_value_too_large_for_a_cell(ada: httpx.AsyncClient, site: Site) -> None:
    site.add_run("a", update=RunUpdate(config={"big": list(range(1_000))}))
    (run,) = (await ada.get(RUNS, params={"columns": "config.big"})).json()["runs"]
    assert run["values"] == {"config.big": {"$cut": len(str(list(range(1_000)))) - 999}}
