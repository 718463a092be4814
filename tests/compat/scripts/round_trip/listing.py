"""Lists, filters and sorts the runs of the project through `Api.runs`; then changes one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import wandb
from reading import Checks
from values import LINE
from writing import Truth

Condition = Callable[[Truth], Any]

HAS_LAZY = "lazy" in inspect.signature(wandb.Api.runs).parameters

# What a user asks for, in MongoDB's words and in Python's. Comparisons are true only of what is
# there and of a kind that has that order; `$ne` and `$nin` are true of what is not there as well.
FILTERS: list[tuple[dict[str, Any], Condition]] = [
    ({}, lambda t: True),
    ({"state": "finished"}, lambda t: t.state == "finished"),
    ({"state": {"$in": ["failed", "killed", "crashed"]}}, lambda t: t.state in BAD),
    ({"state": {"$ne": "finished"}}, lambda t: t.state != "finished"),
    ({"config.optimizer": "adam"}, lambda t: t.config.get("optimizer") == "adam"),
    ({"config.optimizer": {"$ne": "adam"}}, lambda t: t.config.get("optimizer") != "adam"),
    (
        {"config.optimizer": {"$nin": ["adam", "sgd"]}},
        lambda t: t.config.get("optimizer") not in ("adam", "sgd"),
    ),
    ({"config.lr": {"$lt": 0.01}}, lambda t: number(t.config, "lr") and t.config["lr"] < 0.01),
    (
        {"config.lr.value": {"$gte": 0.001, "$lte": 0.01}},
        lambda t: number(t.config, "lr") and 0.001 <= t.config["lr"] <= 0.01,
    ),
    ({"config.nested.width": 64}, lambda t: width(t) == 64),
    ({"config.nested.width": {"$in": [64, 256]}}, lambda t: width(t) in (64, 256)),
    ({"config.seed": {"$exists": True}}, lambda t: "seed" in t.config),
    ({"config.seed": {"$exists": False}}, lambda t: "seed" not in t.config),
    ({"config.a/b": 2}, lambda t: t.config.get("a/b") == 2),
    ({"config.a.b": 1}, lambda t: t.config.get("a.b") == 1),
    ({"config.ünï ✓": 3}, lambda t: t.config.get("ünï ✓") == 3),
    ({"summary_metrics.loss": {"$lt": 0.02}}, lambda t: less(t.summary, "loss", 0.02)),
    ({"summary_metrics.val/acc": {"$gt": 0.5}}, lambda t: more(t.summary, "val/acc", 0.5)),
    ({"summary_metrics.best": {"$exists": True}}, lambda t: "best" in t.summary),
    ({"summaryMetrics.text": {"$regex": "ünï"}}, lambda t: has(t.summary, "text", "ünï")),
    ({"tags": "baseline"}, lambda t: "baseline" in t.tags),
    ({"tags": {"$in": ["paper", "old ✓"]}}, lambda t: {"paper", "old ✓"} & set(t.tags)),
    ({"tags": {"$nin": ["paper"]}}, lambda t: "paper" not in t.tags),
    ({"group": "group 1"}, lambda t: t.group == "group 1"),
    ({"jobType": "eval"}, lambda t: t.job_type == "eval"),
    ({"display_name": {"$regex": "^family-0[3-7]"}}, lambda t: re.search("^family-0[3-7]", t.name)),
    ({"displayName": {"$regex": "naïve .name."}}, lambda t: "naïve" in t.name),
    ({"name": {"$regex": "family"}}, lambda t: "family" in t.id),
    ({"notes": {"$regex": "note 1"}}, lambda t: "note 1" in t.notes),
    (
        {"$and": [{"config.optimizer": "sgd"}, {"tags": "paper"}]},
        lambda t: t.config.get("optimizer") == "sgd" and "paper" in t.tags,
    ),
    (
        {"$or": [{"config.optimizer": "sgd"}, {"state": "killed"}, {"tags": "offline"}]},
        lambda t: t.config.get("optimizer") == "sgd" or t.state == "killed" or "offline" in t.tags,
    ),
    (
        {"config.layers": {"$gt": 3}, "$or": [{"group": "group 0"}, {"group": "group 2"}]},
        lambda t: more(t.config, "layers", 3) and t.group in ("group 0", "group 2"),
    ),
    (
        {"$not": {"config.optimizer": {"$in": ["adam", "sgd"]}}},
        lambda t: t.config.get("optimizer") not in ("adam", "sgd"),
    ),
    ({"created_at": {"$gt": "2020-01-01T00:00:00"}}, lambda t: True),
    ({"createdAt": {"$lt": "2020-01-01T00:00:00"}}, lambda t: False),
]
BAD = ("failed", "killed", "crashed")

ORDERS: list[tuple[str, Callable[[Truth], Any]]] = [
    ("config.lr", lambda t: t.config.get("lr")),
    ("config.layers.value", lambda t: t.config.get("layers")),
    ("config.optimizer", lambda t: t.config.get("optimizer")),
    ("summary_metrics.val/acc", lambda t: t.summary.get("val/acc")),
    ("summary_metrics.best", lambda t: t.summary.get("best")),
    ("display_name", lambda t: t.name),
    ("name", lambda t: t.id),
]


def number(document: dict[str, Any], key: str) -> bool:
    return type(document.get(key)) in (int, float)


def less(document: dict[str, Any], key: str, limit: float) -> bool:
    return number(document, key) and document[key] < limit


def more(document: dict[str, Any], key: str, limit: float) -> bool:
    return number(document, key) and document[key] > limit


def has(document: dict[str, Any], key: str, text: str) -> bool:
    return isinstance(document.get(key), str) and text in document[key]


def width(truth: Truth) -> Any:
    return truth.config.get("nested", {}).get("width")


def check_listing(checks: Checks, api: Any, path: str, truths: list[Truth]) -> None:
    """All that `Api.runs` can be asked."""
    ids = check_order_of_creation(checks, api, path, truths)
    by_id = {truth.id: truth for truth in truths}
    in_order = [by_id[name] for name in ids if name in by_id]
    for filters, holds in FILTERS:
        expected = [truth.id for truth in in_order if holds(truth)]
        found = api.runs(path, filters=filters, per_page=11)
        checks.same(f"runs of {filters}: number", len(expected), len(found))
        checks.same(f"runs of {filters}", expected, [run.id for run in found])
    for field, value in ORDERS:
        check_order(checks, api, path, by_id, field, value)
    check_documents(checks, api, path, by_id)
    check_bad_questions(checks, api, path)


def check_order_of_creation(checks: Checks, api: Any, path: str, truths: list[Truth]) -> list[str]:
    """Every run is listed, oldest first unless asked otherwise; returns the ids."""
    found = api.runs(path)
    checks.same("runs: number", len(truths), len(found))
    ids = [run.id for run in found]
    num_online = sum(not truth.id.startswith("offline") for truth in truths)
    known = [truth.id for truth in truths]
    checks.same("runs", known[:num_online], ids[:num_online])
    # The client syncs side by side.
    checks.same("runs synced", sorted(known[num_online:]), sorted(ids[num_online:]))
    checks.same("runs backwards", ids[::-1], [r.id for r in api.runs(path, order="-created_at")])
    checks.same("runs in pages", ids, [run.id for run in api.runs(path, per_page=7)])
    checks.same("runs: a slice", ids[3:9], [run.id for run in api.runs(path, per_page=5)[3:9]])
    created = [run.created_at for run in api.runs(path)]
    checks.same("runs by time", sorted(created), created)
    return ids


def check_order(
    checks: Checks,
    api: Any,
    path: str,
    by_id: dict[str, Truth],
    field: str,
    value: Callable[[Truth], Any],
) -> None:
    """Values rise or fall; runs without one come last either way."""
    there = [value(truth) for truth in by_id.values() if value(truth) is not None]
    missing = [None] * (len(by_id) - len(there))
    for sign, down in (("+", False), ("-", True)):
        found = [run.id for run in api.runs(path, order=f"{sign}{field}", per_page=9)]
        checks.same(f"order {sign}{field}: runs", sorted(by_id), sorted(found))
        expected = sorted(there, reverse=down) + missing
        checks.same(f"order {sign}{field}", expected, [value(by_id[name]) for name in found])


def check_documents(checks: Checks, api: Any, path: str, by_id: dict[str, Truth]) -> None:
    """What a list brings along is what each run has, lazy or full."""
    for lazy in (True, False) if HAS_LAZY else (None,):
        options = {} if lazy is None else {"lazy": lazy}
        for run in api.runs(path, filters={"name": {"$regex": "family|named"}}, **options):
            truth = by_id[run.id]
            if lazy and LINE < (0, 31):
                # 0.25 notes an empty config for what it did not ask for (`_load_from_attrs`).
                run.load_full_data()
            checks.same(f"listed {run.id} config", truth.config, run.config)
            checks.same(f"listed {run.id} tags", sorted(truth.tags), sorted(run.tags))
            checks.same(f"listed {run.id} name", truth.name, run.name)
            found = {k: v for k, v in run.summary_metrics.items() if not k.startswith("_")}
            checks.same(f"listed {run.id} summary", truth.summary, found)


def check_bad_questions(checks: Checks, api: Any, path: str) -> None:
    """What is wrong with a question is said in the error."""
    for options, said in (
        ({"filters": {"config.lr": {"$frob": 1}}}, "$frob"),
        ({"filters": {"nonsense": 1}}, "nonsense"),
        ({"filters": {"name": {"$regex": "("}}}, "("),
        ({"order": "+nonsense"}, "nonsense"),
    ):
        try:
            number_of_runs = len(api.runs(path, **options))
        except Exception as error:  # noqa: BLE001 - any that says why
            checks.holds(f"error of {options}: {error}", said in str(error))
        else:
            checks.holds(f"{options} found {number_of_runs} runs", False)


def check_changes(checks: Checks, path: str, truth: Truth) -> None:
    """What is changed through the API is read back, and nothing else has changed."""
    run = wandb.Api().run(f"{path}/{truth.id}")
    truth.name = run.name = "renamed – ✓"
    truth.notes = run.notes = "changed\nnotes"
    truth.tags = ["fresh", "zwei ✓"]
    run.tags = [*truth.tags]
    truth.group = run.group = "another group"
    truth.config["lr"] = run.config["lr"] = 0.5
    truth.config["added"] = run.config["added"] = {"x": [1, None]}
    run.update()
    truth.summary["by hand"] = run.summary["by hand"] = 0.25
    truth.summary["val/acc"] = run.summary["val/acc"] = 1.5
    run.summary.update()


def check_deletion(checks: Checks, path: str, truth: Truth) -> None:
    """A deleted run is neither listed nor found."""
    before = len(wandb.Api().runs(path))
    wandb.Api().run(f"{path}/{truth.id}").delete()
    checks.same("runs after a deletion", before - 1, len(wandb.Api().runs(path)))
    try:
        wandb.Api().run(f"{path}/{truth.id}")
    except Exception as error:  # noqa: BLE001 - any that says what is missing
        checks.holds(f"error of a deleted run: {error}", truth.id in str(error))
    else:
        checks.holds("a deleted run is found", False)
