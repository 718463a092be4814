"""Makes, edits, filters, sorts and pages runs as users of the public API do. Word: project."""

import json
import sys
from typing import Any

import wandb

PROJECT = sys.argv[1]
PATH = f"ada/{PROJECT}"
IS_OLD = wandb.__version__.startswith("0.19.")
api = wandb.Api()


def fresh() -> Any:
    """An Api that remembers no lists."""
    return wandb.Api()


def found(filters: Any = None, **how: Any) -> list[str]:
    """Ids of the runs that are found."""
    return [run.id for run in fresh().runs(PATH, filters=filters, **how)]


def said(action: Any) -> str:
    """What a user is told."""
    try:
        return f"no error: {action()!r}"
    except Exception as error:  # noqa: BLE001 - it is what the test asks for
        return f"{type(error).__name__}: {error}"


# Five runs; the last has next to nothing.

MADE: list[dict[str, Any]] = [
    {"config": {"lr": 0.1, "net": {"depth": 3}, "on": True}, "summary": {"loss": 0.5, "val/acc": 1},
     "tags": ["one", "two"], "group": "g", "job_type": "train", "notes": "first\nline"},
    {"config": {"lr": 0.01, "net": {"depth": 5}, "on": False}, "summary": {"loss": 0.25},
     "tags": ["two"], "group": "g", "job_type": "eval"},
    {"config": {"lr": 1, "name": "resnet-50"}, "summary": {"loss": float("nan"), "d": {"x": 2}}},
    {"config": {"lr": "auto"}, "summary": {"loss": 4, "val/acc": 0.5}, "tags": ["ein Wort ✓"]},
    {"config": {}, "summary": {}},
]  # fmt: skip
for number, wanted in enumerate(MADE):
    api.create_run(run_id=f"r{number}", project=PROJECT, entity="ada")
    run = api.run(f"{PATH}/r{number}")
    run.name = f"Name {number}"
    for key in ("tags", "notes", "group", "job_type"):
        if key in wanted:
            setattr(run, key, wanted[key])
    run.config.update(wanted["config"])
    run.update()
    run.summary.update(wanted["summary"])

facts: dict[str, Any] = {}
seen = [fresh().run(f"{PATH}/r{number}") for number in range(len(MADE))]
facts["seen"] = [
    {
        "name": run.name,
        "config": dict(run.config),
        "summary": repr(sorted(run.summary_metrics.items())),
        "tags": list(run.tags),
        "group": run.group,
        "job_type": run.job_type,
        "notes": run.notes,
        "state": run.state,
        "user": run.user.username,
        "path": run.path,
        "last_step": run.lastHistoryStep,
        "read_only": run.read_only,
    }
    for run in seen
]
facts["html"] = "/runs/r0?jupyter=true" in seen[0].to_html()
facts["url"] = seen[0].url
facts["metadata"] = seen[0].metadata

FILTERS: dict[str, Any] = {
    "state": {"state": "running"},
    "name": {"name": "r3"},
    "displayName": {"displayName": "Name 2"},
    "display_name regex": {"display_name": {"$regex": "^Name [12]$"}},
    "config": {"config.lr": 0.1},
    "config.value": {"config.lr.value": 0.1},
    "nested": {"config.net.depth": {"$gte": 4}},
    "flag": {"config.on": False},
    "gt": {"config.lr": {"$gt": 0.01}},
    "between": {"config.lr": {"$gte": 0.01, "$lt": 1}},
    "ne": {"config.lr": {"$ne": 0.1}},
    "in": {"config.lr": {"$in": [1, "auto"]}},
    "nin": {"config.lr": {"$nin": [1, "auto"]}},
    "exists": {"config.net": {"$exists": True}},
    "null": {"config.lr": None},
    "summary": {"summary_metrics.loss": {"$lt": 1}},
    "slash": {"summary_metrics.val/acc": {"$exists": True}},
    "inside": {"summary_metrics.d.x": 2},
    "tags": {"tags": "two"},
    "tags in": {"tags": {"$in": ["one", "ein Wort ✓"]}},
    "tags all": {"tags": {"$all": ["one", "two"]}},
    "no tags": {"tags": {"$exists": False}},
    "group": {"group": "g", "jobType": "eval"},
    "and or": {"$or": [{"name": "r0"}, {"$and": [{"group": "g"}, {"job_type": "eval"}]}]},
    "nor": {"$nor": [{"group": "g"}, {"name": "r4"}]},
    "not": {"config.lr": {"$not": {"$gt": 0.05}}},
    "username": {"username": "ada", "notes": {"$regex": "first"}},
    "before": {"createdAt": {"$lte": seen[0].created_at}},
    "later": {"createdAt": {"$gt": seen[0].created_at}},
    "after": {"createdAt": {"$gt": "2020-01-01"}, "heartbeatAt": {"$lt": "2199-01-01T00:00:00Z"}},
    "entity": {"entity": "ada", "name": {"$in": ["r1"]}},
    "nobody": {"username": "eve"},
    "logged": {"keys_info.keys.val/acc": {"$exists": True}},
    "not logged": {"keys_info.keys.val/acc": {"$exists": False}},
}
facts["found"] = {name: sorted(found(document)) for name, document in FILTERS.items()}
facts["counted"] = {name: len(fresh().runs(PATH, filters=f)) for name, f in FILTERS.items()}
facts["orders"] = {
    order: found(order=order)
    for order in (
        "+created_at", "-created_at", "-name", "+config.lr.value", "-summary_metrics.loss",
        "+group,-name", "+display_name",
    )
}  # fmt: skip
facts["pages"] = {
    size: found({"config.lr": {"$exists": True}}, order="-config.lr", per_page=size)
    for size in (1, 2, 3, 1_000_000)
}
runs = fresh().runs(PATH, per_page=2)
facts["fifth"], facts["slice"], facts["len"] = runs[4].id, [r.id for r in runs[1:3]], len(runs)

