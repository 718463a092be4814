"""Words of wandb's that scripts say beside `log()`: what each does here."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.compat.install_clients import client_python
from tests.tracking.conftest import Desk

import runstone
from runstone import errors
from runstone.sdk import Api
from runstone.tracking.options import Settings

SAYS = """
import runstone as wandb
wandb.require("core")
with wandb.init("words", config={"lr": 0.1}, settings=wandb.Settings(_disable_stats=True)) as run:
    frozen = run.config_static
    run.config["lr"] = 0.2
    assert (frozen.lr, frozen["lr"], dict(frozen), len(frozen)) == (0.1, 0.1, {"lr": 0.1}, 1)
    for change in ("frozen.lr = 1", "frozen.x"):
        try:
            exec(change)
        except AttributeError as error:
            print(error)
    run.pin_config_keys(["lr"])
    run.name = "named"
    assert run.save() == wandb.save() == []
    with open("weights.txt", "w") as file:
        file.write("first")
    run.save("weights.txt", policy="now")
    run.write_logs("never printed")
    run.alert("hot", level=wandb.AlertLevel.WARN)
    wandb.termlog("said")
    wandb.termwarn("beware")
    wandb.termwarn("beware")
    wandb.termerror("gone wrong")
print(run.id)
"""

RESTORES = """
import runstone as wandb
first = "FIRST"
found = wandb.restore("weights.txt", run_path=f"ada/words/{first}", root="there")
assert (found.read(), found.name) == ("first", "there/weights.txt")
with open("there/weights.txt", "w") as file:
    file.write("mine")
assert wandb.restore("weights.txt", f"ada/words/{first}", root="there").read() == "mine"
assert wandb.restore("weights.txt", f"ada/words/{first}", True, "there").read() == "first"
try:
    wandb.restore("weights.txt")
except wandb.errors.InvalidInput as error:
    print(error)
with wandb.init("words") as run:
    for path in (first, f"words/{first}"):
        assert run.restore("weights.txt", path, replace=True).read() == "first"
    for name, path in (("weights.txt", None), ("nothing.txt", first), ("../x", first)):
        try:
            run.restore(name, path)
        except (wandb.errors.NotFound, wandb.errors.InvalidInput) as error:
            print(type(error).__name__)
print(run.id)
"""


def test_words(desk: Desk, api: Api) -> None:
    out, err = desk.run(SAYS, RUNSTONE_CONSOLE="off")
    *said, run_id = out.splitlines()
    assert said == [
        "config_static stays as it is: set run.config['lr']",
        "the run's config had no 'x'",
    ]
    for once in ("runstone: said\n", "runstone: beware\n", "runstone: gone wrong\n"):
        assert err.count(once) == 1
    assert "pin_config_keys() means nothing here" in err
    assert "never printed" not in out + err
    run = api.run(f"ada/words/{run_id}")
    assert [line.text for line in run.console()] == ["never printed"]
    assert (run.name, [alert.level for alert in run.alerts()]) == ("named", ["WARN"])

    out, _ = desk.run(RESTORES.replace("FIRST", run_id))
    needs, *kinds, second = out.splitlines()
    assert "run_path='entity/project/run'" in needs
    assert kinds == ["NotFound", "NotFound", "InvalidInput"]
    # What was brought here is no file of the run that asked for it.
    assert not [file.name for file in api.run(f"ada/words/{second}").files("weights")]


def test_lines_that_nobody_prints_stand_among_those_that_are(desk: Desk, api: Api) -> None:
    script = """
import runstone
with runstone.init("words") as run:
    print("before")
    run.write_logs("between\\n")
    print(run.id)
run.write_logs("after the end: not kept")
"""
    out, _ = desk.run(script)
    run_id = out.splitlines()[-1]
    lines = [line.text for line in api.run(f"ada/words/{run_id}").console()]
    assert lines[:3] == ["before", "between", run_id]
    assert not [line for line in lines if "not kept" in line]


# Settings by wandb's names


def test_settings_of_wandb(capsys: pytest.CaptureFixture[str]) -> None:
    given = {
        "_disable_stats": True,
        "init_timeout": "5",
        "x_label": "rank_0",
        "x_primary": True,
        "mode": "shared",
        "save_code": False,
        "reinit": True,
        "start_method": "fork",
        "projekt": "p",
    }
    made = Settings(**given)  # type: ignore[arg-type]
    assert made == Settings(
        system_metrics=False,
        resume_timeout=5.0,
        label="rank_0",
        primary=True,
        shared=True,
        disable_code=True,
        reinit="finish_previous",
    )
    assert Settings(mode="dryrun").mode == "offline"  # type: ignore[arg-type]
    err = capsys.readouterr().err
    assert "'start_method' means nothing here and is passed over\n" in err
    assert "'projekt' means nothing here and is passed over (did you mean 'project'?)" in err
    with pytest.raises(errors.InvalidInput, match="x_disable_stats is 'maybe'"):
        Settings(x_disable_stats="maybe")  # type: ignore[call-arg]


def test_shared_as_with_wandb(desk: Desk, api: Api) -> None:
    """The primary makes the run, and says its id to the others."""
    leads = """
