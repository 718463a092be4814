"""Disks that are small, full or read-only: real ones, for one command each."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


needs_mount = pytest.mark.skipif(not _can_mount(), reason="may not mount file systems here")


def mounted(options: str, place: Path) -> list[str]:
    """A prefix that runs a command where a fresh tmpfs with these options lies at a place."""
    place.mkdir(exist_ok=True)
    script = f"mount -t tmpfs -o {options} tmpfs '{place}' && exec \"$@\""
    return ["unshare", "-m", "sh", "-c", script, "sh"]
