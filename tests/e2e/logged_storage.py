"""Three versions that share a file; the client's own python runs this."""

import json
from pathlib import Path

import wandb

SETTINGS = {"console": "off", "x_disable_stats": True, "silent": True}

run = wandb.init(project="attic", name="writer", settings=SETTINGS)
Path("shared.bin").write_bytes(b"s" * 5_000)
for number in range(3):
    Path("own.bin").write_bytes(bytes([number]) * 2_000)
    version = wandb.Artifact("net", "model", metadata={"acc": number / 10})
    version.add_file("shared.bin")
    version.add_file("own.bin")
    run.log_artifact(version).wait()
run.finish()
print("RESULT " + json.dumps({"entity": run.entity, "run": run.id}))
