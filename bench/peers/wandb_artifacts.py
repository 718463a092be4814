"""Logs and downloads artifacts as the wandb client does; run with a Python that has it.

`versions PROJECT FOLDER COUNT CHANGED`: the first version is the whole folder; each further one is
a draft of the one before (`new_draft`) with some files changed: the client reads only those.
`whole PROJECT NAME FOLDER`: one version of the whole folder. `download PATH FOLDER`: into there.
Files are not copied into the client's cache. Prints what it took as JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path

import wandb

QUIET = wandb.Settings(console="off")


def whole(name: str, folder: Path) -> wandb.Artifact:
    """An artifact of all files of a folder."""
    artifact = wandb.Artifact(name, "dataset")
    artifact.add_dir(str(folder), skip_cache=True, policy="immutable")
    return artifact


def log_versions(project: str, folder: Path, count: int, changed: int) -> dict[str, float]:
    """Many versions, each with some files of the one before changed."""
    rng = random.Random(1)
    names = sorted(path.name for path in folder.iterdir())
    with wandb.init(project=project, settings=QUIET) as run:
        begin = time.perf_counter()
        logged = run.log_artifact(whole("growing", folder)).wait()
        first_s = time.perf_counter() - begin
        preparing_s = 0.0
        begin = time.perf_counter()
        for _ in range(count - 1):
            made = time.perf_counter()
            chosen = rng.sample(names, changed)
            for name in chosen:
                (folder / name).write_bytes(os.urandom((folder / name).stat().st_size))
            preparing_s += time.perf_counter() - made
            draft = logged.new_draft()
            for name in chosen:
                draft.add_file(
                    str(folder / name), name, skip_cache=True, policy="immutable", overwrite=True
                )
            logged = run.log_artifact(draft).wait()
        more_s = time.perf_counter() - begin - preparing_s
    return {"first_s": first_s, "more_s": more_s, "size": logged.size}


def log_whole(project: str, name: str, folder: Path) -> dict[str, float]:
    """One version."""
    with wandb.init(project=project, settings=QUIET) as run:
        begin = time.perf_counter()
        run.log_artifact(whole(name, folder)).wait()
        return {"first_s": time.perf_counter() - begin}


def download(path: str, folder: Path) -> dict[str, float]:
    """All files of a version, past the client's cache."""
    artifact = wandb.Api().artifact(path)
    begin = time.perf_counter()
    artifact.download(str(folder), skip_cache=True)
    return {"s": time.perf_counter() - begin}


match sys.argv[1:]:
    case ["versions", project, folder, count, changed]:
        took = log_versions(project, Path(folder), int(count), int(changed))
    case ["whole", project, name, folder]:
        took = log_whole(project, name, Path(folder))
    case ["download", path, folder]:
        took = download(path, Path(folder))
    case _:
        raise SystemExit(__doc__)
print(json.dumps(took))
