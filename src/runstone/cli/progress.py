"""One line on a terminal that says how far something is; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final

from runstone.cli.output import human_size

_EVERY_S: Final = 0.1
_CELLS: Final = 24


class Bar:
    """A progress bar on stderr, while its `with` lasts.

    Attributes:
        num_bytes: So far.
    """

    def __init__(self, label: str) -> None:
        self._label = label if len(label) <= 30 else label[:29] + "…"
        self._is_shown = sys.stderr.isatty()
        self._began_at = time.monotonic()
        self._drawn_at = 0.0
        self.num_bytes = 0

    @property
    def told(self) -> str:
        """How much it was and how fast it went, in words."""
        seconds = max(time.monotonic() - self._began_at, 1e-3)
        return f"{human_size(self.num_bytes)}, {human_size(self.num_bytes / seconds)}/s"

    def tell(self, num_bytes: int, share: float | None) -> None:
        """See `runstone.sdk.frames.Progress`."""
        self.num_bytes = num_bytes
        now = time.monotonic()
        if not self._is_shown or now - self._drawn_at < _EVERY_S:
            return
        self._drawn_at = now
        if share is None:
            # Nobody knows how much it is: a mark that moves says that it goes on.
            place = int((now - self._began_at) * 8) % _CELLS
            cells = "·" * place + "█" + "·" * (_CELLS - 1 - place)
            percent = ""
        else:
            full = int(share * _CELLS)
            cells = "█" * full + "·" * (_CELLS - full)
            percent = f" {share:4.0%}"
        self._write(f"\r{self._label}  {cells}{percent}  {self.told}\x1b[K")

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_shown and self._drawn_at:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
