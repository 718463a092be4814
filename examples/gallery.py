"""Log something of every kind, so that every page has something to show. Takes about a minute.

Nothing is trained: the curves are formulas with seeded noise. Only NumPy and Pillow are needed.

    pip install -r examples/requirements.txt
    export WANDB_BASE_URL=http://127.0.0.1:8470
    export WANDB_API_KEY=...
    python examples/gallery.py
    python examples/gallery.py --live     # one more run, which goes on until Ctrl-C
"""

from __future__ import annotations

import argparse
import math
import struct
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import wandb
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]

SHAPES = ("circle", "square", "triangle")
REGISTRIES = {
    "shapes": ("model", "Models that are in use, and those that come next."),
    "datasets": ("dataset", "What models may be trained on, and what they are judged by."),
}
"""By name, what is in them."""
PLACES = {
    12: [("Shape classifier", "previous"), ("Baselines", "small")],
    16: [("Shape classifier", "production")],
    24: [("Shape classifier", "staging")],
}
"""By epoch, where the model of it stands in the registry, and as what."""
RESET, BOLD, DIM, RED, GREEN, YELLOW, CYAN = (f"\x1b[{code}m" for code in (0, 1, 2, 31, 32, 33, 36))


@dataclass(frozen=True)
class Recipe:
    """What one run is set to, and how it ends."""

    name: str
    lr: float
    optimizer: str = "adamw"
    depth: int = 12
    tags: tuple[str, ...] = ()
    notes: str = ""
    num_steps: int = 400
    exit_code: int = 0


RECIPES = (
    Recipe("baseline", 1e-3, tags=("baseline",), notes="What everything else is compared with."),
    Recipe("deeper", 1e-3, depth=24, tags=("depth",)),
    Recipe("shallow", 1e-3, depth=6, tags=("depth",)),
    Recipe("slow and steady", 2e-4, tags=("lr",)),
    Recipe("sgd", 1e-2, optimizer="sgd", tags=("optimizer",)),
    Recipe("too hot", 8e-3, tags=("lr", "diverged"), num_steps=180, exit_code=1),
)


