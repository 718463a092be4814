"""resume="auto": without an id, the client remembers what did not end. Word: crash or end.

Before it crashes it waits for a file `sent` beside it.
"""

import json
import os
import sys
import time

import wandb

run = wandb.init(project="auto", resume="auto")
facts = {"id": run.id, "resumed": run.resumed}
print("RESULT " + json.dumps(facts), flush=True)
run.log({"x": 1})
if sys.argv[1] == "crash":
    while not os.path.exists("sent"):
        time.sleep(0.05)
    os._exit(1)
run.finish()
