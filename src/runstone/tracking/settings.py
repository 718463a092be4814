"""What the surroundings say where `init()` is not told; the server apart, see `sdk.settings`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.console import console_mode

DEFAULT_FINISH_TIMEOUT_S: Final = 60.0
DEFAULT_SYSTEM_INTERVAL_S: Final = 15.0
_MIN_SYSTEM_INTERVAL_S: Final = 0.1


def said(name: str) -> str | None:
    """`RUNSTONE_<name>`, else what the wandb client calls so; None where neither is set."""
    return os.environ.get(f"RUNSTONE_{name}") or os.environ.get(f"WANDB_{name}")


def host_name() -> str:
    """What this machine is called."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket

    return socket.gethostname()


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


def is_shared() -> bool:
    """Whether the processes of one launch are one run: `RUNSTONE_SHARED`."""
    return _is_on(os.environ.get("RUNSTONE_SHARED"))


def data_folder() -> Path:
    """Where mode `local` keeps runs: `RUNSTONE_DATA`, else `./runstone-data`, as `runstone up`."""
    return Path(os.environ.get("RUNSTONE_DATA") or "runstone-data").expanduser()


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


class Observed:
    """What of the process is to be observed beside what it logs.

    Attributes:
        console: `wrap`, `redirect` or `off`: `RUNSTONE_CONSOLE`.
        system_interval_s: From look to look at the machine, `RUNSTONE_SYSTEM_METRICS_INTERVAL`;
            None for none, `RUNSTONE_SYSTEM_METRICS=off`.
        has_git: Unless `RUNSTONE_DISABLE_GIT`.
        has_code: Unless `RUNSTONE_DISABLE_CODE`.
    """

    def __init__(self) -> None:
        """As the environment says.

        Raises:
            InvalidInput: It says what nobody understands.
        """
        self.console = console_mode(said("CONSOLE"))
        self.system_interval_s = None if _is_off("SYSTEM_METRICS") else _system_interval_s()
        self.has_git = not _is_on(said("DISABLE_GIT"))
        self.has_code = not _is_on(said("DISABLE_CODE"))


def _system_interval_s() -> float:
    text = os.environ.get("RUNSTONE_SYSTEM_METRICS_INTERVAL")
    if not text:
        return DEFAULT_SYSTEM_INTERVAL_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds >= _MIN_SYSTEM_INTERVAL_S:
        raise InvalidInput(
            f"RUNSTONE_SYSTEM_METRICS_INTERVAL is {text!r}; it must be a number of seconds, "
            f"at least {_MIN_SYSTEM_INTERVAL_S}."
        )
    return seconds


def _is_off(name: str) -> bool:
    text = os.environ.get(f"RUNSTONE_{name}")
    return text is not None and text.strip().lower() in ("0", "false", "no", "off")
