"""What `import runstone` offers: these names, at no cost, with the base install alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sdk.lab import Lab
from tests.server.processes import clean_environment

import runstone
from runstone import errors, sdk
from runstone.errors import MissingPackage, RunstoneError

OFFERED = [
    "ActiveRun",
    "AlertLevel",
    "Api",
    "Artifact",
    "ArtifactTTL",
    "ArtifactVersion",
    "Audio",
    "Bokeh",
    "Classes",
    "CommError",
    "Config",
    "Error",
    "Format",
    "Frame",
    "Histogram",
    "Html",
    "Image",
    "JoinedTable",
    "Molecule",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "Project",
    "Run",
    "RunFile",
    "Runs",
    "Settings",
    "Table",
    "UsageError",
    "Video",
    "__version__",
    "alert",
    "attach",
    "box3d",
    "config",
    "define_metric",
    "errors",
    "finish",
    "init",
    "join",
    "link_artifact",
    "link_model",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "mark_preempting",
    "plot",
    "plot_table",
    "require",
    "restore",
    "run",
    "save",
    "sdk",
    "setup",
    "summary",
    "teardown",
    "termerror",
    "termlog",
    "termwarn",
    "unwatch",
    "use_artifact",
    "use_model",
    "util",
    "watch",
]

# The base install: its six packages and nothing else but Python's own and ours.
BASE_ALONE = """
import sys

class Absent:
    base = {"runstone", "backports", "click", "msgspec", "psutil", "pynvml", "urllib3"}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in self.base and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""


def python(script: str, environ: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean_environment(**(environ or {})),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_names() -> None:
    assert runstone.__all__ == OFFERED
    assert set(OFFERED) <= set(dir(runstone))
    for name in OFFERED:
        # There is no current run here.
        assert (getattr(runstone, name) is None) == (name == "run")
    assert runstone.Api is sdk.Api
    assert runstone.errors is errors
    with pytest.raises(AttributeError, match="has no attribute 'Sweep'"):
        _ = runstone.Sweep  # type: ignore[attr-defined]


def test_all_errors_are_of_one_tree() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), RunstoneError), name
        assert name in (errors.__doc__ or "")


def test_importing_it_costs_nothing() -> None:
    said = python(
        "import sys; before = set(sys.modules); import runstone; "
        "loaded = {n.partition('.')[0] for n in set(sys.modules) - before}; "
        "import json; print(json.dumps(sorted(loaded)))"
    )
    loaded = set(json.loads(said))
    assert loaded & {"click", "msgspec", "urllib3", "http", "json", "asyncio", "numpy"} == set()


def test_it_works_with_the_base_install(lab: Lab, tmp_path: Path) -> None:
    script = """
import os, runstone
api = runstone.Api()
runs = api.runs("ada/digits", filter='config.lr < 0.5', sort="config.lr")
run = runs[0]
print([r.id for r in runs], run.config["lr"], run.console().tail(1)[0].text)
print(run.file("model.bin").download(os.environ["FOLDER"]).name)
for read in (runs.to_polars, runs.to_pandas, runs.to_arrow, runs.history("loss").to_polars):
    try:
        read()
    except ImportError as error:
        assert isinstance(error, runstone.errors.MissingPackage)
        print(error)
"""
    script = BASE_ALONE + script
    said = python(script, lab.environ | {"FOLDER": str(tmp_path)})
    assert said.splitlines() == [
        "['r4', 'r3', 'r2', 'r1'] 0.0001 bye",
        "model.bin",
        'to_polars() needs the package polars: pip install "runstone[polars]".',
        'to_pandas() needs the package pandas: pip install "runstone[pandas]".',
        'to_arrow() needs the package pyarrow: pip install "runstone[arrow]".',
        'to_polars() needs the package polars: pip install "runstone[polars]".',
    ]


def test_artifacts_work_with_the_base_install(lab: Lab, tmp_path: Path) -> None:
    script = """
import os, runstone
from runstone.cli.root import run
folder = os.environ["FOLDER"]
draft = runstone.Artifact("base", type="dataset")
with draft.new_file("a/b.csv", mode="xb") as file:
    file.write(b"n\\n1\\n")
api = runstone.Api()
version = api.log_artifact(draft, project="ada/base")
print(version.path, version.get_table("a/b.csv").rows)
assert run(["artifact", "get", "ada/base/base", "--root", folder]) == 0
assert run(["artifact", "put", folder, "-n", "ada/base/base"]) == 0
assert run(["artifact", "ls", "ada/base", "--csv"]) == 0
assert run(["artifact", "ls", "ada/base", "--parquet", folder + "/x.parquet"]) == 1
"""
    said = python(BASE_ALONE + script, lab.environ | {"FOLDER": str(tmp_path / "out")})
    lines = said.splitlines()
    assert lines[0] == "ada/base/base:v0 [{'n': '1'}]"
    assert lines[1:3] == [str(tmp_path / "out"), "ada/base/base:v0"]
    assert lines[4].startswith("ada/base/base,base,dataset,")


def test_the_commands_work_with_the_base_install(lab: Lab) -> None:
    script = """
from runstone.cli.root import run
assert run(["--help"]) == 0
assert run(["runs", "ada/digits", "--sort", "config.lr", "--columns", "config.lr"]) == 0
assert run(["console", "ada/digits/r1"]) == 0
"""
    said = python(BASE_ALONE + script, lab.environ)
    assert "Start a server on a data folder." in said
    assert "hello from 1\nred\nbye\n" in said
    (line,) = [line for line in said.splitlines() if line.startswith("r4")]
    assert line.endswith("0.0001")


def test_a_missing_package_is_an_import_error_too() -> None:
    assert issubclass(MissingPackage, ImportError)
