"""What the surroundings say where `init()` is not told; the server apart, see `sdk.settings`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.console import console_mode

ATTACH_ENV: Final = "RUNSTONE_ATTACH"
DEFAULT_FINISH_TIMEOUT_S: Final = 60.0
DEFAULT_RESUME_TIMEOUT_S: Final = 10.0
DEFAULT_SYSTEM_INTERVAL_S: Final = 15.0
_MIN_SYSTEM_INTERVAL_S: Final = 0.1


def said(name: str) -> str | None:
    """What `setup()` says, else `RUNSTONE_<name>`, else what the wandb client calls so, or None."""
    other = _OF_WANDB.get(name, name)
    return _own(name) or (os.environ.get(f"WANDB_{other}") if other else None)


def _own(name: str) -> str | None:
    """What `setup()` says, else `RUNSTONE_<name>`."""
    return _SET_UP.get(name) or os.environ.get(f"RUNSTONE_{name}")


_SET_UP: Final[dict[str, str]] = {}
_OF_WANDB: Final = {
    "URL": "BASE_URL",
    "RESUME_TIMEOUT": "INIT_TIMEOUT",
    "LABEL": "X_LABEL",
    "PRIMARY": "X_PRIMARY",
    # Ours alone: wandb's of that name, if there is one, means something else.
    "DIR": "",
    "DATA": "",
    "FINISH_TIMEOUT": "",
    "KEEP_SECRETS": "",
    "REINIT": "",
    "SHARED": "",
    "STOP_ON_REQUEST": "",
    "SYSTEM_METRICS": "",
    "SYSTEM_METRICS_INTERVAL": "",
}


def set_up(variables: Mapping[str, str]) -> None:
    """Says to this process what the environment would say, without `RUNSTONE_`."""
    _SET_UP.update(variables)


def set_up_value(name: str) -> str | None:
    """What `setup()` says, and nobody else."""
    return _SET_UP.get(name)


@contextmanager
def set_up_for(variables: Mapping[str, str]) -> Iterator[None]:
    """Likewise, for as long as this lasts; how much is said to people stays."""
    before = dict(_SET_UP)
    _SET_UP.update(variables)
    try:
        yield
    finally:
        stay = {name: _SET_UP[name] for name in ("QUIET", "SILENT") if name in variables}
        _SET_UP.clear()
        _SET_UP.update(before | stay)


def resume_timeout_s() -> float:
    """How long `init()` waits for the server to say how a run goes on.

    Raises:
        InvalidInput: `RUNSTONE_RESUME_TIMEOUT` is no number.
    """
    return _seconds("RESUME_TIMEOUT", said("RESUME_TIMEOUT"), DEFAULT_RESUME_TIMEOUT_S)


def stops_on_request() -> bool:
    """Whether a stop that somebody asked for on the server ends the script."""
    return not _is_off("STOP_ON_REQUEST")


def keeps_secrets() -> bool:
    """Whether what looks like a secret in the config is kept like the rest."""
    return _is_on(_own("KEEP_SECRETS"))


def bounded(seconds: float) -> float:
    """A timeout as locks can wait for it, whose longest is some centuries: also `inf`.

    Raises:
        ValueError: NaN, which is none.
    """
    if seconds != seconds:
        raise ValueError("no number of seconds")
    return min(max(seconds, 0.0), _LONGEST_S)


_LONGEST_S: Final = 1e9


def _seconds(name: str, text: str | None, default: float) -> float:
    if not text:
        return default
    try:
        return bounded(float(text))
    except ValueError:
        raise InvalidInput(f"RUNSTONE_{name} is {text!r}, no number of seconds.") from None


def host_name() -> str:
    """What this machine is called."""
    if hasattr(os, "uname"):
        return str(os.uname().nodename)
    import socket

    return socket.gethostname()


def default_root() -> Path:
    """Where folders of runs lie: `RUNSTONE_DIR`, else `runstone` in `WANDB_DIR`, or here."""
    if (own := _own("DIR")) is not None:
        return Path(own).expanduser()
    return Path(os.environ.get("WANDB_DIR") or "").expanduser() / "runstone"


def finish_timeout_s() -> float:
    """How long the end of a run waits for the server.

    Raises:
        InvalidInput: `RUNSTONE_FINISH_TIMEOUT` is no number.
    """
    return _seconds("FINISH_TIMEOUT", _own("FINISH_TIMEOUT"), DEFAULT_FINISH_TIMEOUT_S)


def variables() -> Mapping[str, str]:
    """All that the surroundings say, for what launchers say there."""
    return os.environ


def parent_folder() -> str | None:
    """Folder of the run of the process that began this one: `RUNSTONE_ATTACH`."""
    return os.environ.get(ATTACH_ENV)


def tell_children(folder: str | None) -> None:
    """Says to processes that this one starts which run they may attach to; None: to none."""
    if folder is None:
        os.environ.pop(ATTACH_ENV, None)
    else:
        os.environ[ATTACH_ENV] = folder


def is_shared() -> bool:
    """Whether the processes of one launch are one run: `RUNSTONE_SHARED`."""
    return _is_on(_own("SHARED"))


def leads() -> bool | None:
    """Whether this process leads its run: `RUNSTONE_PRIMARY`; None where nobody says."""
    text = said("PRIMARY")
    return None if text is None else _is_on(text)


def data_folder() -> Path:
    """Where mode `local` keeps runs: `RUNSTONE_DATA`, else `./runstone-data`, as `runstone up`."""
    return Path(_own("DATA") or "runstone-data").expanduser()


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
        has_survey: Machine, packages and the like are looked at.
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
        self.has_survey = True
        self.has_git = not _is_on(said("DISABLE_GIT"))
        self.has_code = not _is_on(said("DISABLE_CODE"))

    @classmethod
    def beside_its_parent(cls) -> Observed:
        """Of a process that adds to a run of another one on the same machine: the console."""
        observed = cls()
        observed.system_interval_s = None
        observed.has_survey = False
        return observed


def _system_interval_s() -> float:
    text = _own("SYSTEM_METRICS_INTERVAL")
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
    return bounded(seconds)


def _is_off(name: str) -> bool:
    text = _own(name)
    return text is not None and text.strip().lower() in ("0", "false", "no", "off")
