"""The console of a run: what its process prints, line by line, in a journal of its own.

A line that was ended is on this machine when the call that printed it returns. The line that is
being written, and lines that are written anew (progress bars), are kept ten times a second at most.
Printing is possible from anywhere, also from a signal handler or a finalizer that interrupts this
very code: what comes then waits in a queue that is emptied before the interrupted call returns.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from runstone.domain.errors import InvalidInput
from runstone.tracking.console.taps import StreamName, listen
from runstone.tracking.console.terminal import Line, Terminal

ConsoleMode: TypeAlias = Literal["wrap", "redirect", "off"]
Keep: TypeAlias = Callable[[float, bool, list[tuple[int, str]]], None]
"""Keeps lines: when they were printed, whether to stderr, and their numbers and texts."""

_PERIOD_S: Final = 0.1
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
    """Listens to a process until it is stopped.

    Args:
        keep: Told of every line that is new or changed; by one thread at a time, and never again
            while it is at it.
    """

    def __init__(self, keep: Keep, mode: ConsoleMode) -> None:
        self._keep = keep
        self._mode: ConsoleMode = mode
        self._stops: list[Callable[[], None]] = []
        self._begin()
        for name in _NAMES:
            self._listen(name)
        self._start_saver()

    def write_error(self, text: str) -> None:
        """Takes text for printed to stderr, which the process will print later, or never."""
        self._hear("stderr", text)

    def stop(self) -> None:
        """Gives the streams back, and keeps what was not yet; again it does nothing."""
        stops, self._stops = self._stops, []
        for stop in reversed(stops):
            stop()
        self._is_over = True
        self._has_rest.set()
        self._empty(everything=True)

    def after_fork(self) -> None:
        """In a child: what it prints begins anew.

        With `redirect` it is the parent that hears it, like what any other child prints.
        """
        self._begin()

    def _begin(self) -> None:
        self._terminals = {name: Terminal() for name in _NAMES}
        self._heard: deque[tuple[StreamName, str, float]] = deque()
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._wait_s = _WAIT_S
        self._next_number = 0
        self._kept_at = 0.0
        self._is_over = False
        self._saver: threading.Thread | None = None
        self._has_rest = threading.Event()

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

    def _hear(self, name: StreamName, text: str) -> None:
        if self._is_over or not text:
            return
        self._heard.append((name, text, time.time()))
        self._empty()

    def _empty(self, *, everything: bool = False) -> None:
        """Shows what was heard, and keeps what became of it."""
        if self._owner == threading.get_ident():
            return  # printed by what interrupts this method: it goes on behind this call
        while self._heard or everything:
            if not self._lock.acquire(timeout=self._wait_s):
                self._wait_s = 0.0
                return
            try:
                self._wait_s = _WAIT_S
                self._owner = threading.get_ident()
                while self._heard:
                    name, text, now = self._heard.popleft()
                    self._terminals[name].write(str(text))
                    is_due = not 0 <= now - self._kept_at < _PERIOD_S
                    self._keep_lines(name, now, everything=is_due)
                if everything:
                    for name in _NAMES:
                        self._keep_lines(name, time.time(), everything=True)
                    everything = False
                elif any(terminal.has_changes for terminal in self._terminals.values()):
                    self._start_saver()
                    self._has_rest.set()
            finally:
                self._owner = None
                self._lock.release()

    def _keep_lines(self, name: StreamName, now: float, *, everything: bool) -> None:
        lines = self._terminals[name].take(everything=everything)
        if not lines:
            return
        if everything:
            self._kept_at = now
        shown = [(self._numbered(line), _storable(line.render())) for line in lines]
        self._keep(now, name == "stderr", shown)

    def _numbered(self, line: Line) -> int:
        # Numbers ascend in the journal, where lines come for the first time (`parts.console`).
        if line.number is None:
            line.number = self._next_number
            self._next_number += 1
        return line.number

    def _start_saver(self) -> None:
        if self._saver is not None:
            return
        self._saver = threading.Thread(
            target=self._save, args=(self._has_rest,), name="runstone-console", daemon=True
        )
        with suppress(RuntimeError):  # the interpreter is ending, and `stop` keeps the rest
            self._saver.start()

    def _save(self, has_rest: threading.Event) -> None:
        while not self._is_over:
            if has_rest.wait(5.0):
                time.sleep(_PERIOD_S)
                has_rest.clear()
                self._empty(everything=True)


def _storable(text: str) -> str:
    """The text without lone surrogates, which no encoding has."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
