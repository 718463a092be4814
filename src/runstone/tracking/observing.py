"""What is observed of a run's process beside what it logs: console, system metrics, surroundings.

None of it is on the way of `log()`: the console and the system metrics have lanes of journals of
their own, and threads do what takes time. `init()` starts one, which starts the others a moment
later. Whatever goes wrong here is said once at most.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runstone.tracking import background
from runstone.tracking.background import importing
from runstone.tracking.console import Console
from runstone.tracking.encoding import Kind, as_json, encode, encode_row
from runstone.tracking.interruptions import pass_on
from runstone.tracking.journal import file_of
from runstone.tracking.lane import Lane
from runstone.tracking.surroundings import Shelf, Survey
from runstone.tracking.system import SystemMetrics, all_sources

if TYPE_CHECKING:
    from runstone.tracking.folder import RunFolder
    from runstone.tracking.identity import Identity
    from runstone.tracking.settings import Observed

FILES: Final = "files"
"""Where in a run's folder copies of its files lie."""
_PAUSE_S: Final = 0.1
"""The first rows of a script have the interpreter to themselves."""


class Observable:
    """A run whose process can be observed."""

    if TYPE_CHECKING:
        _folder: RunFolder | None
        _is_finished: bool

        def _write(self, record: tuple[Any, ...]) -> None: ...

    _observer: Observer | None = None

    def observe(self, identity: Identity, observed: Observed, writer: str = "") -> None:
        """Observes this process for the run from now on.

        Args:
            observed: What of it.
            writer: What this process is called in the run's folder; empty for its first.
        """
        if self._folder is not None:
            self._observer = Observer(self._folder, identity, observed, writer)

    def save_copy(self, name: str, content: bytes) -> None:
        """Saves bytes as a file of the run, in its folder first.

        Raises:
            OSError: They cannot be written.
        """
        if self._folder is not None:
            record = _save(self._folder, name, content)
            if not self._is_finished:
                self._write(record)

    def write_logs(self, text: str) -> None:
        """Puts lines among the run's console output, without printing them.

        They are kept where the console is not (`RUNSTONE_CONSOLE=off`), too.
        """
        if self._observer is not None:
            self._observer.write(text if text.endswith("\n") else f"{text}\n")

    def _see_error(self, error: BaseException | None) -> None:
        """Takes an error that ends the run for printed: Python prints it later, if at all."""
        if self._observer is not None and error is not None:
            self._observer.see_error(error)

    def _observe_fork(self) -> None:
        if self._observer is not None:
            self._observer.after_fork(f"pid-{os.getpid()}")

    def _end_observing(self) -> threading.Event | None:
        """Before the end is said: what was observed belongs to the run.

        Returns:
            What is set when the surroundings are in the folder as well; None where they are.
        """
        observer, self._observer = self._observer, None
        return None if observer is None else observer.stop()


