"""One of several writers to one run. Words: run id, label, whether it is the primary."""

import json
import sys
import time

import wandb

name, label, is_primary = sys.argv[1], sys.argv[2], sys.argv[3] == "primary"
run = wandb.init(
    project="shared",
    id=name,
    settings=wandb.Settings(
        mode="shared",
        x_primary=is_primary,
        x_label=label,
        x_update_finish_state=is_primary,
        x_stats_sampling_interval=0.3,
        x_file_stream_transmit_interval=0.5,
    ),
)
for i in range(20):
    run.log({f"{label}/value": i, "both": i})
    print(f"{label} {i}", flush=True)
    time.sleep(0.1)
if is_primary:
    time.sleep(2)
run.finish()
print("RESULT " + json.dumps({"id": run.id}))
