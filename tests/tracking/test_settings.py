"""What the client can be told: arguments, settings, variables, logins; and several runs at once."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput, Unauthenticated
from runstone.sdk import Api
from runstone.sdk.settings import Server, find_server, keep_login
from runstone.tracking.options import Settings, read_settings
from runstone.tracking.options_docs import settings_page
from runstone.tracking.settings import finish_timeout_s

DOCS = Path(__file__).parents[2] / "docs" / "client-settings.md"


def test_variables_of_both_clients_are_heard(desk: Desk, api: Api) -> None:
    said = {
        "WANDB_PROJECT": "heard",
        "WANDB_RUN_ID": "r",
        "WANDB_NAME": "theirs",
        "RUNSTONE_NAME": "ours",
        "WANDB_NOTES": "n",
        "WANDB_TAGS": "a, b,",
        "WANDB_RUN_GROUP": "g",
        "WANDB_JOB_TYPE": "train",
        "WANDB_RESUME": "never",
        "WANDB_DIR": str(desk.folder / "there"),
    }
    script = "import runstone\nwith runstone.init() as run: print(run.settings.resume)"
    out, _ = desk.run(script, **said)
    assert out == "never\n"
    run = api.run("ada/heard/r")
    assert (run.name, run.notes, tuple(run.tags)) == ("ours", "n", ("a", "b"))
    assert (run.group, run.job_type) == ("g", "train")
    assert list((desk.folder / "there" / "runstone").glob("run-*-r"))
    _, err = desk.run(script, code=1, **said)
    assert "is there already" in err, "WANDB_RESUME=never"


def test_settings_go_before_variables_and_behind_arguments(desk: Desk) -> None:
    out, err = desk.run(
        """
import runstone
runstone.setup({"project": "set-up", "mode": "disabled"})
run = runstone.init(settings=runstone.Settings(run_group="g", run_tags="x,y"), job_type="mine")
print(run.project, run.group, run.job_type, run.tags, run.disabled)
run.finish()
run = runstone.init("said", settings={"project": "settings", "x_disable_stats": True, "odd": 1})
print(run.project, run.group)
run.finish()
run = runstone.init(force=True, monitor_gym=True)
run.finish()
""",
        RUNSTONE_PROJECT="variable",
    )
    assert out == "set-up g mine ('x', 'y') True\nsaid None\n"
    assert err.count("means nothing here") == 3
    assert "'odd'" in err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mode": "sideways"}, "online, offline, local, disabled"),
        ({"resume": "maybe"}, "allow, must, never, auto"),
        ({"finish_timeout": "soon"}, "number of seconds"),
        ({"quiet": "perhaps"}, "on or off"),
        ({"console": "loud"}, "loud"),
    ],
)
def test_wrong_values_are_told(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_settings(given)


def test_a_key_is_not_shown() -> None:
    assert "hidden" not in repr(Settings(api_key="hidden", project="p"))


def test_no_timeout_is_too_long_and_nan_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_FINISH_TIMEOUT", "inf")
    assert finish_timeout_s() <= threading.TIMEOUT_MAX
    monkeypatch.setenv("RUNSTONE_FINISH_TIMEOUT", "nan")
    with pytest.raises(InvalidInput, match="number of seconds"):
        finish_timeout_s()


def test_settings_lie_over_each_other() -> None:
    over = Settings(project="a", quiet=True).over(Settings(project="b", entity="e"))
    assert over.as_variables() == {"PROJECT": "a", "ENTITY": "e", "QUIET": "on"}
    with pytest.raises(InvalidInput, match="dictionary"):
        read_settings("offline")  # type: ignore[arg-type]


def test_each_setting_is_documented() -> None:
    assert settings_page() == DOCS.read_text(encoding="utf-8"), "make docs"


def test_logging_in_is_kept_for_the_next_time(desk: Desk) -> None:
    environ = desk.environ
    url, key = environ.pop("RUNSTONE_URL"), environ.pop("RUNSTONE_API_KEY")
    assert "no server" in desk.runstone("login", code=2).lower()
    assert "logged in" in desk.runstone("login", key, "--host", url)
    (kept,) = desk.folder.glob(".config/runstone/login.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    out, _ = desk.run("import runstone\nprint(runstone.login(), runstone.Api().url)")
    assert out == f"True {url}\n"
    wrong = 'import runstone\nrunstone.login("runstone-nobody", host={!r})'
    _, err = desk.run(wrong.format(url), code=1)
    assert "Unauthenticated" in err
    assert json.loads(kept.read_text())["keys"] == {url: key}, "what is wrong is not kept"
    _, err = desk.run("import runstone\nrunstone.login(relogin=True, prompt=False)", code=1)
    assert "needs a key" in err


def test_a_key_goes_to_the_server_that_it_is_for(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    keep_login(Server("http://one:1", "first"), environ=environ)
    keep_login(Server("http://two:2", "second"), environ=environ)
    assert find_server(environ=environ) == Server("http://two:2", "second")
    assert find_server("http://one:1", environ=environ) == Server("http://one:1", "first")
    with pytest.raises(Unauthenticated, match="no API key"):
        find_server("http://three:3", environ=environ)


def test_several_runs_of_one_process(desk: Desk) -> None:
    out, err = desk.run(
        """
import runstone
runstone.setup({"mode": "disabled"})
first = runstone.init("p")
assert runstone.run is first and runstone.config is first.config
assert runstone.init("other") is first
second = runstone.init("p", reinit="create_new")
assert second is not first and runstone.run is second
third = runstone.init("p", reinit="finish_previous")
assert first.status().is_finished and second.status().is_finished
fourth = runstone.init("p", reinit=True)
runstone.teardown()
assert runstone.run is None and fourth.status().is_finished
for use in (lambda: runstone.config.lr, lambda: runstone.summary["x"], lambda: runstone.alert("t")):
    try:
        use()
    except runstone.Error as error:
        print(error.code)
from runstone import *
try:
    init("p", reinit="perhaps")
    init("p", reinit="perhaps")
except UsageError as error:
    print(error)
"""
    )
    assert out.split()[:3] == ["no-run"] * 3
    assert "finish_previous, return_previous or create_new" in out
    assert err.count("goes on, and init() returns it") == 1