import runstone as wandb
said = wandb.Settings(x_label="rank_0", mode="shared", x_primary=True)
run = wandb.init("words", config={"lr": 1}, settings=said)
run.log({"loss": 0.0})
run.finish()
print(run.id)
"""
    out, _ = desk.run(leads)
    run_id = out.strip()
    joins = f"""
import runstone as wandb
said = wandb.Settings(x_label="rank_1", mode="shared", x_primary=False, x_update_finish_state=False)
run = wandb.init("words", id="{run_id}", config={{"lr": 2}}, settings=said)
run.log({{"other": 1.0}})
run.finish(exit_code=1)
"""
    desk.run(joins)
    desk.run(joins.replace("rank_1", "rank_2"), WANDB_X_PRIMARY="0")
    run = api.run(f"ada/words/{run_id}")
    assert (run.state, run.config["lr"]) == ("finished", 1)
    assert {"loss", "other"} <= {key.name for key in run.logged_keys()}


def test_reinit_as_a_setting(desk: Desk) -> None:
    script = """
import runstone as wandb
first = wandb.init("words", mode="offline")
second = wandb.init("words", mode="offline", settings=wandb.Settings(reinit="finish_previous"))
print(first.is_finished, second is first)
third = wandb.init("words", mode="offline", settings=wandb.Settings(reinit="create_new"))
print(second.is_finished, third is second)
"""
    out, _ = desk.run(script)
    assert out.split() == ["True", "False", "False", "False"]


# Values


def test_ids() -> None:
    made = {runstone.util.generate_id() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {8}
    assert len(runstone.util.generate_id(300)) == 300


def test_boxes_are_those_of_wandb() -> None:
    given = [
        {"center": (1, 2, 3), "size": (2, 4, 6), "orientation": (0.9, 0.1, 0.2, 0.3)},
        {"center": (0, 0, 0), "size": (1, 1, 1), "orientation": (1, 0, 0, 0)},
        {"center": (5, -1, 0), "size": (1, 2, 3), "orientation": (3, 4, 0, 12)},
    ]
    said = {"color": (1, 0.5, 0), "label": "car", "score": 0.5}
    script = (
        "import json, sys, wandb\n"
        "given, said = json.loads(sys.argv[1])\n"
        "print(json.dumps([wandb.box3d(**one, **said) for one in given]))"
    )
    done = subprocess.run(
        [client_python("0.31"), "-c", script, json.dumps([given, said])],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        cwd=Path(__file__).parent,
    )
    for one, theirs in zip(given, json.loads(done.stdout), strict=True):
        ours = runstone.box3d(**one, **said)  # type: ignore[arg-type]
        flat = [part for corner in theirs.pop("corners") for part in corner]
        mine = [part for corner in ours.pop("corners") for part in corner]
        assert mine == pytest.approx(flat)
        assert ours == theirs
    # Whose negative real part theirs takes for a positive one: the same turn said twice.
    place = {"center": (5, -1, 0), "size": (1, 2, 3), "color": (0, 0, 0)}
    boxes = [
        runstone.box3d(**place, orientation=turn)  # type: ignore[arg-type]
        for turn in ((-3, 4, 0, 12), (3, -4, 0, -12))
    ]
    assert boxes[0] == boxes[1]
    with pytest.raises(ValueError, match="not all 0"):
        runstone.box3d(center=(0, 0, 0), size=(1, 1, 1), orientation=(0, 0, 0, 0), color=(0, 0, 0))


def test_tables_that_cannot_be_joined() -> None:
    table = runstone.Table(columns=["x"])
    with pytest.raises(errors.InvalidInput, match="cannot be joined"):
        runstone.JoinedTable("a.csv", table, "x")
    with pytest.raises(errors.InvalidInput, match="join_key is"):
        runstone.JoinedTable(table, table, ["a", "b", "c"])


# Versions


def test_a_draft_of_a_version(desk: Desk, api: Api) -> None:
    script = """
