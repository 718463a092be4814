"""Tables of a version that are made of others of it: joined, or one below the other."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_artifacts import ARTIFACTS, log_version

pytestmark = pytest.mark.anyio


def table(columns: list[str], *rows: list[Any]) -> bytes:
    return json.dumps({"_type": "table", "columns": columns, "data": rows}).encode()


def joined(one: str, other: str, key: Any = "id") -> bytes:
    said = {"_type": "joined-table", "table1": one, "table2": other, "join_key": key}
    return json.dumps(said).encode()


def parts(folder: str) -> bytes:
    return json.dumps({"_type": "partitioned-table", "parts_path": folder}).encode()


PICTURE = {"_type": "image-file", "path": "media/cat.png", "format": "png"}
FILES = {
    "parts/0.table.json": table(["id", "x"], [1, "a"], [2, "b"]),
    "parts/1.table.json": table(["id", "x", "more"], [3, "c", True]),
    "parts/notes.txt": b"no table",
    "parts-of-others/2.table.json": table(["id", "x"], [9, "z"]),
    "scores.table.json": table(["y", "id", "x"], [0.5, 2, PICTURE], [0.7, 4, None], [0.6, 2, "B"]),
    "named.table.json": table(["number", "z"], [1, "one"], [None, "none"]),
    "media/cat.png": b"\x89PNG",
    "all.partitioned-table.json": parts("parts"),
    "both.joined-table.json": joined("parts/0.table.json", "scores.table.json"),
    "keys.joined-table.json": joined(
        "all.partitioned-table.json", "named.table.json", ["id", "number"]
    ),
}


async def read(ada: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await ada.get(f"{ARTIFACTS}/sets/versions/v0/table", params={"path": path} | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [column["name"] for column in page["columns"]]


@pytest.fixture
async def logged(site: Site) -> None:
    await log_version(site, "sets", FILES)


@pytest.mark.usefixtures("logged")
async def test_all_below_a_folder(ada: httpx.AsyncClient) -> None:
    page = await read(ada, "all.partitioned-table.json")
    assert names(page) == ["id", "x", "more"]
    rows = [[1, "a", None], [2, "b", None], [3, "c", True]]
    assert (page["rows"], page["total_rows"]) == (rows, 3)
    again = await read(ada, "all.partitioned-table.json", offset=1, limit=5)
    assert (again["rows"], again["offset"]) == (rows[1:], 1)
    assert [column["type"] for column in again["columns"]] == ["number", "string", "boolean"]
    listed = (await ada.get(f"{ARTIFACTS}/sets/versions/v0/files")).json()["files"]
    shown = {one["path"]: one["preview"] for one in listed}
    assert shown["all.partitioned-table.json"] == shown["both.joined-table.json"] == "table"


@pytest.mark.usefixtures("logged")
async def test_two_side_by_side(ada: httpx.AsyncClient) -> None:
    page = await read(ada, "both.joined-table.json")
    assert names(page) == ["id", "x (1)", "y", "x (2)"]
    assert page["rows"] == [
        [1, "a", None, None],
        [2, "b", 0.5, PICTURE],
        [2, "b", 0.6, "B"],
        [4, None, 0.7, None],
    ]
    (cell,) = page["media"]
    assert (cell["row"], cell["column"]) == (1, 3)
    assert cell["media"]["items"][0]["path"] == "media/cat.png"
    page = await read(ada, "keys.joined-table.json")
    assert names(page) == ["id", "x", "more", "number", "z"]
    # What is empty in both is no value that they share.
    assert page["rows"] == [
        [1, "a", None, 1, "one"],
        [2, "b", None, None, None],
        [3, "c", True, None, None],
        [None, None, None, None, "none"],
    ]


async def test_two_versions_are_compared(ada: httpx.AsyncClient, site: Site) -> None:
    await log_version(site, "sets", FILES)
    changed = FILES | {"parts/0.table.json": table(["id", "x"], [1, "a"], [2, "B"])}
    await log_version(site, "sets", changed)
    path = "all.partitioned-table.json"
    query = {"from": "v0", "to": "v1", "path": path}
    found = (await ada.get(f"{ARTIFACTS}/sets/diff/table", params=query)).json()
    assert [one["after"] for one in found["rows"]] == [[2, "B", None]]
    # The file is the same, and what it stands for is not.
    answer = await ada.get(f"{ARTIFACTS}/sets/versions/v1/table", params={"path": path})
    assert answer.json()["rows"][1] == [2, "B", None]


BAD = {
    "parts/0.table.json": FILES["parts/0.table.json"],
    "gone.joined-table.json": joined("parts/0.table.json", "nowhere.table.json"),
    "column.joined-table.json": joined("parts/0.table.json", "parts/0.table.json", "label"),
    "itself.joined-table.json": joined("itself.joined-table.json", "parts/0.table.json"),
    "text.joined-table.json": joined("parts/0.table.json", "notes.txt"),
    "keys.joined-table.json": joined("parts/0.table.json", "parts/0.table.json", ["a", "b", "c"]),
    "damaged.joined-table.json": b'{"table1": ',
    "none.partitioned-table.json": parts("empty"),
    "long.partitioned-table.json": parts("p" * 70_000),
    "many/0.table.json": table(["id"], *[[0]] * 1_500),
    "many.joined-table.json": joined("many/0.table.json", "many/0.table.json"),
}


@pytest.mark.parametrize(
    ("path", "status", "code", "word"),
    [
        ("gone.joined", 404, "not-found", "nowhere.table.json"),
        ("column.joined", 400, "bad-table", "'label'"),
        ("itself.joined", 400, "bad-table", "itself.joined-table.json is no table"),
        ("text.joined", 400, "bad-table", "notes.txt"),
        ("keys.joined", 400, "bad-table", "join_key"),
        ("damaged.joined", 400, "bad-table", "damaged"),
        ("none.partitioned", 400, "bad-table", "empty"),
        ("long.partitioned", 400, "bad-table", "bytes"),
        ("many.joined", 413, "table-too-large", "2,000,000"),
    ],
)
async def test_what_cannot_be_put_together(
    ada: httpx.AsyncClient, site: Site, path: str, status: int, code: str, word: str
) -> None:
    await log_version(site, "sets", BAD)
    query = {"path": f"{path}-table.json"}
    answer = await ada.get(f"{ARTIFACTS}/sets/versions/v0/table", params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert word in answer.json()["detail"]
