"""The surroundings of a run: machine, interpreter, packages, git, code.

A thread gathers them (`observing`) a moment after the run has begun, what is quick and wanted first
before the rest: a run that dies after a second has its command and machine at least. The end of a
run does not wait for it: what is found goes on into the run's folder, and the end of the process
waits.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from runstone.tracking.background import importing, outlast

METADATA: Final = "wandb-metadata.json"
REQUIREMENTS: Final = "requirements.txt"
CONDA: Final = "conda-environment.yaml"
DIFF: Final = "diff.patch"


class Shelf(ABC):
    """Where the survey puts what it finds."""

    @abstractmethod
    def note(self, environment: dict[str, Any]) -> None:
        """Notes what is known by now; takes the place of what was noted before."""

    @abstractmethod
    def save(self, name: str, content: bytes) -> None:
        """Saves a file with the run."""

    @abstractmethod
    def close(self) -> None:
        """Nothing more is put there."""


class Survey:
    """Looks around once; the end of the process waits for it from the beginning.

    Args:
        first: What is known at once.

    Attributes:
        is_over: Set when all is on the shelf.
    """

    def __init__(
        self,
        shelf: Shelf,
        first: Callable[[], dict[str, Any]],
        *,
        has_git: bool,
        has_code: bool,
    ) -> None:
        self._shelf = shelf
        self._first = first
        self._has_git = has_git
        self._has_code = has_code
        self.is_over = threading.Event()
        outlast(self.is_over)

    def run(self) -> None:
        """Looks around: for some hundredths of a second, or as long as git takes."""
        try:
            self._look_around()
        finally:
            self._shelf.close()
            self.is_over.set()

    def skip(self) -> None:
        """Keeps what is known at once, and looks no further: nobody has the time to."""
        try:
            self._shelf.note(self._first())
        finally:
            self._shelf.close()
            self.is_over.set()

    def _look_around(self) -> None:
        environment = self._first()
        self._shelf.note(environment)
        with importing():
            from runstone.tracking.surroundings import code, packages

            del code, packages  # what the steps need
        for step in (self._packages, self._repository_and_code, self._machine):
            # Each finds what it can: no permission, no git, a folder that was deleted.
            with suppress(Exception):
                environment = {**environment, **step()}
                self._shelf.note(environment)
        from runstone.tracking.encoding import as_json

        with suppress(OSError):
            self._shelf.save(METADATA, as_json(environment))

    def _packages(self) -> dict[str, Any]:
        from runstone.tracking.surroundings.packages import conda_environment, requirements

        self._shelf.save(REQUIREMENTS, requirements().encode())
        if (conda := conda_environment()) is not None:
            self._shelf.save(CONDA, conda.encode())
        return {}

    def _machine(self) -> dict[str, Any]:
        with importing():
            from runstone.tracking.surroundings.machine import of_the_machine
        return of_the_machine()

    def _repository_and_code(self) -> dict[str, Any]:
        from runstone.tracking.surroundings import code

        program = code.program_file()
        folder = Path.cwd() if program is None else program.parent
        repository = None
        if self._has_git and code.may_be_in_a_repository(folder):
            with importing():
                from runstone.tracking.surroundings.repository import find_repository
            repository = find_repository(folder)
        root = Path.cwd() if repository is None else repository.root
        said: dict[str, Any] = {}
        if repository is not None:
            said["git"] = repository.as_metadata()
            self._shelf.note({**self._first(), **said})
        if program is not None and self._has_code:
            said["codePath"] = code.name_below(program, root)
            self._keep(program, root)
        if repository is not None:
            if diff := repository.diff():
                self._shelf.save(DIFF, diff)
            if (unpushed := repository.unpushed()) is not None and unpushed[1]:
                self._shelf.save(f"upstream_diff_{unpushed[0]}.patch", unpushed[1])
            if self._has_code:
                for path in code.small_files(repository.untracked(code.PATTERNS)):
                    self._keep(path, root)
        return said

    def _keep(self, path: Path, root: Path) -> None:
        from runstone.tracking.surroundings.code import FOLDER, name_below

        with suppress(OSError):
            self._shelf.save(f"{FOLDER}/{name_below(path, root)}", path.read_bytes())
