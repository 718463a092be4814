"""resume="auto": without an id, the client remembers what did not end. Word: crash or end."""

import json
import os
import sys
import time

import wandb

run = wandb.init(project="auto", resume="auto")
facts = {"id": run.id, "resumed": run.resumed}
print("RESULT " + json.dumps(facts), flush=True)
run.log({"x": 1})
time.sleep(2)  # until it has been sent
if sys.argv[1] == "crash":
    os._exit(1)
run.finish()
