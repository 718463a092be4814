"""Logs rows of every kind and many plain ones, then reads them back in each way that there is."""

import json
import math
import sys

import wandb

MANY = 10_500

odd = [
    {"f": 0.1, "i": 1, "flag": True, "s": "", "big": 2**53 + 1},
    {"f": math.nan, "only": math.inf, "none": None},
    {"f": -math.inf, "i": -(2**62), "flag": False, "s": 'é \U0001f600 "q\\"', "mixed": 1},
    {"nested": {"a": {"b": 1.5, "c": [1, "x", None]}, "d": "deep"}, "mixed": "text"},
    {"list": [], "rows": [[1, 2], [3.5, "x"]], "mixed": True, "s": "NaN"},
    {"image": {"_type": "image-file", "path": "media/a.png", "width": 3}, "f": 5e-324},
    {"in": {"deep": math.nan, "list": [math.inf, {"x": -math.inf}]}, "f": 1e300},
]
steps = [0, 1, 2, 3, 50, 2_500, 2_501]


def flat(row, prefix=""):
    """As the client's own rows name them: nested keys dotted, media whole."""
    out = {}
    for key, value in row.items():
        if isinstance(value, dict) and value and "_type" not in value:
            out.update(flat(value, f"{prefix}{key}."))
        else:
            out[prefix + key] = value
    return out


def same(got, expected):
    if isinstance(expected, float) and isinstance(got, (int, float)) and not isinstance(got, bool):
        return got == expected or (math.isnan(got) and math.isnan(expected))
    if type(got) is not type(expected):
        return False
    if isinstance(expected, dict):
        return got.keys() == expected.keys() and all(same(got[k], expected[k]) for k in got)
    if isinstance(expected, list):
        return len(got) == len(expected) and all(map(same, got, expected))
    return got == expected


def plain(row):
    return {k: v for k, v in row.items() if k not in ("_timestamp", "_runtime")}


def differences(found, expected):
    """Rows that are not what was logged, the first few of them."""
    wrong = [] if len(found) == len(expected) else [[len(found), len(expected)]]
    wrong += [
        [repr(plain(row)), repr(wanted)]
        for row, wanted in zip(found, expected, strict=False)
        if not same(plain(row), wanted)
    ]
    return wrong[:5]


project = sys.argv[1]
with wandb.init(project=project, id="odd") as run:
    for step, row in zip(steps, odd, strict=True):
        run.log(row, step=step)
with wandb.init(project=project, id="many") as run:
    for i in range(MANY):
        run.log({"loss": 1 / (1 + i), "half": i / 2, "name": f"row {i}"})
# One id twice, not resumed: the second life's steps begin anew beside those of the first.
for length in (5, 2):
    with wandb.init(project=project, id="twice") as run:
        for i in range(length):
            run.log({"x": i, "of": length})

api = wandb.Api()
run = api.run(f"{project}/odd")
expected = [{"_step": s, **flat(row)} for s, row in zip(steps, odd, strict=True)]
facts = {
    "last": run.lastHistoryStep,
    "odd": differences(list(run.scan_history()), expected),
    "odd small pages": differences(list(run.scan_history(page_size=7)), expected),
    "odd range": differences(list(run.scan_history(min_step=2, max_step=51)), expected[2:5]),
    "odd sampled": differences(run.history(pandas=False), expected),
    "odd keys": [[row["_step"], row["i"]] for row in run.scan_history(keys=["i", "_step", "flag"])],
    "unknown keys": list(run.scan_history(keys=["nobody logged this"])),
}
many = api.run(f"{project}/many")
rows = [{"_step": i, "loss": 1 / (1 + i), "half": i / 2, "name": f"row {i}"} for i in range(MANY)]
facts |= {
    "many": differences(list(many.scan_history()), rows),
    "many keys": differences(
        list(many.scan_history(keys=["_step", "name", "half"], page_size=999)),
        [{k: row[k] for k in ("_step", "name", "half")} for row in rows],
    ),
    "many range": differences(
        list(many.scan_history(min_step=9_990, max_step=10_010)), rows[9_990:10_010]
    ),
    "many sampled": [row["_step"] for row in many.history(samples=5, pandas=False)],
    "system": len(many.history(stream="system", pandas=False)) >= 0,
}
twice = api.run(f"{project}/twice")
both = [(0, 5), (0, 2), (1, 5), (1, 2), (2, 5), (3, 5), (4, 5)]
lives = [{"_step": step, "x": step, "of": length} for step, length in both]
facts |= {
    "many lives": differences(list(twice.scan_history(page_size=2)), lives),
    "many lives by keys": differences(
        list(twice.scan_history(keys=["_step", "x", "of"], page_size=2)), lives
    ),
}
if hasattr(many, "beta_scan_history"):
    facts["beta"] = differences(list(many.beta_scan_history()), rows)
if hasattr(many, "download_history_exports"):
    try:
        many.download_history_exports("exports")
        facts["exports"] = "given"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        facts["exports"] = type(error).__name__
    lenient = many.download_history_exports("exports", require_complete_history=False)
    facts["lenient"] = [len(lenient.paths), lenient.contains_live_data]
print("RESULT " + json.dumps(facts))
