"""The fifty runs: what each logs, and with it what must come back.

A recipe drives a `Writer`, which logs to the real client and notes the truth beside it.
"""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import media
import numpy as np
import wandb
from values import LINE, configured, logged
from writing import PROJECT, Truth, Writer


class Colour(Enum):
    RED = 1


Recipe = Callable[[Truth, Path], None]
RECIPES: list[Recipe] = []


def recipe(make: Recipe) -> Recipe:
    RECIPES.append(make)
    return make


# Values

NUMBERS = [
    0, 1, -1, 0.0, -0.0, 1.0, 0.1, 1 / 3, 1e-7, 12.5, 999_999.0, 1e6, 1_234_567.0, 1e15, 1e16,
    2.0**53, 1e21, 1e22, 1e308, -1e308, 5e-324, 2.2250738585072014e-308, math.pi, 10**15,
    2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**62 + 1, 2**63 - 1, -(2**63), 2**63, 2**64,
    -(2**100), True, False, math.nan, math.inf, -math.inf,
    np.float32(0.1), np.float32("nan"), np.float64(2.5), np.float64("nan"), np.float16(1.5),
    np.int8(-3), np.int64(2**60 + 1), np.uint64(2**64 - 1), np.bool_(True), np.longdouble(0.1),
]  # fmt: skip
TEXTS = [
    "", " ", "a", "NaN", "Infinity", "null", "1.0", "ünï ✓ \U0001f600", "two\nlines\ttab",
    '"quoted"\\',
    "\x00\x01\x7f", "e\u0301 and é", "\u202eright to left", "\ud800 alone", "<b>&amp;</b>",
    "x" * 70_000, "日本語" * 500,
]  # fmt: skip
LISTS: list[Any] = [
    [], [1, 2.0, math.nan, None, "x"], (1, 2), [[1, [2.5]], {"k": math.inf}], {3}, b"bytes",
    np.arange(3), np.array([2.5]), np.arange(100), np.array([[1.0, 2.0], [3.0, 4.5]]),
    datetime(2024, 2, 29, 12, 30), Colour.RED, None, {"a": 1, "b": {"c": math.nan, "d": [1]}},
    {"deep": {"er": {"est": {"x": 0.5}}}}, {"e": {}},
]  # fmt: skip


@recipe
def numbers(truth: Truth, folder: Path) -> None:
    """Each number alone under one key, so that its type changes from row to row."""
    run = Writer(truth, folder)
    for value in NUMBERS:
        run.log({"mixed": value})
    run.finish()


@recipe
def numbers_side_by_side(truth: Truth, folder: Path) -> None:
    """Each number in a column of its own, whose type never changes."""
    run = Writer(truth, folder)
    for _ in range(4):
        run.log({f"number/{i:02d}": value for i, value in enumerate(NUMBERS)})
    run.finish()


