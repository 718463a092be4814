"""Versions compared, traced and measured over the native API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, link_version, log_version, use_version

from runstone.domain.run import RunUpdate

pytestmark = pytest.mark.anyio

DIFF = f"{ARTIFACTS}/data/diff"


def _table(rows: list[list[Any]], columns: list[str] | None = None) -> bytes:
    return json.dumps({"columns": columns or ["id", "x"], "data": rows}).encode()


@pytest.fixture
async def versions(site: Site) -> Site:
    """`data:v0` to `data:v2`, logged by r1, used by r2; `net:v0` logged by r2; `data:v0` linked."""
    site.add_run("r1", update=RunUpdate(summary={"loss": {"min": 0.25}, "_step": 9, "ok": True}))
    site.add_run("r2")
    first = await log_version(
        site,
        "data",
        {
            "a.txt": b"one",
            "gone.txt": b"gone",
            "old/name.bin": b"moved",
            "same.txt": b"same",
            "t.table.json": _table([["p", 1], ["q", 2], ["r", float("nan")]]),
        },
        run="r1",
        metadata='{"val/acc": 0.5, "deep": {"n": 1}, "name": "x", "on": true}',
    )
    await log_version(
        site,
        "data",
        {
            "a.txt": b"two two",
            "new.txt": b"new",
            "new/name.bin": b"moved",
            "same.txt": b"same",
            "t.table.json": _table([["q", 3], ["p", 1], ["s", 4], ["r", float("nan")]]),
        },
        run="r1",
        metadata='{"val/acc": NaN}',
        references={"far.bin": "s3://bucket/key"},
        wanted_aliases=("good",),
    )
    await log_version(site, "data", {"a.txt": b"three"}, metadata='{"val/acc": 0.75}')
    use_version(site, first, "r2")
    await log_version(site, "net", {"w": b"w" * 10}, type_name="model", run="r2")
    link_version(site, first, "chosen", "picked")
    return site


async def test_files_that_differ(ada: httpx.AsyncClient, versions: Site) -> None:
    found = (await ada.get(DIFF, params={"from": "v0", "to": "good"})).json()
    assert (found["before"]["index"], found["after"]["index"]) == (0, 1)
    changes = [
        (
            one["change"],
            one["before"] and (one["before"]["path"], one["before"]["size_bytes"]),
            one["after"] and (one["after"]["path"], one["after"]["size_bytes"]),
        )
        for one in found["changes"]
    ]
    sizes = [len(_table([["p", 1], ["q", 2], ["r", float("nan")]]))]
    sizes.append(len(_table([["q", 3], ["p", 1], ["s", 4], ["r", float("nan")]])))
    assert changes == [
        ("changed", ("a.txt", 3), ("a.txt", 7)),
        ("added", None, ("far.bin", 7)),
        ("removed", ("gone.txt", 4), None),
        ("added", None, ("new.txt", 3)),
        ("renamed", ("old/name.bin", 5), ("new/name.bin", 5)),
        ("changed", ("t.table.json", sizes[0]), ("t.table.json", sizes[1])),
    ]
    assert found["counts"] == {"added": 2, "removed": 1, "changed": 2, "renamed": 1, "same": 1}
    assert (found["added_bytes"], found["removed_bytes"]) == (
        7 + 7 + 3 + sizes[1],
        3 + 4 + sizes[0],
    )
    assert (found["total"], found["next_cursor"]) == (6, None)
    assert found["before"]["metadata"]["deep"] == {"n": 1}


async def test_changes_are_paged_searched_and_chosen(
    ada: httpx.AsyncClient, versions: Site
) -> None:
    asked = {"from": "v0", "to": "v1"}
    whole = (await ada.get(DIFF, params=asked)).json()["changes"]
    pages, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = (await ada.get(DIFF, params={**asked, "limit": "2", **more})).json()
        pages += page["changes"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole
    # The old name counts as well.
    found = (await ada.get(DIFF, params={**asked, "search": "OLD/"})).json()
    assert [one["change"] for one in found["changes"]] == ["renamed"]
    assert found["counts"] == {"added": 0, "removed": 0, "changed": 0, "renamed": 1, "same": 1}
    found = (await ada.get(DIFF, params={**asked, "change": "added"})).json()
    assert [one["after"]["path"] for one in found["changes"]] == ["far.bin", "new.txt"]
    assert (found["total"], found["counts"]["removed"]) == (2, 1)


async def test_any_two_versions_are_compared(ada: httpx.AsyncClient, versions: Site) -> None:
    names = {"from": "ada/digits/chosen:picked", "to": "net:latest"}
    found = (await ada.get(DIFF, params=names)).json()
    assert (found["before"]["collection"], found["after"]["collection"]) == ("chosen", "net")
    assert found["counts"] == {"added": 1, "removed": 5, "changed": 0, "renamed": 0, "same": 0}
    same = (await ada.get(DIFF, params={"from": "v0", "to": "v0"})).json()
    assert (same["changes"], same["counts"]["same"]) == ([], 5)


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [
        ({"from": "v0"}, 400, "to"),
        ({"from": "v0", "to": "a/b:v1"}, 400, "names no version"),
        ({"from": "v0", "to": "net:"}, 400, "names no version"),
        ({"from": "v9", "to": "v0"}, 404, "v9"),
        ({"from": "v0", "to": "bert/digits/data:v0"}, 404, "bert"),
    ],
)
async def test_what_cannot_be_compared_is_said(
    ada: httpx.AsyncClient, versions: Site, names: dict[str, str], status: int, said: str
) -> None:
    answer = await ada.get(DIFF, params=names)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


async def test_strangers_compare_nothing(bob: httpx.AsyncClient, versions: Site) -> None:
    for path in (
        "data/diff?from=v0&to=v1",
        "data/diff/table?from=v0&to=v1&path=t.table.json",
        "data/metrics",
        "data/versions/v0/lineage",
    ):
        assert (await bob.get(f"{ARTIFACTS}/{path}")).status_code == 404, path


async def test_rows_that_differ(ada: httpx.AsyncClient, versions: Site) -> None:
    asked = {"from": "v0", "to": "v1", "path": "t.table.json"}
    found = (await ada.get(f"{DIFF}/table", params=asked)).json()
    assert (found["key"], found["keys"]) == ("id", ["id", "x"])
    assert found["columns"] == [
        {"name": "id", "type": "string", "is_before": True, "is_after": True},
        {"name": "x", "type": "number", "is_before": True, "is_after": True},
    ]
    assert found["rows"] == [
        {
            "change": "changed", "before_index": 1, "after_index": 0,
            "before": ["q", 2], "after": ["q", 3], "changed": [1],
        },
        {
            "change": "added", "before_index": None, "after_index": 2,
            "before": None, "after": ["s", 4], "changed": [],
        },
    ]  # fmt: skip
    counts = [found[f"num_{what}"] for what in ("added", "removed", "changed", "same")]
    assert counts == [1, 0, 1, 2]
    by_place = (await ada.get(f"{DIFF}/table", params={**asked, "by_place": "true"})).json()
    assert by_place["key"] is None
    counts = [by_place[f"num_{what}"] for what in ("added", "removed", "changed", "same")]
    assert counts == [1, 0, 3, 0]
    second = (
        await ada.get(
            f"{DIFF}/table", params={**asked, "by_place": "true", "change": "changed",
                                     "offset": "1", "limit": "1"},
        )
    ).json()  # fmt: skip
    assert (second["total"], [row["after_index"] for row in second["rows"]]) == (3, [1])


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"path": "a.txt"}, 400, "bad-table"),
        ({"path": "none.csv"}, 404, "not-found"),
        ({"path": "t.table.json", "key": "y"}, 400, "unknown-column"),
        ({"path": "t.table.json", "key": "x", "by_place": "true"}, 400, "invalid-input"),
    ],
)
async def test_what_is_no_table_is_said(
    ada: httpx.AsyncClient, versions: Site, more: dict[str, str], status: int, code: str
) -> None:
    answer = await ada.get(f"{DIFF}/table", params={"from": "v0", "to": "v1", **more})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_too_many_cells_are_not_compared(ada: httpx.AsyncClient, site: Site) -> None:
    wide = b"a,b,c,d,e,f,g,h,i,j\n" + b"1,2,3,4,5,6,7,8,9,0\n" * 100_001
    for content in (wide, wide + b"1,2,3,4,5,6,7,8,9,1\n"):
        await log_version(site, "big", {"t.csv": content})
    answer = await ada.get(f"{ARTIFACTS}/big/diff/table?from=v0&to=v1&path=t.csv")
    assert (answer.status_code, answer.json()["code"]) == (413, "table-too-large")
    assert "2,000,030 cells" in answer.json()["detail"]


async def test_lineage_in_one_answer(ada: httpx.AsyncClient, versions: Site) -> None:
    found = (await ada.get(f"{ARTIFACTS}/data/versions/v0/lineage")).json()

    def name(node: dict[str, Any]) -> str:
        version, run = node["version"], node["run"]
        return f"{version['collection']}:v{version['index']}" if version else run["id"]

    names = [name(node) for node in found["nodes"]]
    assert [(name(node), node["level"]) for node in found["nodes"]] == [
        ("data:v0", 0), ("r1", -1), ("r2", 1), ("net:v0", 2),
    ]  # fmt: skip
    assert {(names[source], names[target]) for source, target in found["edges"]} == {
        ("r1", "data:v0"), ("data:v0", "r2"), ("r2", "net:v0"),
    }  # fmt: skip
    assert found["is_whole"]
    run = (await ada.get("/projects/ada/digits/runs/r1/lineage?depth=1")).json()
    assert {name(node) for node in run["nodes"]} == {"r1", "data:v0", "data:v1"}
    assert {name(node): node["num_more"] for node in run["nodes"]} == {
        "r1": 0, "data:v0": 1, "data:v1": 0,
    }  # fmt: skip
    up = (await ada.get(f"{ARTIFACTS}/net/versions/v0/lineage?direction=upstream&limit=2")).json()
    assert [name(node) for node in up["nodes"]] == ["net:v0", "r2"]
    assert not up["is_whole"]
    linked = (await ada.get(f"{ARTIFACTS}/chosen/versions/picked/lineage")).json()
    assert name(linked["nodes"][0]) == "chosen:v0"


async def test_numbers_of_versions(ada: httpx.AsyncClient, versions: Site) -> None:
    found = (await ada.get(f"{ARTIFACTS}/data/metrics")).json()
    assert [(one["index"], one["aliases"]) for one in found["versions"]] == [
        (2, ["latest"]), (1, ["good"]), (0, []),
    ]  # fmt: skip
    assert [(one["source"], one["key"], one["num_versions"]) for one in found["metrics"]] == [
        ("metadata", "val/acc", 3), ("summary", "loss.min", 2), ("metadata", "deep.n", 1),
    ]  # fmt: skip
    assert [(one["key"], one["values"]) for one in found["chosen"]] == [
        ("val/acc", [0.75, {"$float": "NaN"}, 0.5]),
        ("loss.min", [None, 0.25, 0.25]),
        ("deep.n", [None, None, 1]),
    ]
    assert (found["total"], found["num_metrics"]) == (3, 3)
    chosen = {"metric": ["summary.loss.min", "metadata.none"], "limit": "2"}
    found = (await ada.get(f"{ARTIFACTS}/data/metrics", params=chosen)).json()
    assert [one["values"] for one in found["chosen"]] == [[None, 0.25], [None, None]]
    wrong = await ada.get(f"{ARTIFACTS}/data/metrics", params={"metric": "val/acc"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown-metric")
