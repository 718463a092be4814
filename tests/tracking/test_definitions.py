"""`define_metric` and the summary: in the process, on the server, and after a sync."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput
from runstone.domain.metrics import MetricDefinition
from runstone.sdk import Api
from runstone.tracking.metrics import Metric, define
from runstone.tracking.parts.summary import Summary
from runstone.tracking.records import Define, Merge

DEFINES = """
import math, runstone
with runstone.init("defined", id={id!r}, mode={mode!r}) as run:
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch", summary="min,max")
    run.define_metric("acc", summary="best,last,first,mean", goal="maximize")
    run.define_metric("quiet", summary="none")
    runstone.define_metric("plain", summary="copy")
    for i in range(4):
        run.log({{"epoch": i, "val/loss": 4.0 - i, "acc": [1, 3, math.nan, 2][i], "quiet": i}})
        run.log({{"plain": i, "free": i}})
    run.summary["free"] = "said"
    run.summary["nested"] = {{"a": {{"b": 1}}}}
    run.summary["nested"]["a"]["c"] = 2
    run.summary["gone"] = 1
    del run.summary["gone"]
    print(sorted(run.summary), run.summary["val/loss"]["min"], run.summary.acc["best"])
    run.summary["plain"] = 100
    run.log({{"plain": 7}})
"""


def check(api: Api, run: str) -> None:
    summary = api.run(f"ada/defined/{run}").summary
    assert summary["val/loss"] == {"min": 1.0, "max": 4.0}
    assert summary["acc"] == {"best": 3, "last": 2, "first": 1, "mean": 2.0}
    assert "quiet" not in summary
    assert "gone" not in summary
    assert summary["nested"] == {"a": {"b": 1, "c": 2}}
    assert (summary["free"], summary["plain"], summary["epoch"]) == ("said", 7, 3)


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_the_summary_keeps_what_was_asked_for(desk: Desk, api: Api, mode: str) -> None:
    out, _ = desk.run(DEFINES.format(id=mode, mode=mode))
    said = "['acc', 'epoch', 'free', 'nested', 'plain', 'val/loss'] 1.0 3\n"
    assert out == said, "as the process sees it, before anything is sent"
    if mode == "offline":
        desk.runstone("sync")
    check(api, mode)
    for mark in desk.folder.glob("runstone/run-*/sent"):
        mark.unlink()
    desk.runstone("sync")
    check(api, mode)


def test_pages_are_told_how_to_draw(desk: Desk, api: Api) -> None:
    desk.run(
        """
import runstone
with runstone.init("drawn") as run:
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch", goal="minimize")
    run.log({"epoch": 1, "val/loss": 2.0})
"""
    )
    (run,) = api.runs("ada/drawn")
    keys = {key.name: key for key in run.logged_keys()}
    assert (keys["val/loss"].x, keys["val/loss"].better) == ("epoch", "lower")
    assert keys["epoch"].hidden


def test_aggregates_go_on_over_lives(desk: Desk, api: Api) -> None:
    script = """
import runstone
with runstone.init("lives", id="r", resume="allow") as run:
    {define}
    for value in {values}:
        run.log({{"loss": value}})
    print(run.summary["loss"])
"""
    define_it = 'run.define_metric("loss", summary="min,max,mean,first")'
    desk.run(script.format(define=define_it, values=[4, 2]))
    out, _ = desk.run(script.format(define="pass", values=[9]))
    whole = {"min": 2, "max": 9, "mean": 5.0, "first": 4}
    assert out == f"{whole}\n"
    assert api.run("ada/lives/r").summary["loss"] == whole


def summed_up(*events: dict[str, Any] | Merge | Define) -> dict[str, Any]:
    part = Summary()
    for event in events:
        if isinstance(event, dict):
            part.see([event])
        else:
            part.take("", event)
    return part.changes()[0]


def test_what_was_said_last_counts() -> None:
    assert summed_up({"a": 1}, Merge({"a": 5})) == {"a": 5}
    assert summed_up(Merge({"a": 5}), {"a": 1}) == {"a": 1}
    least = Define({"name": "a", "summary": ["min"]})
    assert summed_up(least, {"a": 3}, Merge({"a": 5})) == {"a": 5}
    assert summed_up(least, {"a": 3}, Merge({"a": 5}), {"a": 4}) == {"a": {"min": 3}}


def test_definitions_are_added_to_or_overwritten() -> None:
    def said(metric: Metric) -> MetricDefinition | None:
        return MetricDefinition.from_document(metric.as_document())

    rest: dict[str, Any] = {
        "step_metric": None, "hidden": None, "summary": None, "goal": None, "overwrite": None,
    }  # fmt: skip
    first = define(None, "a", **rest | {"summary": "min", "step_metric": "e"})
    more = define(first, "a", **rest | {"goal": "minimize", "hidden": True})
    assert said(more) == MetricDefinition("a", False, "e", True, ("min",), "minimize")
    anew = define(more, "a", **rest | {"summary": "max", "overwrite": True})
    assert said(anew) == MetricDefinition("a", summary=("max",))
    assert said(define(None, "v/*", **rest)) == MetricDefinition("v/*", is_glob=True)
    assert define(None, "b", **rest | {"step_metric": first}).step_metric == "a"
    for wrong in ({"summary": "median"}, {"goal": "up"}, {"hidden": 1}, {"step_metric": 3}):
        with pytest.raises(InvalidInput, match=next(iter(wrong))):
            define(None, "a", **rest | wrong)
    with pytest.raises(InvalidInput, match="empty"):
        define(None, "", **rest)
