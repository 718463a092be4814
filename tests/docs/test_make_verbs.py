"""Every `make …` that a page mentions is there, and `make` alone lists it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_verbs_exist() -> None:
    listed = set(
        re.findall(
            r"^  (\w+) ",
            subprocess.run(
                ["make", "--no-print-directory", "help"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout,
            re.MULTILINE,
        )
    )
    mentioned = {
        verb
        for page in PAGES
        for command in re.findall(r"(?:`|^)make((?: [a-z]\w*)+)", page.read_text(), re.MULTILINE)
        for verb in command.split()
    }
    assert {"run", "test", "setup"} <= listed
    assert mentioned - listed == set()
