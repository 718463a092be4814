"""Logs steps to a run. Words: run id, first value, number of rows, settings of init as JSON."""

import json
import os
import sys
import time

import wandb

name, first, count, given = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
options = json.loads(given[0]) if given else {}
pause = float(os.environ.get("PAUSE_S", "0"))
settings = wandb.Settings(x_stats_sampling_interval=0.2, x_stats_buffer_size=10)
try:
    run = wandb.init(project="steps", id=name, settings=settings, **options)
except Exception as error:  # noqa: BLE001 - it is what the test asks for
    print("RESULT " + json.dumps({"error": f"{type(error).__name__}: {error}"}))
    sys.exit(0)
facts = {"start": run.step, "resumed": run.resumed, "config": dict(run.config)}
print("began", flush=True)
for i in range(first, first + count):
    run.log({"x": i, "y": i * 1.5})
    print(f"value {i}", flush=True)
    time.sleep(pause)
while not run._system_metrics:
    time.sleep(0.05)  # it is to have some
run.finish(int(os.environ.get("EXIT_CODE", "0")))
print("RESULT " + json.dumps(facts))