facts["errors"] = {
    "operator": said(lambda: found({"config.lr": {"$mod": [2, 0]}})),
    "field": said(lambda: found({"loss": 1})),
    "regex": said(lambda: found({"display_name": {"$regex": "(a)\\1"}})),
    "order": said(lambda: found(order="-loss")),
    "run": said(lambda: fresh().run(f"{PATH}/nothere")),
    "project": said(lambda: list(fresh().runs("ada/nothere"))),
    "count": said(lambda: len(fresh().runs(PATH, filters={"config.lr": {"$mod": 1}}))),
}
if not IS_OLD:
    lazy = fresh().runs(PATH, order="+name")
    facts["lazy"] = lazy[0].summary_metrics["loss"]  # 0.25 takes a lazy run's config for empty
    lazy.upgrade_to_full()
    facts["full"] = [run.config.get("lr") for run in lazy]
    facts["eager"] = [run.config.get("lr") for run in fresh().runs(PATH, lazy=False, order="+name")]

# Life

run = fresh().run(f"{PATH}/r4")
other = fresh().run(f"{PATH}/r4")
run.name, run.tags, run.notes = "renamed ✓", ["new"], "said"
run.config["added"] = {"a": [1, None, "x"]}
run.update()
other.load(force=True)
facts["reloaded"] = [other.name, other.tags, other.notes]
run.tags, run.group = [], ""
run.update()
run.summary["a/b"] = 1.5
run.summary["nest"] = {"x": [1, 2]}
run.summary.update()
again = fresh().run(f"{PATH}/r4")
facts["edited"] = [again.name, again.tags, again.notes, again.group, again.config["added"],
                   again.summary["a/b"], again.summary["nest"]["x"]]  # fmt: skip
del again.summary["a/b"]
again.summary.update()
facts["left"] = sorted(fresh().run(f"{PATH}/r4").summary_metrics)
if hasattr(again, "update_state"):
    facts["to pending"] = fresh().run(f"{PATH}/r3").update_state("pending")
    if not wandb.__version__.startswith("0.25"):
        facts["to failed"] = fresh().run(f"{PATH}/r3").update_state("failed")
    facts["to finished"] = said(lambda: fresh().run(f"{PATH}/r3").update_state("finished"))
if hasattr(again, "stop"):
    fresh().run(f"{PATH}/r2").stop()
    facts["stopped"] = True
if hasattr(type(run), "create") and not IS_OLD:
    pending = type(run).create(fresh(), run_id="ahead", project=PROJECT, entity="ada",
                               state="pending")  # fmt: skip
    facts["ahead"] = [pending.state, fresh().run(f"{PATH}/ahead").state]
gone = fresh().run(f"{PATH}/r0")
gone.delete()
gone.delete()
facts["after deleting"] = [found(), said(lambda: fresh().run(f"{PATH}/r0"))]
facts["made while deleted"] = said(
    lambda: fresh().create_run(run_id="r0", project=PROJECT, entity="ada")
)
facts["read while deleted"] = said(lambda: gone.load(force=True))
print("RESULT " + json.dumps(facts))
