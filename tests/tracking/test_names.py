"""Every public name of the real wandb client: the same here, different, or not offered."""

from __future__ import annotations

import inspect
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.compat.install_clients import client_python

import runstone
from runstone.tracking import ActiveRun
from runstone.tracking.wandb_names import (
    ARTIFACT,
    BESIDE,
    INIT,
    MODULE,
    RUN,
    TABLE,
    Verdict,
    names_page,
)

DOCS = Path(__file__).parents[2] / "docs" / "coming-from-wandb.md"

READS = """
import inspect, json, wandb
from wandb.sdk.data_types.base_types.media import Media
run = wandb.Run

def parameters(what):
    known = inspect.signature(what).parameters.values()
    return [one.name for one in known if one.kind is not one.VAR_KEYWORD and one.name != "self"]

def own(kind):
    return [name for name in dir(kind) if not name.startswith("_") and name not in dir(Media)]

kinds = ["Artifact", "Audio", "Classes", "Histogram", "Html", "Image", "JoinedTable", "Molecule",
         "Object3D", "Plotly", "Table", "Video"]
makers = {kind: parameters(getattr(wandb, kind)) for kind in kinds}
for kind in kinds:
    for name in own(getattr(wandb, kind)):
        if name.startswith("from_"):
            makers[f"{kind}.{name}"] = parameters(getattr(getattr(wandb, kind), name))
for name in set(wandb.plot.__all__) - {"visualize"}:  # of before custom charts, undocumented
    makers[f"plot.{name}"] = parameters(getattr(wandb.plot, name))
# Of instances, what the constructor sets is public as well.
said = {
    "module": list(wandb.__all__),
    "init": list(inspect.signature(wandb.init).parameters),
    "run": [name for name in {*dir(run), *run.__annotations__} if not name.startswith("_")],
    "beside": [name for name in dir(wandb) if not name.startswith("_")],
    "artifact": [name for name in dir(wandb.Artifact) if not name.startswith("_")],
    "table": own(wandb.Table),
    "makers": makers,
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    done = subprocess.run(
        [client_python("0.31"), "-c", READS],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


NAMES = {
    "module": MODULE,
    "beside": BESIDE,
    "init": INIT,
    "run": RUN,
    "artifact": ARTIFACT,
    "table": TABLE,
}


@pytest.mark.parametrize("what", NAMES)
def test_each_name_has_a_verdict(theirs: dict[str, Any], what: str) -> None:
    names = NAMES[what]
    if what == "beside":
        # Its submodules are names of it, too, and nobody's.
        assert set(names) <= set(theirs[what])
        assert not set(names) & set(MODULE)
    else:
        assert set(theirs[what]) == set(names)
    for name, one in names.items():
        assert bool(one.why) == (one.verdict is not Verdict.SAME), name


def test_what_is_said_to_be_here_is_here() -> None:
    artifact = runstone.Artifact("a", "b")
    here = {
        "module": set(runstone.__all__),
        "beside": set(runstone.__all__),
        "init": set(inspect.signature(runstone.init).parameters),
        "run": {*dir(ActiveRun), *ActiveRun.__init__.__code__.co_names},
        "artifact": {*dir(artifact), *dir(runstone.ArtifactVersion)},
        "table": set(dir(runstone.Table)),
    }
    for what, names in NAMES.items():
        offered = {n for n, one in names.items() if one.verdict is not Verdict.NOT_OFFERED}
        assert offered - here[what] == set(), what
        assert (set(names) - offered) & here[what] == set(), what


def test_what_makes_values_takes_what_theirs_takes(theirs: dict[str, Any]) -> None:
    lacking = {}
    for path, names in theirs["makers"].items():
        made: Any = runstone
        for part in path.split("."):
            made = getattr(made, part)
        if gone := set(names) - set(inspect.signature(made).parameters):
            lacking[path] = gone
    assert lacking == NOT_TAKEN


NOT_TAKEN = {"Artifact": {"digest_algorithm", "storage_region"}}  # the server's to choose


@pytest.mark.parametrize(
    ("name", "said"),
    [("sweep", "Optuna"), ("keras", "wandb client"), ("lgo", "coming-from-wandb.md")],
)
def test_a_name_that_is_not_here_says_what_is(name: str, said: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'.*{said}"):
        getattr(runstone, name)


def test_the_page_says_so() -> None:
    assert names_page() == DOCS.read_text(encoding="utf-8"), "make docs"