class Observer:
    """Observes the process of a run until it is stopped.

    Args:
        writer: Of this process, in the run's folder.
    """

    def __init__(
        self,
        folder: RunFolder,
        identity: Identity,
        observed: Observed,
        writer: str,
    ) -> None:
        self._folder = folder
        # As the wandb client tells several processes of a run apart.
        self._suffix = f"/l:{identity.label}" if identity.label else ""
        self._pid = os.getpid()
        self._printed = _lane(folder.console, writer)
        self._measured = _lane(folder.system, writer)
        self._console = (
            None if observed.console == "off" else Console(self._keep_lines, observed.console)
        )
        self._written: Console | None = None
        self._system = None
        if observed.system_interval_s is not None:
            self._system = SystemMetrics(
                lambda: all_sources(self._pid),
                self._keep_look,
                interval_s=observed.system_interval_s,
            )
        self._survey = None
        if observed.has_survey:
            self._survey = Survey(
                _Found(folder, writer),
                lambda: _said_at_once(identity),
                has_git=observed.has_git,
                has_code=observed.has_code,
            )
        self._is_hurried = threading.Event()
        if background.spawn(self._observe, "runstone-observer") is None and self._survey:
            self._survey.skip()

    def _observe(self) -> None:
        if not self._is_hurried.wait(_PAUSE_S):
            if self._console is not None:
                self._console.start()
            if self._system is not None:
                self._system.start()
        if self._survey is not None:
            self._survey.run()

    def see_error(self, error: BaseException) -> None:
        """As if it had been printed."""
        if self._console is not None:
            from traceback import format_exception

            self._console.write_error("".join(format_exception(error)))

    def write(self, text: str) -> None:
        """Likewise text."""
        if self._console is not None:
            self._console.write(text)
            return
        if self._written is None:
            self._written = Console(self._keep_lines, "off")
        self._written.write(text)

    def after_fork(self, writer: str) -> None:
        """In a child: what it prints is its own; the machine is the parent's to measure."""
        self._printed = _lane(self._folder.console, writer)
        self._system = None
        for console in (self._console, self._written):
            if console is not None:
                console.after_fork()

    def stop(self) -> threading.Event | None:
        """Observes no more, and keeps what was.

        Returns:
            What is set when the surroundings are kept, too; None where they are.
        """
        for console in (self._console, self._written):
            if console is not None:
                console.stop()
        if self._system is not None:
            self._system.stop()
        self._printed.close()
        if self._pid != os.getpid():
            return None
        self._is_hurried.set()
        self._measured.close()
        if self._survey is None or self._survey.is_over.is_set():
            return None
        return self._survey.is_over

    def _keep_lines(self, now: float, is_error: bool, lines: list[tuple[int, str]]) -> None:
        record = (int(Kind.CONSOLE), now, is_error, lines)
        _keep(self._folder, self._printed, as_json(record))

    def _keep_look(self, number: int, now: float, values: dict[str, float]) -> None:
        named = {f"system.{key}{self._suffix}": value for key, value in values.items()}
        payload = encode_row((int(Kind.SYSTEM), number, True, now, named))
        _keep(self._folder, self._measured, payload)


def _keep(folder: RunFolder, lane: Lane, payload: bytes) -> None:
    try:
        lane.append(payload)
    except OSError as error:
        pass_on(error)
        folder.say_full(error)
    except ValueError as error:
        pass_on(error)  # else the run has ended meanwhile


def _lane(folder: Path, writer: str) -> Lane:
    """A lane whose folder and journal are made when there is something to keep."""

    def name() -> str:
        folder.mkdir(exist_ok=True)
        free, number = writer, 1
        while file_of(folder, free, 0).exists():  # numbers of processes come again
            number += 1
            free = f"{writer or 'main'}-{number}"
        return free

    return Lane(folder, name)


class _Found(Shelf):
    """Puts files into the run's folder, and notes all in a lane of its own.

    The run's own journal ends with the run; this one where there is nothing more to find.
    """

    def __init__(self, folder: RunFolder, writer: str) -> None:
        self._folder = folder
        self._lane = _lane(folder.surroundings, writer)

    def note(self, environment: dict[str, Any]) -> None:
        _keep(self._folder, self._lane, encode((int(Kind.ENVIRONMENT), environment)))

    def save(self, name: str, content: bytes) -> None:
        _keep(self._folder, self._lane, encode(_save(self._folder, name, content)))

    def close(self) -> None:
        self._lane.close()


def _save(folder: RunFolder, name: str, content: bytes) -> tuple[Any, ...]:
    """Puts a file into the run's folder, and returns the record of it."""
    place = f"{FILES}/{name}"
    path = folder.path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return (int(Kind.FILE), name, place, "now")


def _said_at_once(identity: Identity) -> dict[str, Any]:
    with importing():
        from runstone import __version__
        from runstone.tracking.surroundings.metadata import at_once
    return at_once(identity.started_at, identity.writer, f"runstone {__version__}")
