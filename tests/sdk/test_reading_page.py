"""Every block of docs/reading.md runs, from its top to its end, against a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import polars
import pytest
from tests.sdk.lab import Lab
from tests.server.processes import clean_environment

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reading.md").read_text()
# What depends on who reads: how to install, the address and the key.
LEFT_OUT: Final = ("pip install", "export RUNSTONE_URL")


def blocks(kind: str) -> list[str]:
    found = re.findall(rf"^```{kind}\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return [block for block in found if not block.startswith(LEFT_OUT)]


@pytest.fixture(scope="module")
def place(lab: Lab) -> str:
    """A project such as the page's."""
    for number, name in enumerate(("4k2x9qzt", "b", "c")):
        lab.log(
            name,
            "page",
            config={"lr": 10.0**-number / 4, "opt": {"name": "adam"}},
            summary={"acc": number / 2, "loss": 0.1},
            rows=[{"loss": 1.0}, {"loss": 0.5, "hist": HISTOGRAM}],
            system=[{"_timestamp": 1.7e9, "system.cpu": 1.0}],
            console=["an error", "bye"],
            files={"model.bin": b"model"},
            tags=["baseline"],
        )
    return "ada/page"


HISTOGRAM: Final = {"_type": "histogram", "bins": [0, 1], "values": [3]}


def test_python(lab: Lab, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in lab.environ.items():
        monkeypatch.setenv(name, value)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block.replace("lab/digits", place), "docs/reading.md", "exec"), names)
    frame, curves = names["frame"], names["curves"]
    assert isinstance(frame, polars.DataFrame)
    assert frame["min(history.loss)"].to_list() == [0.5] * 3
    assert isinstance(curves, polars.DataFrame)
    assert len(curves) == 6
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"history.parquet", "runs.csv", "run.zip", "models"}


def test_shell(lab: Lab, place: str, tmp_path: Path) -> None:
    found = blocks("sh")
    assert len(found) >= 4
    folder = str(Path(sys.executable).parent)
    environ = clean_environment(**lab.environ)
    environ["PATH"] = f"{folder}:{environ['PATH']}"
    for block in found:
        script = f"set -e -o pipefail\n{block}".replace("lab/digits", place)
        done = subprocess.run(
            ["bash", "-c", script],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done
        assert "Error" not in done.stderr
        assert "Traceback" not in done.stderr
    written = {path.name for path in tmp_path.iterdir()}
    assert {"runs.json", "loss.csv", "digits", "finished.csv", "run.zip"} <= written
