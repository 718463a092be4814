"""What a process writes to its file descriptors 1 and 2: output of C libraries and of its children.

A descriptor is replaced by a pipe, or a pseudo-terminal where it was a terminal; a thread hands on
to the original, byte by byte, and tells. It needs the interpreter to run: C code that prints more
than a pipe holds while it keeps the interpreter's lock would wait for ever, which is why a run
listens to `sys.stdout` (`taps`) unless it is told to listen here.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from runstone.tracking.background import spawn
from runstone.tracking.console.taps import Listener, StreamName

_DESCRIPTORS: Final[dict[StreamName, int]] = {"stdout": 1, "stderr": 2}
_PIPE_BYTES: Final = 1 << 20
_END_S: Final = 2.0
"""Children that were started meanwhile may write for longer: that is handed on, and not heard."""


class _Redirect:
    """A descriptor that is heard."""

    def __init__(self, name: StreamName) -> None:
        self._name: StreamName = name
        self._descriptor = _DESCRIPTORS[name]
        self.listeners: tuple[Listener, ...] = ()
        self._original = os.dup(self._descriptor)
        self._source, self._entry = _channel(self._original)
        thread = spawn(self._hand_on, f"runstone-{name}")
        if thread is None:
            for descriptor in (self._original, self._source, self._entry):
                os.close(descriptor)
            raise OSError("no thread can be started to hear it")
        self._thread = thread
        _flush(name)
        os.dup2(self._entry, self._descriptor)

    def undo(self) -> None:
        """Puts the original back, unless somebody else has replaced it since."""
        _flush(self._name)
        if os.path.sameopenfile(self._descriptor, self._entry):
            os.dup2(self._original, self._descriptor)
        os.close(self._entry)
        self._thread.join(_END_S)
        self.listeners = ()

    def _hand_on(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        while True:
            try:
                data = os.read(self._source, 1 << 16)
            except OSError:  # a pseudo-terminal that nobody writes to any more
                data = b""
            if not data:
                break
            view = memoryview(data)
            with suppress(OSError):  # the terminal is gone
                while view:
                    view = view[os.write(self._original, view) :]
            if text := decoder.decode(data):
                for listener in self.listeners:
                    listener(text)
        os.close(self._source)
        os.close(self._original)


_REDIRECTS: Final[dict[StreamName, _Redirect]] = {}


def redirect(name: StreamName, listener: Listener) -> Callable[[], None]:
    """Has a listener told of all that is written to the descriptor of that name from now on.

    Returns:
        What ends that.

    Raises:
        OSError: The descriptor is closed, or there are none left.
    """
    found = _REDIRECTS.get(name)
    if found is None:
        found = _REDIRECTS[name] = _Redirect(name)
    found.listeners = (*found.listeners, listener)
    redirected = found

    def stop() -> None:
        others = tuple(other for other in redirected.listeners if other is not listener)
        if not others and _REDIRECTS.get(name) is redirected:
            del _REDIRECTS[name]
            redirected.undo()
        redirected.listeners = others

    return stop


def reaches_descriptor(name: StreamName) -> bool:
    """Whether what Python prints goes to the descriptor: not in notebooks."""
    try:
        return bool(getattr(sys, name).fileno() == _DESCRIPTORS[name])
    except (AttributeError, OSError, ValueError):
        return False


def _flush(name: StreamName) -> None:
    with suppress(AttributeError, OSError, ValueError):
        getattr(sys, name).flush()


def _channel(original: int) -> tuple[int, int]:
    """Where to read, and where to write, so that programs see what they saw before."""
    if os.isatty(original) and sys.platform != "win32":
        import fcntl
        import pty
        import termios

        source, entry = pty.openpty()
        with suppress(termios.error, OSError):
            modes = termios.tcgetattr(entry)
            modes[1] &= ~termios.OPOST  # the real one does that
            modes[3] &= ~termios.ECHO
            termios.tcsetattr(entry, termios.TCSANOW, modes)
            size = fcntl.ioctl(original, termios.TIOCGWINSZ, bytes(8))
            fcntl.ioctl(entry, termios.TIOCSWINSZ, size)
        return source, entry
    source, entry = os.pipe()
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # a pipe that is larger than a user may have
            fcntl.fcntl(entry, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return source, entry
