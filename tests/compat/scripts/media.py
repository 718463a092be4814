"""One run that logs every kind of media that the client can make without further packages."""

import json
import struct
import wave
import zlib
from pathlib import Path

import numpy as np
import wandb
from wandb.sdk.data_types.trace_tree import Span, WBTraceTree

MODERN = tuple(map(int, wandb.__version__.split(".")[:2])) >= (0, 20)


class Figure:
    """What the client takes for a figure of plotly: a class of that name that tells its JSON."""

    def to_plotly_json(self):
        return {"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {"title": "t"}}


Figure.__module__ = "plotly.graph_objs._figure"


def write_wav(path, seconds):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(struct.pack("<h", 1_000) * int(8_000 * seconds))
    return path


run = wandb.init(project="media", config={"a": 1})
pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
wide = np.zeros((4, 8, 3), np.uint8)
classes = {0: "sky", 1: "road"}
boxes = {
    "predictions": {
        "box_data": [
            {
                "position": {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6},
                "class_id": 1,
                "box_caption": "a road",
                "scores": {"iou": 0.75},
            }
        ],
        "class_labels": classes,
    }
}
# Older lines make masks in a way that the Pillow of today refuses.
mask = {"truth": {"mask_data": np.eye(4, dtype=np.uint8), "class_labels": classes}}
masks = mask if MODERN else None

for step in range(3):
    run.log(
        {
            "loss": 1 / (step + 1),
            "image": wandb.Image(pixels + np.uint8(step), caption=f"step {step}"),
            "hist": wandb.Histogram(np.random.default_rng(step).normal(size=1_000)),
        }
    )
run.log({"images": [wandb.Image(pixels, caption="one", boxes=boxes), wandb.Image(pixels)]})
grouped = wandb.Image(wide, grouping=2)
run.log({"boxed": wandb.Image(pixels, boxes=boxes, masks=masks), "grouped": grouped})
if MODERN:
    run.log({"masked": [wandb.Image(pixels, masks=masks), wandb.Image(pixels, masks=masks)]})
run.log({"audio": wandb.Audio(write_wav("tone.wav", 0.5), caption="a tone")})
Path("film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(1_000))
run.log({"video": wandb.Video("film.mp4", caption="a film")})
run.log({"videos": [wandb.Video("film.mp4"), wandb.Video("film.mp4")]})
run.log({"html": wandb.Html("<h1>hello</h1><script>document.title = 'x'</script>")})
run.log({"htmls": [wandb.Html("<p>1"), wandb.Html("<p>2")]})
run.log({"figure": Figure()})
cloud = np.array([[0, 0, 0], [1, 1, 1], [0.5, 0, 1]])
clouds = [wandb.Object3D(cloud), wandb.Object3D(cloud)]
run.log({"cloud": wandb.Object3D(cloud), "clouds": clouds})
Path("water.pdb").write_text("HETATM    1  O   HOH A   1       0.000   0.000   0.000\n")
run.log({"molecule": wandb.Molecule("water.pdb", caption="water")})
run.log({"molecules": [wandb.Molecule("water.pdb")]})
table = wandb.Table(columns=["id", "word", "picture", "score"])
for i in range(25):
    table.add_data(i, f"w{i}", wandb.Image(pixels + np.uint8(i)), i / 2)
run.log({"table": table})
if MODERN:
    growing = wandb.Table(columns=["n"], log_mode="INCREMENTAL")
    for i in range(3):
        growing.add_data(i)
        run.log({"growing": growing})
bars = wandb.Table(columns=["l", "v"], data=[["a", 1]])
run.log({"bars": wandb.plot.bar(bars, "l", "v", title="T")})
run.log({"trace": WBTraceTree(Span(name="root"))})
run.log({"graph": wandb.Graph()})
run.log({"nested": {"image": wandb.Image(pixels)}})
run.log({"list": [1, "a"], "word": "text", "odd": {"_type": "from-the-future", "path": 3}})
# A file that is announced and never comes, and a damaged one.
run.log({"lost": {"_type": "image-file", "path": "media/images/lost.png", "format": "png"}})
Path("broken.table.json").write_text('{"columns": ["a"], "data": [[1], [')
wandb.save("broken.table.json")
Path("figures.csv").write_text('a,b\n1,"x,y"\n2,ü\n')
wandb.save("figures.csv")
Path("data.bin").write_bytes(zlib.compress(b"x" * 1_000))
wandb.save("data.bin")
print("printed at last")
facts = {"id": run.id}
run.finish()
print("RESULT " + json.dumps(facts))