import runstone as wandb
with wandb.init("words") as run:
    data = wandb.Artifact("grows", "dataset", "All.", {"size": 1})
    for name in ("old", "stays"):
        with data.new_file(f"{name}.txt") as file:
            file.write(name)
    data.add_reference("s3://bucket/raw", name="raw")
    data.add(wandb.Table(columns=["x"], data=[[1], [2]]), "rows")
    run.log_artifact(data).wait()
    version = run.use_artifact("grows:latest")
    assert (version.is_draft(), version.state, version.file_count) == (False, "COMMITTED", 4)
    assert version.qualified_name == "ada/words/grows:v0" and version.size == version.size_bytes
    assert version.get_path("old.txt").download("there").read_text() == "old"
    folder = version.download("all", prefix="old")
    assert (folder + "/old.txt", "./" + folder) == (str(folder / "old.txt"), "./all")
    assert open(folder + "/old.txt").read() == "old"
    assert version.get_path("old.txt").download("there") + ".copy" == "there/old.txt.copy"
    for wrong in ("folder + 1", "folder + folder", "1 + folder"):
        try:
            eval(wrong)
        except TypeError:
            continue
        raise AssertionError(wrong)
    table = version.get("rows")
    assert (table.data, table.get_column("x")) == ([[1], [2]], [1, 2])
    assert list(table.iterrows())[1] == (1, [2])
    draft = version.new_draft()
    draft.remove("old.txt")
    with draft.new_file("new.txt") as file:
        file.write("new")
    run.log_artifact(draft)
"""
    desk.run(script)
    last = api.artifact("ada/words/grows:latest")
    assert (last.version, last.description, dict(last.metadata)) == ("v1", "All.", {"size": 1})
    assert [file.path for file in last.files()] == [
        "new.txt",
        "raw",
        "rows.table.json",
        "stays.txt",
    ]
    assert last.entry("stays.txt").read() == b"stays"
    assert last.entry("raw").reference == "s3://bucket/raw"


# Of the module itself


TAKES = """
import sys
import runstone as wandb

def train(
    run: wandb.sdk.wandb_run.Run, config: wandb.sdk.wandb_config.Config, more: wandb.Config,
    settings: wandb.sdk.wandb_settings.Settings,
) -> wandb.Run: ...

wandb.config = {"lr": 1}
with wandb.init("words", mode="offline", config=wandb.config) as run:
    assert isinstance(run, wandb.sdk.wandb_run.Run) and wandb.config is run.config
    wandb.config = {"lr": 2}
    wandb.run = None
    assert (wandb.config, wandb.run, run.config.lr) == ({"lr": 2}, None, 1)
with wandb.init("words", mode="offline", config={"lr": 3}) as run:
    assert wandb.run is run and wandb.config.lr == 3
    wandb.run = None
    del wandb.run
    assert wandb.run is run
assert wandb.run is None
sys.modules["wandb"] = wandb
for line in (
    "from runstone.keras import WandbCallback",
    "from wandb.integration.lightgbm import wandb_callback",
    "import wandb.tensorboard",
    "import runstone.nothing_of_the_kind",
):
    try:
        exec(line)
    except ModuleNotFoundError as error:
        print(error)
import wandb.errors
assert wandb.errors.CommError is wandb.CommError
del sys.modules["wandb"], sys.modules["runstone"]
try:
    import nothing.of_the_kind
except ModuleNotFoundError:
    pass
"""


def test_what_scripts_do_to_the_module(desk: Desk) -> None:
    out, _ = desk.run(TAKES)
    keras, lightgbm, tensorboard, nothing = out.splitlines()
    assert keras.startswith("No module named 'runstone.keras': is the wandb client's own;")
    assert lightgbm.startswith("No module named 'wandb.integration': is the wandb client's own;")
    assert tensorboard == "No module named 'wandb.tensorboard': event files are not read yet"
    assert nothing == "No module named 'runstone.nothing_of_the_kind'"


# Of its arguments


def test_a_config_as_scripts_write_it(tmp_path: Path) -> None:
    described = tmp_path / "described.yaml"
    described.write_text("lr:\n  desc: null\n  value: 0.5\nlayers:\n  value: [1, 2]\n")
    plain = tmp_path / "plain.yaml"
    plain.write_text("lr:\n  value: 0.5\n  unit: s\n")
    with runstone.init("words", mode="disabled", config=described) as run:
        assert dict(run.config) == {"lr": 0.5, "layers": [1, 2]}
        run.config.update({"lr": 1}, True)
        with pytest.raises(errors.InvalidInput, match="allow_val_change=True lets it"):
            run.config.update({"lr": 2}, False)
        assert run.name == f"dummy-{run.id}"
    with runstone.init("words", mode="disabled", config=plain, name="mine") as run:
        assert dict(run.config) == {"lr": {"value": 0.5, "unit": "s"}}
        assert run.name == "mine"
