"""What users' type checkers see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TYPED = Path(__file__).with_name("typed") / "reading.py"
ROOT = TYPED.parents[3]


def test_a_typed_script_checks() -> None:
    """Every ignore in it is needed: mypy is told to say so where one is not."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", str(TYPED)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
