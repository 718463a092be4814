"""`python -m runstone` is the command."""

from __future__ import annotations

import subprocess
import sys

from tests.server.processes import clean_environment

from runstone import __version__


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "runstone", "--version"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment(), timeout=60, check=True
    )
    assert __version__ in done.stdout
