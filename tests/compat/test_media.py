"""Every kind of media that a client makes by itself, read back over the API."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
from tests.compat.conftest import Client
from tests.compat.live import LiveServer

pytestmark = pytest.mark.compat


class Api:
    """The native API of a live server, of one run."""

    def __init__(self, server: LiveServer, project: str, run: str) -> None:
        self._base = f"{server.url}/api/v1/projects/ada/{project}/runs/{run}"
        credentials = base64.b64encode(f"api:{server.key}".encode()).decode()
        self._headers = {"authorization": f"Basic {credentials}"}

    def get(self, path: str, /, **query: Any) -> tuple[int, bytes]:
        """Status and body."""
        url = f"{self._base}/{path}?{urllib.parse.urlencode(query, doseq=True)}"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=self._headers)
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def json(self, path: str, /, **query: Any) -> Any:
        """A good answer."""
        status, body = self.get(path, **query)
        assert status == 200, body
        return json.loads(body)

    def media(self, key: str) -> list[dict[str, Any]]:
        """The values of one key."""
        (series,) = self.json("media/values", key=key)["series"]
        return [value["media"] for value in series["values"]]

    def bytes_of(self, item: dict[str, Any]) -> bytes:
        """What the file of an item holds."""
        assert item["file"] is not None, item
        status, content = self.get(f"files/{urllib.parse.quote(item['path'], safe='')}")
        assert status == 200
        assert len(content) == item["file"]["size_bytes"]
        return content


@pytest.fixture
def api(client: Client) -> Api:
    outcome = client.run("media")
    return Api(client.server, "media", outcome.facts["id"])


def test_every_kind_of_media(api: Api, client: Client) -> None:
    check_keys(api, client)
    check_images(api)
    check_files(api)
    check_histograms(api)
    check_tables(api, client)
    check_odd_values(api)
    check_run(api, client)


def check_keys(api: Api, client: Client) -> None:
    found = {key["key"]: key["kind"] for key in api.json("media")["keys"]}
    expected = {
        "image": "image", "images": "image", "boxed": "image", "grouped": "image",
        "audio": "audio", "video": "video", "videos": "video", "html": "html", "htmls": "html",
        "figure": "plotly", "cloud": "object3d", "clouds": "object3d", "molecule": "molecule",
        "molecules": "molecule", "table": "table", "bars_table": "table", "trace": "trace",
        "graph": "graph", "nested.image": "image", "odd": "unknown", "lost": "image",
        "hist": "histogram",
    }  # fmt: skip
    if client.is_modern:
        expected |= {"growing": "table", "masked": "image"}
    assert found == expected


def check_images(api: Api) -> None:
    images = api.media("image")
    assert [media["items"][0]["caption"] for media in images] == ["step 0", "step 1", "step 2"]
    for media in images:
        (item,) = media["items"]
        assert (item["width"], item["height"], item["format"]) == (4, 4, "png")
        assert api.bytes_of(item)[:4] == b"\x89PNG"
    (several,) = api.media("images")
    assert [item["caption"] for item in several["items"]] == ["one", None]
    (boxes,) = several["items"][0]["boxes"]
    assert (boxes["name"], boxes["class_labels"]) == ("predictions", {"0": "sky", "1": "road"})
    drawn = api.json(f"files/{urllib.parse.quote(boxes['path'], safe='')}")
    assert drawn["box_data"][0]["box_caption"] == "a road"
    assert api.media("grouped")[0]["items"][0]["grouping"] == 2
    (item,) = api.media("boxed")[0]["items"]
    assert [box["name"] for box in item["boxes"]] == ["predictions"]
    for mask in item["masks"]:
        assert mask["class_labels"] == {"0": "sky", "1": "road"}
        assert api.get(f"files/{mask['path']}")[1][:4] == b"\x89PNG"


def check_files(api: Api) -> None:
    (sound,) = api.media("audio")[0]["items"]
    assert (sound["caption"], api.bytes_of(sound)[:4]) == ("a tone", b"RIFF")
    (film,) = api.media("video")[0]["items"]
    assert (film["caption"], api.bytes_of(film)[4:8]) == ("a film", b"ftyp")
    assert len(api.media("videos")[0]["items"]) == 2
    (page,) = api.media("html")[0]["items"]
    assert b"<h1>hello</h1>" in api.bytes_of(page)
    assert [b"<p>1" in api.bytes_of(item) for item in api.media("htmls")[0]["items"]] == [
        True, False,
    ]  # fmt: skip
    (figure,) = api.media("figure")[0]["items"]
    assert json.loads(api.bytes_of(figure))["data"][0]["type"] == "scatter"
    (cloud,) = api.media("cloud")[0]["items"]
    assert len(json.loads(api.bytes_of(cloud))) == 3
    assert len(api.media("clouds")[0]["items"]) == 2
    (water,) = api.media("molecule")[0]["items"]
    assert (water["caption"], api.bytes_of(water)[:6]) == ("water", b"HETATM")
    assert api.bytes_of(api.media("molecules")[0]["items"][0])[:6] == b"HETATM"
    (graph,) = api.media("graph")[0]["items"]
    assert "nodes" in json.loads(api.bytes_of(graph))


def check_histograms(api: Api) -> None:
    found = api.json("media/histograms", key="hist")
    assert [one["step"] for one in found["histograms"]] == [0, 1, 2]
    for one in found["histograms"]:
        assert (len(one["counts"]), len(one["edges"]), sum(one["counts"])) == (64, 65, 1_000)


def check_tables(api: Api, client: Client) -> None:
    (media,) = api.media("table")
    assert (media["num_rows"], media["num_columns"]) == (25, 4)
    (item,) = media["items"]
    page = api.json("table", path=item["path"], offset=20, limit=10)
    assert [column["name"] for column in page["columns"]] == ["id", "word", "picture", "score"]
    assert (page["total_rows"], len(page["rows"])) == (25, 5)
    # Pictures of a table lie in its artifact; the run's own copy says no more than their kind.
    assert page["rows"][0] == [20, "w20", "Image", 10.0]
    (bars,) = api.media("bars_table")[0]["items"]
    assert api.json("table", path=bars["path"])["rows"] == [["a", 1]]
    if client.is_modern:
        growing = api.media("growing")
        assert [media["increment"] for media in growing] == [0, 1, 2]
    assert api.json("table", path="figures.csv")["rows"] == [[1, "x,y"], [2, "ü"]]
    status, body = api.get("table", path="broken.table.json")
    assert (status, json.loads(body)["code"]) == (400, "bad-table")


def check_odd_values(api: Api) -> None:
    (odd,) = api.media("odd")
    assert odd["raw"] == {"_type": "from-the-future", "path": 3}
    (lost,) = api.media("lost")[0]["items"]
    assert (lost["path"], lost["file"]) == ("media/images/lost.png", None)
    (trace,) = api.media("trace")
    assert json.loads(trace["raw"]["root_span_dumps"])["name"] == "root"


def check_run(api: Api, client: Client) -> None:
    """The run's surroundings, files and output, which any run has."""
    found = api.json("environment")
    (process,) = found["processes"]
    assert process["program"].endswith("media.py")
    assert process["command"].endswith("media.py")
    assert process["python"].startswith("CPython 3.")
    assert process["host"]
    assert process["cpu_threads"] > 0
    assert process["memory_bytes"] > 10**8
    assert any(disk["path"] == "/" for disk in process["disks"])
    assert found["client"].startswith(f"wandb {client.line}")
    assert "numpy" in {package["name"] for package in found["packages"]}
    files = {file["name"]: file for file in api.json("files")["files"]}
    assert files["figures.csv"]["preview"] == "table"
    assert files["data.bin"]["preview"] == "none"
    assert api.get("files/data.bin")[1][:1] == b"x"
    lines = api.json("console")
    assert any("printed at last" in line["text"] for line in lines["lines"])
    (match,) = api.json("console/search", q="PRINTED at l")["matches"]
    assert match["line"]["number"] == match["line"]["position"]
