"""What Python writes to `sys.stdout` and `sys.stderr`, heard where it is written.

The streams stay the objects that they are: only their `write` is one that tells afterwards, so
whatever else a program asks of them (encoding, file descriptor, colours) is answered as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, Literal, TextIO, TypeAlias

from runstone.tracking.interruptions import pass_on

StreamName: TypeAlias = Literal["stdout", "stderr"]
Listener: TypeAlias = Callable[[str], None]


class _Tap:
    """A stream whose writing is heard."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.listeners: tuple[Listener, ...] = ()
        self.last = ""
        self._before = vars(stream).get("write")
        original = stream.write

        def write(text: str, /) -> int:
            written = original(text)
            self.last = text or self.last
            for listener in self.listeners:
                try:
                    listener(text)
                except RecursionError:
                    pass  # printing goes on
                except (LookupError, TypeError, ValueError, AttributeError) as error:
                    pass_on(error)  # else it is text of another kind
            return written

        self._write = write
        stream.write = write  # type: ignore[method-assign]

    def is_on_top(self) -> bool:
        """Whether nobody else has replaced the stream's `write` since."""
        return vars(self.stream).get("write") is self._write

    def undo(self) -> None:
        """Gives the stream its own `write` back."""
        if self._before is None:
            del self.stream.write
        else:
            self.stream.write = self._before  # type: ignore[method-assign]


_TAPS: Final[list[_Tap]] = []


def listen(name: StreamName, listener: Listener) -> Callable[[], None]:
    """Has a listener told of all that the stream of that name writes from now on.

    Returns:
        What ends that. Streams that somebody else wrapped meanwhile keep a tap that tells nobody.

    Raises:
        AttributeError: There is no such stream, or it does not let itself be heard.
        TypeError: Likewise.
    """
    stream: Any = getattr(sys, name)
    if stream is None:
        raise AttributeError(f"this process has no {name}")
    tap = next((tap for tap in _TAPS if tap.stream is stream), None)
    if tap is None:
        tap = _Tap(stream)
        _TAPS.append(tap)
    tap.listeners = (*tap.listeners, listener)

    def stop() -> None:
        for tap in [tap for tap in _TAPS if tap.stream is stream]:
            tap.listeners = tuple(other for other in tap.listeners if other is not listener)
            if not tap.listeners and tap.is_on_top():
                tap.undo()
                _TAPS.remove(tap)

    return stop


def is_within_line(stream: TextIO) -> bool:
    """Whether what a stream wrote last did not end its line, as far as it is heard."""
    return any(tap.last and tap.last[-1] != "\n" for tap in _TAPS if tap.stream is stream)


def listen_again() -> None:
    """Taps streams anew whose `write` somebody else has set, perhaps to what it was before.

    IPython does so with every cell: what it found at the cell's beginning it puts back at its end.
    """
    for at, tap in enumerate(_TAPS):
        if tap.listeners and not tap.is_on_top():
            _TAPS[at] = again = _Tap(tap.stream)
            again.listeners, tap.listeners = tap.listeners, ()
