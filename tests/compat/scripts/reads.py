"""Reads what `everything.py` wrote, as users of the public API do. Words: path of the run."""

import json
import sys

import wandb

api = wandb.Api()
run = api.run(sys.argv[1])
facts = {
    "name": run.name,
    "state": run.state,
    "config": run.config,
    "summary": {k: repr(run.summary.get(k)) for k in ("loss", "nan", "big", "best", "word")},
    "tags": sorted(run.tags),
    "files": sorted(f.name for f in run.files()),
    "notes": run.notes,
    "user": run.user.username,
    "last_step": run.lastHistoryStep,
    "viewer": api.viewer.username,
    "default_entity": api.default_entity,
    "projects": sorted(p.name for p in api.projects(api.default_entity)),
    "runs": [r.id for r in api.runs(sys.argv[1].rsplit("/", 1)[0])],
    "history": [
        [row["_step"], row.get("loss")] for row in run.history(pandas=False, keys=["loss"])
    ],
    "sampled": len(run.history(pandas=False)),
    "scanned": [row.get("_step") for row in run.scan_history()],
    "scanned_keys": [row["d.x"] for row in run.scan_history(keys=["d.x", "_step"])],
    "system": len(run.history(stream="system", pandas=False)) > 0,
    "metadata": run.metadata["program"],
}
with run.file("notes.txt").download(root="down", replace=True) as file:
    facts["downloaded"] = file.read()
run.notes = "changed"
run.tags.append("later")
run.config["added"] = 7
run.summary["after"] = 3
run.summary.update()
run.update()
with open("extra.txt", "w") as file:
    file.write("extra")
facts["uploaded"] = run.upload_file("extra.txt").name
again = wandb.Api().run(sys.argv[1])
facts["again"] = [again.notes, sorted(again.tags), again.config["added"], again.summary["after"]]
again.file("extra.txt").delete()
facts["deleted"] = [f.name for f in wandb.Api().run(sys.argv[1]).files() if f.name == "extra.txt"]
try:
    api.run(sys.argv[1].rsplit("/", 1)[0] + "/nothere")
except Exception as error:  # noqa: BLE001 - it is what the test asks for
    facts["missing"] = f"{type(error).__name__}: {error}"
print("RESULT " + json.dumps(facts))
