"""A run's output: all of it, its end, what comes, what matches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from runstone.domain.console import visible
from runstone.sdk.paths import RunPath
from runstone.sdk.records import ConsoleLine
from runstone.sdk.transport import Query, Transport

_LINES_AT_ONCE: Final = 1_000
_MATCHES_AT_ONCE: Final = 100


class Console:
    """Captured output, line by line.

    Example:
        for line in run.console():
            print(line.text)
        run.console().tail(20)
        run.console().text()
    """

    def __init__(self, transport: Transport, path: RunPath, writer: str | None) -> None:
        self._transport = transport
        self._path = path
        self._of: Query = [] if writer is None else [("writer", writer)]

    def __repr__(self) -> str:
        return f"<Console: {self._path}>"

    def __iter__(self) -> Iterator[ConsoleLine]:
        window = self._window(("limit", str(_LINES_AT_ONCE)))
        while True:
            yield from window.lines
            if window.next >= window.total:
                return
            window = self._after(window)

    def tail(self, num_lines: int) -> list[ConsoleLine]:
        """The last lines: at most 5,000."""
        return self._window(("tail", str(num_lines))).lines if num_lines else []

    def text(self) -> str:
        """All of it as plain text, without colours."""
        return "".join(f"{visible(line.text)}\n" for line in self)

    def search(
        self, text: str, *, regex: bool = False, case: bool = False, level: str | None = None
    ) -> Iterator[ConsoleLine]:
        """Lines that hold `text`, in order.

        Args:
            regex: `text` is a pattern.
            case: Capitals matter.
            level: Only lines of it: `error` for stderr.
        """
        query = [*self._of, ("q", text), ("limit", str(_MATCHES_AT_ONCE))]
        query += [(name, "true") for name, is_set in (("regex", regex), ("case", case)) if is_set]
        if level is not None:
            query.append(("level", level))
        after: int | None = 0
        while after is not None:
            path = (*self._path.segments, "console", "search")
            found = self._transport.get(_Matches, path, [*query, ("after", str(after))])
            for match in found.matches:
                yield match.line
            after = found.next

    def follow(
        self,
        *,
        tail: int = 10,
        every_s: float = 1.0,
        until: Callable[[], bool] = lambda: False,
    ) -> Iterator[ConsoleLine]:
        """The last lines, and then each that comes.

        Args:
            tail: How many lines that are there already.
            every_s: How often to look.
            until: Asked whenever nothing has come; ends it when true.
        """
        window = self._window(("tail", str(max(1, tail))))
        yield from window.lines[-tail:] if tail else ()
        while True:
            window = self._after(window)
            yield from window.lines
            if window.lines:
                continue
            if until():
                # What came between the last look and the answer.
                yield from self._after(window).lines
                return
            time.sleep(every_s)

    def _window(self, *query: tuple[str, str]) -> _Window:
        path = (*self._path.segments, "console")
        return self._transport.get(_Window, path, [*self._of, *query])

    def _after(self, window: _Window) -> _Window:
        return self._window(("cursor", window.cursor), ("limit", str(_LINES_AT_ONCE)))


class _Window(Struct):
    lines: list[ConsoleLine]
    next: int
    total: int
    cursor: str


class _Match(Struct):
    line: ConsoleLine


class _Matches(Struct):
    matches: list[_Match]
    next: int | None