def main() -> None:
    """Several projects; the first has one run with all that can be logged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="one run that goes on until Ctrl-C")
    if parser.parse_args().live:
        log_live_run()
        return
    for seed, recipe in enumerate(RECIPES[:2]):
        log_short_run("language-model", recipe, seed)
    for seed, recipe in enumerate(RECIPES[2:5]):
        log_short_run("reinforcement-learning", recipe, seed)
    for seed, recipe in enumerate(RECIPES):
        log_training(recipe, seed)
    with TemporaryDirectory() as folder:
        log_everything(Path(folder))


def quiet(**settings: object) -> wandb.Settings:
    """Settings of runs that are about their curves alone."""
    return wandb.Settings(console="off", x_disable_stats=True, silent=True, **settings)


def log_training(recipe: Recipe, seed: int) -> None:
    """Curves in sections, with values that are not numbers where a training goes wrong."""
    run = wandb.init(
        project="shapes",
        id=f"shapes-{seed}",
        name=recipe.name,
        group="sweep of settings",
        job_type="train",
        tags=recipe.tags,
        notes=recipe.notes,
        config=config_of(recipe, seed),
        settings=quiet(),
    )
    rng = np.random.default_rng(seed)
    for step in range(recipe.num_steps):
        run.log(metrics_at(step, recipe, rng))
        if recipe.exit_code != 0:
            watch(run, step)
    run.summary["best"] = {"epoch": 7 + seed, "val/acc": 0.9 + 0.01 * seed}
    run.finish(exit_code=recipe.exit_code)


def watch(run: wandb.Run, step: int) -> None:
    """Alerts of a training that goes wrong."""
    match step:
        case 60:
            run.alert("Training is on its way", "60 steps, about 2,300 images per second.")
        case 121:
            run.alert(
                "The gradient is no number",
                "optim/grad_norm is NaN since step 121; the step was skipped.",
                level=wandb.AlertLevel.WARN,
            )
        case 170:
            run.alert(
                "The loss diverges",
                "train/loss is ten times what it was at step 120. Try a lower learning rate.",
                level=wandb.AlertLevel.ERROR,
            )


def log_short_run(project: str, recipe: Recipe, seed: int) -> None:
    """A run in another project."""
    run = wandb.init(
        project=project,
        id=f"{project}-{seed}",
        name=recipe.name,
        config={"seed": seed},
        settings=quiet(),
    )
    rng = np.random.default_rng(seed)
    for step in range(60):
        run.log({"loss": math.exp(-step / 20) + rng.normal(0, 0.02), "reward": step * 0.7})
    run.finish()


def log_live_run() -> None:
    """A run that is still going on."""
    recipe = Recipe("night shift", 5e-4, tags=("live",))
    run = wandb.init(
        project="shapes",
        id="shapes-live",
        name=recipe.name,
        tags=recipe.tags,
        config=config_of(recipe, 42),
        settings=quiet(),
    )
    rng = np.random.default_rng(42)
    step = 0
    try:
        while True:
            run.log(metrics_at(step, recipe, rng))
            step += 1
            time.sleep(0.02 if step < 200 else 1.0)
    except KeyboardInterrupt:
        run.finish()


def config_of(recipe: Recipe, seed: int) -> dict[str, object]:
    """Settings as people have them: some nested, some lists, some missing."""
    return {
        "seed": seed,
        "epochs": 20,
        "optimizer": {"name": recipe.optimizer, "lr": recipe.lr, "betas": [0.9, 0.999]},
        "model": {"depth": recipe.depth, "width": 384, "heads": 6, "dropout": 0.1},
        "data": {"name": "shapes-64", "augment": ["flip", "crop"], "path": "/data/shapes/v3"},
        "resume_from": None,
        "mixed_precision": True,
    }


def metrics_at(step: int, recipe: Recipe, rng: np.random.Generator) -> dict[str, float]:
    """One row of history."""
    speed = recipe.lr**0.35 * (1.2 if recipe.optimizer == "adamw" else 0.7) / 4
    loss = 0.08 + 2.2 * math.exp(-step * speed / 3) + 12 / recipe.depth * 0.01
    loss *= 1 + rng.normal(0, 0.06)
    row = {
        "train/loss": loss,
        "train/acc": 1 - min(loss, 2.3) / 2.4,
        "train/lr": recipe.lr * 0.5 * (1 + math.cos(math.pi * step / 400)),
        "optim/grad_norm": abs(rng.normal(1, 0.3)) * loss,
        "optim/weight_norm": 40 + step * 0.02 * recipe.depth / 12,
        "perf/images_per_s": 2_300 + 120 * math.sin(step / 17) + rng.normal(0, 30),
    }
    if step % 10 == 0:
        row["val/loss"] = loss * 1.12 + 0.02
        row["val/acc"] = 1 - min(loss * 1.15, 2.3) / 2.4
    if recipe.exit_code != 0 and step > 120:
        row["train/loss"] = loss * 1.05 ** (step - 120)
        row["optim/grad_norm"] = math.inf if step % 4 == 0 else math.nan
    return row


def log_everything(folder: Path) -> None:
    """One run with media, console output, system metrics, code and files."""
    script = Path(__file__)
    run = wandb.init(
        project="shapes",
        id="shapes-everything",
        name="everything at once",
        job_type="evaluate",
        tags=("media", "gallery"),
        notes="One of each kind:\n\n- images with boxes and masks\n- histograms, tables, audio",
        config=config_of(RECIPES[0], 7),
        settings=wandb.Settings(x_stats_sampling_interval=0.5, silent=True, save_code=True),
    )
    rng = np.random.default_rng(7)
    print(f"{BOLD}Evaluating on shapes-64{RESET} {DIM}(3 classes, 640 images){RESET}")
    for step in range(24):
        row: dict[str, object] = dict(metrics_at(step * 10, RECIPES[0], rng))
        if step % 4 == 0:
            row |= media_at(step, rng, folder)
        run.log(row)
        report(step, row)
        time.sleep(0.35)
    run.log({"eval/predictions": predictions(rng), "eval/per_class": per_class()})
    save_files(run, script, folder)
    create_registries()
    log_artifacts(run, folder, rng)
    print(f"{GREEN}✓ done{RESET} in 8.4 s")
    run.finish()


def report(step: int, row: dict[str, object]) -> None:
    """A line of console output as training scripts print them, colours and all."""
    bar = "█" * (step // 2 + 1)
    print(f"{CYAN}epoch {step + 1:2d}/24{RESET} {bar:<12} loss {row['train/loss']:.4f}")
    if step == 9:
        print(f"{YELLOW}warning:{RESET} learning rate is above the recommended 5e-4")
    if step == 15:
        print(f"{RED}error:{RESET} worker 3 timed out; retried on worker 1")


def media_at(step: int, rng: np.random.Generator, folder: Path) -> dict[str, object]:
    """Media of every kind that the client makes without further packages."""
    labels = dict(enumerate(SHAPES))
    images = [draw_shape(shape, rng) for shape in SHAPES]
    return {
        "samples": [
            wandb.Image(image, caption=f"{shape}, step {step}")
            for shape, image in zip(SHAPES, images, strict=True)
        ],
        "detections": wandb.Image(
            images[0],
            caption="a circle, found",
            boxes={"prediction": {"box_data": [box()], "class_labels": labels}},
            masks={"truth": {"mask_data": mask(), "class_labels": labels}},
        ),
        "weights": wandb.Histogram(rng.normal(0, 1 + step / 24, 4_000)),
        "activations": wandb.Histogram(rng.gamma(2 + step / 8, 1, 4_000)),
        "chirp": wandb.Audio(write_chirp(folder / f"chirp-{step}.wav", step), caption="a chirp"),
        "film": wandb.Video(
            write_film(folder / f"film-{step}.gif", step), caption="a square turns"
        ),
        "card": wandb.Html(f"<h2>Model card</h2><p>After step <b>{step}</b>.</p>"),
        "figure": wandb.Html(svg_figure(step)),
        "cloud": wandb.Object3D(rng.normal(size=(200, 3))),
    }


def draw_shape(shape: str, rng: np.random.Generator) -> Pixels:
    """A bright shape on a dark ground."""
    image = Image.new("RGB", (96, 96), (24, 28, 34))
    draw = ImageDraw.Draw(image)
    colour = tuple(int(part) for part in rng.integers(110, 255, 3))
    match shape:
        case "circle":
            draw.ellipse((24, 24, 72, 72), fill=colour)
        case "square":
            draw.rectangle((26, 26, 70, 70), fill=colour)
        case _:
            draw.polygon([(48, 22), (74, 72), (22, 72)], fill=colour)
    noise = rng.integers(0, 12, (96, 96, 3))
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def box() -> dict[str, object]:
    """A box around the shape."""
    return {
        "position": {"minX": 0.22, "maxX": 0.78, "minY": 0.22, "maxY": 0.78},
        "class_id": 0,
        "box_caption": "circle 0.97",
        "scores": {"confidence": 0.97},
    }


def mask() -> Pixels:
    """The pixels of the circle."""
    y, x = np.mgrid[:96, :96]
    return ((x - 48) ** 2 + (y - 48) ** 2 < 24**2).astype(np.uint8)


def write_chirp(path: Path, step: int) -> str:
    """Half a second of a rising tone."""
    rate = 8_000
    times = np.arange(rate // 2) / rate
    samples = (12_000 * np.sin(2 * np.pi * (220 + 20 * step + 400 * times) * times)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(struct.calcsize("<h"))
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return str(path)


def write_film(path: Path, step: int) -> str:
    """Twelve frames of a square that turns."""
    square = Image.new("RGB", (96, 96), (24, 28, 34))
    ImageDraw.Draw(square).rectangle((30, 30, 66, 66), fill=(45, 212, 191))
    frames = [square.rotate(30 * frame + step, fillcolor=(24, 28, 34)) for frame in range(12)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80, loop=0)
    return str(path)


def svg_figure(step: int) -> str:
    """A figure as a page of its own."""
    bars = "".join(
        f'<rect x="{20 + 60 * i}" y="{120 - height}" width="40" height="{height}" fill="#4477aa"/>'
        for i, height in enumerate((60 + step, 90, 40 + 2 * step))
    )
    return f'<svg width="220" height="130" xmlns="http://www.w3.org/2000/svg">{bars}</svg>'


def predictions(rng: np.random.Generator) -> wandb.Table:
    """A table with pictures in it."""
    table = wandb.Table(columns=["id", "image", "truth", "guess", "confidence"])
    for number in range(24):
        truth = SHAPES[number % 3]
        guess = truth if rng.random() < 0.85 else "circle"
        picture = wandb.Image(draw_shape(truth, rng))
        table.add_data(number, picture, truth, guess, round(float(rng.random()), 4))
    return table


def per_class() -> wandb.Table:
    """A small table of numbers."""
    rows = [["circle", 0.981, 213], ["square", 0.964, 214], ["triangle", 0.937, 213]]
    return wandb.Table(columns=["class", "accuracy", "images"], data=rows)


def save_files(run: wandb.Run, script: Path, folder: Path) -> None:
    """Files of several kinds: text, JSON, CSV, code, and bytes."""
    files = {
        "report/README.md": "# Shapes\n\nAccuracy is **96.1 %** on 640 images.\n",
        "report/confusion.csv": "truth,circle,square,triangle\ncircle,209,3,1\nsquare,2,206,6\n",
        "report/metrics.json": '{"accuracy": 0.961, "per_class": {"circle": 0.981}}\n',
        "code/evaluate.py": script.read_text(),
        "weights/head.bin": "\0" * 4_096,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        run.save(str(path), base_path=str(folder), policy="now")


def log_artifacts(run: wandb.Run, folder: Path, rng: np.random.Generator) -> None:
    """A dataset in two versions, which the run used, and a model in five, the fourth of them best.

    Runs of their own make the dataset and judge the model, so that there is a way from one to the
    other and beyond.
    """
    for number in (0, 1):
        make_dataset(folder, number)
    run.use_artifact("shapes-64:latest")
    for epoch, accuracy in ((4, 0.871), (8, 0.912), (12, 0.938), (16, 0.961), (24, 0.958)):
        weights = folder / "classifier.bin"
        weights.write_bytes(rng.normal(size=60_000).astype(np.float32).tobytes())
        notes = folder / "training.md"
        notes.write_text(f"# Training\n\nAfter {epoch} epochs.\n\nAccuracy: {accuracy}\n")
        model = wandb.Artifact(
            "shape-classifier",
            "model",
            description="A small classifier of shapes.",
            metadata={
                "epoch": epoch,
                "val/acc": accuracy,
                "val/loss": round(1.1 - accuracy, 3),
                "format": "float32",
            },
        )
        model.add_file(str(weights), name="weights/classifier.bin")
        model.add_file(str(notes), name="training.md")
        model.add_file(str(folder / "report/metrics.json"), name="metrics.json")
        model.add_file(str(folder / "code/evaluate.py"), name="code/evaluate.py")
        model.add(guesses(accuracy), "guesses")
        aliases = [f"epoch-{epoch}"] + ["best"] * (epoch == 16)
        logged = run.log_artifact(model, aliases=aliases).wait()
        for collection, stage in PLACES.get(epoch, ()):
            run.link_artifact(logged, f"wandb-registry-shapes/{collection}", aliases=[stage])
    for number, name in enumerate(("on held-out shapes", "on drawings")):
        judge = wandb.init(
            project="shapes",
            id=f"shapes-evaluate-{number}",
            name=name,
            job_type="evaluate",
            settings=quiet(),
            reinit="create_new",
        )
        judge.use_artifact("shape-classifier:best")
        judge.finish()


def make_dataset(folder: Path, number: int) -> None:
    """A version of the dataset; the second one has more labels, and one mended."""
    maker = wandb.init(
        project="shapes",
        id=f"shapes-prepare-{number}",
        name=f"prepare {number}",
        job_type="prepare",
        settings=quiet(),
        reinit="create_new",
    )
    labels = folder / "labels.csv"
    rows = [f"{at},{SHAPES[at % 3]}" for at in range(40 + 20 * number)]
    rows[7] = "7,triangle" if number else "7,square"
    labels.write_text("picture,label\n" + "\n".join(rows) + "\n")
    data = wandb.Artifact(
        "shapes-64",
        "dataset",
        description="Circles, squares and triangles of 64 × 64 pixels.",
        metadata={"pictures": len(rows), "seed": 7},
    )
    data.add_file(str(labels))
    data.add_dir(str(folder / "report"), name="docs")
    logged = maker.log_artifact(data).wait()
    maker.link_artifact(logged, "wandb-registry-datasets/Shapes 64")
    maker.finish()


def guesses(accuracy: float) -> wandb.Table:
    """What the model says of twelve pictures: the better it is, the more is right."""
    table = wandb.Table(columns=["picture", "label", "guess", "sure"])
    num_right = round(12 * accuracy**2)
    for at in range(12):
        guess = SHAPES[at % 3] if at < num_right else SHAPES[(at + 1) % 3]
        table.add_data(at, SHAPES[at % 3], guess, round(accuracy - 0.03 * (at % 4), 3))
    return table


def create_registries() -> None:
    """Where versions are put into use; they stay from one gallery to the next."""
    api = wandb.Api()
    there = {found.name for found in api.registries()}
    for name, (kind, description) in REGISTRIES.items():
        if name not in there:
            api.create_registry(
                name,
                visibility="organization",
                description=description,
                artifact_types=[kind],
            )


if __name__ == "__main__":
    main()
