"""Logs one file of so many bytes as an artifact and reads it back. Words: file, size."""

import hashlib
import json
import random
import sys
from pathlib import Path

import wandb

file, size = Path(sys.argv[1]), int(sys.argv[2])
file.write_bytes(random.Random(7).randbytes(size))
digest = hashlib.md5(file.read_bytes()).hexdigest()
with wandb.init(project="large") as run:
    artifact = wandb.Artifact("large", "model")
    artifact.add_file(str(file), name="f.bin")
    print("logging", flush=True)
    run.log_artifact(artifact)
found = wandb.Api().artifact("large/large:latest")
folder = Path(found.download(root=str(file.parent / "down")))
read = hashlib.md5((folder / "f.bin").read_bytes()).hexdigest()
facts = {"version": found.version, "size": found.size, "same": read == digest}
print("RESULT " + json.dumps(facts))
