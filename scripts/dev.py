"""`make dev`: the server, and the page rebuilt as you edit it; Ctrl-C ends both."""

# ruff: noqa: S603 - starts programs

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
URL: Final = "http://127.0.0.1:8470"


def main() -> int:
    """Runs until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="runstone-data")
    data = parser.parse_args().data
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node 20 or newer, which brings it.")
    web = ROOT / "web"
    if not (web / "node_modules").is_dir():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, check=True)
    # Both hear Ctrl-C from the terminal themselves.
    page = subprocess.Popen([npm, "run", "dev"], cwd=web, env=os.environ | {"RUNSTONE_URL": URL})
    server = subprocess.Popen([str(Path(sys.executable).parent / "runstone"), "up", "--data", data])
    try:
        return server.wait()
    except KeyboardInterrupt:
        return server.wait()
    finally:
        page.terminate()
        page.wait()


if __name__ == "__main__":
    sys.exit(main())
