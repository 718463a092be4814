"""Media of our own client: the documents of wandb's, bytes that are there, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.compat.install_clients import client_python
from tests.sdk.lab import Lab
from tests.tracking.conftest import Desk

from runstone.sdk import Api

SCRIPT = Path(__file__).with_name("media_script.py")
_OURS_ALONE = ("class_labels",)
_THEIRS_ALONE = ("artifact_path", "_latest_artifact_path", "previous_increments_paths")
"""Tables are artifacts as well there; bytes of text are written another way."""
_BYTES = ("sha256", "size", "path", "filenames")


def history(api: Api, path: str) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if isinstance(value, (dict, list))}
        for row in api.run(path).history()
    ]


def comparable(value: Any) -> Any:
    """A document without what differs on purpose: how JSON files are spaced, where a key goes."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    left_out = (*_OURS_ALONE, *_THEIRS_ALONE)
    is_text = ".json" in str(value.get("path", "")) or value.get("_type") == "object3D"
    if is_text or "inner_" in str(value.get("path", "")):
        left_out = (*left_out, *_BYTES)
    return {k: comparable(v) for k, v in value.items() if k not in left_out}


def test_documents_are_those_of_the_wandb_client(desk: Desk, lab: Lab, api: Api) -> None:
    theirs = {"WANDB_BASE_URL": lab.url, "WANDB_API_KEY": lab.key, "WANDB_SILENT": "true"}
    for python, words, more in (
        (sys.executable, ("runstone", "ours"), {}),
        (str(client_python("0.31")), ("wandb", "theirs"), theirs),
    ):
        done = subprocess.run(
            [python, str(SCRIPT), *words],
            cwd=desk.folder, env=desk.environ | more, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    ours, wandbs = (history(api, f"ada/media/{run}") for run in ("ours", "theirs"))
    assert len(ours) == len(wandbs) == 3
    for mine, other in zip(ours, wandbs, strict=True):
        assert mine
        assert set(mine) == set(other)
        for key in mine:
            assert comparable(mine[key]) == comparable(other[key]), key
    # Every file that a document names is there, with the bytes that it promises.
    files = {file.name: file for file in api.run("ada/media/ours").files()}
    named = [one for row in ours for value in row.values() for one in documents(value)]
    assert len(named) > 25
    for one in named:
        assert files[one["path"]].size_bytes == one["size"], one
    table = json.loads(files[ours[0]["table"]["path"]].read())
    assert table == {"columns": ["n", "name"], "data": [[1, "one"], [2, None]]}
    increments = [json.loads(files[row["growing"]["path"]].read())["data"] for row in ours[1:]]
    assert increments == [[[0]], [[1]]]


def documents(value: Any) -> list[dict[str, Any]]:
    """All documents with bytes within a value."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    inner = [one for item in items for one in documents(item)]
    return [*inner, value] if isinstance(value, dict) and "sha256" in value else inner


def test_what_is_wrong_is_said_by_its_key_and_the_rest_is_logged(desk: Desk, api: Api) -> None:
    _, said = desk.run("""
import io, runstone, numpy as np
closed = io.StringIO("x")
closed.close()
run = runstone.init("media", id="wrong")
for _ in range(2):
    run.log({
        "shape": runstone.Image(np.zeros((3, 4, 5, 6))),
        "order": runstone.Image(np.zeros((3, 24, 32))),
        "range": runstone.Image(np.full((4, 4), 900)),
        "negative": runstone.Image(np.full((4, 4), -1.0)),
        "type": runstone.Image(np.array([["a"]])),
        "complex": runstone.Image(np.ones((2, 2), complex)),
        "huge": runstone.Image(np.zeros((1, 70_000), np.uint8)),
        "nothing": runstone.Image(None),
        "no file": runstone.Image("/no/such.png"),
        "address": runstone.Image("s3://bucket/a.png"),
        "file type": runstone.Image(np.zeros((2, 2)), file_type="tiff"),
        "mask": runstone.Image(np.zeros((2, 2)), masks={"m": {"mask_data": np.full((2, 2), 300)}}),
        "box": runstone.Image(np.zeros((2, 2)), boxes={"b": {"box_data": [{"position": {}}]}}),
        "film": runstone.Video(b"bytes"),
        "film type": runstone.Video("film.avi"),
        "film shape": runstone.Video(np.zeros((2, 2))),
        "rate": runstone.Audio([1, 2]),
        "closed": runstone.Html(closed),
        "points": runstone.Object3D(np.zeros((3, 2))),
        "molecule": runstone.Molecule("water.xyz"),
        "bins": runstone.Histogram([1], num_bins=1_000),
        "infinite": runstone.Histogram([float("nan")]),
        "plot": runstone.Plotly(3),
        "list": [runstone.Image(np.zeros((2, 2))), runstone.Image("/no/such.png")],
        "nested": {"bad": runstone.Image("/no/such.png"), "good": 1},
        "loss": 0.5,
        "fine": runstone.Image(np.zeros((2, 2))),
    })
run.finish()
""")
    rows = list(api.run("ada/media/wrong").history())
    assert [{key for key in row if key[0] != "_"} for row in rows] == [
        {"loss", "fine", "nested.good"}
    ] * 2
    bad = ["shape", "order", "range", "negative", "type", "complex", "huge", "nothing", "no file",
           "address", "file type", "mask", "box", "film", "film type", "film shape", "rate",
           "closed", "points", "molecule", "bins", "infinite", "plot", "list",
           "nested.bad"]  # fmt: skip
    for key in bad:
        assert said.count(f"{key!r} is not logged: ") == 1, (key, said)
    assert said.count("is not logged") == len(bad)
    assert "transpose(1, 2, 0)" in said


def test_figures_frames_and_pictures_are_logged_as_they_are(desk: Desk, api: Api) -> None:
    desk.run("""
import matplotlib, runstone, numpy as np
matplotlib.use("agg")
import matplotlib.pyplot as plt, pandas as pd, plotly.graph_objects as go, polars as pl
from PIL import Image
figure, axis = plt.subplots()
axis.plot([1, 2])
picture = Image.fromarray(np.zeros((4, 6), np.uint8))
with runstone.init("media", id="direct") as run:
    run.log({
        "figure": figure, "axis": axis, "pyplot": plt, "figures": [figure, figure],
        "plotly": go.Figure(go.Scatter(y=[0, 1, 2])), "pillow": picture,
        "pandas": pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
        "polars": pl.DataFrame({"a": [1.5]}),
        "floats": runstone.Image(np.linspace(0, 1, 12).reshape(3, 4)),
        "samples": runstone.Audio(np.sin(np.arange(800) / 9), sample_rate=8_000),
        "plain samples": [runstone.Audio([0.5, -0.5], 8_000, caption="click")],
        "frames": runstone.Video(np.zeros((3, 3, 8, 10), np.uint8)),
        "counted": runstone.Histogram([1, 2, 2, 3], num_bins=2),
        "loss": 1,
    })
    run.summary["best"] = runstone.Image(picture)
    run.summary["loss"] = 2
""")
    run = api.run("ada/media/direct")
    (row,) = history(api, "ada/media/direct")
    kinds = {key: value["_type"] for key, value in row.items()}
    assert kinds == {
        "figure": "image-file", "axis": "image-file", "pyplot": "image-file",
        "figures": "images/separated", "plotly": "plotly-file", "pillow": "image-file",
        "pandas": "table-file", "polars": "table-file", "floats": "image-file",
        "samples": "audio-file", "plain samples": "audio", "frames": "video-file",
        "counted": "histogram",
    }  # fmt: skip
    assert (row["pillow"]["width"], row["pillow"]["height"]) == (6, 4)
    assert row["plain samples"]["durations"] == [2 / 8_000]
    assert row["counted"]["values"] == [1, 3]
    plotly = json.loads(run.file(row["plotly"]["path"]).read())
    assert plotly["data"][0]["y"] == [0, 1, 2]
    frame = json.loads(run.file(row["pandas"]["path"]).read())
    assert frame == {"columns": ["a", "b"], "data": [[1, "x"], [2, None]]}
    best: Any = run.summary["best"]
    assert run.file(best["path"]).read().startswith(b"\x89PNG")
    assert run.summary["loss"] == 2


def test_pictures_without_pillow_are_the_same(desk: Desk) -> None:
    desk.run("""
import io, sys, numpy as np
from runstone.tracking.values import pixels
from PIL import Image
random = np.random.default_rng(1)
with_it = sys.modules["PIL.Image"]
for channels in (1, 3, 4):
    array = random.integers(0, 256, (5, 7, channels), dtype=np.uint8)
    sys.modules["PIL.Image"] = None
    data = pixels.png_of(array)
    sys.modules["PIL.Image"] = with_it
    found = np.asarray(Image.open(io.BytesIO(data)))
    assert (found.reshape(array.shape) == array).all()
    assert pixels.size_of(data) == (7, 5)
""")


def test_values_are_on_the_disk_when_log_returns(desk: Desk, tmp_path: Path) -> None:
    out, _ = desk.run("""
import os, runstone, numpy as np
run = runstone.init("media", id="killed", mode="offline")
picture = np.zeros((8, 8), np.uint8)
for step in range(3):
    run.log({"image": runstone.Image(picture), "path": runstone.Image(picture)}, step=5)
open("own.png", "wb").write(open(next(run_file for run_file in
    (os.path.join(at, name) for at, _, names in os.walk(run.folder) for name in names)
    if run_file.endswith(".png")), "rb").read())
run.log({"own": runstone.Image("own.png")})
os.remove("own.png")
print(run.folder, flush=True)
os._exit(9)
""", code=9)  # fmt: skip
    folder = Path(out.strip())
    folder = folder if folder.is_absolute() else tmp_path / folder
    names = sorted(path.name for path in folder.rglob("*.png"))
    assert len(names) == 3, "the same bytes under the same key at the same step are there once"
    assert not [path for path in folder.rglob(".*") if path.suffix == ".png"]
    assert os.listdir(folder / "files" / "media") == ["images"]
