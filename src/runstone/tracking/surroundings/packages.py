"""What is installed beside the run's process: pip's packages, and conda's."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_INSTALLED: Final = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-.*)?\.(?:dist|egg)-info")
_CONDA: Final = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.json")


def requirements(paths: Sequence[str] = ()) -> str:
    """The packages that can be imported, one `name==version` a line.

    Their folders' names say both: opening each package's metadata would take a hundred times as
    long, beside a training that begins.

    Args:
        paths: Where to look; by default where Python does. The first of a name counts.
    """
    found: dict[str, str] = {}
    for path in paths or sys.path:
        for name, version in _installed(path):
            found.setdefault(name, version)
    return "".join(f"{name}=={found[name]}\n" for name in sorted(found))


def conda_environment(prefix: str = sys.prefix) -> str | None:
    """The packages of the conda environment that runs Python; None where it is none."""
    names = []
    with suppress(OSError):
        names = sorted(path.name for path in (Path(prefix) / "conda-meta").glob("*.json"))
    entries = [match for name in names if (match := _CONDA.fullmatch(name))]
    if not entries:
        return None
    lines = [f"  - {m['name']}={m['version']}={m['build']}\n" for m in entries]
    return f"name: {Path(prefix).name}\ndependencies:\n" + "".join(lines)


def _installed(path: str) -> Iterator[tuple[str, str]]:
    with suppress(OSError), os.scandir(path or ".") as entries:
        for entry in entries:
            if match := _INSTALLED.fullmatch(entry.name):
                yield match["name"].replace("_", "-").lower(), match["version"]
