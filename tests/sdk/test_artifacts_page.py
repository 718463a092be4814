"""Every block of docs/artifacts.md runs, from its top to its end, against a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.sdk.lab import Lab
from tests.server.processes import clean_environment

PAGE: Final = (Path(__file__).parents[2] / "docs" / "artifacts.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the page puts."""
    folder = tmp_path / "work"
    (folder / "data" / "faces" / "cats").mkdir(parents=True)
    (folder / "data" / "faces" / "cats" / "1.png").write_bytes(b"PNG")
    (folder / "data" / "labels.csv").write_text("file,label\ncats/1.png,cat\n")
    monkeypatch.chdir(folder)
    return folder


def test_python(lab: Lab, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in lab.environ.items():
        monkeypatch.setenv(name, value)
    names: dict[str, object] = {}
    for block in blocks("python"):
        code = block.replace("lab/digits", "ada/artifacts-page")
        exec(compile(code, "docs/artifacts.md", "exec"), names)
    assert (place / "copy-of-faces" / "cats" / "1.png").read_bytes() == b"PNG"


def test_shell(lab: Lab, place: Path) -> None:
    environ = clean_environment(**lab.environ)
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    for block in blocks("sh"):
        script = f"set -e -o pipefail\n{block}".replace("lab/digits", "ada/artifacts-shell")
        done = subprocess.run(
            ["bash", "-c", script], env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done
        assert "Error" not in done.stderr
        assert "Traceback" not in done.stderr
    assert (place / "copy" / "cats" / "1.png").read_bytes() == b"PNG"


def test_commands_are_on_the_page() -> None:
    from runstone.cli.artifacts import artifact

    for name in artifact.commands:
        assert re.search(rf"`(artifact )?{name}\b", PAGE), name
