"""Reads runs of which the server gives files, and says what came.

Words: project, then what to do, one after the other: `log:<run>:<first step>:<settings of init>`,
`rows:<run>`, `keys:<run>:<key>`, `download:<run>:<folder>`, `delete:<run>`. Kept files are in
WANDB_CACHE_DIR.
"""

import hashlib
import json
import math
import os
import sys
from pathlib import Path

import wandb

ROWS = [
    {"f": 0.1, "i": 1, "flag": True, "s": "", "big": 2**53 + 1},
    {"f": math.nan, "only": math.inf, "none": None, "x": 0.5},
    {"f": -math.inf, "i": -(2**62), "flag": False, "s": 'é \U0001f600 "q\\"', "mixed": 1},
    {"nested": {"a": {"b": 1.5, "c": [1, "x", None]}, "d": "deep"}, "mixed": "text"},
    {"list": [], "rows": [[1, 2], [3.5, "x"]], "mixed": True, "s": "NaN", "x": 2.5},
    {"image": {"_type": "image-file", "path": "media/a.png", "width": 3}, "f": 5e-324},
    {"in": {"deep": math.nan, "list": [math.inf, {"x": -math.inf}]}, "f": 1e300},
]
STEPS = [0, 1, 3, 10, 1_500, 1_501, 1_502]


def log(name, first, given):
    with wandb.init(project=project, id=name, **json.loads(given)) as run:
        for row, step in zip(ROWS, STEPS, strict=True):
            run.log(row, step=int(first) + step)


def rows(name):
    return list(api().run(f"{project}/{name}").scan_history())


def keys(name, key):
    return list(api().run(f"{project}/{name}").scan_history(keys=[key], use_cache=False))


def download(name, folder):
    run = api().run(f"{project}/{name}")
    try:
        found = run.download_history_exports(folder)
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return type(error).__name__
    return [sorted(map(str, found.paths)), found.contains_live_data, found.errors]


def delete(name):
    api().run(f"{project}/{name}").delete()


def kept():
    found = Path(os.environ["WANDB_CACHE_DIR"]).glob("*.parquet")
    return {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in found}


api = wandb.Api
project, *wanted = sys.argv[1:]
verbs = {"log": log, "rows": rows, "keys": keys, "download": download, "delete": delete}
facts = []
for words in wanted:
    verb, *given = words.split(":", 3)
    facts.append(verbs[verb](*given))
print("RESULT " + json.dumps({"facts": facts, "kept": kept()}))