@recipe
def texts(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    for value in TEXTS:
        run.log({"text": value, "n": len(value)})
    run.finish()


@recipe
def lists(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    for i, value in enumerate(LISTS):
        run.log({f"list/{i:02d}": value, "i": i})
    run.finish()


@recipe
def odd_keys(truth: Truth, folder: Path) -> None:
    keys = [
        "val/loss", "a.b.c", "with space", "ünï ✓", "日本", 'quote"d', "back\\slash", "per%cent",
        "q?&=", "_private", "UPPER", "upper", "1", "-minus", "a" * 200, "(x)", "[0]", "$dollar",
        "{brace}", "comma,key", "semi;colon", "tab\tkey", "trailing ", "'single'", "`tick`", "*",
        "#", "\U0001f600",
    ]  # fmt: skip
    run = Writer(truth, folder)
    for step in range(5):
        run.log({key: step * 100 + i + 0.5 for i, key in enumerate(keys)})
    run.finish()


@recipe
def wide(truth: Truth, folder: Path) -> None:
    rng = random.Random(5)
    run = Writer(truth, folder)
    for _ in range(30):
        run.log({f"layer_{i // 20}/param_{i:03d}": rng.gauss(0, 1) for i in range(200)})
    run.finish()


@recipe
def sparse(truth: Truth, folder: Path) -> None:
    """Keys that are seldom there, steps with gaps, a step logged in several calls."""
    run = Writer(truth, folder)
    for step in (0, 3, 4, 100, 1_000, 1_999, 2_000, 2_001, 10_000, 50_000):
        row: dict[str, Any] = {"always": step / 7}
        if step % 2 == 0:
            row["even"] = step
        if step % 1_000 == 0:
            row |= {"val": {"acc": step / 3, "note": f"s{step}"}}
        run.log(row, step=step)
    run.run.log({"a": 1}, step=50_007, commit=False)
    run.log({"b": 2.5}, step=50_007)
    truth.rows[-1]["a"] = truth.summary["a"] = 1
    run.finish()


@recipe
def defined(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.run.define_metric("epoch")
    run.run.define_metric("val/*", step_metric="epoch")
    for key, aggregate in (("lo", "min"), ("hi", "max"), ("avg", "mean"), ("end", "last")):
        run.run.define_metric(key, summary=aggregate)
    run.run.define_metric("several", summary="min,max")
    run.run.define_metric("hidden", hidden=True)
    values = [3.5, 1.25, 2.75, 4.5, 2.5]
    for epoch, value in enumerate(values):
        keys = ("lo", "hi", "avg", "end", "several", "hidden")
        run.log({"epoch": epoch, "val/acc": value, **dict.fromkeys(keys, value)})
    run.finish()
    truth.summary |= {
        "lo": {"min": 1.25}, "hi": {"max": 4.5}, "avg": {"mean": 2.9}, "end": {"last": 2.5},
        "several": {"min": 1.25, "max": 4.5},
    }  # fmt: skip


@recipe
def pictures(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    for i in range(3):
        run.log({"picture": media.image(i, f"step {i} – ü"), "loss": 1 / (i + 1)})
    run.log({"many": media.images(3), "plain": media.image(9)})
    run.log({"nested": {"picture": media.image(10)}})
    truth.media.append(truth.rows[-1]["nested.picture"])
    run.finish()


@recipe
def other_media(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.log({"sound": media.audio(folder), "film": media.video(folder)})
    run.log({"page": media.html(), "figure": media.plotly(), "cloud": media.points()})
    run.log({"molecule": media.molecule(folder)})
    run.finish()


@recipe
def tables(truth: Truth, folder: Path) -> None:
    """A table is a file beside its row, and an artifact."""
    run = Writer(truth, folder)
    run.log({"table": media.table(), "x": 1})
    run.finish()
    truth.tables.append("table")


@recipe
def histograms(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    for i in range(4):
        make, expected = media.histogram(i)
        run.run.log({"hist": make()})
        truth.rows.append({"_step": i, "hist": logged(expected)})
        truth.summary["hist"] = logged(expected)
    run.finish()


# Records


@recipe
def config(truth: Truth, folder: Path) -> None:
    values = {f"number {i}": value for i, value in enumerate(NUMBERS)}
    values |= {f"text {i}": value for i, value in enumerate(TEXTS)}
    values |= {f"list {i}": value for i, value in enumerate(LISTS)}
    values |= {"a.b": 1, "a/b": 2, "ünï ✓": 3, "nested": {"x": {"y": [1, {"z": None}]}}, "-m-": 4}
    Writer(truth, folder, config=values).finish()


@recipe
def config_changed(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder, config={"lr": 0.1, "opt": {"name": "adam", "betas": [0.9, 0.99]}})
    run.configure({"later": "added"})
    run.run.config.update({"lr": 0.2}, allow_val_change=True)
    truth.config["lr"] = 0.2
    run.run.config["item"] = truth.config["item"] = [1, 2]
    run.finish()


@recipe
def summary(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.log({"loss": 0.5, "acc": 0.25})
    run.summarise("loss", 0.125)
    run.summarise("best/epoch", 7)
    run.summarise("nested", {"p": [1, 2.5], "q": {"r": "text"}})
    run.summarise("nan in a list", [math.nan, math.inf])
    run.summarise("inf", -math.inf)
    run.summarise("text", TEXTS[7])
    run.summarise("flag", True)
    run.summarise("big", 2**62 + 1)
    run.run.summary["none"] = None  # core leaves out what is None
    run.finish()


@recipe
def named(truth: Truth, folder: Path) -> None:
    truth.name = 'naïve "name" 100 % – ✓ / a\\b ' + "\U0001f600"
    run = Writer(
        truth,
        folder,
        group="a group – ✓",
        job_type="train / eval",
        tags=["one", "zwei ✓", "a tag with spaces", "UPPER"],
        notes="line one\n\n  line ✓ three\n",
    )
    run.log({"x": 1})
    run.run.tags = (*run.run.tags, "added")
    truth.tags.append("added")
    run.finish()


@recipe
def files(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.save("notes.txt", b"saved by hand\n")
    run.save("empty.bin", b"")
    run.save("deep/er/data.bin", bytes(range(256)) * 4_096)
    run.save("ünï ✓ 100 %.txt", "ünï".encode())
    run.save("weights.pt", random.Random(1).randbytes(3 * 2**20))
    run.finish()


@recipe
def console(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder, settings={"console": "wrap"})
    print("plain line")
    print("to stderr", file=sys.stderr)
    print("ünïcode ✓ \U0001f600")
    print("")
    print("  indented\ttab")
    for i in range(50):
        print(f"\rprogress {i:02d}/49", end="")
    print()
    print("\n".join(f"burst {i}" for i in range(300)))
    print("x" * 5_000)
    run.finish()
    truth.printed = [
        "plain line", "to stderr", "ünïcode ✓ \U0001f600", "", "  indented\ttab", "progress 49/49",
        *(f"burst {i}" for i in range(300)), "x" * 5_000,
    ]  # fmt: skip


TRAIN = """
import sys
import wandb

settings = wandb.Settings(x_disable_stats=True)
project, name, shown = sys.argv[1:]
run = wandb.init(project=project, id=name, name=shown, save_code=True, settings=settings)
run.log({"x": 1})
run.finish()
"""


@recipe
def code(truth: Truth, folder: Path) -> None:
    """A script of its own, in its own folder: what is saved of it is the script."""
    (folder / "train.py").write_text(TRAIN)
    words = [PROJECT, truth.id, truth.name]
    subprocess.run([sys.executable, "train.py", *words], cwd=folder, check=True)
    truth.rows.append({"_step": 0, "x": 1})
    truth.summary["x"] = 1
    truth.files["code/train.py"] = TRAIN.encode()
    truth.has_metadata = True


@recipe
def measured(truth: Truth, folder: Path) -> None:
    every = {"x_stats_sampling_interval": 0.2}
    run = Writer(
        truth, folder, settings={"x_disable_stats": False, "x_disable_meta": False} | every
    )
    run.log({"x": 1})
    time.sleep(1.2)
    run.finish()
    truth.has_system = truth.has_metadata = True


# Lives


@recipe
def nothing_logged(truth: Truth, folder: Path) -> None:
    Writer(truth, folder).finish()


@recipe
def one_row(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.log({"only": 0.5})
    run.finish()


@recipe
def long(truth: Truth, folder: Path) -> None:
    rng = random.Random(11)
    run = Writer(truth, folder)
    for i in range(5_000):
        run.log({"loss": rng.random(), "i": i, "word": f"w{i}" if i % 97 == 0 else "w"})
    run.finish()


@recipe
def failed(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.log({"x": 1})
    run.finish(3)


@recipe
def killed(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    run.log({"x": 1})
    run.finish(255)


@recipe
def crashed(truth: Truth, folder: Path) -> None:
    """Another process logs, sees that its rows have arrived, and kills itself.

    The client sends rows each 15 seconds, so that it goes on beside what else is written.
    """
    script = Path(__file__).with_name("main.py")
    BESIDE.append(subprocess.Popen([sys.executable, script, "crash", truth.id, folder]))
    while not (folder / "began").exists():
        assert BESIDE[-1].poll() is None, "the run that is to crash did not begin"
        time.sleep(0.05)
    truth.name = truth.id
    truth.state = "crashed"
    for step in range(3):
        truth.rows.append({"_step": step, "x": step + 0.5})
    truth.summary["x"] = 2.5


def crash(name: str, folder: Path) -> None:
    """What that other process does."""
    truth = Truth(name, name)
    run = Writer(truth, folder)
    (folder / "began").touch()
    for step in range(3):
        run.log({"x": step + 0.5})
    path = f"{run.run.entity}/{PROJECT}/{name}"
    for _ in range(200):
        time.sleep(0.1)
        there = wandb.Api().run(path)
        if there.lastHistoryStep == 2:
            break
    os.kill(os.getpid(), signal.SIGKILL)


@recipe
def resumed(truth: Truth, folder: Path) -> None:
    for life in range(3):
        run = Writer(
            truth,
            folder,
            resume="must" if life else "never",
            config={f"life {life}": life},
            tags=[] if life else ["kept"],
        )
        for i in range(4):
            run.log({"life": life, "i": i, f"only/{life}": i / 3})
        run.finish(1 if life == 1 else 0)


@recipe
def rewound(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder)
    for i in range(8):
        run.log({"x": i})
    run.finish()
    del truth.rows[4:]
    again = Writer(truth, folder, resume_from=f"{truth.id}?_step=3")
    for i in range(3):
        again.log({"x": 100 + i})
    again.finish()


@recipe
def forked(truth: Truth, folder: Path) -> None:
    parent = truth.id.replace("forked", "one-more")
    base = Truth(parent, parent)
    run = Writer(base, folder)
    for i in range(8):
        run.log({"x": i, "word": f"w{i}"})
    run.finish()
    truth.rows = base.rows[:5]
    branch = Writer(truth, folder, fork_from=f"{parent}?_step=4")
    for i in range(3):
        branch.log({"x": 50 + i})
    branch.finish()
    # A fork's summary begins with its own rows.
    ALSO_WRITTEN.append(base)


ALSO_WRITTEN: list[Truth] = []
BESIDE: list[subprocess.Popen[bytes]] = []
OFFLINE: list[str] = []


@recipe
def offline(truth: Truth, folder: Path) -> None:
    run = Writer(
        truth, folder, mode="offline", tags=["offline"], notes="n ✓", config={"a": [1, None]}
    )
    for value in NUMBERS:
        run.log({"mixed": value, "x": 0.5})
    run.save("offline.txt", b"saved offline")
    OFFLINE.append(str(Path(run.run.dir).parent))
    run.finish()


@recipe
def offline_with_pictures(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder, mode="offline")
    for i in range(2):
        run.log({"picture": media.image(100 + i, f"step {i}")})
    OFFLINE.append(str(Path(run.run.dir).parent))
    run.finish()


@recipe
def offline_and_failed(truth: Truth, folder: Path) -> None:
    run = Writer(truth, folder, mode="offline")
    run.log({"x": 1})
    OFFLINE.append(str(Path(run.run.dir).parent))
    run.finish(2)
    if LINE < (0, 31):
        truth.state = "finished"  # `wandb sync` of older lines sends exit code 0 of any run


def sync() -> None:
    """Uploads what was written offline, as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "wandb", "sync", *OFFLINE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# A family of runs, to be listed, filtered and sorted


def member(index: int) -> Recipe:
    def make(truth: Truth, folder: Path) -> None:
        rng = random.Random(index)
        run = Writer(
            truth,
            folder,
            config={
                "lr": 10 ** -rng.randrange(1, 5),
                "layers": rng.randrange(2, 9),
                "optimizer": rng.choice(["adam", "sgd", "lion"]),
                "nested": {"width": rng.randrange(1, 5) * 64},
                "maybe": rng.choice([None, 1, "text"]),
                "seed": index,
            },
            tags=rng.sample(["baseline", "paper", "old ✓"], rng.randrange(3)),
            group=f"group {index % 4}",
            job_type="eval" if index % 3 == 0 else "train",
            notes=f"note {index}" if index % 5 == 0 else "",
        )
        for i in range(rng.randrange(5, 25)):
            run.log({"loss": rng.random() / (i + 1), "val/acc": rng.random(), "epoch": i // 4})
        if index % 4 == 0:
            run.summarise("best", rng.random())
        run.finish(1 if index % 7 == 3 else 0)

    return make


def write_all(folder: Path, count: int) -> list[Truth]:
    """Writes `count` runs, in the order in which they begin."""
    makers = [(make.__name__, make) for make in RECIPES]
    # The fork brings its parent along.
    missing = count - len(makers) - 1
    makers += [(f"family-{i:02d}", member(i)) for i in range(missing)]
    # What crashes comes first: it takes the server a while to notice. What is synced comes last.
    makers.sort(key=lambda maker: (maker[0].startswith("offline"), maker[0] != "crashed"))
    truths: list[Truth] = []
    for name, make in makers:
        truth = Truth(f"{name}-{LINE[0]}-{LINE[1]}", name.replace("_", " "))
        place = folder / name
        place.mkdir(parents=True)
        make(truth, place)
        truths += [*ALSO_WRITTEN, truth]
        ALSO_WRITTEN.clear()
    sync()
    for process in BESIDE:
        assert process.wait(60) == -signal.SIGKILL
    for truth in truths:
        truth.config = configured(truth.config)
    return truths
