"""Run by the wandb client's own Python: logs some rows, and more each time it is told to."""

import json
import math
import sys

import wandb

run = wandb.init(
    project="live",
    id="watched",
    name="a run that is watched",
    config={"lr": 0.1},
    settings=wandb.Settings(x_file_stream_transmit_interval=0.5),
)
step = 0
for line in sys.stdin:
    for _ in range(int(line)):
        loss = math.nan if step == 5 else math.exp(-step / 7)
        run.log({"train/loss": loss, "train/accuracy": 1 - 1 / (step + 1)})
        step += 1
    print(json.dumps(step), flush=True)
run.finish()
