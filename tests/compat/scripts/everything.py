"""One run that uses about everything that a run has."""

import json
import math
import sys
import time

import numpy as np
import wandb

run = wandb.init(
    project="everything",
    name="every thing, 100 % – ✓",
    group="a group",
    job_type="train",
    tags=["one", "zwei ✓"],
    notes="line one\nline two",
    config={
        "lr": 0.1,
        "layers": [64, 32],
        "nested": {"a": {"b": 1}},
        "flag": True,
        "none": None,
        "text": "ünï \U0001f600",
        "big": 2**60,
    },
    save_code=True,
    settings=wandb.Settings(x_stats_sampling_interval=0.2),
)
run.config.update({"later": "added"})
run.define_metric("epoch")
run.define_metric("val/*", step_metric="epoch", summary="min")
run.define_metric("secret", hidden=True)

pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
for i in range(5):
    run.log(
        {
            "loss": 1 / (i + 1),
            "count": i,
            "big": 2**53 + 1 + i,
            "flag": i % 2 == 0,
            "word": f"w{i}",
            "nan": math.nan,
            "inf": math.inf if i % 2 else -math.inf,
            "d": {"x": i + 0.5, "deep": {"y": i}},
            "list": [i, "a"],
            "a.dot/slash": i * 1.5,
        }
    )
run.log({"epoch": 1, "val/acc": 0.5, "hist": wandb.Histogram([1, 2, 2, 3])}, step=10)
run.log({"epoch": 2, "val/acc": 0.25, "img": wandb.Image(pixels, caption="four")}, step=11)
run.log({"imgs": [wandb.Image(pixels), wandb.Image(pixels)]}, step=12)
run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])}, step=13)
run.log({"html": wandb.Html("<script>alert(1)</script>")}, step=20)
run.summary["best"] = 0.125
run.summary["nested"] = {"p": [1, 2]}

print("plain line")
print("to stderr", file=sys.stderr)
for i in range(3):
    print(f"\rprogress {i}", end="")
    time.sleep(0.3)
print()
print("ünïcode ✓")

with open("notes.txt", "w") as file:
    file.write("saved by hand\n")
wandb.save("notes.txt")
run.alert("a title", "a text", level=wandb.AlertLevel.WARN, wait_duration=300)
run.alert("a title", "too soon after the first", wait_duration=300)
run.alert("another", "text")
time.sleep(1.5)
facts = {"id": run.id, "name": run.name, "url": run.url, "entity": run.entity}
started = time.time()
run.finish()
facts["finish_s"] = time.time() - started
print("RESULT " + json.dumps(facts))
