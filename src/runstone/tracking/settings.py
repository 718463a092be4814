"""What the surroundings say where `init()` is not told; the server apart, see `sdk.settings`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput

DEFAULT_FINISH_TIMEOUT_S: Final = 60.0


def said(name: str) -> str | None:
    """`RUNSTONE_<name>`, else what the wandb client calls so; None where neither is set."""
    return os.environ.get(f"RUNSTONE_{name}") or os.environ.get(f"WANDB_{name}")


def default_root() -> Path:
    """Where folders of runs lie: `RUNSTONE_DIR`, else `./runstone`."""
    return Path(os.environ.get("RUNSTONE_DIR") or "runstone").expanduser()


def finish_timeout_s() -> float:
    """How long the end of a run waits for the server.

    Raises:
        InvalidInput: `RUNSTONE_FINISH_TIMEOUT` is no number.
    """
    text = os.environ.get("RUNSTONE_FINISH_TIMEOUT")
    if not text:
        return DEFAULT_FINISH_TIMEOUT_S
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"RUNSTONE_FINISH_TIMEOUT is {text!r}, no number of seconds.") from None


def is_silent() -> bool:
    """Whether nothing is to be said at all: `RUNSTONE_SILENT` or `WANDB_SILENT`."""
    return _is_on(said("SILENT"))


def is_quiet() -> bool:
    """Whether only what went wrong is to be said: `RUNSTONE_QUIET` or `WANDB_QUIET`."""
    return _is_on(said("QUIET"))


def has_plain_text() -> bool:
    """Whether a terminal is to get no colours: `NO_COLOR`, or one that has none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _is_on(text: str | None) -> bool:
    return text is not None and text.strip().lower() not in ("", "0", "false", "no", "off")
