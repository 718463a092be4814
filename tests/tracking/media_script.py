"""Logs one value of each kind: by `import runstone`, or by `import wandb`, as the argument says."""

import sys
from importlib import import_module

import numpy as np
from PIL import Image as Pillow

lib = import_module(sys.argv[1])
random = np.random.default_rng(0)
rows, columns = np.mgrid[0:24, 0:32]
pixels = np.stack([columns * 7, rows * 9, 255 - columns], axis=2).astype(np.uint8)
boxes = {
    "found": {
        "box_data": [
            {"position": {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.7}, "class_id": 1},
            {"position": {"middle": [9, 9], "width": 3, "height": 4}, "domain": "pixel",
             "class_id": 0, "box_caption": "road", "scores": {"p": 0.5}},
        ],
        "class_labels": {0: "road", 1: "car"},
    }
}  # fmt: skip
masks = {"truth": {"mask_data": (columns > 9).astype(np.uint8), "class_labels": {0: "a", 1: "b"}}}
with open("page.html", "w") as file:
    file.write("<h1>Hello</h1>")
with open("tone.wav", "wb") as file:
    file.write(b"RIFF, or what is taken for it")
with open("cube.obj", "w") as file:
    file.write("v 0 0 0\n")
with open("water.pdb", "w") as file:
    file.write("HETATM    1  O   HOH A   1       0.000   0.000   0.000  1.00  0.00           O\n")
Pillow.fromarray(pixels).save("film.gif")

run = lib.init(project="media", id=sys.argv[2])
run.log({
    "image": lib.Image(pixels, caption="a gradient"),
    "gray": lib.Image(pixels[:, :, 0]),
    "jpg": lib.Image(pixels, file_type="jpg"),
    "alpha": lib.Image(np.dstack([pixels, pixels[:, :, 0]])),
    "pillow": lib.Image(Pillow.fromarray(pixels), grouping=2),
    "file": lib.Image("film.gif"),
    "images": [lib.Image(pixels, caption="one"), lib.Image(255 - pixels, caption="two")],
    "boxed": lib.Image(pixels, boxes=boxes, masks=masks),
    "boxed many": [lib.Image(pixels, boxes=boxes), lib.Image(pixels, masks=masks)],
    "html": lib.Html("page.html", inject=False),
    "htmls": [lib.Html("<b>1</b>", inject=False), lib.Html("<b>2</b>", inject=False)],
    "counted": lib.Histogram(random.normal(size=1_000)),
    "given": lib.Histogram(np_histogram=np.histogram(random.normal(size=100), bins=8)),
    "sound": lib.Audio("tone.wav", caption="a tone"),
    "film": lib.Video("film.gif", caption="a film"),
    "films": [lib.Video("film.gif"), lib.Video("film.gif")],
    "mesh": lib.Object3D("cube.obj"),
    "cloud": lib.Object3D(random.normal(size=(3, 3)).round(3)),
    "clouds": [lib.Object3D(np.ones((2, 6))), lib.Object3D(np.ones((2, 4)))],
    "molecule": lib.Molecule("water.pdb", caption="water"),
    "molecules": [lib.Molecule("water.pdb"), lib.Molecule("water.pdb")],
    "table": lib.Table(columns=["n", "name"], data=[[1, "one"], [2, None]]),
})  # fmt: skip
growing = lib.Table(columns=["a"], log_mode="INCREMENTAL")
for number in range(2):
    growing.add_data(number)
    run.log({"growing": growing, "val": {"inner": lib.Image(pixels)}})
run.finish()
