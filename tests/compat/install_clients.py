"""Install the real wandb clients that the compatibility tests drive.

One virtual environment per client line, under `.cache/wandb-clients/<line>/` of
the checkout. Nothing is done for a line whose stamp still says what its
requirements file and Python say, so it is cheap to call before every test run.
Standard library only: it runs before anything else is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).resolve().parent / "clients"
CLIENTS = ROOT / ".cache" / "wandb-clients"

# The oldest line's wheels and ours meet here; a newer Python would prove nothing more.
PYTHON = "3.11"

STAMP = "runstone-stamp.txt"


class ClientInstallError(Exception):
    """A client environment could not be made; the message says which and why."""


def lines() -> list[str]:
    """Client lines we know, oldest first, e.g. `["0.19", "0.25", "0.31"]`."""
    return sorted(
        (path.stem for path in REQUIREMENTS.glob("*.txt")),
        key=lambda line: tuple(int(part) for part in line.split(".")),
    )


def client_python(line: str) -> Path:
    """Interpreter of a line's environment; it exists only once installed."""
    return CLIENTS / line / "bin" / "python"


def is_installed(line: str) -> bool:
    """Whether the environment is complete and matches its requirements file."""
    stamp = CLIENTS / line / STAMP
    return stamp.is_file() and stamp.read_text() == _expected_stamp(line)


def install(line: str, uv: str) -> bool:
    """Make the environment of one line.

    Args:
        line: One of `lines()`.
        uv: Path of the uv executable.

    Returns:
        Whether anything had to be done.

    Raises:
        ClientInstallError: uv failed; a half-made environment has no stamp and is
            made anew by the next call.
    """
    if is_installed(line):
        return False
    target = CLIENTS / line
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _run([uv, "venv", "--quiet", "--python", PYTHON, str(target)], line)
    requirements = REQUIREMENTS / f"{line}.txt"
    python = str(client_python(line))
    _run([uv, "pip", "sync", "--quiet", "--python", python, str(requirements)], line)
    _run([python, "-c", "import wandb, numpy, PIL"], line)
    # Written last: its presence means that everything before it worked.
    (target / STAMP).write_text(_expected_stamp(line))
    return True


def find_uv(given: str | None) -> str:
    """Where uv is: the argument, then `UV`, then PATH, then the checkout's tools.

    Raises:
        ClientInstallError: It is in none of these places.
    """
    candidates = [given, os.environ.get("UV"), shutil.which("uv"), str(ROOT / ".tools/bin/uv")]
    for candidate in candidates:
        found = shutil.which(candidate) if candidate else None
        if found:
            return found
    raise ClientInstallError(
        "uv was not found: pass --uv PATH, set UV, put it on PATH, or run `make setup`"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Install every line, or those named; 0 when all of them are ready."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"default: {' '.join(lines())}")
    parser.add_argument("--uv", metavar="PATH", help="the uv executable to use")
    arguments = parser.parse_args(argv)
    wanted = arguments.lines or lines()
    unknown = sorted(set(wanted) - set(lines()))
    if unknown:
        parser.error(f"unknown client line: {', '.join(unknown)}; known: {', '.join(lines())}")
    try:
        uv = find_uv(arguments.uv)
        for line in wanted:
            outcome = "installed" if install(line, uv) else "up to date"
            print(f"wandb {line}: {outcome} ({CLIENTS / line})")
    except ClientInstallError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _expected_stamp(line: str) -> str:
    requirements = (REQUIREMENTS / f"{line}.txt").read_bytes()
    return f"{hashlib.sha256(requirements).hexdigest()} python{PYTHON}\n"


def _run(command: Sequence[str], line: str) -> None:
    # Outside any active environment: uv would otherwise warn about, or use, ours.
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise ClientInstallError(f"wandb {line}: `{' '.join(command)}` failed:\n{said}")


if __name__ == "__main__":
    sys.exit(main())
