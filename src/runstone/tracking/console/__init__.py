"""The console of a run: what its process prints, line by line, in a journal of its own.

A line that was ended is on this machine when the call that printed it returns. The line that is
being written, and lines that are written anew (progress bars), are kept a moment later, as they are
then: a quarter of a second while there are such, a second where there were none before.
Printing is possible from anywhere, also from a signal handler or a finalizer that interrupts this
very code: what comes then waits in a queue that is emptied before the interrupted call returns.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.tracking.background import spawn
from runstone.tracking.console.taps import StreamName, listen, listen_again
from runstone.tracking.console.terminal import Line, Terminal

ConsoleMode: TypeAlias = Literal["wrap", "redirect", "off"]
Keep: TypeAlias = Callable[[float, bool, list[tuple[int, str]]], None]
"""Keeps lines: when they were printed, whether to stderr, and their numbers and texts."""

_PERIOD_S: Final = 0.25
_IDLE_PERIOD_S: Final = 1.0
"""Where the last look found that all lines had been ended."""
_MAX_QUIET: Final = 6
"""Looks before which nobody had printed, until the thread is woken by who does: that takes as long
as to keep ten lines, and `print` writes a line's end by itself."""
_MAX_HEARD: Final = 1_000
_WAIT_S: Final = 1.0
"""Once, for another thread that prints; what is not kept then is kept by that one."""
_NAMES: Final[tuple[StreamName, StreamName]] = ("stdout", "stderr")
_MODES: Final[dict[str, ConsoleMode]] = {
    "auto": "wrap",
    "wrap": "wrap",
    "wrap_raw": "wrap",
    "wrap_emu": "wrap",
    "redirect": "redirect",
    "off": "off",
}


def console_mode(text: str | None) -> ConsoleMode:
    """What a setting asks for; `wrap` where there is none.

    Raises:
        InvalidInput: Nothing that is known.
    """
    mode = _MODES.get((text or "auto").lower())
    if mode is None:
        raise InvalidInput(f"console is {text!r}; it must be auto, wrap, redirect or off.")
    return mode


