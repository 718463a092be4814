"""Checked, never run: what a type checker sees of `runstone.Api`."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

import polars

import runstone
from runstone.sdk import Column, ConsoleLine, Groups, KeyInfo, MediaValue

api = runstone.Api("http://127.0.0.1:8470", api_key="key")
assert_type(api.projects(), list[runstone.Project])
assert_type(api.project("lab/digits").columns(), list[Column])

runs = api.runs("lab/digits", filter="config.lr < 1", sort="-created_at", columns=["config.lr"])
assert_type(runs, runstone.Runs)
assert_type(runs.filter("state == 'failed'").sort(None), runstone.Runs)
assert_type(runs[0], runstone.Run)
assert_type(runs[:3], list[runstone.Run])
assert_type(runs.to_polars(columns=["name"]), polars.DataFrame)
assert_type(runs.history("loss"), runstone.Frame)
assert_type(runs.history(["loss", "acc"]).to_polars(), polars.DataFrame)
assert_type(runs.group_by("group", aggregates=["count()"]), Groups)
assert_type(runs.export("runs.parquet"), Path)
assert_type(runs.delete(), int)

run = api.run("lab/digits/4k2x9qzt")
assert_type(run.config, Mapping[str, Any])
assert_type(run.finished_at, datetime | None)
assert_type(run.tags, tuple[str, ...])
assert_type(run.logged_keys(), list[KeyInfo])
assert_type(list(run.console()), list[ConsoleLine])
assert_type(list(run.history()), list[dict[str, Any]])
assert_type(run.media_values("samples"), Iterator[MediaValue])
assert_type(run.file("model.pt").download("models"), Path)
assert_type(run.update(tags=["a"], group=None), runstone.Run)

version = api.artifact("lab/digits/net:best")
assert_type(version, runstone.ArtifactVersion)
assert_type(version.metadata, Mapping[str, Any])
assert_type(version.download("models"), Path)
assert_type(version.logged_by(), runstone.Run | None)
assert_type(version.entry("a.txt").read(), bytes)
assert_type(api.artifacts("lab/digits", "model"), Iterator[runstone.ArtifactVersion])
assert_type(run.used_artifacts(), list[runstone.ArtifactVersion])
draft = runstone.Artifact("net", type="model", metadata={"acc": 0.9})
assert_type(api.log_artifact(draft, "lab/digits", aliases="best"), runstone.ArtifactVersion)
version.digest = "0"  # type: ignore[misc]

run.history(format="csv")  # type: ignore[call-arg]
run.state = "finished"  # type: ignore[misc]
runs["x"]  # type: ignore[call-overload]
raise runstone.errors.NotFound("typed, too")
