"""What the browser tests look at, logged by the unmodified client; the ids come last, as JSON.

Three runs of one project with values that a test can compute again (see `values.py`), one that
fails, one with a long console. The client's own python runs this; nothing of Runstone is here.
"""

import json
import os
import sys

import wandb
from values import LEARNING_RATES, NUM_STEPS, accuracy, loss

PROJECT = "walk"
SETTINGS = {"console": "wrap", "x_stats_sampling_interval": 0.1, "silent": True}


def train(name: str, learning_rate: float, depth: int) -> str:
    run = wandb.init(
        project=PROJECT,
        name=name,
        group="grid" if depth > 1 else None,
        job_type="train",
        tags=["baseline"] if depth == 1 else ["grid", "résumé 학습"],
        notes=f"Depth {depth} on the small set.",
        config={
            "learning_rate": learning_rate,
            "model": {"depth": depth, "activation": "gelu"},
            "batch_size": 32,
        },
        settings=SETTINGS,
    )
    run.define_metric("val/*", step_metric="epoch")
    for step in range(NUM_STEPS):
        row = {
            "train/loss": loss(step, learning_rate),
            "train/accuracy": accuracy(step, depth),
            "lr": learning_rate,
        }
        if step % 20 == 19:
            row |= {"val/loss": loss(step, learning_rate) * 1.1, "epoch": (step + 1) // 20}
        run.log(row)
    print(f"\x1b[1;32mdone\x1b[0m {name} \x1b[38;5;208morange\x1b[0m")
    print(f"warning of {name}", file=sys.stderr)
    run.summary["best"] = {"accuracy": accuracy(NUM_STEPS - 1, depth), "step": NUM_STEPS - 1}
    run.finish()
    return run.id


def fail() -> str:
    run = wandb.init(project=PROJECT, name="fails", settings=SETTINGS)
    run.log({"train/loss": 3.5})
    run.finish(exit_code=1)
    return run.id


def talk(num_lines: int) -> str:
    run = wandb.init(project=PROJECT, name="talks", settings=SETTINGS)
    for number in range(1, 5):
        run.alert(f"Alert {number}", text="loss is nan", level="ERROR" if number == 4 else "INFO")
    for number in range(num_lines):
        print(f"line {number} of {num_lines}")
    run.finish()
    return run.id


ids = {
    name: train(name, rate, depth)
    for depth, (name, rate) in enumerate(LEARNING_RATES.items(), start=1)
}
ids["fails"] = fail()
ids["talks"] = talk(int(os.environ.get("NUM_LINES", "3000")))
print("RESULT " + json.dumps(ids))
