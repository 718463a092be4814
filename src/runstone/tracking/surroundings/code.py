"""The program of a run, and code beside it: which files, under which names."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from runstone.tracking import settings
from runstone.tracking.surroundings.metadata import notebook_path

FOLDER: Final = "code"
PATTERNS: Final = ("*.py", "*.ipynb", "*.sh", "*.yaml", "*.yml", "*.toml")
"""What counts as code of files that git does not know."""
MAX_FILE_BYTES: Final = 1024 * 1024
MAX_FILES: Final = 200
_SKIPPED: Final = frozenset({"runstone", "wandb", "__pycache__", "node_modules"})


def program_file() -> Path | None:
    """The script or notebook that is running; None in a shell."""
    if (notebook := notebook_path()) is not None:
        return notebook if notebook.is_file() else None
    said = getattr(sys.modules.get("__main__"), "__file__", None)
    path = Path(said) if said else None
    return path.resolve() if path is not None and path.is_file() else None


def may_be_in_a_repository(folder: Path) -> bool:
    """Whether it is worth to ask git: to start it takes longer than to look for what it keeps."""
    if "GIT_DIR" in settings.variables():
        return True
    folder = folder.absolute()
    return any((place / ".git").exists() for place in (folder, *folder.parents))


def name_below(path: Path, root: Path) -> str:
    """The file's name among the run's files: its place below a folder, else its own name."""
    path = Path(os.path.abspath(path))
    place = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    return place.as_posix()


def small_files(paths: list[Path]) -> Iterator[Path]:
    """Those that are no data: the first so many below a megabyte."""
    num = 0
    for path in paths:
        try:
            is_small = path.is_file() and path.stat().st_size <= MAX_FILE_BYTES
        except OSError:
            continue
        if is_small:
            yield path
            num += 1
            if num == MAX_FILES:
                return


def of_two(chosen: Callable[..., bool]) -> Callable[[str, str], bool]:
    """A function of a path and a root, which may have been one of the path alone."""
    from inspect import signature

    try:
        takes_root = len(signature(chosen).parameters) > 1
    except (TypeError, ValueError):
        takes_root = True
    return chosen if takes_root else lambda path, _: chosen(path)


def artifact_name(project: str, run: str) -> str:
    """What the run's code is called where nobody says: after the project and the program."""
    program = program_file()
    name = f"source-{project}-{run if program is None else program.name}"
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:128]


def select(
    root: Path,
    include: Callable[[str, str], bool],
    exclude: Callable[[str, str], bool],
) -> Iterator[Path]:
    """Files below a folder that are wanted; folders of runs and hidden ones are passed over.

    Args:
        include: Of a file's path and the root.
        exclude: Likewise.
    """
    for at, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("."))
        for name in sorted(names):
            path = os.path.join(at, name)
            if include(path, str(root)) and not exclude(path, str(root)):
                yield Path(path)
