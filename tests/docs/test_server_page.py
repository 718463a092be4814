"""docs/server.md: its commands, one after the other, in a home of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.server.processes import clean_environment, runstone

PAGE = Path(__file__).parents[2] / "docs" / "server.md"


def test_the_page_in_its_order(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 4
    commands = tmp_path / "bin"
    commands.mkdir()
    command = commands / "runstone"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runstone "$@"\n')
    command.chmod(0o755)
    environment = clean_environment(HOME=str(tmp_path), RUNSTONE_PORT="0")
    environment["PATH"] = f"{commands}:{environment['PATH']}"
    copy = tmp_path / "runstone-backup"
    try:
        done = subprocess.run(
            ["sh", "-eu", "-c", "\n".join(blocks)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("listens on http://127.0.0.1:") == 3
        assert runstone("status", "--data", copy).returncode == 0
        assert "ada" in runstone("admin", "team", "members", "lab", "--data", copy).stdout
    finally:
        for folder in (tmp_path / "runstone", copy):
            runstone("down", "--data", folder)
