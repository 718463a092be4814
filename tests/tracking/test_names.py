"""Every public name of the real wandb client: the same here, different, or not offered."""

from __future__ import annotations

import inspect
import json
import subprocess
from pathlib import Path

import pytest
from tests.compat.install_clients import client_python

import runstone
from runstone.tracking import ActiveRun
from runstone.tracking.wandb_names import INIT, MODULE, RUN, Name, Verdict, names_page

DOCS = Path(__file__).parents[2] / "docs" / "coming-from-wandb.md"

READS = """
import inspect, json, wandb
run = wandb.Run
# Of instances, what the constructor sets is public as well.
said = {
    "module": list(wandb.__all__),
    "init": list(inspect.signature(wandb.init).parameters),
    "run": [name for name in {*dir(run), *run.__annotations__} if not name.startswith("_")],
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[str]]:
    done = subprocess.run(
        [client_python("0.31"), "-c", READS],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("what", "names"), [("module", MODULE), ("init", INIT), ("run", RUN)], ids=lambda x: str(x)[:6]
)
def test_each_name_has_a_verdict(
    theirs: dict[str, list[str]], what: str, names: dict[str, Name]
) -> None:
    assert set(theirs[what]) == set(names)
    for name, one in names.items():
        assert bool(one.why) == (one.verdict is not Verdict.SAME), name


def test_what_is_said_to_be_here_is_here() -> None:
    here = {
        "module": set(runstone.__all__),
        "init": set(inspect.signature(runstone.init).parameters),
        "run": {*dir(ActiveRun), *ActiveRun.__init__.__code__.co_names},
    }
    for what, names in (("module", MODULE), ("init", INIT), ("run", RUN)):
        offered = {n for n, one in names.items() if one.verdict is not Verdict.NOT_OFFERED}
        assert offered - here[what] == set(), what
        assert (set(names) - offered) & here[what] == set(), what


def test_the_page_says_so() -> None:
    assert names_page() == DOCS.read_text(encoding="utf-8"), "make docs"
