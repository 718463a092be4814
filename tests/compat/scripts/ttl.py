"""Times to live as people give them. Words: project."""

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import wandb
from wandb.sdk.artifacts.artifact_ttl import ArtifactTTL

PROJECT = sys.argv[1]
facts: dict[str, Any] = {}


def seconds(name: str) -> Any:
    found = wandb.Api().artifact(f"ada/{PROJECT}/{name}").ttl
    return None if found is None else found.total_seconds()


def made(name: str, content: str) -> wandb.Artifact:
    file = Path(tempfile.mkdtemp()) / "a.txt"
    file.write_text(content)
    artifact = wandb.Artifact(name, type="dataset")
    artifact.add_file(str(file))
    return artifact


run = wandb.init(project=PROJECT)
plain = made("plain", "plain")
lasting = made("lasting", "lasting")
lasting.ttl = timedelta(days=3)
fleeting = made("fleeting", "fleeting")
fleeting.ttl = timedelta(seconds=1)
for artifact in (plain, lasting, fleeting):
    run.log_artifact(artifact)
run.finish()

facts["logged"] = [seconds("plain:v0"), seconds("lasting:v0")]
for name, ttl in (
    ("changed", timedelta(hours=5)),
    ("inherited", ArtifactTTL.INHERIT),
    ("disabled", None),
):
    artifact = wandb.Api().artifact(f"ada/{PROJECT}/lasting:v0")
    artifact.ttl = ttl
    artifact.save()
    facts[name] = seconds("lasting:v0")
print("RESULT " + json.dumps(facts))
