"""The surroundings of a run: machine, interpreter, packages, command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sdk.lab import Lab
from tests.tracking.conftest import Desk

from runstone.domain.environment import read_conda, read_requirements
from runstone.sdk import Api
from runstone.tracking.surroundings.metadata import HIDDEN, cluster_variables, hidden
from runstone.tracking.surroundings.packages import conda_environment, requirements


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["--lr", "0.1", "data.csv"], ["--lr", "0.1", "data.csv"]),
        (["--api-key=abc"], [f"--api-key={HIDDEN}"]),
        (["--api_key", "abc", "x"], ["--api_key", HIDDEN, "x"]),
        (["--hf-token", "abc"], ["--hf-token", HIDDEN]),
        (["--db.password=x=y"], [f"--db.password={HIDDEN}"]),
        (["AWS_SECRET=abc"], [f"AWS_SECRET={HIDDEN}"]),
        (["--password", "--verbose"], ["--password", "--verbose"]),
        (["--max-tokens", "128"], ["--max-tokens", "128"]),
        (["--tokenizer=bpe", "--author", "me"], ["--tokenizer=bpe", "--author", "me"]),
        (["hf_" + "a" * 34], [HIDDEN]),
        (["--x=sk-" + "b" * 40], [f"--x={HIDDEN}"]),
        (["postgres://u:secret@host/db"], ["postgres://host/db"]),
        (["--url=https://u:p@host/x?a=1"], ["--url=https://host/x?a=1"]),
        (["--commit", "f8e497ebd1e736f4a8ec390a59e3a8112ace8e97"],
         ["--commit", "f8e497ebd1e736f4a8ec390a59e3a8112ace8e97"]),
    ],
)  # fmt: skip
def test_secrets_among_arguments(given: list[str], kept: list[str]) -> None:
    assert hidden(given) == kept


def test_variables_of_clusters_alone() -> None:
    environ = {
        "SLURM_JOB_ID": "7",
        "SLURM_JWT_TOKEN": "secret",
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "HOME": "/root",
    }
    assert cluster_variables(environ) == {"job_id": "7", "kubernetes_service_host": "10.0.0.1"}
    assert cluster_variables({"HOME": "/root"}) is None


def test_packages(tmp_path: Path) -> None:
    for name in ("scikit_learn-1.5.0", "torch-2.13.0+cpu", "Flask-3.0"):
        (tmp_path / "first" / f"{name}.dist-info").mkdir(parents=True)
    (tmp_path / "second" / "torch-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "second" / "old-0.1-py3.11.egg-info").mkdir()
    text = requirements([str(tmp_path / n) for n in ("first", "second", "missing")])
    assert text == "flask==3.0\nold==0.1\nscikit-learn==1.5.0\ntorch==2.13.0+cpu\n"
    assert [p.name for p in read_requirements(text)] == ["flask", "old", "scikit-learn", "torch"]
    assert "pytest==" in requirements()


def test_conda(tmp_path: Path) -> None:
    assert conda_environment(str(tmp_path)) is None
    (tmp_path / "conda-meta").mkdir()
    for name in ("python-3.11.9-h1_0_cpython.json", "pytorch-cuda-12.1-ha_5.json", "history"):
        (tmp_path / "conda-meta" / name).write_text("{}")
    text = conda_environment(str(tmp_path))
    assert text is not None
    assert [(p.name, p.version) for p in read_conda(text)] == [
        ("python", "3.11.9"), ("pytorch-cuda", "12.1"),
    ]  # fmt: skip


SCRIPT = """
import time, runstone
with runstone.init("surroundings") as run:
    began = time.monotonic()
    while not (run.folder / "files/wandb-metadata.json").exists():
        assert time.monotonic() < began + 60
        time.sleep(0.01)
    print(run.folder)
"""


def test_the_page_knows_it(desk: Desk, api: Api, lab: Lab) -> None:
    folder = desk.run(SCRIPT)[0].strip()
    (run,) = api.runs("ada/surroundings")
    headers = {"Authorization": f"Bearer {lab.key}"}
    path = f"/api/v1/projects/ada/surroundings/runs/{run.id}/environment"
    said = lab.server.ask("GET", path, headers=headers).json()
    (process,) = said["processes"]
    assert process["python"] == f"CPython {sys.version.split()[0]}"
    assert process["executable"] == sys.executable
    assert process["working_folder"] == str(desk.folder)
    assert process["host"]
    assert process["host"] == run.host
    assert process["cpu_threads"] >= 1
    assert process["memory_bytes"] > 1 << 20
    assert said["client"].startswith("runstone ")
    assert "pytest" in {package["name"] for package in said["packages"]}
    # In the words that other clients read.
    metadata = json.loads(run.file("wandb-metadata.json").read())
    assert metadata["executable"] == sys.executable
    assert metadata == json.loads((desk.folder / folder / "files/wandb-metadata.json").read_text())


DIES = """
import glob, os, signal, time, runstone
run = runstone.init("dies")
began = time.monotonic()
while time.monotonic() < began + 60:
    found = glob.glob(f"{run.folder}/surroundings/*.journal")
    if found and b'"startedAt"' in open(found[0], "rb").read():
        break
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_what_is_known_at_once_survives_a_kill(desk: Desk, lab: Lab, api: Api) -> None:
    desk.run(DIES, code=-9, RUNSTONE_MODE="offline")
    desk.runstone("sync")
    (run,) = api.runs("ada/dies")
    headers = {"Authorization": f"Bearer {lab.key}"}
    path = f"/api/v1/projects/ada/dies/runs/{run.id}/environment"
    (process,) = lab.server.ask("GET", path, headers=headers).json()["processes"]
    assert process["executable"] == sys.executable


SHORT = """
import runstone
run = runstone.init("short")
run.log({"loss": 1.0})
run.finish()
"""


@pytest.mark.parametrize("mode", ["offline", "online", "local"])
def test_a_short_run_has_its_surroundings(desk: Desk, lab: Lab, api: Api, mode: str) -> None:
    """`finish()` does not wait for them; the end of the process does."""
    subprocess.run(["git", "init", "-q", "-b", "trunk"], cwd=desk.folder, check=True)
    (desk.folder / "short.py").write_text(SHORT)
    desk.run(SHORT, RUNSTONE_MODE=mode, RUNSTONE_PROJECT="short", RUNSTONE_DATA="data")
    (folder,) = (desk.folder / "runstone").glob("run-*")
    assert {path.name for path in (folder / "files").iterdir()} >= {
        "requirements.txt",
        "wandb-metadata.json",
    }
    kept = json.loads((folder / "files/wandb-metadata.json").read_text())
    assert kept["git"] == {"branch": "trunk"}
    if mode == "local":
        return
    if mode == "offline":
        desk.runstone("sync")
    (run,) = api.runs("ada/short", f'id = "{folder.name.rpartition("-")[2]}"')
    assert run.state == "finished"
    path = f"/api/v1/projects/ada/short/runs/{run.id}/environment"
    headers = {"Authorization": f"Bearer {lab.key}"}
    said = lab.server.ask("GET", path, headers=headers).json()
    assert said["processes"][0]["executable"] == sys.executable
    assert "pytest" in {package["name"] for package in said["packages"]}
    assert json.loads(run.file("wandb-metadata.json").read()) == kept
