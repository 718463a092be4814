"""Runs every test; the few of real processes that fail beside others are run once more, alone.

Run: python scripts/test.py [arguments of pytest]

Hundreds of tests drive browsers, servers and real clients on whatever cores there are. One that
fails then, and passes when it has the machine to itself, does not stop the release: it is named
here as FLAKY, which is a defect of the test or of Runstone, to be mended. Any other failure, and
more than a few, fail the run as they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_FAILED: Final = _ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
_OF_PROCESSES: Final = (
    "tests/compat/",
    "tests/e2e/",
    "tests/faults/",
    "tests/notebook/",
    "tests/tracking/",
)
_MAX_AGAIN: Final = 3


def main() -> int:
    """Runs them; returns pytest's exit code."""
    arguments = sys.argv[1:]
    code = _pytest("--cache-clear", *arguments)
    failed = _failed() if code == 1 else []
    if not failed or len(failed) > _MAX_AGAIN or not all(map(_drives_processes, failed)):
        return code
    sys.stdout.write(f"\nOnce more, alone: {', '.join(failed)}\n")
    sys.stdout.flush()
    code = _pytest("-n", "0", *failed)
    if code == 0:
        for test in failed:
            sys.stdout.write(f"FLAKY (failed beside others, passed alone): {test}\n")
    return code


def _pytest(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.call(command, cwd=_ROOT)  # noqa: S603


def _failed() -> list[str]:
    """What failed in the run before, as its cache has it."""
    return sorted(json.loads(_FAILED.read_text())) if _FAILED.exists() else []


def _drives_processes(test: str) -> bool:
    return test.startswith(_OF_PROCESSES)


if __name__ == "__main__":
    sys.exit(main())
