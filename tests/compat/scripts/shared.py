"""One of several writers to one run. Words: run id, label, whether it is the primary.

It logs a half of its rows, and the other half once there is a file `go-on-<label>`.
"""

import json
import sys
import time
from pathlib import Path

import wandb

name, label, is_primary = sys.argv[1], sys.argv[2], sys.argv[3] == "primary"
run = wandb.init(
    project="shared",
    id=name,
    config={"of": label, label: 1},
    settings=wandb.Settings(
        mode="shared",
        x_primary=is_primary,
        x_label=label,
        x_update_finish_state=is_primary,
        x_stats_sampling_interval=0.3,
        x_file_stream_transmit_interval=0.5,
    ),
)
half, word = 10, Path(f"go-on-{label}")
for i in range(2 * half):
    while i == half and not word.exists():
        time.sleep(0.02)
    run.log({f"{label}/value": i, "both": i})
    print(f"{label} {i}", flush=True)
run.finish()
print("RESULT " + json.dumps({"id": run.id}))
