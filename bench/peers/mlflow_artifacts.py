"""Logs and downloads artifacts as MLflow's client does; run with a Python that has it.

`versions URL FOLDER COUNT CHANGED`: each version is a run of its own with the whole folder, some
files of which changed: MLflow's store knows no other way. `download URL RUN FOLDER`: into there.
Prints what it took as JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path

import mlflow


def log_versions(url: str, folder: Path, count: int, changed: int) -> dict[str, object]:
    """Some versions, each whole."""
    client = mlflow.MlflowClient(url)
    experiment = client.get_experiment_by_name("artifacts")
    number = experiment.experiment_id if experiment else client.create_experiment("artifacts")
    rng = random.Random(1)
    names = sorted(path.name for path in folder.iterdir())
    each_s = []
    for version in range(count):
        if version:
            for name in rng.sample(names, changed):
                (folder / name).write_bytes(os.urandom((folder / name).stat().st_size))
        run = client.create_run(number).info.run_id
        begin = time.perf_counter()
        client.log_artifacts(run, str(folder))
        each_s.append(time.perf_counter() - begin)
    return {"each_s": each_s, "run": run}


def download(url: str, run: str, folder: Path) -> dict[str, object]:
    """All files of a run."""
    mlflow.set_tracking_uri(url)
    begin = time.perf_counter()
    mlflow.artifacts.download_artifacts(run_id=run, artifact_path="", dst_path=str(folder))
    return {"s": time.perf_counter() - begin}


match sys.argv[1:]:
    case ["versions", url, folder, count, changed]:
        took = log_versions(url, Path(folder), int(count), int(changed))
    case ["download", url, run, folder]:
        took = download(url, run, Path(folder))
    case _:
        raise SystemExit(__doc__)
print(json.dumps(took))