class Console:
    """Listens to a process until it is stopped; with `off` there is only what it is given.

    Args:
        keep: Told of every line that is new or changed; by one thread at a time, and never again
            while it is at it.
    """

    def __init__(self, keep: Keep, mode: ConsoleMode) -> None:
        self._keep = keep
        self._mode: ConsoleMode = mode
        self._stops: list[Callable[[], None]] = []
        self._begin()
        self._has_saver = True  # `start` brings it: what is printed until then only waits for it
        if mode != "off":
            for name in _NAMES:
                self._listen(name)
            self._listen_in_cells()

    def start(self) -> None:
        """Keeps lines that are not ended, too, from now on, and by a thread of its own.

        Not whoever prints starts it: he may have interrupted the start of another thread.
        """
        if not self._is_over:
            self._start_saver()

    def write(self, text: str) -> None:
        """Takes text for printed, which nobody prints."""
        self._hear("stdout", text)

    def write_error(self, text: str) -> None:
        """Takes text for printed to stderr, which the process will print later, or never."""
        self._hear("stderr", text)

    def stop(self) -> None:
        """Gives the streams back, and keeps what was not yet; again it does nothing."""
        stops, self._stops = self._stops, []
        for stop in reversed(stops):
            # Descriptors that the script closed, a shell that was reset: the run ends all the same.
            with suppress(OSError, ValueError, AttributeError):
                stop()
        self._is_over = True
        self._wake_saver()
        self._empty(everything=True)

    def after_fork(self) -> None:
        """In a child: what it prints begins anew.

        With `redirect` it is the parent that hears it, like what any other child prints.
        """
        self._begin()

    def _begin(self) -> None:
        self._terminals = {name: Terminal() for name in _NAMES}
        self._heard: deque[tuple[StreamName, str, float]] = deque()
        self._lock = threading.RLock()
        self._is_busy = False
        """Under the lock: this thread is at it, further out."""
        self._wait_s = _WAIT_S
        self._next_number = 0
        self._is_over = False
        self._is_quiet = True
        self._is_saver_asleep = True
        self._has_saver = False
        # A bare lock: its methods cannot be interrupted by who calls them, too.
        self._gate = threading.Lock()
        self._gate.acquire()

    def _listen(self, name: StreamName) -> None:
        def hear(text: str) -> None:
            self._hear(name, text)

        if self._mode == "redirect":
            from runstone.tracking.console.redirecting import reaches_descriptor, redirect

            is_reached = reaches_descriptor(name)
            try:
                self._stops.append(redirect(name, hear))
            except OSError:
                is_reached = False
            if is_reached:
                return
        try:
            self._stops.append(listen(name, hear))
        except (AttributeError, TypeError):
            return  # pythonw has none

    def _listen_in_cells(self) -> None:
        """In IPython, from the beginning of each cell."""
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is None:
            return

        def before_cell(*_: object) -> None:
            listen_again()

        shell.events.register("pre_run_cell", before_cell)
        self._stops.append(lambda: shell.events.unregister("pre_run_cell", before_cell))

    def _hear(self, name: StreamName, text: str) -> None:
        if self._is_over or not text or not isinstance(text, str):
            return  # a stream of the script's own may take anything
        self._is_quiet = False
        self._heard.append((name, text, time.time()))
        if "\n" in text or len(self._heard) >= _MAX_HEARD:
            self._empty()
        elif self._is_saver_asleep:
            self._wake_saver()

    def _empty(self, *, everything: bool = False) -> None:
        """Shows what was heard, and keeps what became of it."""
        while self._heard or everything:
            if not self._lock.acquire(timeout=self._wait_s):
                self._wait_s = 0.0
                return
            try:
                if self._is_busy:
                    return  # printed by what interrupts this method: it goes on behind this call
                self._wait_s = _WAIT_S
                self._is_busy = True
                try:
                    while self._heard:
                        self._show()
                    if everything:
                        for name in _NAMES:
                            self._keep_lines(name, time.time(), everything=True)
                        everything = False
                    elif self._is_saver_asleep and self._has_changes():
                        self._wake_saver()
                finally:
                    self._is_busy = False
            finally:
                self._lock.release()

    def _show(self) -> None:
        """What one stream printed in a row."""
        heard = self._heard
        name, text, now = heard.popleft()
        texts = [text]
        while heard and heard[0][0] == name:
            _, text, now = heard.popleft()
            if _covers(text, texts[-1]):
                texts[-1] = text
            else:
                texts.append(text)
        self._terminals[name].write("".join(texts))
        self._keep_lines(name, now, everything=False)

    def _has_changes(self) -> bool:
        return any(terminal.has_changes for terminal in self._terminals.values())

    def _keep_lines(self, name: StreamName, now: float, *, everything: bool) -> None:
        lines = self._terminals[name].take(everything=everything)
        if any(line.number is None for line in lines):
            # What the other stream began before comes before, however long it takes to end.
            for other, terminal in self._terminals.items():
                if other != name and (begun := terminal.take_begun()):
                    self._keep_these(other, now, begun)
        if lines:
            self._keep_these(name, now, lines)

    def _keep_these(self, name: StreamName, now: float, lines: list[Line]) -> None:
        shown = [(self._numbered(line), _storable(line.render())) for line in lines]
        self._keep(now, name == "stderr", shown)

    def _numbered(self, line: Line) -> int:
        # Numbers ascend in the journal, where lines come for the first time (`parts.console`).
        if line.number is None:
            line.number = self._next_number
            self._next_number += 1
        return line.number

    def _wake_saver(self) -> None:
        """Has what changes without a line's end kept in a moment."""
        if not self._has_saver and not self._is_over:
            self._has_saver = True
            self._start_saver()
        self._is_saver_asleep = False
        with suppress(RuntimeError):  # another thread was faster
            self._gate.release()

    def _start_saver(self) -> None:
        gate = self._gate
        # Where there can be none, `stop` keeps the rest.
        spawn(lambda: self._save(gate), "runstone-console")

    def _save(self, gate: threading.Lock) -> None:
        num_quiet, is_needed = _MAX_QUIET, True
        while not self._is_over:
            if num_quiet == _MAX_QUIET:
                self._is_saver_asleep = True
                if not self._heard and not self._has_changes():
                    gate.acquire()
                self._is_saver_asleep = False
                num_quiet, is_needed = 0, True
            if not self._is_over:
                self._is_quiet = True
                time.sleep(_PERIOD_S if is_needed else _IDLE_PERIOD_S)
                is_needed = bool(self._heard) or self._has_changes()
                self._empty(everything=True)
                num_quiet = num_quiet + 1 if self._is_quiet else 0


def _covers(text: str, before: str) -> bool:
    """Whether nothing is seen of a progress bar once the next is drawn over it."""
    return (
        text.startswith("\r")
        and before.startswith("\r")
        and len(text) >= len(before)
        and text[1:].isprintable()
        and before[1:].isprintable()
    )


def _storable(text: str) -> str:
    """The text without lone surrogates, which no encoding has."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
