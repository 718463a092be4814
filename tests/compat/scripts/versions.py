"""Logs versions of an artifact until it is killed. Words: project, collection, where to count from.

After each that is committed it says so in one line: `LOGGED {"version": "v3", "files": {path:
seed}}`. What a file holds is told by its seed.
"""

import itertools
import json
import random
import sys
import tempfile
from pathlib import Path

import wandb

project, collection, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
with wandb.init(project=project, settings=wandb.Settings(console="off")) as run:
    for number in itertools.count(first):
        # The n-th file changes with every n-th version.
        seeds = {f"part/{place}.bin": number // place * 1_000 + place for place in range(1, 9)}
        with tempfile.TemporaryDirectory() as folder:
            artifact = wandb.Artifact(collection, "dataset")
            for name, seed in seeds.items():
                path = Path(folder) / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(random.Random(seed).randbytes(20_000 + seed % 300_000))
                artifact.add_file(str(path), name)
            logged = run.log_artifact(artifact)
            logged.wait()
        print("LOGGED", json.dumps({"version": logged.version, "files": seeds}), flush=True)
