"""Media and tables of a run over the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import numpy as np
import pytest
from tests.wire.rest.conftest import Site
from tests.wire.rest.stored_files import RUN, announce, run_id, store_file

from runstone.domain import documents
from runstone.domain.history import HistoryBatch, Numbers, Objects, StreamKind
from runstone.domain.run import RunUpdate
from runstone.services import tables

pytestmark = pytest.mark.anyio

IMAGE = {"_type": "image-file", "path": "media/images/a.png", "format": "png", "width": 4}


@pytest.fixture
def run(site: Site) -> Site:
    site.add_run("r1")
    return site


def log(site: Site, **columns: list[Any]) -> None:
    """Logs values under keys, one for each step; None is no value."""
    run = run_id(site)
    num_rows = max(map(len, columns.values()))
    objects = {}
    for key, values in columns.items():
        rows = [i for i, value in enumerate(values) if value is not None]
        texts = [documents.encode(values[i]) for i in rows]
        objects[key] = Objects(texts, np.array(rows, np.uint32))
    batch = HistoryBatch(
        row0=0,
        step=10 * np.arange(num_rows, dtype=np.int64),
        time=1e9 + np.arange(num_rows, dtype=np.float64),
        runtime=np.arange(num_rows, dtype=np.float64),
        numbers={"loss": Numbers(np.zeros(num_rows))},
        objects=objects,
    )

    def unit(tx: Any) -> None:
        stream = tx.history.open_stream(run, StreamKind.HISTORY)
        tx.history.append(stream.id, batch)

    site.store.write(unit).result()


async def test_a_run_without_media(ada: httpx.AsyncClient, run: Site) -> None:
    assert (await ada.get(f"{RUN}/media")).json() == {"keys": []}
    answer = await ada.get(f"{RUN}/media/values", params={"key": ["a", "b"]})
    nothing = {"values": [], "total": 0, "next_offset": None, "steps": []}
    assert answer.json() == {"series": [{"key": "a", **nothing}, {"key": "b", **nothing}]}
    answer = await ada.get(f"{RUN}/media/histograms?key=a")
    assert answer.json() == {"key": "a", "total": 0, "histograms": []}


async def test_keys_and_values(ada: httpx.AsyncClient, run: Site) -> None:
    log(
        run,
        image=[{**IMAGE, "caption": f"at {i}"} if i % 2 == 0 else None for i in range(9)],
        word=["text"] * 9,
        odd=[None, {"_type": "from-the-future", "x": float("nan")}],
        list=[[1, 2]] * 9,
    )
    await store_file(run, IMAGE["path"], b"png")  # type: ignore[arg-type]
    assert (await ada.get(f"{RUN}/media")).json()["keys"] == [
        {"key": "image", "kind": "image", "num_values": 5, "first_step": 0, "last_step": 80},
        {"key": "odd", "kind": "unknown", "num_values": 1, "first_step": 10, "last_step": 10},
    ]
    options: dict[str, Any] = {"key": ["image", "odd"], "limit": 2, "from_step": 10}
    image, odd = (await ada.get(f"{RUN}/media/values", params=options)).json()["series"]
    assert [(v["index"], v["step"], v["time"]) for v in image["values"]] == [
        (0, 20, 1e9 + 2), (1, 40, 1e9 + 4),
    ]  # fmt: skip
    assert (image["total"], image["next_offset"], image["steps"]) == (4, 2, [20, 40, 60, 80])
    media = image["values"][0]["media"]
    assert (media["kind"], media["type"], media["raw"]) == ("image", "image-file", None)
    (item,) = media["items"]
    assert (item["path"], item["caption"], item["width"]) == (IMAGE["path"], "at 2", 4)
    assert item["file"]["size_bytes"] == 3
    assert odd["values"][0]["media"]["raw"] == {
        "_type": "from-the-future", "x": {"$float": "NaN"},
    }  # fmt: skip
    options = {"key": "image", "offset": 4, "limit": 1}
    (image,) = (await ada.get(f"{RUN}/media/values", params=options)).json()["series"]
    assert ([v["step"] for v in image["values"]], image["next_offset"]) == ([80], None)
    options = {"key": "image", "sample": True, "limit": 3, "to_step": 60}
    (image,) = (await ada.get(f"{RUN}/media/values", params=options)).json()["series"]
    assert [v["step"] for v in image["values"]] == [0, 20, 60]
    assert image["next_offset"] is None


async def test_a_file_that_never_came(ada: httpx.AsyncClient, run: Site) -> None:
    log(run, image=[IMAGE])
    announce(run, IMAGE["path"])  # type: ignore[arg-type]
    (series,) = (await ada.get(f"{RUN}/media/values?key=image")).json()["series"]
    (item,) = series["values"][0]["media"]["items"]
    assert (item["path"], item["file"]) == (IMAGE["path"], None)
    answer = await ada.get(f"{RUN}/files/{IMAGE['path']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "file-not-arrived")


async def test_names_of_classes_are_found(ada: httpx.AsyncClient, site: Site) -> None:
    labels = {"k_wandb_delimeter_truth": {"value": {"0": "sky", "1": "road"}}}
    info = {"mask/class_labels": labels, "bounding_box/class_labels": "nonsense"}
    site.add_run("r1", update=RunUpdate(client_info=info))
    overlays = {"truth": {"_type": "mask", "path": "m.png"}}
    log(site, k=[{**IMAGE, "masks": overlays, "boxes": overlays}])
    (series,) = (await ada.get(f"{RUN}/media/values?key=k")).json()["series"]
    (item,) = series["values"][0]["media"]["items"]
    named = {"name": "truth", "path": "m.png"}
    assert item["masks"] == [{**named, "class_labels": {"0": "sky", "1": "road"}}]
    assert item["boxes"] == [{**named, "class_labels": {}}]


async def test_names_of_classes_come_with_what_they_name(ada: httpx.AsyncClient, run: Site) -> None:
    mask = {"_type": "mask", "path": "m.png", "class_labels": {"1": "car"}}
    box = {"_type": "boxes2D", "path": "b.json", "class_labels": "nonsense"}
    log(run, k=[{**IMAGE, "masks": {"truth": mask}, "boxes": {"truth": box}}])
    (series,) = (await ada.get(f"{RUN}/media/values?key=k")).json()["series"]
    (item,) = series["values"][0]["media"]["items"]
    assert item["masks"] == [{"name": "truth", "path": "m.png", "class_labels": {"1": "car"}}]
    assert item["boxes"] == [{"name": "truth", "path": "b.json", "class_labels": {}}]


async def test_histograms_over_steps(ada: httpx.AsyncClient, run: Site) -> None:
    plain = [{"_type": "histogram", "values": [i, 2], "bins": [0, 0.5, 1]} for i in range(100)]
    packed = {"_type": "histogram", "values": [3], "packedBins": {"min": -1, "size": 2, "count": 1}}
    log(run, h=[*plain, packed, {"_type": "histogram", "values": [1], "bins": [0]}])
    answer = (await ada.get(f"{RUN}/media/histograms?key=h&to_step=1000&limit=3")).json()
    assert (answer["key"], answer["total"]) == ("h", 101)
    assert answer["histograms"] == [
        {"step": 0, "time": 1e9, "edges": [0, 0.5, 1], "counts": [0, 2]},
        {"step": 500, "time": 1e9 + 50, "edges": [0, 0.5, 1], "counts": [50, 2]},
        {"step": 1000, "time": 1e9 + 100, "edges": [-1, 1], "counts": [3]},
    ]
    answer = (await ada.get(f"{RUN}/media/histograms?key=h&from_step=1010")).json()
    assert (answer["total"], answer["histograms"]) == (1, []), "one whose edges do not fit"


async def test_a_slider_over_many_steps(ada: httpx.AsyncClient, run: Site) -> None:
    log(run, image=[IMAGE] * 5_000)
    (series,) = (await ada.get(f"{RUN}/media/values?key=image&limit=1")).json()["series"]
    assert (series["total"], len(series["steps"])) == (5_000, 2_000)
    assert (series["steps"][0], series["steps"][-1]) == (0, 49_990)
    assert series["steps"] == sorted(set(series["steps"]))


# Tables


def table(columns: list[Any], rows: list[Any]) -> bytes:
    return json.dumps({"columns": columns, "data": rows, "_type": "table"}).encode()


async def read_table(client: httpx.AsyncClient, path: str, **options: int) -> Any:
    answer = await client.get(f"{RUN}/table", params={"path": path, **options})
    return answer.json()


async def test_a_table_by_pages(ada: httpx.AsyncClient, run: Site) -> None:
    name = "media/table/t_0_ab.table.json"
    picture = {**IMAGE, "_type": "image-file"}
    rows = [[i, f"w{i}", float("nan"), picture, None, i % 2 == 0] for i in range(250)]
    await store_file(run, name, table(["n", "word", "odd", "img", "empty", 5], rows))
    await store_file(run, IMAGE["path"], b"png")  # type: ignore[arg-type]
    found = await read_table(ada, name, offset=248)
    assert found["columns"] == [
        {"name": "n", "type": "number"}, {"name": "word", "type": "string"},
        {"name": "odd", "type": "number"}, {"name": "img", "type": "image"},
        {"name": "empty", "type": "null"}, {"name": "5", "type": "boolean"},
    ]  # fmt: skip
    assert (found["offset"], found["total_rows"]) == (248, 250)
    assert found["rows"][0] == [248, "w248", {"$float": "NaN"}, picture, None, True]
    assert [(cell["row"], cell["column"]) for cell in found["media"]] == [(248, 3), (249, 3)]
    (item,) = found["media"][0]["media"]["items"]
    assert item["file"]["size_bytes"] == 3
    assert (await read_table(ada, name, offset=250))["rows"] == []
    assert len((await read_table(ada, name))["rows"]) == 100


async def test_words_that_json_lacks(ada: httpx.AsyncClient, run: Site) -> None:
    odd: list[Any] = [
        float("nan"), -float("inf"), "a,NaN,\"b", "\\", "-Infinity", "N", {"I": float("inf")},
        '-{"$float":"Infinity"}', None,
    ]  # fmt: skip
    await store_file(run, "t.table.json", table(list("abcdefghi"), [odd]))
    (row,) = (await read_table(ada, "t.table.json"))["rows"]
    assert row == [
        {"$float": "NaN"}, {"$float": "-Infinity"}, *odd[2:6], {"I": {"$float": "Infinity"}},
        *odd[7:],
    ]  # fmt: skip


async def test_a_table_is_read_anew_when_its_file_changes(
    ada: httpx.AsyncClient, run: Site
) -> None:
    for value in (1, 2):
        await store_file(run, "t.table.json", table(["a"], [[value]]))
        for _ in range(2):
            assert (await read_table(ada, "t.table.json"))["rows"] == [[value]]


async def test_text_tables(ada: httpx.AsyncClient, run: Site) -> None:
    text = '\ufeffname,n,x\r\n"a, ""b""\nc",1,-1.5e3\r\n\r\nü,2,007\nshort\n'
    await store_file(run, "a.csv", text.encode())
    found = await read_table(ada, "a.csv")
    assert [column["name"] for column in found["columns"]] == ["name", "n", "x"]
    assert [column["type"] for column in found["columns"]] == ["string", "number", "mixed"]
    assert found["rows"] == [['a, "b"\nc', 1, -1500.0], ["ü", 2, "007"], ["short", None, None]]
    assert (await read_table(ada, "a.csv", offset=1, limit=1))["rows"] == [["ü", 2, "007"]]
    await store_file(run, "c.csv", "a,b\nx\u2028y\x0cz,1\n".encode())
    assert (await read_table(ada, "c.csv"))["rows"] == [["x\u2028y\x0cz", 1]]
    await store_file(run, "b.tsv", b"a\tb\n1\t\xff\n")
    assert (await read_table(ada, "b.tsv"))["rows"] == [[1, "\ufffd"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.table.json", b'{"columns": ["a"], "data": [[1], [', "bad-table"),
        ("t.table.json", b"", "bad-table"),
        ("t.table.json", b"[]", "bad-table"),
        ("t.table.json", b'{"columns": 3, "data": []}', "bad-table"),
        ("t.table.json", b'{"columns": ["a"]}', "bad-table"),
        ("t.table.json", b"\xff\xfe", "bad-table"),
        ("t.table.json", b'{"columns": ["a"], "data": [' + b"[" * 100_000, "bad-table"),
        ("t.csv", b'a,b\n"' + b"x" * 200_000, "bad-table"),
        ("t.png", b"x", "bad-table"),
    ],
)
async def test_damaged_tables(
    ada: httpx.AsyncClient, run: Site, name: str, content: bytes, code: str
) -> None:
    await store_file(run, name, content)
    answer = await ada.get(f"{RUN}/table", params={"path": name})
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text
    assert name in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 500


@pytest.mark.parametrize(
    "content",
    [b'{"columns":["a","b"],"data":[1,[],[1,2,3],{"x":1},null]}', b'{"columns":[],"data":[]}'],
)
async def test_rows_of_other_lengths(ada: httpx.AsyncClient, run: Site, content: bytes) -> None:
    await store_file(run, "t.table.json", content)
    found = await read_table(ada, "t.table.json")
    if found["columns"]:
        assert found["rows"] == [[1, None], [None, None], [1, 2], [{"x": 1}, None], [None, None]]
    else:
        assert (found["rows"], found["total_rows"]) == ([], 0)


async def test_a_table_too_large(
    ada: httpx.AsyncClient, run: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_file(run, "t.csv", b"a\n" + b"1\n" * 100)
    monkeypatch.setattr("runstone.wire.rest.table_pages.MAX_TABLE_BYTES", 100)
    answer = await ada.get(f"{RUN}/table?path=t.csv")
    assert (answer.status_code, answer.json()["code"]) == (413, "table-too-large")
    assert answer.json()["file"] == "t.csv"
    assert tables.MAX_TABLE_BYTES == 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"1\n" * 2_000_002),
        ("t.table.json", b'{"columns":[],"data":[' + b"[]," * 2_000_000 + b"[]]}"),
    ],
)
async def test_a_table_of_too_many_rows(
    ada: httpx.AsyncClient, run: Site, name: str, content: bytes
) -> None:
    await store_file(run, name, content)
    answer = await ada.get(f"{RUN}/table?path={name}")
    assert (answer.status_code, answer.json()["code"]) == (413, "table-too-large")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/media/values", 400, "invalid-input"),
        ("/media/values?key=a&limit=1001", 400, "invalid-input"),
        ("/media/values?key=a&key=b&limit=501", 400, "too-many-values"),
        ("/media/values?" + "&".join(f"key=k{i}" for i in range(101)), 400, "invalid-input"),
        ("/media/values?key=a&from_step=" + "9" * 30, 400, "invalid-input"),
        ("/media/values?key=a&sample=true&offset=1", 400, "invalid-input"),
        ("/media/histograms", 400, "invalid-input"),
        ("/media/histograms?key=a&limit=0", 400, "invalid-input"),
        ("/table", 400, "invalid-input"),
        ("/table?path=never.table.json", 404, "not-found"),
        ("/table?path=../x.csv", 400, "invalid-name"),
        ("/table?path=t.csv&limit=1001", 400, "invalid-input"),
    ],
)
async def test_bad_queries(
    ada: httpx.AsyncClient, run: Site, path: str, status: int, code: str
) -> None:
    answer = await ada.get(RUN + path)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_only_those_who_may(
    bob: httpx.AsyncClient, nobody: httpx.AsyncClient, run: Site
) -> None:
    await store_file(run, "t.csv", b"a\n1\n")
    for path in ("/media", "/media/values?key=a", "/media/histograms?key=a", "/table?path=t.csv"):
        assert (await bob.get(RUN + path)).status_code == 404
        assert (await nobody.get(RUN + path)).status_code == 401
