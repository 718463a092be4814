"""Build the web app into the package, where its sources changed since the last time.

Standard library only. Text files get a compressed twin beside them, so that the server never
compresses while it answers.
"""

# ruff: noqa: T201, S603 - a script that prints, and calls npm by its name

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
WEB: Final = ROOT / "web"
TARGET: Final = ROOT / "src" / "runstone" / "server" / "web"
STAMP: Final = ".sources"

_NOT_SOURCES: Final = frozenset({"node_modules", "dist", "tests", "test-results", "coverage"})
_COMPRESSED: Final = frozenset({".js", ".css", ".html", ".svg", ".json", ".webmanifest"})
_WORTH_COMPRESSING_BYTES: Final = 1_024
_LARGE_BYTES: Final = 64 * 1024
"""From here on a file is kept compressed only: the package is half as large."""


def main() -> int:
    """Builds where needed; 0 when the package holds a current build."""
    sources = _hash_sources()
    stamp = TARGET / STAMP
    # Without its modules the web app could be neither checked nor tested.
    if not _modules_are_current():
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        shutil.copyfile(WEB / "package-lock.json", WEB / "node_modules" / ".runstone-lock")
    if stamp.is_file() and stamp.read_text() == sources:
        print("The web app is up to date.")
        return 0
    print("Building the web app ...")
    _npm("run", "--silent", "build", "--", "--logLevel", "warn")
    _install(WEB / "dist", sources)
    return 0


def _modules_are_current() -> bool:
    installed = WEB / "node_modules" / ".runstone-lock"
    lock = WEB / "package-lock.json"
    return installed.is_file() and installed.read_bytes() == lock.read_bytes()


def _hash_sources() -> str:
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    found = []
    for place, folders, names in os.walk(WEB):
        folders[:] = [name for name in folders if name not in _NOT_SOURCES]
        found += [Path(place, name) for name in names]
    return sorted(found)


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node 20 or newer, which brings it.")
    done = subprocess.run([npm, *arguments], cwd=WEB, check=False)
    if done.returncode != 0:
        sys.exit(f"`npm {' '.join(arguments)}` failed in {WEB}.")


def _install(built: Path, sources: str) -> None:
    fresh = TARGET.with_name("web.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(built, fresh, ignore=shutil.ignore_patterns(".vite"))
    for path in sorted(fresh.rglob("*")):
        if path.suffix in _COMPRESSED and path.stat().st_size >= _WORTH_COMPRESSING_BYTES:
            packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)
            if path.stat().st_size >= _LARGE_BYTES:
                path.unlink()  # the server unpacks it for whoever cannot
    (fresh / STAMP).write_text(sources)
    # A server that runs looks for new files: it is to find all of one build or all of the other.
    old = TARGET.with_name("web.old")
    shutil.rmtree(old, ignore_errors=True)
    if TARGET.exists():
        TARGET.rename(old)
    fresh.rename(TARGET)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
