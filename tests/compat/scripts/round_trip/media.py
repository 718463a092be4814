"""Media to log, with what must be found where they were logged.

A picture's digest and path are the client's to choose: what is expected are its traits, that its
file is there with the size and the digest that the value tells, and that it holds what was drawn.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import wandb
from PIL import Image
from values import Expected, differences

Check = Callable[[bytes], Any]

_FILE_FIELDS = {"path", "sha256", "size"}


class Media(Expected):
    """One object that was logged: traits, and what its file holds."""

    def __init__(self, make: Callable[[], Any], traits: dict[str, Any], holds: Check) -> None:
        self.make = make
        self.traits = traits
        self._holds = holds
        # Set before anything is compared: the run's files by name.
        self.read: Callable[[str], bytes] | None = None

    def differences(self, found: Any) -> Iterator[str]:
        if not isinstance(found, dict):
            yield f"expected media, found {found!r}"
            return
        more = {key: value for key, value in found.items() if key not in _FILE_FIELDS}
        yield from differences(self.traits, more)
        yield from self._file_differences(found)

    def _file_differences(self, found: dict[str, Any]) -> Iterator[str]:
        assert self.read is not None
        data = self.read(found["path"])
        yield from differences(len(data), found["size"], "size")
        yield from differences(hashlib.sha256(data).hexdigest(), found["sha256"], "sha256")
        yield from differences(True, self._holds(data), f"content of {found['path']}")


class Images(Media):
    """Pictures that were logged as one list."""

    def differences(self, found: Any) -> Iterator[str]:
        if not isinstance(found, dict):
            yield f"expected pictures, found {found!r}"
            return
        assert self.read is not None
        more = {key: value for key, value in found.items() if key != "filenames"}
        yield from differences(self.traits, more)
        for index, path in enumerate(found["filenames"]):
            yield from differences(True, self._holds(self.read(path)) == index, path)


class Table(Media):
    """A table: its file, beside which the client makes an artifact with links of its own."""

    def differences(self, found: Any) -> Iterator[str]:
        links = [key for key in found if key in ("artifact_path", "_latest_artifact_path")]
        if not all(str(found[link]).startswith("wandb-") for link in links):
            yield f"links of the artifact: {found}"
        yield from super().differences({k: v for k, v in found.items() if k not in links})


def _pixels(seed: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, (5, 4, 3), np.uint8)


def _decoded(data: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def image(seed: int, caption: str | None = None) -> Media:
    traits: dict[str, Any] = {"_type": "image-file", "format": "png", "width": 4, "height": 5}
    if caption is not None:
        traits["caption"] = caption
    pixels = _pixels(seed)
    return Media(
        lambda: wandb.Image(pixels, caption=caption),
        traits,
        lambda data: np.array_equal(_decoded(data), pixels),
    )


def images(count: int) -> Images:
    drawn = [_pixels(1_000 + i) for i in range(count)]
    captions = [f"picture {i} – ü" for i in range(count)]
    traits = {
        "_type": "images/separated", "format": "png", "width": 4, "height": 5,
        "count": count, "captions": captions,
    }  # fmt: skip

    def which(data: bytes) -> int:
        found = _decoded(data)
        return [np.array_equal(found, pixels) for pixels in drawn].index(True)

    return Images(
        lambda: [wandb.Image(p, caption=c) for p, c in zip(drawn, captions, strict=True)],
        traits,
        which,
    )


def audio(folder: Path) -> Media:
    path = folder / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"".join(struct.pack("<h", 37 * i % 9_000) for i in range(800)))
    return _of_file(path, lambda: wandb.Audio(str(path), caption="a tone"), "audio-file", "a tone")


def video(folder: Path) -> Media:
    path = folder / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40)
    return _of_file(path, lambda: wandb.Video(str(path), caption="a film"), "video-file", "a film")


def molecule(folder: Path) -> Media:
    path = folder / "water.pdb"
    path.write_text("HETATM    1  O   HOH A   1       0.000   0.000   0.000\n")
    return _of_file(
        path, lambda: wandb.Molecule(str(path), caption="water"), "molecule-file", "water"
    )


def _of_file(path: Path, make: Callable[[], Any], kind: str, caption: str) -> Media:
    data = path.read_bytes()
    return Media(make, {"_type": kind, "caption": caption}, lambda found: found == data)


def html() -> Media:
    text = "<h1>ünï</h1><script>document.title = 'x'</script>"
    return Media(
        lambda: wandb.Html(text, inject=False),
        {"_type": "html-file"},
        lambda data: data.decode() == text,
    )


class Figure:
    """What the client takes for a figure of plotly: a class of that name that tells its JSON."""

    JSON: ClassVar = {
        "data": [{"type": "scatter", "x": [1, 2], "y": [3.5, 4]}],
        "layout": {"title": "t"},
    }

    def to_plotly_json(self) -> dict[str, Any]:
        return self.JSON


Figure.__module__ = "plotly.graph_objs._figure"


def plotly() -> Media:
    return Media(Figure, {"_type": "plotly-file"}, lambda data: json.loads(data) == Figure.JSON)


def points() -> Media:
    cloud = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.5, 0.0, 1.0]]
    return Media(
        lambda: wandb.Object3D(np.array(cloud)),
        {"_type": "object3D-file"},
        lambda data: json.loads(data) == cloud,
    )


TABLE_COLUMNS = ["id", "word", "share", "none"]
TABLE_ROWS = [[i, f"w{i} ✓", i / 3, None] for i in range(30)]


def table() -> Table:
    columns, rows = TABLE_COLUMNS, TABLE_ROWS
    traits: dict[str, Any] = {"_type": "table-file", "ncols": 4, "nrows": 30}
    if hasattr(wandb.Table(columns=columns), "log_mode"):  # 0.19 has none
        traits["log_mode"] = "IMMUTABLE"
    return Table(
        lambda: wandb.Table(columns=columns, data=rows),
        traits,
        lambda data: json.loads(data) == {"columns": columns, "data": rows},
    )


def histogram(seed: int) -> tuple[Callable[[], Any], dict[str, Any]]:
    """A histogram is no file: all of it stands in the row."""
    values = np.random.default_rng(seed).normal(size=200)

    def make() -> Any:
        return wandb.Histogram(values, num_bins=16)

    return make, make().to_json()
