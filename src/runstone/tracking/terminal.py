"""Everything that the client says to people: on standard error, and little of it.

One line when a run begins, one warning for each thing that went wrong, a few lines at the end. What
is said goes around what captures the console for the run, past progress bars, and is never an
exception of the script: a closed, full or missing stream is nobody's concern.

`RUNSTONE_QUIET` leaves warnings alone, `RUNSTONE_SILENT` nothing (`WANDB_…` likewise); colours are
for terminals, and not where `NO_COLOR` is set.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from typing import Any, Final, TextIO

from runstone.tracking.settings import has_plain_text, is_quiet, is_silent

_NAME: Final = "runstone: "
_ACCENT: Final = "36"
_WARNING: Final = "33"
_MAX_SAID: Final = 1_000
_ASCII: Final = str.maketrans(
    {"·": "-", "…": "...", "→": "->", "−": "-", "×": "x", "≤": "<=", "’": "'"}
    | dict(zip("▁▂▃▄▅▆▇█", "_.,-~=+#", strict=True))
)

_said: Final[set[str]] = set()
_hushed: Final[list[bool]] = []


def say(text: str) -> None:
    """A line, or several, that is good to know."""
    if not _hushed and not is_quiet() and not is_silent():
        _write(text, _ACCENT)


def warn(text: str) -> None:
    """What went wrong; the same words once in a process."""
    if text in _said or len(_said) > _MAX_SAID or is_silent():
        return
    _said.add(text)
    if len(_said) > _MAX_SAID:
        text = f"{_MAX_SAID:,} warnings were said: the others are not"
    _write(text, _WARNING)


def hush() -> None:
    """What is good to know is shown elsewhere: in a notebook, beside its cell."""
    _hushed[:] = [True]


def is_watched() -> bool:
    """Whether somebody looks at a terminal, and wants to be told."""
    if _hushed or is_quiet() or is_silent():
        return False
    stream = _stream()
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, OSError, ValueError):
        return False


def _stream() -> TextIO | None:
    """Standard error; a process without windows of its own has none."""
    return sys.stderr


def _write(text: str, colour: str) -> None:
    stream = _stream()
    if stream is None:
        return
    with suppress(Exception):
        text = _legible(text, stream)
        name = _NAME
        if not stream.isatty():
            name = f"{_line_break(stream)}{_NAME}"
        elif not has_plain_text():
            # A bar that stands in the line is drawn anew below.
            name = f"\r\x1b[K\x1b[{colour}m{_NAME.rstrip()}\x1b[0m "
        first, *rest = text.split("\n")
        lines = [f"{name}{first}", *(f"{' ' * len(_NAME)}{line}" for line in rest)]
        with _past_progress_bars(stream):
            # In one piece: lines of threads and processes do not mix.
            # By its class: the stream's own `write` may be one that a run listens to.
            type(stream).write(stream, "\n".join(lines) + "\n")
            stream.flush()


def _line_break(stream: TextIO) -> str:
    """In a file nothing can be cleared: where a bar stands in the line, a new one is begun."""
    taps = sys.modules.get("runstone.tracking.console.taps")
    return "\n" if taps is not None and taps.is_within_line(stream) else ""


def _legible(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.translate(_ASCII).encode("ascii", "replace").decode()
    return text


def _past_progress_bars(stream: TextIO) -> Any:
    """Bars of tqdm, where there are some on a terminal, are cleared and drawn anew below."""
    bar = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bar is None or not getattr(bar, "_instances", None) or not stream.isatty():
        return nullcontext()
    return bar.external_write_mode(file=stream)
