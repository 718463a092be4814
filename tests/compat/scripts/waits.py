"""Logs until it is stopped, has logged so many rows, or there is a file `enough` beside it.

Words: project, run id, rows, pause in s.
"""

import json
import os
import sys
import time

import wandb

project, name, count, pause = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
facts = {"interrupted": False, "logged": 0}
run = wandb.init(
    project=project, id=name, settings=wandb.Settings(x_file_stream_transmit_interval=0.3)
)
print("began", flush=True)
try:
    for i in range(count):
        if os.path.exists("enough"):
            break
        run.log({"i": i})
        print(f"line {i}", flush=True)
        facts["logged"] = i + 1
        time.sleep(pause)
except KeyboardInterrupt:
    facts["interrupted"] = True
run.finish(255 if facts["interrupted"] else 0)
print("RESULT " + json.dumps(facts))
